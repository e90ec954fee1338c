"""An article as queries see it: its folded words in one row of places (title, a gap, text), and what is known about it. Built as far as asked."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Set
from functools import cached_property
from typing import NamedTuple

from schemas.alerts import MatchedSpan
from schemas.articles import ClusteredArticle, EnrichedArticle, Entity
from workers.alerts.words import fold, places_of, split_words

__all__ = ["GAP", "LEAD", "Document", "Places", "identities"]

#: Characters of the text that count as its lead where no paragraph is marked.
LEAD = 300
#: So many places lie between title and text: more than any distance that a query can ask for.
GAP = 1000
_KINDS = {"person": {"PER"}, "org": {"ORG"}, "place": {"GPE", "LOC"}}


class Places(NamedTuple):
    """Places from `low` on, below `high`."""

    low: int
    high: int


class Document:
    """One article, read once and asked many times."""

    def __init__(self, article: EnrichedArticle) -> None:
        self.article = article
        #: The words as they are written.
        self.title_words = split_words(article.title or "")
        self.text_words = split_words(article.text)

    @cached_property
    def words(self) -> Set[str]:
        """The folded words."""
        return self.places.keys()

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each folded word stands, in order."""
        written: dict[str, list[int]] = defaultdict(list)
        for first, words in ((0, self.title_words), (len(self.title_words) + GAP, self.text_words)):
            for at, word in enumerate(words, first):
                written[word].append(at)
        found: dict[str, list[int]] = {}
        for word, places in written.items():
            folded = fold(word)
            found[folded] = sorted(found[folded] + places) if folded in found else places
        return found

    @cached_property
    def prefixes(self) -> dict[str, list[str]]:
        """The folded words by their first four letters."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if len(word) >= 4:
                found[word[:4]].append(word)
        return dict(found)

    def written(self, place: int) -> str:
        """The word as it is written there."""
        return (
            self.title_words[place]
            if place < len(self.title_words)
            else self.text_words[place - len(self.title_words) - GAP]
        )

    def part(self, field: str) -> Places:
        """The places of `title`, `lead` or `text`."""
        first = len(self.title_words) + GAP
        if field == "title":
            return Places(0, len(self.title_words))
        return Places(first, first + (self._lead_words if field == "lead" else len(self.text_words)))

    @cached_property
    def _lead_words(self) -> int:
        marked = self.article.paragraphs
        end = marked[0].end if marked else LEAD
        return bisect_left(self._text_spans, (end, 0))

    def span(self, start: int, end: int) -> MatchedSpan:
        """The characters from one place up to another."""
        title = start < len(self.title_words)
        text = (self.article.title or "") if title else self.article.text
        words, first = (self._title_spans, 0) if title else (self._text_spans, len(self.title_words) + GAP)
        begin, stop = words[start - first][0], words[end - 1 - first][1]
        return MatchedSpan(field="title" if title else "text", start=begin, end=stop, text=text[begin:stop])

    @cached_property
    def _title_spans(self) -> list[tuple[int, int]]:
        return places_of(self.article.title or "")

    @cached_property
    def _text_spans(self) -> list[tuple[int, int]]:
        return places_of(self.article.text)

    # -- what is known ---------------------------------------------------------------------------------------------

    @cached_property
    def facts(self) -> dict[str, set[str]]:
        """Folded values by field, as the anchors of rules name them. Names of people and the like are in `named`."""
        article = self.article
        facts = {"lang": {article.language.code}, "source": {(article.source or "").casefold()}}
        entities = article.entities
        facts["country"] = {one.country for one in entities if one.type in {"GPE", "LOC"} and one.country}
        facts["entity"] = {identity for one in entities for identity in identities(one)}
        story = article.story if isinstance(article, ClusteredArticle) else None
        facts["duplicate"] = {"true" if story.role == "duplicate" else "false"} if story else set()
        return facts

    def names(self, field: str) -> list[tuple[Entity | None, list[str]]]:
        """The folded words of each name of a person, org, place, or of who is quoted."""
        if field == "quoteby":
            return self._speakers
        return [(one, words) for one, words in self._names if one.type in _KINDS[field]]

    @cached_property
    def _names(self) -> list[tuple[Entity, list[str]]]:
        return [(one, _folded(name)) for one in self.article.entities for name in (one.name, *one.aliases)]

    @cached_property
    def _speakers(self) -> list[tuple[Entity | None, list[str]]]:
        ids = {quote.speaker for quote in self.article.quotes if quote.speaker}
        said = [(None, _folded(quote.speaker_text)) for quote in self.article.quotes if quote.speaker_text]
        return [*((one, words) for one, words in self._names if one.id in ids), *said]

    def bounds(self, field: str) -> list[tuple[str, str]]:
        """First and last day of each date (`published`, `event`), whole ISO days; a number as itself twice."""
        article = self.article
        if field == "story.size":
            return [(str(article.story.size),) * 2] if isinstance(article, ClusteredArticle) else []
        if field == "published":
            return [_days(article.published.value, article.published.value)] if article.published else []
        return [_days(one.from_, one.to or one.from_) for one in article.dates if one.from_]

    def mentions(self, entities: Iterable[Entity]) -> list[MatchedSpan]:
        """Where the entities are named in the text."""
        ids = {one.id for one in entities}
        return [MatchedSpan(field="text", start=one.start, end=one.end, text=one.text) for one in self.article.mentions if one.entity in ids]  # fmt: skip


def _folded(name: str) -> list[str]:
    return [fold(word) for word in split_words(name)]


def identities(one: Entity) -> list[str]:
    """What `entity:` can name: its Wikidata id, `geonames/NUMBER`, and each of its whole names, folded."""
    ids = [one.wikidata.casefold()] if one.wikidata else []
    ids += [f"geonames/{one.geonames_id}"] if one.geonames_id else []
    return [*ids, *(fold(name) for name in (one.name, *one.aliases))]


def _days(first: str, last: str) -> tuple[str, str]:
    """Whole days: a month or a year runs from its first day to its last (31 sorts after every day of its month)."""
    first, last = first[:10], last[:10]
    return first + "-01-01"[len(first) - 4 :], last + "-12-31"[len(last) - 4 :]
