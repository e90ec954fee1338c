"""PostgreSQL's tables in monthly partitions by publication, so that retention drops tables instead of deleting rows.

The month stands in the article's key: its number is the key's upper bits. So every table of an article is divided by the one key that joins
them, and what joins by it meets one partition only. The id, which must be unique over all months, is kept in `article_ids` beside its key.
An article keeps its key, and with it its partition, when a later version of it is published in another month.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from workers.storage.children import CHILDREN

__all__ = [
    "UNDATED",
    "divide",
    "drop_before",
    "insert_ids",
    "is_divided",
    "make_months",
    "missing_months",
    "month_of",
    "near_months",
]

#: Articles without a day of publication, or with one that no news has: so that a misread year makes no partition.
UNDATED = 0
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_BITS = 40
_KEYS = {"articles": "key", **dict.fromkeys((*CHILDREN, "versions"), "article_key")}
_YEAR, _MONTH = "substr(published_on, 1, 4)::int", "substr(published_on, 6, 2)::int"
_SQL_MONTH = f"CASE WHEN {_YEAR} BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR} THEN ({_YEAR} * 12 + {_MONTH} - 1)::bigint ELSE {UNDATED}::bigint END"

Connection = psycopg.Connection[Any]


def month_of(day: str | None) -> int:
    """The number of a day's month, counted from the year 0; UNDATED for no day."""
    if not day or not _FIRST_YEAR <= int(day[:4]) <= _LAST_YEAR:
        return UNDATED
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def is_divided(connection: Connection) -> bool:
    """Whether the tables are in partitions."""
    return (
        connection.execute("SELECT 1 FROM pg_class WHERE oid = 'articles'::regclass AND relkind = 'p'").fetchone()
        is not None
    )


def divide(connection: Connection) -> None:
    """Put the tables and all their rows into partitions; the whole store is written anew, in the transaction under way."""
    later = [_definitions(connection, table) for table in _KEYS]
    connection.execute('CREATE TABLE article_ids (id TEXT COLLATE "C" PRIMARY KEY, key BIGINT NOT NULL)')
    connection.execute("CREATE SEQUENCE article_keys")
    connection.execute(
        f"INSERT INTO article_ids (id, key) SELECT id, ({_SQL_MONTH} << {_BITS}) + nextval('article_keys') FROM articles ORDER BY key".encode()
    )
    columns = {table: _columns(connection, table) for table in _KEYS}
    for table, key in _KEYS.items():
        for statement in (
            f"ALTER TABLE {table} RENAME TO {table}_whole",
            f"ALTER INDEX {table}_pkey RENAME TO {table}_whole_pkey",
            f"CREATE TABLE {table} (LIKE {table}_whole INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING STORAGE) PARTITION BY RANGE ({key})",
        ):
            connection.execute(statement.encode())
    make_months(
        connection,
        [row[0] for row in connection.execute(f"SELECT DISTINCT key >> {_BITS} FROM article_ids".encode()).fetchall()],
    )
    for table, key in _KEYS.items():
        names = ", ".join(columns[table])
        old = f"{table}_whole w JOIN articles_whole a ON a.key = w.{key} JOIN article_ids i ON i.id = a.id"
        values = ", ".join(f"w.{name}" for name in columns[table])
        connection.execute(
            f"INSERT INTO {table} ({key}, {names}) SELECT i.key, {values} FROM {old} ORDER BY i.key".encode()
        )
    for table in reversed(_KEYS):
        connection.execute(f"DROP TABLE {table}_whole".encode())
    for statements in later:
        for statement in statements:
            connection.execute(statement.encode())
    connection.execute("CREATE INDEX articles_id ON articles (id)")
    connection.execute(
        "CREATE FUNCTION article_unnamed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM article_ids WHERE id = old.id; RETURN NULL; END $$"
    )
    connection.execute(
        "CREATE TRIGGER articles_unnamed AFTER DELETE ON articles FOR EACH ROW EXECUTE FUNCTION article_unnamed()"
    )


