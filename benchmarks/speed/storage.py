"""How fast the stores take articles, beside the plain statements that the same driver could run at best.

Articles of 6 kB with 26 child rows (`--articles`, in batches of 500) go into each sink, in turns with two references in the same run:

- bare: the trial's statements, given rows that are ready: an upsert by id and one executemany or COPY for each child table, integer keys,
  no secondary index, no versions, no triggers; with and without full-text search. Goal: at least 0.75 of it, like with like.
- naive: one INSERT a row and a commit an article, with search, as one would write it first; the same articles, all of them. Goal: at least 3 times it.

Our sinks are given messages, and do all they do in production: JSON, hash, versions, indexes; with search, and with search turned off. What stands
before the sinks there, reading a message's bytes, is the runtime's, the same for every sink, and left out for all. The references are given the very rows that
ours make, beforehand. The median of `--turns` is told, and beside it, for a machine that does other things too, the best of all turns at each batch. How fast the stores answer: storage_search.py.
"""

import argparse
import gc
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(HERE)]

from made_up_news import Corpus  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from processor import processor_s  # noqa: E402

from schemas.articles import EnrichedArticle  # noqa: E402
from workers.storage.children import CHILDREN  # noqa: E402
from workers.storage.postgresql import PostgresqlSink  # noqa: E402
from workers.storage.rows import COLUMNS, to_batch  # noqa: E402
from workers.storage.sqlite import SqliteSink  # noqa: E402

BATCH = 500


class Ready(NamedTuple):
    """What a contender that makes no rows is given: an article's values by COLUMNS, and its child rows, each begun with its position."""

    id: str
    values: tuple[Any, ...]
    children: dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True)
class Figure:
    """Articles a second of one way into one store, and milliseconds of processor an article, the server's included."""

    store: str
    way: str
    per_second: float
    processor_ms: float
    batch_s: list[float]
    bytes_per_article: float | None = None


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def ready(articles: Sequence[EnrichedArticle]) -> list[Ready]:
    """The articles as rows."""
    rows = [row for batch in chunks(articles, BATCH) for row in to_batch(batch).rows["articles"]]
    return [
        Ready(row.id, row.values, {child: [(place, *one) for place, one in enumerate(found)] for child, found in row.children().items()})
        for row in rows
    ]  # fmt: skip


def timed(write: Callable[[Sequence[Any]], None], items: Sequence[Any], postmaster: int | None = None) -> tuple[float, float, list[float]]:  # fmt: skip
    """Articles a second, milliseconds of processor an article, and the seconds of each batch."""
    had, seconds = processor_s(postmaster), []
    for batch in chunks(items, BATCH):
        started = time.perf_counter()
        write(batch)
        seconds.append(time.perf_counter() - started)
    processor_ms = (processor_s(postmaster) - had) / len(items) * 1000
    return round(len(items) / sum(seconds), 1), round(processor_ms, 3), seconds


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
                *timed(bare.write, rows),
            )
        )
        bare.close()
    for search in (False, True):
        path = folder / f"ours-{turn}-{search}.db"
        sink = SqliteSink(path, search=search)
        sink.open()
        rate = timed(sink.write, articles)
        sink.close()
        size = round(path.stat().st_size / len(articles))
        found.append(Figure("sqlite", f"ours{', search' if search else ''}", *rate, size))
    naive = SqliteBare(folder / f"naive-{turn}.db", search=True)
    found.append(Figure("sqlite", "naive", *timed(naive.naive, rows)))
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
            found.append(Figure("postgresql", f"bare{', search' if search else ''}", *timed(bare.write, rows, server.pid)))  # fmt: skip
            bare.close()
        for search in (False, True):
            sink = PostgresqlSink(fresh(), search=search)
            sink.open()
            rate = timed(sink.write, articles, server.pid)
            sink.close()
            size = admin.execute("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'bench' AND relkind = 'r'").fetchone()  # fmt: skip
            found.append(Figure("postgresql", f"ours{', search' if search else ''}", *rate, round(int(size[0]) / len(articles)) if size else None))  # fmt: skip
        bare = PostgresqlBare(fresh(), search=True)
        found.append(Figure("postgresql", "naive", *timed(bare.naive, rows, server.pid)))
        bare.close()
        fresh()
    return found


