"""An article as rows: what every store writes, in the same columns."""

import hashlib
from typing import Any, NamedTuple

import orjson

from schemas.articles import EnrichedArticle
from schemas.codec import encode

__all__ = ["CHILDREN", "COLUMNS", "Row", "latest_by_id", "to_row"]

COLUMNS = (
    "id", "content_sha256", "raw_topic", "raw_partition", "raw_offset", "url", "source", "title", "language", "published", "text", "document",
)  # fmt: skip

#: Child tables: name, and the columns after article_id and position.
CHILDREN: dict[str, tuple[str, ...]] = {
    "mentions": ("start_at", "end_at", "text", "type", "entity"),
    "entities": ("entity", "type", "name", "count", "salience", "role", "country", "geonames_id", "wikidata"),
    "dates": ("start_at", "end_at", "text", "type", "value", "from_value", "to_value"),
    "quotes": ("start_at", "end_at", "text", "speaker"),
}


class Row(NamedTuple):
    """One article's values by COLUMNS, and its child rows by table."""

    id: str
    sha256: str
    values: tuple[Any, ...]
    children: dict[str, list[tuple[Any, ...]]]


def to_row(article: EnrichedArticle) -> Row:
    """The rows. NUL, which PostgreSQL cannot store, is left out; the hash is over the article without its provenance."""
    document = encode(article).replace(b"\\u0000", b"").decode()
    content = orjson.loads(document)
    content.pop("provenance", None)
    sha256 = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    raw = article.provenance.raw
    values = (
        _plain(article.id), sha256, raw.topic if raw else None, raw.partition if raw else None, raw.offset if raw else None, _plain(article.url),
        _plain(article.source), _plain(article.title), article.language.code, article.published.value if article.published else None,
        _plain(article.text), document,
    )  # fmt: skip
    return Row(_plain(article.id) or "", sha256, values, _children(article))


def _children(article: EnrichedArticle) -> dict[str, list[tuple[Any, ...]]]:
    key = _plain(article.id)
    return {
        "mentions": [
            (key, n, m.start, m.end, _plain(m.text), m.type, m.entity) for n, m in enumerate(article.mentions)
        ],
        "entities": [
            (
                key,
                n,
                e.id,
                e.type,
                _plain(e.name),
                e.count,
                e.salience,
                _plain(e.role),
                e.country,
                e.geonames_id,
                e.wikidata,
            )
            for n, e in enumerate(article.entities)
        ],
        "dates": [
            (key, n, d.start, d.end, _plain(d.text), d.type, d.value, d.from_, d.to)
            for n, d in enumerate(article.dates)
        ],
        "quotes": [(key, n, q.start, q.end, _plain(q.text), q.speaker) for n, q in enumerate(article.quotes)],
    }


def _plain(text: str | None) -> str | None:
    return text.replace("\0", "") if text else text


def latest_by_id(rows: list[Row]) -> list[Row]:
    """Of several versions of an article in one batch the last."""
    return list({row.id: row for row in rows}.values())
