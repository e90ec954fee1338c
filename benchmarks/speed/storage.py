"""How fast the stores take articles and find them, beside the plain statements that the same driver could run at best.

Articles of 6 kB with 21 child rows (`--articles`, in batches of 500) go into each sink, in turns with two references in the same run:

- bare: the trial's statements, given rows that are ready: an upsert by id and one executemany or COPY for each child table, integer keys,
  no secondary index, no versions, no triggers; with and without full-text search. Goal: at least 0.75 of it.
- naive: one INSERT a row and a commit an article, as one would write it first. Goal: at least 3 times it.

Our sinks are given messages, and do all they do in production: JSON, hash, versions, indexes, search. Then `--stored` articles are searched
(words, phrases, entities, countries, dates, and several of them); goal: p99 under 100 ms. The median of `--turns` is told.
"""

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from postgres_server import PostgresServer  # noqa: E402

from schemas.articles import EnrichedArticle  # noqa: E402
from workers.storage.postgresql import PostgresqlSink  # noqa: E402
from workers.storage.query import Filters  # noqa: E402
from workers.storage.read import open_reader  # noqa: E402
from workers.storage.rows import CHILDREN, COLUMNS, to_batch  # noqa: E402
from workers.storage.sink import open_sink  # noqa: E402
from workers.storage.sqlite import SqliteSink  # noqa: E402

BATCH = 500
_FIRST_DAY = datetime(2025, 6, 1, tzinfo=UTC)
_DAYS = 30
_COUNTRIES = ("RU", "US", "UA", "DE", "FR", "CN", "GB", "PL", "IN", "BR")


@dataclass(slots=True)
class Figure:
    """Articles a second of one way into one store."""

    store: str
    way: str
    per_second: float
    bytes_per_article: float | None = None


