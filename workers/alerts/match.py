"""Match many rules against an article: an index picks the rules that can match, and only these are evaluated."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from schemas.alerts import MatchedSpan
from schemas.articles import EnrichedArticle
from workers.alerts.document import Document
from workers.alerts.evaluate import holds, spans
from workers.alerts.index import Index
from workers.alerts.rules import Rule, query_of
from workers.alerts.words import fold, words_of

__all__ = ["MOST_SPANS", "Match", "Matcher", "compile_rules", "fold", "words_of"]

#: The most spans that an alert shows.
MOST_SPANS = 50


class Match(NamedTuple):
    """A rule and what made it fire."""

    rule: Rule
    spans: tuple[MatchedSpan, ...]


class Matcher:
    """Compiled rules. What `match` gives depends on rules and article alone; what it remembers makes it faster."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = tuple(rules)
        self._queries = [query_of(rule) for rule in self._rules]
        self._index = Index(self._queries)

    def hits(self, article: EnrichedArticle) -> list[int]:
        """The numbers of the rules that fire, in order."""
        return self._hits(Document(article))

    def match(self, article: EnrichedArticle) -> tuple[Match, ...]:
        """The rules that fire, in the order of the rules, with the spans in title and text that made them."""
        document = Document(article)
        return tuple(
            Match(self._rules[number], _in_order(spans(self._queries[number], document)))
            for number in self._hits(document)
        )

    def _hits(self, document: Document) -> list[int]:
        hold, open_ = self._index.candidates(document)
        hold[[number for number in open_ if holds(self._queries[number], document)]] = True
        numbers: list[int] = np.flatnonzero(hold).tolist()
        return numbers


def _in_order(found: Iterable[MatchedSpan]) -> tuple[MatchedSpan, ...]:
    """Each once: those in the title first, at most `MOST_SPANS`."""
    once = dict.fromkeys(islice(found, 20 * MOST_SPANS))
    return tuple(sorted(once, key=lambda span: (span.field != "title", span.start, span.end))[:MOST_SPANS])


def compile_rules(rules: Sequence[Rule]) -> Matcher:
    """Index the rules once."""
    return Matcher(rules)
