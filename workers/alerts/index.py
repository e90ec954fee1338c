"""Which rules an article meets: all rules as columns of numbers, so that one article is tried on all of them by a few array operations.

A rule is one or more rows: keys that must all be there, groups of which one must be there, keys that must not be. A row stands under its
rarest key or group, and only rows that stand under a key of the article are looked at. How common a key is, is learnt from the articles that
pass; it changes the speed, never the hits.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from workers.alerts.document import Document
from workers.alerts.needs import Key, Need, needs
from workers.alerts.pairs import Pairs
from workers.alerts.query import Query
from workers.alerts.rows import Postings, spread
from workers.alerts.vocabulary import ALWAYS, NEVER, Flags, Numbers, Vocabulary

__all__ = ["Index"]

Rows = NDArray[np.int32] | NDArray[np.intp]

#: The most keys of each kind that a row has; what is beyond is left to the evaluation of the query.
_MOST_KEYS, _MOST_GROUPS, _MOST_BARS = 8, 4, 8
#: After so many articles the rows are put under other keys, by what was seen; then each time that many times as many have passed.
_FIRST_CHOICE, _LATER = 20, 8


class Index:
    """Queries by number."""

    def __init__(self, queries: Iterable[Query]) -> None:
        vocabulary = Vocabulary()
        table = _Table(vocabulary)
        for number, query in enumerate(queries):
            for need in needs(query):
                table.add(number, need)
        vocabulary.freeze()
        self._vocabulary, self._pairs = vocabulary, Pairs(vocabulary)
        self._rule, self._whole = np.array(table.rules, np.int32), np.array(table.whole, np.bool_)
        self._keys, self._bars = _columns(table.keys, ALWAYS), _columns(table.bars, NEVER)
        self._groups = _columns(table.groups, 0)
        self._members = _Members(list(table.members))
        self._many = table.rules[-1] + 1 if table.rules else 0
        self._seen = np.zeros(len(vocabulary), np.float64)
        self._articles, self._next_choice = 0, _FIRST_CHOICE
        self._choose()

    def candidates(self, document: Document) -> tuple[Flags, list[int]]:
        """For each query whether it surely holds, and the numbers of those that still have to be evaluated."""
        reading = self._vocabulary.read(document)
        self._pairs.find(reading)
        has = reading.has
        present = np.flatnonzero(has)
        rows = self._meeting(np.concatenate((self._always, self._postings.under(present))), has)
        self._learn(present)
        hold = np.zeros(self._many, np.bool_)
        whole = self._whole.take(rows)
        hold[self._rule.take(rows[whole])] = True
        open_ = set(self._rule.take(rows[~whole]).tolist())
        return hold, [number for number in open_ if not hold[number]]

    def _meeting(self, rows: Rows, has: Flags) -> Rows:
        """Those of the rows whose keys, groups and bars the article meets."""
        for column in self._keys:
            rows = rows[has.take(column.take(rows))]
        for column in self._bars:
            rows = rows[~has.take(column.take(rows))]
        for column in self._groups:
            rows = rows[self._members.any_of(column.take(rows), has)]
        return rows

    # -- how rows are found --------------------------------------------------------------------------------------------

    def _learn(self, present: NDArray[np.intp]) -> None:
        self._seen[present] += 1
        self._articles += 1
        if self._articles == self._next_choice:
            self._next_choice *= _LATER
            self._pairs.choose(self._seen)
            self._choose()

    def _choose(self) -> None:
        """Put each row under the key or the group that the fewest articles have had."""
        rows = np.arange(len(self._rule), dtype=np.int32)
        common = self._seen.copy()
        common[[NEVER, ALWAYS]] = np.inf
        key, key_cost = _rarest(self._keys, common, len(rows))
        group, group_cost = _rarest(self._groups, self._members.sums(common), len(rows))
        by_key = (key_cost <= group_cost) & (key_cost < np.inf)
        by_group = ~by_key & (group_cost < np.inf)
        numbers, of = self._members.of(group[by_group])
        numbers, under = np.concatenate((key[by_key], numbers)), np.concatenate((rows[by_key], rows[by_group][of]))
        self._postings = Postings(numbers, under, len(common))
        self._always = rows[~(by_key | by_group)]


class _Table:
    """Rows as they are added."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.rules: list[int] = []
        self.whole: list[bool] = []
        self.keys: list[list[int]] = []
        self.groups: list[list[int]] = []
        self.bars: list[list[int]] = []
        #: The groups, each once; the first stands for none.
        self.members: dict[tuple[int, ...], int] = {(ALWAYS,): 0}

    def add(self, rule: int, need: Need) -> None:
        number = self._vocabulary.number
        keys = [number(clause[0]) for clause in need.all_of if len(clause) == 1]
        groups = [self._group(clause) for clause in need.all_of if len(clause) > 1]
        bars = [number(key) for key in need.none_of]
        self.rules.append(rule)
        self.whole.append(need.whole and len(keys) <= _MOST_KEYS and len(groups) <= _MOST_GROUPS and len(bars) <= _MOST_BARS)  # fmt: skip
        self.keys.append(keys[:_MOST_KEYS])
        self.groups.append(groups[:_MOST_GROUPS])
        self.bars.append(bars[:_MOST_BARS])

    def _group(self, clause: Sequence[Key]) -> int:
        members = tuple(map(self._vocabulary.number, clause))
        return self.members.setdefault(members, len(self.members))


class _Members:
    """Groups of keys, as flat arrays."""

    def __init__(self, groups: Sequence[Sequence[int]]) -> None:
        self._keys = np.array([key for group in groups for key in group], np.int32)
        self._counts = np.array([len(group) for group in groups], np.int32)
        self._starts = (np.cumsum(self._counts) - self._counts).astype(np.int32)

    def any_of(self, groups: Numbers, has: Flags) -> Flags:
        """Whether the article has a key of each group."""
        met = np.ones(len(groups), np.bool_)
        asked = np.flatnonzero(groups)
        if len(asked):
            keys, of = self.of(groups[asked])
            met[asked] = False
            met[asked[of[has[keys]]]] = True
        return met

    def of(self, groups: Numbers) -> tuple[Numbers, NDArray[np.intp]]:
        """The keys of the groups one after the other, and for each the place of its group."""
        counts = self._counts[groups]
        return self._keys[spread(self._starts[groups], counts)], np.repeat(np.arange(len(groups)), counts)

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum of the keys' values for each group."""
        summed: NDArray[np.float64] = np.add.reduceat(values[self._keys], self._starts)
        return summed


def _columns(rows: Sequence[Sequence[int]], fill: int) -> list[Numbers]:
    """The rows as columns, short rows filled up."""
    flat, counts = np.array(list(chain.from_iterable(rows)), np.int32), np.array(list(map(len, rows)), np.int32)
    starts = np.cumsum(counts) - counts
    columns = []
    for at in range(counts.max(initial=0)):
        column = np.full(len(rows), fill, np.int32)
        there = counts > at
        column[there] = flat[starts[there] + at]
        columns.append(column)
    return columns


def _rarest(columns: Sequence[Numbers], costs: NDArray[np.float64], many: int) -> tuple[Numbers, NDArray[np.float64]]:
    """Of each row the entry that costs least, and what it costs; infinity where there is none."""
    best, least = np.zeros(many, np.int32), np.full(many, np.inf)
    for column in columns:
        cost = costs[column]
        better = cost < least
        best[better], least[better] = column[better], cost[better]
    return best, least
