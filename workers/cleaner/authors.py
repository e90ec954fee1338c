"""Who a page says wrote it: the bylines beside the headline, where its metadata names nobody."""

import re
from collections.abc import Iterator, Sequence

from workers.cleaner.blocks import Block
from workers.cleaner.byline import agency_in, author_names, without_byword
from workers.cleaner.groups import place_bits
from workers.text.normalize import comparable

__all__ = ["is_credit", "is_names", "visible_agency", "visible_authors"]

_AUTHOR_PLACE = place_bits("byline")
_FAR_ABOVE, _FAR_BELOW = 8, 10
_LONGEST_BYLINE, _LONGEST_CREDIT, _LONGEST = 80, 120, 160
_MOST_AUTHORS = 12
_BULLET = re.compile(r"^[•·▪◦‣*|—–-]\s*")
#: A line that says no more than that a name follows.
_OPENER = re.compile(
    r"^\W*(?:(?:written|reported|story|words|article|posted|produced|kolumne|ein kommentar|kommentar|reportage|text|un articolo|una crónica)?\s*"
    r"(?:by|von|par|por|di|door|av|af|от|автор|yazan)|authors?(?:\(s\))?(?: of the article)?|autor(?:in|en|es)?|auteurs?|autori?)\W*$", re.IGNORECASE)  # fmt: skip
#: A byline behind a date, a bar or the name of a column: "May 18, 2023 By Ann Hill", "14:07 Uhr | Von Eva Kirch", "Kolumne von Lars Brun".
_EMBEDDED = re.compile(
    r"(?:\d|[|•·»–—]|\b(?i:uhr|kolumne|kommentar|reportage|meinung|opinion|analysis|analyse|a column))\s*(?i:by|von|par|por|di)\s+(?=[A-ZÀ-ÞА-Я])"
)
_AND = re.compile(r"^(?:[,;&/|•·—–-]|and|und|et|y|e|en|och|og|и|with|mit)$", re.IGNORECASE)
_STAMP = re.compile(
    r"\d{4}|\d{1,2}[:.]\d{2}|\d+\s*(?:min|hours?|days?|stunden|tage)\b|\b(?:published|updated|veröffentlicht|publié|publicado|aktualisiert)\b", re.IGNORECASE
)  # fmt: skip
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
#: A line that tells the hour, or that something was published, tells the time first and the name beside it.
_TELLS_TIME = re.compile(
    r"\d{1,2}[:h]\d{2}|\b(?:publi|posted|updat|aktualis|veröff|aggiorn|actualiz|mis à jour)", re.IGNORECASE
)
_BARS = re.compile(r"\s*[|•·⋅–—]\s*|\s-\s")
_PARTED = re.compile(r"[\W_]+")
_REACH_STAMP = 3
_BELOW_TITLE = 6
_BYWORDS = frozenset(["by", "von", "par", "por", "di"])


def visible_agency(blocks: Sequence[Block], reasons: Sequence[str | None], title_index: int) -> str | None:
    """The agency named in a byline beside the headline or the body: a short line that says little else."""
    first = next((number for number, reason in enumerate(reasons) if reason is None), -1)
    anchor = title_index if title_index >= 0 else first
    if anchor < 0:
        return None
    near = range(max(0, anchor - _FAR_ABOVE), min(len(blocks), max(anchor, first) + _FAR_BELOW))
    short = [
        blocks[number] for number in near if reasons[number] is not None and len(blocks[number].text) <= _LONGEST_BYLINE
    ]
    lines = [block.text for block in short if without_byword(block.text) != block.text or _is_marked(block)]
    return next((agency for line in lines if (agency := agency_in(line))), None)


