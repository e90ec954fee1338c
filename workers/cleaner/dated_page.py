"""A page as the search for its publication time sees it: its lines, where its title stands, which are prose, what dates its url spells, and every
date on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from workers.cleaner.published import Candidate, digits_of, find_stamps, reordered
from workers.text.normalize import comparable, which_say

__all__ = ["Page", "Place", "heading_of", "page_of", "places"]

_COMMENTS = re.compile(
    r"^\W*(?:\d+\s+)?(?:comments?|kommentare?|leave a (?:reply|comment)|commentaires?|comentarios?|responses?|antworten?|reaktionen|обсуждени\w*|комментари\w*|диалог|التعليقات|diskussion)\b",
    re.IGNORECASE,
)  # fmt: skip
#: Whole words, since the quantifiers give nothing back.
_TWELVE_WORDS, _TWENTY_TWO_WORDS = (re.compile(rf"(?:\W*+\w++){{{least}}}") for least in (12, 22))
_LONGEST_TITLE = 250
#: `/en-gb/` in a url.
_LOCALE = re.compile(r"[/.][a-z]{2}[-_]([a-z]{2})(?=[/.]|$)", re.IGNORECASE)
_LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """A stamp with the number of its line and what stands before it there."""

    candidate: Candidate
    line: int
    before: str


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page, where its title stands (-1 for nowhere), which lines are prose, and the dates that its url spells."""

    lines: Sequence[str]
    title: int
    titles: Sequence[int]
    prose: Sequence[bool]
    url_dates: Sequence[tuple[int, int, int | None]]
    comments_from: int
    reasons: Sequence[str | None]
    month_first: bool


def page_of(
    lines: Sequence[str], title: int, url: str, reasons: Sequence[str | None] = (), marks: Sequence[str] = ()
) -> Page:
    """The page for scoring. `marks` are further strings that may spell a date (document ids)."""
    prose = [_is_prose(line) for line in lines]
    lower_part = range(len(lines) // 4 + 1, len(lines))
    comments = next(
        (number for number in lower_part if len(lines[number]) < 60 and _COMMENTS.match(lines[number])), len(lines)
    )
    dates = [found for text in (_without_archive(url), *marks) for found in digits_of(text)]
    heading = title if title >= 0 else heading_of(lines)
    again = which_say(lines, {comparable(lines[heading])}, _LONGEST_TITLE) if heading >= 0 else []
    titles = [number for number, says in enumerate(again) if says and number]
    return Page(
        lines,
        heading,
        titles or [heading] * (heading >= 0),
        prose,
        dates,
        comments,
        reasons or [None] * len(lines),
        _american(url),
    )


def _american(url: str) -> bool:
    """Whether numeric dates are likelier month first: where the url names a locale of the United States (`/en-us/`), on their hosts, and (weakly)
    where the host names no country."""
    if locale := _LOCALE.search(url):
        return locale.group(1).lower() == "us"
    host = urlsplit(url).hostname or ""
    return host.endswith((".us", ".gov", ".mil", ".com", ".edu"))


def _is_prose(line: str) -> bool:
    """Twelve words in a line that ends as a sentence does, or twenty-two (of the first 400 characters)."""
    size = len(line)
    if size < 23:  # twelve words and the spaces between them
        return False
    ended = line.rstrip()[-1:] in '.!?…»”"'
    if ended:
        return _TWELVE_WORDS.match(line, 0, 400) is not None
    return size >= 43 and _TWENTY_TWO_WORDS.match(line, 0, 400) is not None


def _without_archive(url: str) -> str:
    """The url without what an archive puts before it (the time of the copy)."""
    return re.sub(r"^https?://web\.archive\.org/web/\d+\w*/", "", url)


def heading_of(lines: Sequence[str]) -> int:
    """The line that says again what the first one (the page's title) says, or most of it: the longest, of equals the last above the body."""
    if not lines:
        return -1
    title = comparable(lines[0])
    best, length, seen = -1, max(9, int(0.2 * len(title))), 0
    for number, line in enumerate(lines[1:], 1):
        if len(line) > _LONGEST_TITLE:
            seen += 1
            continue
        words = comparable(line) if len(line) > length or "İ" in line else ""  # only İ grows in lower case
        if len(words) > length and words in title:
            best, length = number, len(words)
        seen += _is_prose(line)
    return best


def places(page: Page) -> list[Place]:
    """Every date on the page, in reading order; day and month as the page's other dates and its url tell."""
    found = []
    for number, line in enumerate(page.lines):
        for stamp in find_stamps(line[:_LONGEST_LINE], "visible_stamp", 0.5):
            before = line[max(0, stamp.start - 40) : stamp.start]
            if stamp.start < 4 and number and len(page.lines[number - 1]) < 40:
                before = page.lines[number - 1] + " " + before
            found.append(Place(stamp, number, before))
    return [Place(_ordered(place.candidate, found, page), place.line, place.before) for place in found]


def _ordered(candidate: Candidate, found: Sequence[Place], page: Page) -> Candidate:
    """A doubtful date read month first where that is what the url spells, or what the page's sure dates with this separator show."""
    if not candidate.doubtful:
        return candidate
    other = reordered(candidate)
    spelled = {f"{year:04d}-{month:02d}-{day:02d}" for year, month, day in page.url_dates if day}
    if candidate.day in spelled or other.day in spelled:
        return replace(other if other.day in spelled else candidate, doubtful=False)
    firsts = [_month_first(place.candidate) for place in found if place.candidate.separator == candidate.separator]
    if True in firsts or False in firsts:
        return other if firsts.count(True) > firsts.count(False) else candidate
    named = {place.candidate.day for place in found if not place.candidate.separator}
    if (other.day in named) != (candidate.day in named):
        return other if other.day in named else candidate
    return other if page.month_first else candidate


def _month_first(candidate: Candidate) -> bool | None:
    """Whether a date in figures has the month first; None where it does not tell."""
    figures = re.findall(r"\d+", candidate.published.raw)
    if len(figures) < 3 or len(figures[0]) > 2 or candidate.doubtful or figures[0] == figures[1]:
        return None
    return int(figures[1]) > 12 if max(int(figures[0]), int(figures[1])) > 12 else None
