"""Dates of other calendars (Islamic, Iranian), and those written with Chinese characters."""

from collections.abc import Callable
from datetime import date

from hijridate import Hijri

from workers.dates.absolute import days_of, nearest_year
from workers.dates.calendar import add_days, add_months, named
from workers.dates.case import Case, Reading
from workers.dates.tense import tense
from workers.text.calendars import from_jalali

__all__ = ["FOREIGN"]

#: A day alone belongs to the date that ends so few characters before it.
_BESIDE = 12


def _cjk_date(case: Case) -> Reading | None:
    """2025年7月31日, 7月31日, 去年5月: year, month and day by their characters."""
    year = case.figure("y") if case.has("y") else None
    if year is None and case.has("yw") and case.now:
        year = case.now.year + int(case.value("yw", "yearof"))
    if not case.has("mn"):
        if case.now is None:
            return None
        moved_to = add_months(case.now.replace(day=1), int(case.value("rel", default=0)))
        return Reading("DATE", moved_to.replace(day=case.figure("d")).isoformat(), 0.85, relative=True)
    month, day = case.figure("mn"), case.figure("d") if case.has("d") else None
    relative = year is None
    if year is None:
        if case.now is None:
            return Reading("DATE", f"XXXX-{month:02d}" + (f"-{day:02d}" if day else ""), 0.5)
        year = nearest_year(case, month, day)
    value = date(year, month, day or 1).isoformat()
    first = Reading(
        "DATE",
        value if day else value[:7],
        0.85 if relative else 0.97,
        relative=relative,
        mod=case.value("part"),
        covers=(value, date(year, month, case.figure("d2")).isoformat()) if case.has("d2") else None,
    )
    return days_of(case, first) if "days" in case.given else first


def _cjk_day(case: Case) -> Reading | None:
    """`12日`: in the month named right before; else by publication the last such day, or the next one where the sentence speaks of what is to come."""
    beside = case.scene.narrative or 0 <= case.start - case.timeline.place <= _BESIDE
    base, day = case.then_by("month") if beside else case.now, case.figure("d")
    if base is None or case.before() == "第":
        return None
    if base == case.now and day != base.day:
        ahead = tense(case) == "future"
        if ahead == (day < base.day):
            base = add_months(base.replace(day=1), 1 if ahead else -1)
    return Reading("DATE", base.replace(day=day).isoformat(), 0.7, relative=True, anchor=base)


def _cjk_year(case: Case) -> Reading | None:
    if case.has("y"):
        return Reading("DATE", case.word("y"), 0.95, mod=case.value("part"))
    return (
        Reading(
            "DATE",
            f"{case.now.year + int(case.value('yw', 'yearof')):04d}",
            0.93,
            mod=case.value("part"),
            relative=True,
        )
        if case.now
        else None
    )


def _hijri(case: Case) -> Reading | None:
    """A day, month or year of the Islamic calendar (Umm al-Qura, by hijridate)."""
    year, month = case.figure("hy"), case.value("hm", "hijrimonth")
    if case.has("d"):
        day = Hijri(year, month, case.figure("d")).to_gregorian()
        return Reading("DATE", date(day.year, day.month, day.day).isoformat(), 0.85)
    first = Hijri(year, month, 1)
    start = first.to_gregorian()
    begin = date(start.year, start.month, start.day)
    covers = (begin.isoformat(), add_days(begin, first.month_length() - 1).isoformat())
    return Reading("DATE", named(begin, "month"), 0.6, covers=covers, granularity="month")


def _jalali(case: Case) -> Reading | None:
    """A day or month of the Iranian calendar; without a year, the one nearest on or before publication."""
    month = case.figure("jn") if case.has("jn") else case.value("jm", "jalalimonth")
    if case.has("jy"):
        year = case.figure("jy")
    elif case.now:
        year = case.now.year - 621
        while from_jalali(year, month, case.figure("d") if case.has("d") else 1) > case.now:
            year -= 1
        if tense(case) == "future":
            year += 1
    else:
        return None
    if case.has("d"):
        day = from_jalali(year, month, case.figure("d")).isoformat()
        until = from_jalali(year, month, case.figure("d2")).isoformat() if case.has("d2") else None
        first = Reading("DATE", day, 0.9, relative=not case.has("jy"), covers=(day, until) if until else None)
        return days_of(case, first) if "days" in case.given else first
    begin = from_jalali(year, month, 1)
    end = add_days(from_jalali(year + month // 12, month % 12 + 1, 1), -1)
    return Reading("DATE", named(begin, "month"), 0.6, covers=(begin.isoformat(), end.isoformat()), granularity="month")


def _jalali_year(case: Case) -> Reading | None:
    begin = from_jalali(case.figure("jy"), 1, 1)
    end = add_days(from_jalali(case.figure("jy") + 1, 1, 1), -1)
    return Reading("DATE", f"{begin.year:04d}", 0.6, covers=(begin.isoformat(), end.isoformat()), granularity="year")


def _jalali_season(case: Case) -> Reading | None:
    """`پاییز ۱۴۰۳`: the year begins with spring, its winter ends in the next."""
    return Reading("DATE", f"{case.figure('jy') + 621:04d}-{case.value('season')}", 0.8)


FOREIGN: dict[str, Callable[[Case], Reading | None]] = {
    "cjk_date": _cjk_date, "cjk_day": _cjk_day, "cjk_year": _cjk_year, "hijri": _hijri, "jalali": _jalali, "jalali_year": _jalali_year,
    "jalali_season": _jalali_season,
}  # fmt: skip
