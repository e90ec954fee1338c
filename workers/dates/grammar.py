"""The patterns: one alternation per language, each branch a kind of expression. Bounded repetitions only, so time is linear."""

import re
from dataclasses import dataclass
from functools import lru_cache

from workers.dates.calendar import LANGUAGES, months, weekdays

__all__ = ["NUMBERS", "UNITS", "Grammar", "grammar"]

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "several": None, "few": None, "some": None, "many": None, "couple": 2, "half": 0.5,
}  # fmt: skip
UNITS = {
    "second": "second", "minute": "minute", "hour": "hour", "day": "day", "night": "day", "week": "week", "month": "month",
    "quarter": "quarter", "year": "year", "decade": "decade", "century": "century", "centurie": "century", "weekend": "weekend",
}  # fmt: skip

_ORDINALS = "first|second|third|fourth|1st|2nd|3rd|4th"
_YEAR = r"(?:1[5-9]|20)\d\d"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_CLOCK = r"(?:[01]?\d|2[0-3])[:.][0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\b\.?)?|(?:1[0-2]|[1-9]) ?[ap]\.?m\b\.?"
_NUM = r"\d{1,4}(?:\.\d)?|" + "|".join(NUMBERS)
_UNIT = "|".join(UNITS)


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language's compiled alternation; `match.lastgroup` of the outer groups tells the kind."""

    pattern: re.Pattern[str]
    months: dict[str, int]
    weekdays: dict[str, int]
    deictics: dict[str, int]


#: Days from publication for words that mean one, by language.
_DEICTICS = {
    "en": {"today": 0, "yesterday": -1, "tomorrow": 1, "tonight": 0},
    "de": {"heute": 0, "gestern": -1, "morgen": 1, "vorgestern": -2, "übermorgen": 2},
    "fr": {"aujourd'hui": 0, "aujourd’hui": 0, "hier": -1, "demain": 1},
    "es": {"hoy": 0, "ayer": -1, "anteayer": -2},
    "it": {"oggi": 0, "ieri": -1, "domani": 1},
    "ru": {"сегодня": 0, "вчера": -1, "завтра": 1, "накануне": -1},
    "uk": {"сьогодні": 0, "вчора": -1, "завтра": 1},
    "ar": {"اليوم": 0, "أمس": -1, "غدا": 1},
    "tr": {"bugün": 0, "dün": -1, "yarın": 1},
}


def _names(words: "dict[str, int] | dict[str, int | None]") -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _absolute(month: str, weekday: str) -> str:
    """Branches that are alike in all languages."""
    lead = rf"(?:(?:{weekday}),? (?:den |the |le )?)?"
    ordinal = r"(?:st|nd|rd|th|er|\.|º)?"
    return "|".join((
        rf"(?P<iso>{_YEAR}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?)(?!\d)",
        rf"(?P<dmy>{lead}(?P<dmy_d>{_DAY}){ordinal}(?:[-–](?P<dmy_e>{_DAY}){ordinal})?[ -](?:of |de |d')?(?P<dmy_m>{month})\b\.?"
        rf"(?:,? (?:de |of )?(?P<dmy_y>{_YEAR})\b)?)",
        rf"(?P<mdy>{lead}(?P<mdy_m>{month})\b\.? (?P<mdy_d>{_DAY})(?:st|nd|rd|th)?(?![\d:%]|[.,]\d)(?:[-–](?P<mdy_e>{_DAY})(?!\d))?(?:,? (?P<mdy_y>{_YEAR})\b)?)",
        rf"(?P<my>(?P<my_m>{month})\b\.?(?:,)? (?:of |de |del )?(?:(?P<my_y>{_YEAR})\b|(?P<my_rel>this|last|next) year))",
        r"(?P<numeric>(?P<n_a>\d{1,2})[./](?P<n_b>\d{1,2})[./](?P<n_y>(?:19|20)\d\d))(?!\d)",
    ))  # fmt: skip


