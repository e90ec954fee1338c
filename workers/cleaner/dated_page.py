"""A page as the search for its publication time sees it: its lines, where its title stands, which are prose, what dates its url spells, and every
date on it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from workers.cleaner.line_facts import BYLINE, COMMENTS, DATED, PROSE, RELATED, line_facts
from workers.cleaner.published import Candidate, digits_of, reordered, stamps_in
from workers.text import native
from workers.text.normalize import comparable, which_say

__all__ = ["Page", "Place", "heading_of", "page_of", "places"]

_COMMENTS = re.compile(
    r"^\W*(?:\d+\s+)?(?:comments?|kommentare?|leave a (?:reply|comment)|commentaires?|comentarios?|responses?|antworten?|reaktionen|обсуждени\w*|комментари\w*|диалог|التعليقات|diskussion)\b",
    re.IGNORECASE,
)  # fmt: skip
_RELATED = re.compile(
    r"^\W*(?:related|more (?:from|stories|news|on)|latest|recent|most (?:read|popular)|you (?:may|might)|read (?:more|also|next)|aktuelle|neueste|letzte|weitere|mehr (?:zum|aus)|auch interessant|lesen sie|lies auch|"
    r"meistgelesen|das könnte|ähnliche|verwandte|à lire|articles? (?:similaires|récents)|derniers|les plus lus|relacionad|últimas|más leíd|leggi anche|похожие|читайте|archives?|archiv)\b",
    re.IGNORECASE,
)  # fmt: skip
_BYLINE = re.compile(
    r"^\W*(?:by|von|par|por|di|from|author|autor|autor:in|text|автор|by:|von:|geschrieben|posted by|written by|redaktion|editor|خبر|بقلم)\b",
    re.IGNORECASE,
)
_LONGEST_TITLE, _LONGEST_BYLINE, _LONGEST_RELATED = 250, 90, 60
#: `/en-gb/` in a url.
_LOCALE = re.compile(r"[/.][a-z]{2}[-_]([a-z]{2})(?=[/.]|$)", re.IGNORECASE)
_LONGEST_LINE = 2000


class Place(NamedTuple):
    """A stamp with the number of its line and what stands before it there."""

    candidate: Candidate
    line: int
    before: str


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page and what each may hold (`line_facts`), where its title stands (-1 for nowhere), which lines are prose, which begin as
    bylines and as headings of links do, and the dates that its url spells."""

    lines: Sequence[str]
    facts: Sequence[int]
    title: int
    titles: Sequence[int]
    prose: frozenset[int]
    bylines: frozenset[int]
    related: frozenset[int]
    url_dates: Sequence[tuple[int, int, int | None]]
    comments_from: int
    reasons: Sequence[str | None]
    month_first: bool


