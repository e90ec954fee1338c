"""What an article must have, and must not have, for a query to hold: alternatives of keys, joined with AND (a conjunctive normal form).

Where the form says all (`whole`), it decides; otherwise it only bars what cannot match, and the query is evaluated too.
"""

from itertools import pairwise
from typing import NamedTuple

from workers.alerts.evaluate import value_key
from workers.alerts.query import And, AtLeast, In, Near, Not, Or, Phrase, Query, Term, Value
from workers.alerts.words import fold, split_words

__all__ = ["NAMED", "Fact", "Key", "Need", "Pair", "Prefix", "needs"]

#: Fields that hold names, found by any of their words.
NAMED = frozenset({"person", "org", "place", "quoteby"})
#: More alternatives than this are not looked at one by one.
_MOST_ROWS = 16


class Prefix(NamedTuple):
    """A folded word of the article begins so."""

    start: str


class Fact(NamedTuple):
    """The article has this value in a field, or a name with this word in it."""

    field: str
    value: str


class Pair(NamedTuple):
    """Two folded words at most `apart` places from each other (1: side by side); `ordered`: the left one first."""

    left: str
    right: str
    apart: int
    ordered: bool


#: What an article can have: a folded word, or one of the above.
Key = str | Prefix | Fact | Pair
Clause = tuple[Key, ...]


class Need(NamedTuple):
    """One key of each clause of `all_of`, and none of `none_of`."""

    all_of: tuple[Clause, ...] = ()
    none_of: tuple[Key, ...] = ()
    whole: bool = False


_UNKNOWN = Need()


def needs(query: Query) -> list[Need]:
    """The query holds only where one of these is met."""
    if isinstance(query, Or) and len(query.any_of) <= _MOST_ROWS:
        whole = _need(query)
        return [whole] if whole.whole else [_need(part) for part in query.any_of]
    return [_need(query)]


def _need(query: Query) -> Need:
    match query:
        case Term():
            return _term(query)
        case And(parts):
            return _joined([_need(part) for part in parts], whole=True)
        case Or(parts):
            return _one_of([_need(part) for part in parts])
        case Not(part):
            return _barred(_need(part))
        case Phrase(words, slop, exact):
            return _phrase(tuple(map(fold, words)), loose=bool(slop or exact))
        case Near():
            return _near(query)
        case AtLeast(least, part):
            found = _need(part)
            return found if least == 1 else found._replace(whole=False)
        case In(_, part):
            return _need(part)._replace(none_of=(), whole=False)
        case Value():
            return _value(query)
        case _:
            return _UNKNOWN


def _term(term: Term) -> Need:
    word = fold(term.text)
    if not term.prefix:
        return Need(((word,),), (), not term.exact)
    return Need(((Prefix(word),),), (), not term.exact) if len(word) >= 4 else _UNKNOWN


def _near(near: Near) -> Need:
    match near:
        case Near(Term(left, False, False), Term(right, False, False), distance, ordered):
            return Need(((_pair(fold(left), fold(right), distance + 1, ordered=ordered),),), (), True)
        case _:
            return _joined([_need(near.left), _need(near.right)], whole=False)


def _value(value: Value) -> Need:
    if value.field not in NAMED:
        return Need(((Fact(value.field, value_key(value.field, value.text)),),), (), True)
    words = split_words(value.text)
    return Need(tuple((Fact(value.field, fold(word)),) for word in words), (), len(words) == 1)


def _phrase(words: tuple[str, ...], *, loose: bool) -> Need:
    if loose:
        return Need(tuple((word,) for word in words))
    pairs = tuple((_pair(left, right, 1, ordered=True),) for left, right in pairwise(words))
    return Need(pairs, (), len(words) == 2)


def _pair(left: str, right: str, apart: int, *, ordered: bool) -> Pair:
    """Without an order both ways of writing it are one key."""
    return Pair(left, right, apart, ordered) if ordered or left <= right else Pair(right, left, apart, ordered)


def _joined(parts: list[Need], *, whole: bool) -> Need:
    clauses = dict.fromkeys([clause for part in parts for clause in part.all_of])
    bars = dict.fromkeys([key for part in parts for key in part.none_of])
    return Need(tuple(clauses), tuple(bars), whole and all(part.whole for part in parts))


def _one_of(parts: list[Need]) -> Need:
    """One clause of all alternatives. An alternative with several clauses stands under its shortest; one without any bars nothing."""
    if not all(part.all_of for part in parts):
        return _UNKNOWN
    keys = dict.fromkeys(key for part in parts for key in min(part.all_of, key=len))
    whole = all(part.whole and len(part.all_of) == 1 and not part.none_of for part in parts)
    return Need((tuple(keys),), (), whole)


def _barred(part: Need) -> Need:
    """The reverse of one clause, or of bars alone; of anything else nothing is known."""
    if part.whole and len(part.all_of) == 1 and not part.none_of:
        return Need((), part.all_of[0], True)
    if part.whole and part.none_of and not part.all_of:
        return Need((part.none_of,), (), True)
    return _UNKNOWN
