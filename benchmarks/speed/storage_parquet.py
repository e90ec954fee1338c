"""How fast the lake takes articles, beside the plain pyarrow write that the same rows need at least.

Articles of 6 kB with 21 child rows (`--articles`, in batches of 500, in the order of publication over `--days` days) are written in turns:

- bare: the trial's statement, given rows that are ready: Arrow arrays of the same columns, one zstd Parquet file a batch and day, synced; no check
  for what is there, no versions, no index, no merging. Goal: at least 0.75 of it.
- ours: the sink is given messages and does all that it does in production: JSON, hash, index, versions, commit, merging of small files.
- rows: making those rows of messages (JSON and hash, workers/storage/rows.py), which every store needs, alone.
- stored: our sink with the rows made beforehand, as `bare` has them.

Then the same articles come again unchanged (`replay`, which writes nothing), and one in ten comes again with another text (`changed`, a second's worth
of rewriting files). The median of `--turns` is told.
"""

import argparse
import gc
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
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
from workers.storage import parquet as sink_module  # noqa: E402
from workers.storage.lake_files import WRITE_OPTIONS  # noqa: E402
from workers.storage.lake_rows import articles_table, day_of_row  # noqa: E402
from workers.storage.parquet import ParquetSink  # noqa: E402
from workers.storage.rows import Batch, Row, to_batch  # noqa: E402

GOAL = 0.75
WAYS = ("bare", "ours", "rows", "stored", "replay", "changed")


def rate(work: Callable[[], None], articles: int) -> float:
    started = time.perf_counter()
    work()
    return round(articles / (time.perf_counter() - started), 1)


def bare(folder: Path, batches: Sequence[Sequence[Row]]) -> None:
    """One file a batch and day, synced."""
    now = datetime.now(UTC)
    for number, rows in enumerate(batches):
        for day in dict.fromkeys(map(day_of_row, rows)):
            some = [row for row in rows if day_of_row(row) == day]
            path = folder / f"published_on={day}" / f"{number}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            parquet.write_table(articles_table(some, [now] * len(some), [now] * len(some)), path, **WRITE_OPTIONS)
            with path.open("rb") as written:
                os.fsync(written.fileno())


def write(folder: Path, batches: Sequence[Sequence[Any]]) -> None:
    sink = ParquetSink(folder)
    sink.open()
    for batch in batches:
        sink.write(batch)
    sink.close()


def stored(folder: Path, batches: Sequence[Batch]) -> None:
    """Our sink, given rows instead of messages."""
    given = sink_module.to_batch
    sink_module.to_batch = lambda batch: batch  # type: ignore[assignment,return-value]
    try:
        write(folder, batches)  # type: ignore[arg-type]
    finally:
        sink_module.to_batch = given


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
    batches = [to_batch(batch) for batch in messages]
    rows = [batch.rows["articles"] for batch in batches]
    again = changed(articles)
    gc.collect()
    gc.freeze()  # the articles that this benchmark holds are no heap that a worker would search through
    rates = {
        "bare": rate(lambda: bare(folder / "bare", rows), len(articles)),
        "ours": rate(lambda: write(folder / "ours", messages), len(articles)),
        "rows": rate(lambda: [to_batch(batch) for batch in messages] and None, len(articles)),
        "stored": rate(lambda: stored(folder / "stored", batches), len(articles)),
        "replay": rate(lambda: write(folder / "ours", messages), len(articles)),
    }
    there = list((folder / "ours").glob("articles/**/*.parquet"))
    figures = {"bytes_per_article": round(sum(path.stat().st_size for path in there) / len(articles)), "files": len(there)}  # fmt: skip
    rates["changed"] = rate(lambda: write(folder / "ours", list(chunks(again, BATCH))), len(again))
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
            shutil.rmtree(name, ignore_errors=True)
            Path(name).mkdir()
        turns.append(rates)
    medians = {way: statistics.median(one[way] for one in turns) for way in WAYS}
    ratios = {f"{way} / bare": round(medians[way] / medians["bare"], 2) for way in ("ours", "stored")}
    print(f"articles/s: {medians}\nratios: {ratios}\nlake: {figures}")
    met = ratios["ours / bare"] >= GOAL
    if options.json:
        print(json.dumps({"articles": options.articles, "days": options.days, "median_per_second": medians, "turns": turns, "ratios": ratios, "lake": figures, "goals": {f"ours at least {GOAL} of bare": met}, "met": met}))  # fmt: skip
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
