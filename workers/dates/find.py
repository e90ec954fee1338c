"""Find and resolve the temporal expressions of a text."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from schemas.articles import TemporalExpression
from workers.dates.absolute import ABSOLUTE
from workers.dates.amounts import AMOUNTS
from workers.dates.calendar import span
from workers.dates.case import Case, Reading, Scene, Timeline
from workers.dates.clock import CLOCK
from workers.dates.foreign import FOREIGN
from workers.dates.grammar import Grammar, grammar
from workers.dates.periods import PERIODS
from workers.dates.relative import RELATIVE
from workers.dates.tokens import lowered

__all__ = ["find"]

_ACTIONS: dict[str, Callable[[Case], Reading | None]] = ABSOLUTE | PERIODS | FOREIGN | RELATIVE | AMOUNTS | CLOCK
_HISTORY_YEARS = 6
#: No expression has more tokens than this.
_LONGEST = 50
#: An expression is put together as pydantic's `model_construct` does, in a fifth of its time; tests/dates/test_properties.py validates what comes out.
_FIELDS = set(TemporalExpression.model_fields)
_put = object.__setattr__
#: Words that are written together with the figures after them: Arabic `and`.
_PROCLITICS = {"و"}


def find(text: str, published: str | None, language: str = "en") -> tuple[TemporalExpression, ...]:
    """All expressions, in order. `published` is an ISO 8601 date or time; without it, relative ones get values with X for what is unknown.

    Never raises on odd text; time is linear in its length.
    """
    rules = grammar(language)
    tokens, symbols = rules.read(lowered(text))
    places = rules.automaton.candidates(symbols)
    covered = span(published) if published else None
    day = covered[0] if covered else None
    scene = Scene(text, tokens, symbols, rules, day, _is_history(tokens, symbols, places, day, rules))
    return tuple(_expressions(scene, places, Timeline(steady=scene.narrative)))


def _is_history(
    tokens: list[str], symbols: str, places: list[tuple[int, str]], published: date | None, rules: Grammar
) -> bool:
    """Whether the text tells of years long past rather than of the days around its publication: news names weekdays and `today`."""
    if rules.years_alone:  # then every year is a place where a rule may begin, and these are few
        named = [prefix for _, prefix in places if prefix[0] in rules.years]
        if len(named) < _HISTORY_YEARS:
            return False
    elif sum(map(symbols.count, rules.years)) < _HISTORY_YEARS:
        return False
    years = [token for token in tokens if len(token) == 4 and token.isdigit() and "1000" <= token <= "2100"]
    if len(years) < _HISTORY_YEARS:
        return False
    now = published.year if published else 0
    far = sum(int(year) < now - 1 if now else 1 for year in years)
    near = sum(1 for token in tokens if token in rules.near)
    return far * 1000 > 2 * len(tokens) and far > 0.5 * len(years) and far > 4 * near


def _expressions(scene: Scene, places: list[tuple[int, str]], timeline: Timeline) -> Iterator[TemporalExpression]:
    """The rules are tried wherever one can begin, from left to right; what is refused is tried again one token on."""
    automaton, rules, symbols, tokens = scene.grammar.automaton, scene.grammar.rules, scene.symbols, scene.tokens
    free = 0
    for start, prefix in places:
        if start < free:
            continue
        found = automaton.match(symbols, start, prefix, _LONGEST)
        while found is not None and _edges(tokens, start, found[1]):
            number, end = found
            reading = _reading(scene, timeline, number, start, end)
            if reading is not None:
                free = reading.end or end
                timeline.note(reading, end)
                yield _expression(scene, start, free, reading)
                for first, free, value in reading.more:
                    day = replace(reading, value=value)
                    timeline.note(day, free)
                    yield _expression(scene, first, free, day)
                break
            if not rules[number].yields:
                free = end if rules[number].action == "none" else free
                break
            found = automaton.match_after(number, symbols, start, _LONGEST)


def _reading(scene: Scene, timeline: Timeline, number: int, start: int, end: int) -> Reading | None:
    rule = scene.grammar.rules[number]
    case = Case(scene, timeline, start, end, rule.given, scene.grammar.slots(number, scene.symbols[start:end]))
    try:
        return _ACTIONS[rule.action](case)
    except (ValueError, OverflowError, KeyError):
        return None


def _edges(tokens: list[str], start: int, end: int) -> bool:
    """Figures that are part of a longer number, a price or a name (`A320`, `3.14`, `$2024`) are none of ours."""
    before = tokens[start - 1] if start else " "
    if before != " " and (_joined_before(tokens, start) if tokens[start].isdigit() else before.isdigit()):
        return False
    after = tokens[end] if end < len(tokens) else " "
    if after == " " or after.isspace() or not tokens[end - 1].isdigit():
        return True
    if (after.isalnum() and not _is_han(after)) or after == "%":
        return False
    return not (after in ".,:/" and end + 1 < len(tokens) and tokens[end + 1].isdigit())


def _joined_before(tokens: list[str], start: int) -> bool:
    """Whether figures belong to what stands right before them."""
    before = tokens[start - 1]
    if (before.isalnum() and not _is_han(before) and before not in _PROCLITICS) or before in "$£€¥#№":
        return True
    behind = tokens[start - 2] if start > 1 else ""
    if before in ".,:/":
        return behind.isdigit()
    return before == "-" and len(behind) < 3 and behind.isalnum() and not behind.isdigit()


def _is_han(token: str) -> bool:
    """Words of Chinese stand beside figures without a space."""
    return "\u3400" <= token[0] <= "\u9fff"


def _expression(scene: Scene, first: int, last: int, reading: Reading) -> TemporalExpression:
    tokens = scene.tokens
    if tokens[first] in scene.grammar.trim or tokens[last - 1] == "," or tokens[last - 1].isspace():
        first, last = _trimmed(tokens, first, last, scene.grammar.trim)
    start = scene.offset(first)
    end = start + len("".join(tokens[first:last]))
    covered, unit = _told(reading.value)
    if reading.covers:
        covered = reading.covers
    anchor = reading.anchor or scene.published if reading.relative else None
    expression = TemporalExpression.__new__(TemporalExpression)
    _put(expression, "__pydantic_fields_set__", _FIELDS)
    _put(expression, "__pydantic_extra__", None)
    _put(expression, "__pydantic_private__", None)
    values = {
        "start": start,
        "end": end,
        "text": scene.text[start:end],
        "type": reading.type,
        "value": reading.value,
        "mod": reading.mod,
        "from_": covered[0],
        "to": covered[1],
        "granularity": reading.granularity or unit,
        "anchor": anchor.isoformat() if anchor else None,
        "confidence": reading.confidence,
    }
    _put(expression, "__dict__", values)
    return expression


def _trimmed(tokens: list[str], first: int, last: int, trim: frozenset[str]) -> tuple[int, int]:
    """Without space and commas at the end, and without words such as `in` at the beginning."""
    while last > first + 1 and (tokens[last - 1] == "," or tokens[last - 1].isspace()):
        last -= 1
    while last > first + 1 and tokens[first] in trim:
        spaced = tokens[first + 1].isspace()
        if not spaced or last == first + 2:
            return first + (len(tokens[first]) == 1 and not spaced), last
        first += 2
    return first, last


@lru_cache(maxsize=8192)
def _told(value: str) -> tuple[tuple[str, str] | tuple[None, None], str | None]:
    """What a TIMEX3 value spans, and its unit."""
    if value[10:11] == "T" and value[11:13].isdigit():
        return (value, value), granularity(value)
    whole = span(value)
    return (whole[0].isoformat(), whole[1].isoformat()) if whole else (None, None), granularity(value)


_BY_LENGTH = {2: "century", 3: "decade", 4: "year", 7: "month", 10: "day"}


def granularity(value: str) -> str | None:
    """The unit of a TIMEX3 value; None for durations and references."""
    if value.startswith("P") or value.endswith("_REF"):
        return None
    if "T" in value:
        clock = value.split("T", 1)[1]
        return "second" if clock.count(":") == 2 else "minute" if ":" in clock else "part_of_day"
    rest = value[5:]
    if rest[:1] in {"W", "Q", "H"} and rest != "WI":
        return "weekend" if rest.endswith("WE") else {"W": "week", "Q": "quarter", "H": "half"}[rest[0]]
    return "season" if rest in {"SP", "SU", "FA", "WI"} else _BY_LENGTH.get(len(value))
