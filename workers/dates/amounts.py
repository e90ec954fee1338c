"""Durations and sets, and the ages that look like them."""

from collections.abc import Callable

from workers.dates.calendar import moved
from workers.dates.case import Case, Reading

__all__ = ["AMOUNTS", "duration_value"]

_CODES = {
    "second": ("T", "S"), "minute": ("T", "M"), "hour": ("T", "H"), "day": ("", "D"), "night": ("", "D"), "week": ("", "W"), "weekend": ("", "W"),
    "month": ("", "M"), "quarter": ("", "Q"), "half": ("", "H"), "year": ("", "Y"), "decade": ("", "DE"), "century": ("", "CE"),
    "millennium": ("", "ML"), "season": ("", "S"),
}  # fmt: skip
#: `a second`, `the second`, `a quarter of`: an ordinal or a share, no time.
_NO_COUNT = {"second": ("a", "an"), "quarter": ("a", "an"), "minute": ()}
#: `2 1/2 years`, `a year and a half`: written apart, as newswire annotators do; `two and a half years` is P2.5Y.
_HALVES = {"year": "6M", "hour": "30M", "minute": "30S"}
_IN_YEARS = {"decade": 10, "century": 100, "millennium": 1000}


def duration_value(count: float | None, unit: str) -> str:
    """The TIMEX3 value: P3D, PT2H, PXW for a vague count; decades and centuries in years, half years in months."""
    if unit in _IN_YEARS and count is not None:
        count, unit = count * _IN_YEARS[unit], "year"
    if unit == "half":
        count, unit = (None if count is None else count * 6), "month"
    if unit == "year" and count is not None and count != int(count) and count < 1:
        count, unit = count * 12, "month"
    if unit == "hour" and count == 0.5:
        count, unit = 30, "minute"
    time, code = _CODES[unit]
    return f"P{time}{'X' if count is None else f'{count:.10g}'}{code}"


def _duration(case: Case) -> Reading | None:
    """three days, a two-year plan, the past five months; `the past five months` also covers a stretch of the calendar."""
    unit = case.value("unit")
    if case.quoted() and case.titled("unit"):
        return None
    count = (
        case.number("n")
        if case.has("n")
        else 2.0
        if case.is_word(case.word("unit"), "dual")
        else case.given.get("count", 1.0)
    )
    if case.has("n") and case.word("n") in _NO_COUNT.get(case.word("unit"), ()):
        return None
    if case.has("n") and count is None and case.part("n")[0].isdigit():
        return None
    if case.has("half") and count is not None:
        count += 0.5
    covers = None
    way = case.value("rel", default=0) if case.has("rel") or "way" in case.given else 0
    if way and count and case.now and unit in {"day", "week", "month", "year"}:
        other = moved(case.now, unit, int(way) * max(1, int(count)))
        first, last = sorted((other, case.now))
        covers = (first.isoformat(), last.isoformat())
    value = duration_value(count, unit)
    if (
        count is not None
        and count > 1
        and count % 1 == 0.5
        and unit in _HALVES
        and (case.has("half") or "/" in case.word("n"))
    ):
        value = duration_value(int(count), unit) + _HALVES[unit]
    return Reading(
        "DURATION",
        value,
        0.85,
        mod=case.value("approx"),
        covers=covers,
        relative=covers is not None,
    )


def _vague(case: Case) -> Reading | None:
    """for years, in recent weeks; not German `sie tagen`, a verb."""
    if case.scene.grammar.marks.get("capital_nouns") and not case.capital("unit"):
        return None
    if case.titled("unit") and (case.before().isdigit() or case.is_word(case.before(), "numberword")):
        return None
    return Reading("DURATION", duration_value(None, case.value("unit")), 0.7)


def _every(case: Case) -> Reading | None:
    """every day, each July, twice a week, annually."""
    if case.has("frequency"):
        if _capital_follows(case):
            return None
        if (
            case.is_word(case.word("frequency"), "adjective")
            and case.after().isalpha()
            and not case.is_word(case.after(), "timecue")
        ):
            return None
        return Reading("SET", case.value("frequency"), 0.85)
    if case.has("weekday") or case.has("weekdays"):
        number = int(case.value("weekdays" if case.has("weekdays") else "weekday"))
        part = case.value("dayparts" if case.has("dayparts") else "daypart", default="")
        return Reading("SET", f"XXXX-WXX-{number + 1}{part}", 0.9)
    if case.has("m"):
        return Reading("SET", f"XXXX-{case.value('m', 'month'):02d}", 0.85)
    if case.has("season"):
        return Reading("SET", f"XXXX-{case.value('season')}", 0.85)
    if case.has("daypart"):
        return Reading("SET", f"XXXX-XX-XX{case.value('daypart')}", 0.85)
    if case.word("unit") in _NO_COUNT and not case.has("n") and case.scene.tokens[case.start] in {"a", "an", "per"}:
        return None
    count = case.number("n") if case.has("n") else 1.0
    if case.has("one") and case.is_word(case.word("unit"), "units"):
        return Reading("DURATION", duration_value(None, case.value("unit")), 0.8)
    if case.has("one") and not _rated(case):
        return Reading("DURATION", duration_value(count, case.value("unit")), 0.8)
    return Reading("SET", duration_value(count, case.value("unit")), 0.85)


def _capital_follows(case: Case) -> bool:
    """`the daily Granma`: a newspaper."""
    at = case.scene.offset(case.end)
    text = case.scene.text
    name = text[at : at + 1] == " " and text[at + 1 : at + 2].isupper() and not case.capital()
    return name and not case.scene.grammar.marks.get("capital_nouns")


def _rated(case: Case) -> bool:
    """Whether a count or an amount stands before: `five flights a day`, `$3 a month`."""
    before = case.before()
    return before.isdigit() or case.is_word(before, "rated") or (len(before) > 3 and before.endswith("s"))


def _none(case: Case) -> None:
    """Looks like a time and is none; the match keeps other rules from its words."""
    return


AMOUNTS: dict[str, Callable[[Case], Reading | None]] = {
    "duration": _duration,
    "vague": _vague,
    "set": _every,
    "none": _none,
}