class Corpus:
    """Made-up articles whose words follow Zipf's law, so that some are in every article and most are in few."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        letters = "abcdefghiklmnoprstuvwz"
        self.words = sorted(
            {"".join(self.random.choices(letters, k=self.random.randint(3, 11))) for _ in range(40_000)}
        )
        self.random.shuffle(self.words)
        self.weights = [1 / (rank + 10) for rank in range(len(self.words))]
        self.names = [
            f"{first.title()} {last.title()}"
            for first, last in zip(self.words[-6000:-3000], self.words[-3000:], strict=True)
        ]
        self.name_weights = [1 / (rank + 3) for rank in range(len(self.names))]

    def articles(self, count: int, start: int = 0, of: int | None = None) -> Iterator[EnrichedArticle]:
        """Articles in the order of their publication over 30 days: 6,000 characters, 10 mentions, 5 entities, 4 dates, 2 quotes."""
        for number in range(start, start + count):
            yield self._article(number, _FIRST_DAY + timedelta(days=_DAYS * number / (of or count)))

    def _article(self, number: int, moment: datetime) -> EnrichedArticle:
        words = self.random.choices(self.words, self.weights, k=870)
        text = " ".join(words)[:6000]
        names = self.random.choices(self.names, self.name_weights, k=5)
        ahead = moment + timedelta(days=self.random.randint(1, 60))
        span = {"confidence": 0.9}
        return EnrichedArticle.model_validate({
            "id": f"article-{number:09d}-{self.random.getrandbits(64):016x}", "url": f"https://news.example/{number}", "source": f"source-{number % 40}.example",
            "title": " ".join(words[:8]), "text": text, "language": {"code": "en", "confidence": 0.99}, "paragraphs": [{"start": 0, "end": len(text)}],
            "published": {"value": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "precision": "second", "tz_status": "explicit", "method": "jsonld", "raw": "x", "confidence": 0.9},
            "provenance": {"raw": {"topic": "articles.raw.v1", "partition": number % 6, "offset": number, "sha256": "0" * 64},
                           "stages": [{"name": name, "version": "1", "milliseconds": 1.5} for name in ("cleaner", "entities", "dates")]},
            "mentions": [{"start": at * 50, "end": at * 50 + 12, "text": names[at % 5], "type": "PER", "entity": f"e{at % 5 + 1}", **span} for at in range(10)],
            "entities": [{"id": f"e{at + 1}", "type": "PER", "name": name, "aliases": [name.split()[1]], "count": 2, "salience": 0.2, "first_start": at * 50, "country": self.random.choice(_COUNTRIES)} for at, name in enumerate(names)],
            "dates": [{"start": at * 9, "end": at * 9 + 8, "text": "Thursday", "type": "DATE", "value": ahead.date().isoformat(), "from": ahead.date().isoformat(), "to": ahead.date().isoformat(), **span} for at in range(4)],
            "quotes": [{"start": at * 80, "end": at * 80 + 60, "text": text[at * 80 : at * 80 + 60], "speaker": "e1"} for at in range(2)],
        })  # fmt: skip


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def timed(work: Callable[[], None], articles: int) -> float:
    started = time.perf_counter()
    work()
    return round(articles / (time.perf_counter() - started), 1)


# The trial's bare statements. Columns are those of our tables, in their order; rows are made before the clock starts.

_TYPES = {"raw_partition": "{int}", "raw_offset": "{int}", "start_at": "{int}", "end_at": "{int}", "count": "{int}", "salience": "{real}", "geonames_id": "{int}", "document": "{doc}"}  # fmt: skip


def _bare_tables(key: str, integer: str, real: str, document: str) -> list[str]:
    def columns(names: Sequence[str]) -> str:
        return ", ".join(
            f"{name} {_TYPES.get(name, 'TEXT').format(int=integer, real=real, doc=document)}" for name in names
        )

    articles = columns(COLUMNS["articles"]).replace("id TEXT", "id TEXT UNIQUE", 1)
    children = [f"CREATE TABLE {name} (article_key {integer}, position {integer}, {columns(names)}, PRIMARY KEY (article_key, position))" for name, names in CHILDREN.items()]  # fmt: skip
    return [f"CREATE TABLE articles (key {key}, {articles})", *children]


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_REPLACE = " ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS["articles"][1:])  # fmt: skip


class SqliteBare:
    """SQLite, WAL, integer keys, a transaction a batch, executemany for the children."""

    def __init__(self, path: Path, *, search: bool) -> None:
        self.search = search
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        for statement in _bare_tables("INTEGER PRIMARY KEY", "INTEGER", "REAL", "TEXT"):
            self.connection.execute(statement.replace("position))", "position)) WITHOUT ROWID"))
        if search:
            self.connection.execute(
                "CREATE VIRTUAL TABLE search USING fts5 (title, text, content = 'articles', content_rowid = 'key')"
            )

    def write(self, rows: Sequence[Any]) -> None:
        run = self.connection
        run.execute("BEGIN IMMEDIATE")
        columns = COLUMNS["articles"]
        statement = (
            f"INSERT INTO articles ({', '.join(columns)}) VALUES ({_marks(len(columns))}){_REPLACE} RETURNING key"
        )
        keys = [run.execute(statement, row.values).fetchall()[0][0] for row in rows]
        for child, names in CHILDREN.items():
            run.executemany(
                f"INSERT INTO {child} VALUES ({_marks(len(names) + 2)})",
                [(key, *one) for key, row in zip(keys, rows, strict=True) for one in row.children[child]],
            )
        if self.search:
            title, text = columns.index("title"), columns.index("text")
            run.executemany("INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)", [(key, row.values[title], row.values[text]) for key, row in zip(keys, rows, strict=True)])  # fmt: skip
        run.execute("COMMIT")

    def naive(self, rows: Sequence[Any]) -> None:
        """A statement a row, a commit an article."""
        run, columns = self.connection, COLUMNS["articles"]
        for row in rows:
            run.execute("BEGIN")
            cursor = run.execute(
                f"INSERT INTO articles ({', '.join(columns)}) VALUES ({_marks(len(columns))})", row.values
            )
            for child, found in row.children.items():
                for one in found:
                    run.execute(f"INSERT INTO {child} VALUES ({_marks(len(one) + 1)})", (cursor.lastrowid, *one))
            if self.search:
                run.execute(
                    "INSERT INTO search (rowid, title, text) SELECT key, title, text FROM articles WHERE key = ?",
                    (cursor.lastrowid,),
                )
            run.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


class PostgresqlBare:
    """PostgreSQL: COPY into a staging table, one upsert, COPY of the children."""

    def __init__(self, url: str, *, search: bool) -> None:
        self.search = search
        self.connection = psycopg.connect(url, autocommit=True)
        for statement in _bare_tables(
            "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "BIGINT", "DOUBLE PRECISION", "JSONB"
        ):
            self.connection.execute(statement.encode())
        if search:
            self.connection.execute("ALTER TABLE articles ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(title, '') || ' ' || text)) STORED")  # fmt: skip
            self.connection.execute("CREATE INDEX articles_search ON articles USING gin (search)")
        columns = ", ".join(COLUMNS["articles"])
        self.connection.execute(f"CREATE TEMP TABLE incoming AS SELECT {columns} FROM articles WITH NO DATA".encode())

    def write(self, rows: Sequence[Any]) -> None:
        columns = ", ".join(COLUMNS["articles"])
        with self.connection.transaction(), self.connection.cursor() as run:
            run.execute("TRUNCATE incoming")
            self._copy(run, f"COPY incoming ({columns}) FROM STDIN", (row.values for row in rows))
            run.execute(
                f"INSERT INTO articles ({columns}) SELECT {columns} FROM incoming{_REPLACE} RETURNING id, key".encode()
            )
            keys = dict(run.fetchall())
            for child in CHILDREN:
                self._copy(run, f"COPY {child} FROM STDIN", ((keys[row.id], *one) for row in rows for one in row.children[child]))  # fmt: skip

    @staticmethod
    def _copy(run: psycopg.Cursor[Any], statement: str, values: Iterator[tuple[Any, ...]]) -> None:
        with run.copy(statement.encode()) as copy:
            for one in values:
                copy.write_row(one)

    def naive(self, rows: Sequence[Any]) -> None:
        """A statement a row, a commit an article."""
        columns = ", ".join(COLUMNS["articles"])
        marks = ", ".join(["%s"] * len(COLUMNS["articles"]))
        for row in rows:
            with self.connection.transaction(), self.connection.cursor() as run:
                run.execute(f"INSERT INTO articles ({columns}) VALUES ({marks}) RETURNING key".encode(), row.values)
                found = run.fetchone()
                assert found is not None
                for child, values in row.children.items():
                    for one in values:
                        run.execute(
                            f"INSERT INTO {child} VALUES ({', '.join(['%s'] * (len(one) + 1))})".encode(),
                            (found[0], *one),
                        )

    def close(self) -> None:
        self.connection.close()


def measure_sqlite(folder: Path, articles: Sequence[EnrichedArticle], rows: Sequence[Any], turn: int) -> list[Figure]:
    """One turn of each way into SQLite, on the same disk."""
    found = []
    for search in (False, True):
        bare = SqliteBare(folder / f"bare-{turn}-{search}.db", search=search)
        found.append(
            Figure(
                "sqlite",
                f"bare{', search' if search else ''}",
                timed(lambda b=bare: _all(b.write, chunks(rows, BATCH)), len(rows)),
            )
        )
        bare.close()
    sink = SqliteSink(folder / f"ours-{turn}.db")
    sink.open()
    rate = timed(lambda: _all(sink.write, chunks(articles, BATCH)), len(articles))
    sink.close()
    found.append(Figure("sqlite", "ours", rate, round((folder / f"ours-{turn}.db").stat().st_size / len(articles))))
    naive = SqliteBare(folder / f"naive-{turn}.db", search=True)
    some = rows[: max(200, len(rows) // 20)]
    found.append(Figure("sqlite", "naive", timed(lambda: naive.naive(some), len(some))))
    naive.close()
    return found


def measure_postgresql(server: PostgresServer, articles: Sequence[EnrichedArticle], rows: Sequence[Any]) -> list[Figure]:  # fmt: skip
    """One turn of each way into PostgreSQL, each in a schema of its own."""
    found = []
    with psycopg.connect(server.url, autocommit=True) as admin:

        def fresh() -> str:
            admin.execute("DROP SCHEMA IF EXISTS bench CASCADE")
            admin.execute("CREATE SCHEMA bench")
            return f"{server.url}?options=-csearch_path%3Dbench"

        for search in (False, True):
            bare = PostgresqlBare(fresh(), search=search)
            found.append(Figure("postgresql", f"bare{', search' if search else ''}", timed(lambda b=bare: _all(b.write, chunks(rows, BATCH)), len(rows))))  # fmt: skip
            bare.close()
        sink = PostgresqlSink(fresh())
        sink.open()
        rate = timed(lambda: _all(sink.write, chunks(articles, BATCH)), len(articles))
        sink.close()
        size = admin.execute("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'bench' AND relkind = 'r'").fetchone()  # fmt: skip
        found.append(Figure("postgresql", "ours", rate, round(int(size[0]) / len(articles)) if size else None))
        bare = PostgresqlBare(fresh(), search=True)
        some = rows[: max(200, len(rows) // 20)]
        found.append(Figure("postgresql", "naive", timed(lambda: bare.naive(some), len(some))))
        bare.close()
        fresh()
    return found


def _all(write: Callable[[Sequence[Any]], None], batches: Iterator[Sequence[Any]]) -> None:
    for batch in batches:
        write(batch)


def questions(corpus: Corpus, count: int) -> list[Filters]:
    """What is asked: words common and rare, phrases, names, countries, days, and several of them at once."""
    pick = random.Random(11)
    day = [(_FIRST_DAY + timedelta(days=number)).date().isoformat() for number in range(_DAYS + 60)]

    def word() -> str:
        return pick.choices(corpus.words, corpus.weights)[0]

    def name() -> str:
        return pick.choices(corpus.names, corpus.name_weights)[0]

    kinds: list[Callable[[], Filters]] = [
        lambda: Filters(words=word()),
        lambda: Filters(words=f"{word()} {word()}"),
        lambda: Filters(words=f'"{word()} {word()}"'),
        lambda: Filters(words=pick.choice(corpus.words[:5])),
        lambda: Filters(words=pick.choice(corpus.words[-9000:-6000])),
        lambda: Filters(words=f"{word()} -{word()}", country=pick.choice(_COUNTRIES)),
        lambda: Filters(entity=name()),
        lambda: Filters(entity=name(), words=word()),
        lambda: Filters(country=pick.choice(_COUNTRIES), language="en"),
        lambda: Filters(source=f"source-{pick.randrange(40)}.example", words=word()),
        lambda: Filters(published_from=day[(at := pick.randrange(_DAYS - 3))], published_to=day[at + 2], words=word()),
        lambda: Filters(mentioned_from=day[(at := pick.randrange(_DAYS + 50))], mentioned_to=day[at + 1], country=pick.choice(_COUNTRIES)),
        Filters,
    ]  # fmt: skip
    return [kinds[number % len(kinds)]() for number in range(count)]


def measure_search(store: str, url: str, asked: Sequence[Filters]) -> dict[str, Any]:
    """Milliseconds a page of 20, after a warm-up of one question in ten."""
    reader = open_reader(url)
    for filters in asked[::10]:
        reader.search(filters)
    times = []
    for filters in asked:
        started = time.perf_counter()
        reader.search(filters)
        times.append((time.perf_counter() - started) * 1000)
    reader.close()
    slowest = asked[times.index(max(times))]
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    return {"store": store, "questions": len(asked), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2), "slowest": {name: value for name, value in slowest._asdict().items() if value}}  # fmt: skip


def fill(sinks: Sequence[Any], corpus: Corpus, count: int) -> None:
    """Store that many articles in each sink."""
    for sink in sinks:
        sink.open()
    for start in range(0, count, 2000):
        batch = list(corpus.articles(min(2000, count - start), start, count))
        for sink in sinks:
            sink.write(batch)
    for sink in sinks:
        sink.close()


def main() -> int:
    """Measure, print, exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000, help="written in each turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--stored", type=int, default=100_000, help="searched")
    parser.add_argument("--questions", type=int, default=520)
    parser.add_argument("--only", choices=["write", "search"])
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    corpus = Corpus()
    writes: list[Figure] = []
    searches: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="dateline-storage-") as name:
        folder = Path(name)
        (folder / "postgres").mkdir()
        server = PostgresServer(folder / "postgres")
        if server.available():
            server.start()
        try:
            if options.only != "search":
                articles = list(corpus.articles(options.articles))
                rows = [row for batch in chunks(articles, BATCH) for row in to_batch(batch).rows["articles"]]
                for turn in range(options.turns):
                    writes += measure_sqlite(folder, articles, rows, turn)
                    writes += measure_postgresql(server, articles, rows) if server.available() else []
            if options.only != "write":
                urls = {"sqlite": f"sqlite:///{folder / 'search.db'}"} | ({"postgresql": server.url} if server.available() else {})  # fmt: skip
                fill([open_sink(url) for url in urls.values()], corpus, options.stored)
                if server.available():
                    with psycopg.connect(server.url, autocommit=True) as connection:
                        connection.execute("VACUUM ANALYZE")
                searches = [measure_search(store, url, questions(corpus, options.questions)) for store, url in urls.items()]  # fmt: skip
        finally:
            if server.available():
                server.stop()
    return report(writes, searches, options.stored, as_json=options.json)


