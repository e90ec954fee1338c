"""Times counted from another: today, last week, Monday, two years ago, a day earlier, the same month."""

import re
from collections.abc import Callable
from datetime import date

from workers.dates.absolute import stated_year
from workers.dates.amounts import duration_value
from workers.dates.calendar import add_days, moved, named
from workers.dates.case import Case, Reading
from workers.dates.tense import completed, surely_ahead, tense

__all__ = ["RELATIVE", "day_of"]

_UNKNOWN = {
    "day": "XXXX-XX-XX",
    "week": "XXXX-WXX",
    "weekend": "XXXX-WXX-WE",
    "month": "XXXX-XX",
    "quarter": "XXXX-QX",
    "half": "XXXX-HX",
}
_SHORT = {"second", "minute", "hour"}
_QUARTER_NEAR = 450


def _unit_value(day: date | None, unit: str, count: int) -> str:
    if day is None:
        return _UNKNOWN.get(unit, "XXXX")
    return named(moved(day, unit, count), unit)


def day_of(case: Case) -> tuple[date | None, bool]:
    """(the day that the slots of a match name, whether it was counted): a weekday, a word such as `tomorrow`, a date; else publication."""
    if case.has("weekday"):
        return _weekday_date(case), True
    if case.has("deictic") and case.now:
        return add_days(case.now, int(case.value("deictic"))), True
    return case.now, True


def _deictic(case: Case) -> Reading | None:
    """today, yesterday, tomorrow, tonight, with a part of the day where one is named."""
    part = case.value("daypart", default="")
    count = int(case.value("deictic"))
    if case.capital("deictic") and case.follows_name():
        return None
    if case.scene.narrative and not part:
        return Reading("DATE", "PRESENT_REF", 0.6) if count == 0 else None
    if case.now is None:
        return Reading("TIME" if part else "DATE", f"XXXX-XX-XX{part}" if part or count else "PRESENT_REF", 0.5)
    value = add_days(case.now, count).isoformat()
    return Reading("TIME" if part else "DATE", value + part, 0.93, relative=True)


def _weekday_date(case: Case) -> date | None:
    """The day of a weekday's name: the last one on or before publication, or the next one by tense or by `next`."""
    from_then = case.scene.narrative or (case.has("rel") and case.is_word(case.word("rel"), "relthen"))
    now = case.then_by("day") if from_then else case.now
    if now is None:
        return None
    number = int(case.value("weekday"))
    back = (now.weekday() - number) % 7
    way = case.value("rel") if case.has("rel") else None
    if way is not None and way < 0:
        return add_days(now, -(back or 7))
    if way is not None and way > 0:
        return add_days(now, 7 - back)
    if way == 0:
        return add_days(now, number - now.weekday())
    if (start := _start_of_stretch(case)) is not None:
        return add_days(start, (number - start.weekday()) % 7 or 7)
    mood = tense(case)
    if back and _bounded(case) and not completed(case):
        mood = "future"
    elif mood == "future" and case.after() in {"'", "\u2019"}:
        mood = "past"
    if mood == "future" and back:
        return add_days(now, 7 - back)
    if mood == "future" and surely_ahead(case):
        return add_days(now, 7)
    return add_days(now, -back)


def _start_of_stretch(case: Case) -> date | None:
    """The day that `from Monday to Friday` begins with, read just before."""
    place, tokens = case.timeline.place, case.scene.tokens
    if not (0 < place < case.start <= place + 3 and case.is_word(case.before(), "upto")):
        return None
    named = any(case.is_word("".join(tokens[max(0, place - size) : place]), "weekday") for size in (1, 3))
    return case.timeline.day if named else None


def _bounded(case: Case) -> bool:
    """`by Monday`, `due Monday`, `as early as Monday`."""
    before = case.before()
    return case.is_word(before, "bound") or (before == "as" and case.is_word(case.before(2), "asbound"))


def _weekday(case: Case) -> Reading | None:
    """A weekday alone or with a part of the day."""
    if case.is_word(case.word("weekday"), "ambiguous"):
        return None
    if case.scene.grammar.marks.get("capital_weekdays") and not case.capital("weekday"):
        return None
    part = case.value("daypart", default="")
    day = _weekday_date(case)
    kind = "TIME" if part else "DATE"
    if day is None:
        return Reading("TIME" if part else "DATE", f"XXXX-WXX-{int(case.value('weekday')) + 1}{part}", 0.5)
    return Reading(
        "TIME" if kind == "TIME" else "DATE", day.isoformat() + part, 0.85, relative=True, mod=case.value("part")
    )


