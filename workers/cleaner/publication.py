"""Which of a page's times is its publication, and which its last change: candidates scored together by where they stand.

Every date on the page, in its metadata and in its url is a candidate. What speaks for or against it is a handful of yes-or-no
features, each with a weight (`WEIGHTS`); the share of a day in the softmax over all of them is its confidence. The weights are rules
set in steps of a quarter, guided by fits on development pages.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from schemas.articles import Published, RawArticle
from workers.cleaner.choice import Choice
from workers.cleaner.published import Candidate, best, digits_of, find_stamps, parse_stamp, reordered
from workers.text.normalize import comparable, says
from workers.text.zones import offset_at

__all__ = ["WEIGHTS", "Page", "Place", "page_of", "places", "publication_times", "score"]

_UPDATED = re.compile(
    r"(?:\b(?:updated?|modified|last (?:update|edit|change)|edited|aktualisiert|zuletzt|geändert|bearbeitet|editiert|stand|mis à jour|modifié|màj|maj le|"
    r"обновлено|изменено|оновлено|actualizado|modificado|güncelle\w*|aggiornato|atualizado)\b|تحديث|به‌روز|更新)[^\n]{0,30}$",
    re.IGNORECASE,
)  # fmt: skip
_PUBLISHED = re.compile(
    r"(?:\b(?:published|posted|first published|publication date|date|created|veröffentlicht|erstellt|erschienen|datum|online seit|publié|paru|mis en ligne|"
    r"опубликовано|опубліковано|дата|publicado|fecha|pubblicato|yayın\w*|published on|on|am|vom|le|el)\b|نشر|انتشار|تاریخ|发布|日期)\W{0,4}(?:on|at|le|am|le :)?\W{0,3}$",
    re.IGNORECASE,
)  # fmt: skip
_OTHER = re.compile(
    r"(?:©|\(c\)|copyright|since|seit|depuis|until|bis|from|expires?|deadline|joined|born|geboren|termin|event|archived|retrieved|accessed|abgerufen|today|heute|"
    r"jahrgang|ausgabe|next|previous|vorheriger|nächster|mitglied seit|registriert|valid)\W{0,12}$",
    re.IGNORECASE,
)  # fmt: skip
_COMMENTS = re.compile(
    r"^\W*(?:\d+\s+)?(?:comments?|kommentare?|leave a (?:reply|comment)|commentaires?|comentarios?|responses?|antworten?|reaktionen|обсуждени\w*|комментари\w*|диалог|التعليقات|diskussion)\b",
    re.IGNORECASE,
)  # fmt: skip
_SAYS = re.compile(
    r"\b(?:says?|sagt|meint|schreibt|schrieb|wrote|a dit|dice|reply|antworten|répondre|permalink)\b", re.IGNORECASE
)
_RELATED = re.compile(
    r"^\W*(?:related|more (?:from|stories|news|on)|latest|recent|most (?:read|popular)|you (?:may|might)|read (?:more|also|next)|aktuelle|neueste|letzte|weitere|mehr (?:zum|aus)|auch interessant|lesen sie|lies auch|"
    r"meistgelesen|das könnte|ähnliche|verwandte|à lire|articles? (?:similaires|récents)|derniers|les plus lus|relacionad|últimas|más leíd|leggi anche|похожие|читайте|archives?|archiv)\b",
    re.IGNORECASE,
)  # fmt: skip
_CHANGED_AFTER = re.compile(r"^.{0,25}(?:geändert|bearbeitet|aktualisiert|updated|modified|edited)", re.IGNORECASE)
_AFTER = re.compile(
    r"^.{0,25}(?:geschrieben|veröffentlicht|verfasst|erstellt|posted|published|publiziert|gepostet|опубликован|publicado|publié)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W*(?:by|von|par|por|di|from|author|autor|autor:in|text|автор|by:|von:|geschrieben|posted by|written by|redaktion|editor|خبر|بقلم)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
#: Twelve words, and twenty-two; a match stops at the last of them.
_DOZEN, _MANY = (re.compile(rf"\W*(?:\w+\W+){{{count - 1}}}\w") for count in (12, 22))
_FIRST_LINES = 12
_BODY_BEGUN = 2
_LONGEST_LINE = 2000
_FEWEST_LINES = 6

#: feature: weight. Positive speaks for publication.
WEIGHTS: dict[str, float] = {
    # Where it stands: lines below the title (below_0 is the title's own line), above it, or on a page whose title cannot be told.
    "below_0": -0.75, "below_1": 2.0, "below_2": 0.5, "below_5": 0.25, "below_6": -0.5, "above_near": 1.0, "above_middle": -1.5,
    "above_far": -1.5, "untitled_top": -0.5, "untitled_low": -0.25, "first_after_title": 0.75, "low": -1.25,
    # What its line is.
    "line_alone": 1.0, "line_short": 0.25, "line_middle": -1.0, "line_long": -1.0, "prose": -1.5, "clock": -0.75, "range": -0.75,
    # What is around it.
    "byline_near": 1.5, "prose_below": 1.25, "no_prose_above": 0.5, "comments": -1.25, "related": -0.5,
    "crowd_0": 0.75, "crowd_1": 0.25, "crowd_2": -0.5, "crowd_3": -1.25,
    # What it is called, and what else the page says.
    "label_published": 1.0, "label_after": 0.75, "label_updated": 0.25, "label_none": -0.25, "label_other": -2.0,
    "timed": 0.75, "short_year": -0.25, "repeated": -0.25, "earliest": 1.0, "latest": 1.0,
    "order_0": 0.75, "order_2": -0.75, "order_3": -0.5, "order_4": -1.0,
    "url_day": 1.75, "url_only": 0.75, "url_month": -0.75, "url_near": -0.25, "url_other": -1.75,
}  # fmt: skip
#: Features that are told to the reader, in the order of telling.
_TOLD = {
    "url_day": "same_day_as_url_or_id", "label_published": "called_published", "label_after": "called_published", "below_1": "right_below_title",
    "below_2": "below_title", "above_near": "right_above_title", "first_after_title": "first_below_title", "byline_near": "beside_byline",
    "prose_below": "above_body", "line_alone": "alone_on_its_line", "timed": "has_time_of_day", "earliest": "earliest_on_page",
    "latest": "latest_on_page", "order_0": "first_on_page", "url_only": "in_url", "label_updated": "called_updated", "prose": "in_running_text", "line_long": "in_running_text", "line_middle": "in_running_text",
}  # fmt: skip
#: Beside structured metadata the page's visible times count this much.
_BESIDE_METADATA = 0.85
_AGREEMENT = 0.15


def publication_times(
    raw: RawArticle, choice: Choice, document_ids: Sequence[str]
) -> tuple[Published | None, Published | None]:
    """(publication, last change), each with its confidence, its zone and the reasons for it; None where the page tells of none."""
    url = raw.url or choice.metadata.url or ""
    lines = [block.text for block in choice.blocks]
    is_dump = not choice.blocks or choice.blocks[0].tag == "line"
    title = _heading(lines) if is_dump else choice.title_index
    page = page_of(lines, title if title >= 0 else choice.title_index, url, choice.reasons, document_ids)
    latest = (raw.fetched_at + timedelta(days=1)).date().isoformat() if raw.fetched_at else "9999"
    rated = _rated([(place, features) for place, features in score(page) if place.candidate.day <= latest], page)
    stated = [candidate for candidate in _stated(raw, choice) if candidate.day <= latest]
    visible = [
        _Rated(
            item.candidate.scored(item.candidate.published.confidence * (_BESIDE_METADATA if stated else 1)),
            item.reasons,
            item.updated,
            item.line,
        )
        for item in rated
    ]
    if len(lines) < _FEWEST_LINES:  # a bare text: a date in its sentences is what it speaks of
        visible = [
            item for item in visible if "in_running_text" not in item.reasons or "same_day_as_url_or_id" in item.reasons
        ]
    published = _chosen(stated, visible)
    modified = best([*choice.metadata.modified, *(item.candidate for item in visible if item.updated)])
    zone_of = (urlsplit(url).hostname or "").rpartition(".")[2]
    published, modified = _zoned(published, zone_of), _zoned(modified, zone_of)
    return published, modified if modified and (published is None or modified.value > published.value) else None


@dataclass(frozen=True, slots=True)
class _Rated:
    """A visible candidate with its probability as confidence, and why."""

    candidate: Candidate
    reasons: tuple[str, ...]
    updated: bool
    line: int


def _stated(raw: RawArticle, choice: Choice) -> list[Candidate]:
    """What the sender or the page's metadata state."""
    hint = parse_stamp(raw.published_hint, "hint", 0.98) if raw.published_hint else None
    return [*([hint] if hint else []), *choice.metadata.published]


