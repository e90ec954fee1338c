"""Dates that name a place in the calendar by its figures and names: days, months, weeks, years."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from workers.dates.calendar import add_months, last_day, named
from workers.dates.case import Case, Reading, Timeline
from workers.dates.tense import governed, tense

__all__ = ["ABSOLUTE", "days_of", "nearest_year", "stated_year", "turned"]

_SHORT_YEAR_PIVOT = 30
#: How far ahead a date without a year may lie when nothing in the sentence says whether it is past.
_AHEAD_DAYS = 92
_SOON_DAYS = 190
_LATELY_DAYS = 45
_TURN_OF_YEAR = 9


def stated_year(case: Case) -> int | None:
    """The year that the expression itself names, in four figures or two (`'98`), by its own or a relative word."""
    if case.has("y"):
        return case.figure("y")
    if case.has("yy"):
        short = case.figure("yy")
        return short + (1900 if short >= _pivot(case) else 2000)
    if case.has("sy"):
        spelled = case.number("sy")
        return 1900 + int(spelled) if spelled is not None and 0 < spelled < 100 else None
    if case.has("thatyear"):
        return case.then.year if case.then else None
    if case.has("rel") and case.has("yearword") and case.now:
        return case.now.year + int(case.value("rel"))
    return None


def _pivot(case: Case) -> int:
    """Two figures mean the year nearest to publication: up to ten years ahead of it."""
    return (case.now.year + 10) % 100 if case.now and case.now.year >= 2000 else _SHORT_YEAR_PIVOT


def nearest_year(case: Case, month: int, day: int | None) -> int:
    """The year of a month or day that names none: in a history the one last named, else by publication and tense.

    A day in the weeks ahead of publication is the coming one, unless the sentence is in the past: of one that lies most of a year back
    news names the year.
    """
    named_ahead = _year_ahead(case, month)
    if named_ahead is not None:
        return named_ahead
    if case.scene.narrative and case.timeline.year:
        return _told_year(case.timeline, case.timeline.year, month)
    now = case.now or date(2000, 1, 1)
    ahead = (month - now.month) * 30 + (day - now.day if day is not None else 0)
    if ahead == 0:
        return now.year
    mood = tense(case)
    if mood != "future" and case.is_word(case.before(), "sincecue"):
        return now.year - (ahead > 0)
    bound = _is_bound(case)
    coming = ahead % 365
    if mood == "future":
        return now.year if ahead > 0 else now.year + (coming <= _SOON_DAYS or -ahead > _LATELY_DAYS)
    if bound and coming <= _SOON_DAYS:
        return now.year if ahead > 0 else now.year + 1
    if coming <= _AHEAD_DAYS and (mood == "none" or not governed(case)):
        return now.year if ahead > 0 else now.year + 1
    return now.year - (ahead > 0)


def _is_bound(case: Case) -> bool:
    """`by May`, `fino a maggio`, `jusqu'à mai`: what lasts till then is not over."""
    before = case.before()
    if case.is_word(before, "bound") or case.is_word(before, "boundto"):
        return True
    return case.is_word(before, "boundlink") and any(case.is_word(case.before(count), "bound") for count in (2, 3))


def _year_ahead(case: Case, month: int) -> int | None:
    """The year of the other end of a stretch: of `from November 3 to March 2024` the first is in 2023."""
    words = case.following(7)
    if len(words) < 3 or not case.is_word(words[0], "joiner"):
        return None
    at = next((place for place in (1, 2, 3) if place < len(words) and case.is_word(words[place], "month")), None)
    if at is None:
        return None
    for word in words[at + 1 :]:
        if len(word) == 4 and case.is_word(word, "year"):
            return int(word) - int(month > case.scene.grammar.words[words[at]]["month"])
        if len(word) > 2 and not case.is_word(word, "day"):
            return None
    return None


def _told_year(line: Timeline, year: int, month: int) -> int:
    """In a history: the year last named; the one after it where December is followed by the first months of a year."""
    return year + (line.day is not None and len(line.value) >= 7 and line.day.month - month >= _TURN_OF_YEAR)


def _date(case: Case) -> Reading | None:
    month = case.value("m", "month")
    day = case.figure("d") if case.word("d").isdigit() else int(case.value("d", "ordinal"))
    if not _month_like(case):
        return None
    if "days" in case.given:
        return days_of(case, _date(replace(case, given={})))
    year = stated_year(case)
    if year is None and not case.now and not (case.scene.narrative and case.timeline.year):
        date(2000, month, day)
        return Reading("DATE", f"XXXX-{month:02d}-{day:02d}", 0.5)
    relative = year is None
    if year is None:
        year = _year_of_weekday(case, month, day) or nearest_year(case, month, day)
    value = date(year, month, day)
    if case.has("daypart"):
        return Reading("TIME", value.isoformat() + case.value("daypart"), 0.85, relative=relative)
    covers = None
    if case.has("d2"):
        other = case.value("m2", "month") if case.has("m2") else month
        until = date(year + (other < month), other, case.figure("d2"))
        if until < value:
            return None
        if case.is_word(case.after(), "counted"):
            return None
        covers = (value.isoformat(), until.isoformat())
    return Reading("DATE", value.isoformat(), 0.85 if relative else 0.98, relative=relative, covers=covers)


def days_of(case: Case, first: Reading | None) -> Reading | None:
    """`March 10, 11 and 12`, `10., 11. und 12. März`: each day as an expression, the first one as read. None where the last figure is no day."""
    tokens, end = case.scene.tokens, case.start + case.spans["d"][1]
    if first is None or case.is_word(case.after(), "counted") or case.after() in {"a", "p", "am", "pm", ":"}:
        return None
    places = [at for at in range(end, case.end) if _is_day(tokens, at)]
    days = [case.figure("d"), *(int(tokens[at]) for at in places)]
    if days != sorted(set(days)) or not places:
        return None
    values = [_days_later(first.value, day - days[0]) for day in days[1:]]
    if case.has("m") and values[-1][:-3] != first.value[:-3]:
        return None
    ends = [*(_end_of_day(tokens, at + 1) for at in places[:-1]), case.end]
    return replace(first, end=_end_of_day(tokens, end), more=tuple(zip(places, ends, values, strict=True)))


def _is_day(tokens: list[str], at: int) -> bool:
    return tokens[at].isdigit() and len(tokens[at]) <= 2


def _days_later(value: str, count: int) -> str:
    """So many days after a day, of which the year may be unknown."""
    if "X" in value:
        return f"{value[:-2]}{int(value[-2:]) + count:02d}"
    return (date.fromisoformat(value) + timedelta(days=count)).isoformat()


def _end_of_day(tokens: list[str], end: int) -> int:
    """The token after a day of a list, its full stop or ending included."""
    return end + (tokens[end] in {".", "st", "nd", "rd", "th", "日", "号", "er"})


def _year_of_weekday(case: Case, month: int, day: int) -> int | None:
    """`Monday, Oct. 26` tells its year: the nearest in which that day was such a weekday."""
    if not case.has("weekday") or case.now is None:
        return None
    years = sorted(
        range(case.now.year - 3, case.now.year + 4), key=lambda year: abs(year - case.now.year) if case.now else 0
    )
    number = int(case.value("weekday"))
    return next(
        (year for year in years if date(year, month, min(day, 28)).weekday() == (number - max(0, day - 28)) % 7), None
    )


def _month_like(case: Case) -> bool:
    """`may 5 people`, `march 3 miles`: a month that is also a word needs its capital."""
    return not case.has("m") or not case.is_word(case.word("m"), "ambiguous") or case.capital("m")


def _month(case: Case) -> Reading | None:
    """A month, with or without a year, with or without `early`, `last`."""
    month, mod = case.value("m", "month"), case.value("part")
    if not _month_like(case) or not _alone_is_month(case):
        return None
    year = stated_year(case)
    if year is not None:
        return Reading("DATE", f"{year:04d}-{month:02d}", 0.97, mod=mod, relative=case.has("rel"))
    if case.now is None and not (case.scene.narrative and case.timeline.year):
        return Reading("DATE", f"XXXX-{month:02d}", 0.5, mod=mod)
    if case.has("rel") and case.now:
        base = (case.then if case.scene.narrative else None) or case.now
        year = turned(case.value("rel"), (base.year, base.month), month)
    else:
        year = nearest_year(case, month, None)
    return Reading("DATE", f"{year:04d}-{month:02d}", 0.8, mod=mod, relative=True)


def turned(way: int, now: tuple[int, int], month: int) -> int:
    year, current = now
    if way < 0:
        return year if month < current else year - 1
    if way > 0:
        return year if month > current else year + 1
    return year


def _alone_is_month(case: Case) -> bool:
    """A bare month that is also a name or a word (`May`, `March`, `April`) needs a word of time before it or a mark of place after."""
    before, after = case.before(), case.after()
    if any(map(case.has, ("y", "yy", "rel", "part", "article", "cue"))):
        return True
    if case.is_word(case.word("m"), "name") and _name_follows(case, after) and not case.is_word(before, "timecue"):
        return False
    if case.is_word(case.word("m"), "abbreviated") and after != "." and case.scene.tokens[case.end - 1] != ".":
        return False
    if not case.is_word(case.word("m"), "ambiguous"):
        return case.capital("m") or not case.scene.grammar.marks.get("capital_months")
    if not case.capital("m") or before == "-" or case.is_word(before, "title"):
        return False
    if case.is_word(before, "timecue") or case.is_word(before, "month"):
        return not _name_follows(case, after)
    return case.is_word(after, "monthcue") or _described(case, before, after)


def _described(case: Case, before: str, after: str) -> bool:
    """`a better March`: a capital after a word in small letters that is no verb of saying, and no surname after."""
    scene = case.scene
    at = next((place for place in range(case.start - 1, -1, -1) if not scene.tokens[place].isspace()), -1)
    small = at >= 0 and scene.text[scene.offset(at)].islower()
    saying = case.is_word(before, "past") or before.endswith(("ed", "s"))
    return small and before != "the" and len(before) > 2 and not saying and not _name_follows(case, after)


def _name_follows(case: Case, after: str) -> bool:
    """`of April Johnson`: a capital right after the month."""
    scene = case.scene
    at = scene.offset(case.end)
    return (
        bool(after)
        and after.isalpha()
        and scene.text[at : at + 2][1:2].isupper()
        and not case.is_word(after, "weekday")
    )


def _numeric(case: Case) -> Reading | None:
    """Figures only: 31.7.2025, 7/31/2025, 2025-07-31. Which is the month is taken from the figures, else from the language's habit."""
    first, second = case.figure("a"), case.figure("b")
    year = stated_year(case)
    month_first = bool(case.scene.grammar.marks.get("month_first")) and case.given.get("separator") == "/"
    month, day = (first, second) if month_first else (second, first)
    if month > 12:
        month, day = day, month
    sure = first > 12 or second > 12 or first == second
    if year is None:
        if case.now is None:
            return None
        year = nearest_year(case, month, day)
    return Reading("DATE", date(year, month, day).isoformat(), 0.95 if sure else 0.65)


