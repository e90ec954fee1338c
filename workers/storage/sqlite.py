"""SQLite: one file, WAL. The embedded default.

Guarantee: `write` returns after the batch is on disk (synchronous=FULL), all or none of it; an unchanged article changes no row; an
older version of an article (a smaller offset of the same raw partition) does not replace a newer one.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from schemas.articles import EnrichedArticle
from workers.errors import StoreRefused, Unavailable
from workers.storage.migrations import SQLITE
from workers.storage.rows import CHILDREN, COLUMNS, Row, latest_by_id, to_row

__all__ = ["SqliteSink"]

_BUSY_MS = 2000


class SqliteSink:
    """Writes enriched articles into an SQLite file."""

    guarantee = "each article once, by id; on disk before its offset is committed"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def open(self) -> None:
        """Open the file and migrate it; raises Unavailable when it cannot be opened or is locked."""
        self._connected()

    def write(self, batch: Sequence[EnrichedArticle], /) -> None:
        """Upsert the batch in one transaction. Raises Unavailable (locked, full, read-only) or StoreRefused (never, by its types)."""
        rows = latest_by_id([to_row(article) for article in batch])
        connection = self._connected()
        try:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                self._upsert(connection, rows)
        except sqlite3.OperationalError as error:
            self._disconnect()
            raise Unavailable(
                f"{self._path}: {error}; free it, give it space or write access, and the worker goes on by itself"
            ) from None
        except sqlite3.DatabaseError as error:
            self._disconnect()
            if "malformed" in str(error) or "not a database" in str(error):
                raise Unavailable(
                    f"{self._path} is damaged ({error}): restore it, or move it away to begin a new one"
                ) from None
            raise StoreRefused("store_refused", f"{self._path}: {error}", self._culprit(batch)) from None

    def close(self) -> None:
        """Close the file."""
        self._disconnect()

    def _upsert(self, connection: sqlite3.Connection, rows: list[Row]) -> None:
        marks = ",".join("?" * len(COLUMNS))
        updates = ",".join(f"{name}=excluded.{name}" for name in COLUMNS if name != "id")
        statement = (
            f"INSERT INTO articles ({','.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates},"
            " updated_at=CURRENT_TIMESTAMP WHERE excluded.content_sha256 <> articles.content_sha256"
            " AND NOT (excluded.raw_topic IS articles.raw_topic AND excluded.raw_partition IS articles.raw_partition"
            " AND excluded.raw_offset < articles.raw_offset)"
        )
        changed = [row for row in rows if connection.execute(statement, row.values).rowcount]
        for table, columns in CHILDREN.items():
            connection.executemany(f"DELETE FROM {table} WHERE article_id = ?", [(row.id,) for row in changed])
            marks = ",".join("?" * (len(columns) + 2))
            values = [child for row in changed for child in row.children[table]]
            connection.executemany(
                f"INSERT INTO {table} (article_id,position,{','.join(columns)}) VALUES ({marks})", values
            )

    def _culprit(self, batch: Sequence[EnrichedArticle]) -> int:
        """The first article that is refused when written alone."""
        for index, article in enumerate(batch):
            connection = self._connected()
            try:
                connection.execute("BEGIN")
                self._upsert(connection, [to_row(article)])
            except sqlite3.DatabaseError:
                return index
            finally:
                connection.rollback()
        return 0

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(
                    self._path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
                )
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
                _migrate(connection)
            except (sqlite3.Error, OSError) as error:
                raise Unavailable(
                    f"{self._path}: {error}; name a file that we may write in DATELINE_STORAGE_URL"
                ) from None
            self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _migrate(connection: sqlite3.Connection) -> None:
    """Forward only, each step once, all in one transaction that others wait for."""
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
