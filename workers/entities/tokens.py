"""Words and sentences with their offsets."""

import re
from typing import NamedTuple

from workers.entities.lexicon import word_set

__all__ = ["LONGEST", "Sentence", "sentences"]

#: A word with inner marks (al-Sharaa, O'Neill, U.S.), a number, or one mark. A possessive 's is a word of its own.
_TOKEN = re.compile(
    r"https?://[^\s<>\"”]+|www\.[^\s<>\"”]+|[\w.+-]+@[\w-]+\.[\w.-]+|[@#]\w+"  # addresses, handles and tags are one word
    r"|(?:[^\W\d_]\.){2,}"  # U.S., U.N.
    r"|[^\W_]+(?:(?:['’.](?!s\b)|-|&)[^\W_]+)*"
    r"|['’]s\b|\n+|[^\w\s]|_+"
)
_ENDS = frozenset(".!?…。！？؟")
_ABBREVIATIONS = word_set("mr mrs ms dr st gen col lt sgt sen rep gov prof jr sr inc ltd co corp vs no jan feb mar apr jun jul aug sep sept oct nov dec adm capt cmdr maj rev hon mt ft bros messrs dept univ assn mme")  # fmt: skip
_BEFORE_POINT = word_set(
    "mr mrs ms dr st gen col lt sgt sen rep gov prof jr sr inc ltd co corp adm capt maj rev mt ft bros mme"
)
LONGEST = 200


class Sentence(NamedTuple):
    """Words and where each begins; a word ends where its own length says."""

    words: list[str]
    starts: list[int]


def sentences(text: str) -> list[Sentence]:
    """The text's sentences in order. A line break ends one; LONGEST words end one too."""
    found: list[Sentence] = []
    words: list[str] = []
    starts: list[int] = []
    ended = False
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word[0] == "\n" or len(words) >= LONGEST or (ended and not (word[0].islower() or word in ")]}\"”’'»")):
            if words:
                found.append(Sentence(words, starts))
                words, starts = [], []
            if word[0] == "\n":
                ended = False
                continue
        at = match.start()
        if word == "." and words and starts[-1] + len(words[-1]) == at and _abbreviates(words[-1]):
            words[-1] += "."
            continue
        words.append(word)
        starts.append(at)
        ended = (word in _ENDS and not _inside(words)) or (ended and word in "\"”’'»)")
    if words:
        found.append(Sentence(words, starts))
    return found


def _abbreviates(word: str) -> bool:
    """Whether a point after this word belongs to it: an initial, or an abbreviation that stands before a name."""
    return (len(word) == 1 and word.isupper()) or (word[0].isupper() and word.lower() in _BEFORE_POINT)


def _inside(words: list[str]) -> bool:
    """A point after `No` or `Jan` ends no sentence."""
    return words[-1] == "." and len(words) > 1 and words[-2].lower() in _ABBREVIATIONS
