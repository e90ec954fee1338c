"""The stores under test, behind one face: a sink, a look at the rows, and what can go wrong with the store."""

import contextlib
import fcntl
import functools
import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg
import pytest
from opensearch_stub import OpenSearchStub
from pyarrow import parquet

from schemas.alerts import Alert, AlertArticle
from schemas.articles import (
    EnrichedArticle,
    Entity,
    Language,
    Mention,
    Provenance,
    Published,
    Quote,
    RawOrigin,
    TemporalExpression,
)
from schemas.topics import ENRICHED
from workers.ports import Sink, Tombstone
from workers.storage import lake, lake_rows, migrations
from workers.storage.children import CHILDREN
from workers.storage.opensearch import OpenSearchSink
from workers.storage.opensearch_index import INDEXES
from workers.storage.parquet import ParquetSink
from workers.storage.postgresql import PostgresqlSink
from workers.storage.sqlite import SqliteSink

__all__ = ["OpenSearch", "Parquet", "Postgresql", "Sqlite", "Store", "alert", "article", "duck", "make_store"]

TABLES = ("articles", "mentions", "entities", "dates", "quotes", "aliases", "alerts", "versions")


class Store(Protocol):
    """An empty store."""

    steps: tuple[tuple[str, ...], ...]
    address: str

    def sink(self) -> Sink: ...
    def rows(self, query: str) -> list[tuple[Any, ...]]: ...
    def execute(self, statements: Sequence[str]) -> None: ...
    def locked(self) -> contextlib.AbstractContextManager[None]: ...
    def columns(self) -> set[tuple[Any, ...]]: ...
    def clear(self) -> None: ...


class Sqlite:
    """An SQLite file."""

    steps = migrations.SQLITE

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"sqlite:///{path}"

    def sink(self) -> Sink:
        return SqliteSink(self.path)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    def execute(self, statements: Sequence[str]) -> None:
        with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    def columns(self) -> set[tuple[Any, ...]]:
        return set(self.rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))

    def clear(self) -> None:
        for name in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + name).unlink(missing_ok=True)


class Postgresql:
    """A database in a PostgreSQL server."""

    steps = migrations.POSTGRESQL

    def __init__(self, url: str) -> None:
        self.url = self.address = url

    def sink(self) -> Sink:
        return PostgresqlSink(self.url)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, statements: Sequence[str]) -> None:
        with psycopg.connect(self.url) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with psycopg.connect(self.url) as connection:
            connection.execute("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE")
            yield

    def columns(self) -> set[tuple[Any, ...]]:
        return set(
            self.rows(
                "SELECT table_name, column_name, data_type || is_nullable || coalesce(column_default, '')"
                " FROM information_schema.columns WHERE table_schema = current_schema()"
                " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
                " UNION ALL SELECT event_object_table, trigger_name, action_condition FROM information_schema.triggers"
                " WHERE trigger_schema = current_schema()"
            )
        )

    def clear(self) -> None:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT current_schema()").fetchone()
            assert row is not None
            connection.execute(f"DROP SCHEMA {row[0]} CASCADE".encode())
            connection.execute(f"CREATE SCHEMA {row[0]}".encode())


@functools.cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1, "enable_external_file_cache": False})


def duck() -> duckdb.DuckDBPyConnection:
    """A connection of its own to an empty DuckDB, which remembers no file."""
    return _duckdb().cursor()