def near_months(connection: Connection) -> list[int]:
    """The month it is by the server's clock, and the next: to be made ahead. Articles without a day are always expected."""
    found = connection.execute("SELECT to_char(now(), 'YYYY-MM-DD')").fetchone()
    now = month_of(found[0] if found else None)
    return [UNDATED, now, now + 1]


def make_months(connection: Connection, months: Iterable[int]) -> None:
    """Make the partitions of these months that are not there."""
    for month in sorted(set(months)):
        for table in _KEYS:
            statement = sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})")
            part, bounds = sql.Identifier(_part(table, month)), (month << _BITS, (month + 1) << _BITS)
            connection.execute(statement.format(part, sql.Identifier(table), *map(sql.Literal, bounds)))


def missing_months(cursor: psycopg.Cursor[Any], months: Iterable[int]) -> list[int]:
    """Those of the months that have no partition. Asked anew for each batch: retention may have dropped one meanwhile."""
    parts = {_part("articles", month): month for month in months}
    cursor.execute("SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL", (list(parts),))
    return [parts[row[0]] for row in cursor.fetchall()]


def insert_ids(cursor: psycopg.Cursor[Any], staging: str) -> set[str]:
    """Give a key to each article in the staging table that has none; returns the ids of those that were new."""
    cursor.execute(
        sql.SQL(
            f"INSERT INTO article_ids (id, key) SELECT id, ({_SQL_MONTH} << {_BITS}) + nextval('article_keys') FROM {{}}"
            " ON CONFLICT (id) DO NOTHING RETURNING id"
        ).format(sql.Identifier(staging))
    )
    return {row[0] for row in cursor.fetchall()}


def drop_before(connection: Connection, day: str) -> int:
    """Drop the months all of whose articles were published before that day, with their alerts; returns how many articles went.

    A month with an article that a later version moved beyond the day stays: its old rows are for a DELETE.
    """
    dropped = 0
    for month in range(_FIRST_YEAR * 12, month_of(day)):
        part = sql.Identifier(_part("articles", month))
        if connection.execute("SELECT to_regclass(%s)", (_part("articles", month),)).fetchone() == (None,):
            continue
        with connection.transaction():
            connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(part))
            kept = sql.SQL("SELECT 1 FROM {} WHERE published_on IS NULL OR published_on >= {} LIMIT 1").format(
                part, day
            )
            if connection.execute(kept).fetchone() is not None:
                continue
            connection.execute(sql.SQL("DELETE FROM alerts WHERE article_id IN (SELECT id FROM {})").format(part))
            gone = connection.execute(sql.SQL("DELETE FROM article_ids WHERE id IN (SELECT id FROM {})").format(part))
            dropped += gone.rowcount
            for table in _KEYS:
                connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(_part(table, month))))
    return dropped


def _part(table: str, month: int) -> str:
    return f"{table}_undated" if month == UNDATED else f"{table}_{date(month // 12, month % 12 + 1, 1):%Y_%m}"


def _columns(connection: Connection, table: str) -> list[str]:
    """The columns to be copied: neither the key, which is made anew, nor what is generated."""
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> %s ORDER BY attnum",
        (table, _KEYS[table]),
    ).fetchall()
    return [row[0] for row in found]


def _definitions(connection: Connection, table: str) -> list[str]:
    """How the table's keys, indexes and triggers are made again; the uniqueness of ids is that of `article_ids`."""
    primary = f"ALTER TABLE {table} ADD PRIMARY KEY ({_KEYS[table]}{'' if table == 'articles' else ', number' if table == 'versions' else ', position'})"
    indexes = connection.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass AND NOT indisunique ORDER BY indexrelid",
        (table,),
    ).fetchall()
    triggers = connection.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY oid",
        (table,),
    ).fetchall()
    return [primary, *(row[0] for row in (*indexes, *triggers))]
