"""The embedded recogniser's networks, in NumPy: what a word is alone is reckoned once per word; three convolutions look at its neighbours.

A text's words lie in one long row with gaps of zeros between sentences, so that a whole article costs a handful of matrix products.
How they are trained: workers/entities/train. Networks that were taught differently are averaged; data/tagger*.npz hold their weights as
whole numbers of eight bits with a scale.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from workers.entities.features import MARKS, flags_of, marks_of, parts_of
from workers.entities.places import name_key

__all__ = ["FORBIDDEN", "GAP", "TAGS", "Scorer", "Tagger", "decode", "load_tagger", "stored_networks", "word_key"]

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
#: Rows of zeros between sentences; at least the largest dilation.
GAP = 2
_MOST_WORDS = 60_000
_BETWEEN = [0] * GAP
#: Typeset marks as the training sets write them.
_TYPED = str.maketrans("’‘“”„–", '\'\'"""-')
Array = np.ndarray[Any, Any]


class Scorer(Protocol):
    """Scores words."""

    moves: Array

    def scores(self, sentences: Sequence[Sequence[str]]) -> Array:
        """Scores of the tags, one row a word, the sentences one after another; a word is never empty."""
        ...


class Tagger:
    """The mean of networks, right more often than any of them, and a memory of words seen (bounded; forgetting changes no result)."""

    def __init__(self, stored: Sequence[dict[str, Array]]) -> None:
        self._networks = [_Network(one) for one in stored]
        self.moves = self._networks[0].moves
        self._numbers: dict[str, int] = {}
        self._rows = [np.zeros((4096, network.width), np.float32) for network in self._networks]

    def scores(self, sentences: Sequence[Sequence[str]]) -> Array:
        """Scores of the tags, one row a word, the sentences one after another; a word is never empty."""
        if len(self._numbers) > _MOST_WORDS:
            self._numbers.clear()
        known = self._numbers
        numbers = [*_BETWEEN]
        marks: list[tuple[int, int]] = []
        for words in sentences:
            marks += [(len(numbers) + at, mark) for at, mark in marks_of(words)]
            numbers += [known.get(word) or self._learn(word) for word in words]
            numbers += _BETWEEN
        row = np.asarray(numbers)
        marked = np.zeros((len(row), MARKS), np.float32)
        if marks:
            marked[tuple(np.asarray(marks).T)] = 1
        gaps = np.flatnonzero(row == 0)
        total = np.zeros((len(row), len(TAGS)), np.float32)
        for network, rows in zip(self._networks, self._rows, strict=True):
            total += network.scores(rows[row], marked, gaps)
        return np.delete(total, gaps, axis=0) / np.float32(len(self._networks))

    def _learn(self, word: str) -> int:
        """The number of a word not seen yet; 0 is a gap."""
        number = len(self._numbers) + 1
        if number >= len(self._rows[0]):
            self._rows = [np.concatenate([rows, np.zeros_like(rows)]) for rows in self._rows]
        plain = word if word.isascii() else word.translate(_TYPED)
        key, parts, flags = np.uint32(word_key(plain.lower())), parts_of(plain), flags_of(plain)
        for network, rows in zip(self._networks, self._rows, strict=True):
            rows[number] = network.alone(key, parts, flags)
        self._numbers[word] = number
        return number


class _Network:
    """The weights of one network."""

    def __init__(self, stored: dict[str, Array]) -> None:
        plain = {
            name: _restored(stored, name)
            for name in {name.partition("/")[0] for name in stored}
            if not name.startswith(("keys", "rows"))
        }
        self.width = plain["in_w"].shape[1]
        self.moves = plain["moves"] + FORBIDDEN
        self._deep = plain.get("deep_out", np.zeros((0, self.width), np.float32))
        nothing = np.zeros((len(plain["in_w"]), 0), np.float32)
        weights = np.concatenate([plain["in_w"], plain.get("deep_w", nothing)], axis=1)
        self._bias = np.concatenate([plain["in_b"], plain.get("deep_b", nothing[0])])
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
        self._marks = plain["marks"]
        self._layers = [
            (
                int(dilation),
                [plain[f"layer{at}_w"][part * self.width : (part + 1) * self.width].copy() for part in range(3)],
                plain[f"layer{at}_b"],
            )
            for at, dilation in enumerate(plain["dilations"])
        ]
        self._out = plain["out_w"], plain["out_b"]

    def alone(self, key: np.uint32, parts: Sequence[int], flags: Sequence[int]) -> Array:
        """What a word is without its neighbours; `key` is its word_key."""
        value = self._bias + self._hashed[parts].sum(axis=0)
        for keys, rows, vectors, part in self._tables:
            at = int(np.searchsorted(keys, key))
            if at < len(keys) and keys[at] == key:
                value = value + vectors[rows[at]] @ part
        if flags:
            value = value + self._flags[flags].sum(axis=0)
        found: Array = value[: self.width] + np.maximum(value[self.width :], 0) @ self._deep
        return found

    def scores(self, x: Array, marked: Array, gaps: Array) -> Array:
        """Scores of the tags for a row of words, each told by `alone`; x is overwritten."""
        x += marked @ self._marks
        np.maximum(x, 0, out=x)
        for dilation, (before, here, after), bias in self._layers:
            new = x @ here
            new += bias
            new[dilation:] += x[:-dilation] @ before
            new[:-dilation] += x[dilation:] @ after
            np.maximum(new, 0, out=new)
            new += x
            new[gaps] = 0
            x = new
        return np.asarray(x @ self._out[0] + self._out[1])


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
def load_tagger() -> Tagger:
    """The shipped model."""
    return Tagger(stored_networks())
