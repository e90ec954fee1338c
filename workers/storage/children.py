"""What was found in an article, as the rows of its child tables. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from schemas.articles import EnrichedArticle

__all__ = ["CHILDREN", "INDEXED", "Children", "children", "fold"]

#: The child rows of an article by table, in their order: a row's position is its place here, from 0.
Children = Mapping[str, list[tuple[Any, ...]]]

#: Child tables of articles: name, and the columns after article_key and position.
CHILDREN: dict[str, tuple[str, ...]] = {
    "mentions": ("start_at", "end_at", "text", "type", "entity"),
    "entities": ("entity", "type", "name", "count", "salience", "role", "country", "geonames_id", "wikidata", "name_key"),
    "dates": ("start_at", "end_at", "text", "type", "value", "from_value", "to_value"),
    "quotes": ("start_at", "end_at", "text", "speaker"),
    "aliases": ("entity", "alias_key"),
}  # fmt: skip

#: Longest text of an indexed column, characters: an index of PostgreSQL takes 2,704 bytes. The message holds the whole.
INDEXED = 500

_FROM = CHILDREN["dates"].index("from_value")

#: The fields of a found thing, all in one step from its dictionary: a quarter less than attributes of a model cost, some twenty times an article.
_fields = attrgetter("__dict__")
_mention = itemgetter("start", "end", "text", "type", "entity")
_entity = itemgetter("id", "type", "name", "count", "salience", "role", "country", "geonames_id", "wikidata", "aliases")
_date = itemgetter("start", "end", "text", "type", "value", "from_", "to")
_quote = itemgetter("start", "end", "text", "speaker")


@lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """A name as it is looked up: without case, with single spaces, at most as long as an index takes."""
    return " ".join(name.casefold().split())[:INDEXED]


def children(article: EnrichedArticle) -> Children:
    """What was found in the article, each row by its table's CHILDREN."""
    entities, aliases = _entities(article)
    dates = map(_date, map(_fields, article.dates))
    return {
        "mentions": list(map(_mention, map(_fields, article.mentions))),
        "entities": entities,
        "dates": [one if len(one[_FROM] or "") <= INDEXED else _trimmed(one) for one in dates],
        "quotes": list(map(_quote, map(_fields, article.quotes))),
        "aliases": aliases,
    }


def _entities(article: EnrichedArticle) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Entities, and what they are called beside their canonical names, each once."""
    entities = []
    aliases: dict[tuple[str, str], None] = {}
    for entity in map(_entity, map(_fields, article.entities)):
        identity, kind, name, count, salience, role, country, geonames_id, wikidata, others = entity
        key = fold(name)
        entities.append(
            (identity, kind, name[:INDEXED], count, salience, role, country and country[:INDEXED], geonames_id, wikidata, key)
        )  # fmt: skip
        for other in others:
            if other != name and (alias := fold(other)) != key:
                aliases[identity, alias] = None
    return entities, list(aliases)


def _trimmed(date: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*date[:_FROM], date[_FROM][:INDEXED], *date[_FROM + 1 :])
