"""PostgreSQL as it is asked: a pool of read-only connections, each question with an end."""

import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from workers.errors import Refused, Unavailable
from workers.storage.places import phrase_places
from workers.storage.query import Term, terms
from workers.storage.sets import Set, Way

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
    "SET max_parallel_workers_per_gather = 0",
    "SET work_mem = '32MB'",
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
        """The articles that have the words. The index knows no places of words, so it answers for a phrase by its words; the column `places` leaves
        few more than have the phrase, and the test reads those."""
        asked = terms(words)
        phrases = any(not term.text.isalpha() for term in asked)
        sieving = [term for term in asked if term.text.isalpha() or not term.excluded]
        listed = _query(sieving, "plainto_tsquery" if phrases else "phraseto_tsquery")
        bytes_asked = [found for term in asked if not term.excluded and (found := phrase_places(term.text))]
        placed = " AND (places IS NULL OR position(?::bytea IN places) > 0)" * len(bytes_asked)
        indexed = f"search @@ ({listed}){placed}"
        return Set(
            f"SELECT key FROM articles WHERE {indexed}",
            [*(term.text for term in sieving), *bytes_asked],
            f"(a.search @@ ({_query(asked, 'phraseto_tsquery')})) IS TRUE",
            [term.text for term in asked],
            indexed if phrases else "",
            dear=True,
        )

    def page(self, first: Sequence[str], then: Sequence[str], way: Way, *, by_source: bool) -> str:
        """The statement for the keys of a page, newest first: of what meets the conditions of `first`, in order, that which meets those of `then`.
        The order is made before the dear conditions are tried, and these no longer than until the page is full."""
        del by_source  # the planner sees it
        if way == "walked":
            where = [*first, *then]
            condition = f" WHERE {' AND '.join(where)}" if where else ""
            return f"SELECT a.key FROM articles a{condition} ORDER BY a.published_at DESC, a.id DESC LIMIT ?"
        condition = f" WHERE {' AND '.join(then)}" if then else ""
        columns = "a.key, a.published_at, a.id" + (", a.search" if "a.search" in condition else "")
        order = "a.published_at || '' DESC, a.id DESC"  # of no index, which would be followed to its end
        return (
            f"WITH sifted AS MATERIALIZED (SELECT {columns} FROM articles a WHERE {' AND '.join(first)} ORDER BY {order})"
            f" SELECT a.key FROM sifted a{condition} LIMIT ?"
        )

    def run(self, statement: str, values: Sequence[Any], *, along: bool = False) -> list[tuple[Any, ...]]:
        """The rows of a statement; `along` an index, in its order, instead of all that match and then sorted."""
        query = statement.replace("%", "%%").replace("?", "%s")
        try:
            with self._connections().connection(_WAIT_S) as connection:
                if not along:
                    return connection.execute(query.encode(), values).fetchall()
                with connection.transaction():
                    connection.execute("SET LOCAL enable_bitmapscan = off")
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

    def taken(self) -> int:
        """How many connections are answering."""
        stats = self._pool.get_stats() if self._pool else {}
        return stats.get("pool_size", 0) - stats.get("pool_available", 0)

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


def _query(asked: Sequence[Term], function: str) -> str:
    """A tsquery with a `?` for each term; what must not be there is always a phrase, lest its words alone keep an article away."""
    return " && ".join(
        f"!!{_spelled(term, 'phraseto_tsquery')}" if term.excluded else _spelled(term, function) for term in asked
    )


def _spelled(term: Term, function: str) -> str:
    query = f"{function}('simple', lower(? COLLATE \"und-x-icu\"))"
    return f"({query}::text || ':*')::tsquery" if term.prefix else query


def _configure(connection: psycopg.Connection[Any]) -> None:
    for statement in _SESSION:
        connection.execute(statement.encode())


def _reason(error: psycopg.Error) -> str:
    return f"PostgreSQL: {(str(error).strip().splitlines() or [type(error).__name__])[0]}"
