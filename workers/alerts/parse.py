"""Reads a query: a Pratt parser (precedence climbing, Pratt 1973) whose errors name the column and what was meant.

query   = query OR query | query AND query | query NOT query | NOT query | near
near    = part | part NEAR/n part | part ONEAR/n part
part    = word | =word | word* | "words" | ="words" | "words"~n | ( query ) | ATLEAST/n part | field:part | field:[low TO high] | field:>=low
"""

import difflib
import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from workers.alerts.query import (
    OPERATORS,
    And,
    AtLeast,
    Between,
    In,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Term,
    Value,
    both,
    either,
)
from workers.alerts.words import split_words

__all__ = ["FIELDS", "QueryError", "parse"]

TEXT_FIELDS = ("title", "lead", "text")
VALUE_FIELDS = ("person", "org", "place", "entity", "country", "lang", "source", "quoteby", "duplicate")
DATE_FIELDS = ("published", "event")
NUMBER_FIELDS = ("story.size",)
FIELDS = (*TEXT_FIELDS, *VALUE_FIELDS, *DATE_FIELDS, *NUMBER_FIELDS)

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))
    |(?P<range>\[[^\]]*\])|(?P<compare>[<>]=?[\w.:+-]+)
    |(?P<quoted>=?"[^"]*")(?:~(?P<slop>\d+))?
    |(?P<operator>(?:AND|OR|NOT)(?![\w:*])|[A-Z]+/\d+)
    |(?P<field>[A-Za-z_.]+):
    |(?P<word>=?[^\s()"\[\]:~<>=]+))""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]")
_DISTANCE = re.compile(r"(O?NEAR|ATLEAST)/(\d+)")
_LEAST_PREFIX, _MOST_DISTANCE, _MOST_DEPTH = 4, 100, 50
#: The most queries whose trees are remembered; the index holds them anyway.
_REMEMBERED = 1 << 17
_OR, _AND, _NEAR, _TIGHT = 10, 20, 40, 60


class QueryError(ValueError):
    """A query that cannot be read. `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


class _Token(NamedTuple):
    kind: str
    text: str
    column: int
    slop: int = 0


@lru_cache(maxsize=_REMEMBERED)
def parse(text: str) -> Query:
    """The tree of a query; raises QueryError. Asked again (to check a rule, to index it, to load it anew) it gives the same tree."""
    parser = _Parser(_tokens(unicodedata.normalize("NFC", text)))
    query = parser.query(0)
    if (rest := parser.peek()).kind != "end":
        raise QueryError(_unexpected(rest), rest.column)
    return query


def _tokens(text: str) -> list[_Token]:
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if not found:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise QueryError(_unreadable(text[at]), at + 1)
        kind = found.lastgroup or ""
        slop = 0
        if kind == "slop":
            kind, slop = "quoted", int(found["slop"])
        tokens.append(_Token(kind, found[kind], found.start(kind) + 1, slop))
        at = found.end()
    return [*tokens, _Token("end", "", len(text) + 1)]


def _unreadable(character: str) -> str:
    return {
        '"': 'the quotation mark is never closed; add another "',
        "[": "the range is never closed; write [low TO high]",
        "~": '~n stands after a phrase: "river flood"~5',
        "=": "= stands before a word or a phrase whose case counts: =Turkey",
        ":": "a field's name stands before the colon, such as title:flood",
    }.get(character, f"{character!r} means nothing here; put words with odd signs in quotation marks")


def _unexpected(token: _Token) -> str:
    if token.kind == "close":
        return "this parenthesis was never opened"
    if token.kind == "word" and (name := token.text.upper()) in {"NEAR", "ONEAR", "ATLEAST"}:
        return f"{name} needs a number: {name}/5"
    if token.kind == "word" and token.text.upper() in OPERATORS:
        return f"operators are written in capitals: did you mean {token.text.upper()}?"
    if token.kind == "word" and token.text.startswith("-"):
        return f"to leave something out, write NOT {token.text[1:]}"
    return f'put AND or OR before {token.text!r}, or quotation marks around words that stand together: "river flood"'


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def query(self, least: int) -> Query:
        """Everything that binds at least so tightly."""
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise QueryError(f"more than {_MOST_DEPTH} levels; split the rule", self.peek().column)
        left = self._prefix(self._next())
        while (operator := self.peek()).kind == "operator":
            if operator.text in {"AND", "NOT"}:
                if least > _AND:
                    break
                if operator.text == "AND":
                    self._next()
                left = both((left, self.query(_AND + 1)))
            elif operator.text == "OR":
                if least > _OR:
                    break
                self._next()
                left = either((left, self.query(_OR + 1)))
            else:
                if least > _NEAR:
                    break
                left = self._near(left, self._next())
        self._depth -= 1
        return left

    def _near(self, left: Query, operator: _Token) -> Query:
        name, distance = _distance(operator)
        if name == "ATLEAST":
            raise QueryError("put AND or OR before ATLEAST", operator.column)
        if isinstance(left, Near):
            raise QueryError(
                f'{name} takes two sides; for more words write "a b c"~{distance}, or join pairs with AND',
                operator.column,
            )
        right = self.query(_NEAR + 1)
        for side in (left, right):
            _needs_words(side, name, operator.column)
        return Near(left, right, distance, name == "ONEAR")

    def _prefix(self, token: _Token) -> Query:
        match token.kind:
            case "open":
                inner = self.query(0)
                if (close := self._next()).kind != "close":
                    raise QueryError(
                        "the parenthesis is never closed" if close.kind == "end" else _unexpected(close),
                        token.column if close.kind == "end" else close.column,
                    )
                return inner
            case "quoted":
                return _phrase(token)
            case "word":
                return _word(token)
            case "field":
                return self._field(token)
            case "operator" if token.text == "NOT":
                return Not(self.query(_AND + 1))
            case "operator" if token.text.startswith("ATLEAST/"):
                count = _distance(token)[1]
                if not count:
                    raise QueryError("ATLEAST counts from 1", token.column)
                part = self.query(_TIGHT)
                _needs_words(part, "ATLEAST", token.column)
                return AtLeast(count, part)
            case "end":
                raise QueryError("something is missing here: a word, a phrase or a field", token.column)
            case "operator":
                _distance(token) if "/" in token.text else None
                raise QueryError(f"something is missing before {token.text}", token.column)
            case _:
                raise QueryError(f"{token.text!r} needs a field before it, such as published:", token.column)

    def _field(self, token: _Token) -> Query:
        name = token.text.lower()
        if name not in FIELDS:
            close = difflib.get_close_matches(name, FIELDS, 1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(FIELDS)}"
            raise QueryError(f"there is no field {token.text!r}; {hint}", token.column)
        if name in TEXT_FIELDS:
            part = self.query(_TIGHT)
            _needs_text(part, name, token.column)
            return In(name, part)
        value = self._next()
        if name in DATE_FIELDS + NUMBER_FIELDS:
            return _between(name, value)
        if value.kind == "open":
            return self._values(name, value)
        return _value(name, value)

    def _values(self, name: str, opened: _Token) -> Query:
        """`country:(SY OR TR)`."""
        parts = [_value(name, self._next())]
        while (token := self._next()).kind != "close":
            if token.text != "OR":
                raise QueryError(f"within {name}:( ) values are joined with OR", token.column or opened.column)
            parts.append(_value(name, self._next()))
        return either(parts)


def _distance(operator: _Token) -> tuple[str, int]:
    found = _DISTANCE.fullmatch(operator.text)
    if not found:
        name = operator.text.split("/")[0]
        close = difflib.get_close_matches(name, ("NEAR", "ONEAR", "ATLEAST"), 1)
        raise QueryError(f"there is no operator {name}/n; did you mean {close[0] if close else 'NEAR'}/n?", operator.column)  # fmt: skip
    if int(found[2]) > _MOST_DISTANCE:
        raise QueryError(f"{found[1]}/n goes up to {_MOST_DISTANCE}", operator.column)
    return found[1], int(found[2])


def _phrase(token: _Token) -> Query:
    exact = token.text.startswith("=")
    words = tuple(split_words(token.text))
    if not words:
        raise QueryError("there is no letter or digit between the quotation marks, so it is never found", token.column)
    if token.slop > _MOST_DISTANCE:
        raise QueryError(f"~n goes up to {_MOST_DISTANCE}", token.column)
    return Term(words[0], exact) if len(words) == 1 else Phrase(words, token.slop, exact)


def _word(token: _Token) -> Query:
    bare = token.text.removeprefix("=")
    if token.text in {"NEAR", "ONEAR", "ATLEAST"}:
        raise QueryError(f"{token.text} needs a number: {token.text}/5", token.column)
    if bare.isalnum():
        return Term(bare, token.text.startswith("="))
    if bare.startswith("-") and len(bare) > 1:
        raise QueryError(f"to leave something out, write NOT {bare[1:]}", token.column)
    prefix = bare.endswith("*")
    words = split_words(bare)
    if not words or "*" in bare.removesuffix("*"):
        raise QueryError(f"{bare!r}: a word has letters or digits, and * stands only at its end", token.column)
    exact = token.text.startswith("=")
    if not prefix:
        return Term(words[0], exact) if len(words) == 1 else Phrase(tuple(words), 0, exact)
    if len(words) > 1 or len(words[0]) < _LEAST_PREFIX:
        raise QueryError(f"* stands after one word of at least {_LEAST_PREFIX} letters", token.column)
    return Term(words[0], exact, True)


def _value(name: str, token: _Token) -> Value:
    text = " ".join(token.text.strip('"').split())
    if token.kind not in {"word", "quoted"} or text.startswith("=") or not split_words(text):
        raise QueryError(f'{name}: needs a value, such as {name}:"..."', token.column)
    if name == "country" and not re.fullmatch("[A-Za-z]{2}", text):
        raise QueryError(f"{text!r} is no ISO 3166-1 alpha-2 code, such as SY", token.column)
    if name == "duplicate" and text not in {"true", "false"}:
        raise QueryError("duplicate: is true or false", token.column)
    return Value(name, text)


def _between(name: str, token: _Token) -> Between:
    if token.kind == "range" and (found := _RANGE.fullmatch(token.text)):
        low, high = (None if bound == "*" else bound for bound in found.groups())
    elif token.kind == "compare" and token.text[1] == "=":
        low, high = (token.text[2:], None) if token.text[0] == ">" else (None, token.text[2:])
    elif token.kind == "word":
        low = high = token.text
    else:
        raise QueryError(f"{name}: takes {name}:[low TO high], {name}:>=low or {name}:<=high, bounds included", token.column)  # fmt: skip
    for bound in (low, high):
        if bound is not None and not _is_bound(name, bound):
            kind = "a day such as 2025-07-31" if name in DATE_FIELDS else "a number"
            raise QueryError(f"{bound!r}: {name} takes {kind}", token.column)
    if low and high and (low > high if name in DATE_FIELDS else int(low) > int(high)):
        raise QueryError(f"{name}: {low} lies after {high}, so it never matches", token.column)
    return Between(name, low, high)


def _is_bound(name: str, bound: str) -> bool:
    if name not in DATE_FIELDS:
        return bound.isdecimal() and bound.isascii() and len(bound) < 10
    try:
        return date.fromisoformat(bound).isoformat() == bound
    except ValueError:
        return False


def _needs_words(part: Query, operator: str, column: int) -> None:
    """NEAR and ATLEAST count places, so their sides are words, phrases, or several of these joined with OR."""
    for inner in part.any_of if isinstance(part, Or) else (part,):
        if not isinstance(inner, Term | Phrase):
            raise QueryError(f"{operator} takes words and phrases, or ( ) with OR between these", column)


def _needs_text(part: Query, name: str, column: int) -> None:
    match part:
        case Value() | Between() | In():
            raise QueryError(f"{name}:( ) holds words; put other fields outside, joined with AND", column)
        case Not(inner):
            _needs_text(inner, name, column)
        case And(parts) | Or(parts):
            for inner in parts:
                _needs_text(inner, name, column)
        case _:
            pass
