"""Which rules match too large a share of the last articles."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator

__all__ = ["Broad"]

_LAST, _LEAST = 1000, 200


class Broad:
    """Counts over the last 1,000 articles; nothing is said before 200. Work is done only for rules that match."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._last: deque[tuple[str, ...]] = deque()
        self._hits: Counter[str] = Counter()
        self._told: set[str] = set()

    @property
    def size(self) -> int:
        """Articles looked at."""
        return len(self._last)

    @property
    def count(self) -> int:
        """Rules that are too broad now."""
        return len(self._told)

    def add(self, rules: Iterable[str]) -> Iterator[tuple[str, float]]:
        """An article that these rules match; gives the rules that have become too broad, with their share."""
        found = tuple(rules)
        self._last.append(found)
        self._hits.update(found)
        if len(self._last) > _LAST:
            for rule in self._last.popleft():
                self._hits[rule] -= 1
                if not self._hits[rule]:
                    del self._hits[rule]
        self._told -= {rule for rule in self._told if self._hits[rule] < self._share * len(self._last) / 2}
        for rule in found:
            share = self._hits[rule] / len(self._last)
            if len(self._last) >= _LEAST and share > self._share and rule not in self._told:
                self._told.add(rule)
                yield rule, share
