"""PostgreSQL 15 or newer, through psycopg 3: COPY into staging tables, then one upsert.

Guarantee: `write` returns after the batch's transaction is committed, all or none of it; the same message twice changes no row; an older
version of an article (a smaller offset of the same raw partition) does not replace a newer one; what is replaced is kept in `versions`.

Triggers keep the versions and the child rows with their article, whoever changes it.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from workers.errors import Misconfigured, StoreRefused, Unavailable
from workers.storage.children import CHILDREN
from workers.storage.migrations import POSTGRESQL, POSTGRESQL_NO_SEARCH, POSTGRESQL_SEARCH
from workers.storage.partitions import (
    divide,
    drop_before,
    insert_ids,
    is_divided,
    make_months,
    missing_months,
    month_of,
    near_months,
)
from workers.storage.places import places
from workers.storage.rows import COLUMNS, UPSERT, Batch, Row, Storable, culprit, only, to_batch, waves

__all__ = ["PostgresqlSink"]

_CONNECT_S = 5
#: How long a write waits for somebody else's lock.
_LOCK_MS = 5000
#: Any number: workers that migrate at once wait for each other on it.
_MIGRATION_LOCK = 7_283_461
#: What a row is refused for: a value that the column cannot hold, a constraint, a limit of the server. All else is the server's state.
_REFUSALS = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
_TITLE, _TEXT = (COLUMNS["articles"].index(name) for name in ("title", "text"))
#: As in every store, and the places of words.
_COLUMNS = COLUMNS | {"articles": (*COLUMNS["articles"], "places")}
_UPSERT = UPSERT | {"articles": UPSERT["articles"].replace(" SET ", " SET places = excluded.places, ", 1)}


class PostgresqlSink:
    """Writes enriched articles and alerts into a PostgreSQL database."""

    guarantee = "each article and alert once, by id; committed before its offset is"
    takes_tombstones = True

    def __init__(self, url: str, *, search: bool | None = None, monthly: bool = False) -> None:
        """`search` puts the full-text index on or takes it away; None leaves it as it is, on in a new database. `monthly` puts the tables
        into monthly partitions, once and for all."""
        self._url, self._search, self._monthly = url, search, monthly
        self._divided = self._searched = False
        self._connection: psycopg.Connection[Any] | None = None

    def open(self) -> None:
        """Connect and migrate; raises Unavailable or Misconfigured."""
        self._connected()

    def write(self, batch: Sequence[Storable], /) -> None:
        """Upsert the batch in one transaction. Raises Unavailable while the server is away, StoreRefused for a row it will not take."""
        writes = to_batch(batch)
        try:
            self._transact(writes)
        except _REFUSALS as error:
            raise StoreRefused("store_refused", _reason(error), culprit(batch, self._refuses)) from None

    def drop_before(self, day: str) -> int:
        """Drop the months that end before that day (YYYY-MM-DD), where the tables are in partitions; returns how many articles went."""
        connection = self._connected()
        try:
            return drop_before(connection, day) if self._divided else 0
        except psycopg.Error as error:
            self._disconnect()
            raise Unavailable(f"PostgreSQL: {_reason(error)}") from None

    def close(self) -> None:
        """Close the connection."""
        self._disconnect()

    def _transact(self, batch: Batch, *, keep: bool = True) -> None:
        """Write the batch and commit, or undo it all. Raises one of _REFUSALS, or Unavailable."""
        connection = self._connected()
        try:
            with connection.transaction(force_rollback=not keep), connection.cursor() as cursor:
                for table in COLUMNS:
                    _erase(cursor, table, batch.erased[table])
                    for number, rows in enumerate(waves(batch.rows[table])):
                        self._upsert(cursor, table, rows, again=number > 0)
        except psycopg.errors.CheckViolation as error:  # we check nothing: a month was dropped under us
            raise Unavailable(f"PostgreSQL: {_reason(error)}; the month is made again") from None
        except _REFUSALS:
            raise
        except psycopg.Error as error:
            self._disconnect()
            raise Unavailable(f"PostgreSQL: {_reason(error)}; the worker waits and goes on by itself") from None

    def _upsert(self, cursor: psycopg.Cursor[Any], table: str, rows: Sequence[Row], *, again: bool) -> None:
        """The rows of one table, each id once; and the child rows anew of those that were changed. `again`: not the first in the transaction."""
        staging = f"incoming_{table}"
        if again:
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(staging)))
        _copy(cursor, staging, _COLUMNS[table], map(self._values, rows))
        divided = self._divided and table == "articles"
        fresh = self._named(cursor, rows) if divided else set()
        cursor.execute(_statement(table, divided=divided))
        if table == "articles":
            written = [(name, key, name not in fresh if divided else there) for name, key, there in cursor.fetchall()]
            _write_children(cursor, {row.id: row for row in rows}, written)

    def _values(self, row: Row) -> tuple[Any, ...]:
        """The row by _COLUMNS."""
        if row.table != "articles":
            return row.values
        return (*row.values, places(row.values[_TITLE], row.values[_TEXT]) if self._searched else None)

    def _named(self, cursor: psycopg.Cursor[Any], rows: Sequence[Row]) -> set[str]:
        """Make the months that are missing, and give new articles their keys; returns the ids of the new ones."""
        day = COLUMNS["articles"].index("published_on")
        missing = missing_months(cursor, {month_of(row.values[day]) for row in rows})
        if missing:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            make_months(cursor.connection, missing)
        return insert_ids(cursor, "incoming_articles")

    def _refuses(self, row: Row) -> bool:
        try:
            self._transact(only(row), keep=False)
        except _REFUSALS:
            return True
        return False

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = _connect(self._url, search=self._search, monthly=self._monthly)
                self._divided, self._searched = is_divided(self._connection), _is_searched(self._connection)
            except psycopg.ProgrammingError as error:
                raise Misconfigured(f"DATELINE_STORAGE_URL: {_reason(error)}{_mend(error)}") from None
            except psycopg.Error as error:
                raise Unavailable(f"PostgreSQL: {_reason(error)}; the worker waits and goes on by itself") from None
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _connect(url: str, *, search: bool | None, monthly: bool) -> psycopg.Connection[Any]:
    connection: psycopg.Connection[Any] = psycopg.connect(url, connect_timeout=_CONNECT_S, autocommit=True)
    try:
        connection.execute(sql.SQL("SET lock_timeout = {}").format(_LOCK_MS))
        _migrate(connection, search=search, monthly=monthly)
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _erase(cursor: psycopg.Cursor[Any], table: str, ids: Sequence[str]) -> None:
    if ids:
        cursor.execute(sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(sql.Identifier(table)), (list(ids),))


def _statement(table: str, *, divided: bool) -> sql.Composed:
    """From the staging table into the table, by id; where that is divided, by the key that belongs to the id."""
    columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS[table]))
    upsert, staging = _UPSERT[table], sql.Identifier(f"incoming_{table}")
    if table != "articles":
        return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}{}").format(
            sql.Identifier(table), columns, columns, staging, sql.SQL(upsert)
        )
    if divided:
        insert = "INSERT INTO articles (key, {0}) SELECT key, {0} FROM {1} JOIN article_ids USING (id){2} RETURNING id, key, NULL"
        return sql.SQL(insert).format(
            columns, staging, sql.SQL(upsert.replace("ON CONFLICT (id)", "ON CONFLICT (key)"))
        )
    insert = "INSERT INTO articles ({0}) SELECT {0} FROM {1}{2} RETURNING id, key, xmax <> 0"
    return sql.SQL(insert).format(columns, staging, sql.SQL(upsert))


def _write_children(cursor: psycopg.Cursor[Any], rows: Mapping[str, Row], written: Sequence[tuple[Any, ...]]) -> None:
    """The child rows of what was written, given as id, key, and whether it was there before."""
    changed = sorted((key, rows[name]) for name, key, _ in written)
    replaced = [key for _, key, there in written if there]
    found = [(key, row.children()) for key, row in changed]
    for child, more in CHILDREN.items() if changed else ():
        if replaced:
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE article_key = ANY(%s)").format(sql.Identifier(child)), (replaced,)
            )
        values = ((key, place, *one) for key, rows_of in found for place, one in enumerate(rows_of[child]))
        _copy(cursor, child, ("article_key", "position", *more), values)


def _copy(cursor: psycopg.Cursor[Any], table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _reason(error: Exception) -> str:
    """The server's own first line; never the connection string."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _mend(error: psycopg.ProgrammingError) -> str:
    """What a person can do about a database that does not take our tables, where we know."""
    if isinstance(error, (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidSchemaName)):
        return "; the role must be allowed to make tables: GRANT USAGE, CREATE ON SCHEMA public TO it"
    return ""


def _prepare(connection: psycopg.Connection[Any]) -> None:
    """The session's staging tables; and lz4 for long values, in a third of the time of pglz, where the server has it."""
    with contextlib.suppress(psycopg.errors.InvalidParameterValue):
        connection.execute("SET default_toast_compression = lz4")
    for table, columns in _COLUMNS.items():
        connection.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA").format(
                sql.Identifier(f"incoming_{table}"),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.Identifier(table),
            )
        )


def _is_searched(connection: psycopg.Connection[Any]) -> bool:
    statement = (
        "SELECT 1 FROM pg_attribute WHERE attrelid = 'articles'::regclass AND attname = 'search' AND NOT attisdropped"
    )
    return connection.execute(statement).fetchone() is not None


def _migrate(connection: psycopg.Connection[Any], *, search: bool | None, monthly: bool) -> None:
    """Forward only, each step once, then search on or off, and partitions; workers that start together wait for each other."""
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
        if search is not None and search != _is_searched(connection):
            for statement in POSTGRESQL_SEARCH if search else POSTGRESQL_NO_SEARCH:
                connection.execute(statement)
        if monthly and not is_divided(connection):
            divide(connection)
        if is_divided(connection):
            make_months(connection, near_months(connection))