_ENGLISH = "|".join((
    rf"(?P<clock>(?:{_CLOCK})(?: (?:GMT|UTC|EST|EDT|CET|CEST|BST|PST|PDT|MSK)\b)?)",
    rf"(?P<ago>(?:(?:about|around|nearly|almost|more than|over) )?(?P<ago_n>{_NUM})(?: (?:of|few))? (?P<ago_u>{_UNIT})s? (?P<ago_w>ago|earlier|later|before|after|from now)\b)",
    rf"(?P<within>(?:in|within) (?P<within_n>{_NUM}) (?P<within_u>{_UNIT})s?\b(?! ago))",
    rf"(?P<rel>(?P<rel_w>last|next|this|past|coming|previous|following|current) (?P<rel_u>{_UNIT}|spring|summer|autumn|fall|winter|morning|afternoon|evening|night)\b)",
    rf"(?P<relspan>(?:the )?(?P<relspan_w>last|next|past|coming|previous|first) (?P<relspan_n>{_NUM}) (?P<relspan_u>{_UNIT})s?\b)",
    rf"(?P<quarter>(?:the )?(?P<quarter_o>{_ORDINALS})[ -](?P<quarter_k>quarter|half)(?: of)?(?: (?P<quarter_y>{_YEAR}))?|Q(?P<quarter_q>[1-4])(?: (?P<quarter_qy>{_YEAR}))?)\b",
    rf"(?P<set>(?:every|each) (?P<set_u>{_UNIT}|WEEKDAY)s?|(?P<set_w>daily|weekly|monthly|quarterly|annually|annual|yearly|hourly)|(?:once|twice) a (?P<set_o>{_UNIT}))\b",
    rf"(?P<age>\b\d{{1,3}}-(?:{_UNIT})-old\b)",
    rf"(?P<duration>(?P<dur_n>{_NUM})[ -](?P<dur_u>{_UNIT})s?\b(?![- ]old))",
    rf"(?P<season>(?:the )?(?P<season_s>spring|summer|autumn|winter|fall) (?:of )?(?P<season_y>{_YEAR}))\b",
    r"(?P<decade>(?:the )?(?:(?P<dec_p>early|mid|late)[- ])?(?P<dec_y>(?:1[5-9]|20)\d)0'?s\b)",
    r"(?P<century>(?:the )?(?P<cen_n>\d{1,2})(?:st|nd|rd|th)[ -]century)\b",
    r"(?P<present>now|currently|at present|nowadays|these days)\b",
    r"(?P<past>recently|in the past|formerly)\b",
    r"(?P<same>(?:the )?same day|that day)\b",
))  # fmt: skip


@lru_cache(maxsize=32)
def grammar(language: str) -> Grammar:
    """The grammar of a language; English where we have none."""
    language = language if language in LANGUAGES else "en"
    month, weekday = _names(months(language)), _names(weekdays(language))
    deictics = _DEICTICS.get(language, {})
    branches = [_absolute(month, weekday)]
    if language == "en":
        branches.append(_ENGLISH.replace("WEEKDAY", weekday))
    branches += [
        rf"(?P<weekday>(?:(?P<wd_w>last|next|this|coming|past) )?(?P<wd_d>{weekday})(?: (?P<wd_p>morning|afternoon|evening|night))?)\b",
        rf"(?P<deictic>(?P<de_d>{_names(deictics)})(?: (?P<de_p>morning|afternoon|evening|night))?)\b"
        if deictics
        else r"(?P<deictic>(?!))",
        rf"(?P<month>(?:(?P<mo_p>early|mid|late)[- ])?(?:(?P<mo_w>last|next|this) )?(?P<mo_m>{month}))\b(?!\s?\d)",
        rf"(?P<years>(?P<ys_a>{_YEAR})[-–/](?P<ys_b>{_YEAR}|\d\d)(?![\d-]))",
        rf"(?P<year>{_YEAR})(?![\d,]\d|[-–]\d|%|:\d| ?(?:km|kg|people|soldiers|euros?|dollars?)\b)",
    ]
    return Grammar(
        re.compile(r"(?<![\w$€£.:/-])(?:" + "|".join(branches) + ")", re.IGNORECASE),
        months(language),
        weekdays(language),
        deictics,
    )
