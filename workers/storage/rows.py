"""Messages as rows: what every store writes, in the same columns, and when one version of an article replaces another."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import orjson

from schemas.alerts import Alert
from schemas.articles import EnrichedArticle, Provenance
from schemas.codec import encode
from schemas.topics import ALERTS
from workers.errors import StoreRefused
from workers.ports import Tombstone
from workers.storage.children import INDEXED, Children, children

__all__ = [
    "COLUMNS",
    "UPSERT",
    "Batch",
    "Row",
    "Storable",
    "culprit",
    "day_of",
    "only",
    "to_batch",
    "waves",
]

M = TypeVar("M", EnrichedArticle, Alert)
Storable = EnrichedArticle | Alert | Tombstone

COLUMNS: dict[str, tuple[str, ...]] = {
    "articles": (
        "id", "content_sha256", "raw_topic", "raw_partition", "raw_offset", "url", "source", "title", "language", "published", "published_on",
        "published_at", "text", "document",
    ),
    "alerts": ("id", "rule", "severity", "article_id", "title", "url", "source", "published", "fired_at", "document"),
}  # fmt: skip

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

#: What is not written with the rest of an article; and the member after its text. Before that there are no nested objects.
_BESIDE, _AFTER_TEXT = {"provenance", "text"}, b',"paragraphs":'


class Row(NamedTuple):
    """One message's values by its table's COLUMNS, and the message. `place` is that in the batch."""

    table: str
    place: int
    id: str
    values: tuple[Any, ...]
    message: EnrichedArticle | Alert

    def children(self) -> Children:
        """Its child rows; made when asked for, since an article that is there already needs none."""
        return children(self.message) if isinstance(self.message, EnrichedArticle) else {}


class Batch(NamedTuple):
    """What is to be written, by table; and before it the ids that are to be erased, by table."""

    rows: dict[str, list[Row]]
    erased: dict[str, list[str]]


def to_batch(batch: Sequence[Storable]) -> Batch:
    """The rows in their order; a tombstone takes away what came before it. An article's document leaves out its text, which is a column beside it.

    Raises StoreRefused for a message that cannot be written as JSON.
    """
    rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    erased: dict[str, dict[str, None]] = {table: {} for table in COLUMNS}
    for index, message in enumerate(batch):
        if isinstance(message, Tombstone):
            table = "alerts" if message.topic == ALERTS.name else "articles"
            rows[table] = [row for row in rows[table] if row.id != message.id]
            erased[table][message.id] = None
        else:
            row = _row(index, message)
            rows[row.table].append(row)
    return Batch(rows, {table: list(ids) for table, ids in erased.items()})


def waves(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in as few lists as it takes to have each id once in a list: versions of an article are written one after the other, so that
    what the store keeps of them does not depend on how they came together in batches."""
    found: list[list[Row]] = []
    times: dict[str, int] = {}
    for row in rows:
        nth = times[row.id] = times.get(row.id, -1) + 1
        if nth == len(found):
            found.append([])
        found[nth].append(row)
    return found


def only(row: Row) -> Batch:
    """A batch of that row alone."""
    return Batch({table: [row] if table == row.table else [] for table in COLUMNS}, {table: [] for table in COLUMNS})


def culprit(batch: Sequence[Storable], refused: Callable[[Row], bool]) -> int:
    """The first message of the batch that the store refuses when written alone; 0 when each alone would pass."""
    messages = ((index, message) for index, message in enumerate(batch) if not isinstance(message, Tombstone))
    return next((index for index, message in messages if refused(_row(index, message))), 0)


def day_of(published: str | None) -> str | None:
    """The first day of a publication time as printed, YYYY-MM-DD, or None where there is no such day."""
    return _when(published)[0]


@lru_cache(maxsize=4096)
def _when(published: str | None) -> tuple[str | None, str]:
    """Its first day; and the instant in UTC, to the second, for sorting: a time without zone as it is, no time as ''."""
    moment = _parsed(published)
    if moment is None:
        return None, ""
    day = moment.date().isoformat()
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except OverflowError:
        return day, ""
    return day, f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _parsed(published: str | None) -> datetime | None:
    if not published:
        return None
    try:
        return datetime.fromisoformat(published + {4: "-01-01", 7: "-01"}.get(len(published), ""))
    except ValueError:
        return None


def _row(index: int, message: EnrichedArticle | Alert) -> Row:
    try:
        if isinstance(message, Alert):
            alert = _plain(message) if _has_nul(encode(message)) else message
            return Row("alerts", index, alert.id, _alert(alert, encode(alert).decode()), alert)
        article, (seen, rest, provenance) = message, _parts(message)
        digest = hashlib.sha256(seen).hexdigest()
        if _has_nul(seen) or _has_nul(provenance):
            article = _plain(message)
            _, rest, provenance = _parts(article)
        document = b"".join((rest, b',"provenance":', provenance, b"}")).decode()
    except (ValueError, TypeError) as error:
        raise StoreRefused("not_storable", f"it cannot be written as JSON: {error}", index) from None
    return Row("articles", index, article.id, _article(article, digest, document), article)


def _parts(article: EnrichedArticle) -> tuple[bytes, memoryview, bytes]:
    """The article's JSON, as `model_dump_json(exclude_none=True)` writes it: all that a reader sees; that without the text and the last brace; and the
    provenance."""
    rest = type(article).__pydantic_serializer__.to_json(article, exclude_none=True, exclude=_BESIDE)
    place = rest.index(_AFTER_TEXT)  # a name: within a value its quotation marks would be escaped
    provenance = Provenance.__pydantic_serializer__.to_json(article.provenance, exclude_none=True)
    view = memoryview(rest)  # a slice of it is no copy
    return b"".join((view[:place], b',"text":', orjson.dumps(article.text), view[place:])), view[:-1], provenance


def _has_nul(told: bytes) -> bool:
    """Whether this JSON may have a NUL; the words for it look alike, and lose nothing. A single byte is found ten times as fast as six."""
    return b"\\" in told and b"\\u0000" in told


def _plain(message: M) -> M:
    """The message without NUL, which PostgreSQL cannot store."""
    return type(message).model_validate(_without_nul(orjson.loads(encode(message))))


def _without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "")
        case list():
            return [_without_nul(item) for item in value]
        case dict():
            return {name: _without_nul(item) for name, item in value.items()}
    return value


def _article(article: EnrichedArticle, digest: str, document: str) -> tuple[Any, ...]:
    """`digest` is a hash of all but the provenance: what a reader sees."""
    raw = article.provenance.raw
    published = article.published.value if article.published else None
    day, instant = _when(published)
    return (
        article.id, digest, raw.topic if raw else None, raw.partition if raw else None, raw.offset if raw else None, article.url,
        _short(article.source), article.title, article.language.code, _short(published, 40), day, instant,
        article.text, document,
    )  # fmt: skip


def _alert(alert: Alert, document: str) -> tuple[Any, ...]:
    article = alert.article
    return (
        alert.id, _short(alert.rule), alert.severity, _short(article.id, 512), article.title, article.url, article.source, article.published,
        alert.fired_at.isoformat(), document,
    )  # fmt: skip


def _short(text: str | None, most: int = INDEXED) -> str | None:
    return text[:most] if text else text
