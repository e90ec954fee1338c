"""When two forms of a name can be one person: particles, initials, spellings of other scripts, and never two first names."""

import re
from functools import lru_cache

from workers.entities.lexicon import name_marks, word_set
from workers.entities.places import fold

__all__ = ["PersonName", "gender_of", "parse_person", "same_person", "skeleton"]

_PARTICLE = re.compile(r"(?:al|el|as|ash|ad|an|ar|at|az)$")
_SMALL = word_set("de van von der den del della di da dos la le bin ibn ben abu umm y e")
_SUFFIXES = frozenset({"jr", "sr", "jnr", "snr", "ii", "iii", "iv"})


class PersonName:
    """A person's name taken apart: given names and the family name, folded, without particles."""

    __slots__ = ("family", "given", "words")

    def __init__(self, given: tuple[str, ...], family: str) -> None:
        self.given, self.family = given, family
        self.words = (*given, family)


@lru_cache(maxsize=20_000)
def parse_person(name: str) -> PersonName:
    """Given names and family name of a written form; a single word is a family name. `al-Shaibani` is `shaibani`."""
    words = [word.strip(".'’") for word in fold(re.sub(r"['’]s$", "", name)).replace(".", " ").split()]
    parts = [
        word for word in words if word and word not in _SMALL and not _PARTICLE.match(word) and word not in _SUFFIXES
    ]
    parts = parts or words or [fold(name)]
    return PersonName(tuple(parts[:-1]), parts[-1])


@lru_cache(maxsize=20_000)
def skeleton(word: str) -> str:
    """A word in the spelling that transliterations share: `Sergei` and `Sergey`, `Qaddafi` and `Kadafi`."""
    plain = word.lower()
    for old, new in (
        ("ph", "f"),
        ("kh", "h"),
        ("gh", "g"),
        ("dh", "d"),
        ("th", "t"),
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("ei", "i"),
        ("ey", "i"),
        ("ai", "i"),
        ("ay", "i"),
        ("iy", "i"),
        ("yy", "i"),
        ("y", "i"),
        ("q", "k"),
        ("ck", "k"),
        ("c", "k"),
        ("w", "v"),
        ("o", "u"),
        ("e", "a"),
    ):
        plain = plain.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", plain).rstrip("h")


def _alike(one: str, other: str) -> bool:
    """Equal, an initial of the other, or the same in another transliteration (of four letters or more)."""
    if one == other or (1 in {len(one), len(other)} and one[0] == other[0]):
        return True
    return min(len(one), len(other)) >= 4 and skeleton(one) == skeleton(other)


def same_person(one: PersonName, other: PersonName) -> bool:
    """Whether two full names can be one person: the family name fits, and the given names of one are in order among the other's."""
    if not _alike(one.family, other.family) or 1 in {len(one.family), len(other.family)}:
        return False
    few, many = sorted((one.given, other.given), key=len)
    at = 0
    for name in many:
        if at < len(few) and _alike(few[at], name):
            at += 1
    return at == len(few) and bool(few)


def gender_of(name: str) -> str | None:
    """`m` or `f` where the first given name is given to one of them alone; None when unknown. A hint, never a fact about a person."""
    given = parse_person(name).given
    marks = name_marks().get(given[0], "") if given else ""
    return None if ("m" in marks) == ("f" in marks) else ("m" if "m" in marks else "f")
