"""What the tests of the lake have in common: articles of a day, writing them, and what a plain glob then sees."""

from pathlib import Path
from typing import Any

from stores import Parquet, alert, article, duck

from schemas.articles import EnrichedArticle
from schemas.topics import ENRICHED
from workers.ports import Tombstone
from workers.storage.parquet import ParquetSink

__all__ = ["FIRST", "SECOND", "compact", "content", "files", "on", "seen", "write"]


def on(day: str | None, identity: str, text: str = "Some words.", offset: int = 0) -> EnrichedArticle:
    """An article published on that day."""
    published = article().published
    assert published is not None
    when = published.model_copy(update={"value": day}) if day else None
    return article(identity, text, offset=offset, published=when)


def seen(path: Path) -> list[tuple[str, str]]:
    """Id and text of every row, as the plain glob gives them."""
    if not any(path.glob("articles/**/*.parquet")):
        return []
    with duck() as connection:
        return connection.execute(f"SELECT id, text FROM read_parquet('{path}/articles/**/*.parquet') ORDER BY id, text").fetchall()  # fmt: skip


def files(path: Path, table: str = "articles") -> list[str]:
    return sorted(str(file.relative_to(path)) for file in path.glob(f"{table}/**/*.parquet"))


def content(path: Path) -> dict[str, list[Any]]:
    """All that is stored but the times of storing."""
    store = Parquet(path)
    columns = {
        "articles": "id, content_sha256, raw_topic, raw_partition, raw_offset, published_on, text, document, mentions, entities, dates, quotes",
        "alerts": "id, rule, article_id, fired_at, document",
    }
    found = {table: sorted(store.rows(f"SELECT {names} FROM {table}"), key=str) for table, names in columns.items()}
    return found | {"versions": sorted(store.rows("SELECT a.id, v.number, v.raw_offset, v.document, v.text FROM versions v JOIN articles a ON a.key = v.article_key"), key=str)}  # fmt: skip


FIRST = [on("2025-07-30", "stays"), on("2025-07-30", "moves", offset=1), on("2025-07-30", "goes", offset=2), on(None, "dayless", offset=3), alert()]  # fmt: skip
SECOND = [
    on("2025-07-30", "stays", "Changed.", offset=5), on("2025-07-31", "moves", "Another day.", offset=6), Tombstone(ENRICHED.name, "goes"),
    *(on("2025-07-31", f"new{number}", offset=10 + number) for number in range(3)), alert("alert-2"),
]  # fmt: skip


def write(path: Path, *batches: list[Any]) -> None:
    sink = ParquetSink(path)
    sink.open()
    for batch in batches:
        sink.write(batch)
    sink.close()


def compact(path: Path) -> int:
    sink = ParquetSink(path)
    fewer = sink.compact()
    sink.close()
    return fewer
