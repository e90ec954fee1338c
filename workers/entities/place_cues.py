"""What stands around a place's name and says which place it is: `Paris, Texas`, `the state of Washington`, `Ohio, New York and Utah`, `President of Georgia`."""

import re
from collections.abc import Sequence

from workers.entities.lexicon import countries
from workers.entities.places import Place, load_places
from workers.entities.recognise import Name

__all__ = ["called_country", "called_state", "qualifiers", "state_peers"]

_NAME = r"(?:[A-Z][\w.’'-]*)(?: (?:of |and |do |del )?[A-Z][\w.’'-]*){0,2}"
_QUALIFIER = re.compile(
    rf"(?:,|,? \(| located in|,? (?:a (?:city|town|village|suburb) )?in(?: the)?(?: state of| province of)?),? ?(?:{_NAME} (?:County|county|District|district), )?({_NAME})"
)
_AFTER = re.compile(rf"(?:,? and |,? or |, ){_NAME}")
_BEFORE = re.compile(rf"({_NAME})(?:,? and |,? or |, )$")
_LEAD = re.compile(r"^,? ?(?:and |or )?")
_STATE_AFTER = re.compile(r" (?:state|State|province|Province|governorate|oblast)(?!\w)")
_STATE_BEFORE = re.compile(r"\b(?:state|province|governor|Gov(?:ernor|\.)?) of $", re.IGNORECASE)
_COUNTRY_BEFORE = re.compile(
    r"\b(?:Prime Minister|President|Foreign Minister|Defen[cs]e Minister|Parliament|Republic|Government|King|Queen|Embassy|embassy|Ambassador|ambassador|Army|citizens?|independence|invasion) (?:of|to|in) $"
)
_FIRST = 6


def qualifiers(text: str, names: Sequence[Name], found: Sequence[Place]) -> tuple[set[str], set[tuple[str, str]]]:
    """Countries and divisions that stand right after one of the names (`Ames, Iowa`). A state after a state is the next of a list."""
    codes: set[str] = set()
    divisions: set[tuple[str, str]] = set()
    states = {place.country for place in found if place.level == "state"}
    for name in names[:_FIRST]:
        match = _QUALIFIER.match(text, name.end)
        if match is None:
            continue
        code, places = _named(match.group(1))
        if code:
            codes.add(code)
        elif places and not (states & {place.country for place in places} and text[name.end] == ","):
            divisions |= {(place.country, place.division) for place in places if place.division}
            codes |= {place.country for place in places if not place.division}
    return codes, divisions


def _named(qualifier: str) -> tuple[str | None, list[Place]]:
    """(the country, or the states and regions) that the words begin with."""
    words = qualifier.split()
    for size in range(len(words), 0, -1):
        plain = " ".join(words[:size])
        code = countries().get(plain.lower().rstrip("."))
        if code and plain.lower() != "georgia":
            return code, []
        states = [place for place in load_places().named(plain) if place.level in {"state", "area"}]
        if states:
            return None, states
    return None, []


def state_peers(text: str, names: Sequence[Name], country: str) -> int:
    """How many states of the country stand beside the names in a list, at most two."""
    most = 0
    for name in names[:_FIRST]:
        before = _BEFORE.search(text, max(0, name.start - 45), name.start)
        after = _AFTER.match(text, name.end)
        beside = [
            before.group(1).rpartition(" and ")[2] if before else "",
            _LEAD.sub("", after.group()).partition(" and ")[0] if after else "",
        ]
        most = max(most, sum(_is_state(one, country) for one in beside))
    return most


def _is_state(words: str, country: str) -> bool:
    return bool(words) and any(
        place.level == "state" and place.country == country for place in load_places().named(words)
    )


def called_state(text: str, names: Sequence[Name]) -> bool:
    """`Washington state`, `the state of Washington`."""
    return any(
        _STATE_AFTER.match(text, name.end) or _STATE_BEFORE.search(text, max(0, name.start - 14), name.start)
        for name in names
    )


def called_country(text: str, names: Sequence[Name]) -> bool:
    """`Prime Minister of Georgia`: what only a country has."""
    return any(_COUNTRY_BEFORE.search(text, max(0, name.start - 24), name.start) for name in names)