class Parquet:
    """A lake, looked at by DuckDB: its plain globs, as views with the names and columns of the other stores."""

    steps = lake.STEPS

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"parquet:///{path}"

    def sink(self) -> Sink:
        return ParquetSink(self.path)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duck() as connection:
            for name, view in self._views():
                if name in query:
                    connection.execute(f"CREATE TEMP VIEW {name} AS {view}")
            return connection.execute(query).fetchall()

    def _views(self) -> Iterator[tuple[str, str]]:
        articles = f"(SELECT row_number() OVER (ORDER BY stored_at, id) AS key, * FROM {self._files('articles')})"
        yield "articles", f"FROM {articles}"
        yield "versions", f"SELECT a.key AS article_key, v.* EXCLUDE (id) FROM {self._files('versions')} v JOIN {articles} a ON a.id = v.id"  # fmt: skip
        yield "alerts", f"FROM {self._files('alerts')}"
        for child in CHILDREN:
            places = f"SELECT key AS article_key, unnest(range(len({child}))) AS position, {child} FROM {articles}"
            yield child, f"SELECT article_key, position, unnest({child}[position + 1]) FROM ({places})"
        with contextlib.closing(sqlite3.connect(self.path / "_state" / "index.db")) as index:
            versions = [row[0] for row in index.execute("SELECT version FROM schema_version")]
        yield "schema_version", f"SELECT unnest({versions}) AS version"

    def _files(self, table: str) -> str:
        if any(self.path.glob(f"{table}/**/*.parquet")):
            return f"read_parquet('{self.path}/{table}/**/*.parquet')"
        schema: Any = {"articles": lake_rows.ARTICLES, "versions": lake_rows.VERSIONS, "alerts": lake_rows.ALERTS}[table]  # fmt: skip
        empty = self.path / "_state" / f"{table}.empty"
        parquet.write_table(schema.empty_table(), empty)
        return f"read_parquet('{empty}', hive_partitioning = false)"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with (self.path / "_state" / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def columns(self) -> set[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path / "_state" / "index.db")) as index:
            return set(index.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))

    def execute(self, statements: Sequence[str]) -> None:
        """All that may be asked of a lake: that every article goes, which is told it by tombstones."""
        assert list(statements) == ["DELETE FROM articles"]
        sink = self.sink()
        sink.write([Tombstone(ENRICHED.name, name) for (name,) in self.rows("SELECT id FROM articles")])
        sink.close()

    def clear(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class OpenSearch:
    """The stub's documents, as tables with the names and columns of the other stores."""

    steps: tuple[tuple[str, ...], ...] = ()

    def __init__(self, stub: OpenSearchStub) -> None:
        self.stub = stub
        self.address = stub.url

    def sink(self) -> Sink:
        return OpenSearchSink(self.address)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(":memory:")) as connection:
            articles = sorted(self.stub.documents("articles").values(), key=lambda one: (one["stored_at"], one["id"]))
            keys = {one["id"]: key for key, one in enumerate(articles, 1)}
            history = list(self.stub.documents("versions").values())
            versions = [
                {"article_key": keys[one["id"]]} | {name: value for name, value in one.items() if name != "id"}
                for one in history
            ]
            tables = {
                "articles": (INDEXES["articles"], [{"key": keys[one["id"]]} | one for one in articles]),
                "versions": (INDEXES["versions"], versions),
                "alerts": (INDEXES["alerts"], list(self.stub.documents("alerts").values())),
                "schema_version": (("version",), []),
            }
            for child, names in CHILDREN.items():
                tables[child] = (
                    names,
                    [
                        {"article_key": keys[one["id"]], "position": place} | each
                        for one in articles
                        for place, each in enumerate(one[child])
                    ],
                )
            for name, (columns, found) in tables.items():
                names = [*({"article_key", "position", "key"} & set(found[0] if found else {})), *columns]
                names = [one for one in names if not found or one in found[0]]
                connection.execute(f"CREATE TABLE {name} ({', '.join(names)})")
                connection.executemany(
                    f"INSERT INTO {name} VALUES ({', '.join('?' * len(names))})",
                    [
                        [json.dumps(one[column]) if column == "document" else one[column] for column in names]
                        for one in found
                    ],
                )
            return connection.execute(query).fetchall()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        self.stub.blocked = True
        yield
        self.stub.blocked = False

    def columns(self) -> set[tuple[Any, ...]]:
        return {(name, json.dumps(body)) for name, body in self.stub.templates.items()}

    def execute(self, statements: Sequence[str]) -> None:
        """All that may be asked: that every article goes, which is told by tombstones."""
        assert list(statements) == ["DELETE FROM articles"]
        sink = self.sink()
        sink.write([Tombstone(ENRICHED.name, name) for (name,) in self.rows("SELECT id FROM articles")])
        sink.close()

    def clear(self) -> None:
        self.stub.indexes.clear()


def article(
    identity: str = "a1", text: str = "Lavrov spoke.", *, offset: int | None = 0, **fields: Any
) -> EnrichedArticle:
    """An enriched article with one of everything; `offset` None leaves its raw message unknown."""
    raw = None if offset is None else RawOrigin(topic="articles.raw.v1", partition=3, offset=offset, sha256="0" * 64)
    defaults: dict[str, Any] = {
        "url": "https://example.org/1", "source": "example.org", "title": "A title",
        "language": Language(code="en", confidence=0.9),
        "published": Published(value="2025-07-31", precision="day", tz_status="unknown", method="jsonld", raw="x", confidence=0.9),
        "mentions": (Mention(start=0, end=6, text=text[:6], type="PER", entity="e1", confidence=0.9),),
        "entities": (Entity(id="e1", type="PER", name=text[:6], aliases=("The  Minister", text[:6]), count=1, salience=0.5, first_start=0, country="RU"),),
        "dates": (
            TemporalExpression.model_validate(
                {"start": 0, "end": 4, "text": "2025", "type": "DATE", "value": "2025", "from": "2025-01-01", "to": "2025-12-31", "confidence": 1}
            ),
        ),
        "quotes": (Quote(start=0, end=3, text="abc", speaker="e1"),),
        "provenance": Provenance(raw=raw),
    }  # fmt: skip
    return EnrichedArticle(id=identity, text=text, **(defaults | fields))


def alert(identity: str = "alert-1", *, hour: int = 1) -> Alert:
    """An alert."""
    summary = AlertArticle(id="a1", url="https://example.org/1", title="A title", published="2025-07-31", lead="Lavrov")
    fired_at = datetime(2025, 7, 31, hour, tzinfo=UTC)
    return Alert(id=identity, rule="Lavrov", severity="high", article=summary, fired_at=fired_at)


@contextlib.contextmanager
def make_store(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """An empty store of that kind; locks are waited for a moment only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.storage.sqlite._BUSY_MS", 100)
        patch.setattr("workers.storage.postgresql._LOCK_MS", 100)
        patch.setattr("workers.storage.lake._LOCK_MS", 100)
        if kind == "opensearch":
            with OpenSearchStub() as stub:
                yield OpenSearch(stub)
            return
        if kind == "parquet":
            yield Parquet(folder / "lake")
            return
        if kind == "sqlite":
            yield Sqlite(folder / "store.db")
            return
        server: Any = request.getfixturevalue("postgres")
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
            yield Postgresql(f"{server.url}?options=-csearch_path%3D{name}")
            connection.execute(f"DROP SCHEMA {name} CASCADE".encode())
