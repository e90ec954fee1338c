"""What the alerts worker remembers of one partition of matches: rows by key, the changes since they were last taken, and ways to find rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from workers.alerts.windows import Row

__all__ = ["Key", "Memory"]

#: What the row is of, the rule's key, and more: ("seen", rule, article), ("group", rule, state, group), ("held", rule, digest, due, alert).
Key = tuple[str, ...]


_ORDER = {"held": 0, "limit": 1, "told": 1, "story": 2, "group": 3, "seen": 3, "rule": 4, "clock": 5}


class Memory:
    """Rows are never changed in place. `taken` gives the changes in the order in which they must be written."""

    def __init__(self, rows: Iterable[tuple[Key, Row]] = ()) -> None:
        self._rows: dict[Key, Row] = {}
        self._under: dict[Key, dict[Key, None]] = defaultdict(dict)
        self._changes: dict[Key, Row | None] = {}
        for key, row in sorted(rows, key=lambda item: (item[1].get("at", 0), item[0])):
            self._set(key, row)

    def get(self, key: Key) -> Row | None:
        """The row, or None."""
        return self._rows.get(key)

    def put(self, key: Key, row: Row) -> None:
        """Remember."""
        if self._rows.get(key) != row:
            self._set(key, row)
            self._changes[key] = row

    def drop(self, key: Key) -> None:
        """Forget."""
        if self._rows.pop(key, None) is not None:
            for start in (key[:1], key[:2]):
                self._under[start].pop(key, None)
                if not self._under[start]:
                    del self._under[start]
            self._changes[key] = None

    def under(self, *start: str) -> tuple[Key, ...]:
        """Keys that begin with a kind, or a kind and a rule, in the order in which they came."""
        return tuple(self._under.get(start, ()))

    def newest(self, *start: str, most: int) -> tuple[Key, ...]:
        """The last of these, newest first."""
        return tuple(islice(reversed(self._under.get(start, {})), most))

    def count(self, *start: str) -> int:
        """How many these are."""
        return len(self._under.get(start, ()))

    def keys(self) -> Iterator[Key]:
        """All keys of now."""
        return iter(tuple(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def taken(self) -> dict[Key, Row | None]:
        """The changes since the last call; None is forgotten.

        What is held back comes first, then what says that an article or a window was dealt with, the clock last (with a clock that is ahead, what
        is taken again would be late): a crash in between makes some work be done again, and loses nothing.
        """
        changes, self._changes = self._changes, {}
        return dict(sorted(changes.items(), key=lambda item: _ORDER[item[0][0]]))

    def _set(self, key: Key, row: Row) -> None:
        if key not in self._rows:
            self._under[key[:2]][key] = None
            self._under[key[:1]][key] = None
        self._rows[key] = row
