"""From raw names to good ones: bounds mended, acronyms spelt out, peoples and events told apart, people after their titles, places typed."""

import re
from collections.abc import Sequence
from functools import lru_cache

from workers.entities.acronyms import with_acronyms
from workers.entities.bounds import apart, holds, no_overlap, person_without_title, split
from workers.entities.called import called
from workers.entities.consistency import consistent
from workers.entities.extended import administrations, extended
from workers.entities.foreign import lemmas
from workers.entities.headed import headed
from workers.entities.lexicon import countries, demonyms, organisations, table
from workers.entities.phrases import Phrases
from workers.entities.places import load_places
from workers.entities.recognise import Name
from workers.entities.roles import people_after_roles

__all__ = ["refine", "typed_places"]

_CLASS_LAST = re.compile(r" (?:state|province|region|county|oblast|krai|republic of the)$", re.IGNORECASE)
_EVENT = re.compile(
    r"(?:summit|conference|olympics|games|cup|championships?|festival|forum|accords?|treaty|marathon|grand prix)$",
    re.IGNORECASE,
)
_EVENT_NEXT = re.compile(
    r" (Summit|Conference|Olympics|Games|Cup|Championships?|Festival|Forum|Accords?|Treaty|Marathon|Grand Prix|War|summit|conference)(?!\w)"
)


def refine(text: str, names: Sequence[Name], language: str = "en") -> list[Name]:
    """The names mended by what the text shows; in order, without overlaps. Patterns of English run on English alone."""
    if language not in {"en", "und"}:
        return consistent(text, no_overlap([piece for name in names for piece in split(text, name)]), language)
    mended = _with_headed(text, extended(text, [piece for name in names for piece in split(text, name)]))
    kept = [_event(text, name) for name in mended if not _money(text, name) and not _common_words(text, name)]
    named = [*people_after_roles(text), *administrations(text, kept)]
    people = [Name(start, end, "PER", 0.9) for start, end in named]
    kept = [person_without_title(text, name) for name in kept]
    found = [Name(start, end, kind, _SHARE[kind]) for start, end, kind in _known().find(text)]
    peoples = [name for name in found if name.type == "NORP"]
    kept = [*apart(kept, [*people, *peoples]), *peoples]
    known = [name for name in found if name.type != "NORP"]
    kept = no_overlap([*apart(kept, known), *known, *apart(people, kept)])
    stated = [Name(start, end, kind, 0.95) for start, end, kind in called(text)]
    kept = with_acronyms(text, no_overlap([*apart(kept, stated), *stated]))
    return consistent(text, kept, language, {text[name.start : name.end]: name.type for name in stated})


def _with_headed(text: str, names: Sequence[Name]) -> list[Name]:
    """With the organisations that their head word tells; a longer name around one stays."""
    found = [Name(start, end, "ORG", _HEADED) for start, end in headed(text)]
    others = apart(names, found)
    return no_overlap([*others, *(name for name in found if not any(holds(other, name) for other in others))])


def _money(text: str, name: Name) -> bool:
    return name.end < len(text) and text[name.end] in "$€£" and name.end - name.start <= 4


def _common_words(text: str, name: Name) -> bool:
    """Small letters alone (`city council`) in a line that has capitals, and the model is not quite sure: no name."""
    if not text[name.start : name.end].islower() or name.confidence >= _SURE_IN_SMALL:
        return False
    end = text.find("\n", name.end)
    line = text[text.rfind("\n", 0, name.start) + 1 : end if end >= 0 else len(text)]
    return any(c.isupper() for c in line[:_LINE])


def _event(text: str, name: Name) -> Name:
    """An organisation or place followed by `Summit` and the like is the name of an event."""
    words = text[name.start : name.end]
    following = _EVENT_NEXT.match(text, name.end)
    if following and name.type in {"ORG", "MISC", "LOC"} and (following.group(1)[0].isupper() or name.type != "LOC"):
        return name._replace(end=following.end(), type="EVENT")
    if (
        " " in words
        and _EVENT.search(words)
        and name.type in {"ORG", "MISC", "LOC"}
        and not words.startswith(("Organi", "World Economic"))
    ):
        return name._replace(type="EVENT")
    return name


@lru_cache(maxsize=1)
def _known() -> Phrases:
    """Peoples (`Danish`), places of several words (`New South Wales`), and bodies that mean nothing else (`World Bank`)."""
    sure = {"body", "government", "media", "company", "university", "league"}
    bodies = {
        " ".join(words)
        for words, kind in organisations().items()
        if kind in sure and (len(words) > 1 or "'" in words[0])
    }
    regions = [name for row in table("regions.tsv") for name in row[0].split(",")]
    places = {
        name.lower()
        for name in (*countries(), *regions)
        if re.search(r"[ '’]", name) and len(name) > 6 and not _CLASS_LAST.search(name)
    }
    peoples = {name for name in demonyms() if name not in countries()}
    labelled = {**dict.fromkeys(places, "LOC"), **dict.fromkeys(peoples, "NORP"), **dict.fromkeys(bodies, "ORG")}
    return Phrases(labelled.items())


_HEADED = 0.85
_SURE_IN_SMALL = 0.9
_LINE = 2_000
_SHARE = {"NORP": 0.95, "LOC": 0.9, "ORG": 0.9}


def typed_places(text: str, names: Sequence[Name]) -> list[Name]:
    """LOC becomes GPE for countries, states and cities that the gazetteer knows."""
    return [
        name._replace(type="GPE") if name.type == "LOC" and _governed(text[name.start : name.end]) else name
        for name in names
    ]


@lru_cache(maxsize=20_000)
def _governed(words: str) -> bool:
    if not words.isascii() and any("а" <= c.lower() <= "я" for c in words):
        return any(_governed_form(form) for form in (words.lower(), *lemmas(words.lower())))
    return _governed_form(words)


def _governed_form(words: str) -> bool:
    return words.lower() in countries() or any(
        place.level in {"city", "county", "state", "country"} for place in load_places().named(words)
    )
