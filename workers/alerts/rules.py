"""Alert rules from YAML, checked with errors that say where and how to mend them."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal, Self

import yaml
from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workers.alerts.parse import QueryError, parse
from workers.alerts.query import Not, Phrase, Query, Term, Value, both, either
from workers.alerts.words import split_words
from workers.errors import Misconfigured

__all__ = ["Rule", "load_rules", "query_of"]

_WORD = re.compile(r"\w")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
#: Codes of CLDR's territories that are no countries.
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


class Rule(BaseModel):
    """One rule: it fires when its query holds and any of its words, phrases, entities or countries (with `match: all`, one of each kind) is in the article."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    severity: Literal["info", "low", "medium", "high", "critical"] = "medium"
    keywords: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    without: tuple[str, ...] = Field((), description="Words or phrases that keep the rule from firing")
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    match: Literal["any", "all"] = "any"
    query: str | None = Field(None, max_length=20_000, description="A query; see docs/alerts.md for its language")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.query or self.keywords or self.phrases or self.entities or self.countries):
            raise ValueError("give a query, or at least one of keywords, phrases, entities, countries")
        if self.query:
            try:
                parse(self.query)
            except QueryError as error:
                raise ValueError(f"query: {error}") from None
        for field in ("keywords", "phrases", "entities", "without", "sources"):
            for text in getattr(self, field):
                if not _WORD.search(text):
                    raise ValueError(f"{field}: {text!r} has no letter or digit, so it is never found")
        for code in self.countries:
            if not _is_country(code.upper()):
                raise ValueError(f"countries: {code!r} is no ISO 3166-1 alpha-2 code, such as SY (the UK is GB)")
        for code in self.languages:
            if not _LANGUAGE.fullmatch(code):
                raise ValueError(f"languages: {code!r} is no ISO 639-1 code in small letters, such as en")
        return self


def query_of(rule: Rule) -> Query:
    """The whole rule as one query."""
    kinds = (
        _texts((*rule.keywords, *rule.phrases)),
        tuple(Value("entity", name) for name in rule.entities),
        tuple(Value("country", code) for code in rule.countries),
    )
    asked = [either(kind) for kind in kinds if kind]
    parts = [parse(rule.query)] if rule.query else []
    parts += [(both if rule.match == "all" else either)(asked)] if asked else []
    parts += [either(Value(field, one) for one in values) for field, values in (("source", rule.sources), ("lang", rule.languages)) if values]  # fmt: skip
    parts += [Not(either(without))] if (without := _texts(rule.without)) else []
    return both(parts)


def _texts(texts: Sequence[str]) -> tuple[Query, ...]:
    """Words and phrases as terms; composed, as the words of articles are."""
    rows = [tuple(split_words(unicodedata.normalize("NFC", text))) for text in texts]
    return tuple(Phrase(row) if len(row) > 1 else Term(row[0]) for row in rows if row)


def load_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a YAML text: a list, or a mapping with `rules`. Raises Misconfigured naming the file, the line, the rule and the field.

    Every scalar is read as text, so that the country NO is not YAML's `false`.
    """
    try:
        loaded = yaml.load(text, yaml.BaseLoader)  # noqa: S506  it makes lists, mappings and text, nothing else
        lines = _lines(yaml.compose(text, yaml.BaseLoader))
    except (yaml.YAMLError, RecursionError) as error:
        raise Misconfigured(f"{name}: not YAML: {' '.join(str(error).split())}") from None
    items = loaded.get("rules") if isinstance(loaded, dict) else loaded
    if not isinstance(items, list) or not items:
        raise Misconfigured(f"{name}: a list of rules is needed, under `rules:`; see docs/alerts.md")
    seen: dict[str, int] = {}
    rules = []
    for item, line in zip(items, lines, strict=True):
        rule = _rule(item, f"{name}, line {line}")
        if rule.name in seen:
            raise Misconfigured(
                f"{name}, line {line}: the rule of line {seen[rule.name]} is named {rule.name!r} too; give each its own name"
            )
        seen[rule.name] = line
        rules.append(rule)
    return tuple(rules)


def _lines(root: yaml.Node | None) -> list[int]:
    """The line on which each rule begins."""
    if isinstance(root, yaml.MappingNode):
        root = next((value for key, value in root.value if key.value == "rules"), None)
    return [item.start_mark.line + 1 for item in root.value] if isinstance(root, yaml.SequenceNode) else []


def _rule(item: object, place: str) -> Rule:
    if not isinstance(item, dict):
        raise Misconfigured(f"{place}: a rule is a mapping of fields, such as `name: Floods`")
    called = f"{place}: rule {item['name']!r}" if isinstance(item.get("name"), str) else place
    for field in item:
        if field not in Rule.model_fields:
            near = difflib.get_close_matches(str(field), Rule.model_fields, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(Rule.model_fields)}"
            raise Misconfigured(f"{called}: there is no field {field!r}{hint}")
    try:
        return Rule.model_validate(item)
    except ValidationError as error:
        raise Misconfigured(f"{called}: {'; '.join(_mend(fault) for fault in error.errors()[:5])}") from None


def _mend(fault: Any) -> str:
    """What is wrong with a field, in the words of YAML."""
    field = ".".join(map(str, fault["loc"]))
    if fault["type"] == "tuple_type":
        return f"{field}: a list is needed, such as {field}: [{fault['input'] or '...'}]"
    if fault["type"] == "missing":
        return f"{field}: give one"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{field}: {message}" if field else message


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES and code in Locale("en").territories
