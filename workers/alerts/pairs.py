"""Words near each other: all pairs that rules ask for, looked for in an article at once.

The article's words are sorted by word and place into one row of codes, so that the next place of a word after (or before) another is one
binary search. Of each pair the rarer word's places are walked.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workers.alerts.needs import Pair
from workers.alerts.rows import Postings, spread
from workers.alerts.vocabulary import Flags, Numbers, Reading, Vocabulary

__all__ = ["Pairs"]

Codes = NDArray[np.int64]
_BITS = 32
_PLACE = (1 << _BITS) - 1
#: The most places that are walked at once; what is more goes in pieces, so that memory stays bounded.
_AT_ONCE = 1 << 20


class Pairs:
    """The pairs of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        pairs: Mapping[Pair, int] = vocabulary.pairs
        self._keys = np.array(list(pairs.values()), np.int32)
        self._left = np.array([vocabulary.word(pair.left) for pair in pairs], np.int32)
        self._right = np.array([vocabulary.word(pair.right) for pair in pairs], np.int32)
        self._apart = np.array([pair.apart for pair in pairs], np.int64)
        self._ordered = np.array([pair.ordered for pair in pairs], np.bool_)
        self._many = len(vocabulary)
        self.choose(np.zeros(self._many))

    def choose(self, commonness: NDArray[np.float64]) -> None:
        """Put each pair under the rarer of its words."""
        rarer = np.where(commonness[self._left] <= commonness[self._right], self._left, self._right)
        self._postings = Postings(rarer, np.arange(len(rarer), dtype=np.int32), self._many)

    def find(self, reading: Reading) -> None:
        """Set the keys of the pairs that the article has."""
        if not len(self._keys):
            return
        rows = self._postings.under(np.flatnonzero(reading.has))
        has = reading.has
        rows = rows[has.take(self._left.take(rows)) & has.take(self._right.take(rows))]
        if len(rows):
            reading.has[self._keys[rows[self._near(rows, _Standing(reading, self._many))]]] = True

    def _near(self, rows: Numbers, standing: "_Standing") -> Flags:
        left, right = self._left.take(rows), self._right.take(rows)
        ends = np.cumsum(np.minimum(standing.count.take(left), standing.count.take(right)), dtype=np.int64)
        if ends[-1] <= _AT_ONCE:
            return standing.near(left, right, self._apart.take(rows), self._ordered.take(rows))
        near = np.zeros(len(rows), np.bool_)
        first = 0
        while first < len(rows):
            before = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
            piece = slice(first, last)
            near[piece] = standing.near(left[piece], right[piece], self._apart[rows[piece]], self._ordered[rows[piece]])
            first = last
        return near


class _Standing:
    """Where each word stands, as one sorted row of codes: the word's number, then the place."""

    def __init__(self, reading: Reading, many: int) -> None:
        known = np.flatnonzero(reading.words)
        codes = (reading.words[known].astype(np.int64) << _BITS) | reading.places[known]
        codes.sort()
        numbers = codes >> _BITS
        starts = np.concatenate(([0], np.flatnonzero(numbers[1:] != numbers[:-1]) + 1, [len(codes)]))
        # Filled only for words that the article has; nobody asks for others.
        self.first, self.count = np.empty(many, np.int32), np.empty(many, np.int32)
        words = numbers[starts[:-1]]
        self.first[words] = starts[:-1]
        self.count[words] = starts[1:] - starts[:-1]
        # A code at both ends that is far from every other.
        self._codes: Codes = np.concatenate(([-1 << 62], codes, [1 << 62]))

    def near(self, left: Numbers, right: Numbers, apart: Codes, ordered: Flags) -> Flags:
        """For each pair: does its rarer word stand somewhere near the other."""
        walks_left = self.count.take(left) <= self.count.take(right)
        walked, other = np.where(walks_left, left, right), np.where(walks_left, right, left).astype(np.int64)
        counts = self.count.take(walked)
        at = spread(self.first.take(walked), counts) + 1
        pair = np.arange(len(left)).repeat(counts)
        wanted = (other << _BITS).take(pair) | (self._codes.take(at) & _PLACE)
        next_ = self._codes.searchsorted(wanted, "right")
        after = self._codes.take(next_) - wanted
        before = wanted - self._codes.take(next_ - 1)
        itself = np.flatnonzero(before == 0)  # a word near the same word
        if len(itself):
            before[itself] = wanted[itself] - self._codes[next_[itself] - 2]
        # As far as it may lie after, and before: 0 where the order forbids it.
        most_after, most_before = apart * (walks_left | ~ordered), apart * (~walks_left | ~ordered)
        hit = (after <= most_after.take(pair)) | (before <= most_before.take(pair))
        near = np.zeros(len(left), np.bool_)
        near[pair[hit]] = True
        return near