def _rated(scored: Sequence[tuple["Place", list[str]]], page: "Page") -> list[_Rated]:
    """The candidates with the softmax of their weights; a date that only the url spells is one too. All stamps of a day share its probability."""
    options = [(place.candidate, features, place.line) for place, features in scored]
    seen = {candidate.day for candidate, _, _ in options}
    for year, month, day in page.url_dates:
        value = f"{year:04d}-{month:02d}-{day or 1:02d}"
        if day and value not in seen:
            seen.add(value)
            spelled = Published(
                value=value, precision="day", tz_status="unknown", method="url", raw=value, confidence=0.5
            )
            options.append((Candidate(spelled), ["url_only"], -1))
    points = [sum(WEIGHTS.get(name, 0.0) for name in features) for _, features, _ in options]
    masses = [math.exp(point - max(points)) for point in points]
    by_day: Counter[str] = Counter()
    for (candidate, _, _), mass in zip(options, masses, strict=True):
        by_day[candidate.day] += mass  # type: ignore[assignment]  # a Counter adds floats as well
    total = sum(masses)
    rated = []
    for (candidate, features, line), mass in zip(options, masses, strict=True):
        share = by_day[candidate.day] / total * (0.9 + 0.1 * mass / max(masses))
        reasons = dict.fromkeys(_TOLD[name] for name in _TOLD if name in features)
        doubt = ("day_month_order_assumed",) if candidate.doubtful else ()
        confidence = min(0.97, share) * _least_evidence(features) * (0.7 if candidate.doubtful else 1.0)
        rated.append(_Rated(candidate.scored(confidence), (*reasons, *doubt), "label_updated" in features, line))
    return rated


