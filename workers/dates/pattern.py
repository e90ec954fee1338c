"""The language of the rule tables, compiled to regular expressions over token symbols.

Every token of a text has one symbol (a character) that stands for the set of classes it belongs to; a rule is a regular expression over
these symbols, so the text is scanned once, whatever the number of words in the tables. In a pattern

    word, mark         a literal token             <month>, <n:number>   a token of a class, kept under the class's or the given name
    space              white space                 $name                 a fragment from the table `fragments`
    ~                  white space or a hyphen     ( | ) ? *             as in regular expressions
    _                  white space or nothing        \\(                   the mark itself
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from workers.dates.tokens import split

__all__ = [
    "SPACE",
    "Alternatives",
    "Node",
    "Repeated",
    "Sequence",
    "Slot",
    "Word",
    "literals",
    "parse",
    "symbol_set",
    "to_regex",
]

_PIECE = re.compile(r"<(?:([a-z0-9]+):)?([a-z0-9$]+)>|\$([a-z0-9]+)|(\d+|[^\W\d_]+)|\\(.)|(.)", re.DOTALL)
_MOST_REPEATED = 4
#: The symbol of white space.
SPACE = " "


@dataclass(frozen=True, slots=True)
class Word:
    """A literal token."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A token of a class, or a fragment (`inner`), kept under a name (none where it is a fragment used in passing)."""

    name: str
    kind: str
    inner: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of these."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Not at all, once, or up to `most` times."""

    item: "Node"
    most: int


Node = Word | Slot | Sequence | Alternatives | Repeated


def parse(pattern: str, fragments: dict[str, str], several: dict[str, list[str]]) -> Node:
    """The tree of a pattern; `several` are the entries of each class that are more than one token.

    Raises ValueError for a pattern that is not well formed or names an unknown fragment.
    """
    reader = _Reader(list(_PIECE.finditer(pattern)), fragments, several)
    tree = reader.alternatives()
    if reader.at != len(reader.pieces):
        raise ValueError(f"a bracket too many in {pattern!r}")
    return tree


@dataclass(slots=True)
class _Reader:
    pieces: list[re.Match[str]]
    fragments: dict[str, str]
    several: dict[str, list[str]]
    at: int = 0

    def _peek(self) -> str:
        return self.pieces[self.at].group(0) if self.at < len(self.pieces) else ""

    def alternatives(self) -> Node:
        items = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            items.append(self._sequence())
        return items[0] if len(items) == 1 else Alternatives(tuple(items))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self.at < len(self.pieces) and self._peek() not in {"|", ")"}:
            item = self._atom()
            if self._peek() in {"?", "*"}:
                item = Repeated(item, 1 if self._peek() == "?" else _MOST_REPEATED)
                self.at += 1
            items.append(item)
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _atom(self) -> Node:
        piece = self.pieces[self.at]
        self.at += 1
        name, kind, fragment, word, escaped, mark = piece.groups()
        if kind:
            return self._slot(name, kind)
        if fragment:
            return self._fragment(fragment)
        if word:
            tokens = split(word)
            return Word(tokens[0]) if len(tokens) == 1 else Sequence(tuple(map(Word, tokens)))
        return Word(escaped) if escaped else self._mark(mark)

    def _fragment(self, name: str) -> Node:
        if name not in self.fragments:
            raise ValueError(f"no fragment {name!r}")
        return parse(self.fragments[name], self.fragments, self.several)

    def _slot(self, name: str | None, kind: str) -> Slot:
        if kind.startswith("$"):
            return Slot(name or kind[1:], kind[1:], self._fragment(kind[1:]))
        longer = sorted((split(words) for words in self.several.get(kind, ())), key=len, reverse=True)
        inner = (
            Alternatives((*(Sequence(tuple(map(Word, tokens))) for tokens in longer), Slot("", kind)))
            if longer
            else None
        )
        return Slot(name or kind, kind, inner)

    def _mark(self, mark: str) -> Node:
        if mark == "(":
            inner = self.alternatives()
            if self._peek() != ")":
                raise ValueError("a bracket is not closed")
            self.at += 1
            return inner
        if mark == "~":
            return Alternatives((Word(" "), Word("-")))
        if mark == "_":
            return Repeated(Word(" "), 1)
        return Word(mark)


def literals(node: Node) -> Iterator[str]:
    """The literal tokens of a tree."""
    match node:
        case Word(text):
            yield text
        case Slot(_, _, inner):
            if inner is not None:
                yield from literals(inner)
        case Sequence(items) | Alternatives(items):
            for item in items:
                yield from literals(item)
        case Repeated(item, _):
            yield from literals(item)


Charset = Callable[[str], str]


def to_regex(node: Node, of_word: Charset, of_class: Charset, slots: list[str] | None = None) -> str:
    """The regular expression over symbols. With `slots`, a group for each slot, in the order in which their names are put there."""
    match node:
        case Word(text):
            return of_word(text)
        case Slot(name, kind, inner):
            if slots is not None:
                slots.append(name)
            body = of_class(kind) if inner is None else to_regex(inner, of_word, of_class)
            return f"({body})" if slots is not None else f"(?:{body})"
        case Sequence(items):
            return "".join(to_regex(item, of_word, of_class, slots) for item in items)
        case Alternatives(items):
            return "(?:" + "|".join(to_regex(item, of_word, of_class, slots) for item in items) + ")"
        case Repeated(item, most):
            return f"(?:{to_regex(item, of_word, of_class, slots)})" + ("?" if most == 1 else f"{{0,{most}}}")


def symbol_set(characters: Iterable[str]) -> str:
    """A character class, runs written as ranges; one that fits nothing where there are none."""
    codes = sorted(map(ord, set(characters)))
    if not codes:
        return "(?!)"
    if len(codes) == 1:
        return re.escape(chr(codes[0]))
    starts = [codes[0], *(after for before, after in pairwise(codes) if after != before + 1)]
    ends = [*(before for before, after in pairwise(codes) if after != before + 1), codes[-1]]
    ranges = (
        chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in zip(starts, ends, strict=True)
    )
    return "[" + "".join(ranges) + "]"