def _unit(case: Case) -> Reading | None:
    """last week, this year, next month, the coming weekend."""
    unit = case.value("unit")
    way = int(case.value("rel", default=0))
    if unit in _SHORT or (case.quoted() and case.titled("unit")):
        return None
    if case.given.get("recent") and base_is_early(case):
        way = -1
    if case.given.get("beyond") and any(case.is_word(case.after(), kind) for kind in ("weekday", "month", "calunit")):
        return None
    from_then = case.has("rel") and case.is_word(case.word("rel"), "relthen")
    base = case.then_by(unit) if from_then or case.scene.narrative else case.now
    if unit == "day" and way == 0 and not from_then and base == case.now:
        return Reading("DATE", "PRESENT_REF" if case.now is None else case.now.isoformat(), 0.6, relative=True)
    return Reading("DATE", _unit_value(base, unit, way), 0.9, mod=case.value("part"), relative=True, anchor=base)


def base_is_early(case: Case) -> bool:
    """`the weekend` in the first half of a week, in a sentence that does not speak of what is to come, is the last one."""
    return case.now is not None and case.now.weekday() < 4 and tense(case) != "future"


def _part_of_day(case: Case) -> Reading | None:
    """this morning, last night, the next evening."""
    way = int(case.value("rel", default=0))
    base = (
        case.then_by("day")
        if (case.has("rel") and case.is_word(case.word("rel"), "relthen")) or case.scene.narrative
        else case.now
    )
    if case.given.get("back") is not None:
        way = int(case.given["back"])
    value = _unit_value(base, "day", way)
    return Reading("TIME", value + case.value("daypart"), 0.85, mod=case.value("part"), relative=True, anchor=base)


def _same(case: Case) -> Reading | None:
    """that day, the same month: the unit in which the last time lies. For a quarter or period the last quarter named."""
    unit = case.value("unit", default=case.given.get("unit"))
    way = int(case.given.get("way", 0))
    if unit == "quarter":
        return _last_quarter(case, way)
    if unit in _SHORT or (unit == "day" and case.then is None):
        return None
    return Reading(
        "DATE", _unit_value(case.then, unit, way), 0.7, relative=True, anchor=case.then, mod=case.value("part")
    )


def _last_quarter(case: Case, way: int = 0) -> Reading | None:
    """The quarter spoken of, else the one before publication: companies report on the one that has ended."""
    if case.timeline.quarter and (case.now is None or case.timeline.quarter < named(case.now, "quarter")):
        year, number = int(case.timeline.quarter[:4]), case.timeline.quarter[6:]
        return Reading("DATE", f"{year + way:04d}-Q{number}", 0.65, relative=True, echo=bool(way))
    if case.now is None:
        return Reading("DATE", "XXXX-QX", 0.4)
    return Reading(
        "DATE",
        named(moved(moved(case.now, "quarter", -1), "year", way), "quarter"),
        0.55,
        relative=True,
        echo=bool(way),
    )


def _offset(case: Case) -> Reading | None:
    """two years ago, three days later, a week earlier; `from` tells what it is counted from: publication (`now`) or the last time (`then`)."""
    if _of_an_event(case):
        return None
    unit, way = case.value("unit"), int(case.value("way"))
    count = case.number("n") if case.has("n") else _unsaid_count(case)
    if case.given.get("ahead") and (count is None or unit in _SHORT or unit == "quarter" or tense(case) != "future"):
        return None
    if case.has("unit") and not case.has("n") and case.is_word(case.word("unit"), "units"):
        count = None
    if case.has("n") and case.is_word(case.after(), "comparing"):
        return Reading("DURATION", duration_value(count, unit), 0.8, end=case.start + case.spans["unit"][1])
    base = case.then_by(unit) if case.value("from", default="now") == "then" or case.scene.narrative else case.now
    vague = Reading("DATE", "FUTURE_REF" if way > 0 else "PAST_REF", 0.6, relative=True)
    mod = case.value("approx")
    if count is not None and unit in _SHORT and case.given.get("fine"):
        return Reading("DURATION", duration_value(count, unit), 0.8, mod=mod, end=case.start + case.spans["unit"][1])
    if count is None or unit in _SHORT:
        return vague
    if unit == "year" and count == 1 and way < 0 and (quarter := _year_before_quarter(case)):
        return Reading("DATE", quarter, 0.7, relative=True, echo=True)
    compared = unit == "year" and count == 1 and way < 0 and not case.scene.narrative
    if case.has("deictic") and base is not None:
        count = 1 + abs(int(case.value("deictic")))
    if base is None:
        return Reading("DATE", _unit_value(None, unit, way), 0.4, relative=True)
    if count != int(count):
        count, unit = (
            (count * 12, "month")
            if unit == "year"
            else (count * 10, "year")
            if unit == "decade"
            else (count * 100, "year")
            if unit == "century"
            else (round(count), unit)
        )
    fine = case.given.get("fine")
    if fine and unit in {"month", "year"} and case.timeline.value.count("-") == 2 and base == case.timeline.day:
        return Reading(
            "DATE", moved(base, unit, way * int(count)).isoformat(), 0.7, mod=mod, relative=True, anchor=base
        )
    value = _unit_value(base, unit, way * int(count))
    return Reading("DATE", value, 0.85, mod=mod, relative=True, anchor=base, echo=compared)


