"""Sums with days, weeks, months and years; TIMEX3 values of calendar units, and the days that a value covers."""

import calendar
from datetime import date, timedelta
from functools import lru_cache

__all__ = ["SEASONS", "add_days", "add_months", "last_day", "moved", "named", "span"]

_SEASON_MONTHS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11)}
SEASONS = ("SP", "SU", "FA", "WI")
_YEARS = {"year": 1, "decade": 10, "century": 100, "millennium": 1000}


def add_months(day: date, count: int) -> date:
    """The same day so many months on, or the month's last one; stays within the years 1 to 9999."""
    index = max(12, min(9999 * 12 + 11, day.year * 12 + day.month - 1 + count))
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, count: int) -> date:
    """So many days on; stays within the years 1 to 9999."""
    return date.fromordinal(max(1, min(date.max.toordinal(), day.toordinal() + count)))


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def moved(day: date, unit: str, count: int) -> date:
    """The day so many units on. A unit is day, week, weekend, month, quarter, half, year, decade, century or millennium."""
    if unit in {"day", "week", "weekend"}:
        return add_days(day, count * (1 if unit == "day" else 7))
    months = {"month": 1, "quarter": 3, "half": 6}.get(unit) or 12 * _YEARS[unit]
    return add_months(day, max(-120_000, min(120_000, count * months)))


def named(day: date, unit: str) -> str:
    """The TIMEX3 value of the unit in which the day lies: 2025-07-31, 2025-W31, 2025-W31-WE, 2025-07, 2025-Q3, 2025-H2, 2025, 202, 20."""
    if unit in {"week", "weekend"}:
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}" + ("-WE" if unit == "weekend" else "")
    if unit in {"quarter", "half"}:
        size = 3 if unit == "quarter" else 6
        return f"{day.year:04d}-{unit[0].upper()}{(day.month - 1) // size + 1}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4, "decade": 3, "century": 2, "millennium": 1}[unit]]


@lru_cache(maxsize=8192)
def span(value: str) -> tuple[date, date] | None:
    """First and last day of a TIMEX3 date value, or None for one that is no stretch of the calendar (P3D, XXXX-12, PAST_REF)."""
    head = value.split("T", 1)[0]
    if head[:1] not in "0123456789" or "X" in head:
        return None
    try:
        return _span(head)
    except (ValueError, IndexError):
        return None


def _span(head: str) -> tuple[date, date] | None:
    if head.isdigit() and len(head) < 4:
        width: int = 10 ** (4 - len(head))
        return date(max(1, int(head) * width), 1, 1), date(int(head) * width + width - 1, 12, 31)
    year, rest = int(head[:4]), head[5:]
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if rest.startswith("W") and rest[1:2].isdigit():
        monday = date.fromisocalendar(year, int(rest[1:3]), 1)
        first = 5 if rest.endswith("WE") else 0
        return monday + timedelta(days=first), monday + timedelta(days=6)
    if rest.startswith(("Q", "H")):
        size = 3 if rest[0] == "Q" else 6
        start = (int(rest[1]) - 1) * size + 1
        return date(year, start, 1), last_day(year, start + size - 1)
    if rest in _SEASON_MONTHS:
        return date(year, _SEASON_MONTHS[rest][0], 1), last_day(year, _SEASON_MONTHS[rest][1])
    if rest == "WI":
        return date(year, 12, 1), last_day(year + 1, 2)
    if len(rest) == 2:
        return date(year, int(rest), 1), last_day(year, int(rest))
    day = date(year, int(rest[:2]), int(rest[3:5]))
    return day, day
