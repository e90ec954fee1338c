"""The embedded recogniser's network, in NumPy: what a word is alone is reckoned once per word; three convolutions look at its neighbours.

A text's words lie in one long row with gaps of zeros between sentences, so that a whole article costs a handful of matrix products.
How it is trained: workers/entities/train. Two networks, taught by different
teachers, are averaged; data/tagger.npz and tagger_sm.npz hold their weights as whole numbers of eight bits with a scale.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from workers.entities.features import MARKS, flags_of, marks_of, parts_of
from workers.entities.places import name_key

__all__ = [
    "FORBIDDEN",
    "GAP",
    "TAGS",
    "Scorer",
    "Tagger",
    "Taggers",
    "decode",
    "load_tagger",
    "stored_networks",
    "word_key",
]

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
#: Rows of zeros between sentences; at least the largest dilation.
GAP = 2
_MOST_WORDS = 60_000
#: Typeset marks as the training sets write them.
_TYPED = str.maketrans("’‘“”„–", '\'\'"""-')
Array = np.ndarray[Any, Any]


Marked = Sequence[Sequence[tuple[int, int]]]


class Scorer(Protocol):
    """Scores words; a network or several."""

    moves: Array

    def scores(self, sentences: Sequence[Sequence[str]]) -> Array:
        """Scores of the tags, one row a word, the sentences one after another; a word is never empty."""
        ...


class Taggers:
    """Several networks that were taught differently; their mean is right more often than any of them."""

    def __init__(self, networks: Sequence["Tagger"]) -> None:
        self._networks = networks
        self.moves = networks[0].moves

    def scores(self, sentences: Sequence[Sequence[str]]) -> Array:
        """The mean of the networks' scores."""
        marked = [marks_of(words) for words in sentences]
        total = self._networks[0].scores(sentences, marked)
        for network in self._networks[1:]:
            total += network.scores(sentences, marked)
        return total / np.float32(len(self._networks))


class Tagger:
    """One network with its weights, and a memory of words that it has seen (bounded; forgetting changes no result)."""

    def __init__(self, stored: dict[str, Array]) -> None:
        plain = {
            name: _restored(stored, name)
            for name in {name.partition("/")[0] for name in stored}
            if not name.startswith(("keys", "rows"))
        }
        weights = plain["in_w"]
        self._tables: list[tuple[Array, Array, Array, Array]] = []
        at = 0
        while (number := len(self._tables)) < sum(name.startswith("keys") for name in stored):
            vectors = plain[f"vectors{number}"]
            part = weights[at : at + vectors.shape[1]]
            self._tables.append((stored[f"keys{number}"], stored[f"rows{number}"], vectors, part))
            at += len(part)
        hashed = plain["hashed"].shape[1]
        self._hashed = (plain["hashed"] @ weights[at : at + hashed]).astype(np.float32)
        self._flags = weights[at + hashed :]
        self._bias = plain["in_b"]
        self._marks = plain["marks"]
        width = weights.shape[1]
        self._layers = [
            (
                int(dilation),
                [plain[f"layer{at}_w"][part * width : (part + 1) * width].copy() for part in range(3)],
                plain[f"layer{at}_b"],
            )
            for at, dilation in enumerate(plain["dilations"])
        ]
        self._out = plain["out_w"], plain["out_b"]
        self.moves = plain["moves"] + FORBIDDEN
        self._numbers: dict[str, int] = {}
        self._rows = np.zeros((4096, width), np.float32)

    def scores(self, sentences: Sequence[Sequence[str]], marked: Marked | None = None) -> Array:
        """Scores of the tags, one row a word, the sentences one after another; a word is never empty. `marked` is marks_of each sentence."""
        total = sum(map(len, sentences))
        places = np.empty(total, np.int64)
        numbers = np.empty(total, np.int64)
        marks: list[tuple[int, int]] = []
        row, done = GAP, 0
        if len(self._numbers) > _MOST_WORDS:
            self._numbers.clear()
        known = self._numbers
        for words, here in zip(sentences, marked or map(marks_of, sentences), strict=True):
            count = len(words)
            numbers[done : done + count] = [known.get(word) or self._learn(word) for word in words]
            places[done : done + count] = np.arange(row, row + count)
            marks += [(row + at, mark) for at, mark in here]
            row += count + GAP
            done += count
        x = np.zeros((row, self._rows.shape[1]), np.float32)
        x[places] = self._rows[numbers]
        if marks:
            at, mark = np.asarray(marks).T
            on = np.zeros((row, MARKS), np.float32)
            on[at, mark] = 1
            x += on @ self._marks
        np.maximum(x, 0, out=x)
        return np.asarray(self._convolved(x, places)[places] @ self._out[0] + self._out[1])

    def _convolved(self, x: Array, places: Array) -> Array:
        present = np.zeros((len(x), 1), np.float32)
        present[places] = 1
        for dilation, (before, here, after), bias in self._layers:
            new = x @ here
            new += bias
            new[dilation:] += x[:-dilation] @ before
            new[:-dilation] += x[dilation:] @ after
            np.maximum(new, 0, out=new)
            new += x
            new *= present
            x = new
        return x

    def _learn(self, word: str) -> int:
        """The row of a word not seen yet."""
        number = len(self._numbers) + 1
        if number >= len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        plain = word if word.isascii() else word.translate(_TYPED)
        value = self._bias + self._hashed[parts_of(plain)].sum(axis=0)
        key = np.uint32(word_key(plain.lower()))
        for keys, rows, vectors, part in self._tables:
            at = int(np.searchsorted(keys, key))
            if at < len(keys) and keys[at] == key:
                value = value + vectors[rows[at]] @ part
        flags = flags_of(plain)
        if flags:
            value = value + self._flags[flags].sum(axis=0)
        self._rows[number] = value
        self._numbers[word] = number
        return number


