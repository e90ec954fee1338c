"""SQLite: one file, WAL. The embedded default.

Guarantee: `write` returns after the batch is on disk (synchronous=FULL), all or none of it; the same message twice changes no row; an
older version of an article (a smaller offset of the same raw partition) does not replace a newer one; what is replaced is kept in `versions`.

Triggers keep the search index, the versions and the child rows with their article, whoever changes or deletes it.
"""

import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson

from workers.errors import StoreRefused, Unavailable
from workers.storage.children import CHILDREN
from workers.storage.migrations import SQLITE, SQLITE_NO_SEARCH, SQLITE_SEARCH
from workers.storage.rows import COLUMNS, UPSERT, Batch, Row, Storable, culprit, only, to_batch, waves

__all__ = ["SqliteSink"]

_BUSY_MS = 2000
#: The log grows so far before it is written into the file: pages that every batch changes are then written once for a few batches.
_WAL_BYTES = 16 * 1024**2
#: Child rows that are inserted by one statement.
_TOGETHER = 64
_INDEX = (
    "INSERT INTO articles_search (rowid, title, text) SELECT key, title, text FROM articles WHERE key BETWEEN ? AND ?"
)
#: What a row is refused for: a constraint, a value too large, a number beyond 64 bits. All else is the file's state.
_REFUSALS = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError)


class SqliteSink:
    """Writes enriched articles and alerts into an SQLite file."""

    guarantee = "each article and alert once, by id; on disk before its offset is committed"
    takes_tombstones = True

    def __init__(self, path: Path, *, search: bool | None = None) -> None:
        """`search` puts the full-text index on or takes it away; None leaves it as it is, on in a new file."""
        self._path, self._search = path, search
        self._connection: sqlite3.Connection | None = None

    def open(self) -> None:
        """Open the file and migrate it; raises Unavailable when it cannot be opened or is locked."""
        self._connected()

    def write(self, batch: Sequence[Storable], /) -> None:
        """Upsert the batch in one transaction. Raises Unavailable (locked, full, read-only, damaged) or StoreRefused (a number too large)."""
        writes = to_batch(batch)
        try:
            self._transact(writes)
        except _REFUSALS as error:
            raise StoreRefused("store_refused", f"{self._path}: {error}", culprit(batch, self._refuses)) from None

    def close(self) -> None:
        """Close the file."""
        self._disconnect()

    def _transact(self, batch: Batch, *, keep: bool = True) -> None:
        """Write the batch and commit, or undo it all. Raises one of _REFUSALS, or Unavailable."""
        connection = self._connected()
        try:
            connection.execute("BEGIN IMMEDIATE")
            for table in COLUMNS:
                connection.executemany(f"DELETE FROM {table} WHERE id = ?", [(name,) for name in batch.erased[table]])
                for rows in waves(batch.rows[table]):
                    _upsert(connection, table, rows)
            connection.execute("COMMIT" if keep else "ROLLBACK")
        except _REFUSALS:
            connection.rollback()
            raise
        except sqlite3.Error as error:
            self._disconnect()
            raise Unavailable(f"{self._path}: {error}; {_mend(error)}") from None

    def _refuses(self, row: Row) -> bool:
        try:
            self._transact(only(row), keep=False)
        except _REFUSALS:
            return True
        return False

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = _connect(self._path, search=self._search)
            except (sqlite3.Error, OSError) as error:
                raise Unavailable(
                    f"{self._path}: {error}; name a file that we may write in DATELINE_STORAGE_URL"
                ) from None
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait here by itself where another process that starts at the same time does the same."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(0.01)


def _connect(path: Path, *, search: bool | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
    try:
        # A page of 8 kB holds the columns of an article, and the next one most of its text: in one of 16 kB a second article seldom finds
        # room. A file keeps the size that it was made with. The cache holds a batch, which otherwise spills to the WAL and is written twice.
        connection.execute("PRAGMA page_size=8192")
        connection.execute("PRAGMA cache_size=-65536")
        _to_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute(f"PRAGMA wal_autocheckpoint={_WAL_BYTES // page_bytes}")
        _migrate(connection, search=search)
    except BaseException:
        connection.close()
        raise
    return connection


def _upsert(connection: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    """The rows of one table, each id once; and the child rows anew of those that were changed."""
    columns = COLUMNS[table]
    if table != "articles":
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(columns)}){UPSERT[table]}",
            [row.values for row in rows],
        )
    elif rows:
        keys = _keys(connection, rows)
        fresh = _insert(connection, [row for row in rows if row.id not in keys])
        replaced = _replace(connection, [row for row in rows if row.id in keys])
        with ThreadPoolExecutor(1) as beside:
            indexed = beside.submit(_index, connection, [key for key, _ in fresh])
            found = _children([*fresh, *replaced])
        indexed.result()
        for child, values in found.items():
            _insert_children(connection, child, values)