def _iso(case: Case) -> Reading | None:
    year, month, day = (case.figure(name) for name in ("y", "mm", "dd"))
    return Reading("DATE", date(year, month, day).isoformat(), 0.99)


def _year(case: Case) -> Reading | None:
    """A year alone, if nothing says that the figure counts or names something else."""
    year = case.figure("y")
    mod = case.value("part")
    if case.has("cue") or case.has("part"):
        return Reading("DATE", f"{year:04d}", 0.93, mod=mod)
    if not _year_like(case, year):
        return None
    return Reading("DATE", f"{year:04d}", 0.88)


def _year_like(case: Case, year: int) -> bool:
    before, after = case.before(), case.after()
    if case.is_word(before, "timecue") and not case.is_word(after, "counted"):
        return True
    if not 1600 <= year <= 2100 or case.is_word(before, "numbered") or case.is_word(after, "counted"):
        return False
    if case.is_word(after, "yearcue"):
        return True
    return (
        case.is_word(before, "yearlead")
        or before in {"(", ",", "/", "-", "\u2013", "", ";", ":"}
        or not after.isalpha()
        or case.is_word(before, "month")
        or _noun_ahead(case, after)
    )


def _noun_ahead(case: Case, after: str) -> bool:
    """`his 1996 campaign`, `the 1990 elections` against `employed 1990 people`: a plural counts, unless an article or owner stands before."""
    before = case.before()
    return not (after.endswith("s") and not case.is_word(before, "article"))


