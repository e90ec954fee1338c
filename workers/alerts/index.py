"""Which rules can match an article at all: each stands under the rarest thing that it cannot match without.

An anchor is a set of keys of which an article that matches has at least one: for an AND the anchor of one part, for an OR those of all parts.
Only rules whose anchor the article has are evaluated. How common a key is, is learnt from the articles that pass; it changes the speed, never the hits.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from workers.alerts.document import Document
from workers.alerts.evaluate import value_key
from workers.alerts.query import And, AtLeast, Between, In, Near, Not, Or, Phrase, Query, Term, Value
from workers.alerts.words import fold, split_words

__all__ = ["Index", "anchors"]

_NAMED = ("person", "org", "place", "quoteby")
_FACTS = ("lang", "source", "country", "entity", "duplicate")
#: Keys of what most articles share.
_BROAD = ("lang:", "duplicate:", "source:")
#: After so many articles the anchors are chosen anew, by what was seen.
_LEARN_AFTER = 200

#: A key of the index: a folded word, `word*` (its first four letters), or `field:value`.
Anchor = frozenset[str]


def anchors(query: Query) -> list[Anchor]:
    """Every anchor of a query; none where it can match without any word or fact."""
    match query:
        case Term(text, _, prefix):
            word = fold(text)
            return [frozenset([f"{word[:4]}*"])] if prefix and len(word) >= 4 else [] if prefix else [frozenset([word])]
        case Phrase(words):
            return [frozenset([fold(word)]) for word in words]
        case And(parts):
            return [anchor for part in parts for anchor in anchors(part)]
        case Or(parts):
            each = [anchors(part) for part in parts]
            return [frozenset().union(*(min(found, key=len) for found in each))] if all(each) else []
        case Near(left, right):
            return [*anchors(left), *anchors(right)]
        case AtLeast(_, part) | In(_, part):
            return anchors(part)
        case Value(field, text) if field in _NAMED:
            return [frozenset([f"{field}:{fold(word)}"]) for word in split_words(text)]
        case Value(field, text):
            return [frozenset([f"{field}:{value_key(field, text)}"])]
        case Not() | Between():
            return []


class _Need(NamedTuple):
    """All that an article must have: these keys, and one of each of those. `decided`: with these the query holds."""

    single: Anchor
    several: tuple[Anchor, ...]
    decided: bool


def _need(query: Query, found: Sequence[Anchor]) -> _Need:
    single = frozenset(key for anchor in found if len(anchor) == 1 for key in anchor)
    return _Need(single, tuple(anchor for anchor in found if len(anchor) > 1), _is_decided(query))


def _is_decided(query: Query) -> bool:
    """Whether the anchors say all: words and facts, joined with AND, some of them alternatives."""
    return all(
        (isinstance(one, Term) and not (one.exact or one.prefix)) or (isinstance(one, Value) and one.field in _FACTS)
        for part in (query.all_of if isinstance(query, And) else (query,))
        for one in (part.any_of if isinstance(part, Or) else (part,))
    )


class Index:
    """Queries by number."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self._anchors = [anchors(query) for query in queries]
        self._always = [number for number, found in enumerate(self._anchors) if not found]
        self._needs = [_need(query, found) for query, found in zip(queries, self._anchors, strict=True)]
        # Of all anchors, chosen or not: the needs are checked against the article's keys too.
        known = {key for found in self._anchors for anchor in found for key in anchor}
        self._fields = {key.split(":")[0] for key in known if ":" in key}
        self._prefixes = any(key.endswith("*") for key in known)
        self._seen: Counter[str] = Counter()
        self._articles = 0
        self._build()

    def _build(self) -> None:
        by_key: dict[str, list[int]] = defaultdict(list)
        for number, found in enumerate(self._anchors):
            if found:
                for key in found[0] if len(found) == 1 else min(found, key=self._commonness):
                    by_key[key].append(number)
        self._by_key = dict(by_key)

    def _commonness(self, anchor: Anchor) -> float:
        """How many articles it lets through; a guess by length (short words are common) where none was seen."""
        seen = sum(self._seen[key] for key in anchor)
        return seen + sum((1 / (1 + len(key))) + key.startswith(_BROAD) for key in anchor)

    def candidates(self, document: Document) -> tuple[list[int], list[int]]:
        """The numbers of the queries that hold, and of those that still have to be evaluated."""
        keys = self._keys(document)
        by_key, needs = self._by_key, self._needs
        hold: list[int] = []
        open_ = list(self._always)
        for number in {number for key in keys if key in by_key for number in by_key[key]}:
            single, several, decided = needs[number]
            if single <= keys and not any(anchor.isdisjoint(keys) for anchor in several):
                (hold if decided else open_).append(number)
        self._learn(keys)
        return hold, open_

    def _keys(self, document: Document) -> set[str]:
        keys = set(document.words)
        if self._prefixes:
            keys.update(f"{prefix}*" for prefix in document.prefixes)
        for field in self._fields:
            if field in _NAMED:
                keys.update(f"{field}:{word}" for _, words in document.names(field) for word in words)
            elif field in _FACTS:
                keys.update(f"{field}:{value}" for value in document.facts[field])
        return keys

    def _learn(self, keys: set[str]) -> None:
        if self._articles < _LEARN_AFTER:
            self._articles += 1
            self._seen.update(keys)
            if self._articles == _LEARN_AFTER:
                self._build()