def _least_evidence(features: Sequence[str]) -> float:
    """A lone date far from everything wins by default; that is no reason to be sure of it."""
    return 0.5 if "label_other" in features or "clock" in features else 0.7 if "prose" in features else 1.0


def _chosen(stated: Sequence[Candidate], visible: Sequence[_Rated]) -> Published | None:
    """The most confident of all; a stated and a visible time of one day support each other. An update gives way to the publication beside it."""
    days = {item.candidate.day for item in visible if item.candidate.published.confidence >= 0.2}
    options = [
        *(_Rated(candidate.scored(candidate.published.confidence + (_AGREEMENT / 3 if candidate.day in days else 0)), ("stated_by_metadata",), updated=False, line=-1) for candidate in stated),
        *visible,
    ]  # fmt: skip
    top = max(options, key=lambda item: item.candidate.published.confidence, default=None)
    if top is None:
        return None
    if top.updated:
        beside = [
            item
            for item in options
            if not item.updated and abs(item.line - top.line) <= 1 and item.candidate.day <= top.candidate.day
        ]
        top = beside[0] if beside else top
    winner = (
        best(
            [
                top.candidate,
                *(item.candidate for item in options if item.candidate.day == top.candidate.day and not item.updated),
            ]
        )
        or top.candidate.published
    )
    agrees = ("agrees_with_visible_time",) if top.line < 0 and top.candidate.day in days else ()
    return winner.model_copy(
        update={"reasons": (*top.reasons, *agrees), "confidence": round(top.candidate.published.confidence, 3)}
    )


def _zoned(published: Published | None, domain: str) -> Published | None:
    """With the offset of the country's clocks, where the page gives a time without a zone and its domain is of one."""
    if published is None or published.precision not in {"minute", "second"} or published.tz_status != "unknown":
        return published
    offset = offset_at(domain, published.value)
    return (
        published.model_copy(update={"value": published.value + offset, "tz_status": "assumed"})
        if offset
        else published
    )


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
    comments = next(
        (
            number
            for number, line in enumerate(lines)
            if len(line) < 60 and number > len(lines) // 4 and _COMMENTS.match(line)
        ),
        len(lines),
    )
    dates = [found for text in (_without_archive(url), *marks) for found in digits_of(text)]
    heading = title if title >= 0 else _heading(lines)
    again = comparable(lines[heading]) if heading >= 0 else ""
    titles = [
        number
        for number, line in enumerate(lines)
        if number and heading >= 0 and len(line) <= 250 and says(line, again)
    ]
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
    """Whether numeric dates are likelier month first: on hosts of the United States, and (weakly) where the host names no country."""
    host = urlsplit(url).hostname or ""
    return host.endswith((".us", ".gov", ".mil", ".com", ".edu"))


def _is_prose(line: str) -> bool:
    if len(line) < 23:  # twelve words and the spaces between them
        return False
    ended = line.rstrip()[-1:] in '.!?…»”"'
    if not ended and len(line) < 43:
        return False
    return (_DOZEN if ended else _MANY).match(line, 0, 400) is not None


def _without_archive(url: str) -> str:
    """The url without what an archive puts before it (the time of the copy)."""
    return re.sub(r"^https?://web\.archive\.org/web/\d+\w*/", "", url)


def _heading(lines: Sequence[str]) -> int:
    """The line that says again what the first one (the page's title) says, or most of it: the longest, of equals the last above the body."""
    if not lines:
        return -1
    title = comparable(lines[0])
    best, length, seen = -1, max(9, int(0.2 * len(title))), 0
    for number, line in enumerate(lines[1:], 1):
        if len(line) > 250:
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


