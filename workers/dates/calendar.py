"""Names of months and weekdays by language (CLDR, through babel), and sums with days, months and years."""

import calendar
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from babel import Locale

__all__ = ["LANGUAGES", "Unit", "add_days", "add_months", "last_day", "months", "span", "weekdays"]

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "ar", "tr", "pl", "fa")
Unit = Literal["day", "week", "month", "year", "decade", "century", "hour", "minute", "second"]

#: Levantine month names (Syria, Lebanon, Jordan, Iraq); CLDR's `ar` has the Egyptian and Gulf ones.
_LEVANTINE = {"كانون الثاني": 1, "شباط": 2, "آذار": 3, "نيسان": 4, "أيار": 5, "حزيران": 6, "تموز": 7, "آب": 8, "أيلول": 9, "تشرين الأول": 10, "تشرين الثاني": 11, "كانون الأول": 12}  # fmt: skip


@lru_cache(maxsize=32)
def months(language: str) -> dict[str, int]:
    """Month names in lower case, wide and abbreviated, to their numbers."""
    names = Locale.parse(language if language in LANGUAGES else "en").months
    found = {
        name.lower().rstrip("."): number
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in names[form][width].items()
        if not name.isdigit() and len(name) > 2
    }
    return found | ({"sept": 9} if language == "en" else {}) | (_LEVANTINE if language == "ar" else {})


@lru_cache(maxsize=32)
def weekdays(language: str) -> dict[str, int]:
    """Weekday names in lower case to their numbers, Monday 0."""
    names = Locale.parse(language if language in LANGUAGES else "en").days
    found = {name.lower(): number for form in ("format", "stand-alone") for number, name in names[form]["wide"].items()}
    if language == "en":
        found |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
    return found


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


def span(value: str) -> tuple[date, date] | None:
    """First and last day of a TIMEX3 date value, or None for one that is no stretch of the calendar (P3D, XXXX-12, PAST_REF)."""
    head = value.split("T", 1)[0]
    try:
        return _span(head)
    except (ValueError, IndexError):
        return None


_SEASONS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11)}


def _span(head: str) -> tuple[date, date] | None:
    if len(head) == 2 and head.isdigit():
        return date(max(1, int(head) * 100), 1, 1), date(int(head) * 100 + 99, 12, 31)
    if len(head) == 3 and head.isdigit():
        return date(int(head) * 10, 1, 1), date(int(head) * 10 + 9, 12, 31)
    year = int(head[:4])
    rest = head[5:]
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if rest.startswith("W"):
        monday = date.fromisocalendar(year, int(rest[1:3]), 1)
        return (
            (monday + timedelta(days=5), monday + timedelta(days=6))
            if rest.endswith("WE")
            else (monday, monday + timedelta(days=6))
        )
    if rest.startswith(("Q", "H")):
        size = 3 if rest[0] == "Q" else 6
        first = (int(rest[1]) - 1) * size + 1
        return date(year, first, 1), last_day(year, first + size - 1)
    if rest in _SEASONS:
        return date(year, _SEASONS[rest][0], 1), last_day(year, _SEASONS[rest][1])
    if rest == "WI":
        return date(year, 12, 1), last_day(year + 1, 2)
    if len(rest) == 2:
        return date(year, int(rest), 1), last_day(year, int(rest))
    day = date(year, int(rest[:2]), int(rest[3:5]))
    return day, day
