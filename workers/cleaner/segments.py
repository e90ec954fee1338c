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
_CAPITAL = re.compile(f"[{_UPPER}]")
_LOWER_LETTER = re.compile(f"[{_LOWER}]")
_LETTER = re.compile(f"[{_LOWER}{_UPPER}]")
_LETTERS = re.compile(f"[{_LOWER}{_UPPER}]+")
#: The end of a sentence, before what may be the next block.
_SENTENCE_END = re.compile(rf"[.!?…](?:[”\"»’](?=[{_UPPER}“„«])|(?=[{_UPPER}“„«‘\"]))")
#: So much of a dump (characters) tells whether its blocks ran together.
_GLUE_READ = 200_000
_GLUED_WORD = re.compile(rf"[{_UPPER}]?[{_LOWER}]+[{_UPPER}][{_LOWER}]+")
#: Names that are written so; they are no sign of glue and are never split.
_NAMES = frozenset({
    "YouTube", "WhatsApp", "LinkedIn", "TikTok", "PlayStation", "BuzzFeed", "SpaceX", "PayPal", "GitHub", "JavaScript", "McDonald", "eBay",
    "iPhone", "iPad", "MacBook", "OpenAi", "WordPress", "SoundCloud", "FaceTime", "AirPods", "DeepMind", "ChatGpt", "MasterCard", "FedEx",
    "WeChat", "HubSpot", "AccuWeather", "MacDonald", "McCarthy", "McConnell", "LaLiga", "PowerPoint", "BioTech", "InStyle", "AliExpress",
    "DuckDuckGo", "BlackBerry", "DreamWorks", "LeBron", "DeSantis", "OneTrust", "QuickTime", "iTunes", "iCloud", "MySpace", "GoFundMe",
})  # fmt: skip
_LEAST_GLUED = 8
_SENTENCES_MET, _WORDS_MET = 1, 2
_BULLET = re.compile(r"^(?:[•·▪◦‣*–-]\s+|\d{1,2}[.)]\s+)")


class Segment(NamedTuple):
    """A piece of a dump. `joint` is what stood between it and the piece before: a line break, or nothing where blocks were glued; `glue` is 1 where
    sentences met, 2 where words met."""

    text: str
    joint: str = "\n"
    glue: int = 0
    blanks: int = 0
    indent: int = 0
    bullet: bool = False


def split_dump(content: str) -> list[Segment]:
    """The pieces; joined again with their joints they give the dump's visible text, white space aside. Raises Refused("too_expensive")
    above 8,000 pieces."""
    glue = _glue(content)
    cuts = iter([*sorted(glue), len(content)])
    cut = next(cuts)
    segments: list[Segment] = []
    blanks = start = 0
    for line in content.split("\n"):
        end = start + len(line)
        text = line.strip()
        if not text:
            blanks += 1
            start = end + 1
            continue
        indent = len(line) - len(line.lstrip())
        bullet = bool(_BULLET.match(text))
        parts = [(text, 0)]
        if cut < end:
            inside = []
            while cut < end:
                inside.append((cut - start - indent, glue[cut]))
                cut = next(cuts)
            parts = _parts(text, inside)
        segments.append(Segment(parts[0][0], "\n", 0, blanks, min(20, indent), bullet))
        segments += [Segment(piece, "", glued) for piece, glued in parts[1:]]
        blanks, start = 0, end + 1
        if len(segments) > MOST_BLOCKS:
            raise Refused("too_expensive", f"more than {MOST_BLOCKS} lines of text")
    return segments


def _parts(text: str, cuts: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    """(text, glue) of each part of a line that is cut at these places."""
    if cuts[-1] == (len(text) - 1, _WORDS_MET):  # a capital before the white space at the end of the line
        cuts = cuts[:-1]
    edges = [(0, 0), *cuts, (len(text), 0)]
    parts = [(text[start:end].strip(), glue) for (start, glue), (end, _) in pairwise(edges)]
    return [(part, glue) for part, glue in parts if part]


def _glue(content: str) -> dict[int, int]:
    """Where parts of lines meet, and what met there. Looking at the full stops and capitals alone spares trying the patterns at
    every letter."""
    cuts = {}
    for end in _SENTENCE_END.finditer(content):
        for place in {end.start() + 1, end.end()}:
            if _SENTENCE_GLUE.match(content, place):
                cuts[place] = _SENTENCES_MET
    if _is_glued(content):
        for capital in _CAPITAL.finditer(content):
            place = capital.start()
            if _WORD_GLUE.match(content, place) and not _is_name(content, place):
                cuts.setdefault(place, _WORDS_MET)
    return cuts


def _is_glued(content: str) -> bool:
    """Whether blocks ran together in this dump: many different words with a capital inside that are no known name."""
    words: set[str] = set()
    done = 0
    for capital in _CAPITAL.finditer(content, 0, _GLUE_READ):
        place = capital.start()
        if place <= done or not _LOWER_LETTER.match(content, place - 1):
            continue
        start = place
        while start > done and _LETTER.match(content, start - 1):
            start -= 1
        run = _LETTERS.match(content, place, _GLUE_READ)
        done = run.end() if run else place + 1
        words.update(match[0] for match in _GLUED_WORD.finditer(content, start, done) if match[0] not in _NAMES)
        if len(words) >= _LEAST_GLUED:
            return True
    return False


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
        if paragraphs and number == before + 1 and segment.glue == _WORDS_MET:
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