def _features(place: Place, index: int, all_places: Sequence[Place], page: Page, days: Counter[str]) -> list[str]:
    """The names of what is true of a candidate."""
    line, day = page.lines[place.line], place.candidate.day
    words = len(_WORD.findall(line[:400])) - len(_WORD.findall(place.candidate.published.raw))
    named = [
        _distance(place.line, page), f"line_{'alone' if words <= 2 else 'short' if words <= 8 else 'middle' if words <= 18 else 'long'}",
        f"order_{min(index, 4)}", _label(place, line), _url_feature(day, page), _crowd(place, all_places),
    ]  # fmt: skip
    stamps_outside = [other for other in all_places if not page.prose[other.line]]
    days_outside = [other.candidate.day for other in stamps_outside] or [day]
    below = range(place.line + 1, min(place.line + 12, len(page.lines)))
    flags = {
        "timed": place.candidate.published.precision != "day",
        "prose": page.prose[place.line],
        "first_after_title": _first_after_title(place, all_places, page),
        "latest": day >= max(days_outside),
        "earliest": day <= min(days_outside),
        "repeated": days[day] > 1,
        "byline_near": any(_BYLINE.match(page.lines[near]) for near in range(max(0, place.line - 2), min(len(page.lines), place.line + 3)) if len(page.lines[near]) < 90),
        "prose_below": sum(page.prose[at] for at in below) >= 2,
        "no_prose_above": not any(page.prose[: place.line]),
        "comments": place.line > page.comments_from or bool(_SAYS.search(line[:200]) and words <= 14),
        "related": any(_RELATED.match(page.lines[near]) for near in range(max(0, place.line - 8), place.line) if len(page.lines[near]) < 60),
        "clock": place.line < _FIRST_LINES and place.line < page.title and words <= 3,
        "short_year": len(place.candidate.published.raw) <= 8,
        "range": sum(other.line == place.line and other.candidate.day != day for other in all_places) > 0,
        "reason_bad": page.reasons[place.line] in {"footer", "comments", "related", "legal_notice", "clock"},
        "label_after": bool(_AFTER.match(line[place.candidate.end : place.candidate.end + 60])),
        "low": place.line > 0.7 * len(page.lines),
    }  # fmt: skip
    return named + [name for name, true in flags.items() if true]


def _first_after_title(place: Place, all_places: Sequence[Place], page: Page) -> bool:
    above = [title for title in page.titles if title <= place.line]
    return bool(above) and not any(above[-1] < other.line < place.line for other in all_places)


def _distance(line: int, page: Page) -> str:
    if page.title < 0:
        return f"untitled_{'top' if line < 40 else 'low'}"
    gap = min((line - title for title in page.titles), key=lambda away: abs(away) if away >= 0 else 3 * -away)
    if gap < 0:
        return f"above_{'near' if gap >= -4 else 'middle' if gap >= -15 else 'far'}"
    return f"below_{'0' if gap == 0 else '1' if gap <= 2 else '2' if gap <= 5 else '3' if gap <= 10 else '4' if gap <= 25 else '5' if gap <= 60 else '6'}"


def _label(place: Place, line: str) -> str:
    if _UPDATED.search(place.before) or _CHANGED_AFTER.match(line[place.candidate.end : place.candidate.end + 60]):
        return "label_updated"
    if _OTHER.search(place.before):
        return "label_other"
    return "label_published" if _PUBLISHED.search(place.before) else "label_none"


def _url_feature(day: str, page: Page) -> str:
    if not page.url_dates:
        return "url_none"
    if any(spelled == (int(day[:4]), int(day[5:7]), int(day[8:10])) for spelled in page.url_dates):
        return "url_day"
    year_month = [(year, month) for year, month, exact in page.url_dates if exact is None]
    if (int(day[:4]), int(day[5:7])) in year_month:
        return "url_month"
    near = min(abs((date(*spelled[:2], spelled[2] or 15) - date.fromisoformat(day)).days) for spelled in page.url_dates)
    return "url_near" if near <= 3 else "url_other"


def _crowd(place: Place, all_places: Sequence[Place]) -> str:
    others = {other.candidate.day for other in all_places if 0 < abs(other.line - place.line) <= 10} - {
        place.candidate.day
    }
    return f"crowd_{min(len(others), 3)}"


def score(page: Page) -> list[tuple[Place, list[str]]]:
    """Every visible candidate with its features."""
    found = places(page)
    days = Counter(place.candidate.day for place in found if not page.prose[place.line])
    return [(place, _features(place, index, found, page, days)) for index, place in enumerate(found)]
