"""PostgreSQL 15 or newer, through psycopg 3: COPY into staging tables, then one upsert.

Guarantee: `write` returns after the batch's transaction is committed, all or none of it; an unchanged article changes no row; an older
version of an article (a smaller offset of the same raw partition) does not replace a newer one.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from schemas.articles import EnrichedArticle
from workers.errors import Misconfigured, StoreRefused, Unavailable
from workers.storage.migrations import POSTGRESQL
from workers.storage.rows import CHILDREN, COLUMNS, Row, latest_by_id, to_row

__all__ = ["PostgresqlSink"]

_CONNECT_S = 5
#: Any number: workers that migrate at once wait for each other on it.
_MIGRATION_LOCK = 7_283_461


class PostgresqlSink:
    """Writes enriched articles into a PostgreSQL database."""

    guarantee = "each article once, by id; committed before its offset is"

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def open(self) -> None:
        """Connect and migrate; raises Unavailable or Misconfigured."""
        self._connected()

    def write(self, batch: Sequence[EnrichedArticle], /) -> None:
        """Upsert the batch in one transaction. Raises Unavailable while the server is away, StoreRefused for a row it will not take."""
        rows = latest_by_id([to_row(article) for article in batch])
        try:
            with self._connected().transaction():
                self._upsert(self._connected(), rows)
        except psycopg.DataError as error:
            raise StoreRefused("store_refused", _reason(error), self._culprit(batch)) from None
        except psycopg.Error as error:
            self._disconnect()
            raise Unavailable(f"PostgreSQL: {_reason(error)}; the worker waits and goes on by itself") from None

    def close(self) -> None:
        """Close the connection."""
        self._disconnect()

    def _upsert(self, connection: psycopg.Connection[Any], rows: list[Row]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS incoming (LIKE articles) ON COMMIT DELETE ROWS")
            cursor.execute("TRUNCATE incoming")
            _copy(cursor, "incoming", COLUMNS, [row.values for row in rows])
            cursor.execute(_UPSERT)
            changed = {row[0] for row in cursor.fetchall()}
            fresh = [row for row in rows if row.id in changed]
            for table, columns in CHILDREN.items():
                delete = sql.SQL("DELETE FROM {} WHERE article_id = ANY(%s)").format(sql.Identifier(table))
                cursor.execute(delete, ([row.id for row in fresh],))
                _copy(
                    cursor,
                    table,
                    ("article_id", "position", *columns),
                    [child for row in fresh for child in row.children[table]],
                )

    def _culprit(self, batch: Sequence[EnrichedArticle]) -> int:
        """The first article that is refused when written alone."""
        for index, article in enumerate(batch):
            try:
                with self._connected().transaction(force_rollback=True):
                    self._upsert(self._connected(), [to_row(article)])
            except psycopg.DataError:
                return index
        return 0

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        try:
            connection = psycopg.connect(self._url, connect_timeout=_CONNECT_S, autocommit=True)
            _migrate(connection)
        except psycopg.ProgrammingError as error:
            raise Misconfigured(f"DATELINE_STORAGE_URL: {_reason(error)}") from None
        except psycopg.Error as error:
            raise Unavailable(f"PostgreSQL: {_reason(error)}; the worker waits and goes on by itself") from None
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


_UPSERT = sql.SQL(
    "INSERT INTO articles ({columns}) SELECT {columns} FROM incoming ON CONFLICT (id) DO UPDATE SET {updates}, updated_at = now()"
    " WHERE excluded.content_sha256 <> articles.content_sha256 AND NOT (excluded.raw_topic IS NOT DISTINCT FROM articles.raw_topic"
    " AND excluded.raw_partition IS NOT DISTINCT FROM articles.raw_partition AND excluded.raw_offset < articles.raw_offset) RETURNING id"
).format(
    columns=sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
    updates=sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in COLUMNS if name != "id"
    ),
)  # fmt: skip


def _copy(cursor: psycopg.Cursor[Any], table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _reason(error: Exception) -> str:
    """The server's own first line; never the connection string."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _migrate(connection: psycopg.Connection[Any]) -> None:
    """Forward only, each step once; workers that start together wait for each other."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at TIMESTAMPTZ DEFAULT now())"
        )
        found = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
        for version, statements in enumerate(POSTGRESQL, 1):
            if version > (found[0] if found else 0):
                for statement in statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (version,))
