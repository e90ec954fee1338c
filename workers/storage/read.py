"""Asking SQLite or PostgreSQL: the same questions, the same answers. Read-only.

A page is found newest first by (published_at, id), so a cursor holds its place whatever is added meanwhile, and a page deep in the results
costs what the first does. What is asked for are sets of articles (`sets.py`). Few articles are listed, and looked at alone; a set of many is
not listed, but tested for along the newest articles until the page is full. Which is which is found by counting up to a bound, so the work
for a page is bounded by it, and not by how many articles there are, but where several sets of many hardly meet.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import orjson

from workers.errors import Misconfigured
from workers.storage.query import MAX_LIMIT, Filters, Page, checked, decode_cursor, encode_cursor, terms
from workers.storage.sets import Set, Way, columns, sets

__all__ = ["Reader", "open_reader"]

#: So many articles of one set are looked at alone, and so many of one of several sets; the members of a scattered set count as such.
_RARE, _RARE_TOGETHER = 2000, 5000
#: Who is named together is counted in so many articles.
_LATEST = 2000
_ITEM = "a.id, a.url, a.source, a.title, a.language, a.published, a.published_at, a.content_sha256, substr(a.text, 1, 280) AS lead"
_NAMES = ("id", "url", "source", "title", "language", "published", "published_at", "content_sha256", "lead")


class _Store(Protocol):
    """How one store is asked: its own spelling of a full-text match and of a page, and rows for a statement with `?` for each value."""

    among: str

    def keys(self, keys: Sequence[int]) -> Any: ...
    def words(self, words: str) -> Set: ...
    def page(self, first: Sequence[str], then: Sequence[str], way: Way, *, by_source: bool) -> str: ...
    def run(self, statement: str, values: Sequence[Any], *, along: bool = False) -> list[tuple[Any, ...]]: ...
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
        plain = checked(filters)
        place = list(columns(plain))
        if cursor:
            at = decode_cursor(cursor, str, str)
            conditions, values = ["(a.published_at, a.id) < (?, ?)"], list(at)
        else:
            conditions, values = [], []
        conditions += [condition for condition, _ in place]
        values += [value for _, value in place]
        keys = self._page(plain, conditions, values, limit + 1)
        found = self._items(keys[:limit])
        more = encode_cursor(found[-1]["published_at"], found[-1]["id"]) if found and len(keys) > limit else None
        return Page(found, more)

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
        rows = self._store.run("SELECT document, text, content_sha256 FROM articles WHERE id = ?", [_plain(identity)])
        return (_message(rows[0][0], rows[0][1]), rows[0][2]) if rows else None

    def versions(self, identity: str) -> list[dict[str, Any]]:
        """What the article was before, oldest first, each as it was published."""
        rows = self._store.run(
            "SELECT v.number, v.content_sha256, v.written_at, v.replaced_at, v.document, v.text FROM versions v"
            " JOIN articles a ON a.key = v.article_key WHERE a.id = ? ORDER BY v.number",
            [_plain(identity)],
        )
        return [
            {"number": number, "content_sha256": digest, "written_at": str(written), "replaced_at": str(replaced), "document": _message(document, text)}
            for number, digest, written, replaced, document, text in rows
        ]  # fmt: skip

    def entity(self, name: str, limit: int = 20) -> dict[str, Any]:
        """Who or what is it, in how many articles, with whom (in the articles that were stored last), and how often in each month."""
        key = self._canonical(checked(Filters(entity=name)).entity or "")
        column = "wikidata" if key.startswith("Q") else "name_key"
        mine = f"SELECT article_key FROM entities WHERE {column} = ?"
        names = self._store.run(
            f"SELECT name, type, count(*), sum(count) FROM entities WHERE {column} = ? GROUP BY name, type ORDER BY count(*) DESC, name, type LIMIT 5", [key]
        )  # fmt: skip
        together = self._store.run(
            f"SELECT min(name), type, count(DISTINCT article_key) FROM entities WHERE article_key IN ({mine} ORDER BY article_key DESC LIMIT {_LATEST})"
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
            along=True,
        )
        return [
            dict(zip(("from", "to", "text", "article_id", "title", "source", "published"), row, strict=True))
            for row in rows
        ]

    def ids(self, filters: Filters) -> list[str]:
        """The ids of all articles that have what is asked for."""
        plain = checked(filters)
        where = [condition for condition, _ in columns(plain)]
        values: list[Any] = [value for _, value in columns(plain)]
        for one in self._sets(plain):
            where += [f"a.key IN ({one.members})", *([one.test] if one.sieve else [])]
            values += [*one.member_values, *(one.test_values if one.sieve else [])]
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

    def _canonical(self, name: str) -> str:
        """The canonical name that is meant most by an alias; the name itself where it is one, or is nothing."""
        if name.startswith("Q") or self._store.run("SELECT 1 FROM entities WHERE name_key = ? LIMIT 1", [name]):
            return name
        found = self._store.run(
            "SELECT e.name_key FROM (SELECT article_key, entity FROM aliases WHERE alias_key = ? ORDER BY article_key DESC LIMIT ?) AS n"
            " JOIN entities e ON e.article_key = n.article_key AND e.entity = n.entity GROUP BY e.name_key ORDER BY count(*) DESC, e.name_key LIMIT 1",
            [name, _LATEST],
        )
        return found[0][0] if found else name

    def _page(self, filters: Filters, conditions: list[str], values: list[Any], limit: int) -> list[int]:
        """The keys of a page: of the few articles that can be meant, of those that an index finds, or along the newest."""
        keys, sets_left = self._narrowed(filters)
        tests, tested = [one.test for one in sets_left], [value for one in sets_left for value in one.test_values]
        sieve = next((one for one in sets_left if one.sieve), None)
        way: Way = "walked"
        if keys is not None:
            way, conditions, values = (
                "listed",
                [self._store.among, *conditions],
                [self._store.keys(sorted(keys)), *values],
            )
        elif sieve:
            way, conditions, values = "sifted", [sieve.sieve, *conditions], [*sieve.member_values, *values]
        if keys is not None and not keys:
            return []
        statement = self._store.page(conditions, tests, way, by_source=bool(filters.source))
        return [row[0] for row in self._store.run(statement, [*values, *tested, limit], along=way == "walked")]

    def _items(self, keys: Sequence[int]) -> list[dict[str, Any]]:
        """The articles of a page as they are listed."""
        if not keys:
            return []
        statement = f"SELECT {_ITEM} FROM articles a WHERE {self._store.among} ORDER BY a.published_at DESC, a.id DESC"
        rows = self._store.run(statement, [self._store.keys(keys)])
        return [dict(zip(_NAMES, row, strict=True)) for row in rows]

    def _narrowed(self, filters: Filters) -> tuple[set[int] | None, list[Set]]:
        """The only articles that can be meant, or None for all; and the sets that are still to be tested for, the dearest last."""
        asked = self._sets(filters)
        if len(asked) == 1 and asked[0].sieve:  # it would be sifted twice
            return None, asked
        keys: set[int] | None = None
        tests = []
        for one in asked:
            if keys is not None and len(keys) <= _RARE:
                tests.append(one)
                continue
            alone = len(asked) == 1 and not one.scattered
            listed = self._listed(one, _RARE if alone else _RARE_TOGETHER)
            if listed is None or one.sieve:
                tests.append(one)
            if listed is not None:
                keys = listed if keys is None else keys & listed
        return keys, sorted(tests, key=lambda one: one.dear)

    def _listed(self, one: Set, most: int) -> set[int] | None:
        """The keys of a set that has no more than that; None of a larger one."""
        bound = most * one.rows
        found = self._store.run(
            f"SELECT key, count(*) FROM ({one.members} LIMIT {bound + 1}) AS m GROUP BY key", one.member_values
        )
        whole = sum(count for _, count in found) <= bound
        return {key for key, _ in found} if whole and len(found) <= most else None

    def _sets(self, filters: Filters) -> list[Set]:
        """What is asked for in other tables than articles, in the order in which it is worth counting."""
        words = [self._store.words(filters.words)] if filters.words and terms(filters.words) else []
        others = sets(filters)
        return [*others, *words] if filters.entity else [*words, *others]


def _message(document: Any, text: str | None) -> dict[str, Any]:
    """The message as it was published: PostgreSQL gives `document` as an object, SQLite as text. It holds the text itself in versions that were
    replaced before the text was kept beside it, and have none there."""
    found: dict[str, Any] = document if isinstance(document, dict) else orjson.loads(document)
    return found if text is None else found | {"text": text}


def _plain(identity: str) -> str:
    return identity.replace("\0", "").encode(errors="replace").decode()


def open_reader(url: str) -> Reader:
    """The reader for the store that `url` names, as in DATELINE_STORAGE_URL; raises Misconfigured for others."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from workers.storage.read_sqlite import SqliteStore  # noqa: PLC0415  only the store in use is loaded

        return Reader(SqliteStore(Path(url.removeprefix("sqlite:///"))))
    if url.startswith(("postgresql://", "postgres://")):
        from workers.storage.read_postgresql import PostgresqlStore  # noqa: PLC0415  likewise

        return Reader(PostgresqlStore(url))
    if url.startswith(("parquet://", "opensearch")):
        raise Misconfigured(
            "DATELINE_STORAGE_URL: SQLite and PostgreSQL are asked here; a lake is asked by DuckDB, Spark or pandas (docs/lake.md), OpenSearch in its own language (docs/opensearch.md)"
        )
    raise Misconfigured("DATELINE_STORAGE_URL: give sqlite:///dateline.db (a relative path), sqlite:////abs/path.db, or postgresql://user:password@host/db")  # fmt: skip