def main() -> int:
    """Measure, print, exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000, help="written in each turn")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    corpus = Corpus()
    writes: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="dateline-storage-") as name:
        folder = Path(name)
        (folder / "postgres").mkdir()
        server = PostgresServer(folder / "postgres")
        if server.available():
            server.start()
        try:
            articles = list(corpus.articles(options.articles))
            rows = ready(articles)
            gc.collect()
            gc.freeze()  # the articles and rows that this benchmark holds are no heap that a worker would search through
            gc.set_threshold(
                50_000, 20, 50
            )  # as rarely as in the workers' processes (workers/runtime/app.py), for all alike
            for turn in range(options.turns):
                writes += measure_sqlite(folder, articles, rows, turn)
                writes += measure_postgresql(server, articles, rows) if server.available() else []
        finally:
            if server.available():
                server.stop()
    return report(writes, as_json=options.json)


def _best(turns: Sequence[Figure]) -> float:
    """Milliseconds an article, if each batch had met the machine as quiet as it was in the best of the turns."""
    articles = round(turns[0].per_second * sum(turns[0].batch_s))
    return round(sum(map(min, zip(*(one.batch_s for one in turns), strict=True))) / articles * 1000, 3)


_WAYS = ("bare", "bare, search", "ours", "ours, search", "naive")
#: Which is compared with which, and the least of it.
_GOALS = (("ours, search", "bare, search", 0.75), ("ours", "bare", 0.75), ("ours, search", "naive", 3.0))


def report(writes: Sequence[Figure], *, as_json: bool) -> int:
    """The medians, the ratios, the goals."""
    goals: dict[str, bool] = {}
    medians: dict[str, dict[str, float]] = {}
    processors: dict[str, dict[str, float]] = {}
    bests: dict[str, dict[str, float]] = {}
    ratios: dict[str, float] = {}
    for store in dict.fromkeys(one.store for one in writes):
        ways = medians[store] = {
            way: statistics.median(one.per_second for one in writes if (one.store, one.way) == (store, way))
            for way in _WAYS
        }
        best = bests[store] = {way: _best([one for one in writes if (one.store, one.way) == (store, way)]) for way in _WAYS}  # fmt: skip
        for mine, other, least in _GOALS:
            ratios[f"{store}: {mine} / {other}"] = ratio = round(ways[mine] / ways[other], 2)
            goals[f"{store}: {mine} at least {least} of {other}"] = ratio >= least
        ratios[f"{store}: ours, search / bare"] = round(ways["ours, search"] / ways["bare"], 2)
        size = {one.way: one.bytes_per_article for one in writes if one.store == store and one.bytes_per_article}
        processor = processors[store] = {
            way: round(statistics.median(one.processor_ms for one in writes if (one.store, one.way) == (store, way)), 3)
            for way in _WAYS
        }
        print(
            f"{store:12} articles/s: {ways}   bytes an article: {size}\n{'':12} ms of processor an article: {processor}\n{'':12} ms an article, best of each batch: {best}"
        )
    print(f"ratios: {ratios}\ngoals: {goals}")
    met = all(goals.values())
    if as_json:
        print(json.dumps({"writes": [asdict(one) for one in writes], "median_per_second": medians, "median_processor_ms": processors, "best_ms": bests, "best_ratios": {f"{store}: {mine} / {other}": round(best[other] / best[mine], 2) for store, best in bests.items() for mine, other, _ in _GOALS}, "ratios": ratios, "goals": goals, "met": met}))  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
