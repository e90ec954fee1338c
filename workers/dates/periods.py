"""Longer stretches: seasons, quarters, halves, decades, centuries, ranges of years, feasts, and the ends of a running unit."""

from collections.abc import Callable
from datetime import date

from workers.dates.absolute import stated_year, turned
from workers.dates.calendar import named
from workers.dates.case import Case, Reading
from workers.dates.feasts import feast_day
from workers.dates.tense import tense

__all__ = ["PERIODS"]

_SEASON_START = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_LONGEST_RANGE = 150


def _years(case: Case) -> Reading | None:
    """2019-20, 1914-1918: a stretch of years as one expression."""
    first = case.figure("y")
    last = case.figure("y2") if case.has("y2") else first // 100 * 100 + case.figure("yy2")
    if last <= first or last - first > _LONGEST_RANGE:
        return None
    return Reading(
        "DURATION", f"P{last - first}Y", 0.75, covers=(f"{first:04d}-01-01", f"{last:04d}-12-31"), granularity="year"
    )


def _decade(case: Case) -> Reading | None:
    """`the 1990s`, `the '80s`, `the nineties`; of `the 1800s` a century is meant."""
    mod = case.value("part")
    if case.word("decade") == "1000":  # notes, metres, tournaments
        return None
    if case.word("decade").endswith("00") and case.word("decade") < "2000":
        return Reading("DATE", case.word("decade")[:2], 0.8, mod=mod)
    if case.has("decade"):
        return Reading("DATE", case.word("decade")[:3], 0.95, mod=mod)
    tens = case.figure("shortdecade") // 10 if case.has("shortdecade") else int(case.value("decadeword"))
    century = 19 if tens >= 3 or not case.now or case.now.year < 2000 else 20
    return Reading("DATE", f"{century}{tens}", 0.8, mod=mod)


def _century(case: Case) -> Reading | None:
    number = _ordinal(case)
    if not 1 <= number <= 30:
        return None
    if case.has("era"):
        return Reading("DATE", f"BC{number - 1:02d}", 0.85, mod=case.value("part"))
    return Reading("DATE", f"{number - 1:02d}", 0.9, mod=case.value("part"))


def _season(case: Case) -> Reading | None:
    """A season, of a year that is named or the one that publication and tense give."""
    season, mod = case.value("season"), case.value("part")
    alone = not any(map(case.has, ("y", "yy", "rel", "part", "theword")))
    if alone and not (case.is_word(case.before(), "timecue") or case.scene.narrative):
        return None
    year = stated_year(case)
    if year is not None:
        return Reading("DATE", f"{year:04d}-{season}", 0.95, mod=mod)
    if case.now is None and not case.timeline.year:
        return Reading("DATE", f"XXXX-{season}", 0.5, mod=mod)
    if case.scene.narrative or not case.now:
        return Reading(
            "DATE",
            f"{case.timeline.year or 0:04d}-{season}" if case.timeline.year else f"XXXX-{season}",
            0.7,
            mod=mod,
            relative=True,
        )
    way = case.value("rel") if case.has("rel") else None
    return Reading("DATE", f"{_season_year(case, season, way):04d}-{season}", 0.75, mod=mod, relative=True)


def _season_year(case: Case, season: str, way: int | None) -> int:
    now = case.now or date(2000, 1, 1)
    start = _SEASON_START[season]
    year = now.year - 1 if season == "WI" and now.month <= 2 else now.year
    inside = start <= (now.month if now.month > 2 or season != "WI" else now.month + 12) <= start + 2
    begun = date(year, start, 1) <= now
    if way is None:
        way = 1 if tense(case) == "future" else 0
        if not begun and way == 0:
            return year - 1 if tense(case) == "past" else year
        return year + 1 if way and begun and not inside else year
    if way < 0:
        return year if begun and not inside else year - 1
    if way > 0:
        return year + 1 if begun else year
    return year


def _part(case: Case) -> Reading | None:
    """A quarter or half of a (fiscal) year."""
    unit = case.value("unit") if case.has("unit") else case.given["unit"]
    letter, size = ("H", 6) if unit == "half" else ("Q", 3)
    number = _ordinal(case)
    if not 1 <= number <= 12 // size:
        return None
    year = stated_year(case)
    if year is not None:
        return Reading("DATE", f"{year:04d}-{letter}{number}", 0.95, mod=case.value("part"))
    if case.now is None:
        return Reading("DATE", f"XXXX-{letter}{number}", 0.5)
    year = case.now.year
    if case.has("rel") and not case.has("yearword"):
        year = turned(case.value("rel"), (year, (case.now.month - 1) // size + 1), number)
    elif number > (case.now.month - 1) // size + 1 and tense(case) != "future":
        year -= not _next_but(case.now, size, number, tense(case))
    return Reading("DATE", f"{year:04d}-{letter}{number}", 0.75, relative=True, mod=case.value("part"))


def _next_but(now: date, size: int, number: int, mood: str) -> bool:
    """In the last month of a quarter the next one is meant, where nothing in the sentence is past."""
    return number == (now.month - 1) // size + 2 and mood == "none" and (now.month - 1) % size == size - 1


def _ordinal(case: Case) -> int:
    """`third`, `3rd` or `3`; the rule table may give it as `n`. Raises KeyError where there is none."""
    if case.word("n").isdigit():
        return case.figure("n")
    return int(case.value("n", default=0))


def _feast(case: Case) -> Reading | None:
    """A feast with a fixed rule, in the year that is named, or that publication and tense give."""
    name = case.value("feast")
    year = stated_year(case)
    if year is not None:
        return Reading("DATE", feast_day(name, year).isoformat(), 0.95)
    if case.now is None:
        return None
    part = case.value("daypart", default="")
    if case.has("weekword") and not (case.scene.narrative and case.timeline.year):
        now = case.now
        nearest = min((feast_day(name, now.year + way) for way in (-1, 0, 1)), key=lambda day: abs(day - now))
        return Reading("DATE", named(nearest, "week"), 0.7, relative=True)
    if case.scene.narrative and case.timeline.year:
        return Reading(
            "TIME" if part else "DATE", feast_day(name, case.timeline.year).isoformat() + part, 0.7, relative=True
        )
    way, now = case.value("rel") if case.has("rel") else None, case.now
    days = [feast_day(name, at) for at in (now.year - 1, now.year, now.year + 1)]
    past, ahead = [day for day in days if day <= now], [day for day in days if day >= now]
    if way == 1 or (
        way is None and (tense(case) == "future" or ((ahead[0] - now).days <= 31 and tense(case) != "past"))
    ):
        day = ahead[0]
    else:
        day = past[-1] if way != 0 else days[1]
    return Reading("TIME" if part else "DATE", day.isoformat() + part, 0.75, relative=True)


def _edge(case: Case) -> Reading | None:
    """`the end of 1998`, `the start of March`: left to the inner rule by its own `part`; here of the running year or month."""
    unit = case.value("unit")
    base = case.then if case.scene.narrative else case.now
    if base is None:
        return None
    return Reading("DATE", named(base, unit), 0.75, mod=case.value("part", default="END"), relative=True)


PERIODS: dict[str, Callable[[Case], Reading | None]] = {
    "years": _years, "decade": _decade, "century": _century, "season": _season, "part": _part, "feast": _feast, "edge": _edge,
}  # fmt: skip
