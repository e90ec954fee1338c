"""The headline: what the page's headings and its own claims say, weighed against each other by a small learned model."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from workers.cleaner.blocks import Block
from workers.cleaner.groups import place_bits
from workers.cleaner.metadata import Metadata
from workers.cleaner.trees import Trees
from workers.cleaner.wording import Matrix
from workers.text.normalize import collapse, comparable, says, which_say

__all__ = ["NAMES", "Title", "candidates", "find_title", "headline_anchor", "title_rows", "without_site"]

_SITE = re.compile(r"\s+(?:[|–—·»:•]|-|::)\s+|\s*[|]\s*")
_HOST = re.compile(r"(?:https?:)?//([^/:?#\s]+)", re.IGNORECASE)
_MOST_HEADINGS, _MOST_SECOND = 12, 4
_LONGEST = 300
#: What tells of the medium, not of the story, at the end of a headline.
_TRAILING = re.compile(
    r"\s*[\[(](?:watch|listen|video|audio|photos?|updated?|exklusiv|exclusive)[\])]\s*$", re.IGNORECASE
)
#: So few blocks below the h1 stands the headline of the printed story, where the h1 is one for search engines.
_BELOW_H1 = 3
#: A block that says what a claim says is longer than this (characters) to anchor the page.
_LEAST_ANCHOR = 12
_LEAST_HEADLINE = 15

#: The columns of `title_rows`, in order.
NAMES: tuple[str, ...] = (
    "is_h1", "is_h2", "is_ld", "is_og", "is_twitter", "is_page", "is_page_part", "part_number", "parts", "words", "characters", "h1s", "number",
    "equals_ld", "equals_og", "equals_twitter", "equals_page_part", "equals_h1", "agreeing", "best_overlap_claim", "best_overlap_h1",
    "overlap_ld", "overlap_og", "overlap_page", "contains_other", "inside_other", "linked", "in_article", "in_header", "in_related", "titled",
    "before_first_prose", "ends_with_bar", "only_h1", "on_page",
)  # fmt: skip
_SOURCES = ("h1", "h2", "ld", "og", "twitter", "page", "page_part")
_SOURCE_COLUMNS = {source: tuple(float(source == other) for other in _SOURCES) for source in _SOURCES}
#: The places of "in_article", "in_header", "in_related" and "titled".
_TELLING_PLACES = (
    place_bits("article", "body", "<article>"), place_bits("header", "<header>"), place_bits("related", "side", "teaser"), place_bits("title"),
)  # fmt: skip


_NOWHERE = (-1.0,) * (len(_TELLING_PLACES) + 2)
#: The first paragraph: so many characters, and a share of links below that.
_PROSE, _LINKED = 200, 0.3
_BARS = ("|", "-", "–", ":", "")


class Title(NamedTuple):
    """The headline and the number of the block that shows it, or -1."""

    text: str | None
    place: int


class Candidate(NamedTuple):
    """A text that may be the headline: `source` names where it stands, `place` its block or -1, `part` its place in a page title."""

    text: str
    source: str
    place: int = -1
    part: int = 0
    parts: int = 1


def headline_anchor(blocks: Sequence[Block], metadata: Metadata) -> int:
    """The block from which the places of others are counted: the h1 that the page's claims agree with, else the block that says what they say,
    else the first h1; -1 where there is none of them."""
    headings = [number for number in _tagged(blocks, ("h1",)) if len(blocks[number].text.split()) >= 2]
    claims = [*metadata.titles, *page_parts(metadata.page_title)]
    said = {comparable(claim) for claim in claims}
    for number in headings:
        if comparable(blocks[number].text) in said:
            return number
    for number in headings:
        if any(_overlap(blocks[number].text, claim) >= 0.6 for claim in claims):
            return number
    told = which_say([block.text for block in blocks], said, _LONGEST - 1)
    same = (number for number, says in enumerate(told) if says and len(blocks[number].text) > _LEAST_ANCHOR)
    return next(same, headings[0] if headings else -1)


def _tagged(blocks: Sequence[Block], tags: Collection[str]) -> list[int]:
    """The numbers of the blocks with these tags."""
    return [number for number, block in enumerate(blocks) if block.tag in tags]


def page_parts(title: str | None) -> list[str]:
    """A page title, the longest of its parts (set apart by bars and dashes) first, then the whole."""
    if not title:
        return []
    parts = sorted(filter(None, _SITE.split(title)), key=len, reverse=True)
    return [parts[0], title] if len(parts) > 1 and len(parts[0]) > 15 else [title]


def without_site(title: str, site: str | None) -> str:
    """The title without the name of the site (or what its host is called) at its end."""
    parts = [part for part in _SITE.split(title) if part]
    if len(parts) < 2 or not site:
        return title
    name = _letters(site)
    ends = _letters(parts[-1])
    if len(ends) > 2 and (ends in name or name in ends):
        cut = title.rfind(parts[-1])
        return collapse(re.sub(r"\s*(?:[|–—·»:•-]|::)\s*$", "", title[:cut]))
    return title


def _letters(text: str) -> str:
    return comparable(text).replace(" ", "")


def _host_name(url: str | None) -> str | None:
    """What the site calls itself in its address: "example" of https://www.example.co.uk/a."""
    found = _HOST.match(url or "")
    labels = found[1].lower().split(".") if found else []
    return max((label for label in labels[:-1] if label != "www"), key=len, default=None)