def visible_authors(
    blocks: Sequence[Block], reasons: Sequence[str | None], title_index: int, site: str | None
) -> tuple[str, ...]:
    """The names in the bylines that the page shows beside the headline or the body: first what begins with "By" (on a line of its own or not), then
    what its markup calls the author, then a line under the headline that is names alone and stands by a date."""
    first = next((number for number, reason in enumerate(reasons) if reason is None), -1)
    if first < 0 and title_index < 0:
        return ()
    anchor = title_index if title_index >= 0 else first
    low, high = max(0, anchor - _FAR_ABOVE), min(len(blocks), max(anchor, first) + _FAR_BELOW)
    texts = [_BULLET.sub("", block.text) if len(block.text) <= _LONGEST else "" for block in blocks[low:high]]
    marked = [
        blocks[number].text for number in range(low, high) if reasons[number] is not None and _is_marked(blocks[number])
    ]
    ways = (
        _spoken(texts, [reason is None for reason in reasons[low:high]]),
        (name for text in marked if len(text) <= _LONGEST for name in author_names(text)),
        _bare(texts, title_index + 1 - low, min(high, max(first, title_index + _BELOW_TITLE)) - low) if title_index >= 0 else iter(()),
    )  # fmt: skip
    for way in ways:
        names = tuple(dict.fromkeys(name for name in way if not _is_site(name, site)))
        if names:
            return names[:_MOST_AUTHORS]
    return ()


def _spoken(texts: Sequence[str], is_body: Sequence[bool]) -> Iterator[str]:
    """The names behind "By", "Von" and the like; inside of a line only where that is short and no part of the body ("Platz 1 von Borussia Kiel")."""
    for number, text in enumerate(texts):
        if _OPENER.match(text):
            yield from _following(texts[number + 1 :])
        elif (rest := without_byword(text)) != text and rest[:1].isupper():
            yield from author_names(text)
        elif (
            not is_body[number]
            and len(text) <= _LONGEST_CREDIT
            and (found := _EMBEDDED.search(text))
            and (_DATE.search(text) or not text[found.start()].isdigit())
        ):
            yield from author_names(text[found.end() :])


def _following(texts: Sequence[str]) -> Iterator[str]:
    """The names on the lines after a "By" that stands alone, as long as they are joined by commas and "and"."""
    joined = True
    for text in texts:
        if _AND.match(text):
            joined = True
        elif joined and (names := author_names(text)) and len(text) <= _LONGEST_BYLINE:
            yield from names
            joined = text.rstrip().endswith(",")
        else:
            return


def _bare(texts: Sequence[str], start: int, end: int) -> Iterator[str]:
    """The names on the first line that holds nothing else, if a date stands close below it or right above; lines of names after it count too."""
    for number in range(max(0, start), end):
        if number < start + _REACH_STAMP and (credited := [*_credited(texts[number])]):
            yield from credited
            return
        if not is_names(texts[number]):
            continue
        after = number
        while after < end and (is_names(texts[after]) or _AND.match(texts[after])):
            after += 1
        around = [*texts[max(start, number - 1) : number], *texts[after : after + _REACH_STAMP]]
        if any(len(text) <= _LONGEST_BYLINE and _STAMP.search(text) for text in around):
            yield from (name for text in texts[number:after] for name in author_names(text))
            return


def is_credit(text: str) -> bool:
    """A short line of a name and a date: "Ann Hill | Leeds | 3 May 2024", "di Piero Riva - 3 maggio 2024"."""
    if len(text) > _LONGEST_BYLINE or not _DATE.search(text):
        return False
    return _TELLS_TIME.search(text) is None and next(_credited(text), None) is not None


def _credited(text: str) -> Iterator[str]:
    """The names in the parts of a line that bears a date, where one of the parts is a name alone."""
    if len(text) > _LONGEST_BYLINE or not _DATE.search(text):
        return
    parts = _BARS.split(text)
    for part in parts if len(parts) > 1 else ():
        if is_names(without_byword(part)):
            yield from author_names(part)
            return


def is_names(text: str) -> bool:
    """Whether the line is names (with what joins them) and nothing else."""
    if not 4 <= len(text) <= _LONGEST_BYLINE or text[-1] in ".!?:":
        return False
    names = author_names(text)
    said = [word for word in _PARTED.split(text) if word]
    named = {word for name in names for word in _PARTED.split(name)}
    return bool(names) and all(word in named or _AND.match(word) or word in _BYWORDS for word in said)


def _is_marked(block: Block) -> bool:
    bits, element, page = block.bits, block.element, block.page
    for _ in range(3):
        if bits & _AUTHOR_PLACE:
            return True
        if page is None or element < 0:
            return False
        bits, element = page.bits[element], page.parents[element]
    return False


def _is_site(name: str, site: str | None) -> bool:
    said, host = comparable(name).replace(" ", ""), comparable(site or "").replace(" ", "")
    return bool(host) and (said in host or host in said)
