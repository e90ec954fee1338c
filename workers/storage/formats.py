"""An enriched article in other people's formats: ninjs 3.1 and schema.org NewsArticle as JSON-LD. Pure.

Sources: IPTC ninjs 3.1 (property names and their arrays of objects), schema.org/NewsArticle. What we do not know is left out.
"""

import re
from typing import Any
from urllib.parse import quote

from schemas.articles import EnrichedArticle, Entity, Published

__all__ = ["FORMATS", "to_jsonld", "to_ninjs"]

_NINJS_ENTITIES = {"PER": "people", "ORG": "organisations", "GPE": "places", "LOC": "places", "EVENT": "events"}
_SCHEMA_TYPES = {"PER": "Person", "ORG": "Organization", "GPE": "Place", "LOC": "Place", "EVENT": "Event"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_FULL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: What may stand in a URI as it is, beside letters and digits; `[` and `]` only around an IPv6 address, which news has not.
_RESERVED = "%/:?#@!$&'()*+,;=~-._"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WIKIDATA = "https://www.wikidata.org/entity/"


def to_ninjs(article: EnrichedArticle) -> dict[str, Any]:
    """The article as a ninjs 3.1 object of type text."""
    words = article.counts.words if article.counts else None
    item: dict[str, Any] = {
        "uri": _uri(article),
        "type": "text",
        "standard": {
            "name": "ninjs",
            "version": "3.1",
            "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
        },
        "language": article.language.code if article.language.code != "und" else None,
        "headlines": [
            {"role": role, "value": value}
            for role, value in (("main", article.title), ("subtitle", article.subtitle))
            if value
        ]
        or None,
        "bodies": [
            _known(
                {
                    "role": "main",
                    "contentType": "text/plain",
                    "charCount": len(article.text),
                    "wordCount": words,
                    "value": article.text,
                }
            )
        ],
        "by": ", ".join(article.authors) or None,
        "firstCreated": _full(article.published),
        "versionCreated": _full(article.modified) or _full(article.published),
        "copyrightNotice": article.rights,
        "infoSources": [{"name": name} for name in dict.fromkeys((article.source, article.agency)) if name] or None,
        "altIds": [{"role": "internal", "value": article.id}],
    }
    for entity in article.entities:
        kind = _NINJS_ENTITIES.get(entity.type)
        if kind:
            item[kind] = [*item.get(kind, []), _ninjs_entity(entity)]
    return _known(item)


def to_jsonld(article: EnrichedArticle) -> dict[str, Any]:
    """The article as a schema.org NewsArticle."""
    item: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": _uri(article),
        "identifier": article.id,
        "url": _uri(article) if article.url else None,
        "headline": article.title,
        "alternativeHeadline": article.subtitle,
        "articleBody": article.text,
        "inLanguage": article.language.code if article.language.code != "und" else None,
        "datePublished": article.published.value if article.published else None,
        "dateModified": article.modified.value if article.modified else None,
        "author": [{"@type": "Person", "name": name} for name in article.authors] or None,
        "publisher": {"@type": "Organization", "name": article.source} if article.source else None,
        "sourceOrganization": {"@type": "Organization", "name": article.agency} if article.agency else None,
        "dateline": article.dateline,
        "wordCount": article.counts.words if article.counts else None,
        "copyrightNotice": article.rights,
        "mentions": [_schema_entity(entity) for entity in article.entities if entity.type in _SCHEMA_TYPES] or None,
    }
    return _known(item)


def _full(published: Published | None) -> str | None:
    """ninjs takes a full date-time with its zone, so a time that is known less exactly is left out."""
    if published is None or published.precision != "second" or published.tz_status == "unknown":
        return None
    return published.value if _FULL.fullmatch(published.value) else None


def _ninjs_entity(entity: Entity) -> dict[str, Any]:
    item: dict[str, Any] = {"name": entity.name, "rel": "mentions"}
    if entity.wikidata:
        item["uri"] = _WIKIDATA + entity.wikidata
    if entity.type in {"GPE", "LOC"} and entity.lat is not None and entity.lon is not None:
        item["geoJSON"] = {"type": "Point", "coordinates": [entity.lon, entity.lat]}
    return item


def _schema_entity(entity: Entity) -> dict[str, Any]:
    return _known({
        "@type": _SCHEMA_TYPES[entity.type], "name": entity.name, "alternateName": [name for name in entity.aliases if name != entity.name] or None,
        "sameAs": _WIKIDATA + entity.wikidata if entity.wikidata else None, "jobTitle": entity.role if entity.type == "PER" else None, "geo": _geo(entity),
    })  # fmt: skip


def _geo(entity: Entity) -> dict[str, Any] | None:
    if entity.type not in {"GPE", "LOC"} or entity.lat is None or entity.lon is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": entity.lat, "longitude": entity.lon}


def _uri(article: EnrichedArticle) -> str:
    """The article's address as a URI (RFC 3986): what may not stand in one is escaped. Without an address, a name of our own."""
    if article.url and _SCHEME.match(article.url):
        return quote(_BARE_PERCENT.sub("%25", article.url), safe=_RESERVED, errors="replace")
    return f"urn:dateline:{quote(article.id, safe='', errors='replace')}"


def _known(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


def _to_json(article: EnrichedArticle) -> dict[str, Any]:
    return article.model_dump(mode="json", exclude_none=True)


#: Format by name: our own message, ninjs, JSON-LD.
FORMATS = {"jsonl": _to_json, "ninjs": to_ninjs, "jsonld": to_jsonld}
