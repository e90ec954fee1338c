"""Names in a text: the tagger's spans, then gazetteers, patterns and what the rest of the article says."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from workers.entities.gazetteer import NATIONALITIES, ROLES, TITLES, countries, places_flags
from workers.entities.tagger import load_model
from workers.entities.tokens import Token, sentences

__all__ = ["Name", "Recognizer", "embedded", "refine", "typed_places"]

_EVENT = re.compile(
    r"^(?:summit|conference|olympics|games|war|election|elections|championship|cup|festival|forum|accords?|talks)$",
    re.IGNORECASE,
)
_TRIM = " \t\n.,;:!?()[]{}\"“”‘’'«»„"
_NATIONALITY = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, NATIONALITIES), key=len, reverse=True)) + r")s?(?![\w-])",
    re.IGNORECASE,
)


_SMALL_WORD = re.compile(r"(?!al-|el-|de |la |van |von )[a-z][a-z-]* ")
_PART = r"(?:[A-Z][\w'’]+(?:-[A-Z]?\w+)*|(?:al|el|as|ash|ad|an|ar)-[A-Z]\w+|[A-Z]\.)"
_AFTER_ROLE = re.compile(
    r"(?<!\w)(?i:" + "|".join(re.escape(role) for role in sorted(ROLES, key=len, reverse=True) if role not in {"king", "queen", "general", "judge"})
    + rf") ({_PART}(?: (?:(?:bin|van|von|de|der|del|la|abu) ){{0,2}}{_PART}){{0,3}})(?!\w)"
)  # fmt: skip


class Name(NamedTuple):
    """A name in the text, before it is known whose it is."""

    start: int
    end: int
    type: str
    confidence: float


class Recognizer(Protocol):
    """Finds names: PER, ORG, LOC, MISC (and finer types where it can)."""

    def __call__(self, text: str, language: str, /) -> list[Name]:
        """The names, in order, without overlaps."""


def embedded(text: str, language: str) -> list[Name]:
    """Our own model; made for English, and used for other Latin scripts with its doubts raised. Other scripts: gazetteers only."""
    if language in {"en", "und"}:
        return [name for words in sentences(text) for name in _tagged(words)]
    if language in {"de", "fr", "es", "it", "pt", "nl"}:
        return [name for words in sentences(text) for name in _titled(words)] + _gazetteer(text)
    return _gazetteer(text) + [
        name for words in sentences(text) for name in _titled(words, cased=language in {"ru", "uk"})
    ]


def _tagged(words: Sequence[Token]) -> list[Name]:
    tags = load_model().tag([word.text for word in words])
    names: list[Name] = []
    start = 0
    for at in range(1, len(words) + 1):
        kind = tags[start][0][2:]
        if at < len(words) and tags[at][0].startswith("I-") and tags[at][0][2:] == kind and kind:
            continue
        if kind:
            confidence = min(tags[inside][1] for inside in range(start, at))
            names.append(Name(words[start].start, words[at - 1].end, kind, round(confidence, 3)))
        start = at
    return names


def _titled(words: Sequence[Token], *, cased: bool = True) -> list[Name]:
    """The capitalised words after a title: a person."""
    names = []
    for at, word in enumerate(words[:-1]):
        if word.text.lower().rstrip(".") not in TITLES:
            continue
        end = at + 1
        while (
            end < len(words)
            and end - at <= 4
            and words[end].text[:1].isupper()
            and words[end].text.lower() not in TITLES
        ):
            end += 1
        if cased and end > at + 1:
            names.append(Name(words[at + 1].start, words[end - 1].end, "PER", 0.7))
    return names


_WORDS = re.compile(r"\w+(?:[-'’ ]\w+){0,3}")


def _gazetteer(text: str) -> list[Name]:
    """Countries by name, and larger cities in capitals."""
    found: list[Name] = []
    known = countries()
    tokens = [Token(match.group(0), match.start(), match.end()) for match in re.finditer(r"\w+(?:[-'’]\w+)*", text)]
    at = 0
    while at < len(tokens):
        for size in (4, 3, 2, 1):
            if at + size > len(tokens):
                continue
            start, end = tokens[at].start, tokens[at + size - 1].end
            word = text[start:end]
            cased = word[:1].isupper() or not (word[:1].islower() or word[:1].isupper())
            if cased and (word.lower() in known or (size <= 2 and len(word) > 3 and places_flags(word.lower())[1])):
                found.append(Name(start, end, "LOC", 0.8))
                at += size - 1
                break
        at += 1
    return found


def refine(text: str, names: Sequence[Name]) -> list[Name]:
    """Trim, split off nationalities, name events, and let what is sure in one place decide the doubtful ones."""
    trimmed = [name for name in (_trim(text, name) for name in names) if name is not None]
    kept = [name for name in trimmed if not _is_nationality(text[name.start : name.end], name.type)]
    kept = [_without_title(text, _event(text, name)) for name in kept]
    people = people_after_roles(text)
    kept = [
        name for name in kept if not any(name.start < one.end and one.start < name.end for one in _near(people, name))
    ]
    taken = _no_overlap([*kept, *people, *_nationalities(text)])
    return _consistent(text, taken)


def _is_nationality(words: str, kind: str) -> bool:
    """`Russian`, and `Syrian nation` where nothing but small letters follows."""
    match = _NATIONALITY.match(words)
    return match is not None and (match.end() == len(words) or (kind == "MISC" and words[match.end() :].islower()))


def people_after_roles(text: str) -> list[Name]:
    """Whoever is named right after a role: `Foreign Minister Asaad al-Shaibani`."""
    return [Name(match.start(1), match.end(1), "PER", 0.9) for match in _AFTER_ROLE.finditer(text)]


def _near(people: Sequence[Name], name: Name) -> Sequence[Name]:
    """The people that may overlap the name; they are in order."""
    first = bisect_left(people, name.start, key=lambda one: one.end)
    return people[first : first + 4]


def _trim(text: str, name: Name) -> Name | None:
    start, end = name.start, name.end
    while start < end and text[start] in _TRIM:
        start += 1
    while (
        end > start
        and text[end - 1] in _TRIM
        and not text[start:end].endswith((".S.", ".K.", "Inc.", "Corp.", "Ltd.", "Jr.", "Co."))
    ):
        end -= 1
    if text[start:end].lower().startswith("the "):
        start += 4
    if name.type != "PER":
        while (small := _SMALL_WORD.match(text, start, end)) is not None:
            start = small.end()
    if end - start < 2 or not any(character.isalpha() for character in text[start:end]):
        return None
    return name._replace(start=start, end=end)


def _without_title(text: str, name: Name) -> Name:
    """ "President Al-Sharaa" is the person Al-Sharaa."""
    if name.type != "PER":
        return name
    words = text[name.start : name.end].split(" ")
    skip = 0
    while len(words) > 1 and words[0].lower().rstrip(".") in TITLES | {"foreign", "prime"}:
        skip += len(words.pop(0)) + 1
    return name._replace(start=name.start + skip)


def _event(text: str, name: Name) -> Name:
    """An organisation or place followed by `summit` and the like is the name of an event."""
    following = re.match(r" ([A-Za-z]+)", text[name.end : name.end + 20])
    if (
        following
        and _EVENT.match(following.group(1))
        and (name.type in {"ORG", "MISC"} or (name.type == "LOC" and following.group(1)[0].isupper()))
    ):
        return name._replace(end=name.end + following.end(), type="EVENT")
    last = text[name.start : name.end].rsplit(" ", 1)[-1]
    return name._replace(type="EVENT") if _EVENT.match(last) and " " in text[name.start : name.end] else name


def _nationalities(text: str) -> list[Name]:
    return [
        Name(match.start(), match.end(), "NORP", 0.95)
        for match in _NATIONALITY.finditer(text)
        if match.group(0)[0].isupper()
    ]


def _no_overlap(names: Sequence[Name]) -> list[Name]:
    """In order; of two that overlap the longer stays."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.start, -(name.end - name.start))):
        if kept and name.start < kept[-1].end:
            if name.end - name.start > kept[-1].end - kept[-1].start:
                kept[-1] = name
        else:
            kept.append(name)
    return kept


