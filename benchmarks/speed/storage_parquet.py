"""How fast the lake takes articles, beside the plain pyarrow write that the same rows need at least.

Articles of 6 kB with 21 child rows (`--articles`, in batches of 500, in the order of publication over `--days` days) are written, batch by batch in turn:

- bare: the trial's statement, given rows that are ready: Arrow arrays of the same columns, one zstd Parquet file a batch and day, synced; no check
  for what is there, no versions, no index, no merging. Goal: at least 0.75 of it.
- ours: the sink is given messages and does all that it does in production: JSON, hash, index, versions, commit, merging of small files.
- rows: making those rows of messages (JSON and hash, workers/storage/rows.py), which every store needs, alone.
- stored: our sink with the rows made beforehand, as `bare` has them.

Then the same articles come again unchanged (`replay`, which writes nothing), and one in ten comes again with another text (`changed`, which writes
their files anew). The median of `--turns` is told, for ratios that of the ratios within a turn.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from pyarrow import parquet

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(HERE)]

from storage import BATCH, Corpus, chunks  # noqa: E402

from schemas.articles import EnrichedArticle, RawOrigin  # noqa: E402
from workers.storage.children import Children  # noqa: E402
from workers.storage.lake_files import WRITE_OPTIONS  # noqa: E402
from workers.storage.lake_rows import articles_table, day_of_row  # noqa: E402
from workers.storage.parquet import ParquetSink  # noqa: E402
from workers.storage.rows import Batch, Row, to_batch  # noqa: E402

GOAL = 0.75
WAYS = ("bare", "ours", "rows", "stored", "replay", "changed")


class Ready(Row):
    """A row whose child rows were made beforehand."""

    found: Children

    def children(self) -> Children:
        return self.found


def ready(batch: Batch) -> Batch:
    """The batch with all its rows ready."""
    rows = [Ready(*row) for row in batch.rows["articles"]]
    for one in rows:
        one.found = Row.children(one)
    return Batch(batch.rows | {"articles": rows}, batch.erased)


class Bare:
    """One file a batch and day, synced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def write(self, rows: Sequence[Row]) -> None:
        now = datetime.now(UTC)
        self._number += 1
        for day in dict.fromkeys(map(day_of_row, rows)):
            some = [row for row in rows if day_of_row(row) == day]
            path = self._folder / f"published_on={day}" / f"{self._number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            parquet.write_table(articles_table(some, [now] * len(some), [now] * len(some)), path, **WRITE_OPTIONS)
            with path.open("rb") as written:
                os.fsync(written.fileno())


class Stored(ParquetSink):
    """Our sink, given rows instead of messages."""

    def write(self, batch: Any, /) -> None:
        self._transact(batch)


def side_by_side(ways: Mapping[str, Callable[[int], object]], batches: int) -> dict[str, float]:
    """Seconds of each way: batch by batch in turn, each first as often as the others, so that what else the machine does meets all alike."""
    names = list(ways)
    spent = dict.fromkeys(names, 0.0)
    for number in range(batches):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            started = time.perf_counter()
            ways[name](number)
            spent[name] += time.perf_counter() - started
    return spent


def changed(articles: Sequence[EnrichedArticle]) -> list[EnrichedArticle]:
    """One in ten, published again later with other words."""
    found = []
    for article in articles[::10]:
        raw = article.provenance.raw
        assert raw is not None
        later = RawOrigin(topic=raw.topic, partition=raw.partition, offset=raw.offset + 1_000_000, sha256=raw.sha256)
        found.append(article.model_copy(update={"text": f"Corrected. {article.text}", "provenance": article.provenance.model_copy(update={"raw": later})}))  # fmt: skip
    return found


def turn(folder: Path, articles: Sequence[EnrichedArticle]) -> tuple[dict[str, float], dict[str, float]]:
    """Articles a second of each way, and what the lake is like afterwards."""
    messages = list(chunks(articles, BATCH))
    batches = [ready(to_batch(batch)) for batch in messages]
    again = changed(articles)
    gc.collect()
    gc.freeze()  # the articles that this benchmark holds are no heap that a worker would search through
    gc.set_threshold(50_000, 20, 50)  # as rarely as in the workers' processes (workers/runtime/app.py), for all alike
    plain, ours, stored = Bare(folder / "bare"), ParquetSink(folder / "ours"), Stored(folder / "stored")
    for sink in (ours, stored):
        sink.open()
    ways: dict[str, Callable[[int], object]] = {
        "bare": lambda number: plain.write(batches[number].rows["articles"]),
        "ours": lambda number: ours.write(messages[number]),
        "rows": lambda number: ready(to_batch(messages[number])),
        "stored": lambda number: stored.write(batches[number]),
    }
    seconds = side_by_side(ways, len(messages))
    seconds |= side_by_side({"replay": lambda number: ours.write(messages[number])}, len(messages))
    there = list((folder / "ours").glob("articles/**/*.parquet"))
    figures = {"bytes_per_article": round(sum(path.stat().st_size for path in there) / len(articles)), "files": len(there)}  # fmt: skip
    rates = {way: round(len(articles) / spent, 1) for way, spent in seconds.items()}
    corrections = list(chunks(again, BATCH))
    spent = side_by_side({"changed": lambda number: ours.write(corrections[number])}, len(corrections))["changed"]
    rates["changed"] = round(len(again) / spent, 1)
    for sink in (ours, stored):
        sink.close()
    counted = duckdb.sql(f"SELECT count(*), count(DISTINCT id), count(*) FILTER (text LIKE 'Corrected.%') FROM read_parquet('{folder}/ours/articles/**/*.parquet')").fetchall()[0]  # fmt: skip
    if counted != (len(articles), len(articles), len(again)):
        raise RuntimeError(
            f"the lake holds {counted} instead of {len(articles)} articles, {len(again)} of them changed"
        )
    return rates, figures


def main() -> int:
    """Measure, print, exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=5000, help="written in each turn")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    articles = list(Corpus().articles(options.articles, of=round(options.articles * 30 / options.days)))
    turns, figures = [], {}
    for _ in range(options.turns):
        with tempfile.TemporaryDirectory(prefix="dateline-lake-") as name:
            rates, figures = turn(Path(name), articles)
        turns.append(rates)
    medians = {way: statistics.median(one[way] for one in turns) for way in WAYS}
    ratios = {f"{way} / bare": round(statistics.median(one[way] / one["bare"] for one in turns), 2) for way in ("ours", "stored")}  # fmt: skip
    print(f"articles/s: {medians}\nratios: {ratios}\nlake: {figures}")
    met = ratios["ours / bare"] >= GOAL
    if options.json:
        print(json.dumps({"articles": options.articles, "days": options.days, "median_per_second": medians, "turns": turns, "ratios": ratios, "lake": figures, "goals": {f"ours at least {GOAL} of bare": met}, "met": met}))  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
