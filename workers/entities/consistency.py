"""One article, one meaning: the same words get the same type everywhere, a surname is its person, and a name missed in one sentence is added."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from workers.entities.bounds import no_overlap
from workers.entities.lexicon import countries, name_marks, organisations
from workers.entities.places import load_places
from workers.entities.recognise import Name

__all__ = ["consistent"]

_MOST_ADDED = 2000
#: The weight of what the text states; each mention weighs 100 at most.
_STATED = 1_000_000


def consistent(
    text: str, names: Sequence[Name], language: str, stated: Mapping[str, str] = MappingProxyType({})
) -> list[Name]:
    """The same words mean the same type in one article, that which the text states where it does; a surname of a full name is that person."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for words, kind in stated.items():
        votes[words][kind] += _STATED
    surnames: Counter[str] = Counter()
    for name in names:
        words = text[name.start : name.end]
        votes[words][name.type] += round(name.confidence * 100)
        if (
            name.type in {"PER", "ORG"}
            and _PLACED.search(text, max(0, name.start - 9), name.start)
            and _some_place(words)
        ):
            votes[words]["LOC"] += 120
        if name.type == "PER" and " " in words and name.confidence > 0.6:
            surnames[words.rsplit(" ", 1)[-1]] += 1
    small = _small_words(text)
    settled = [
        _settled(text[name.start : name.end], name, votes, surnames) for name in names if not _common(text, name, small)
    ]
    return _added(text, settled, surnames) if language != "de" else settled


@lru_cache(maxsize=20_000)
def _only_a_place(words: str) -> bool:
    """A town of one word that is neither part of people's names nor an organisation's."""
    low = words.lower()
    if " " in words or not words[0].isupper() or len(words) < 4 or name_marks().get(low) or (low,) in organisations():
        return False
    return any(place.level == "city" and place.population >= 20_000 for place in load_places().named(low))


@lru_cache(maxsize=20_000)
def _some_place(words: str) -> bool:
    """A town of any size whose name is no organisation's and no person's given name."""
    low = words.lower()
    if len(words) < 4 or tuple(low.split()) in organisations() or {"m", "f"} & set(name_marks().get(low, "")):
        return False
    return bool(load_places().named(low))


_PLACED = re.compile(r"\b(?:in|near|from|at|outside|around|towards|toward|capital,?) $")
_SO_CALLED = re.compile(
    r"\b(?:village|town|city|island|district|province|region|community|state|port|capital|suburb|hamlet|governorate|oblast)s? of $"
)


def _small_words(text: str) -> frozenset[str]:
    """Words that the text also writes small."""
    return frozenset(re.findall(r"(?<![\w-])[a-z]{4,}(?![\w-])", text))


def _common(text: str, name: Name, small: frozenset[str]) -> bool:
    """One capitalised word that is no name: it opens a sentence, the text writes it small elsewhere, and the model is not sure."""
    words = text[name.start : name.end]
    if " " in words or words.lower() not in small or name.confidence >= 0.93 or words.isupper():
        return False
    before = text[max(0, name.start - 3) : name.start].rstrip(" \"“”‘'(")
    return not before or before[-1] in ".!?:\n"


def _settled(words: str, name: Name, votes: dict[str, Counter[str]], surnames: Counter[str]) -> Name:
    if name.type in {"PER", "ORG", "MISC"} and words.lower() in countries() and (len(words) > 3 or words.isupper()):
        return name._replace(type="LOC", confidence=max(name.confidence, 0.8))
    if name.type in {"PER", "ORG"} and name.confidence < 0.9 and not surnames[words] and _only_a_place(words):
        return name._replace(type="LOC", confidence=0.75)
    if surnames[words] and name.type in {"LOC", "ORG", "MISC"} and (name.confidence < 0.9 or surnames[words] > 1):
        return name._replace(type="PER", confidence=0.8)
    winner, weight = votes[words].most_common(1)[0]
    enough = 1 if winner == "LOC" and name.type in {"PER", "ORG"} else 2
    return name._replace(type=winner) if weight > enough * votes[words][name.type] else name


_CAPITALISED = re.compile(r"(?<![\w-])[^\W\d_a-z][\w'’-]*[^\W\d_](?: [^\W\d_a-z][\w'’-]*[^\W\d_])*")


def _added(text: str, names: list[Name], surnames: Counter[str]) -> list[Name]:
    """Names missed in one sentence but sure in another (whole, or by surname), and countries anywhere."""
    sure = {text[name.start : name.end]: name.type for name in names if name.confidence >= 0.65}
    for surname in surnames:
        bare = re.sub(r"^(?:[Aa]l|[Ee]l|[Aa]s|[Aa]sh|[Aa]d|[Aa]n|[Aa]r)-", "", surname)
        for form in {surname, bare, surname[0].upper() + surname[1:], f"Al-{bare}" if bare != surname else surname}:
            if len(form) > 2:
                sure[form] = "PER"
    taken = sorted((name.start, name.end) for name in names)
    ends = [end for _, end in taken]
    more: list[Name] = []
    numbered = [re.escape(words) for words in sure if words[0].isdigit()]
    pattern = (
        re.compile(rf"(?<![\w.,-])(?:{'|'.join(numbered)})(?![\w-])|{_CAPITALISED.pattern}")
        if numbered
        else _CAPITALISED
    )
    for match in pattern.finditer(text):
        words, start, end = match.group().removesuffix("'s").removesuffix("’s"), match.start(), match.end()
        end = start + len(words)
        at = bisect_left(ends, start + 1)
        if at < len(taken) and taken[at][0] < end:
            continue
        kind = sure.get(words) or ("LOC" if words.lower() in countries() and len(words) > 3 else None)
        if kind is None and (
            (_only_a_place(words) and _PLACED.search(text, max(0, start - 9), start))
            or _SO_CALLED.search(text, max(0, start - 16), start)
        ):
            kind = "LOC"
        if kind and len(more) < _MOST_ADDED and not (end < len(text) and text[end] == "$"):
            more.append(Name(start, end, kind, 0.7))
    return no_overlap([*names, *more])