def word_key(low: str) -> int:
    """The 32 bits that a word in small letters is found by; that two words share them is as good as never and costs little."""
    return name_key(low) >> 32


def _restored(stored: dict[str, Array], name: str) -> Array:
    """An array as 32-bit floats: stored as such, or as eight-bit numbers with the scale of each column in `name/scale`."""
    scale = stored.get(f"{name}/scale")
    return stored[name].astype(np.float32) if scale is None else stored[name].astype(np.float32) * scale


def _forbidden() -> Array:
    """An I- tag follows only its own type; the last row is the start of a sentence."""
    moves = np.zeros((len(TAGS) + 1, len(TAGS)), np.float32)
    for after, tag in enumerate(TAGS):
        if tag.startswith("I-"):
            for before, other in enumerate((*TAGS, "O")):
                if other[2:] != tag[2:]:
                    moves[before, after] = -1e4
    return moves


#: Added to the scores of moves: an I- tag follows only its own type; the last row is the start.
FORBIDDEN = _forbidden()


def decode(scores: Array, moves: Array) -> list[int]:
    """The best path through the tags of one sentence (Viterbi); the last row of `moves` is the start."""
    best = scores[0] + moves[-1]
    back = np.zeros((len(scores), len(TAGS)), np.int64)
    for at in range(1, len(scores)):
        through = best[:, None] + moves[:-1]
        back[at] = through.argmax(axis=0)
        best = through.max(axis=0) + scores[at]
    path = [int(best.argmax())]
    for at in range(len(scores) - 1, 0, -1):
        path.append(int(back[at, path[-1]]))
    return path[::-1]


def stored_networks() -> list[dict[str, Array]]:
    """The arrays of the shipped networks. The second shares the first table of word vectors with the first."""
    found = []
    for name in ("tagger.npz", "tagger_sm.npz"):
        with (files("workers.entities") / "data" / name).open("rb") as stream, np.load(stream) as stored:
            found.append({key: stored[key] for key in stored.files})
    shared = ("keys0", "rows0", "vectors0", "vectors0/scale")
    return [found[0], {key: found[0][key] for key in shared} | found[1]]


@lru_cache(maxsize=1)
def load_tagger() -> Taggers:
    """The shipped model."""
    return Taggers([Tagger(stored) for stored in stored_networks()])
