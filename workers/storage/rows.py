"""Messages as rows: what every store writes, in the same columns, and when one version of an article replaces another."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from schemas.alerts import Alert
from schemas.articles import EnrichedArticle, Message
from schemas.codec import encode
from workers.errors import StoreRefused

__all__ = ["CHILDREN", "COLUMNS", "UPSERT", "Row", "Storable", "culprit", "to_rows"]

Storable = EnrichedArticle | Alert

COLUMNS: dict[str, tuple[str, ...]] = {
    "articles": (
        "id", "content_sha256", "raw_topic", "raw_partition", "raw_offset", "url", "source", "title", "language", "published", "text", "document",
    ),
    "alerts": ("id", "rule", "severity", "article_id", "title", "url", "source", "published", "fired_at", "document"),
}  # fmt: skip

#: Child tables of articles: name, and the columns after article_id and position.
CHILDREN: dict[str, tuple[str, ...]] = {
    "mentions": ("start_at", "end_at", "text", "type", "entity"),
    "entities": ("entity", "type", "name", "count", "salience", "role", "country", "geonames_id", "wikidata"),
    "dates": ("start_at", "end_at", "text", "type", "value", "from_value", "to_value"),
    "quotes": ("start_at", "end_at", "text", "speaker"),
}

_SAME_LANE = "excluded.raw_topic = articles.raw_topic AND excluded.raw_partition = articles.raw_partition"
_CHANGED = "excluded.content_sha256 <> articles.content_sha256"
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS["articles"] if name != "id")

#: The end of the INSERT, the same in SQLite and PostgreSQL. Of two raw messages in one partition the later one wins, in whatever order
#: they are written; a page that came again unchanged moves its offset on, and keeps its `updated_at`. An alert never changes.
UPSERT: dict[str, str] = {
    "articles": (
        f" ON CONFLICT (id) DO UPDATE SET {_UPDATES},"
        f" updated_at = CASE WHEN {_CHANGED} THEN CURRENT_TIMESTAMP ELSE articles.updated_at END"
        f" WHERE NOT coalesce({_SAME_LANE} AND excluded.raw_offset < articles.raw_offset, FALSE)"
        f" AND ({_CHANGED} OR coalesce({_SAME_LANE} AND excluded.raw_offset > articles.raw_offset, FALSE))"
    ),
    "alerts": " ON CONFLICT (id) DO NOTHING",
}

#: Longest text of an indexed column, characters: an index of PostgreSQL takes 2,704 bytes. `document` holds the whole.
_INDEXED = 500


class Row(NamedTuple):
    """One message's values by its table's COLUMNS, and its child rows by table. `place` is that in the batch."""

    table: str
    place: int
    id: str
    values: tuple[Any, ...]
    children: dict[str, list[tuple[Any, ...]]]


def to_rows(batch: Sequence[Storable]) -> list[Row]:
    """The rows, of several versions of one article the newest. Raises StoreRefused for a message that cannot be written as JSON."""
    newest: dict[tuple[str, str], Row] = {}
    for index, message in enumerate(batch):
        row = _row(index, message)
        before = newest.get((row.table, row.id))
        if before is None or not _older(row, before):
            newest[row.table, row.id] = row
    return list(newest.values())


def culprit(batch: Sequence[Storable], refused: Callable[[Row], bool]) -> int:
    """The first message of the batch that the store refuses when written alone; 0 when each alone would pass."""
    return next((index for index, message in enumerate(batch) if refused(_row(index, message))), 0)


def _older(row: Row, other: Row) -> bool:
    """Whether both are of one raw partition, and this one came first."""
    if row.table != "articles" or row.values[2:4] != other.values[2:4] or row.values[2] is None:
        return False
    return bool(row.values[4] < other.values[4])


def _row(index: int, message: Storable) -> Row:
    try:
        plain, document = _plain(message)
    except (ValueError, TypeError) as error:
        raise StoreRefused("not_storable", f"it cannot be written as JSON: {error}", index) from None
    if isinstance(plain, Alert):
        return Row("alerts", index, plain.id, _alert(plain, document), {})
    return Row("articles", index, plain.id, _article(plain, document), _children(plain))


def _plain(message: Storable) -> tuple[Storable, bytes]:
    """The message and its JSON without NUL, which PostgreSQL cannot store."""
    document = encode(message)
    if b"\\u0000" not in document:
        return message, document
    fields = _without_nul(orjson.loads(document))
    return type(message).model_validate(fields), orjson.dumps(fields)


def _without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "")
        case list():
            return [_without_nul(item) for item in value]
        case dict():
            return {name: _without_nul(item) for name, item in value.items()}
    return value


def _article(article: EnrichedArticle, document: bytes) -> tuple[Any, ...]:
    raw = article.provenance.raw
    return (
        article.id, _sha256(article), raw.topic if raw else None, raw.partition if raw else None, raw.offset if raw else None, article.url,
        _short(article.source), article.title, article.language.code, _short(article.published.value if article.published else None, 40),
        article.text, document.decode(),
    )  # fmt: skip


def _alert(alert: Alert, document: bytes) -> tuple[Any, ...]:
    article = alert.article
    return (
        alert.id, _short(alert.rule), alert.severity, _short(article.id, 512), article.title, article.url, article.source, article.published,
        alert.fired_at.isoformat(), document.decode(),
    )  # fmt: skip


def _sha256(article: Message) -> str:
    """A hash of all but the provenance: what a reader sees."""
    content = article.model_dump(mode="json", exclude_none=True, exclude={"provenance"})
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _children(article: EnrichedArticle) -> dict[str, list[tuple[Any, ...]]]:
    key = article.id
    return {
        "mentions": [(key, n, m.start, m.end, m.text, m.type, m.entity) for n, m in enumerate(article.mentions)],
        "entities": [
            (key, n, e.id, e.type, _short(e.name), e.count, e.salience, e.role, _short(e.country), e.geonames_id, e.wikidata)
            for n, e in enumerate(article.entities)
        ],
        "dates": [
            (key, n, d.start, d.end, d.text, d.type, d.value, _short(d.from_), d.to) for n, d in enumerate(article.dates)
        ],
        "quotes": [(key, n, q.start, q.end, q.text, q.speaker) for n, q in enumerate(article.quotes)],
    }  # fmt: skip


def _short(text: str | None, most: int = _INDEXED) -> str | None:
    return text[:most] if text else text