def _keys(connection: sqlite3.Connection, rows: Sequence[Row]) -> dict[str, int]:
    """The keys of those articles that are there, by id."""
    ids = orjson.dumps([row.id for row in rows]).decode()
    return dict(connection.execute("SELECT id, key FROM articles WHERE id IN (SELECT value FROM json_each(?))", (ids,)))


def _insert(connection: sqlite3.Connection, rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """New articles by new keys, one after the other: nobody else writes meanwhile."""
    columns = ("key", *COLUMNS["articles"])
    last = connection.execute("SELECT coalesce(max(key), 0) FROM articles").fetchone()[0]
    keyed = list(enumerate(rows, last + 1))
    statement = f"INSERT INTO articles ({', '.join(columns)}) VALUES ({_marks(columns)})"
    connection.executemany(statement, ((key, *row.values) for key, row in keyed))
    return keyed


def _replace(connection: sqlite3.Connection, rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """Articles that are there, where these are newer: those that were changed, without their child rows."""
    columns = COLUMNS["articles"]
    statement = (
        f"INSERT INTO articles ({', '.join(columns)}) VALUES ({_marks(columns)}){UPSERT['articles']} RETURNING key"
    )
    changed = []
    for row in rows:
        for (key,) in connection.execute(statement, row.values).fetchall():
            changed.append((key, row))
    for child in CHILDREN:
        connection.executemany(f"DELETE FROM {child} WHERE article_key = ?", [(key,) for key, _ in changed])
    return changed


def _index(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    """The search entries of new articles, whose keys are one after the other. In one statement, in which SQLite leaves Python to others."""
    if keys and _is_searched(connection):
        connection.execute(_INDEX, (keys[0], keys[-1]))


def _children(changed: Sequence[tuple[int, Row]]) -> dict[str, list[Any]]:
    """The child rows by table, each row's values after those of the one before."""
    found: dict[str, list[Any]] = {child: [] for child in CHILDREN}
    for key, row in changed:
        for child, rows in row.children().items():
            values = found[child]
            for place, one in enumerate(rows):
                values += (key, place, *one)
    return found


def _insert_children(connection: sqlite3.Connection, child: str, values: Sequence[Any]) -> None:
    """Many rows a statement, which costs a quarter less. What fails ends the transaction, so that SQLite need not be able to undo one statement."""
    into = ("article_key", "position", *CHILDREN[child])
    statement, marks = f"INSERT OR ROLLBACK INTO {child} ({', '.join(into)}) VALUES ", f"({_marks(into)})"
    step = _TOGETHER * len(into)
    many = len(values) - len(values) % step
    connection.executemany(
        statement + ", ".join([marks] * _TOGETHER), (values[start : start + step] for start in range(0, many, step))
    )
    for start in range(many, len(values), len(into)):
        connection.execute(statement + marks, values[start : start + len(into)])


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


def _mend(error: sqlite3.Error) -> str:
    if "malformed" in str(error) or "not a database" in str(error):
        return "it is damaged: restore it, or move it away to begin a new one"
    return "free it, give it space or write access, and the worker goes on by itself"


def _is_searched(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'articles_search'").fetchone() is not None


def _migrate(connection: sqlite3.Connection, *, search: bool | None) -> None:
    """Forward only, each step once, all in one transaction that others wait for; then search on or off."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at TEXT DEFAULT CURRENT_TIMESTAMP)"
        )
        present = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()[0]
        for version, statements in enumerate(SQLITE, 1):
            if version > present:
                for statement in statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO schema_version (version) VALUES (?)", (version,))
        if search is not None and search != _is_searched(connection):
            for statement in SQLITE_SEARCH if search else SQLITE_NO_SEARCH:
                connection.execute(statement)
