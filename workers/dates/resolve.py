"""From a match to a TIMEX3 value: calendar sums against the publication day, tense for weekdays and bare months."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from workers.dates.calendar import add_days, add_months, span
from workers.dates.grammar import NUMBERS, UNITS, Grammar

__all__ = ["Anchor", "Reading", "resolve"]

Kind = Literal["DATE", "TIME", "DURATION", "SET"]
_CODES = {"second": "TS", "minute": "TM", "hour": "TH", "day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y", "decade": "DE", "century": "CE", "weekend": "WE"}  # fmt: skip
_PARTS = {"morning": "TMO", "afternoon": "TAF", "evening": "TEV", "night": "TNI"}
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MODS = {"early": "START", "mid": "MID", "late": "END"}
_FUTURE = re.compile(
    r"\b(?:will|shall|would|to be|is (?:scheduled|due|expected|set|planned)|are (?:scheduled|due|expected|set|planned)|scheduled|upcoming|"
    r"plans? to|going to|ahead of|by|until|till|wird|werden|sera|aura|будет|состоится|سوف|next)\b|’ll\b|'ll\b", re.IGNORECASE)  # fmt: skip
_PAST = re.compile(
    r"\b(?:was|were|had|has|have|did|said|told|announced|began|confirmed|reported|died|killed|arrested|since|\w{3,}ed)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…]\s|\n")
_WINDOW = 90


@dataclass(frozen=True, slots=True)
class Anchor:
    """What relative times are counted from: the publication day, and the last time that the text spoke of."""

    day: date | None
    narrative: date | None = None

    @classmethod
    def of(cls, published: str | None) -> "Anchor":
        """From an ISO 8601 value; a value known to the month or year only anchors at its first day."""
        covered = span(published) if published else None
        return cls(covered[0]) if covered else cls(None)

    def narrated(self, value: str) -> "Anchor":
        """After an expression with this value: it is what `the same day` and `two days earlier` count from."""
        covered = span(value)
        return replace(self, narrative=covered[0]) if covered and len(value) >= 10 else self


@dataclass(frozen=True, slots=True)
class Reading:
    """What an expression means."""

    type: Kind
    value: str
    confidence: float = 0.9
    relative: bool = False
    mod: str | None = None
    granularity: str | None = None
    covers: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    match: re.Match[str]
    text: str
    anchor: Anchor
    grammar: Grammar

    def group(self, name: str) -> str:
        """A group's text in lower case, empty where it took no part (or the language has no such branch)."""
        try:
            return (self.match.group(name) or "").lower()
        except IndexError:
            return ""

    def future(self) -> bool:
        """Whether the sentence around speaks of what is to come."""
        before = self.text[max(0, self.match.start() - _WINDOW) : self.match.start()]
        before = _SENTENCE_END.split(before)[-1]
        marks = list(_FUTURE.finditer(before))
        if marks:
            return not any(past.start() > marks[-1].end() for past in _PAST.finditer(before))
        if _PAST.search(before):
            return False
        after = _SENTENCE_END.split(self.text[self.match.end() : self.match.end() + 40])[0]
        return bool(re.match(r"\W{0,2}\b(?:will|is (?:due|set|expected))\b", after))


def resolve(match: re.Match[str], text: str, anchor: Anchor, grammar: Grammar) -> Reading | None:
    """The reading, or None where the match means no time after all."""
    case = _Case(match, text, anchor, grammar)
    for kind, rule in _RULES:
        if case.group(kind):
            try:
                return rule(case)
            except (ValueError, OverflowError, KeyError):
                return None
    return None


def _iso(case: _Case) -> Reading:
    value = case.group("iso").upper().replace(" ", "T")
    date.fromisoformat(value[:10])
    return Reading("TIME" if "T" in value else "DATE", value, 0.99)


def _numeric(case: _Case) -> Reading:
    first, second, year = int(case.group("n_a")), int(case.group("n_b")), int(case.group("n_y"))
    day, month = (second, first) if second > 12 else (first, second)
    return Reading(
        "DATE", date(year, month, day).isoformat(), 0.6 if max(first, second) <= 12 and first != second else 0.95
    )


