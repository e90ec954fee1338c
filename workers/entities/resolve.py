"""From names to entities: which names in the article stand for the same one, and what is known of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.articles import Entity, Mention
from workers.entities.gazetteer import NATIONALITIES, ROLES, City, cities, countries
from workers.entities.recognise import Name

__all__ = ["resolve"]

_PARTICLES = re.compile(r"^(?:al|el|as|ash|ad|an|ar|de|van|von|bin|ibn)[- ]", re.IGNORECASE)
_ACRONYM = re.compile(r"^ ?\(([A-Z][A-Za-z]{1,9})\)")
_ROLE = re.compile(
    r"((?:" + "|".join(map(re.escape, sorted(NATIONALITIES, key=len, reverse=True))) + r")(?:'s)? )?((?:[a-z-]+ )?(?:" +
    "|".join(map(re.escape, sorted(ROLES, key=len, reverse=True))) + r"))\s*,?\s*$", re.IGNORECASE)  # fmt: skip
_LOOKBACK = 60


@dataclass(slots=True)
class _Group:
    """An entity in the making."""

    type: str
    forms: Counter[str] = field(default_factory=Counter)
    names: list[Name] = field(default_factory=list)
    role: str | None = None
    country: str | None = None


def resolve(text: str, title: str | None, names: Sequence[Name]) -> tuple[tuple[Mention, ...], tuple[Entity, ...]]:
    """Mentions and entities. Two people who share a surname stay two: a bare surname goes to the one named last."""
    groups: list[_Group] = []
    by_key: dict[str, _Group] = {}
    of_name: list[_Group] = []
    for name in names:
        words = text[name.start : name.end]
        group = _find(words, name.type, groups, by_key)
        if group is None:
            group = _Group(name.type)
            groups.append(group)
        for key in _keys(words, name.type):
            by_key[key] = group
        acronym = _ACRONYM.match(text[name.end : name.end + 14])
        if acronym and name.type in {"ORG", "MISC", "EVENT"} and _spells(acronym.group(1), words):
            by_key[f"ORG:{acronym.group(1).lower()}"] = group
        group.forms[words] += 1
        group.names.append(name)
        _describe(text, name, group)
        of_name.append(group)
    merged = _ids(groups)
    context = Counter(filter(None, (_country_of(group) for group in groups)))
    entities = tuple(_entity(group, merged[id(group)], text, title, context) for group in groups)
    mentions = tuple(
        Mention(
            start=name.start,
            end=name.end,
            text=text[name.start : name.end],
            type=group.type,
            entity=merged[id(group)],
            confidence=name.confidence,
        )
        for name, group in zip(names, of_name, strict=True)
    )
    return mentions, entities


def _ids(groups: Sequence[_Group]) -> dict[int, str]:
    return {id(group): f"e{number}" for number, group in enumerate(groups, 1)}


def _find(words: str, kind: str, groups: Sequence[_Group], by_key: dict[str, _Group]) -> _Group | None:
    keys = _keys(words, kind)
    exact = by_key.get(keys[0])
    if exact is not None:
        return exact
    if kind != "PER":
        return None
    if " " in words:  # a full name may be the fuller form of a surname named before, not of another full name
        other = by_key.get(keys[-1])
        if other is not None and all(" " not in form or _same_person(form, words) for form in other.forms):
            return other
        return None
    return by_key.get(keys[-1])


def _same_person(one: str, other: str) -> bool:
    first, second = one.lower().replace(".", "").split(), other.lower().replace(".", "").split()
    return first[-1] == second[-1] and (
        first[0] == second[0] or (first[0][0] == second[0][0] and 1 in {len(first[0]), len(second[0])})
    )


def _keys(words: str, kind: str) -> list[str]:
    """How this form may be found again, the strictest first."""
    family = "LOC" if kind in {"LOC", "GPE"} else "ORG" if kind in {"ORG", "MISC", "EVENT"} else kind
    plain = " ".join(words.lower().replace("’", "'").split())
    if family == "LOC" and plain in countries():
        plain = countries()[plain]
    if family == "NORP":
        plain = NATIONALITIES.get(plain, NATIONALITIES.get(plain.rstrip("s"), plain))
    keys = [f"{family}:{plain}"]
    if family == "PER":
        keys.append(f"PER:~{_PARTICLES.sub('', plain.split(' ')[-1])}")
    return keys


def _spells(acronym: str, words: str) -> bool:
    initials = "".join(word[0] for word in re.split(r"[ -]", words) if word[:1].isupper())
    return acronym.upper() in {initials, "".join(word[0] for word in words.split()).upper()}


def _describe(text: str, name: Name, group: _Group) -> None:
    """The role and country said right before a person's name: `Syrian Foreign Minister Asaad al-Shaibani`."""
    if name.type != "PER":
        return
    found = _ROLE.search(text[max(0, name.start - _LOOKBACK) : name.start])
    if not found:
        return
    nation, role = (found.group(1) or "").strip(), found.group(2).strip()
    country = NATIONALITIES.get(nation.lower().removesuffix("'s"))
    words = role.split(" ")
    if words[0].islower() and len(words) > 1 and words[-1][0].isupper():
        role = " ".join(words[1:])
    full = f"{nation} {role}".strip()
    if group.role is None or (country and group.country is None):
        group.role, group.country = full, country or group.country


def _country_of(group: _Group) -> str | None:
    if group.type in {"GPE", "LOC", "NORP"}:
        for form in group.forms:
            plain = form.lower()
            code = countries().get(plain) or NATIONALITIES.get(plain) or NATIONALITIES.get(plain.rstrip("s"))
            if code:
                return code
    return group.country


def _city(group: _Group, context: Counter[str]) -> City | None:
    """The city meant: one in a country that the article names, else the largest if it dwarfs the others; None when unsure."""
    if group.type != "GPE" or any(form.lower() in countries() for form in group.forms):
        return None
    for form in group.forms:
        known = cities().get(form.lower(), ())
        near = [city for city in known if context[city.country]]
        if near:
            return max(near, key=lambda city: (context[city.country], city.population))
        if known and (len(known) == 1 or known[0].population >= 5 * known[1].population):
            return known[0]
    return None


def _entity(group: _Group, identity: str, text: str, title: str | None, context: Counter[str]) -> Entity:
    first = group.names[0].start
    canonical = max(group.forms, key=lambda form: (len(form.split()), group.forms[form], len(form)))
    in_title = bool(title) and any(
        re.search(rf"(?<!\w){re.escape(form)}(?!\w)", title or "", re.IGNORECASE) for form in group.forms
    )
    city = _city(group, context)
    count = len(group.names)
    salience = min(1.0, 0.5 * min(count, 8) / 8 + 0.3 * (1 - first / max(1, len(text))) + (0.2 if in_title else 0.0))
    return Entity(
        id=identity,
        type=group.type,
        name=canonical,
        aliases=tuple(form for form in group.forms if form != canonical),
        count=count,
        salience=round(salience, 3),
        first_start=first,
        role=group.role,
        country=city.country if city else _country_of(group),
        geonames_id=city.geonames_id if city else None,
        lat=city.lat if city else None,
        lon=city.lon if city else None,
        in_title=in_title,
    )