def _unsaid_count(case: Case) -> float:
    """Of a word that is two by itself, or as the rule table says; else one."""
    return 2.0 if case.is_word(case.word("unit"), "dual") else float(case.given.get("count", 1))


def _from_day(case: Case) -> Reading | None:
    """`a week from Tuesday`, `two weeks from tomorrow`, `a year ago today`: counted to the day."""
    unit, way, count = case.value("unit"), int(case.given["way"]), case.number("n")
    if case.now is None or unit in _SHORT or count is None or count != int(count):
        return None
    if case.has("weekday"):
        if unit != "week":
            return None
        apart = (int(case.value("weekday")) - case.now.weekday()) % 7
        base = add_days(case.now, apart if way > 0 else apart - 7 if apart else 0)
    else:
        base = add_days(case.now, int(case.value("deictic")))
    day = moved(base, unit, way * int(count))
    return Reading("DATE", day.isoformat(), 0.85, mod=case.value("approx"), relative=True)


def _of_an_event(case: Case) -> bool:
    """`the day before the match` is counted from the match, `the day before, they had met` from the day named last."""
    counted = case.has("n") or not case.given.get("fine")
    return not counted and (case.word("unit") == "day" or "alone" in case.given) and case.after().isalpha()


def _year_before_quarter(case: Case) -> str | None:
    """`a year earlier` beside a quarter means that quarter of the year before."""
    line = case.timeline
    if (
        line.quarter
        and case.start - line.quarter_place < _QUARTER_NEAR
        and line.quarter_place >= line.place - _QUARTER_NEAR
    ):
        year, number = int(line.quarter[:4]), line.quarter[6:]
        if case.now is not None and year < case.now.year - 1:
            return None
        return f"{max(1, year - 1):04d}-Q{number}"
    return None


def _reference(case: Case) -> Reading | None:
    """now, recently, soon: the value stands in the rule table."""
    if case.given.get("ahead") and not (
        case.is_word(case.before(), "future") or case.is_word(case.before(), "surefuture")
    ):
        return None
    return Reading("DATE", case.given["value"], 0.8)


def _of_year(case: Case) -> Reading | None:
    """this time last year, the same period a year ago."""
    year = stated_year(case)
    if year is None:
        return None
    if case.timeline.quarter:
        return Reading("DATE", f"{year:04d}-Q{case.timeline.quarter[6:]}", 0.7, relative=True, echo=True)
    return Reading("DATE", f"{year:04d}", 0.7, relative=True)


def _the_year(case: Case) -> Reading | None:
    """`the year ended March 31` is how long; `the first months of the year` speak of the running one."""
    base = case.then if case.scene.narrative else case.now
    if case.is_word(case.after(), "endword") or base is None:
        return Reading("DURATION", "P1Y", 0.6)
    return Reading("DATE", named(base, "year"), 0.6, relative=True, anchor=base)


_CLOCK_VALUE = re.compile(r"T\d\d:\d\d")


def _bare_part(case: Case) -> Reading | None:
    """`in the evening` of the day spoken of; not `the night of the fire`."""
    if case.is_word(case.after(), "of"):
        return None
    base = day_of(case)[0] if case.has("deictic") or case.has("weekday") else case.then_by("day")
    value = _unit_value(base, "day", 0) + case.value("daypart")
    return Reading("TIME", value, 0.6, relative=True, anchor=base, mod=case.value("part"))


RELATIVE: dict[str, Callable[[Case], Reading | None]] = {
    "deictic": _deictic, "from_day": _from_day, "weekday": _weekday, "unit": _unit, "daypart": _part_of_day, "same": _same, "offset": _offset,
    "reference": _reference, "of_year": _of_year, "bare_part": _bare_part, "the_year": _the_year,
}  # fmt: skip
