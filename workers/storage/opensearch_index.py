"""What OpenSearch is given: mappings and settings of the three indexes, and the documents. Pure."""

from typing import Any

import orjson

from workers.storage.children import CHILDREN
from workers.storage.rows import COLUMNS, Row

__all__ = ["INDEXES", "article_source", "template", "version_source"]

_KEYWORD = {"type": "keyword", "ignore_above": 8000}
_LONG = {"type": "long"}
_DATE = {"type": "date"}
_STORED = {"type": "object", "enabled": False}
_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "text"}, "title": {"type": "text", "fields": {"raw": _KEYWORD}}, "raw_partition": _LONG, "raw_offset": _LONG,
    "published_on": {"type": "date", "format": "strict_date"}, "published_at": _DATE, "document": _STORED, "stored_at": _DATE, "updated_at": _DATE,
    "fired_at": _DATE, "versions": _LONG, "number": _LONG, "written_at": _DATE, "replaced_at": _DATE, "start_at": _LONG, "end_at": _LONG,
    "count": _LONG, "geonames_id": _LONG, "salience": {"type": "float"}, "name": {"type": "text", "fields": {"raw": _KEYWORD}},
}  # fmt: skip
_KEPT = ("id", "content_sha256", "raw_topic", "raw_partition", "raw_offset", "title", "published", "text", "document")

#: Indexes and their fields; children of articles are nested documents, so that one entity's name and country belong together.
INDEXES: dict[str, tuple[str, ...]] = {
    "articles": (*COLUMNS["articles"], "versions", "stored_at", "updated_at"),
    "versions": (*_KEPT, "number", "written_at", "replaced_at"),
    "alerts": (*COLUMNS["alerts"], "stored_at"),
}


def template(index: str) -> dict[str, Any]:
    """Settings and mappings. Fields that are not named here are stored and not searched."""
    properties: dict[str, Any] = {name: _TYPES.get(name, _KEYWORD) for name in INDEXES[index]}
    if index == "versions":
        properties["text"] = {"type": "text", "index": False}
    if index == "articles":
        for child, names in CHILDREN.items():
            columns = {name: _KEYWORD if name == "text" else _TYPES.get(name, _KEYWORD) for name in names}
            properties[child] = _STORED if child == "mentions" else {"type": "nested", "properties": columns}
    settings = {"index": {"mapping.nested_objects.limit": 50_000, "codec": "best_compression"}}
    return {"settings": settings, "mappings": {"dynamic": False, "properties": properties}}


def article_source(row: Row, now: str) -> dict[str, Any]:
    """The document of an article that is new: its columns, its children as lists in their order, and the message, which `to_batch` gave less its text."""
    source = dict(zip(COLUMNS["articles"], row.values, strict=True))
    source["published_at"] = source["published_at"] or None
    source["document"] = orjson.loads(source["document"])
    for child, rows in row.children().items():
        source[child] = [dict(zip(CHILDREN[child], one, strict=True)) for one in rows]
    return source | {"versions": 0, "stored_at": now, "updated_at": now}


def version_source(old: dict[str, Any], number: int, now: str) -> dict[str, Any]:
    """What an article was before it was replaced, as the `number`th of its history."""
    kept = {name: old.get(name) for name in _KEPT}
    return kept | {"number": number, "written_at": old["updated_at"], "replaced_at": now}