def candidates(blocks: Sequence[Block], metadata: Metadata) -> list[Candidate]:
    """Every text that may be the headline, in a fixed order."""
    spaced = {_letters(text): text for text in metadata.titles}
    tagged = [number for number in _tagged(blocks, ("h1", "h2")) if 1 < len(blocks[number].text) <= _LONGEST]
    first = [number for number in tagged if blocks[number].tag == "h1"][:_MOST_HEADINGS]
    second = [number for number in tagged if blocks[number].tag == "h2"][:_MOST_SECOND]
    headings = [
        Candidate(_spaced(blocks[number].text, spaced), blocks[number].tag, number) for number in (*first, *second)
    ]
    claims = [
        Candidate(text, source)
        for source, text in (("ld", metadata.headline), ("og", metadata.og_title), ("twitter", metadata.twitter_title))
        if text and len(text) <= _LONGEST
    ]
    parts = [part for part in _SITE.split(metadata.page_title or "") if part][:6]
    pieces = [
        Candidate(part, "page_part", -1, number, len(parts)) for number, part in enumerate(parts) if len(part) > 1
    ]
    whole = [Candidate(metadata.page_title, "page", -1, 0, len(parts))] if metadata.page_title else []
    joined = [
        Candidate(text, "page_part", -1, 0, len(parts))
        for text in _prefixes(metadata.page_title or "")
        if text not in parts
    ]
    site = metadata.site or _host_name(metadata.url)
    cut = [
        Candidate(shorter, claim.source, -1, 1, 2)
        for claim in claims
        if (shorter := without_site(claim.text, site)) != claim.text and len(shorter) > 1
    ]
    return [*headings, *claims, *cut, *pieces, *joined, *whole]


def _spaced(heading: str, claims: Mapping[str, str]) -> str:
    """The heading as the page's claims write it, where its parts were run together ("Harbour strikeFerries stop")."""
    claim = claims.get(_letters(heading), heading)
    return claim if len(comparable(claim).split()) > len(comparable(heading).split()) else heading


def _printed_headline(blocks: Sequence[Block], metadata: Metadata) -> int:
    """A heading right below the h1 that is claimed as headline while the h1 says something else; -1 where there is none.

    Papers show search engines an h1 of their own and set the printed headline below it. Found on the development pages: right on 10 of the 11 that
    have one."""
    claims = {comparable(claim) for claim in metadata.titles if len(claim) > _LEAST_HEADLINE}
    h1s = _tagged(blocks, ("h1",))[:_MOST_HEADINGS] if claims else []
    claims -= {comparable(blocks[number].text) for number in h1s}
    for top in h1s if claims else ():
        for number in range(top + 1, min(top + 1 + _BELOW_H1, len(blocks))):
            block = blocks[number]
            if block.tag in {"h2", "h3"} and len(block.text) <= _LONGEST and comparable(block.text) in claims:
                return number
    return -1


def _prefixes(title: str) -> list[str]:
    """The title without its last part, and without its last two."""
    cuts = [match.start() for match in _SITE.finditer(title)]
    return [title[:cut].strip() for cut in cuts[-2:] if cut > 10]


class _Said(NamedTuple):
    """What a candidate says: its text, in comparable form, and the words of that."""

    text: str
    folded: str
    words: frozenset[str]


