"""PostgreSQL as it is asked: a pool of read-only connections, each question with an end."""

import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from workers.errors import Refused, Unavailable
from workers.storage.query import Term, terms
from workers.storage.sets import Set

__all__ = ["PostgresqlStore"]

_TIMEOUT_MS = 10_000
#: Most connections, how long a question waits for one, and how long an idle one is kept.
_MOST, _WAIT_S, _IDLE_S = 8, 2.0, 60.0
#: We choose between the walk along the newest and the way from a few articles ourselves, by counting; a sequential scan would be neither.
_SESSION = (
    "SET default_transaction_read_only = on",
    f"SET statement_timeout = {_TIMEOUT_MS}",
    "SET plan_cache_mode = force_custom_plan",
    "SET enable_seqscan = off",
    "SET jit = off",
)


class PostgresqlStore:
    """Rows for statements. Raises Unavailable while the server is away or all connections are taken, Refused for what it cannot search."""

    among = "a.key = ANY(?)"

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._pool: ConnectionPool[psycopg.Connection[Any]] | None = None

    def keys(self, keys: Sequence[int]) -> list[int]:
        """Keys as the value for `among`."""
        return list(keys)

    def words(self, words: str) -> Set:
        """The articles that have the words. The index knows no places of words, so it answers for a phrase by its words, and the test reads it."""
        asked = terms(words)
        parts = [_spelled(term, "phraseto_tsquery") for term in asked]
        tested = " && ".join(f"!!{part}" if term.excluded else part for term, part in zip(asked, parts, strict=True))
        wanted = [term for term in asked if not term.excluded]
        listed = " && ".join(_spelled(term, "plainto_tsquery") for term in wanted)
        return Set(
            f"SELECT key FROM articles WHERE search @@ ({listed})",
            [term.text for term in wanted],
            f"(a.search @@ ({tested})) IS TRUE",
            [term.text for term in asked],
            ""
            if len(wanted) == len(asked) and all(term.text.isalpha() for term in asked)
            else f"a.search @@ ({listed})",
        )

    def page(self, where: Sequence[str], *, driven: bool, by_source: bool, sifted: str | None = None) -> str:
        """The statement for the keys of a page, newest first. With `sifted` articles for which that holds are put in order first, and
        the other conditions tried on them one after the other."""
        del driven, by_source  # the planner sees it
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        if sifted is None:
            return f"SELECT a.key FROM articles a{condition} ORDER BY a.published_at DESC, a.id DESC LIMIT ?"
        return (
            f"WITH sifted AS MATERIALIZED (SELECT a.* FROM articles a WHERE {sifted} ORDER BY a.published_at DESC, a.id DESC)"
            f" SELECT a.key FROM sifted a{condition} LIMIT ?"
        )

    def run(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        query = statement.replace("%", "%%").replace("?", "%s")
        try:
            with self._connections().connection(_WAIT_S) as connection:
                return connection.execute(query.encode(), values).fetchall()
        except (psycopg.DataError, psycopg.errors.SyntaxError) as error:
            raise Refused("bad_query", f"PostgreSQL cannot search for that: {type(error).__name__}") from None
        except PoolTimeout:
            raise Unavailable(f"PostgreSQL: no connection within {_WAIT_S:g} s; it is away, or too much is asked at once") from None  # fmt: skip
        except psycopg.errors.UndefinedColumn as error:
            if "search" in str(error):
                raise Refused("search_off", "this store does not index words: DATELINE_STORAGE_SEARCH") from None
            raise Unavailable(_reason(error)) from None
        except psycopg.Error as error:
            raise Unavailable(_reason(error)) from None

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _connections(self) -> ConnectionPool[psycopg.Connection[Any]]:
        with self._lock:
            if self._pool is None:
                pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
                    self._url, kwargs={"autocommit": True, "connect_timeout": 5}, min_size=0, max_size=_MOST, max_idle=_IDLE_S,
                    configure=_configure, check=ConnectionPool.check_connection, open=True,
                )  # fmt: skip
                self._pool = pool
            return self._pool


def _spelled(term: Term, function: str) -> str:
    query = f"{function}('simple', lower(? COLLATE \"und-x-icu\"))"
    return f"({query}::text || ':*')::tsquery" if term.prefix else query


def _configure(connection: psycopg.Connection[Any]) -> None:
    for statement in _SESSION:
        connection.execute(statement.encode())


def _reason(error: psycopg.Error) -> str:
    return f"PostgreSQL: {(str(error).strip().splitlines() or [type(error).__name__])[0]}"
