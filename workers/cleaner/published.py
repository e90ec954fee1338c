"""Dates and times of day as pages write them: found in text, read to ISO 8601, with what is sure about them and what is not."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from workers.cleaner.date_patterns import ISO, matches, months
from workers.cleaner.line_facts import may_date
from workers.text.calendars import from_jalali, jalali_month_names

__all__ = ["Candidate", "Stamp", "best", "digits_of", "find_stamps", "parse_stamp", "reordered", "stamps_in"]

#: Offsets in hours of the abbreviations that news pages use. IST is left out on purpose: India, Israel or Ireland.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "BST": 1, "MSK": 3, "МСК": 3}  # fmt: skip
#: Arabic, Persian, Devanagari and Bengali.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯", "0123456789" * 4)
_EASTERN = re.compile("[٠-٩۰-۹०-९০-৯]")
#: The figures that a date may begin with; asked first, since few lines have one.
_SIGN = re.compile("[0-9٠-٩۰-۹०-९০-৯]")
_LEAST_YEAR, _LAST_YEAR = 1990, 2099


class Stamp(NamedTuple):
    """The fields of `schemas.articles.Published`, not validated yet: a page has many times and gives two."""

    value: str
    precision: Literal["year", "month", "day", "minute", "second"]
    tz_status: Literal["explicit", "assumed", "unknown"]
    method: str
    raw: str
    confidence: float
    reasons: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A possible publication time; `start` is where its text begins, -1 for metadata. `doubtful`: day and month could be the other way round."""

    published: Stamp
    start: int = -1
    end: int = -1
    doubtful: bool = False
    separator: str = ""

    @property
    def day(self) -> str:
        """The day, or the month or year where no more is known."""
        return self.published.value[:10]

    def scored(self, confidence: float) -> "Candidate":
        """The same with another confidence."""
        return self._replace(published=self.published._replace(confidence=round(max(0.0, min(1.0, confidence)), 3)))


_EXACTNESS = {"year": 0, "month": 1, "day": 2, "minute": 3, "second": 4}


