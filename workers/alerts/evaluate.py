"""Does a query hold for an article, and where. One function for each kind of node, over a `Document`."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from schemas.alerts import MatchedSpan
from schemas.articles import Entity
from workers.alerts.document import Document, Places, identities
from workers.alerts.query import And, AtLeast, Between, In, Near, Not, Or, Phrase, Query, Term, Value
from workers.alerts.words import fold, split_words

__all__ = ["holds", "spans", "value_key"]

_EVERYWHERE = Places(0, 1 << 60)
_NAMED = {"person", "org", "place", "quoteby"}


class _Stretch(NamedTuple):
    start: int
    end: int


def holds(query: Query, document: Document, within: Places = _EVERYWHERE) -> bool:
    """Whether the query holds for the article, its words standing within those places."""
    match query:
        case Term(text, False, False) if within is _EVERYWHERE:
            return fold(text) in document.words
        case And(parts):
            return all(holds(part, document, within) for part in parts)
        case Or(parts):
            return any(holds(part, document, within) for part in parts)
        case Not(part):
            return not holds(part, document, within)
        case In(field, part):
            return holds(part, document, document.part(field))
        case AtLeast(count, part):
            return len(_stretches(part, document, within)) >= count
        case Near():
            return next(_near(query, document, within), None) is not None
        case Value(field, text):
            return _known(field, text, document)
        case Between():
            return _between(query, document)
        case _:
            return bool(_stretches(query, document, within))


def spans(query: Query, document: Document, within: Places = _EVERYWHERE) -> Iterator[MatchedSpan]:
    """What made the query hold; nothing for what it excludes. Ask only where it holds."""
    match query:
        case And(parts):
            for part in parts:
                yield from spans(part, document, within)
        case Or(parts):
            for part in parts:
                if holds(part, document, within):
                    yield from spans(part, document, within)
        case In(field, part):
            yield from spans(part, document, document.part(field))
        case Near():
            for left, right in _near(query, document, within):
                yield document.span(*left)
                yield document.span(*right)
        case Value(field, text):
            yield from document.mentions(_entities(field, text, document))
        case Term() | Phrase() | AtLeast():
            for stretch in _stretches(query.of if isinstance(query, AtLeast) else query, document, within):
                yield document.span(*stretch)


def _stretches(query: Query, document: Document, within: Places) -> list[_Stretch]:
    """Where a word, a phrase or one of several stands, each stretch once, in order."""
    match query:
        case Term(text, exact, prefix):
            places = _places(fold(text), document, prefix)
            found = [_Stretch(at, at + 1) for at in places if within.low <= at < within.high]
            return [one for one in found if not exact or _written_so(text, document.written(one.start), prefix)]
        case Phrase(words, slop, exact):
            if not all(fold(word) in document.words for word in words):
                return []
            row = words if exact else tuple(fold(word) for word in words)
            held = {word: _standing(word, exact, document) for word in row}
            found = _scattered(row, slop, held) if slop else _in_a_row(row, held)
            return [one for one in found if within.low <= one.start and one.end <= within.high]
        case Or(parts):
            return sorted({one for part in parts for one in _stretches(part, document, within)})
        case _:
            return []


def _places(word: str, document: Document, prefix: bool) -> list[int]:
    if not prefix:
        return document.places.get(word, [])
    words = [one for one in document.prefixes.get(word[:4], ()) if one.startswith(word)]
    return sorted(at for one in words for at in document.places[one])


def _written_so(text: str, written: str, prefix: bool) -> bool:
    return written.startswith(text) if prefix else written == text


def _standing(word: str, exact: bool, document: Document) -> list[int]:
    places = document.places.get(fold(word), [])
    return [at for at in places if document.written(at) == word] if exact else places


def _in_a_row(words: tuple[str, ...], places: dict[str, list[int]]) -> list[_Stretch]:
    rarest = min(range(len(words)), key=lambda at: len(places[words[at]]))
    others = [(at - rarest, set(places[word])) for at, word in enumerate(words) if at != rarest]
    starts = [at for at in places[words[rarest]] if all(at + by in held for by, held in others)]
    return [_Stretch(at - rarest, at - rarest + len(words)) for at in starts]


def _scattered(words: tuple[str, ...], slop: int, places: dict[str, list[int]]) -> list[_Stretch]:
    """The shortest stretches that hold all the words (a repeated word as often), with at most `slop` others: a sliding window."""
    row = sorted((at, word) for word, held in places.items() for at in held)
    missing, lacking = {word: words.count(word) for word in places}, len(words)
    found, first = [], 0
    for at, word in row:
        lacking -= missing[word] > 0
        missing[word] -= 1
        while not lacking and missing[row[first][1]] < 0:
            missing[row[first][1]] += 1
            first += 1
        if not lacking:
            start = row[first][0]
            if at + 1 - start <= len(words) + slop:
                found.append(_Stretch(start, at + 1))
            missing[row[first][1]] += 1
            lacking += 1
            first += 1
    return found


def _near(query: Near, document: Document, within: Places) -> Iterator[tuple[_Stretch, _Stretch]]:
    """Pairs that stand near enough and do not overlap."""
    left, right = _stretches(query.left, document, within), _stretches(query.right, document, within)
    if not (left and right):
        return
    longest = max(one.end - one.start for one in right)
    starts = [one.start for one in right]
    for one in left:
        low = one.end if query.ordered else one.start - query.distance - longest
        for at in range(bisect_left(starts, low), len(right)):
            other = right[at]
            if other.start - one.end > query.distance:
                break
            if other.start >= one.end or (not query.ordered and 0 <= one.start - other.end <= query.distance):
                yield one, other


def _known(field: str, text: str, document: Document) -> bool:
    if field in _NAMED:
        wanted = [fold(word) for word in split_words(text)]
        return any(_holds_name(words, wanted) for _, words in document.names(field))
    return value_key(field, text) in document.facts[field]


def value_key(field: str, text: str) -> str:
    """A value as `Document.facts` has it."""
    match field:
        case "country":
            return text.upper()
        case "entity":
            return fold(text)
        case "source" | "duplicate":
            return text.casefold()
        case _:
            return text


def _holds_name(words: list[str], wanted: list[str]) -> bool:
    """Whether the name has the wanted words in a row: `Lavrov` is in `Sergey Lavrov`."""
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _entities(field: str, text: str, document: Document) -> list[Entity]:
    if field in _NAMED:
        wanted = [fold(word) for word in split_words(text)]
        return [one for one, words in document.names(field) if one and _holds_name(words, wanted)]
    entities = document.article.entities
    if field == "country":
        return [one for one in entities if one.country == text.upper() and one.type in {"GPE", "LOC"}]
    return [one for one in entities if field == "entity" and fold(text) in identities(one)]


def _between(query: Between, document: Document) -> bool:
    if query.field == "story.size":
        return any(int(query.low or 0) <= int(value) <= int(query.high or 1 << 60) for value, _ in document.bounds(query.field))  # fmt: skip
    low, high = query.low or "0000", query.high or "9999-99-99"
    return any(first <= high and last >= low for first, last in document.bounds(query.field))
