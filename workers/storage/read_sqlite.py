"""SQLite as it is asked: a file opened read-only, a connection for each thread."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from workers.errors import Refused, Unavailable
from workers.storage.query import terms
from workers.storage.sets import Set, Way

__all__ = ["SqliteStore"]

_TIMEOUT_S = 10.0
#: How many steps of its machine SQLite does between two looks at the clock.
_STEPS = 100_000


class SqliteStore:
    """Rows for statements, each ended after 10 s. Raises Unavailable while the file cannot be read, Refused for what it cannot search."""

    among = "a.key IN (SELECT value FROM json_each(?))"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def keys(self, keys: Sequence[int]) -> str:
        """Keys as the value for `among`."""
        return orjson.dumps(keys).decode()

    def words(self, words: str) -> Set:
        """The articles that have the words."""
        quoted = [(term, '"' + term.text.replace('"', '""') + '"' + (" *" if term.prefix else "")) for term in terms(words)]  # fmt: skip
        wanted = " AND ".join(text for term, text in quoted if not term.excluded)
        unwanted = "".join(f" NOT {text}" for term, text in quoted if term.excluded)
        match = f"({wanted}){unwanted}"
        return Set(
            "SELECT rowid AS key FROM articles_search WHERE articles_search MATCH ?",
            [match],
            # Not looked up article by article: FTS5 begins anew each time, and lists twenty thousand articles in a millisecond.
            "+a.key IN (SELECT rowid FROM articles_search WHERE articles_search MATCH ?)",
            [match],
            dear=True,
        )

    def page(self, first: Sequence[str], then: Sequence[str], way: Way, *, by_source: bool) -> str:
        """The statement for the keys of a page, newest first: of what meets the conditions of `first`, in order, that which meets those of `then`."""
        where = [*first, *then]
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        if way == "walked":
            index = "articles_source" if by_source else "articles_published"
            return f"SELECT a.key FROM articles a INDEXED BY {index}{condition} ORDER BY a.published_at DESC, a.id DESC LIMIT ?"
        return f"SELECT a.key FROM articles a{condition} ORDER BY +a.published_at DESC, +a.id DESC LIMIT ?"

    def run(self, statement: str, values: Sequence[Any], *, along: bool = False) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        del along  # the statement names its index
        try:
            connection = self._connected()
            ends = time.monotonic() + _TIMEOUT_S
            connection.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
            found: list[tuple[Any, ...]] = connection.execute(statement, values).fetchall()
            return found
        except sqlite3.Error as error:
            if "no such table: articles_search" in str(error):
                raise Refused("search_off", "this store does not index words: DATELINE_STORAGE_SEARCH") from None
            if "interrupted" in str(error):
                raise Unavailable(f"{self._path}: the question took longer than {_TIMEOUT_S:g} s") from None
            raise Unavailable(
                f"{self._path}: {error}; has a storage worker or `dateline rebuild` written it?"
            ) from None

    def close(self) -> None:
        """Close the connection of this thread."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _connected(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
            connection.execute("PRAGMA cache_size=-32768")
            self._local.connection = connection
        return connection
