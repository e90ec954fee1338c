"""From names to entities: which names in the article stand for the same one. Linking to gazetteers is in link.py."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from workers.entities.acronyms import spells
from workers.entities.lexicon import ORG_WORDS, countries, demonyms, identities, word_set
from workers.entities.people import PersonName, gender_of, parse_person, same_person, skeleton
from workers.entities.places import fold
from workers.entities.recognise import Name
from workers.entities.roles import Role, role_after, role_before

__all__ = ["Group", "family_of", "resolve"]

_LEGAL = word_set(
    "corp inc ltd plc llc co company companies group holdings ag sa nv spa gmbh ab asa oyj bank airlines restaurant restaurants fc afc newspaper"
)
_BRITISH = (
    ("organisation", "organization"),
    ("centre", "center"),
    ("defence", "defense"),
    ("labour", "labor"),
    ("programme", "program"),
)
#: People of one surname that are compared; more than that in one article are no longer told apart.
_MOST_ALIKE = 50
_MOST_COMPARED = 200
_REGION_WORDS = word_set("province county state district region governorate prefecture city town island municipality")
_HONORIFIC = re.compile(r"(?<![\w-])(mr|mrs|ms|miss|sir|madame|frau|herr|queen|king|lady|lord)\.? ?$", re.IGNORECASE)
_MEN, _WOMEN = {"mr", "sir", "herr", "king", "lord"}, {"mrs", "ms", "miss", "madame", "frau", "queen", "lady"}


@dataclass(slots=True)
class Group:
    """An entity in the making: its forms as written, its names in order, and what the text says of it."""

    type: str
    forms: Counter[str] = field(default_factory=Counter)
    names: list[Name] = field(default_factory=list)
    role: Role | None = None
    gender: str | None = None
    known: str | None = None

    @property
    def canonical(self) -> str:
        """The fullest form: the most words, then the most frequent; an acronym only when there is nothing else."""
        return max(
            self.forms, key=lambda form: (not _is_acronym(form), len(form.split()), self.forms[form], len(form), form)
        )


def family_of(kind: str) -> str:
    """Types among which a name may be found again."""
    return "LOC" if kind in {"LOC", "GPE"} else "ORG" if kind in {"ORG", "MISC", "EVENT"} else kind


def _is_acronym(form: str) -> bool:
    letters = [c for c in form if c.isalpha()]
    return " " not in form and len(letters) > 1 and all(c.isupper() for c in letters)


def resolve(text: str, names: Sequence[Name]) -> tuple[list[Group], list[Group]]:
    """(the entities in order of first mention, the entity of each name). Two people with one surname stay two."""
    people = _People(text, [name for name in names if name.type == "PER"])
    others = _Others(text, [name for name in names if name.type != "PER"])
    of_name = [people.of(name) if name.type == "PER" else others.of(name) for name in names]
    groups: list[Group] = []
    for name, group in zip(names, of_name, strict=True):
        if not group.names:
            groups.append(group)
        group.forms[text[name.start : name.end]] += 1
        group.names.append(name)
        if group.type == "PER":
            _describe(text, name, group)
    return groups, of_name


def _describe(text: str, name: Name, group: Group) -> None:
    role = role_before(text, name.start) or role_after(text, name.end)
    if role is not None and (group.role is None or (role.country and not group.role.country)):
        group.role = role
    honorific = _HONORIFIC.search(text, max(0, name.start - 8), name.start)
    if honorific:
        group.gender = "m" if honorific.group(1).lower() in _MEN else "f"
    elif group.gender is None:
        group.gender = gender_of(text[name.start : name.end])


class _People:
    """Full names first; a bare surname then goes to the last person of that surname named before it, else to the next."""

    def __init__(self, text: str, names: Sequence[Name]) -> None:
        self._full: dict[str, list[tuple[PersonName, Group, list[int]]]] = defaultdict(list)
        self._parts: dict[str, list[tuple[PersonName, Group, list[int]]]] = defaultdict(list)
        self._of: dict[int, Group] = {}
        single: list[tuple[Name, str]] = []
        for name in names:
            form = text[name.start : name.end]
            person = parse_person(form)
            if not person.given:
                single.append((name, form))
                continue
            group = self._full_name(person, name.start)
            self._of[name.start] = group
        alone: dict[str, Group] = {}
        for name, form in single:
            honorific = _HONORIFIC.search(text, max(0, name.start - 8), name.start)
            found = self._by_part(
                parse_person(form).family, name.start, honorific.group(1).lower() if honorific else ""
            )
            if found is None:
                found = alone.setdefault(skeleton(parse_person(form).family), Group("PER"))
            self._of[name.start] = found

    def of(self, name: Name) -> Group:
        """The person of a name."""
        return self._of[name.start]

    def _full_name(self, person: PersonName, at: int) -> Group:
        for known, group, places in reversed(self._full[skeleton(person.family)][-_MOST_ALIKE:]):
            if same_person(known, person):
                places.append(at)
                if len(person.given) > len(known.given):
                    self._know(person, group, places)
                return group
        group = Group("PER")
        self._know(person, group, [at])
        return group

    def _know(self, person: PersonName, group: Group, places: list[int]) -> None:
        entry = (person, group, places)
        self._full[skeleton(person.family)].append(entry)
        for word in {*person.words, f"{person.family[:3]}*"}:
            self._parts[word].append(entry)

    def _by_part(self, word: str, at: int, honorific: str) -> Group | None:
        """Whom a single word means: by family name, else by given name, else by a spelling one letter off."""
        family = [one for one in self._full.get(skeleton(word), ()) if one[0].family == word or len(word) > 3]
        alike = [
            one for one in self._parts.get(f"{word[:3]}*", ()) if len(word) > 5 and _one_letter_off(one[0].family, word)
        ]
        for fitting in (family, self._parts.get(word, ()), alike):
            found = [(group, places, person) for person, group, places in fitting[-_MOST_ALIKE:]]
            if honorific:
                wanted = "m" if honorific in _MEN else "f"
                found = [one for one in found if gender_of(" ".join(one[2].words)) in {wanted, None}] or found
            if found:
                return min(found, key=lambda one: _distance(one[1], at))[0]
        return None


def _distance(places: Sequence[int], at: int) -> tuple[int, int]:
    """Before is nearer than after; then the nearest."""
    before = [at - place for place in places if place <= at]
    return (0, min(before)) if before else (1, min(place - at for place in places))


def _one_letter_off(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


class _Others:
    """Places, organisations, peoples and events, found again by a key: a country's code, a folded name, an acronym's long form."""

    def __init__(self, text: str, names: Sequence[Name]) -> None:
        self._groups: dict[str, Group] = {}
        self._of: dict[int, Group] = {}
        forms = {(text[name.start : name.end], family_of(name.type)) for name in names}
        self._long = self._expansions(text, names, forms)
        self._named_codes = {
            countries()[form.lower()] for form, family in forms if family == "LOC" and form.lower() in countries()
        }
        self._codes_in_full = {
            countries()[form.lower()]: form.lower()
            for form, family in forms
            if family == "LOC" and " " in form and form.lower() in countries()
        }
        for name in names:
            form = text[name.start : name.end]
            key = self._key(form, name.type)
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = Group(name.type)
            elif group.type == "LOC" and name.type == "GPE":
                group.type = "GPE"
            self._of[name.start] = group

    def of(self, name: Name) -> Group:
        """The entity of a name."""
        return self._of[name.start]

    def _key(self, form: str, kind: str) -> str:
        family = family_of(kind)
        plain = form.lower().replace("’", "'")
        if family == "NORP":
            return f"NORP:{demonyms().get(plain) or demonyms().get(plain.rstrip('s'), plain)}"
        if family == "LOC":
            return f"LOC:{self._place_key(form, plain)}"
        long = self._long.get((form, family), form)
        return f"{family}:{_organisation_key(long)}"

    def _place_key(self, form: str, plain: str) -> str:
        long = self._long.get((form, "LOC"))
        if long is not None:
            form, plain = long, long.lower()
        code = countries().get(plain)
        if code is not None:
            for other, full in self._codes_in_full.items():
                if other != code and plain in full.split() and code not in self._codes_in_full:
                    return other
            return code
        words = fold(form).split()
        while len(words) > 1 and words[-1] in _REGION_WORDS:
            words.pop()
        return " ".join(words)

    @staticmethod
    def _expansions(text: str, names: Sequence[Name], forms: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Acronyms and short forms to the long form that the article gives."""
        found: dict[tuple[str, str], str] = {}
        for name in names:
            family = family_of(name.type)
            defined = re.match(r",? ?\((?:the )?([A-Z][\w&.-]{1,11})\)", text[name.end : name.end + 18])
            form = text[name.start : name.end]
            if defined and (defined.group(1), family) in forms and spells(defined.group(1), form):
                found.setdefault((defined.group(1), family), form)
        longer: dict[tuple[str, str], list[str]] = defaultdict(list)
        for form, family in sorted(forms, key=lambda one: (len(one[0]), one)):
            if " " in form:
                longer[family, fold(form).split()[0]].append(form)
                longer[family, form[0].lower()].append(form)
        for form, family in sorted(forms):
            if (form, family) in found:
                continue
            if _is_acronym(form):
                near = longer.get((family, form[0].lower()), ())
                fitting = [long for long in near[:_MOST_COMPARED] if spells(form.replace(".", ""), long)]
            elif family == "ORG":
                near = longer.get((family, (fold(form).split() or [""])[0]), ())
                fitting = [long for long in near[:_MOST_COMPARED] if _shortened(form, long)]
            else:
                continue
            if fitting and len({_organisation_key(long) for long in fitting}) == 1:
                found[form, family] = fitting[0]
        return found


def _organisation_key(form: str) -> str:
    """Spelling differences that name no other organisation are taken away; a name of the curated table is its entry."""
    known = identities().get(("ORG", fold(form).replace(".", "")))
    if known is not None:
        return known.name
    plain = fold(form).replace(".", "")
    for british, american in _BRITISH:
        plain = plain.replace(british, american)
    words = plain.removeprefix("the ").split()
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)


def _shortened(form: str, long: str) -> bool:
    """`Sizzler` for `Sizzler Restaurant`: what is left out are words for any company."""
    short_words, long_words = fold(form).split(), fold(long).replace(".", "").split()
    if len(short_words) >= len(long_words) or long_words[: len(short_words)] != short_words:
        return False
    rest = long_words[len(short_words) :]
    return all(word in _LEGAL for word in rest) or (
        len(rest) == 1 and rest[0] in ORG_WORDS and form.lower() not in countries()
    )
