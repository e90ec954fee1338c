"""What the recogniser sees of a word, whatever stands around it: its vector, hashed parts of its spelling, and what the gazetteers say of it.

All of that depends on the word alone, so the tagger reckons it once for each word and keeps it. What depends on neighbours (names of
several words in the gazetteers, a sentence in capitals) is in `marks_of`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

from workers.entities.lexicon import (
    EVENT_WORDS,
    ORG_WORDS,
    PLACE_WORDS,
    TIME_WORDS,
    TITLES,
    countries,
    demonyms,
    name_marks,
    organisations,
    table,
)
from workers.entities.places import fold, load_places

__all__ = ["BUCKETS", "FLAGS", "MARKS", "PARTS", "flags_of", "marks_of", "parts_of", "shape_of"]

BUCKETS = 1 << 14
PARTS = 8
FLAGS = 40
MARKS = 8
_CITY, _TOWN = 200_000, 15_000
_ORG_KINDS = {
    "team": 26,
    "nickname": 27,
    "body": 28,
    "government": 29,
    "party": 30,
    "media": 31,
    "company": 32,
    "league": 33,
    "university": 34,
}


def shape_of(word: str) -> str:
    """X for capitals, x for small letters, d for digits; runs cut to two: `Al-Sharaa` is Xx-Xxx."""
    shape: list[str] = []
    for character in word[:16]:
        kind = "X" if character.isupper() else "x" if character.isalpha() else "d" if character.isdigit() else character
        if shape[-2:] != [kind, kind]:
            shape.append(kind)
    return "".join(shape)


def parts_of(word: str) -> list[int]:
    """The buckets of a word's spelling: itself, its beginnings and ends, its shape; always PARTS numbers."""
    low = word.lower()[:40]
    texts = (
        "w" + low,
        "p" + low[:2],
        "p" + low[:3],
        "p" + low[:4],
        "s" + low[-2:],
        "s" + low[-3:],
        "s" + low[-4:],
        "S" + shape_of(word),
    )
    return [crc32(text.encode("utf-8", "replace")) % BUCKETS for text in texts]


_ROMAN = re.compile(r"[IVX]+$")


def flags_of(word: str) -> list[int]:
    """The numbers (below FLAGS) of what is true of a word."""
    low = word.lower()
    found: list[int] = []

    def add(number: int, true: object) -> None:
        if true:
            found.append(number)

    first = word[:1]
    add(0, first.isupper())
    add(1, word.isupper() and len(word) > 1)
    add(2, word.islower())
    add(3, any(c.isdigit() for c in word))
    add(4, word.isdigit())
    add(5, any(c.isupper() for c in word[1:]) and not word.isupper())
    add(6, "-" in word)
    add(7, "'" in word or "’" in word)
    add(8, "." in word and len(word) > 1)
    add(9, not any(c.isalnum() for c in word))
    add(10, len(word) == 1)
    add(11, len(word) <= 3)
    add(12, not word.isascii())
    add(13, first in "@#")
    add(14, low in countries())
    add(15, low in demonyms())
    found += _place_flags(low)
    marks = name_marks().get(low, "")
    add(20, "m" in marks)
    add(21, "f" in marks)
    add(22, "s" in marks)
    add(23, low.rstrip(".") in TITLES)
    add(24, low.rstrip(".") in ORG_WORDS)
    add(25, low in PLACE_WORDS)
    kind = organisations().get((low,))
    if kind:
        found.append(_ORG_KINDS[kind])
    add(35, low in EVENT_WORDS)
    add(36, low.rstrip(".") in TIME_WORDS)
    add(37, _ROMAN.match(word))
    add(38, low.startswith(("http", "www.")) or "://" in low or "@" in low[1:])
    add(39, low.startswith(("al-", "el-", "bin", "ibn", "mc", "o'", "von", "van", "de")))
    return found


def _place_flags(low: str) -> list[int]:
    """A region or state; a city by its size; any town."""
    if len(low) < 3 or not low[0].isalpha():
        return []
    found = load_places().named(low)
    if not found:
        return []
    flags = []
    if any(place.level not in {"city", "county"} for place in found):
        flags.append(16)
    largest = max((place.population for place in found if place.main), default=0)
    other = max((place.population for place in found if not place.main), default=0)
    if largest >= _CITY:
        flags.append(17)
    elif largest >= _TOWN:
        flags.append(18)
    elif largest or other:
        flags.append(19)
    return flags


@lru_cache(maxsize=1)
def _phrases() -> tuple[dict[str, int], dict[tuple[str, ...], int]]:
    """(how many words the longest known name has that begins with a word, known names of several words to 0 place, 2 organisation)."""
    known: dict[tuple[str, ...], int] = {}
    for name in [*countries(), *(name for row in table("regions.tsv") for name in row[0].lower().split(","))]:
        known[tuple(name.replace("-", " - ").split())] = 0
        known[tuple(name.split())] = 0
    for words in organisations():
        known[words] = 2
        known[tuple(" ".join(words).replace("-", " - ").split())] = 2
    longest: dict[str, int] = {}
    for words in known:
        if len(words) > 1:
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest, known


@lru_cache(maxsize=50_000)
def _city_phrase(words: tuple[str, ...]) -> bool:
    return any(
        place.population >= _TOWN or place.level != "city" for place in load_places().named(fold(" ".join(words)))
    )


def marks_of(words: Sequence[str]) -> list[tuple[int, int]]:
    """(word, mark) pairs of a sentence. Marks: 0/1 first/further word of a place's name, 2/3 of an organisation's, 4/5 of a town's,
    6 the sentence is in capitals, 7 it is in headline capitals."""
    longest, known = _phrases()
    found: list[tuple[int, int]] = []
    count = len(words)
    capitals = 0
    letters = 0
    at = 0
    skip = -1
    for at, word in enumerate(words):
        if not word[0].isalpha():
            continue
        letters += 1
        if not word[0].isupper():
            continue
        capitals += 1
        if at < skip or at + 1 >= count:
            continue
        most = longest.get(word.lower(), 0)
        matched = 0
        for size in range(min(most, count - at), 1, -1):
            mark = known.get(tuple(one.lower() for one in words[at : at + size]))
            if mark is not None:
                found.append((at, mark))
                found += [(inside, mark + 1) for inside in range(at + 1, at + size)]
                matched = size
                break
        if not matched and words[at + 1][:1].isupper():
            for size in (3, 2):
                if (
                    at + size <= count
                    and words[at + size - 1][:1].isupper()
                    and _city_phrase(tuple(one.lower() for one in words[at : at + size]))
                ):
                    found.append((at, 4))
                    found += [(inside, 5) for inside in range(at + 1, at + size)]
                    matched = size
                    break
        if matched:
            skip = at + matched
    if letters >= 3 and capitals >= 0.8 * letters:
        shouting = sum(word.isupper() for word in words) > 0.8 * letters
        found += [(inside, 6 if shouting else 7) for inside in range(count)]
    return found
