"""Articles as one Parquet file: the columns of a lake, with the day of publication as a column."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from schemas.articles import EnrichedArticle
from workers.errors import Unavailable
from workers.storage.lake_files import WRITER_OPTIONS
from workers.storage.lake_rows import ARTICLES, articles_table, day_of_row
from workers.storage.rows import to_batch

__all__ = ["write_parquet"]

#: Articles that are held in memory at once, and lie together in a row group.
_GROUP = 1000
_SCHEMA: pa.Schema = ARTICLES.append(pa.field("published_on", pa.date32()))


def write_parquet(path: Path, articles: Iterable[EnrichedArticle]) -> int:
    """Write the articles, and give the file its name when it is whole; how many there are. Raises Unavailable where it cannot be written."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    count = 0
    try:
        with parquet.ParquetWriter(unfinished, _SCHEMA, **WRITER_OPTIONS) as writer:
            for rows in _groups(articles):
                writer.write_table(rows)
                count += rows.num_rows
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise Unavailable(f"{path}: {error.strerror or error}") from None
    return count


def _groups(articles: Iterable[EnrichedArticle]) -> Iterator[pa.Table]:
    waiting, now = iter(articles), datetime.now(UTC)
    while group := list(islice(waiting, _GROUP)):
        rows = to_batch(group).rows["articles"]
        days = [date.fromisoformat(day) if (day := day_of_row(row)) else None for row in rows]
        stamps = [now] * len(rows)
        yield articles_table(rows, stamps, stamps).append_column(_SCHEMA.field("published_on"), pa.array(days, pa.date32()))  # fmt: skip
