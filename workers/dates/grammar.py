"""The rule tables of a language, compiled: which tokens are words of time, and which sequences of them are expressions."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from operator import itemgetter
from typing import Any

from workers.dates.automaton import Automaton
from workers.dates.moods import Moods
from workers.dates.numerals import numeral_classes
from workers.dates.pattern import SPACE, Node, Slot, Word, literals, parse, symbol_set, to_regex
from workers.dates.tokens import lowered, split
from workers.text.calendars import counted_phrases, month_names, weekday_names

__all__ = ["LANGUAGES", "OTHER", "SPACE", "Grammar", "Rule", "Token", "grammar"]

#: Languages with a table of their own; all others get names of months and weekdays from CLDR, and the shared rules.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "uk", "ar", "tr", "fa", "zh")
OTHER = "\0"
_FIRST_SYMBOL = 0x100
_LONGEST_CHUNK = 24
_MOST_CHUNKS = 100_000
_MOST_SPANS = 20_000
_SPELLINGS = {"-": ("-", "–", "‐", "‑", "—"), "'": ("'", "’", "`"), "/": ("/",), ",": (",", "،", "，")}
_SPACES = (" ", "\n", "  ", " \n", "\n ", "   ", "\t", "\r\n", "\xa0", "\u202f", "\u2009")
#: What a pattern would read as more than itself.
_MARK = re.compile(r"[^\w\s{}]|_")
#: Of a chunk.
_TOKENS, _SYMBOLS = itemgetter(0), itemgetter(1)
Token = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what it means: the name of an action, and values that the table gives it. `yields`: where it is refused, a later rule may fit."""

    action: str
    given: Mapping[str, Any]
    tree: Node
    yields: bool = False


class _Chunks(dict[str, tuple[tuple[str, ...], str]]):
    """A stretch without spaces: its tokens and symbols, with the space after it. Filled as texts are read, so that a known one costs no step of Python."""

    def __init__(self, symbols: Mapping[str, str], compounds: Mapping[str, tuple[str, str]]) -> None:
        super().__init__()
        self._symbols, self._compounds = symbols, compounds
        #: Equal strings are one object, so that reading touches less memory.
        self._same: dict[str, str] = {}

    def __missing__(self, chunk: str) -> tuple[tuple[str, ...], str]:
        tokens = split(chunk)
        if self._compounds:
            tokens = [piece for token in tokens for piece in (self._compounds.get(token) or (token,))]
        symbols = "".join([self._symbols.get(token, OTHER) for token in tokens]) + SPACE
        if len(chunk) > _LONGEST_CHUNK:
            return (*tokens, " "), symbols
        if len(self) >= _MOST_CHUNKS:
            self.clear()
            self._same.clear()
        same = self._same.setdefault
        read = self[chunk] = ((*[same(token, token) for token in tokens], " "), same(symbols, symbols))
        return read