def title_rows(blocks: Sequence[Block], metadata: Metadata, found: Sequence[Candidate]) -> Matrix:
    """A row for each candidate, with the columns `NAMES`."""
    folded = {one.text: comparable(one.text) for one in found}
    distinct = {text: _Said(text, said, frozenset(said.split())) for text, said in folded.items()}
    by_source: dict[str, dict[str, _Said]] = {}
    for one in found:
        by_source.setdefault(one.source, {})[folded[one.text]] = distinct[one.text]
    ties = {text: _ties(said, by_source, distinct.values()) for text, said in distinct.items()}
    texts = [block.text for block in blocks]
    told = which_say(texts, set(folded.values()), _LONGEST)
    shown = {comparable(text) for text, says_it in zip(texts, told, strict=True) if says_it}
    long = (number for number, text in enumerate(texts) if len(text) > _PROSE and blocks[number].linked < _LINKED)
    prose, h1s = next(long, len(blocks)), sum(one.source == "h1" for one in found)
    rows = [
        (
            *_SOURCE_COLUMNS[one.source], one.part, one.parts, len(distinct[one.text].words), len(one.text), h1s, number, *ties[one.text],
            *_place(one.place, blocks, prose), one.text.rstrip()[-1:] in _BARS, one.source == "h1" and h1s == 1, folded[one.text] in shown,
        )
        for number, one in enumerate(found)
    ]  # fmt: skip
    return np.array(rows, np.float32).reshape(len(found), len(NAMES))


def _ties(one: _Said, by_source: Mapping[str, Mapping[str, _Said]], distinct: Collection[_Said]) -> list[float]:
    """How a text agrees with the candidates of each source (-1 where there is none): says the same, shares words with the one likest to it; and
    whether it contains what another candidate says, or stands inside of one. `by_source`: what those of a source say, by the comparable form of it."""
    equals = {source: float(one.folded in said) for source, said in by_source.items()}
    overlap = {source: _likest(one, said) for source, said in by_source.items()}
    others = {other.folded for other in distinct} - {one.folded}
    long = {other.folded for other in distinct if len(other.text) > _LEAST_HEADLINE} - {one.folded, ""}
    contains = any(other in one.folded for other in long)
    inside = bool(one.folded) and any(one.folded in other for other in others)
    h1, ld, og, twitter, page = (overlap.get(source, -1.0) for source in ("h1", "ld", "og", "twitter", "page"))
    return [
        *(equals.get(source, -1.0) for source in ("ld", "og", "twitter", "page_part", "h1")), sum(equals.values()),
        max(ld, og, twitter), h1, ld, og, page, contains, inside,
    ]  # fmt: skip


def _likest(one: _Said, said: Mapping[str, _Said]) -> float:
    """The share of words with the likest of some texts."""
    if one.folded in said:
        return 1.0 if one.words else 0.0
    return max(_share(one.words, other.words) for other in said.values())


def _place(number: int, blocks: Sequence[Block], prose: int) -> tuple[float, ...]:
    """The share of links in a candidate's block, which of the telling places are around it, and whether it stands above the first paragraph (at `prose`);
    -1 where it has no block."""
    if number < 0:
        return _NOWHERE
    bits, element, page = blocks[number].bits, blocks[number].element, blocks[number].page
    if page is None:
        return (blocks[number].linked, *_NOWHERE[1:-1], number < prose)
    for _ in range(6):
        if element < 0:
            break
        bits |= page.bits[element]
        element = page.parents[element]
    return (blocks[number].linked, *(bits & places != 0 for places in _TELLING_PLACES), number < prose)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    both = len(one & other)
    return both / max(1, len(one) + len(other) - both)


def _overlap(one: str, other: str) -> float:
    first, second = set(comparable(one).split()), set(comparable(other).split())
    return len(first & second) / max(1, min(len(first), len(second)))


def find_title(blocks: Sequence[Block], metadata: Metadata, model: Trees) -> Title:
    """The likeliest candidate, and the first block that says the same words; a printed headline below an h1 for search engines comes before."""
    printed = _printed_headline(blocks, metadata)
    if printed >= 0:
        return Title(_TRAILING.sub("", blocks[printed].text), printed)
    found = candidates(blocks, metadata)
    if not found:
        return Title(None, -1)
    chances = model.chances(title_rows(blocks, metadata, found))
    best = found[int(np.argmax(chances))]
    said = comparable(best.text)
    place = best.place
    if place < 0:
        same = (number for number, block in enumerate(blocks) if len(block.text) <= _LONGEST and says(block.text, said))
        place = next(same, -1)
    return Title(_TRAILING.sub("", best.text), place)
