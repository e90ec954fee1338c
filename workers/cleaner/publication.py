"""Which of a page's times is its publication, and which its last change: candidates scored together by where they stand.

Every date on the page, in its metadata and in its url is a candidate. What speaks for or against it is a handful of yes-or-no
features, each with a weight (`evidence.py`); the share of a day in the softmax over all of them, and over the page telling nothing, is its
confidence.
"""

import math
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from schemas.articles import Published, RawArticle
from workers.cleaner.choice import Choice
from workers.cleaner.dated_page import Page, heading_of, page_of
from workers.cleaner.evidence import TOLD, Option, no_date, options_of, weights
from workers.cleaner.published import Candidate, Stamp, best, parse_stamp
from workers.text.zones import offset_at

__all__ = ["publication_times"]

#: Beside structured metadata the page's visible times count this much.
_BESIDE_METADATA = 0.85
_AGREEMENT = 0.15
#: No date is given where the best one is less than this much as likely as none: on the bodies of development pages, which tell nothing, one in
#: twenty then still gets a date; at 1 it is one in forty, and two in a hundred dates of whole pages are lost.
_SILENCE = 0.3
_IN_TEXT = frozenset(name for name, told in TOLD.items() if told == "in_running_text")


def publication_times(
    raw: RawArticle, choice: Choice, document_ids: Sequence[str]
) -> tuple[Published | None, Published | None]:
    """(publication, last change), each with its confidence, its zone and the reasons for it; None where the page tells of none."""
    url = raw.url or choice.metadata.url or ""
    lines = [block.text for block in choice.blocks]
    is_dump = not choice.blocks or choice.blocks[0].tag == "line"
    title = heading_of(lines) if is_dump else choice.title_index
    page = page_of(lines, title if title >= 0 else choice.title_index, url, choice.reasons, document_ids)
    latest = (raw.fetched_at + timedelta(days=1)).date().isoformat() if raw.fetched_at else "9999"
    options = [option for option in options_of(page) if option.candidate.day <= latest]
    rated, silence = _rated(options, page)
    stated = [candidate for candidate in _stated(raw, choice) if candidate.day <= latest]
    factor = _BESIDE_METADATA if stated else 1.0
    visible = [item.weighed(factor) for item in rated] if any(_speaks(item, silence) for item in rated) else []
    published = _chosen(stated, visible)
    modified = best([*choice.metadata.modified, *(item.candidate for item in visible if item.updated)])
    zone_of = (urlsplit(url).hostname or "").rpartition(".")[2]
    published, modified = _zoned(published, zone_of), _zoned(modified, zone_of)
    later = modified if modified and (published is None or modified.value > published.value) else None
    return _told(published), _told(later)


def _told(stamp: Stamp | None) -> Published | None:
    return None if stamp is None else Published(**stamp._asdict())


class _Rated(NamedTuple):
    """A candidate with its probability as confidence, and what is true of it: nothing where metadata states it."""

    candidate: Candidate
    features: Collection[str]
    line: int

    @property
    def updated(self) -> bool:
        """Whether the page calls it its last change."""
        return "label_updated" in self.features

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is told to the reader."""
        if self.line < 0 and not self.features:
            return ("stated_by_metadata",)
        doubt = ("day_month_order_assumed",) if self.candidate.doubtful else ()
        return (*dict.fromkeys(TOLD[name] for name in TOLD if name in self.features), *doubt)

    def weighed(self, factor: float) -> "_Rated":
        """The same, so much as confident."""
        return self._replace(candidate=self.candidate.scored(self.candidate.published.confidence * factor))


def _speaks(item: _Rated, silence: float) -> bool:
    """Whether a date is enough to break the page's silence; one in running text must be likelier than that the page tells nothing."""
    spoken_of = "url_day" not in item.features and not _IN_TEXT.isdisjoint(item.features)
    return item.candidate.published.confidence >= (1.0 if spoken_of else _SILENCE) * silence


def _stated(raw: RawArticle, choice: Choice) -> list[Candidate]:
    """What the sender or the page's metadata state."""
    hint = parse_stamp(raw.published_hint, "hint", 0.98) if raw.published_hint else None
    return [*([hint] if hint else []), *choice.metadata.published]


def _rated(options: Sequence[Option], page: Page) -> tuple[list[_Rated], float]:
    """(the candidates with the softmax of their weights as confidence, the share of "the page does not tell"). Stamps of a day share its part."""
    weight = weights()
    points = [sum([weight.get(name, 0.0) for name in option.features]) for option in options]
    silence = sum(weight.get(name, 0.0) for name in no_date(page))
    top = max([*points, silence])
    masses = [math.exp(point - top) for point in points]
    by_day: dict[str, float] = {}
    for option, mass in zip(options, masses, strict=True):
        by_day[option.candidate.day] = by_day.get(option.candidate.day, 0.0) + mass
    total, highest = sum(masses) + math.exp(silence - top), max(masses, default=1.0)
    rated = []
    for option, mass in zip(options, masses, strict=True):
        share = by_day[option.candidate.day] / total * (0.9 + 0.1 * mass / highest)
        confidence = min(0.97, share) * (0.7 if option.candidate.doubtful else 1.0)
        rated.append(_Rated(option.candidate.scored(confidence), option.features, option.line))
    return rated, math.exp(silence - top) / total


def _chosen(stated: Sequence[Candidate], visible: Sequence[_Rated]) -> Stamp | None:
    """The most confident of all; a stated and a visible time of one day support each other. An update gives way to the publication beside it."""
    days = {item.candidate.day for item in visible if item.candidate.published.confidence >= 0.2}
    options = [
        *(_Rated(candidate.scored(candidate.published.confidence + (_AGREEMENT / 3 if candidate.day in days else 0)), (), line=-1) for candidate in stated),
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
    return winner._replace(reasons=(*top.reasons, *agrees), confidence=round(top.candidate.published.confidence, 3))


def _zoned(stamp: Stamp | None, domain: str) -> Stamp | None:
    """With the offset of the country's clocks, where the page gives a time without a zone and its domain is of one."""
    if stamp is None or stamp.precision not in {"minute", "second"} or stamp.tz_status != "unknown":
        return stamp
    offset = offset_at(domain, stamp.value)
    return stamp._replace(value=stamp.value + offset, tz_status="assumed") if offset else stamp
