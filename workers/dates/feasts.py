"""Feasts and holidays whose day follows from the year."""

from collections.abc import Callable
from datetime import date

from hijridate import Hijri

from workers.dates.calendar import add_days

__all__ = ["feast_day"]


def feast_day(name: str, year: int) -> date:
    """The day of a feast in a year; what the names mean stands in the tables `_FIXED`, `_BY_EASTER`, `_BY_WEEKDAY`. Raises KeyError."""
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _BY_EASTER:
        return add_days(_easter(year), _BY_EASTER[name])
    if name in _ISLAMIC:
        return _islamic(year, *_ISLAMIC[name])
    rule: Callable[[int], date] = _BY_WEEKDAY[name]
    return rule(year)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm in Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    remainder = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * remainder) // 451
    month, day = divmod(h + remainder - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _islamic(year: int, month: int, day: int) -> date:
    """The first such day in the Gregorian year, by the Umm al-Qura calendar. Raises ValueError outside of 1925 to 2076."""
    for hijri_year in range((year - 622) * 33 // 32 - 1, (year - 622) * 33 // 32 + 3):
        try:
            found = Hijri(hijri_year, month, day).to_gregorian()
        except (ValueError, OverflowError):
            continue
        if found.year == year:
            return date(found.year, found.month, found.day)
    raise ValueError(year)


def _nth(month: int, weekday: int, count: int) -> Callable[[int], date]:
    """The `count`-th such weekday of a month (Monday 0); the last one for -1."""

    def day(year: int) -> date:
        if count > 0:
            first = date(year, month, 1)
            return add_days(first, (weekday - first.weekday()) % 7 + 7 * (count - 1))
        last = add_days(date(year + month // 12, month % 12 + 1, 1), -1)
        return add_days(last, -((last.weekday() - weekday) % 7))

    return day


_FIXED = {
    "christmas": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "new year": (1, 1), "new year's eve": (12, 31),
    "valentine": (2, 14), "halloween": (10, 31), "independence us": (7, 4), "veterans": (11, 11), "saint patrick": (3, 17),
    "may day": (5, 1), "epiphany": (1, 6), "all saints": (11, 1), "assumption": (8, 15), "bastille": (7, 14), "womens day": (3, 8),
    "german unity": (10, 3), "victory day": (5, 9), "orthodox christmas": (1, 7), "nowruz": (3, 20), "april fools": (4, 1),
    "saint nicholas": (12, 6), "juneteenth": (6, 19), "anzac": (4, 25), "earth day": (4, 22),
    "china national": (10, 1),
}  # fmt: skip
_BY_EASTER = {
    "easter": 0, "good friday": -2, "holy thursday": -3, "easter monday": 1, "palm sunday": -7, "ash wednesday": -46,
    "ascension": 39, "pentecost": 49, "whit monday": 50, "corpus christi": 60, "carnival monday": -48, "shrove tuesday": -47,
}  # fmt: skip
#: Federal holidays of the United States by 5 U.S.C. 6103, and others that go by the weekday.
_BY_WEEKDAY: dict[str, Callable[[int], date]] = {
    "thanksgiving": _nth(11, 3, 4), "labor day": _nth(9, 0, 1), "memorial day": _nth(5, 0, -1), "martin luther king": _nth(1, 0, 3),
    "presidents day": _nth(2, 0, 3), "columbus day": _nth(10, 0, 2), "mothers day": _nth(5, 6, 2), "fathers day": _nth(6, 6, 3),
    "election us": lambda year: add_days(_nth(11, 0, 1)(year), 1), "black friday": lambda year: add_days(_nth(11, 3, 4)(year), 1),
}  # fmt: skip
_ISLAMIC = {
    "eid al-fitr": (10, 1),
    "eid al-adha": (12, 10),
    "ashura": (1, 10),
    "islamic new year": (1, 1),
    "mawlid": (3, 12),
}