def _consistent(text: str, names: Sequence[Name]) -> list[Name]:
    """The same words mean the same type in one article; a surname of a full name is that person."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    surnames: set[str] = set()
    for name in names:
        words = text[name.start : name.end]
        votes[words.lower()][name.type] += round(name.confidence * 100)
        if name.type == "PER" and " " in words:
            surnames.add(words.rsplit(" ", 1)[-1].lower())
    known = countries()

    def settled(name: Name) -> Name:
        words = text[name.start : name.end].lower()
        if words in known and name.type in {"PER", "ORG", "MISC"}:
            return name._replace(type="LOC", confidence=0.9)
        if words in surnames and name.type in {"LOC", "ORG", "MISC"}:
            return name._replace(type="PER", confidence=0.8)
        winner, weight = votes[words].most_common(1)[0]
        return name._replace(type=winner) if weight > votes[words][name.type] else name

    return _added(text, [settled(name) for name in names])


_CAPITALISED = re.compile(r"(?<![\w-])[^\W\d_a-z][\w'’-]+(?: [^\W\d_a-z][\w'’-]+)*")
_MOST_ADDED = 2000


def _added(text: str, names: list[Name]) -> list[Name]:
    """Names missed in one sentence but sure in another (whole or by surname), and countries anywhere."""
    sure = {text[name.start : name.end]: name.type for name in names if name.confidence >= 0.6}
    sure |= {words.rsplit(" ", 1)[-1]: "PER" for words, kind in list(sure.items()) if kind == "PER" and " " in words}
    taken = sorted((name.start, name.end) for name in names)
    more: list[Name] = []
    at = 0
    for match in _CAPITALISED.finditer(text):
        while at < len(taken) and taken[at][1] <= match.start():
            at += 1
        if at < len(taken) and taken[at][0] < match.end():
            continue
        words = match.group(0)
        kind = sure.get(words) or ("LOC" if words.lower() in countries() and len(words) > 3 else None)
        if kind and len(more) < _MOST_ADDED:
            more.append(Name(match.start(), match.end(), kind, 0.7))
    return _no_overlap([*names, *more])


def typed_places(text: str, names: Sequence[Name]) -> list[Name]:
    """LOC becomes GPE for countries and cities that the gazetteer knows."""

    def typed(name: Name) -> Name:
        words = text[name.start : name.end].lower()
        return name._replace(type="GPE") if name.type == "LOC" and any(places_flags(words)) else name

    return [typed(name) for name in names]
