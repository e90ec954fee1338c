"""From raw names to good ones: bounds mended, acronyms spelt out, peoples and events told apart, people after their titles, places typed."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from workers.entities.foreign import lemmas
from workers.entities.lexicon import TIME_WORDS, TITLES, countries, demonyms, name_marks, organisations, table
from workers.entities.phrases import Phrases
from workers.entities.places import load_places
from workers.entities.recognise import Name
from workers.entities.roles import people_after_roles

__all__ = ["refine", "spells", "typed_places"]

_TRIM = " \t\r\n.,;:!?()[]{}\"“”‘’'«»„*#@-–—/|"
_ABBREVIATION = re.compile(
    r"(?:(?:^|[\s.-])[A-Z]|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|Bros|Fla|Calif|Tex|Va|Md|Pa|Mass|Conn|Ill|Mich|Minn|Ala|Ariz|Ark|Colo|Ga|Tenn|Wis|Wash|Okla|Ore|Miss|Mo|Mont|Neb|Nev|Ky|La|Kan|Ind|Del))\.$"
)
_INNER = re.compile(r"\s*[()\[\]\"“”]\s*")
_INNER_PLACE = re.compile(r"\s*[()\[\]\"“”]\s*|\s?,\s+(?=[A-Z])")
_CLASS_LAST = re.compile(r" (?:state|province|region|county|oblast|krai|republic of the)$", re.IGNORECASE)
_OFFICE_OF = re.compile(
    r"(?:(?:Vice|Deputy|Prime|Foreign|First) )?(?:Minister|Secretary|President|Chief|Director|Governor|Mayor|Chancellor|Ambassador)s?(?: (?:of|for) |$)"
)
_EVENT = re.compile(
    r"(?:summit|conference|olympics|games|cup|championships?|festival|forum|accords?|treaty|marathon|grand prix)$",
    re.IGNORECASE,
)
_EVENT_NEXT = re.compile(
    r" (Summit|Conference|Olympics|Games|Cup|Championships?|Festival|Forum|Accords?|Treaty|Marathon|Grand Prix|War|summit|conference)(?!\w)"
)
_NO_BODY = re.compile(
    r"(?:virus|disease|flu|fluid|syndrome|fever|test|acid|index|product|rate|system|treaty|time|treatment|therapy|infection|device|explosives?|weapons?|force majeure)$",
    re.IGNORECASE,
)
_SMALL_START = re.compile(
    r"(?:al|el|as|ash|ad|an|ar|de|van|von|bin|ibn|der|den|del|da|di|du|la|le|e[A-Z]|i[A-Z])(?![a-z])"
)
_ENGLISH_TITLES = TITLES - {"m"}
_MOST_ADDED = 2000
_OFFICES = frozenset({"vice-mayor", "vice-president", "minister", "president", "spokesman", "spokeswoman", "spokesperson", "mayor", "governor", "senator", "secretary", "chancellor", "ambassador", "secretary-general", "coach", "striker", "midfielder", "goalkeeper", "defender", "inspector", "commissioner", "analyst", "economist", "veterinarian"})  # fmt: skip


def refine(text: str, names: Sequence[Name], language: str = "en") -> list[Name]:
    """The names mended by what the text shows; in order, without overlaps. Patterns of English run on English alone."""
    if language not in {"en", "und"}:
        return _consistent(text, _no_overlap([piece for name in names for piece in _split(text, name)]), language)
    mended = [piece for name in names for piece in _split(text, name)]
    kept = [_event(text, name) for name in mended if not _money(text, name)]
    people = [Name(start, end, "PER", 0.9) for start, end in people_after_roles(text)]
    kept = [_person_without_title(text, name) for name in kept]
    found = [Name(start, end, kind, _SHARE[kind]) for start, end, kind in _known().find(text)]
    peoples = [name for name in found if name.type == "NORP"]
    kept = [*_apart(kept, [*people, *peoples]), *peoples]
    known = [name for name in found if name.type != "NORP"]
    kept = _no_overlap([*_apart(kept, known), *known, *_apart(people, kept)])
    kept = _with_acronyms(text, kept)
    return _consistent(text, kept, language)


def _split(text: str, name: Name) -> list[Name]:
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


def _money(text: str, name: Name) -> bool:
    return name.end < len(text) and text[name.end] in "$€£" and name.end - name.start <= 4


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


def _person_without_title(text: str, name: Name) -> Name:
    """`President Al-Sharaa` is the person Al-Sharaa."""
    if name.type != "PER":
        return name
    words = text[name.start : name.end].split(" ")
    skip = 0
    while len(words) > 1 and words[0].lower().rstrip(".") in _ENGLISH_TITLES | {"foreign", "prime", "vice"}:
        skip += len(words.pop(0)) + 1
    for at in range(len(words) - 1):
        if words[at].lower() in _OFFICES:
            skip += sum(len(word) + 1 for word in words[: at + 1])
            words = words[at + 1 :]
            break
    return name._replace(start=name.start + skip)


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


_SHARE = {"NORP": 0.95, "LOC": 0.9, "ORG": 0.9}


def _apart(names: Sequence[Name], others: Sequence[Name]) -> list[Name]:
    """The names that none of the others covers in whole or cuts; a longer name around another stays."""
    ordered = sorted(others)
    starts = [other.start for other in ordered]
    kept = []
    for name in names:
        first = max(0, bisect_left(starts, name.start) - 1)
        near = ordered[first : first + 6]
        cut = any(other.start < name.end and name.start < other.end and not _holds(name, other) for other in near)
        same = any((other.start, other.end) == (name.start, name.end) for other in near)
        if not cut and not same:
            kept.append(name)
    return kept


def _holds(name: Name, other: Name) -> bool:
    return name.start <= other.start and other.end <= name.end


def _no_overlap(names: Sequence[Name]) -> list[Name]:
    """In order; of two that overlap the longer stays."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.start, name.start - name.end)):
        if kept and name.start < kept[-1].end:
            if name.end - name.start > kept[-1].end - kept[-1].start:
                kept[-1] = name
        else:
            kept.append(name)
    return kept


