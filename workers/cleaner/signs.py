"""What a line holds at least, if a pattern over it is to find anything: looked for in all lines of a page at once, since most have none of it."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.wording import give_tables
from workers.text import native

__all__ = [
    "CAPTION",
    "FIGURE",
    "LEGAL",
    "LONGEST_LABEL",
    "NAMED",
    "PROMOTION",
    "SEPARATOR",
    "sign_array",
    "signs_of",
]

#: A line may be legal, promotional, a row of labels, a time (it holds a figure), a caption, a document id that is named as one.
LEGAL, PROMOTION, SEPARATOR, FIGURE, CAPTION, NAMED = (1 << bit for bit in range(6))
#: Beyond this length (characters) a line is no label, and no sign of it is told.
LONGEST_LABEL = 700
#: The patterns of what is legal or promotional (lines.py) need one of these, in lower case.
_LEGAL_SIGNS = (
    "©", "(c)", "right", "reserv", "recht", "droits", "прав", "derechos", "diritti", "حقوق", "warrant", "responsib", "terms", "privacy", "may not",
    "disclaimer", "legal", "haftung", "hinweis", "avert", "mention", "отказ", "إخلاء", "yasal", "版", "免责", "転載", "著作", "전재", "저작권", "prawa",
)  # fmt: skip
_PROMOTION_SIGNS = (
    "subscri", "sign", "newsletter", "follow", "cookie", "abonn", "inscri", "suscr", "подпи", "read", "click", "adverti", "anzeige", "publicit",
    "реклама", "share", "download", "log", "register", "mehr", "lire", "lesen", "читайте", "اشترك", "اقرأ",
)  # fmt: skip
#: A separated line has one of these; text in normal form knows no other white space.
_SEPARATORS = ("|", "   ", "•", "·", "»", "›", "\t")
#: What begins a caption; what names a document id.
_CAPTION_SIGNS = ("photo", "image", "picture", "bild", "foto", "crédit", "фото", "صورة")
_ID_SIGNS = ("docid", "guid", " id", "\tid")
_MARKED = (
    (LEGAL, _LEGAL_SIGNS),
    (PROMOTION, _PROMOTION_SIGNS),
    (SEPARATOR, _SEPARATORS),
    (CAPTION, _CAPTION_SIGNS),
    (NAMED, _ID_SIGNS),
)
_FIGURE = re.compile(r"\d")
#: Set by the core for a line with characters beyond the basic plane, whose figures it does not know.
_ASTRAL = 1 << 7


def signs_of(lines: Sequence[str]) -> list[int]:
    """The signs of each line: a sum of LEGAL, PROMOTION, SEPARATOR, FIGURE, CAPTION and NAMED. Lines must not hold line feeds."""
    signs: list[int] = sign_array(lines).tolist()
    return signs


def sign_array(lines: Sequence[str]) -> NDArray[np.uint8]:
    """The same as an array."""
    if not lines:
        return np.zeros(0, np.uint8)
    if native.LIBRARY is None:
        return np.array(_signs(lines), np.uint8)
    _give_signs()
    signs = native.mark_lines("\n".join(lines), len(lines), LONGEST_LABEL)
    for number in np.flatnonzero(signs & _ASTRAL).tolist():
        signs[number] ^= _ASTRAL | (FIGURE if not signs[number] & FIGURE and _FIGURE.search(lines[number]) else 0)
    return signs


@lru_cache(maxsize=1)
def _give_signs() -> None:
    give_tables()
    native.load_signs({sign: mark for mark, signs in _MARKED for sign in signs}, FIGURE, _ASTRAL)


def _signs(lines: Sequence[str]) -> list[int]:
    """The same in Python."""
    labels = [line if len(line) <= LONGEST_LABEL else "" for line in lines]
    lowered = "\n".join(labels).lower()
    sizes = [len(line) + 1 for line in lowered.split("\n")]
    starts = [0, *accumulate(sizes)]
    signs = [FIGURE if _FIGURE.search(line) else 0 for line in labels]
    for mark, told in _MARKED:
        for number in _lines_with(told, lowered, starts):
            signs[number] |= mark
    return signs


def _lines_with(signs: Sequence[str], text: str, starts: Sequence[int]) -> set[int]:
    """The numbers of the lines in which one of the signs stands."""
    found: set[int] = set()
    for sign in signs:
        at = text.find(sign)
        while at >= 0:
            number = bisect_right(starts, at) - 1
            found.add(number)
            at = text.find(sign, starts[number + 1])
    return found