@dataclass(slots=True)
class Grammar:
    """A language's tables, ready to scan with."""

    language: str
    rules: list[Rule]
    words: dict[str, dict[str, Any]]
    symbols: dict[str, str]
    automaton: Automaton
    years: str
    #: Whether any of them may be an expression by itself.
    years_alone: bool
    marks: Mapping[str, Any]
    near: frozenset[str]
    trim: frozenset[str]
    moods: Moods
    _charset: Callable[[str], str]
    _wordset: Callable[[str], str]
    _chunks: _Chunks
    _slots: dict[int, tuple[re.Pattern[str], list[str]]] = field(default_factory=dict)
    _spans: dict[tuple[int, str], dict[str, tuple[int, int]]] = field(default_factory=dict)

    def read(self, lower: str) -> tuple[list[str], str]:
        """The tokens of a text in lower case, and a symbol for each. What stands between two spaces is read once and remembered."""
        chunks = list(map(self._chunks.__getitem__, lower.split(" ")))
        tokens = list(chain.from_iterable(map(_TOKENS, chunks)))
        del tokens[-1]
        return tokens, "".join(map(_SYMBOLS, chunks))[:-1]

    def slots(self, number: int, symbols: str) -> dict[str, tuple[int, int]]:
        """(first, after the last) of the slots of rule `number` that took part in a match of `symbols`, by name."""
        key = (number, symbols)
        if key not in self._spans:
            if len(self._spans) >= _MOST_SPANS:
                self._spans.clear()
            self._spans[key] = self._slots_of(number, symbols)
        return self._spans[key]

    def _slots_of(self, number: int, symbols: str) -> dict[str, tuple[int, int]]:
        compiled = self._slots.get(number)
        if compiled is None:
            names: list[str] = []
            regex = to_regex(self.rules[number].tree, self._wordset, self._charset, names)
            compiled = self._slots[number] = (re.compile(regex), names)
        match = compiled[0].fullmatch(symbols)
        if match is None:
            return {}
        return {name: span for name, span in zip(compiled[1], match.regs[1:], strict=True) if span[0] >= 0}


@lru_cache(maxsize=64)
def grammar(language: str) -> Grammar:
    """The compiled tables of a language (ISO 639-1); about a tenth of a second for the first call."""
    shared, own = _table("shared"), _table(language if language in LANGUAGES else "generic")
    classes = _classes(shared, own, language)
    fragments = shared.get("fragments", {}) | own.get("fragments", {})
    several = {kind: [word for word in table if len(split(word)) > 1] for kind, table in classes.items()}
    own.setdefault("rules", []).extend([] if language in LANGUAGES else _counted(language))
    listed = sorted([*own.get("rules", ()), *shared["rules"]], key=lambda entry: not entry.get("early"))
    rules = [
        Rule(entry["action"], entry, parse(pattern, fragments, several), entry.get("yields", False))
        for entry in listed
        for pattern in entry["patterns"]
    ]
    words = _words(classes)
    symbols, word_symbols, class_symbols = _symbols(words, {text for rule in rules for text in literals(rule.tree)})

    def wordset(text: str) -> str:
        return symbol_set(SPACE if text == SPACE else word_symbols.get(text, ""))

    def charset(kind: str) -> str:
        return symbol_set(class_symbols.get(kind, ""))

    marks = shared["marks"] | own.get("marks", {})

    def fitting(node: Node) -> str:
        return SPACE if node == Word(SPACE) else _fitting(node, word_symbols, class_symbols)

    automaton = Automaton([rule.tree for rule in rules], fitting)
    near = frozenset(classes["weekday"]) | frozenset(classes.get("deictic", ()))
    return Grammar(
        language,
        rules,
        words,
        symbols,
        automaton,
        class_symbols["year"],
        automaton.alone.issuperset(class_symbols["year"]),
        marks,
        near,
        frozenset(marks.get("trim", ())),
        Moods(words, tuple(marks.get("past_endings", ())), tuple(marks.get("future_endings", ()))),
        charset,
        wordset,
        _Chunks(symbols, _compounds(own, classes)),
    )


def _fitting(node: Node, word_symbols: Mapping[str, str], class_symbols: Mapping[str, str]) -> str:
    """The symbols of the tokens that a single-token node fits."""
    match node:
        case Word(text):
            return word_symbols.get(text, "")
        case Slot(_, kind, None):
            return class_symbols.get(kind, "")
    raise ValueError(f"{node} is more than a token")


def _table(name: str) -> dict[str, Any]:
    path = files("workers.dates") / "languages" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _counted(language: str) -> list[dict[str, Any]]:
    """Rules for `3 days ago` and `in 3 days` in a language without a table, from CLDR."""
    return [
        {
            "action": "offset",
            "from": "now",
            "way": way,
            "unit": unit,
            "patterns": [_MARK.sub(r"\\\g<0>", phrase).replace("{}", "<n:number>")],
        }
        for phrase, unit, way in counted_phrases(language)
    ]


