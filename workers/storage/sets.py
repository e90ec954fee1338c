"""A question's filters as sets of articles: how to list the members of each, and how to test one article for it. Pure; SQL with `?` for values."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from workers.storage.query import Filters

__all__ = ["Set", "Way", "columns", "sets"]

#: A time that began longer before the days asked for is left out: "2025" is not about every day of it, and an index needs a lower bound.
_SPAN_DAYS = 31
#: How a page is found: of few articles that are `listed`, of those that an index finds and that are `sifted`, or `walked` along the newest.
Way = Literal["listed", "sifted", "walked"]


class Set(NamedTuple):
    """The articles that have one thing.

    `members` selects their keys; of a set with a `sieve` also some that fail `test`. `test` is a condition on the article `a`. It is no join,
    so that it is tried article by article, as the order of the articles asks for it, and given up once the page is full. `sieve` is a
    condition that an index answers: all members meet it, and others do. Its values are those of `members`. `scattered` are members that
    need not lie among the newest, however many they are. `rows` is how many of `members` an article may have;
    `dear` says that the test is best tried last.
    """

    members: str
    member_values: list[Any]
    test: str
    test_values: list[Any]
    sieve: str = ""
    scattered: bool = False
    rows: int = 1
    dear: bool = False


def sets(filters: Filters) -> list[Set]:
    """The sets for what is asked of an article's entities and dates, the smaller first. The filters are `checked`."""
    found = []
    if filters.entity:
        found.append(_entity(filters.entity))
    if filters.mentioned_from or filters.mentioned_to:
        found.append(_mentioned(filters.mentioned_from, filters.mentioned_to))
    if filters.country:
        found.append(_rows(("entities", "country = ?", [filters.country])))
    return found


def columns(filters: Filters) -> Iterator[tuple[str, str]]:
    """Conditions on the article itself. The day is as printed, at most a day from that in UTC, by which the index is ordered."""
    if filters.source:
        yield "a.source = ?", filters.source
    if filters.language:
        yield "a.language = ?", filters.language
    if filters.published_from:
        yield "a.published_on >= ?", filters.published_from
        yield "a.published_at >= ?", _shifted(filters.published_from, -1)
    if filters.published_to:
        yield "a.published_on <= ?", filters.published_to
        yield "a.published_at < ?", _shifted(filters.published_to, 2)


def _entity(entity: str) -> Set:
    """By Wikidata id, canonical name or alias. Folded names have no capital letter, so what begins with one is an id."""
    if entity.startswith("Q"):
        return _rows(("entities", "wikidata = ?", [entity]))
    return _rows(("entities", "name_key = ?", [entity]), ("aliases", "alias_key = ?", [entity]))


def _mentioned(first: str | None, last: str | None) -> Set:
    """Times that begin within the days; and of those that begin before, the spans that reach them, for which there is an index of its own."""
    start, end = first or "0000", f"{last or '9999'}~"
    within = ("dates", "from_value >= ? AND from_value <= ?", [start, end])
    if not first:
        return _rows(within)._replace(scattered=True, rows=4)
    reaching = ("dates", "from_value >= ? AND from_value < ? AND to_value >= ? AND to_value > from_value", [_shifted(first, -_SPAN_DAYS), start, start])  # fmt: skip
    return _rows(within, reaching)._replace(scattered=True, rows=4)


def _rows(*either: tuple[str, str, list[Any]]) -> Set:
    """The articles with a row in one of these tables that fits its condition."""
    members = " UNION ALL ".join(
        f"SELECT article_key AS key FROM {table} WHERE {condition}" for table, condition, _ in either
    )
    tests = [
        f"(SELECT 1 FROM {table} WHERE article_key = a.key AND {condition} LIMIT 1) IS NOT NULL" for table, condition, _ in either
    ]  # fmt: skip
    values = [value for _, _, asked in either for value in asked]
    return Set(members, values, f"({' OR '.join(tests)})", values)


def _shifted(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        return day if days < 0 else "~"
