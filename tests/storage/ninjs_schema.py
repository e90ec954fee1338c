"""What ninjs 3.1 allows in a text item, as a JSON Schema in our own words.

Facts from the schema that the IPTC publishes as ninjs-schema_3.1.json (copyright IPTC, CC BY 4.0): the names, types and formats of its properties;
that no others are allowed, at any depth; that `uri` is required. Left out is what describes events, coverage, renditions, associations and encoded
rights, which we do not write; all else was compared with that file, property by property (repository iptc/newsinjson, commit e282eb9).
"""

import re
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

__all__ = ["errors"]

_STRING = {"type": "string"}
_URI = {"type": "string", "format": "uri"}
_TIME = {"type": "string", "format": "date-time"}
_INTEGER = {"type": "integer"}
_SHARE = {"type": "integer", "minimum": 0, "maximum": 100}
_CONTACTS = {"type": "array", "items": {"type": "object"}}


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def _many(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "array", "items": _closed(properties, *required)}


_NAMED = {"name": _STRING, "rel": _STRING, "uri": _URI, "literal": _STRING}
_VALUE = {"role": _STRING, "contentType": _STRING, "value": _STRING}
_NUMBER = {"type": "number"}
#: GeoJSON (RFC 7946), as far as points go.
_POINT = _closed({"type": {"const": "Point"}, "coordinates": {"type": "array", "prefixItems": [_NUMBER | {"minimum": -180, "maximum": 180}, _NUMBER | {"minimum": -90, "maximum": 90}], "minItems": 2, "maxItems": 3}}, "type", "coordinates")  # fmt: skip

_SCHEMA = _closed(
    {
        "uri": _URI,
        "type": {"enum": ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"]},
        "representationType": {"enum": ["full", "partial"]},
        "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
        "urgency": {"type": "integer", "minimum": 1, "maximum": 9},
        **dict.fromkeys(("profile", "version", "copyrightHolder", "copyrightNotice", "usageTerms", "edNote", "language", "title", "by", "slugline", "located"), _STRING),
        **dict.fromkeys(("firstCreated", "versionCreated", "contentCreated", "embargoedUntil", "expires"), _TIME),
        "descriptions": _many(_VALUE, "value"),
        "bodies": _many(_VALUE | {"charCount": _INTEGER, "wordCount": _INTEGER}, "value"),
        "headlines": _many(_VALUE, "value"),
        "people": _many(_NAMED | {"contactInfo": _CONTACTS}),
        "organisations": _many(_NAMED | {"contactInfo": _CONTACTS, "symbols": _many({"exchange": _STRING, "symbolType": _URI, "symbol": _STRING})}),
        "places": _many(_NAMED | {"contactInfo": _CONTACTS, "geoJSON": _POINT}),
        "subjects": _many(_NAMED | {"creator": _STRING, "relevance": _SHARE, "confidence": _SHARE}),
        "events": _many(_NAMED | {"id": _STRING}),
        "objects": _many(_NAMED),
        "infoSources": _many({"name": _STRING, "role": _STRING, "uri": _URI, "literal": _STRING, "contactInfo": _CONTACTS}),
        "altIds": _many({"role": _STRING, "value": _STRING}),
        "trustIndicators": _many({"role": _URI, "title": _STRING, "href": _URI}),
        "standard": _closed({"name": _STRING, "version": _STRING, "schema": _URI}),
        "genres": _many({"name": _STRING, "uri": _STRING, "literal": _STRING}),
        "digitalSourceType": _closed({"name": _STRING, "uri": _URI, "literal": _STRING}),
    },
    "uri",
)  # fmt: skip

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    """RFC 3986: a scheme, and only characters that may stand in a URI."""
    return not isinstance(value, str) or bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9/:?#@!$&'()*+,;=~._-]|%[0-9A-Fa-f]{2})+", value))  # fmt: skip


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    """RFC 3339: date and time to the second, with a zone."""
    if not isinstance(value, str):
        return True
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value)) and bool(datetime.fromisoformat(value))  # fmt: skip


def errors(item: dict[str, Any]) -> list[str]:
    """What is wrong with the item; nothing for a valid one."""
    validator = Draft202012Validator(_SCHEMA, format_checker=_FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(item)]
