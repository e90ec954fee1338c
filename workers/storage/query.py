"""What can be asked of a store, as values: words and filters, the cursor of a page. Pure; each store turns it into its own SQL.

Words are joined by "and"; "several words" in quotation marks are a phrase, `-word` must not be there, `word*` begins so.
"""

import base64
import binascii
import re
from datetime import date
from typing import Any, NamedTuple

import orjson

from workers.errors import Refused
from workers.storage.children import fold

__all__ = ["MAX_LIMIT", "Filters", "Page", "Term", "decode_cursor", "encode_cursor", "read_day", "terms"]

MAX_LIMIT = 500
#: Longest question, characters, and most terms in it: bounds for the work of one request.
_MAX_QUESTION, _MAX_TERMS = 1000, 24
_TERM = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')
_WORD = re.compile(r"[^\W_]")


class Term(NamedTuple):
    """A word or a phrase that must be there; must not, where `excluded`; of which it is the beginning, where `prefix`."""

    text: str
    excluded: bool = False
    prefix: bool = False


class Filters(NamedTuple):
    """What the articles must have; None asks for nothing. Days are YYYY-MM-DD, both ends included.

    `entity` is a canonical name in any case, or a Wikidata id; `mentioned_from` and `mentioned_to` ask for a time in the text that overlaps them and began at most 31 days before.
    """

    words: str | None = None
    entity: str | None = None
    country: str | None = None
    source: str | None = None
    language: str | None = None
    published_from: str | None = None
    published_to: str | None = None
    mentioned_from: str | None = None
    mentioned_to: str | None = None


class Page(NamedTuple):
    """Rows in order, and the cursor of the page after them, None after the last."""

    rows: list[dict[str, Any]]
    next: str | None


def terms(words: str) -> list[Term]:
    """The terms of a question. Raises Refused (`bad_query`) for one that is too long, or that only excludes."""
    if len(words) > _MAX_QUESTION:
        raise Refused("bad_query", f"at most {_MAX_QUESTION} characters can be asked for")
    found = []
    for minus, phrase, word_minus, word in _TERM.findall(words.replace("\0", " ")):
        text = phrase or word.strip('"')
        if _WORD.search(text):
            found.append(Term(text.rstrip("*"), bool(minus or word_minus), not phrase and word.endswith("*")))
    if len(found) > _MAX_TERMS:
        raise Refused("bad_query", f"at most {_MAX_TERMS} words can be asked for")
    if found and all(term.excluded for term in found):
        raise Refused("bad_query", "ask for at least one word that must be there")
    return found


def read_day(value: str | None, name: str) -> str | None:
    """The day as YYYY-MM-DD; raises Refused (`bad_query`) for what is none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused("bad_query", f"{name}: give a day as YYYY-MM-DD") from None


def checked(filters: Filters) -> Filters:
    """The filters as the store keeps them. Raises Refused (`bad_query`)."""
    plain = Filters(*((value.replace("\0", "") if value else None) for value in filters))
    for value in plain:
        if value and (len(value) > _MAX_QUESTION or (not value.isprintable() and not value.strip())):
            raise Refused("bad_query", f"a filter has at most {_MAX_QUESTION} characters")
        try:
            (value or "").encode()
        except UnicodeEncodeError:
            raise Refused("bad_query", "a filter holds half a character") from None
    days = {
        name: read_day(getattr(plain, name), name)
        for name in ("published_from", "published_to", "mentioned_from", "mentioned_to")
    }
    entity = plain.entity
    if entity and not re.fullmatch(r"Q\d+", entity):
        entity = fold(entity)
    return plain._replace(entity=entity, country=(plain.country or "").upper() or None, **days)


def encode_cursor(*place: str | int) -> str:
    """Where a page ended, for the client to send back as it is."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The place in a cursor of ours; raises Refused (`bad_cursor`) for anything else."""
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise Refused("bad_cursor", "give the `next` of the page before, unchanged") from None
    fits = isinstance(place, list) and len(place) == len(kinds)
    if not fits or not all(type(one) is kind for one, kind in zip(place, kinds, strict=True)):
        raise Refused("bad_cursor", "give the `next` of the page before, unchanged")
    if any(isinstance(one, str) and "\0" in one for one in place):
        raise Refused("bad_cursor", "give the `next` of the page before, unchanged")
    return tuple(place)
