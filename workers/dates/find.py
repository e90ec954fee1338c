"""Find and resolve the temporal expressions of a text."""

import re
from collections.abc import Iterator

from schemas.articles import TemporalExpression
from workers.dates.calendar import span
from workers.dates.grammar import grammar
from workers.dates.resolve import Anchor, Reading, resolve

__all__ = ["find"]

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
#: Month and weekday names that are also words or names: they need a capital and a preposition or a modifier before them.
_AMBIGUOUS = frozenset(
    {"may", "march", "mar", "sun", "sat", "mon", "wed", "jan", "august", "april", "june", "dec", "second", "fall"}
)
_BEFORE_DATE = re.compile(
    r"\b(?:in|on|of|since|by|until|till|from|to|before|after|during|last|next|this|early|mid|late|between|and|through|every)[ -]$",
    re.IGNORECASE,
)
_YEAR_CUE = re.compile(
    r"(?:\b(?:in|since|by|until|till|from|to|before|after|during|of|the|for|early|mid|late|between|and|year|through|circa|im|jahr|seit|en|desde|"
    r"depuis|nel|v|в|с|до|عام|سنة|yılı|au|fin)[ -]|[(])$", re.IGNORECASE)  # fmt: skip


def find(text: str, published: str | None, language: str = "en") -> tuple[TemporalExpression, ...]:
    """All expressions, in order. `published` is an ISO 8601 date or time; without it, relative ones get values with X for what is unknown.

    Never raises on odd text; time is linear in its length.
    """
    anchor = Anchor.of(published)
    found = []
    for match in _matches(text, language):
        reading = resolve(match, text, anchor, grammar(language))
        if reading is not None:
            found.append(_expression(text, match, reading, anchor))
            anchor = anchor.narrated(reading.value)
    return tuple(found)


def _matches(text: str, language: str) -> Iterator[re.Match[str]]:
    plain = text.translate(_DIGITS)
    for match in grammar(language).pattern.finditer(plain):
        if _plausible(match, plain):
            yield match


def _plausible(match: re.Match[str], text: str) -> bool:
    """Leave out words that only look like dates."""
    kind = match.lastgroup
    before = text[max(0, match.start() - 12) : match.start()]
    first = match.group(0).split(" ")[0].split(".")[0]
    if kind == "year" or match.group("year"):
        return bool(_YEAR_CUE.search(before)) or before.endswith(("(", "\n", "Copyright "))
    if (match.group("month") or match.group("weekday")) and first.lower() in _AMBIGUOUS:
        if not first[:1].isupper():
            return False
        return bool(_BEFORE_DATE.search(before))
    return not (match.group("month") and text[match.end() : match.end() + 1] == "-")


def _expression(text: str, match: re.Match[str], reading: Reading, anchor: Anchor) -> TemporalExpression:
    start, end = match.start(), match.end()
    while end > start and text[end - 1] in " ,":
        end -= 1
    covered = reading.covers or _covered(reading.value)
    used = anchor.day.isoformat() if reading.relative and anchor.day else None
    return TemporalExpression(
        start=start,
        end=end,
        text=text[start:end],
        type=reading.type,
        value=reading.value,
        mod=reading.mod,
        **{"from": covered[0] if covered else None},
        to=covered[1] if covered else None,
        granularity=reading.granularity or _granularity(reading.value),
        anchor=used,
        confidence=reading.confidence,
    )


def _covered(value: str) -> tuple[str, str] | None:
    whole = span(value)
    if whole is None:
        return None
    if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
        return value, value
    return whole[0].isoformat(), whole[1].isoformat()


_GRANULARITIES = (
    (re.compile(r"P"), None), (re.compile(r".*T\d\d:\d\d:\d\d"), "second"), (re.compile(r".*T\d\d:\d\d"), "minute"), (re.compile(r".*T"), "part_of_day"),
    (re.compile(r".{4}-\d\d-\d\d$"), "day"), (re.compile(r".{4}-W"), "week"), (re.compile(r".{4}-Q"), "quarter"), (re.compile(r".{4}-H"), "half"),
    (re.compile(r".{4}-(?:SP|SU|FA|WI)$"), "season"), (re.compile(r".{4}-\d\d$"), "month"), (re.compile(r"\d{4}$"), "year"),
    (re.compile(r"\d{3}$"), "decade"), (re.compile(r"\d{2}$"), "century"),
)  # fmt: skip


def _granularity(value: str) -> str | None:
    return next((name for pattern, name in _GRANULARITIES if pattern.match(value)), None)
