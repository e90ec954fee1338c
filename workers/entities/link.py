"""Which place, organisation or person of the world an entity is: GeoNames ids and coordinates, Wikidata ids; null when unsure, never guessed.

A place's candidates are weighed by what stands after it (`Paris, Texas`), the countries and places that the article names, how near they
lie, how many people live there, and where the source is from. The weights were set on the places of 229 Wikinews articles (GeoVirus).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, cos, exp, log10, radians, sin, sqrt

from workers.entities.foreign import lemmas
from workers.entities.lexicon import countries, demonyms, identities
from workers.entities.place_cues import called_country, called_state, qualifiers, state_peers
from workers.entities.places import Place, fold, load_places
from workers.entities.resolve import Group

__all__ = ["PlaceLink", "kilometres", "link_identity", "link_places"]

_CLASS_WORDS = {
    "province",
    "state",
    "region",
    "governorate",
    "prefecture",
    "district",
    "city",
    "town",
    "oblast",
    "municipality",
    "county",
    "island",
}
_NEAR_KM = 300.0
#: Below this share the best candidate is left out.
LEAST_SHARE = 0.38


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """The place chosen for an entity, and how sure that is (0 to 1)."""

    place: Place
    confidence: float


def kilometres(one: Place, other: Place) -> float:
    """Great-circle distance."""
    lat1, lon1, lat2, lon2 = map(radians, (one.lat, one.lon, other.lat, other.lon))
    inner = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 12742.0 * asin(sqrt(min(1.0, inner)))


def country_place(code: str) -> Place | None:
    """The country as a place."""
    found = load_places().named(f"country:{code}")
    return found[0] if found else None


def country_code(group: Group) -> str | None:
    """The country that the entity is, or that a people belongs to."""
    for form in group.forms:
        plain = form.lower().replace("’", "'")
        if group.type == "NORP":
            code = demonyms().get(plain) or demonyms().get(plain.rstrip("s"))
        else:
            code = countries().get(plain) or next(
                (countries()[one] for one in lemmas(plain) if one in countries())
                if "а" <= plain[-1:] <= "я"
                else iter(()),
                None,
            )
            if code is not None and _also_state(group, plain):
                continue
        if code:
            return code
    return None


def _also_state(group: Group, plain: str) -> bool:
    """`Georgia` may be the state; decided among the candidates."""
    return plain == "georgia"


def link_places(text: str, groups: Sequence[Group], source_country: str | None) -> dict[int, PlaceLink]:
    """Links of the places, by id() of their group."""
    links: dict[int, PlaceLink] = {}
    context: Counter[str] = Counter()
    open_groups: list[tuple[Group, tuple[Place, ...]]] = []
    for group in groups:
        code = country_code(group)
        if code is not None:
            context[code] += len(group.names)
            place = country_place(code) if group.type in {"GPE", "LOC"} else None
            if place is not None:
                links[id(group)] = PlaceLink(place, 0.99)
        elif group.type in {"GPE", "LOC"}:
            found = _candidates(text, group)
            if found:
                open_groups.append((group, found))
    if source_country:
        context[source_country] += 1
    divisions = _divisions(open_groups)
    anchors = [link.place for link in links.values() if link.place.level != "country"]
    neighbours = [link.place for link in links.values() if link.place.level == "country"]
    anchors += [found[0] for _, found in open_groups if len(found) == 1 and found[0].population >= 1000]
    for group, found in sorted(open_groups, key=lambda one: len(one[1])):
        link = _choose(text, group, found, context, divisions, anchors, source_country, neighbours)
        if link is not None:
            links[id(group)] = link
            if link.confidence >= 0.8:
                anchors.append(link.place)
                context[link.place.country] += 1
    return links


def _candidates(text: str, group: Group) -> tuple[Place, ...]:
    found: dict[tuple[int, float, float], Place] = {}
    for form in group.forms:
        for variant in _variants(text, group, form):
            for place in load_places().named(variant):
                found.setdefault((place.geonames_id, place.lat, place.lon), place)
        if fold(form) == "georgia":
            country = country_place("GE")
            if country is not None:
                found.setdefault((country.geonames_id, country.lat, country.lon), country)
    return tuple(found.values())


def _variants(text: str, group: Group, form: str) -> list[str]:
    """The form, without `province` and the like, and with `County` where the text says so right after."""
    words = form.split()
    variants = [form]
    if any("а" <= c <= "я" for c in form.lower()):
        variants += lemmas(form.lower())
    if len(words) > 1 and words[-1].lower() in _CLASS_WORDS - {"county", "island"}:
        variants.append(" ".join(words[:-1]))
    if len(words) > 2 and words[:2] in (["City", "of"], ["State", "of"], ["Province", "of"]):
        variants.append(" ".join(words[2:]))
    if any(
        text[name.end :].startswith((" state ", " State "))
        for name in group.names[:3]
        if text[name.start : name.end] == form
    ):
        variants.insert(0, f"{form} State")
    if any(
        text[name.end :].startswith((" County", " county"))
        for name in group.names[:3]
        if text[name.start : name.end] == form
    ):
        variants.insert(0, f"{form} County")
    return variants


def _divisions(open_groups: Sequence[tuple[Group, tuple[Place, ...]]]) -> set[tuple[str, str]]:
    """States and provinces that the article names."""
    return {
        (place.country, place.division)
        for _, found in open_groups
        for place in found
        if place.level == "state" and place.division
    }


def _choose(
    text: str,
    group: Group,
    found: Sequence[Place],
    context: Counter[str],
    divisions: set[tuple[str, str]],
    anchors: Sequence[Place],
    source: str | None,
    neighbours: Sequence[Place],
) -> PlaceLink | None:
    codes, near_divisions = qualifiers(text, group.names, found)
    as_state, as_country = called_state(text, group.names), called_country(text, group.names)
    total = sum(context.values()) or 1
    weights = []
    for place in found:
        weight = _prior(place) + _prominence(place, found, divisions)
        if place.level == "state":
            weight += 2.0 if as_state else -1.0 if any(_city_of(place, other) for other in found) else 0.0
            weight += 0.8 * state_peers(text, group.names, place.country)
        weight += 2.2 * sqrt(context[place.country] / total) if place.country else 0.0
        weight += 0.8 if place.division and (place.country, place.division) in divisions else 0.0
        weight += 6.0 if place.country in codes or (place.country, place.division) in near_divisions else 0.0
        weight += 0.6 if source and place.country == source else 0.0
        weight += _nearness(place, anchors)
        if place.level == "country":
            weight += 2.0 if as_country else 0.0
            weight += min(1.8, 0.6 * sum(1 for other in neighbours if kilometres(place, other) < 1_500))
        weights.append(weight)
    best = max(range(len(found)), key=lambda at: (weights[at], found[at].population, -found[at].geonames_id))
    top = weights[best]
    share = 1.0 / sum(
        exp(2.0 * (weight - top)) for weight, place in zip(weights, found, strict=True) if _other(place, found[best])
    )
    chosen = found[best]
    if share < LEAST_SHARE or (chosen.population < 5000 and chosen.level == "city" and top < 2.2):
        return None
    if near_divisions and chosen.level == "city" and not {chosen.country} & {code for code, _ in near_divisions}:
        return None  # `Bradford, Ontario` is not the Bradford that we know
    return PlaceLink(found[best], round(min(0.99, share), 3))


def _prominence(place: Place, found: Sequence[Place], divisions: set[tuple[str, str]]) -> float:
    """A small town must give way to a state or a great city of its name; a state that shares a country's name needs other states beside it."""
    if place.level == "city" and place.population < 200_000:
        greater = any(
            other.level == "state" or (other.level == "city" and other.population > 20 * (place.population + 1_000))
            for other in found
        )
        return -1.2 if greater else 0.0
    if place.level == "state" and any(other.level == "country" for other in found):
        return min(2.0, 0.7 * _other_states(place, divisions)) - 1.0
    if place.level == "state" and any(_city_of(place, other) for other in found):
        return min(1.5, 0.4 * _other_states(place, divisions))
    return 0.0


