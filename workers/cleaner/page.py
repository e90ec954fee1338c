"""HTML pages: which blocks are the article. trafilatura names the body's lines; our blocks keep account of everything else."""

import re
from collections.abc import Sequence

import trafilatura
from trafilatura.settings import use_config

from workers.cleaner.blocks import Block
from workers.cleaner.lines import classify, is_prose, words_in
from workers.cleaner.metadata import Metadata
from workers.text.normalize import collapse, comparable, normalize

__all__ = ["choose_blocks"]

_PLACES = (
    ("comments", {"comments", "comment", "disqus"}),
    ("navigation", {"nav", "menu", "navigation", "breadcrumb", "breadcrumbs"}),
    ("footer", {"footer"}),
    ("related", {"related", "recommended", "teaser", "teasers", "more", "outbrain", "taboola", "mostread", "popular", "sidebar", "aside"}),
    ("caption", {"figcaption", "caption"}),
    ("form", {"form", "button", "search"}),
    ("promotion", {"newsletter", "subscribe", "promo", "advert", "advertisement", "ad", "banner", "cookie", "consent", "paywall"}),
    ("share", {"share", "social", "sharing"}),
    ("byline", {"byline", "author", "authors"}),
    ("header", {"header"}),
)  # fmt: skip
_SITE = re.compile(r"\s+(?:[|–—·»:]|-)\s+")
_LONGEST = 1_500_000
_DEEPEST = 256


def choose_blocks(
    content: str, blocks: Sequence[Block], metadata: Metadata
) -> tuple[list[str | None], str | None, int]:
    """(reason for each block or None for body, title, index of the title's block or -1)."""
    title, index = _title(blocks, metadata)
    wanted = _body_lines(content, blocks)
    reasons: list[str | None] = []
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        words = comparable(block.text)
        if title is not None and words == comparable(title) and len(words) > 0:
            reasons.append("title" if number == index else "repeated_title")
        elif words and words in wanted and classify(block.text) not in {"document_id", "timestamp", "clock"}:
            reasons.append("repeated_text" if words in seen and words_in(block.text) > 8 else None)
            seen.add(words)
        else:
            reasons.append(_why(block))
    _cut_lonely_ends(blocks, reasons)
    return reasons, title, index


def _body_lines(content: str, blocks: Sequence[Block]) -> frozenset[str]:
    """The words of each line that is body. Where trafilatura finds nothing, prose outside of furniture is."""
    found = _trafilatura(content, blocks)
    lines = {comparable(normalize(line.lstrip("-| ").rstrip("| "))) for line in found.split("\n")}
    if sum(map(len, lines)) < 50:
        lines = {
            comparable(block.text)
            for block in blocks
            if is_prose(block.text) and block.linked < 0.5 and _why(block) == "boilerplate"
        }
    return frozenset(line for line in lines if line)


def _trafilatura(content: str, blocks: Sequence[Block]) -> str:
    """Bounded: pages that are huge or nested absurdly deep go without (its time is several passes over the tree)."""
    if len(content) > _LONGEST or len(blocks) > 20_000 or _depth(content) > _DEEPEST:
        return ""
    try:
        text = trafilatura.extract(
            content, include_comments=False, include_tables=True, include_formatting=False, config=use_config()
        )
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError, IndexError):
        return ""
    return collapse_lines(text or "")


def collapse_lines(text: str) -> str:
    """Each line with single spaces."""
    return "\n".join(collapse(line) for line in text.split("\n"))


_OPEN = re.compile(
    r"<(/?)(?:div|p|span|section|article|ul|ol|li|table|tr|td|b|i|em|font|blockquote|a)\b", re.IGNORECASE
)


def _depth(content: str) -> int:
    """The deepest nesting of common tags, roughly."""
    depth = deepest = 0
    for match in _OPEN.finditer(content):
        depth += -1 if match.group(1) else 1
        deepest = max(deepest, depth)
    return deepest


def _title(blocks: Sequence[Block], metadata: Metadata) -> tuple[str | None, int]:
    """The heading on which the page's own claims agree; else the claim; else the first h1; else the page title without the site."""
    headings = [
        (number, block) for number, block in enumerate(blocks) if block.tag == "h1" and words_in(block.text) >= 2
    ]
    claims = [*metadata.titles, *_without_site(metadata.page_title)]
    for number, block in headings:
        if any(comparable(block.text) == comparable(claim) for claim in claims):
            return block.text, number
    for number, block in headings:
        if any(_alike(block.text, claim) for claim in claims):
            return block.text, number
    if claims and metadata.titles:
        claim = _without_site(claims[0])[0]
        return claim, next(
            (number for number, block in enumerate(blocks) if comparable(block.text) == comparable(claim)), -1
        )
    if headings:
        return headings[0][1].text, headings[0][0]
    return (claims[0], -1) if claims else (None, -1)


def _without_site(title: str | None) -> list[str]:
    """The longest piece of a page title first, then the whole."""
    if not title:
        return []
    pieces = sorted(_SITE.split(title), key=len, reverse=True)
    return [pieces[0], title] if len(pieces) > 1 and len(pieces[0]) > 15 else [title]


def _alike(one: str, other: str) -> bool:
    first, second = set(comparable(one).split()), set(comparable(other).split())
    return len(first & second) >= 0.6 * max(1, min(len(first), len(second)))


def _why(block: Block) -> str:
    reason = classify(block.text)
    if reason is not None:
        return reason
    return next((name for name, words in _PLACES if block.around & words), "boilerplate")


def _cut_lonely_ends(blocks: Sequence[Block], reasons: list[str | None]) -> None:
    """Short linked labels at the end of the body (tags, sections) go."""
    for number in range(len(blocks) - 1, -1, -1):
        if reasons[number] is not None:
            continue
        if words_in(blocks[number].text) <= 5 and blocks[number].linked > 0.8:
            reasons[number] = "widget_label"
        else:
            return
