"""The embedded recogniser: the tagger over all sentences of a text, each name helped by what the text says of it elsewhere."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from workers.entities.tagger import FORBIDDEN, TAGS, Scorer, decode
from workers.entities.tokens import Sentence, sentences

__all__ = ["WINDOW", "Name", "Recognizer", "embedded", "names_of"]

#: Words read in one go; a longer text is read window by window, so that memory stays bounded.
WINDOW = 20_000
#: How much a name's scores move towards their mean over the text (0: not at all).
_MEMORY = 0.3
_TYPES = ("PER", "ORG", "LOC", "MISC")
#: Below this share of its type a name is left out; set where wikigold, UNER dev and news of ours, all held out, agree.
_LEAST = {"PER": 0.5, "ORG": 0.55, "LOC": 0.5, "MISC": 0.5}
_COLUMNS = np.asarray([[TAGS.index(f"B-{kind}"), TAGS.index(f"I-{kind}")] for kind in _TYPES])
_OPENS = np.asarray([tag.startswith("B-") for tag in TAGS])
_KIND = np.asarray([0 if tag == "O" else 1 + _TYPES.index(tag[2:]) for tag in TAGS])
Array = np.ndarray[Any, Any]


class Name(NamedTuple):
    """A name in the text, before it is known whose it is."""

    start: int
    end: int
    type: str
    confidence: float


class Recognizer(Protocol):
    """Finds names: PER, ORG, LOC, MISC (and finer types where it can)."""

    def __call__(self, text: str, language: str, /) -> list[Name]:
        """The names, in order, without overlaps. Any text will do; nothing is raised for what it holds."""


def embedded(tagger: Scorer, text: str) -> list[Name]:
    """The names that the tagger sees in an English text."""
    names: list[Name] = []
    window: list[Sentence] = []
    count = 0
    for sentence in sentences(text):
        window.append(sentence)
        count += len(sentence.words)
        if count >= WINDOW:
            names += _read(tagger, window)
            window, count = [], 0
    return names + _read(tagger, window) if window else names


def _read(tagger: Scorer, window: Sequence[Sentence]) -> list[Name]:
    return names_of(window, tagger.scores([sentence.words for sentence in window]), tagger.moves)


def names_of(window: Sequence[Sentence], scores: Array, moves: Array = FORBIDDEN) -> list[Name]:
    """The names of sentences from the scores of their words (one row a word, a column for each of TAGS)."""
    scores = remember([word for sentence in window for word in sentence.words], scores)
    lengths = [len(sentence.words) for sentence in window]
    return _names(window, _best(scores, lengths, moves), _probabilities(scores))


def remember(words: Sequence[str], scores: Array) -> Array:
    """What is sure of a name in one sentence decides the doubtful ones: scores of capitalised words move towards their mean."""
    numbers: dict[str, int] = {}
    at = [place for place, word in enumerate(words) if len(word) > 1 and word[0].isupper()]
    if not at:
        return scores
    which = np.asarray([numbers.setdefault(words[place], len(numbers)) for place in at])
    counts = np.bincount(which)
    if counts.max() == 1:
        return scores
    here = scores[at]
    kinds = here[:, _COLUMNS].max(axis=2)
    means = np.zeros((len(numbers), len(_TYPES)))
    nothing = np.bincount(which, here[:, 0]) / counts
    for kind in range(len(_TYPES)):
        means[:, kind] = np.bincount(which, kinds[:, kind]) / counts
    moved = scores.copy()
    moved[at, 0] += _MEMORY * (nothing[which] - here[:, 0])
    for kind in range(len(_TYPES)):
        change = _MEMORY * (means[which, kind] - kinds[:, kind])
        moved[np.asarray(at)[:, None], _COLUMNS[kind]] += change[:, None]
    return moved


def _best(scores: Array, lengths: Sequence[int], moves: Array) -> Array:
    """The best tags: each word's own where they follow each other rightly, else the best path through the sentence."""
    tags = scores.argmax(axis=1)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    before = np.concatenate([[0], tags[:-1]])
    before[starts] = -1
    wrong = moves[before, tags] < -1e3
    if wrong.any():
        for number in np.unique(np.searchsorted(ends, np.flatnonzero(wrong), side="right")):
            first, end = starts[number], ends[number]
            tags[first:end] = decode(scores[first:end], moves)
    return np.asarray(tags)


def _probabilities(scores: Array) -> Array:
    """The share of each type (0: none), softmax over the tags."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return np.stack([odds[:, 0], *(odds[:, columns].sum(axis=1) for columns in _COLUMNS)], axis=1)


def _names(window: Sequence[Sentence], tags: Array, shares: Array) -> list[Name]:
    found: list[Name] = []
    named = tags > 0
    if not named.any():
        return found
    opens, kinds = _OPENS[tags].tolist(), _KIND[tags].tolist()
    row = 0
    for words, starts in window:
        count = len(words)
        if named[row : row + count].any():
            at = 0
            while at < count:
                kind = kinds[row + at]
                if not kind:
                    at += 1
                    continue
                end = at + 1
                while end < count and kinds[row + end] == kind and not opens[row + end]:
                    end += 1
                sure = float(shares[row + at : row + end, kind].mean())
                if sure >= _LEAST[_TYPES[kind - 1]]:
                    found.append(
                        Name(starts[at], starts[end - 1] + len(words[end - 1]), _TYPES[kind - 1], round(sure, 3))
                    )
                at = end
        row += count
    return found
