"""The patterns of dates: in figures, and with the months' names of some forty languages; asked only where a date may begin.

They read text in lower case, which must be as long as the text itself: telling cases apart lets the engine pass over most months at their first
letter.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from workers.cleaner.line_facts import DATE_FIGURES
from workers.text.calendars import jalali_month_names, month_names

__all__ = ["ISO", "matches", "months", "patterns"]

#: Whose months are known, by CLDR. Where two languages call different months by one name, the first has it; so Croatian is left out
#: (its October is the November of Polish and Czech).
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "ar", "tr", "pl", "cs", "da", "sv", "fi", "hu", "ro", "el", "ca", "nb",
    "bg", "sk", "sl", "sr", "mk", "be", "sq", "lt", "lv", "et", "is", "id", "ms", "vi", "he", "hi", "bn", "ur", "fa", "az", "kk", "ka", "hy",
)  # fmt: skip
_SHORT_YEAR = r"(?:19|20)\d\d|['’]?\d\d(?!\d)"
_TIME = r"(?:[t ,@|/·•–-]{0,3}(?:at|um|à|a las|alle|kl\.?|в|о|ore|saat)?[ ,|–-]{0,2}(?P<h>[01]?\d|2[0-3])(?P<sep>[:.h時])(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d{1,9})?)?\s{0,2}(?P<ap>[ap]\.?m\.?\b)?"
_ZONE = r"\s{0,2}\(?(?P<z>z\b|utc\b|gmt\b|[+-]\d\d:?\d\d\b|e[sd]t\b|p[sd]t\b|c[sd]t\b|m[sd]t\b|ces?t\b|mes?z\b|bst\b|msk\b|мск\b|ist\b)?\)?)?"
_D = r"0?[1-9]|[12]\d|3[01]"
ISO = re.compile(
    r"(?<![\d/])(?P<y>(?:13|14|19|20)\d\d)(?:[-/.年]|\. |년 )(?P<mo>0?[1-9]|1[0-2])(?:[-/.月]|\. |월 )(?P<d>" + _D + r")(?![\d])[日일.]?" + _TIME + _ZONE
)  # fmt: skip
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?P<a>" + _D + r")(?P<by>[./-]|\. | \.)(?P<b>" + _D + r")(?:[./-]|\. | \.)(?P<y>" + _SHORT_YEAR + r")(?![\d/])(?!\.\d)" + _TIME + _ZONE
)  # fmt: skip
#: What may stand between a day and its year where the month came first.
_YEAR_BEHIND = re.compile(r"(?:st|nd|rd|th|\.|er|º|°|ª)?,?[ \-]{1,3}(?:19|20)\d\d")
#: So far before its day the name of a month may begin (characters).
_LONGEST_MONTH = 40
#: What follows the day there, year, time and zone, is shorter than this.
_LONGEST_REST = 80


#: The first letters of the word behind a day or a year.
_WORD_BEHIND = re.compile(r"(?:st|nd|rd|th|er)?[ .\-/º°ª]{0,4}(?:de |of |di |den |ב-?|m\. )?([^\W\d_]{1,3})")
_LETTERS = re.compile(r"[^\W\d_]{1,3}")


def _may_name_month(small: str, end: int) -> bool:
    """Whether the word behind a day or a year begins as the name of a month does; that costs less than to ask for one of all names."""
    behind = _WORD_BEHIND.match(small, end)
    return behind is not None and (behind[1] in _month_heads() or small[end : end + 3] in _month_heads())


@lru_cache(maxsize=1)
def _month_heads() -> frozenset[str]:
    words = (word for name in (*months(), *jalali_month_names()) for word in re.split("[ ’]", name))
    return frozenset(head[0] for word in words if (head := _LETTERS.match(word)))


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """The names of months in all these languages, in lower case, to their numbers."""
    names: dict[str, int] = {}
    for language in _LANGUAGES:
        for name, number in month_names(language).items():
            names.setdefault(name, number)
    return names


def _any_of(names: Iterable[str]) -> str:
    """A pattern for one of the names, the longest first; they are parted by their first letter, so that a letter is tried against few."""
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        by_letter.setdefault(name[0], []).append(re.escape(name[1:]))
    return "|".join(f"{re.escape(letter)}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())


@lru_cache(maxsize=1)
def patterns() -> tuple[re.Pattern[str], ...]:
    """Dates with the name of their month: day first, month first, year first, and Persian ones. Groups: d, mon or jmon, y, h, sep, m, s, ap, z."""
    month = f"(?P<mon>{_any_of(months())})" + r"(?!\w)\.?"
    jalali = f"(?P<jmon>{_any_of(jalali_month_names())})" + r"\b"
    day = rf"(?P<d>{_D})(?:st|nd|rd|th|\.|er|º|°|ª)?"
    year = r"(?P<y>(?:19|20)\d\d|(?<!,)(?<!,.)(?<!,..)(?<!,...)['’]?\d\d(?!:?\d))(?:\s?(?:г|р)\.?(?!\w))?"
    full = r"(?P<y>(?:19|20)\d\d)(?!\d)"
    rest = r",?" + _TIME + _ZONE
    between = r"[ .\-/]{0,3}"
    return (
        re.compile(
            rf"(?<![\d\w.,]){day}{between}(?:de |of |di |den |ב-?)?{month},?{between}(?:de |del |năm )?{year}{rest}"
        ),
        re.compile(rf"(?<!\w){month}[ .\-]{{1,3}}{day},?[ \-]{{1,3}}{full}{rest}"),
        re.compile(rf"(?<!\d){full}[ .\-/]{{1,3}}(?:m\. )?{month}[ .\-/]{{1,3}}{day}(?!\d){rest}"),
        re.compile(rf"(?<!\d)(?P<d>{_D}) {jalali} (?P<y>1[34]\d\d)(?!\d){rest}"),
    )


def matches(small: str) -> Iterator[re.Match[str]]:
    """What `finditer` of each pattern finds, asked only where it can begin (`DATE_FIGURES`): at a day, at a year, or, for the pattern that
    begins with a month, shortly before a day with a year behind it. Trying hundreds of month names at every letter would take most of a page's time."""
    day_first, month_first, year_first, jalali = patterns()
    numeric, iso = ((0, _NUMERIC),), ((3, ISO),)
    jalali_too = () if small.isascii() else ((2, jalali),)  # whose months are Persian
    free_from = [0] * 6
    for run in DATE_FIGURES.finditer(small):
        start, end = run.span()
        is_year = end - start == 4
        named = ((4, year_first),) if is_year else ((1, day_first), *jalali_too)
        for place, pattern in (*(iso if is_year else numeric), *(named if _may_name_month(small, end) else ())):
            if start >= free_from[place] and (match := pattern.match(small, start)):
                free_from[place] = match.end()
                yield match
        if not is_year and _YEAR_BEHIND.match(small, end):
            match = month_first.search(small, max(free_from[5], start - _LONGEST_MONTH), end + _LONGEST_REST)
            if match and match.start() <= start:
                free_from[5] = match.end()
                yield match
