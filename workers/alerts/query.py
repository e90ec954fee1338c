"""The tree of a query, and how it is written: `parse(write(query)) == query` for every query that `parse` can give."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "OPERATORS",
    "And",
    "AtLeast",
    "Between",
    "In",
    "Near",
    "Not",
    "Or",
    "Phrase",
    "Query",
    "Term",
    "Value",
    "both",
    "either",
    "write",
]

OPERATORS = ("AND", "OR", "NOT", "NEAR", "ONEAR", "ATLEAST", "TO")


@dataclass(frozen=True, slots=True)
class Term:
    """One word as it was written. `exact`: case and diacritics count; `prefix`: words that begin so."""

    text: str
    exact: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """At least two words next to each other; with `slop`, in any order with at most so many other words among them."""

    words: tuple[str, ...]
    slop: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Both, with at most `distance` words between them; `ordered`: the left one first."""

    left: "Query"
    right: "Query"
    distance: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least so many places where it stands."""

    least: int
    of: "Query"


@dataclass(frozen=True, slots=True)
class And:
    """All of them; no part is an And itself."""

    all_of: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them; no part is an Or itself."""

    any_of: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The article is not so."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class In:
    """Words of one part of the article: `title`, `lead` or `text`."""

    field: str
    part: "Query"


@dataclass(frozen=True, slots=True)
class Value:
    """What is known about the article: `country`, `person`, `lang` and so on, as written."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """A number or a day within bounds, both inclusive; None is open."""

    field: str
    low: str | None
    high: str | None


Query = Term | Phrase | Near | AtLeast | And | Or | Not | In | Value | Between


def both(parts: Iterable[Query]) -> Query:
    """All of the parts, flat; one part stays itself."""
    flat = [inner for part in parts for inner in (part.all_of if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(parts: Iterable[Query]) -> Query:
    """One of the parts, flat; one part stays itself."""
    flat = [inner for part in parts for inner in (part.any_of if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def write(query: Query) -> str:
    """The query in its own language."""
    match query:
        case And(parts):
            return " AND ".join(_within(part, Or) for part in parts)
        case Or(parts):
            return " OR ".join(write(part) for part in parts)
        case Not(part):
            return f"NOT {_within(part, Or, And)}"
        case Near(left, right, distance, ordered):
            return f"{_operand(left)} {'O' if ordered else ''}NEAR/{distance} {_operand(right)}"
        case AtLeast(count, part):
            return f"ATLEAST/{count} {_operand(part)}"
        case In(field, part):
            return f"{field}:{_operand(part)}"
        case Value(field, text):
            return f'{field}:"{text}"'
        case Between(field, low, high):
            return f"{field}:[{low or '*'} TO {high or '*'}]"
        case _:
            return _words(query)


def _words(query: Term | Phrase) -> str:
    mark = "=" if query.exact else ""
    if isinstance(query, Phrase):
        return f'{mark}"{" ".join(query.words)}"' + (f"~{query.slop}" if query.slop else "")
    if query.prefix:
        return f"{mark}{query.text}*"
    return mark + (f'"{query.text}"' if query.text in OPERATORS else query.text)


def _within(part: Query, *looser: type) -> str:
    return f"({write(part)})" if isinstance(part, looser) else write(part)


def _operand(part: Query) -> str:
    return write(part) if isinstance(part, Term | Phrase) else f"({write(part)})"
