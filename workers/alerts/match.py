"""Match many rules against an article: an index by first word picks the candidates, so that rules that cannot match cost nothing."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from schemas.alerts import MatchedSpan
from schemas.articles import EnrichedArticle
from workers.alerts.rules import Rule

__all__ = ["Match", "Matcher", "compile_rules", "fold", "words_of"]

_WORD = re.compile(r"\w+")
_KINDS = ("words", "entities", "countries")


class Word(NamedTuple):
    """A folded word and where it stands."""

    text: str
    start: int
    end: int


class Match(NamedTuple):
    """A rule and what made it fire."""

    rule: Rule
    spans: tuple[MatchedSpan, ...]


def fold(text: str) -> str:
    """Lower case, without diacritics."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )


def words_of(text: str) -> list[Word]:
    """The folded words of a text, with offsets into the text itself."""
    return [Word(fold(match.group(0)), match.start(), match.end()) for match in _WORD.finditer(text)]


def _terms(phrases: Sequence[str]) -> list[tuple[str, ...]]:
    return [term for phrase in phrases if (term := tuple(word.text for word in words_of(phrase)))]


class Matcher:
    """Compiled rules. `match` is pure."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._by_word: dict[str, list[tuple[int, tuple[str, ...], bool]]] = defaultdict(list)
        self._by_entity: dict[str, list[int]] = defaultdict(list)
        self._by_country: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            for wanted, phrases in ((True, (*rule.keywords, *rule.phrases)), (False, rule.without)):
                for term in _terms(phrases):
                    self._by_word[term[0]].append((number, term, wanted))
            for name in rule.entities:
                self._by_entity[fold(name)].append(number)
            for code in rule.countries:
                self._by_country[code.upper()].append(number)

    def match(self, article: EnrichedArticle) -> tuple[Match, ...]:
        """The rules that fire, in the order of the rules, with the spans in title and text that made them."""
        found: dict[int, dict[str, list[MatchedSpan]]] = defaultdict(lambda: defaultdict(list))
        barred: set[int] = set()
        for field, text in (("title", article.title or ""), ("text", article.text)):
            self._words(field, text, found, barred)
        self._entities(article, found)
        return tuple(
            Match(self._rules[number], tuple(span for kind in _KINDS for span in kinds.get(kind, ())))
            for number, kinds in sorted(found.items())
            if number not in barred and _fires(self._rules[number], kinds, article)
        )

    def _words(self, field: str, text: str, found: dict[int, dict[str, list[MatchedSpan]]], barred: set[int]) -> None:
        words = words_of(text)
        for at, word in enumerate(words):
            for number, term, wanted in self._by_word.get(word.text, ()):
                if tuple(other.text for other in words[at : at + len(term)]) != term:
                    continue
                if not wanted:
                    barred.add(number)
                    continue
                start, end = word.start, words[at + len(term) - 1].end
                span = MatchedSpan(
                    field="title" if field == "title" else "text", start=start, end=end, text=text[start:end]
                )
                found[number]["words"].append(span)

    def _entities(self, article: EnrichedArticle, found: dict[int, dict[str, list[MatchedSpan]]]) -> None:
        spans: dict[str, list[MatchedSpan]] = defaultdict(list)
        for mention in article.mentions:
            spans[mention.entity].append(
                MatchedSpan(field="text", start=mention.start, end=mention.end, text=mention.text)
            )
        for entity in article.entities:
            numbers = {
                number for name in (entity.name, *entity.aliases) for number in self._by_entity.get(fold(name), ())
            }
            for number in numbers:
                found[number]["entities"] += spans[entity.id]
            if entity.type in {"GPE", "LOC"} and entity.country:
                for number in self._by_country.get(entity.country, ()):
                    found[number]["countries"] += spans[entity.id]


def _fires(rule: Rule, kinds: dict[str, list[MatchedSpan]], article: EnrichedArticle) -> bool:
    if rule.sources and (article.source or "") not in rule.sources:
        return False
    if rule.languages and article.language.code not in rule.languages:
        return False
    if rule.match == "any":
        return True
    asked = {"words": rule.keywords or rule.phrases, "entities": rule.entities, "countries": rule.countries}
    return all(kind in kinds for kind, wanted in asked.items() if wanted)


def compile_rules(rules: Sequence[Rule]) -> Matcher:
    """Index the rules once."""
    return Matcher(rules)
