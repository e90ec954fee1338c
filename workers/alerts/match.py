"""Match many rules against an article: an index by first word picks the candidates, so that rules that cannot match cost nothing."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import NamedTuple

from schemas.alerts import MatchedSpan
from schemas.articles import EnrichedArticle
from workers.alerts.rules import Rule

__all__ = ["MOST_SPANS", "Match", "Matcher", "compile_rules", "fold", "words_of"]

_WORD = re.compile(r"\w+")
#: The most spans that an alert shows.
MOST_SPANS = 50


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
    """The folded words of each phrase, composed as those of articles are."""
    composed = (unicodedata.normalize("NFC", phrase) for phrase in phrases)
    return [term for phrase in composed if (term := tuple(word.text for word in words_of(phrase)))]


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
            Match(self._rules[number], _in_order(chain.from_iterable(kinds.values()))[:MOST_SPANS])
            for number, kinds in sorted(found.items())
            if number not in barred and _fires(self._rules[number], kinds, article)
        )

    def _words(self, field: str, text: str, found: dict[int, dict[str, list[MatchedSpan]]], barred: set[int]) -> None:
        words = words_of(text)
        places: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(words):
            if word.text in self._by_word:
                places[word.text].append(at)
        for first, starts in places.items():
            for number, term, wanted in self._by_word[first]:
                ends = (at + len(term) for at in starts if _says(words, at, term))
                if not wanted:
                    barred.update([number] if next(ends, None) else [])
                    continue
                for end in islice(ends, MOST_SPANS):
                    begin, stop = words[end - len(term)].start, words[end - 1].end
                    span = MatchedSpan(
                        field="title" if field == "title" else "text", start=begin, end=stop, text=text[begin:stop]
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


def _says(words: Sequence[Word], at: int, term: tuple[str, ...]) -> bool:
    """Whether the term, whose first word stands there, goes on so."""
    return all(at + place < len(words) and words[at + place].text == term[place] for place in range(1, len(term)))


def _in_order(spans: Iterable[MatchedSpan]) -> tuple[MatchedSpan, ...]:
    """Each once: those in the title first."""
    return tuple(sorted(dict.fromkeys(spans), key=lambda span: (span.field != "title", span.start, span.end)))


def _fires(rule: Rule, kinds: dict[str, list[MatchedSpan]], article: EnrichedArticle) -> bool:
    if rule.sources and (article.source or "").casefold() not in {source.casefold() for source in rule.sources}:
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
