"""A text dump as pieces in reading order: its lines, and the parts of lines where a dump glued blocks without a space."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from workers.cleaner.blocks import MOST_BLOCKS
from workers.errors import Refused

__all__ = ["Segment", "goes_on", "join_segments", "split_dump"]

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЁЄІЇҐΑ-Ω"
_LOWER = "a-zß-öø-ÿāăąćčďđēėęěğģīįıķĺļľłńņňōőřśşšţťūůűųźżžа-яёєіїґα-ω"
#: "gesagt.Nach", "said.“The": the end of a sentence and the next block without a space.
_SENTENCE_GLUE = re.compile(
    rf"(?<=[{_LOWER}0-9)%][{_LOWER}0-9)%][.!?…])(?=[{_UPPER}“„«‘]|\"[{_UPPER}])|(?<=[{_LOWER}][.!?…][”\"»’])(?=[{_UPPER}“„«])"
)
#: "PolitikNachrichten", "PressZohran", "2023Von": a label and the next block.
_WORD_GLUE = re.compile(
    rf"(?<=[{_LOWER}0-9)][{_LOWER}0-9)])(?=[{_UPPER}][{_LOWER}{_UPPER} ])|(?<=[{_LOWER}])(?=[{_UPPER}][{_LOWER}])"
)
_GLUED_WORD = re.compile(rf"[{_UPPER}]?[{_LOWER}]+[{_UPPER}][{_LOWER}]+")
#: Names that are written so; they are no sign of glue and are never split.
_NAMES = frozenset({
    "YouTube", "WhatsApp", "LinkedIn", "TikTok", "PlayStation", "BuzzFeed", "SpaceX", "PayPal", "GitHub", "JavaScript", "McDonald", "eBay",
    "iPhone", "iPad", "MacBook", "OpenAi", "WordPress", "SoundCloud", "FaceTime", "AirPods", "DeepMind", "ChatGpt", "MasterCard", "FedEx",
    "WeChat", "HubSpot", "AccuWeather", "MacDonald", "McCarthy", "McConnell", "LaLiga", "PowerPoint", "BioTech", "InStyle", "AliExpress",
    "DuckDuckGo", "BlackBerry", "DreamWorks", "LeBron", "DeSantis", "OneTrust", "QuickTime", "iTunes", "iCloud", "MySpace", "GoFundMe",
})  # fmt: skip
_LEAST_GLUED = 8
_BULLET = re.compile(r"^(?:[•·▪◦‣*–-]\s+|\d{1,2}[.)]\s+)")


class Segment(NamedTuple):
    """A piece of a dump. `joint` is what stood between it and the piece before: a line break, or nothing where blocks were glued."""

    text: str
    joint: str = "\n"
    glue: int = 0
    blanks: int = 0
    indent: int = 0
    bullet: bool = False


def split_dump(content: str) -> list[Segment]:
    """The pieces; joined again with their joints they give the dump's visible text, white space aside. Raises Refused("too_expensive")
    above 8,000 pieces."""
    splits_words = _is_glued(content)
    segments: list[Segment] = []
    blanks = 0
    for line in content.split("\n"):
        text = line.strip()
        if not text:
            blanks += 1
            continue
        indent = min(20, len(line) - len(line.lstrip()))
        bullet = bool(_BULLET.match(text))
        for number, (piece, glue) in enumerate(_pieces(text, splits_words=splits_words)):
            if number == 0:
                segments.append(Segment(piece, "\n", 0, blanks, indent, bullet))
            else:
                segments.append(Segment(piece, "", glue))
        blanks = 0
        if len(segments) > MOST_BLOCKS:
            raise Refused("too_expensive", f"more than {MOST_BLOCKS} lines of text")
    return segments


def _is_glued(content: str) -> bool:
    """Whether blocks ran together in this dump: many different words with a capital inside that are no known name."""
    words: set[str] = set()
    for match in _GLUED_WORD.finditer(content, 0, 200_000):
        if match[0] not in _NAMES:
            words.add(match[0])
            if len(words) >= _LEAST_GLUED:
                return True
    return False


def _pieces(line: str, *, splits_words: bool) -> list[tuple[str, int]]:
    """(text, glue) of each part: glue 1 where sentences met, 2 where words met."""
    cuts = {match.start(): 1 for match in _SENTENCE_GLUE.finditer(line)}
    if splits_words:
        for match in _WORD_GLUE.finditer(line):
            if not _is_name(line, match.start()):
                cuts.setdefault(match.start(), 2)
    if not cuts:
        return [(line, 0)]
    edges = [0, *sorted(cuts), len(line)]
    parts = [(line[start:end].strip(), cuts.get(start, 0)) for start, end in pairwise(edges)]
    return [(text, glue) for text, glue in parts if text]


def _is_name(line: str, at: int) -> bool:
    start, end = at, at
    while start > 0 and line[start - 1].isalpha() and at - start < 14:
        start -= 1
    while end < len(line) and line[end].isalpha() and end - at < 14:
        end += 1
    return line[start:end] in _NAMES


def join_segments(kept: Sequence[tuple[int, Segment]]) -> list[str]:
    """Paragraphs of the kept pieces (each with its number): words that were split inside a line meet again; a line that goes on in the next
    (a link on a line of its own inside a sentence) is made whole."""
    paragraphs: list[str] = []
    before = -2
    for number, segment in kept:
        if paragraphs and number == before + 1 and segment.glue == 2:
            paragraphs[-1] += segment.text
        elif paragraphs and number == before + 1 and goes_on(paragraphs[-1], segment):
            unspaced = segment.text[0] in ".,;:!?)”’»…" or _WIDE_START.match(segment.text)
            paragraphs[-1] += ("" if unspaced else " ") + segment.text
        else:
            paragraphs.append(segment.text)
        before = number
    return paragraphs


_OPEN_END = re.compile(r"[\w,(“„«–—-]$")
#: Chinese and Japanese know no space at which a line may break: one that ends in the middle goes on in the next.
_WIDE = "\u3040-\u30ff\u3400-\u9fff"
_WIDE_END = re.compile(f"[{_WIDE}、，]$")
_WIDE_START = re.compile(f"^[{_WIDE}，。、！？；：」』）]")
#: A line shorter than this (characters) is a heading.
_LEAST_OPEN = 15
_CONTINUES = re.compile(rf"^[{_LOWER}.,;:!?)”’»…–—-]")


def goes_on(before: str, segment: Segment) -> bool:
    """A sentence broken over lines: it is open, and what follows begins in the middle of one."""
    if segment.joint != "\n" or segment.bullet:
        return False
    if _WIDE_START.match(segment.text):
        return len(before) >= _LEAST_OPEN and bool(_WIDE_END.search(before))
    return bool(_OPEN_END.search(before)) and bool(_CONTINUES.match(segment.text))