def spells(acronym: str, words: str) -> bool:
    """Whether the acronym is made of the words' first letters (`WHO`, `UNHCR`); small words may lend theirs or not."""
    letters = [c.lower() for c in acronym if c.isalpha()]
    parts = [part for part in re.split(r"[\s-]+", words) if part]
    at = 0
    for part in parts:
        if at < len(letters) and part[:1].lower() == letters[at]:
            at += 1
        elif part[:1].isupper():
            return False
    return at == len(letters) and len(letters) > 1


_CAPITALS_BEFORE = re.compile(r"(?:[A-Z][\w'’.-]*(?:,? (?:of|for|and|the|on|in|to|&)(?: the)?)? ){1,9}$")


def _with_acronyms(text: str, names: Sequence[Name]) -> list[Name]:
    """`World Health Organisation (WHO)`: what the letters spell is one organisation, and so is the acronym, here and later."""
    found: list[Name] = []
    short: dict[str, str] = {}
    by_end = {name.end: name for name in names}
    for match in re.finditer(r"\((?:the )?([A-Z][A-Za-z&.-]{1,9})\)", text):
        before = text[max(0, match.start() - 120) : match.start()]
        spelt = _spelt_out(before, match.group(1))
        if spelt is None:
            continue
        start, end = match.start() - spelt, len(text[: match.start()].rstrip())
        known = by_end.get(end)
        kind = known.type if known is not None and known.type in {"ORG", "LOC", "EVENT"} else "ORG"
        if known is None and (not match.group(1).isupper() or _NO_BODY.search(text[start:end])):
            continue
        start = min(start, known.start) if known is not None and known.end == end else start
        found += [Name(start, end, kind, 0.95), Name(*match.span(1), kind, 0.95)]
        short[match.group(1)] = kind
    if not found:
        return list(names)
    for word, kind in short.items():
        if word.isupper():
            found += [
                Name(*one.span(), kind, 0.9) for one in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)
            ]
    found = _no_overlap(found)
    return sorted(
        [
            *_apart(names, found),
            *[
                name
                for name in found
                if not any(_holds(other, name) and other != name for other in _apart(names, found))
            ],
        ]
    )


def _spelt_out(before: str, acronym: str) -> int | None:
    """How many characters before the bracket the acronym's words begin; None when nothing there spells it."""
    parts = list(re.finditer(r"\S+", before))
    for back in range(2, min(len(parts), len(acronym) + 5) + 1):
        first = parts[-back]
        if (
            first.group()[:1].lower() == acronym[0].lower()
            and first.group()[:1].isupper()
            and spells(acronym, before[first.start() :].strip())
        ):
            return len(before) - first.start()
    return None


def _consistent(text: str, names: Sequence[Name], language: str) -> list[Name]:
    """The same words mean the same type in one article; a surname of a full name is that person."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
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
    for match in _CAPITALISED.finditer(text):
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
    return _no_overlap([*names, *more])


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
