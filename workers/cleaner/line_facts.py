"""What each line of a page may hold, looked up in all lines at once: the figures of a date, running text, a word that lines of a kind begin
with. Rules ask their patterns of those lines alone."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workers.text import native

__all__ = ["BYLINE", "COMMENTS", "DATED", "DATE_FIGURES", "PROSE", "RELATED", "line_facts", "may_date"]

#: The bits of a line's facts. Without the first it bears no date; without one of the last three it begins as no line of that kind.
DATED, PROSE, COMMENTS, BYLINE, RELATED = 1, 2, 1 << 8, 2 << 8, 4 << 8
_OPENERS_SHIFT = 8
#: What a line begins with where it heads comments, names an author, or heads links to other pages; of the words beyond ASCII all are suspected.
_OPENERS = (
    (COMMENTS, "comment comments kommentar kommentare leave commentaire commentaires comentario comentarios response responses antworten reaktionen diskussion"),
    (BYLINE, "by von par por di from author autor text geschrieben posted written redaktion editor"),
    (RELATED, ("related more latest recent most you read aktuelle neueste letzte weitere mehr auch lesen lies meistgelesen das verwandte article articles derniers les "
      "relacionad leggi archive archives archiv")),
)  # fmt: skip
#: The first figures of what may be a date: a day, a year, and perhaps a month, with nothing between them that no date has; a year of two figures
#: follows no comma ("8 May, 17:05"), and behind a day it needs a word between ("10.99"). It begins with a set of characters, which the engine looks for fast.
_JOINED, _TIED = r"[^\x00-\x1f!-&(-+0-@\[-`{-\x7f]", r"[^\x00-\x1f!-&(-,0-@\[-`{-\x7f]"
_SIGNS = r"[ '\-./]"
_YEAR = "(?:1[349]|20)[0-9]{2}"
_DAY, _SHORT_YEAR = "[0-9]{1,2}(?![0-9])", "[0-9]{2}(?![0-9])"
DATE_FIGURES = re.compile(
    rf"[0-9](?<![0-9]{{2}})(?:[0-9]?(?![0-9])(?={_JOINED}{{1,36}}(?:{_YEAR}|{_DAY}(?:{_JOINED}{{1,9}}{_YEAR}|{_TIED}{{1,9}}{_SHORT_YEAR}))|(?={_SIGNS}{{0,36}}[^\x00-@\[-`{{-\x7f]){_TIED}{{1,36}}{_SHORT_YEAR})|"
    rf"(?:(?<=1)[349]|(?<=2)0)[0-9]{{2}}(?![0-9])(?=[ ./\-年년])(?={_JOINED}{{1,36}}{_DAY}))"
)
#: Arabic, Persian, Devanagari, Bengali and others.
_FOREIGN_FIGURE = re.compile(r"[^\D0-9]")
_WORD = re.compile(r"\w+")
_PROSE_REACH, _SENTENCE_WORDS, _PROSE_WORDS = 400, 12, 22
_ENDS = frozenset('.!?…»”"')
#: No character from here on is a letter or a figure.
_KNOWN = 0x40000
_LONGEST_OPENER = 64


def line_facts(lines: Sequence[str], joined: bytes | None = None) -> list[int]:
    """The facts of each line, as bits. `joined`: the lines as `native.joined` gives them, where that is at hand."""
    if native.LIBRARY is not None and lines:
        _give_tables()
        if (marks := native.line_marks(joined or native.joined(lines), len(lines))) is not None:
            return marks
    return list(map(_facts, lines))


def may_date(line: str) -> bool:
    """Whether a line has figures as a date has them: two runs with nothing between them that would part a date."""
    return DATE_FIGURES.search(line) is not None or (not line.isascii() and _FOREIGN_FIGURE.search(line) is not None)


@lru_cache(maxsize=1)
def _opener_bits() -> Mapping[str, int]:
    bits: dict[str, int] = {}
    for bit, words in _OPENERS:
        for word in words.split():
            bits[word] = bits.get(word, 0) | bit
    return bits


@lru_cache(maxsize=1)
def _give_tables() -> None:
    """To the compiled core: which characters are of words and figures, and the openers."""
    kinds: NDArray[np.uint8] = np.zeros(_KNOWN, np.uint8)
    characters = "".join(map(chr, range(_KNOWN)))
    for bit, pattern in ((1, _WORD), (2, re.compile(r"\d+"))):
        for found in pattern.finditer(characters):
            kinds[found.start() : found.end()] |= bit
    native.load_line_tables(kinds, {word: bit >> _OPENERS_SHIFT for word, bit in _opener_bits().items()})


def _facts(line: str) -> int:
    """The same in Python."""
    return may_date(line) * DATED | _is_prose(line) * PROSE | _opening(line)


def _is_prose(line: str) -> bool:
    """Twelve words in a line that ends as a sentence does, or twenty-two (of the first 400 characters)."""
    words = len(_WORD.findall(line, 0, _PROSE_REACH))
    return words >= _PROSE_WORDS or (words >= _SENTENCE_WORDS and line.rstrip()[-1:] in _ENDS)


def _opening(line: str) -> int:
    words = _WORD.finditer(line)
    first = next(words, None)
    if first is not None and first[0].isascii() and first[0].isdigit() and len(first[0]) <= _LONGEST_OPENER:
        first = next(words, None)
    if first is None:
        return 0
    return _opener_bits().get(first[0].lower(), 0) if first[0].isascii() else COMMENTS | BYLINE | RELATED
