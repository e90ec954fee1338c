"""Where a name begins and ends: cut at brackets and commas, outer marks, articles, titles and small words off; and which of two that overlap stays."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from workers.entities.lexicon import TIME_WORDS, TITLES
from workers.entities.recognise import Name

__all__ = ["apart", "holds", "no_overlap", "person_without_title", "split"]

_TRIM = " \t\r\n.,;:!?()[]{}\"“”‘’'«»„*#@-–—/|"
_ABBREVIATION = re.compile(
    r"(?:(?:^|[\s.-])[A-Z]|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|Bros|Fla|Calif|Tex|Va|Md|Pa|Mass|Conn|Ill|Mich|Minn|Ala|Ariz|Ark|Colo|Ga|Tenn|Wis|Wash|Okla|Ore|Miss|Mo|Mont|Neb|Nev|Ky|La|Kan|Ind|Del))\.$"
)
_INNER = re.compile(r"\s*[()\[\]\"“”]\s*")
_INNER_PLACE = re.compile(r"\s*[()\[\]\"“”]\s*|\s?,\s+(?=[A-Z])")
_OFFICE_OF = re.compile(
    r"(?:(?:Vice|Deputy|Prime|Foreign|First) )?(?:Minister|Secretary|President|Chief|Director|Governor|Mayor|Chancellor|Ambassador)s?(?: (?:of|for) |$)"
)
_SMALL_START = re.compile(
    r"(?:al|el|as|ash|ad|an|ar|de|van|von|bin|ibn|der|den|del|da|di|du|la|le|e[A-Z]|i[A-Z])(?![a-z])"
)
_ENGLISH_TITLES = TITLES - {"m"}
_OFFICES = frozenset({"vice-mayor", "vice-president", "minister", "president", "spokesman", "spokeswoman", "spokesperson", "mayor", "governor", "senator", "secretary", "chancellor", "ambassador", "secretary-general", "coach", "striker", "midfielder", "goalkeeper", "defender", "inspector", "commissioner", "analyst", "economist", "veterinarian"})  # fmt: skip


def split(text: str, name: Name) -> list[Name]:
    """A name cut at brackets, a place also at commas (`Paris, Texas` are two), and each piece trimmed."""
    pieces = []
    at = name.start
    marks = _INNER_PLACE if name.type in {"LOC", "GPE"} else _INNER
    for cut in [*marks.finditer(text[name.start : name.end]), None]:
        end = name.end if cut is None else name.start + cut.start()
        trimmed = _trimmed(text, name._replace(start=at, end=end))
        if trimmed is not None:
            pieces.append(trimmed)
        if cut is not None:
            at = name.start + cut.end()
    return pieces


def _trimmed(text: str, name: Name) -> Name | None:
    """Outer marks, articles, and small words that belong to no name are cut; None when nothing is left."""
    start, end = name.start, name.end
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM and not _ABBREVIATION.search(text, max(start, end - 8), end):
        end -= 1
    if text[start:end].endswith(("'s", "’s")):
        end -= 2
    if text[start : start + 4] in {"the ", "The "} and end - start > 4:
        start += 4
    if any(c.isupper() for c in text[start:end]):
        start, end = _without_small_words(text, start, end)
    if end <= start or not any(c.isalpha() for c in text[start:end]) or (end - start == 1 and name.type != "PER"):
        return None
    words = text[start:end]
    if words.lower() in TIME_WORDS or words.lower().rstrip(".") in _ENGLISH_TITLES:
        return None
    if name.type == "PER" and any(c.isdigit() for c in words):
        return None
    if name.type == "ORG" and _OFFICE_OF.match(words):
        return None
    return name._replace(start=start, end=end)


def _without_small_words(text: str, start: int, end: int) -> tuple[int, int]:
    """`northern Angola` is Angola, `Nyanza province` is Nyanza; `al-Qaeda` and `van Gogh` keep their particles."""
    while (small := re.match(r"[a-z][\w'’]*(?:-[a-z]\w*)* ", text[start:end])) and not _SMALL_START.match(text, start):
        start += small.end()
    while small := re.search(r" [a-z][\w'’-]*$", text[start:end]):
        end = start + small.start()
    while start < end and text[end - 1] in ", ":
        end -= 1
    return start, end


def person_without_title(text: str, name: Name) -> Name:
    """`President Al-Sharaa` is the person Al-Sharaa."""
    if name.type != "PER":
        return name
    words = text[name.start : name.end].split(" ")
    skip = 0
    while len(words) > 1 and words[0].lower().rstrip(".") in _ENGLISH_TITLES | {
        "foreign",
        "prime",
        "vice",
        "brigadier",
    }:
        skip += len(words.pop(0)) + 1
    for at in range(len(words) - 1):
        if words[at].lower() in _OFFICES:
            skip += sum(len(word) + 1 for word in words[: at + 1])
            words = words[at + 1 :]
            break
    return name._replace(start=name.start + skip)


def apart(names: Sequence[Name], others: Sequence[Name]) -> list[Name]:
    """The names that none of the others covers in whole or cuts; a longer name around another stays."""
    ordered = sorted(others)
    starts = [other.start for other in ordered]
    kept = []
    for name in names:
        first = max(0, bisect_left(starts, name.start) - 1)
        near = ordered[first : first + 6]
        cut = any(other.start < name.end and name.start < other.end and not holds(name, other) for other in near)
        same = any((other.start, other.end) == (name.start, name.end) for other in near)
        if not cut and not same:
            kept.append(name)
    return kept


def holds(name: Name, other: Name) -> bool:
    return name.start <= other.start and other.end <= name.end


def no_overlap(names: Sequence[Name]) -> list[Name]:
    """In order; of two that overlap the longer stays."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.start, name.start - name.end)):
        if kept and name.start < kept[-1].end:
            if name.end - name.start > kept[-1].end - kept[-1].start:
                kept[-1] = name
        else:
            kept.append(name)
    return kept
