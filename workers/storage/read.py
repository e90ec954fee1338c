"""Asking SQLite or PostgreSQL: the same questions, the same answers. Read-only.

A page is found newest first by (published_at, id), so a cursor holds its place whatever is added meanwhile. In SQLite a rare filter drives
the search and a common one is tested along the newest articles: which is which is found by counting up to _RARE rows. PostgreSQL's
planner does that by its statistics.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import orjson
import psycopg

from workers.errors import Misconfigured, Refused, Unavailable
from workers.storage.query import MAX_LIMIT, Filters, Page, checked, decode_cursor, encode_cursor, terms

__all__ = ["Reader", "open_reader"]

_RARE = 2000
_TIMEOUT_S = 10
#: A time that began longer before the days asked for is left out: "2025" is not about every day of it, and an index needs a lower bound.
_SPAN_DAYS = 31
_ITEM = "a.key, a.id, a.url, a.source, a.title, a.language, a.published, a.published_at, a.content_sha256, substr(a.text, 1, 280) AS lead"
_NAMES = ("key", "id", "url", "source", "title", "language", "published", "published_at", "content_sha256", "lead")
Clause = tuple[str, str, list[Any]]  # table, or none for the article itself; condition; values


class _Store(Protocol):
    """How one store is asked: its own spelling of a full-text match, and rows for a statement with `?` for each value."""

    adaptive: bool

    def match(self, words: str) -> Clause: ...
    def run(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]: ...
    def close(self) -> None: ...


class Reader:
    """Questions to a store. Safe to use from several threads. Every question raises Unavailable while the store is away, Refused for what is no question."""

    def __init__(self, store: _Store) -> None:
        self._store = store

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def search(self, filters: Filters, limit: int = 20, cursor: str | None = None) -> Page:
        """Articles that have all that is asked for, newest first."""
        limit = max(1, min(limit, MAX_LIMIT))
        where, values, hint = self._where(checked(filters))
        if cursor:
            where.append("(a.published_at, a.id) < (?, ?)")
            values += decode_cursor(cursor, str, str)
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        order = "+a.published_at DESC, +a.id DESC" if hint == "rare" else "a.published_at DESC, a.id DESC"
        rows = self._store.run(
            f"SELECT {_ITEM} FROM articles a{' INDEXED BY articles_published' if hint == 'newest' else ''}{condition} ORDER BY {order} LIMIT ?",
            [*values, limit + 1],
        )
        found = [dict(zip(_NAMES, row, strict=True)) for row in rows]
        more = encode_cursor(found[limit - 1]["published_at"], found[limit - 1]["id"]) if len(found) > limit else None
        for item in found:
            del item["key"]
        return Page(found[:limit], more)

    def documents(self, filters: Filters) -> Iterator[dict[str, Any]]:
        """The whole messages of all articles that have what is asked for, newest first."""
        cursor = None
        while True:
            page = self.search(filters, 100, cursor)
            for item in page.rows:
                found = self.article(item["id"])
                if found is not None:
                    yield found[0]
            if page.next is None:
                return
            cursor = page.next

    def article(self, identity: str) -> tuple[dict[str, Any], str] | None:
        """The article's message and the hash of its content, or None."""
        rows = self._store.run("SELECT document, content_sha256 FROM articles WHERE id = ?", [_plain(identity)])
        return (_json(rows[0][0]), rows[0][1]) if rows else None

    def versions(self, identity: str) -> list[dict[str, Any]]:
        """What the article was before, oldest first, each as it was published."""
        rows = self._store.run(
            "SELECT v.number, v.content_sha256, v.written_at, v.replaced_at, v.document FROM versions v"
            " JOIN articles a ON a.key = v.article_key WHERE a.id = ? ORDER BY v.number",
            [_plain(identity)],
        )
        names = ("number", "content_sha256", "written_at", "replaced_at", "document")
        return [
            {name: _json(one) if name == "document" else one if isinstance(one, int) else str(one) for name, one in zip(names, row, strict=True)}
            for row in rows
        ]  # fmt: skip

    def entity(self, name: str, limit: int = 20) -> dict[str, Any]:
        """Who or what is it, in how many articles, with whom, and how often in each month."""
        key = checked(Filters(entity=name)).entity or ""
        column = _entity_column(key)
        mine = f"SELECT article_key FROM entities WHERE {column} = ?"
        names = self._store.run(
            f"SELECT name, type, count(*), sum(count) FROM entities WHERE {column} = ? GROUP BY name, type ORDER BY count(*) DESC, name, type LIMIT 5", [key]
        )  # fmt: skip
        together = self._store.run(
            f"SELECT min(name), type, count(DISTINCT article_key) FROM entities WHERE article_key IN ({mine})"
            " AND NOT (name_key = ? OR coalesce(wikidata, '') = ?)"
            " GROUP BY name_key, type ORDER BY count(DISTINCT article_key) DESC, min(name), type LIMIT ?",
            [key, key, key, min(limit, MAX_LIMIT)],
        )
        months = self._store.run(
            f"SELECT substr(a.published_on, 1, 7), count(*) FROM articles a WHERE a.key IN ({mine}) AND a.published_on IS NOT NULL"
            " GROUP BY 1 ORDER BY 1", [key],
        )  # fmt: skip
        articles = self._store.run(f"SELECT count(DISTINCT article_key) FROM entities WHERE {column} = ?", [key])
        return {
            "name": names[0][0] if names else name,
            "type": names[0][1] if names else None,
            "articles": articles[0][0],
            "mentions": int(sum(row[3] for row in names)),
            "together_with": [{"name": row[0], "type": row[1], "articles": row[2]} for row in together],
            "by_month": [{"month": row[0], "articles": row[1]} for row in months],
        }

    def calendar(self, start: str, end: str, limit: int = 100) -> list[dict[str, Any]]:
        """Days to come that articles announce: dates in the text that are later than the article, within one month, in order of time."""
        days = checked(Filters(mentioned_from=start, mentioned_to=end))
        rows = self._store.run(
            "SELECT d.from_value, d.to_value, d.text, a.id, a.title, a.source, a.published FROM dates d JOIN articles a ON a.key = d.article_key"
            " WHERE d.from_value >= ? AND d.from_value < ? AND substr(d.from_value, 1, 10) > a.published_on"
            " AND substr(coalesce(d.to_value, d.from_value), 1, 7) = substr(d.from_value, 1, 7)"
            " ORDER BY d.from_value, a.id, d.position LIMIT ?",
            [days.mentioned_from, f"{days.mentioned_to}~", max(1, min(limit, MAX_LIMIT))],
        )
        return [
            dict(zip(("from", "to", "text", "article_id", "title", "source", "published"), row, strict=True))
            for row in rows
        ]

    def ids(self, filters: Filters) -> list[str]:
        """The ids of all articles that have what is asked for."""
        where, values, _ = self._where(checked(filters))
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        return [row[0] for row in self._store.run(f"SELECT a.id FROM articles a{condition} ORDER BY a.id", values)]

    def alerts_of(self, articles: Sequence[str]) -> list[str]:
        """The ids of the alerts that these articles set off."""
        found: list[str] = []
        for start in range(0, len(articles), 500):
            some = list(articles[start : start + 500])
            marks = ", ".join("?" * len(some))
            found += [row[0] for row in self._store.run(f"SELECT id FROM alerts WHERE article_id IN ({marks}) ORDER BY id", some)]  # fmt: skip
        return found

    def _where(self, filters: Filters) -> tuple[list[str], list[Any], str]:
        """Conditions, their values, and where SQLite begins: at a `rare` filter, along the `newest`, or as it likes ('')."""
        where: list[str] = []
        values: list[Any] = []
        hint = ""
        for table, condition, asked in self._sets(filters):
            column = "rowid" if table == "articles_search" else "article_key"
            members = f"SELECT {column} FROM {table} WHERE {condition}"
            if not table:
                where.append(condition)
            elif self._store.adaptive and self._rare(members, asked):
                where.append(f"a.key IN ({members})")
                hint = "rare"
            elif table == "articles_search":
                where.append(f"+a.key IN ({members})")
            else:
                where.append(f"EXISTS (SELECT 1 FROM {table} WHERE article_key = a.key AND {condition})")
            values += asked
            hint = hint or ("newest" if self._store.adaptive else "")
        for condition, value in _columns(filters):
            where.append(condition)
            values.append(value)
        return where, values, hint

    def _rare(self, members: str, values: list[Any]) -> bool:
        found: int = self._store.run(f"SELECT count(*) FROM ({members} LIMIT {_RARE + 1})", values)[0][0]
        return found <= _RARE

    def _sets(self, filters: Filters) -> list[tuple[str, str, list[Any]]]:
        """Filters on other tables than articles, as table, condition and values."""
        sets: list[tuple[str, str, list[Any]]] = []
        if filters.words and terms(filters.words):
            sets.append(self._store.match(filters.words))
        if filters.entity:
            sets.append(("entities", f"{_entity_column(filters.entity)} = ?", [filters.entity]))
        if filters.country:
            sets.append(("entities", "country = ?", [filters.country]))
        if filters.mentioned_from or filters.mentioned_to:
            start, end = filters.mentioned_from or "0000", filters.mentioned_to or "9999"
            first = _shifted(start, -_SPAN_DAYS) if filters.mentioned_from else start
            overlap = "from_value >= ? AND from_value <= ? AND coalesce(to_value, from_value) >= ?"
            sets.append(("dates", overlap, [first, f"{end}~", start]))
        return sets