def report(writes: Sequence[Figure], searches: Sequence[dict[str, Any]], stored: int, *, as_json: bool) -> int:
    """The medians, the ratios, the goals."""
    goals: dict[str, bool] = {}
    medians: dict[str, dict[str, float]] = {}
    ratios: dict[str, float] = {}
    for store in dict.fromkeys(one.store for one in writes):
        ways = medians[store] = {
            way: statistics.median(one.per_second for one in writes if (one.store, one.way) == (store, way))
            for way in ("bare", "bare, search", "ours", "naive")
        }
        for other, least in (("bare, search", 0.75), ("bare", 0.75), ("naive", 3.0)):
            ratios[f"{store}: ours / {other}"] = ratio = round(ways["ours"] / ways[other], 2)
            goals[f"{store}: at least {least} of {other}"] = ratio >= least
        size = next(one.bytes_per_article for one in writes if one.store == store and one.bytes_per_article)
        print(f"{store:12} articles/s: {ways}   bytes an article: {size:.0f}")
    for one in searches:
        print(
            f"{one['store']:12} search among {stored}: p50 {one['p50_ms']} ms, p99 {one['p99_ms']} ms; slowest {one['slowest']}"
        )
        goals[f"{one['store']}: search p99 under 100 ms"] = one["p99_ms"] < 100
    print(f"ratios: {ratios}\ngoals: {goals}")
    met = all(goals.values())
    if as_json:
        print(json.dumps({"writes": [asdict(one) for one in writes], "median_per_second": medians, "ratios": ratios, "search": searches, "stored": stored, "goals": goals, "met": met}))  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