def _before_christ(case: Case) -> Reading | None:
    """480 BC, the 470s BC: TIMEX3 writes BC0480, BC047."""
    figures = case.word("n")
    if len(figures) > 4 or case.number("n") == 0:
        return None
    if case.has("season") or case.has("m"):
        fine = case.value("season") if case.has("season") else f"{case.value('m', 'month'):02d}"
        return Reading("DATE", f"BC{int(figures):04d}-{fine}", 0.9, mod=case.value("part"))
    decade = case.scene.tokens[case.start + case.spans["n"][1]] == "s"
    end = case.start + case.spans["n"][1] if "listed" in case.given else None
    return Reading("DATE", f"BC{int(figures):04d}"[: 5 if decade else 6], 0.9, mod=case.value("part"), end=end)


def _week_of(case: Case) -> Reading | None:
    """The week of March 6."""
    reading = _date(case)
    if reading is None or "X" in reading.value:
        return None
    return Reading("DATE", named(date.fromisoformat(reading.value), "week"), 0.85, relative=reading.relative)


def _weekday_of(case: Case) -> Reading | None:
    """The second Sunday of May, the last Friday in March 2024."""
    month = _month(case)
    if month is None or "X" in month.value:
        return None
    first, number = date.fromisoformat(month.value + "-01"), int(case.value("weekday"))
    days = [first.replace(day=day) for day in range(1, last_day(first.year, first.month).day + 1)]
    days = [day for day in days if day.weekday() == number]
    if case.has("n"):
        place = int(case.value("n", "ordinal")) - 1
    elif case.value("rel") < 0:
        place = len(days) - 1
    else:
        return None
    if place >= len(days):
        return None
    return Reading("DATE", days[place].isoformat(), 0.85, relative=month.relative)