def _entity_column(entity: str) -> str:
    """Folded names have no capital letter, so what begins with one is a Wikidata id."""
    return "wikidata" if entity.startswith("Q") else "name_key"


def _columns(filters: Filters) -> Iterator[tuple[str, str]]:
    """Filters on the article itself. The day is as printed, at most a day from that in UTC, by which the index is ordered."""
    if filters.source:
        yield "a.source = ?", filters.source
    if filters.language:
        yield "a.language = ?", filters.language
    if filters.published_from:
        yield "a.published_on >= ?", filters.published_from
        yield "a.published_at >= ?", _shifted(filters.published_from, -1)
    if filters.published_to:
        yield "a.published_on <= ?", filters.published_to
        yield "a.published_at < ?", _shifted(filters.published_to, 2)


def _shifted(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return day if days < 0 else "~"


def _json(document: Any) -> dict[str, Any]:
    """PostgreSQL gives an object, SQLite text."""
    found: dict[str, Any] = document if isinstance(document, dict) else orjson.loads(document)
    return found


def _plain(identity: str) -> str:
    return identity.replace("\0", "").encode(errors="replace").decode()


class _Sqlite:
    """An SQLite file, opened read-only, a connection for each thread."""

    adaptive = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def match(self, words: str) -> Clause:
        quoted = [(term, '"' + term.text.replace('"', '""') + '"' + (" *" if term.prefix else "")) for term in terms(words)]  # fmt: skip
        wanted = " AND ".join(text for term, text in quoted if not term.excluded)
        unwanted = "".join(f" NOT {text}" for term, text in quoted if term.excluded)
        return "articles_search", "articles_search MATCH ?", [f"({wanted}){unwanted}"]

    def run(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
                connection.execute("PRAGMA cache_size=-32768")
                self._local.connection = connection
            found: list[tuple[Any, ...]] = connection.execute(statement, values).fetchall()
            return found
        except sqlite3.Error as error:
            raise Unavailable(
                f"{self._path}: {error}; has a storage worker or `dateline rebuild` written it?"
            ) from None

    def close(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


class _Postgresql:
    """A PostgreSQL database; one connection that takes questions in turn, read-only, each ended after _TIMEOUT_S."""

    adaptive = False

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def match(self, words: str) -> Clause:
        parts, values = [], []
        for term in terms(words):
            query = "phraseto_tsquery('simple', lower(? COLLATE \"und-x-icu\"))"
            if term.prefix:
                query = "(" + query + "::text || ':*')::tsquery"
            parts.append(f"!!{query}" if term.excluded else query)
            values.append(term.text)
        return "", f"a.search @@ ({' && '.join(parts)})", values

    def run(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg.connect(self._url, connect_timeout=5, autocommit=True)
                    self._connection.execute("SET default_transaction_read_only = on")
                    self._connection.execute(f"SET statement_timeout = {_TIMEOUT_S * 1000}".encode())
                query = statement.replace("%", "%%").replace("?", "%s")
                return self._connection.execute(query.encode(), values).fetchall()
            except (psycopg.DataError, psycopg.errors.SyntaxError) as error:
                raise Refused("bad_query", f"PostgreSQL cannot search for that: {type(error).__name__}") from None
            except psycopg.Error as error:
                self._drop()
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
                raise Unavailable(f"PostgreSQL: {reason}") from None

    def _drop(self) -> None:
        if self._connection is not None and self._connection.broken:
            self._connection = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def open_reader(url: str) -> Reader:
    """The reader for the store that `url` names, as in DATELINE_STORAGE_URL; raises Misconfigured for others."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return Reader(_Sqlite(Path(url.removeprefix("sqlite:///"))))
    if url.startswith(("postgresql://", "postgres://")):
        return Reader(_Postgresql(url))
    raise Misconfigured("DATELINE_STORAGE_URL: give sqlite:///dateline.db (a relative path), sqlite:////abs/path.db, or postgresql://user:password@host/db")  # fmt: skip
