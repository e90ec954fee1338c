"""How fast the stores answer: `--stored` made-up articles of 6 kB in each, a seeded mix of questions, a page of 20 for each.

Told are p50 and p99 over all questions and of each kind; of a page deep in the results (begun from the middle of the time that is stored);
of entity pages and of the calendar. Goal: p99 under 100 ms in each store, for the first page and for the deep one.

Filling takes minutes: `--folder` keeps the stores, and the next run with it asks them again. PostgreSQL has 1 GB of shared buffers and is
otherwise as it comes.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(HERE)]

from made_up_news import DAYS, FIRST_DAY, Corpus, questions  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from processor import processor_s  # noqa: E402

from workers.storage.query import Filters, encode_cursor  # noqa: E402
from workers.storage.read import Reader, open_reader  # noqa: E402
from workers.storage.sink import open_sink  # noqa: E402

_GOAL_MS = 100
_BATCH = 1000
_MIDDLE = encode_cursor((FIRST_DAY + (DAYS / 2) * (FIRST_DAY.replace(day=2) - FIRST_DAY)).strftime("%Y-%m-%dT%H:%M:%SZ"), "~")  # fmt: skip


def fill(url: str, stored: int) -> None:
    """Store that many articles, those of the corpus of this seed."""
    corpus = Corpus()
    with contextlib.closing(open_sink(url)) as sink:
        sink.open()
        for start in range(0, stored, _BATCH):
            sink.write(list(corpus.articles(min(_BATCH, stored - start), start, stored)))


def milliseconds(asked: Iterable[Callable[[], Any]], postmaster: int | None) -> list[tuple[float, float]]:
    """How long each question takes, on the clock and of the processor."""
    times = []
    for ask in asked:
        had, started = processor_s(postmaster), time.perf_counter()
        ask()
        clock = time.perf_counter() - started
        times.append((clock * 1000, (processor_s(postmaster) - had) * 1000))
    return times


def spread(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    clock, processor = [one[0] for one in times], [one[1] for one in times]
    p99, of_processor = (statistics.quantiles(values, n=100, method="inclusive")[98] for values in (clock, processor))
    return {"p50_ms": round(statistics.median(clock), 2), "p99_ms": round(p99, 2), "max_ms": round(max(clock), 1), "processor_p99_ms": round(of_processor, 2)}  # fmt: skip


def measure(
    reader: Reader, corpus: Corpus, asked: Sequence[tuple[str, Filters]], postmaster: int | None
) -> dict[str, Any]:
    """All that is asked of one store."""

    def timed(questions: Iterable[Callable[[], Any]]) -> list[tuple[float, float]]:
        return milliseconds(questions, postmaster)

    for _, filters in asked[::10]:
        reader.search(filters)
    first = timed(lambda f=filters: reader.search(f) for _, filters in asked)
    deep = timed(lambda f=filters: reader.search(f, 20, _MIDDLE) for _, filters in asked)
    kinds = list(dict.fromkeys(kind for kind, _ in asked))
    names = [corpus.names[rank] for rank in (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)]
    return {
        "first_page": spread(first),
        "deep_page": spread(deep),
        "kinds": {kind: spread([ms for ms, (one, _) in zip(first, asked, strict=True) if one == kind]) for kind in kinds},
        "slowest": {name: value for name, value in asked[first.index(max(first))][1]._asdict().items() if value},
        "entity_page": spread(timed(lambda n=name: reader.entity(n) for name in names)),
        "calendar": spread(timed(lambda d=day: reader.calendar(f"2025-07-{d:02d}", f"2025-07-{d + 6:02d}") for day in range(1, 25))),
    }  # fmt: skip


def disk(store: str, url: str, folder: Path) -> int:
    """Bytes of the store."""
    if store == "sqlite":
        return sum(path.stat().st_size for path in folder.glob("search.db*"))
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert found is not None
        return int(found[0])


def settle(url: str) -> None:
    """What autovacuum does in the minutes after a load."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def run(folder: Path, stores: Sequence[str], stored: int, count: int) -> dict[str, dict[str, Any]]:
    """Fill what is not filled, and ask."""
    found: dict[str, dict[str, Any]] = {}
    corpus = Corpus()
    for store in stores:
        server, postmaster, url = None, None, f"sqlite:///{folder / 'search.db'}"
        if store == "postgresql":
            (folder / "postgres").mkdir(exist_ok=True)
            server = PostgresServer(folder / "postgres")
            server.start()
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET shared_buffers = '1GB'")
            server.stop()
            server.start()
            url = server.url
            postmaster = server.pid
        try:
            done = folder / f"{store}-{stored}"
            if not done.exists():
                fill(url, stored)
                if server:
                    settle(url)
                done.touch()
            with contextlib.closing(open_reader(url)) as reader:
                found[store] = measure(reader, corpus, questions(corpus, count), postmaster)
            found[store]["bytes_per_article"] = round(disk(store, url, folder) / stored)
        finally:
            if server:
                server.stop()
    return found


def main() -> int:
    """Measure, print, exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=1400)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--folder", type=Path, help="keep the stores here; new stores in a temporary folder otherwise")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-search-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = run(folder, options.store or ["sqlite", "postgresql"], options.stored, options.questions)
    goals = {f"{store}: {page} p99 under {_GOAL_MS} ms": one[page]["p99_ms"] < _GOAL_MS for store, one in found.items() for page in ("first_page", "deep_page")}  # fmt: skip
    for store, one in found.items():
        print(
            f"{store}, {options.stored} articles, {options.questions} questions, {one['bytes_per_article']} bytes an article; slowest {one['slowest']}"
        )
        for name in ("first_page", "deep_page", "entity_page", "calendar"):
            print(f"  {name:32}{one[name]}")
        for kind, times in one["kinds"].items():
            print(f"    {kind:30}{times}")
    print(f"goals: {goals}")
    met = all(goals.values())
    if options.json:
        print(
            json.dumps(
                {"stored": options.stored, "questions": options.questions, "stores": found, "goals": goals, "met": met}
            )
        )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