def _full(prefix: str) -> Callable[[_Case], Reading]:
    def read(case: _Case) -> Reading:
        month, day = case.grammar.months[case.group(f"{prefix}_m")], int(case.group(f"{prefix}_d"))
        stated, until = case.group(f"{prefix}_y"), case.group(f"{prefix}_e")
        if stated:
            year, relative = int(stated), False
        elif case.anchor.day is None:
            return Reading("DATE", f"XXXX-{month:02d}-{day:02d}", 0.5)
        else:
            year, relative = _nearest_year(case, month, day), True
        value = date(year, month, day).isoformat()
        covers = (value, date(year, month, int(until)).isoformat()) if until and int(until) > day else None
        return Reading("DATE", value, 0.85 if relative else 0.98, relative, covers=covers)

    return read


def _nearest_year(case: _Case, month: int, day: int) -> int:
    """The latest such day on or before publication; a future marker near by takes the next one instead."""
    now = case.anchor.day or date(2000, 1, 1)
    here = (month, day) > (now.month, now.day)
    if case.future():
        return now.year if here or (month, day) == (now.month, now.day) else now.year + 1
    return now.year - 1 if here else now.year


def _month_year(case: _Case) -> Reading:
    month = case.grammar.months[case.group("my_m")]
    if case.group("my_y"):
        return Reading("DATE", f"{case.group('my_y')}-{month:02d}", 0.97)
    if case.anchor.day is None:
        return Reading("DATE", f"XXXX-{month:02d}", 0.5)
    year = case.anchor.day.year + {"this": 0, "last": -1, "next": 1}[case.group("my_rel")]
    return Reading("DATE", f"{year:04d}-{month:02d}", 0.95, relative=True)


def _month(case: _Case) -> Reading:
    month, way, mod = case.grammar.months[case.group("mo_m")], case.group("mo_w"), _MODS.get(case.group("mo_p"))
    if case.anchor.day is None:
        return Reading("DATE", f"XXXX-{month:02d}", 0.5, mod=mod)
    year = _nearest_year(case, month, 1) if month != case.anchor.day.month else case.anchor.day.year
    if way == "last" and (year, month) >= (case.anchor.day.year, case.anchor.day.month):
        year -= 1
    elif way == "next" and (year, month) <= (case.anchor.day.year, case.anchor.day.month):
        year += 1
    elif way == "this":
        year = case.anchor.day.year
    return Reading("DATE", f"{year:04d}-{month:02d}", 0.8, relative=True, mod=mod)


def _weekday(case: _Case) -> Reading:
    number, way, part = (
        case.grammar.weekdays[case.group("wd_d")],
        case.group("wd_w"),
        _PARTS.get(case.group("wd_p"), ""),
    )
    kind: Kind = "TIME" if part else "DATE"
    now = case.anchor.day
    if now is None:
        return Reading(kind, f"XXXX-WXX-{number + 1}{part}", 0.5)
    back = (now.weekday() - number) % 7
    if way in {"last", "past"}:
        day = add_days(now, -(back or 7))
    elif way in {"next", "coming"} or (case.future() and back != 0):
        day = add_days(now, 7 - back)
    else:
        day = add_days(now, -back)
    return Reading(kind, day.isoformat() + part, 0.85, relative=True)


def _deictic(case: _Case) -> Reading:
    word, part = case.group("de_d"), _PARTS.get(case.group("de_p"), "")
    part = "TNI" if word == "tonight" else part
    kind: Kind = "TIME" if part else "DATE"
    if case.anchor.day is None:
        return Reading(kind, "PRESENT_REF" if not part else f"XXXX-XX-XX{part}", 0.5)
    return Reading(kind, add_days(case.anchor.day, case.grammar.deictics[word]).isoformat() + part, 0.93, relative=True)