def _day_of_month(case: Case) -> Reading | None:
    """The 15th of this month; alone (`on the 21st,`) the one nearest to what the text speaks of."""
    if case.has("rel"):
        if case.now is None:
            return None
        month = add_months(case.now.replace(day=1), int(case.value("rel")))
        return Reading("DATE", month.replace(day=case.figure("d")).isoformat(), 0.85, relative=True)
    base = case.then_by("month")
    if base is None or not case.is_word(case.before(), "dayedge") or case.after().isalpha() or case.after() == "-":
        return None
    return Reading("DATE", base.replace(day=case.figure("d")).isoformat(), 0.6, relative=True, anchor=base)


def _spelled_year(case: Case) -> Reading | None:
    """`nineteen ninety-four`, `the year two thousand and one`."""
    count = case.number("n") if case.has("n") else 0
    if count is None or not (
        10 <= count <= 99
        if case.word("n") and not case.before(0) and case.scene.tokens[case.start] == "nineteen"
        else 0 <= count <= 99
    ):
        return None
    return Reading("DATE", f"{(1900 if case.scene.tokens[case.start] == 'nineteen' else 2000) + int(count)}", 0.85)


ABSOLUTE: dict[str, Callable[[Case], Reading | None]] = {
    "date": _date, "month": _month, "numeric": _numeric, "iso": _iso, "year": _year, "spelled_year": _spelled_year,
    "before_christ": _before_christ, "week_of": _week_of, "weekday_of": _weekday_of,
    "day_of_month": _day_of_month,
}  # fmt: skip
