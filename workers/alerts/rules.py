"""Alert rules from YAML, checked with errors that say how to mend them."""

import difflib
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.codec import explain
from workers.errors import Misconfigured

__all__ = ["Rule", "load_rules"]


class Rule(BaseModel):
    """One rule: it fires when any of its words, phrases, entities or countries (with `match: all`, one of each kind) is in the article."""

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

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.keywords or self.phrases or self.entities or self.countries):
            raise ValueError("give at least one of keywords, phrases, entities, countries")
        for code in self.countries:
            if len(code) != 2 or not code.isalpha():
                raise ValueError(f"countries: {code!r} is no ISO 3166-1 alpha-2 code, such as SY")
        return self


def load_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a YAML text: a list, or a mapping with `rules`. Raises Misconfigured naming the file, the rule and the field."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Misconfigured(f"{name}: not YAML: {' '.join(str(error).split())}") from None
    items = loaded.get("rules") if isinstance(loaded, dict) else loaded
    if not isinstance(items, list) or not items:
        raise Misconfigured(f"{name}: a list of rules is needed, under `rules:`; see docs/alerts.md")
    rules = tuple(_rule(item, number, name) for number, item in enumerate(items, 1))
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise Misconfigured(f"{name}: two rules are named {rule.name!r}; alerts are told apart by the rule's name")
        seen.add(rule.name)
    return rules


def _rule(item: object, number: int, file: str) -> Rule:
    if not isinstance(item, dict):
        raise Misconfigured(f"{file}: rule {number} is no mapping of fields")
    called = item.get("name", number)
    for field in item:
        if field not in Rule.model_fields:
            near = difflib.get_close_matches(str(field), Rule.model_fields, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(Rule.model_fields)}"
            raise Misconfigured(f"{file}: rule {called}: there is no field {field!r}{hint}")
    try:
        return Rule.model_validate(item)
    except ValidationError as error:
        raise Misconfigured(f"{file}: rule {called}: {explain(error)}") from None