def _classes(shared: dict[str, Any], own: dict[str, Any], language: str) -> dict[str, dict[str, Any]]:
    """class: {word or words: value}; the names of months and weekdays come from CLDR, the tables add to them."""
    classes: dict[str, dict[str, Any]] = {
        "month": dict(month_names(language)),
        "weekday": dict(weekday_names(language)),
    }
    for table in (shared, own):
        for kind, listed in table.get("classes", {}).items():
            classes.setdefault(kind, {}).update(_entries(listed))
    for kind, dropped in own.get("without", {}).items():
        for word in dropped:
            classes[kind].pop(word, None)
    return classes


def _compounds(own: dict[str, Any], classes: dict[str, dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Words that are two tokens written as one: `Montagabend`; in Arabic a particle and its noun."""
    parts = [(classes[pair["first"]], classes[pair["then"]]) for pair in own.get("compounds", ())]
    pairs = [(first, then) for before, after in parts for first in before for then in after]
    pairs += [
        (prefix, word)
        for prefix in own.get("prefixes", ())
        for kind in own["prefixed"]
        for word in classes[kind]
        if " " not in word
    ]
    words = {word for table in classes.values() for word in table}
    return {first + then: (first, then) for first, then in pairs if first + then not in words}


def _entries(listed: list[str] | dict[str, Any]) -> dict[str, Any]:
    """A class is written as a list of words, as `word = value`, or as `value = [words]`."""
    if isinstance(listed, list):
        return {lowered(word): True for word in listed}
    entries: dict[str, Any] = {}
    for key, value in listed.items():
        if isinstance(value, list):
            entries |= {lowered(word): _key(key) for word in value}
        else:
            entries[lowered(key)] = value
    return entries


def _key(text: str) -> str | int | float:
    """A key of a table as a number, where it is one."""
    plain = text.lstrip("-")
    return int(text) if plain.isdigit() else float(text) if plain.replace(".", "", 1).isdigit() else text


def _words(classes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """word or words: {class: value}."""
    words: dict[str, dict[str, Any]] = {}
    for kind, table in classes.items():
        for word, value in table.items():
            words.setdefault(word, {})[kind] = value
    return words


def _symbols(
    words: dict[str, dict[str, Any]], used: Iterable[str]
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Tokens to symbols; for a literal, and for a class, all symbols that fit it. Tokens of the same classes share a symbol."""
    kinds: dict[str, set[str]] = {}
    pieces = {token for word in words for token in split(word) if len(split(word)) > 1}
    for literal in {*used, *pieces}:
        for spelling in _SPELLINGS.get(literal, (literal,)):
            kinds.setdefault(spelling, set()).add(f"={literal}")
    for word, meanings in words.items():
        kinds.setdefault(word, set()).update(meanings)
    for number in (
        *map(str, range(10_000)),
        *(f"0{digit}" for digit in range(10)),
        *(f"00{digit}" for digit in range(10)),
        *(f"0{number}" for number in range(100, 1000)),
    ):
        kinds.setdefault(number, set()).update(numeral_classes(number))
    of_set: dict[frozenset[str], str] = {}
    symbols: dict[str, str] = {}
    for token, names in kinds.items():
        if token not in _SPACES:
            symbols[token] = of_set.setdefault(frozenset(names), chr(_FIRST_SYMBOL + len(of_set)))
    fitting: dict[str, str] = {}
    for kinds_of_symbol, symbol in of_set.items():
        for name in kinds_of_symbol:
            fitting[name] = fitting.get(name, "") + symbol
    symbols.update(dict.fromkeys(_SPACES, SPACE))
    literal_symbols = {name[1:]: chars for name, chars in fitting.items() if name.startswith("=")}
    return symbols, literal_symbols, {name: chars for name, chars in fitting.items() if not name.startswith("=")}
