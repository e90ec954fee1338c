"""Names of months and weekdays by language, and the calendars other than the Gregorian that news pages use."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_timedelta

__all__ = ["counted_phrases", "from_jalali", "jalali_month_names", "month_names", "weekday_names"]

Unit = Literal["hour", "day", "week", "month", "year"]
#: Levantine month names (Syria, Lebanon, Jordan, Iraq); CLDR's `ar` has the Egyptian and Gulf ones.
_LEVANTINE = {
    "كانون الثاني": 1, "شباط": 2, "آذار": 3, "اذار": 3, "نيسان": 4, "أيار": 5, "ايار": 5, "حزيران": 6, "تموز": 7, "آب": 8, "أيلول": 9,
    "ايلول": 9, "تشرين الأول": 10, "تشرين الاول": 10, "تشرين أول": 10, "تشرين الثاني": 11, "تشرين ثاني": 11, "كانون الأول": 12,
    "كانون الاول": 12, "كانون أول": 12,
}  # fmt: skip
#: Maghreb and other spellings beside CLDR's.
_MAGHREB = {"جانفي": 1, "فيفري": 2, "أفريل": 4, "ماي": 5, "جوان": 6, "جويلية": 7, "أوت": 8, "غشت": 8, "شتنبر": 9, "نونبر": 11, "دجنبر": 12, "ابريل": 4, "اغسطس": 8, "اكتوبر": 10}  # fmt: skip
_MORE: dict[str, dict[str, int]] = {
    "ar": _LEVANTINE | _MAGHREB,
    "en": {"sept": 9, "sep": 9},
    "de": {"jänner": 1, "feber": 2, "jän": 1, "märz": 3, "maerz": 3},
    "es": {"setiembre": 9, "sept": 9},
    "tr": {"agustos": 8, "eylul": 9, "subat": 2},
}
_MORE_DAYS: dict[str, dict[str, int]] = {
    "en": {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6},
    "de": {"sonnabend": 5},
    "ar": {"الإثنين": 0, "الاثنين": 0, "الأثنين": 0, "الاربعاء": 2, "الثلاثاء": 1},
}


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


@lru_cache(maxsize=64)
def month_names(language: str) -> dict[str, int]:
    """Month names in lower case, wide and abbreviated, all grammatical forms that CLDR has, to their numbers."""
    months = _locale(language).months
    found = {
        name.lower().rstrip("."): number
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in months[form][width].items()
        if len(name) > 2 and not name[0].isdigit()
    }
    return found | _MORE.get(language, {})


@lru_cache(maxsize=64)
def weekday_names(language: str) -> dict[str, int]:
    """Weekday names in lower case to their numbers, Monday 0."""
    days = _locale(language).days
    found = {
        name.lower().rstrip("."): number
        for form in ("format", "stand-alone")
        for number, name in days[form]["wide"].items()
    }
    return found | _MORE_DAYS.get(language, {})


_UNIT_SECONDS: dict[Unit, int] = {
    "hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 2_592_000, "year": 31_536_000,
}  # fmt: skip
#: Counts that between them take every plural form of CLDR's languages.
_COUNTS = (1, 2, 3, 5, 11, 21, 100)


@lru_cache(maxsize=64)
def counted_phrases(language: str) -> tuple[tuple[str, str, int], ...]:
    """How a language says `3 days ago` and `in 3 days` (CLDR): (phrase in lower case with {} for the figure, unit, -1 or 1)."""
    found: dict[tuple[str, str, int], None] = {}
    for unit, seconds in _UNIT_SECONDS.items():
        for count in _COUNTS:
            for way in (-1, 1):
                phrase = format_timedelta(
                    timedelta(seconds=way * count * seconds),
                    unit,
                    threshold=1e9,
                    add_direction=True,
                    locale=_locale(language),
                ).lower()
                if phrase.count(str(count)) == 1:
                    found[phrase.replace(str(count), "{}"), unit, way] = None
    return tuple(found)


@lru_cache(maxsize=1)
def jalali_month_names() -> dict[str, int]:
    """The months of the Iranian calendar in Persian, to their numbers."""
    return {name: number for number, names in enumerate(_JALALI, 1) for name in names}


#: Farvardin to Esfand, with the spellings that pages use.
_JALALI = (("فروردین",), ("اردیبهشت",), ("خرداد",), ("تیر",), ("مرداد", "امرداد"), ("شهریور",), ("مهر",), ("آبان",), ("آذر",), ("دی",), ("بهمن",), ("اسفند",))  # fmt: skip


def from_jalali(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of the Iranian calendar, by its 33-year leap cycle (right for 1178 to 1633 AP). Raises ValueError."""
    if not (1178 <= year <= 1633 and 1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError(f"{year}-{month}-{day}")
    before = year - 979
    days = 365 * before + before // 33 * 8 + (before % 33 + 3) // 4
    days += (month - 1) * 31 if month <= 6 else 186 + (month - 7) * 30
    return date(1600, 3, 20) + timedelta(days=days + day - 1)