def _relative(case: _Case) -> Reading:
    way, unit = case.group("rel_w"), case.group("rel_u")
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1, "following": 1}.get(way, 0)
    if unit in _PARTS:
        value = _shifted(case.anchor.day, "day", step)
        return Reading("TIME", value + _PARTS[unit], 0.9, relative=True)
    if unit in _SEASONS:
        year = f"{case.anchor.day.year + step:04d}" if case.anchor.day else "XXXX"
        return Reading("DATE", f"{year}-{_SEASONS[unit]}", 0.75, relative=True)
    if unit in {"second", "minute", "hour"}:
        return Reading("DURATION", f"PT1{unit[0].upper()}", 0.6)
    return Reading("DATE", _shifted(case.anchor.day, UNITS[unit], step), 0.9, relative=True)


def _shifted(day: date | None, unit: str, count: int) -> str:
    """The day, week, month, ... that lies so many units away, at that granularity."""
    if day is None:
        return {"day": "XXXX-XX-XX", "week": "XXXX-WXX", "weekend": "XXXX-WXX-WE", "month": "XXXX-XX"}.get(unit, "XXXX")
    if unit == "day":
        return add_days(day, count).isoformat()
    if unit in {"week", "weekend"}:
        year, week, _ = add_days(day, 7 * count).isocalendar()
        return f"{year:04d}-W{week:02d}" + ("-WE" if unit == "weekend" else "")
    if unit == "month":
        return add_months(day, count).isoformat()[:7]
    if unit == "quarter":
        moved = add_months(day, 3 * count)
        return f"{moved.year:04d}-Q{(moved.month - 1) // 3 + 1}"
    years = {"year": 1, "decade": 10, "century": 100}[unit]
    year = max(1, min(9999, day.year + years * count))
    return f"{year:04d}"[: {1: 4, 10: 3, 100: 2}[years]]


def _amount(word: str) -> float | None:
    return NUMBERS[word] if word in NUMBERS else float(word)


def _duration_value(amount: float | None, unit: str) -> str:
    code = _CODES[UNITS[unit]]
    if code == "Q":
        amount, code = (None if amount is None else amount * 3), "M"
    if amount == 0.5 and code == "Y":
        amount, code = 6, "M"
    count = "X" if amount is None else f"{amount:g}"
    return f"PT{count}{code[1]}" if code.startswith("T") else f"P{count}{code}"


def _ago(case: _Case) -> Reading:
    amount, unit, way = _amount(case.group("ago_n")), UNITS[case.group("ago_u")], case.group("ago_w")
    forward = way in {"later", "after", "from now"}
    base = case.anchor.day if way in {"ago", "from now"} else (case.anchor.narrative or case.anchor.day)
    if amount is None or unit in {"second", "minute", "hour"}:
        return Reading("DATE", "FUTURE_REF" if forward else "PAST_REF", 0.6, relative=True)
    steps = int(amount) if forward else -int(amount)
    if amount == 0.5 and unit == "year":
        steps, unit = (6 if forward else -6), "month"
    return Reading("DATE", _shifted(base, unit, steps), 0.85, relative=True)


def _within(case: _Case) -> Reading:
    amount, unit = _amount(case.group("within_n")), UNITS[case.group("within_u")]
    if (
        case.future()
        and amount is not None
        and amount >= 1
        and unit in {"day", "week", "month", "year"}
        and case.anchor.day
    ):
        return Reading("DATE", _shifted(case.anchor.day, unit, int(amount)), 0.7, relative=True)
    return Reading("DURATION", _duration_value(amount, case.group("within_u")), 0.75)


def _relative_span(case: _Case) -> Reading:
    return Reading("DURATION", _duration_value(_amount(case.group("relspan_n")), case.group("relspan_u")), 0.85)


def _quarter(case: _Case) -> Reading:
    letter = "H" if case.group("quarter_k") == "half" else "Q"
    number = int(case.group("quarter_q") or _ORDINALS[case.group("quarter_o")])
    if letter == "H" and number > 2:
        raise ValueError(number)
    stated = case.group("quarter_y") or case.group("quarter_qy")
    if stated:
        return Reading("DATE", f"{stated}-{letter}{number}", 0.95)
    now = case.anchor.day
    if now is None:
        return Reading("DATE", f"XXXX-{letter}{number}", 0.5)
    current = (now.month - 1) // (6 if letter == "H" else 3) + 1
    year = now.year - 1 if number > current and not case.future() else now.year
    return Reading("DATE", f"{year:04d}-{letter}{number}", 0.75, relative=True)