def best(candidates: Iterable[Candidate]) -> Stamp | None:
    """The most confident; of equals the first, and of the same day the one that knows the time and its zone best."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.published.confidence)
    if not ranked:
        return None
    top = ranked[0].published
    same = [
        candidate.published
        for candidate in ranked
        if candidate.day == top.value[:10] and candidate.published.confidence >= 0.5 * top.confidence
    ]
    exact = max(
        same,
        key=lambda stamp: (
            _EXACTNESS[stamp.precision] >= _EXACTNESS["minute"],
            stamp.tz_status == "explicit",
            _EXACTNESS[stamp.precision],
        ),
        default=top,
    )
    return exact._replace(confidence=top.confidence)


def parse_stamp(text: str, method: str, confidence: float) -> Candidate | None:
    """The first stamp in a metadata value."""
    if (told := _STATED.fullmatch(text)) and (stamp := _stated(told, method, confidence)):
        return stamp
    found = find_stamps(text[:200], method, confidence)
    return Candidate(found[0].published, doubtful=found[0].doubtful) if found else None


#: As metadata writes times; whatever else could be found would lie inside of it.
_STATED = re.compile(
    r"(?P<day>(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[T ](?P<clock>(?:[01]\d|2[0-3]):[0-5]\d(?P<s>:[0-5]\d)?)(?:(?<=:\d\d:\d\d)\.\d{1,9})?(?P<z>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)  # fmt: skip


def _stated(match: re.Match[str], method: str, confidence: float) -> Candidate | None:
    day, clock, seconds, zone = match.groups()
    if not _LEAST_YEAR <= int(day[:4]) <= _LAST_YEAR or (day[8:] > "28" and not _exists(day)):
        return None
    if clock is None:
        return Candidate(Stamp(day, "day", "unknown", method, day, confidence))
    offset = _zone(zone) or ""
    return Candidate(
        Stamp(
            f"{day}T{clock}{offset}",
            "second" if seconds else "minute",
            "explicit" if zone else "unknown",
            method,
            match[0],
            confidence,
        )
    )


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def find_stamps(text: str, method: str, confidence: float) -> list[Candidate]:
    """Every date, with the time of day and zone that follow it, in order."""
    return list(stamps_in(text, method, confidence)) if _SIGN.search(text) and may_date(text) else []


@lru_cache(maxsize=512)
def stamps_in(text: str, method: str, confidence: float) -> tuple[Candidate, ...]:
    """The same of a text that may hold a date (`may_date`); remembered, since a line of a page is asked more than once."""
    plain = text if text.isascii() else _plain(text)
    small = plain.lower()  # as long: of all letters only İ grows
    if (whole := ISO.match(small)) and whole.end() == len(small) and (stamp := _read(whole, plain, method, confidence)):
        return (stamp,)  # as metadata writes it: whatever else could be found would lie inside of it
    found = [_read(match, plain, method, confidence) for match in matches(small)]
    stamps = sorted(
        (candidate for candidate in found if candidate), key=lambda candidate: (candidate.start, -candidate.end)
    )
    kept: list[Candidate] = []
    for stamp in stamps:
        if not kept or stamp.start >= kept[-1].end:
            kept.append(_with_time_before(stamp, plain))
    return tuple(kept)


def _plain(text: str) -> str:
    text = text.replace("İ", "i")
    return text.translate(_DIGITS) if _EASTERN.search(text) else text


_TIME_BEFORE = re.compile(
    r"(?<![\d:])(?P<h>[01]?\d|2[0-3])(?P<sep>[:.h])(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?\s?(?P<ap>[ap]\.?m\.?)?\s?\(?(?P<z>UTC|GMT|E[SD]T|P[SD]T|C[SD]T|CES?T|BST|MSK|МСК)?\)?(?:\s?Uhr)?[ ,|·–-]{1,3}$",
    re.IGNORECASE,
)  # fmt: skip


def _with_time_before(stamp: Candidate, text: str) -> Candidate:
    """`22:00 GMT, 26 September 2020`: the time of day in front of the date."""
    if stamp.published.precision != "day":
        return stamp
    lead = text[max(0, stamp.start - 24) : stamp.start]
    match = _TIME_BEFORE.search(lead)
    if match is None:
        return stamp
    value, precision, zone = _with_time(date.fromisoformat(stamp.published.value), match.groupdict())
    published = stamp.published._replace(
        value=value, precision=precision, tz_status=zone, raw=match.group(0) + stamp.published.raw
    )
    return stamp._replace(published=published, start=stamp.start - len(match.group(0)))


def digits_of(text: str) -> list[tuple[int, int, int | None]]:
    """(year, month, day or None) that the digits of a url or document id spell: /2025/07/31/, 20250731, 31072025, /2025/07/."""
    found: list[tuple[int, int, int | None]] = []
    for pattern, order in _URL_DATES:
        for match in pattern.finditer(text):
            year, month, day = (int(match.group(part)) if part else None for part in order)
            if year and month and _valid(year, month, day or 1):
                found.append((year, month, day))
    return found


_URL_DATES = (
    (re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_.](0?[1-9]|1[0-2])[-/_.](0[1-9]|[12]\d|3[01]|[1-9])(?!\d)"), (1, 2, 3)),
    (re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[-/_.](0[1-9]|1[0-2])[-/_.]((?:19|20)\d\d)(?!\d)"), (3, 2, 1)),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d{3})"), (1, 2, 3)),
    (re.compile(r"(?<![\d])(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(20[0-4]\d)"), (3, 2, 1)),
    (re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])(?![\d-])/?(?!\d)"), (1, 2, None)),
)  # fmt: skip


def reordered(candidate: Candidate) -> Candidate:
    """A numeric date with day and month the other way round."""
    value = candidate.published.value
    swapped = f"{value[:5]}{value[8:10]}-{value[5:7]}{value[10:]}"
    return candidate._replace(published=candidate.published._replace(value=swapped))


def _valid(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return _LEAST_YEAR <= year <= _LAST_YEAR


def _read(match: re.Match[str], plain: str, method: str, confidence: float) -> Candidate | None:
    """What a pattern found in the text in lower case; `plain` is the text as it stands."""
    groups = match.groupdict()
    read = _day(groups)
    if read is None:
        return None
    when, sure = read
    value, precision, zone = _with_time(when, groups)
    published = Stamp(
        value=value,
        precision=precision,
        tz_status=zone,
        method=method,
        raw=plain[match.start() : match.end()].strip(" ,|-–·•"),
        confidence=confidence if sure else confidence * 0.7,
    )
    return Candidate(
        published, match.start(), match.end(), doubtful=not sure, separator=(groups.get("by") or "").strip()
    )


def _day(groups: dict[str, str | None]) -> tuple[date, bool] | None:
    """(day, sure). A numeric date that could be either order is read as day first, and is not sure."""
    figures = (groups["y"] or "").strip("'’")
    year = int(figures) + (2000 if len(figures) == 2 else 0)
    try:
        if groups.get("jmon") or (len(figures) == 4 and year < 1500):
            month = jalali_month_names()[groups["jmon"] or ""] if groups.get("jmon") else int(groups["mo"] or 0)
            return from_jalali(year, month, int(groups["d"] or 0)), True
        day, month, sure = _day_and_month(groups)
        when = date(year, month, day)
    except ValueError:
        return None
    return (when, sure) if _LEAST_YEAR <= when.year <= _LAST_YEAR else None


def _day_and_month(groups: dict[str, str | None]) -> tuple[int, int, bool]:
    if groups.get("mon"):
        return int(groups["d"] or 0), months()[groups["mon"] or ""], True
    if groups.get("mo"):
        return int(groups["d"] or 0), int(groups["mo"] or 0), True
    first, second = int(groups["a"] or 0), int(groups["b"] or 0)
    if second > 12:
        return second, first, True
    return first, second, first == second or first > 12 or "." in (groups.get("by") or "")


def _with_time(
    when: date, groups: dict[str, str | None]
) -> tuple[str, Literal["day", "minute", "second"], Literal["explicit", "unknown"]]:
    if groups.get("h") is None:
        return when.isoformat(), "day", "unknown"
    hour, minute = int(groups["h"] or 0), int(groups["m"] or 0)
    half = (groups.get("ap") or "").lower().replace(".", "")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    clock = f"{hour:02d}:{minute:02d}" + (f":{groups['s']}" if groups.get("s") else "")
    zone = _zone(groups.get("z"))
    return (
        f"{when.isoformat()}T{clock}{zone or ''}",
        "second" if groups.get("s") else "minute",
        "explicit" if zone else "unknown",
    )


def _zone(name: str | None) -> str | None:
    if not name:
        return None
    upper = name.upper()
    if upper in _ZONES:
        hours = _ZONES[upper]
        return "Z" if hours == 0 else f"{'+' if hours > 0 else '-'}{abs(hours):02d}:00"
    return f"{name[:3]}:{name[-2:]}" if name[0] in "+-" else None