def page_of(
    lines: Sequence[str], title: int, url: str, reasons: Sequence[str | None] = (), marks: Sequence[str] = ()
) -> Page:
    """The page for scoring. `marks` are further strings that may spell a date (document ids)."""
    joined = native.joined(lines)  # for two questions
    facts = line_facts(lines, joined)
    telling = [number for number, fact in enumerate(facts) if fact > DATED]
    lower_part = (number for number in telling if number > len(lines) // 4 and facts[number] & COMMENTS)
    comments = next(
        (number for number in lower_part if len(lines[number]) < 60 and _COMMENTS.match(lines[number])), len(lines)
    )
    heading = title if title >= 0 else heading_of(lines)
    again = which_say(lines, {comparable(lines[heading])}, _LONGEST_TITLE, joined) if heading >= 0 else []
    return Page(
        lines=lines,
        facts=facts,
        title=heading,
        titles=[number for number, says in enumerate(again) if says and number] or [heading] * (heading >= 0),
        prose=frozenset(number for number in telling if facts[number] & PROSE),
        bylines=_begun(lines, [number for number in telling if facts[number] & BYLINE], _BYLINE, _LONGEST_BYLINE),
        related=_begun(lines, [number for number in telling if facts[number] & RELATED], _RELATED, _LONGEST_RELATED),
        url_dates=[found for text in (_without_archive(url), *marks) for found in digits_of(text)],
        comments_from=comments,
        reasons=reasons or [None] * len(lines),
        month_first=_american(url),
    )


def _begun(lines: Sequence[str], asked: Sequence[int], pattern: re.Pattern[str], longest: int) -> frozenset[int]:
    """Which of some lines begin as the pattern says, and are shorter than so many characters."""
    return frozenset(number for number in asked if len(lines[number]) < longest and pattern.match(lines[number]))


def _american(url: str) -> bool:
    """Whether numeric dates are likelier month first: where the url names a locale of the United States (`/en-us/`), on their hosts, and (weakly)
    where the host names no country."""
    if locale := _LOCALE.search(url):
        return locale.group(1).lower() == "us"
    host = urlsplit(url).hostname or ""
    return host.endswith((".us", ".gov", ".mil", ".com", ".edu"))


def _without_archive(url: str) -> str:
    """The url without what an archive puts before it (the time of the copy)."""
    return re.sub(r"^https?://web\.archive\.org/web/\d+\w*/", "", url)


def heading_of(lines: Sequence[str]) -> int:
    """The line that says again what the first one (the page's title) says, or most of it: the longest, of equals the last above the body."""
    if not lines:
        return -1
    title = comparable(lines[0])
    best, length = -1, max(9, int(0.2 * len(title)))
    for number, line in enumerate(lines[1:], 1):
        if len(line) > _LONGEST_TITLE:
            continue
        words = comparable(line) if len(line) > length or "İ" in line else ""  # only İ grows in lower case
        if len(words) > length and words in title:
            best, length = number, len(words)
    return best


def places(page: Page) -> list[Place]:
    """Every date on the page, in reading order; day and month as the page's other dates and its url tell."""
    found = []
    for number in [number for number, fact in enumerate(page.facts) if fact & DATED]:
        line = page.lines[number]
        for stamp in stamps_in(line[:_LONGEST_LINE], "visible_stamp", 0.5):
            before = line[max(0, stamp.start - 40) : stamp.start]
            if stamp.start < 4 and number and len(page.lines[number - 1]) < 40:
                before = page.lines[number - 1] + " " + before
            found.append(Place(stamp, number, before))
    return _ordered(found, page) if any(place.candidate.doubtful for place in found) else found


def _ordered(found: Sequence[Place], page: Page) -> list[Place]:
    """The places, doubtful dates read month first where that is what the url spells, or what the page's sure dates with that separator show."""
    spelled = frozenset(f"{year:04d}-{month:02d}-{day:02d}" for year, month, day in page.url_dates if day)
    named = frozenset(place.candidate.day for place in found if not place.candidate.separator)
    orders: dict[str, list[bool]] = {}
    for place in found:
        if (first := _month_first(place.candidate)) is not None:
            orders.setdefault(place.candidate.separator, []).append(first)
    return [
        place._replace(
            candidate=_read_as_told(place.candidate, spelled, orders.get(place.candidate.separator, ()), named, page)
        )
        if place.candidate.doubtful
        else place
        for place in found
    ]


def _read_as_told(
    candidate: Candidate, spelled: Collection[str], orders: Sequence[bool], named: Collection[str], page: Page
) -> Candidate:
    """A doubtful date in the likelier order. `orders`: whether sure dates written so have the month first; `named`: the days that the page names in
    words."""
    other = reordered(candidate)
    if candidate.day in spelled or other.day in spelled:
        return (other if other.day in spelled else candidate)._replace(doubtful=False)
    if orders:
        return other if orders.count(True) > orders.count(False) else candidate
    if (other.day in named) != (candidate.day in named):
        return other if other.day in named else candidate
    return other if page.month_first else candidate


def _month_first(candidate: Candidate) -> bool | None:
    """Whether a date in figures has the month first; None where it does not tell."""
    figures = re.findall(r"\d+", candidate.published.raw)
    if len(figures) < 3 or len(figures[0]) > 2 or candidate.doubtful or figures[0] == figures[1]:
        return None
    return int(figures[1]) > 12 if max(int(figures[0]), int(figures[1])) > 12 else None
