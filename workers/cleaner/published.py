"""When did it appear: candidates from metadata and visible text, each with its method and confidence; the best one wins."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from babel import Locale

from schemas.articles import Published

__all__ = ["Candidate", "best", "find_stamps", "parse_stamp"]

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "ar", "tr", "pl")
_TIME = r"(?:[T ,@|/-]*(?:at|um|à|a las|kl\.?|в|о)?[ ,|-]*(?P<h>[01]?\d|2[0-3])(?P<sep>[:.h])(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d{1,9})?)?\s{0,2}(?P<ap>[ap]\.?m\.?\b)?"
_ZONE = r"\s{0,2}\(?(?P<z>Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b|E[SD]T\b|P[SD]T\b|C[SD]T\b|M[SD]T\b|CES?T\b|BST\b|MSK\b|IST\b)?\)?)?"
_ISO = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<mo>0?[1-9]|1[0-2])[-/.](?P<d>0?[1-9]|[12]\d|3[01])(?!\d)" + _TIME + _ZONE,
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<a>0?[1-9]|[12]\d|3[01])[./-](?P<b>0?[1-9]|[12]\d|3[01])[./-](?P<y>(?:19|20)\d\d)(?!\d)"
    + _TIME
    + _ZONE,
    re.IGNORECASE,
)
#: Offsets in hours of the abbreviations that news pages use. IST is left out on purpose: India, Israel or Ireland.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "BST": 1, "MSK": 3}  # fmt: skip
_ARABIC_MONTHS = {"كانون الثاني": 1, "شباط": 2, "آذار": 3, "نيسان": 4, "أيار": 5, "حزيران": 6, "تموز": 7, "آب": 8, "أيلول": 9, "تشرين الأول": 10, "تشرين الثاني": 11, "كانون الأول": 12}  # fmt: skip
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_LEAST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible publication time; `start` is where its text begins, -1 for metadata."""

    published: Published
    start: int = -1
    end: int = -1

    def scored(self, confidence: float, method: str | None = None) -> "Candidate":
        """The same with another confidence."""
        changes: dict[str, object] = {"confidence": max(0.0, min(1.0, confidence))}
        if method:
            changes["method"] = method
        return Candidate(self.published.model_copy(update=changes), self.start, self.end)


def best(candidates: Iterable[Candidate]) -> Published | None:
    """The most confident; of equals the first, and of the same day the one that knows the time."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.published.confidence)
    if not ranked:
        return None
    top = ranked[0].published
    for other in (candidate.published for candidate in ranked[1:]):
        if top.precision == "day" and other.precision in {"minute", "second"} and other.value[:10] == top.value:
            return other.model_copy(update={"confidence": top.confidence})
    return top


def parse_stamp(text: str, method: str, confidence: float) -> Candidate | None:
    """The first stamp in a metadata value."""
    found = find_stamps(text[:200], method, confidence)
    return Candidate(found[0].published) if found else None


def find_stamps(text: str, method: str, confidence: float) -> list[Candidate]:
    """Every date, with the time of day and zone that follow it, in order."""
    plain = text.translate(_DIGITS)
    found = [
        _read(match, method, confidence)
        for pattern in (_ISO, _NUMERIC, *_named_patterns())
        for match in pattern.finditer(plain)
    ]
    stamps = sorted(
        (candidate for candidate in found if candidate), key=lambda candidate: (candidate.start, -candidate.end)
    )
    kept: list[Candidate] = []
    for stamp in stamps:
        if not kept or stamp.start >= kept[-1].end:
            kept.append(stamp)
    return kept


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    names: dict[str, int] = dict(_ARABIC_MONTHS)
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names |= {
                    name.lower().rstrip("."): number
                    for number, name in months[form][width].items()
                    if not name.isdigit()
                }
    return names | {"sept": 9}


@lru_cache(maxsize=1)
def _named_patterns() -> tuple[re.Pattern[str], ...]:
    month = "(?P<mon>" + "|".join(sorted(map(re.escape, _months()), key=len, reverse=True)) + r")\b\.?"
    day = r"(?P<d>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.|er|º)?"
    year = r"(?P<y>(?:19|20)\d\d)(?!\d)(?: ?(?:г|р)\.?(?!\w))?"
    rest = r",?" + _TIME + _ZONE
    return (
        re.compile(rf"(?<![\d\w]){day}[ -]{{1,3}}(?:de |of )?{month},?[ -]{{1,3}}(?:de )?{year}{rest}", re.IGNORECASE),
        re.compile(rf"(?<!\w){month} {{1,3}}{day},? {{1,3}}{year}{rest}", re.IGNORECASE),
    )


def _read(match: re.Match[str], method: str, confidence: float) -> Candidate | None:
    groups = match.groupdict()
    day_month = _day_and_month(groups)
    if day_month is None:
        return None
    day, month, sure = day_month
    try:
        when = date(int(groups["y"]), month, day)
    except ValueError:
        return None
    if when.year < _LEAST_YEAR:
        return None
    value, precision, zone = _with_time(when, groups)
    raw = match.group(0).strip(" ,|-")
    published = Published(
        value=value,
        precision=precision,
        tz_status=zone,
        method=method,
        raw=raw,
        confidence=confidence if sure else confidence * 0.7,
    )
    return Candidate(published, match.start(), match.end())


def _day_and_month(groups: dict[str, str | None]) -> tuple[int, int, bool] | None:
    """(day, month, sure). A numeric date that could be either order is read as day first, and is not sure."""
    if groups.get("mon"):
        return int(groups["d"] or 0), _months()[(groups["mon"] or "").lower()], True
    if groups.get("mo"):
        return int(groups["d"] or 0), int(groups["mo"] or 0), True
    first, second = int(groups["a"] or 0), int(groups["b"] or 0)
    if second > 12:
        return second, first, True
    if first > 12:
        return first, second, True
    return first, second, first == second


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


def agreeing(candidates: Sequence[Candidate], digits: Iterable[str], bonus: float = 0.15) -> list[Candidate]:
    """Raise candidates whose day also stands in the digits of a document id or a url (20250731, 31072025, 2025/07/31)."""
    seen = " ".join(re.sub(r"\D+", "", piece) for piece in digits)

    def agrees(candidate: Candidate) -> bool:
        when = datetime.fromisoformat(candidate.published.value[:10])
        return any(when.strftime(form) in seen for form in ("%Y%m%d", "%d%m%Y", "%m%d%Y"))

    return [
        candidate.scored(candidate.published.confidence + bonus) if agrees(candidate) else candidate
        for candidate in candidates
    ]