def _set(case: _Case) -> Reading:
    word = case.group("set_w")
    if word:
        code = {"daily": "P1D", "weekly": "P1W", "monthly": "P1M", "quarterly": "P3M", "hourly": "PT1H"}.get(
            word, "P1Y"
        )
        return Reading("SET", code, 0.85)
    unit = case.group("set_u") or case.group("set_o")
    if unit in case.grammar.weekdays:
        return Reading("SET", f"XXXX-WXX-{case.grammar.weekdays[unit] + 1}", 0.9)
    return Reading("SET", _duration_value(1, unit), 0.85)


def _duration(case: _Case) -> Reading:
    return Reading("DURATION", _duration_value(_amount(case.group("dur_n")), case.group("dur_u")), 0.85)


def _age(case: _Case) -> None:
    return None


def _season(case: _Case) -> Reading:
    return Reading("DATE", f"{case.group('season_y')}-{_SEASONS[case.group('season_s')]}", 0.95)


def _decade(case: _Case) -> Reading:
    return Reading("DATE", case.group("dec_y"), 0.95, mod=_MODS.get(case.group("dec_p")))


def _century(case: _Case) -> Reading:
    return Reading("DATE", f"{int(case.group('cen_n')) - 1:02d}", 0.9)


def _years(case: _Case) -> Reading:
    first, second = case.group("ys_a"), case.group("ys_b")
    last = second if len(second) == 4 else first[:2] + second
    if int(last) <= int(first):
        raise ValueError(last)
    return Reading("DURATION", f"P{int(last) - int(first)}Y", 0.7, covers=(f"{first}-01-01", f"{last}-12-31"))


def _year(case: _Case) -> Reading:
    return Reading("DATE", case.group("year"), 0.9)


def _clock(case: _Case) -> Reading:
    found = re.match(r"(\d{1,2})(?:[:.](\d\d))?(?::(\d\d))?\s?([ap])?", case.group("clock"))
    if found is None:
        raise ValueError(case.group("clock"))
    hour, minute, half = int(found.group(1)), int(found.group(2) or 0), found.group(4)
    hour = hour + 12 if half == "p" and hour < 12 else 0 if half == "a" and hour == 12 else hour
    if hour > 23 or (half is None and "." in case.group("clock")):
        raise ValueError(hour)
    day = (case.anchor.narrative or case.anchor.day) if case.anchor.day else None
    return Reading("TIME", f"{day.isoformat() if day else 'XXXX-XX-XX'}T{hour:02d}:{minute:02d}", 0.75, relative=True)


def _same(case: _Case) -> Reading:
    day = case.anchor.narrative or case.anchor.day
    return Reading("DATE", day.isoformat() if day else "XXXX-XX-XX", 0.8, relative=True)


def _fixed(value: str) -> Callable[[_Case], Reading]:
    return lambda case: Reading("DATE", value, 0.8, relative=bool(case.anchor.day))


_RULES: tuple[tuple[str, Callable[[_Case], Reading | None]], ...] = (
    ("iso", _iso), ("dmy", _full("dmy")), ("mdy", _full("mdy")), ("my", _month_year), ("numeric", _numeric), ("clock", _clock), ("ago", _ago),
    ("within", _within), ("rel", _relative), ("relspan", _relative_span), ("quarter", _quarter), ("set", _set), ("age", _age),
    ("duration", _duration), ("season", _season), ("decade", _decade), ("century", _century), ("present", _fixed("PRESENT_REF")),
    ("past", _fixed("PAST_REF")), ("same", _same), ("weekday", _weekday), ("deictic", _deictic), ("month", _month), ("years", _years),
    ("year", _year),
)  # fmt: skip