def _other_states(place: Place, divisions: set[tuple[str, str]]) -> int:
    """How many other states of the country the article names."""
    return sum(1 for country, division in divisions if country == place.country and division != place.division)


def _city_of(state: Place, other: Place) -> bool:
    """Whether a large city of the same country shares the name."""
    return other.level == "city" and other.main and other.country == state.country and other.population > 500_000


def _other(place: Place, best: Place) -> bool:
    """Candidates a few kilometres apart are one place under two ids."""
    return place is best or kilometres(place, best) > 30


def _prior(place: Place) -> float:
    """How often a place of that size and kind is meant, whatever the article: 0 for a village, 3.5 for the largest cities."""
    if place.level in {"world", "area"}:
        return 3.2
    if place.level == "country":
        return 3.0
    if place.level == "state":
        return 3.0
    if place.level == "county":
        return 1.6
    size = max(0.0, log10(place.population + 1) - 3.0)
    return size if place.main else size * 0.8 - 0.3


def _nearness(place: Place, anchors: Sequence[Place]) -> float:
    """Other places of the article near by."""
    near = sum(1 for anchor in anchors[:30] if 0.5 < kilometres(place, anchor) < _NEAR_KM)
    return min(1.2, 0.6 * near)


def link_identity(group: Group) -> str | None:
    """The Wikidata id of an organisation or a person of the curated table, by the fullest form that the article gives."""
    if group.type not in {"ORG", "PER"}:
        return None
    entry = identities().get((group.type, fold(group.canonical).replace(".", "")))
    return entry.wikidata if entry else None
