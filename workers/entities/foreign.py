"""Names in languages without a model of ours: gazetteers, given names, titles and patterns. Good for people and places, less for bodies."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from workers.entities.foreign_words import WORDS, Words
from workers.entities.lexicon import TIME_WORDS, countries, name_marks, organisations, word_set
from workers.entities.places import load_places
from workers.entities.recognise import Name
from workers.entities.tokens import Sentence, sentences

__all__ = ["BASIC", "by_gazetteer", "by_patterns", "lemmas"]

#: Languages whose people and places are found by patterns of their own.
BASIC = frozenset({"de", "fr", "es", "ru", "uk", "ar"})
_LARGE, _TOWN = 100_000, 15_000
_JOINERS = word_set("von van de der den del della di da dos bin ibn al el y e zu")
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "ولل", "لل", "وب", "ول", "و", "ب", "ل", "ف", "ك")
_LEGAL = frozenset(
    {"AG", "GmbH", "SE", "KG", "SA", "SAS", "SpA", "SL", "S.A.", "NV", "BV", "ООО", "ОАО", "ПАО", "АО", "ТОВ"}
)
_CASES = (
    ("ией", "ия"), ("ии", "ия"), ("ию", "ия"), ("ием", "ий"), ("ами", "ы"), ("ях", "и"), ("ах", "ы"), ("ов", "ы"), ("ой", "ая"), ("ой", "а"), ("ою", "а"), ("ей", "я"), ("ым", "ый"), ("ого", "ый"), ("ому", "ый"), ("ому", "ое"),
    ("ем", "ь"), ("ом", ""), ("ом", "о"), ("ем", ""), ("ем", "е"), ("и", "ь"), ("и", "а"), ("и", "я"), ("ы", "а"), ("е", "а"), ("е", ""), ("е", "о"), ("е", "ь"), ("е", "я"), ("у", "а"), ("у", ""), ("ю", "я"), ("ю", "ь"), ("а", ""), ("я", "ь"), ("я", "й"),
    ("єю", "я"), ("ії", "ія"), ("ію", "ія"), ("ою", "а"), ("ові", ""), ("ом", ""), ("і", "а"), ("і", ""), ("і", "ь"), ("єві", "їв"), ("єва", "їв"), ("ова", "ів"), ("ові", "ів"), ("еві", "ів"),
)  # fmt: skip


def by_patterns(text: str, language: str) -> list[Name]:
    """People, places and some organisations of a language in WORDS."""
    words = WORDS[language]
    finder = _in_arabic if language == "ar" else _in_capitals
    return [name for sentence in sentences(text) for name in finder(sentence, words, language)]


def by_gazetteer(text: str) -> list[Name]:
    """Countries and large cities by name, for languages that we know nothing else of."""
    found = []
    for sentence in sentences(text):
        for start, end in _runs(sentence):
            at = start
            while at < end:
                size = _place_size(sentence.words, at, end, frozenset(), "", _LARGE)
                if size:
                    found.append(_name(sentence, at, at + size, "LOC", 0.7))
                at += max(1, size)
    return found


def _name(sentence: Sentence, first: int, last: int, kind: str, confidence: float) -> Name:
    return Name(sentence.starts[first], sentence.starts[last - 1] + len(sentence.words[last - 1]), kind, confidence)


def _runs(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Stretches of capitalised words; small particles and hyphens may stand inside."""
    words, at = sentence.words, 0
    while at < len(words):
        if not words[at][0].isupper():
            at += 1
            continue
        end = at + 1
        while end < len(words):
            if words[end][0].isupper():
                end += 1
            elif words[end].lower() in _JOINERS and end + 1 < len(words) and words[end + 1][0].isupper():
                end += 2
            else:
                break
        yield at, end
        at = end


def _in_capitals(sentence: Sentence, words: Words, language: str) -> Iterator[Name]:
    tokens = sentence.words
    for start, end in _runs(sentence):
        at = start
        while at < end:
            taken = _organisation(tokens, at, end, words) or _known_organisation(tokens, at, end)
            kind = "ORG"
            if not taken:
                taken, kind = _person(tokens, at, end, words, language), "PER"
            if not taken:
                least = _TOWN if _before(tokens, at) in words.into else _LARGE
                size = _place_size(tokens, at, end, words.common, language, least)
                taken, kind = at + size if size else 0, "LOC"
            if not taken and _before(tokens, at) in words.landforms:
                taken, kind = end, "LOC"
            if taken > at:
                yield _name(sentence, at, taken, kind, 0.75)
                at = taken
            else:
                at += 1


def _before(tokens: Sequence[str], at: int) -> str:
    return tokens[at - 1].lower().rstrip(".") if at else ""


def _organisation(tokens: Sequence[str], at: int, end: int, words: Words) -> int:
    """`Gobierno de Aragón`, `Universität Bremen`, `Siemens AG`: where it ends, or 0."""
    if end - at > 1 and tokens[end - 1] in _LEGAL:
        return end
    if tokens[at].lower() not in words.organisations:
        return 0
    last = at + 1
    while last < len(tokens) and last - at < 8:
        if (tokens[last][0].isupper() and tokens[last].lower() not in words.roles) or (
            tokens[last].lower() in words.joins and any(token[0].isupper() for token in tokens[last + 1 : last + 3])
        ):
            last += 1
        else:
            break
    while last > at and not tokens[last - 1][0].isupper():
        last -= 1
    return last if last - at > 1 else 0


def _known_organisation(tokens: Sequence[str], at: int, end: int) -> int:
    for size in range(min(5, end - at), 0, -1):
        kind = organisations().get(tuple(token.lower() for token in tokens[at : at + size]))
        if (
            kind
            and (size > 1 or kind in {"body", "media"} or (kind == "company" and tokens[at].isupper()))
            and kind != "nickname"
        ):
            return at + size
    return 0


def _is_given(word: str, language: str) -> bool:
    marks = name_marks().get(word.lower(), "")
    if "m" in marks or "f" in marks:
        return True
    return language in {"ru", "uk"} and any(
        set("mf") & set(name_marks().get(form, "")) for form in lemmas(word.lower())
    )


def _is_country(token: str, language: str) -> bool:
    low = token.lower()
    return low in countries() or (language in {"ru", "uk"} and any(form in countries() for form in lemmas(low)))


def _person(tokens: Sequence[str], at: int, end: int, words: Words, language: str) -> int:
    """After a title or role, or where a given name stands first: where the name ends, or 0."""
    low = tokens[at].lower().rstrip(".")
    if (
        low in words.joins
        or low in _JOINERS
        or (at + 1 < end and tokens[at + 1].lower() in words.joins and tokens[at + 1].lower() not in _JOINERS)
    ):
        return 0
    named = _is_given(tokens[at], language) and at + 1 < end and "s" in name_marks().get(tokens[at + 1].lower(), "")
    if low in words.roles or low in TIME_WORDS or (low in words.common and not named) or not tokens[at][0].isalpha():
        return 0
    back = at
    while back > 0 and at - back < 2 and _is_country(tokens[back - 1], language):
        back -= 1
    if _is_country(tokens[at], language) and at + 1 < end and _is_given(tokens[at + 1], language):
        return 0
    titled = _before(tokens, back) in words.roles or (
        _before(tokens, at) == "." and at > 1 and tokens[at - 2].lower() in words.roles
    )
    given = _is_given(tokens[at], language) or (tokens[at].rstrip(".") != tokens[at] and len(tokens[at]) == 2)
    if not titled and not (given and end - at > 1):
        return 0
    if not titled and low in countries():
        return 0
    if titled and not given and end - at == 1 and (low in countries() or _large(tokens[at])):
        return 0
    last = at + 1
    while (
        last < end
        and last - at < 5
        and tokens[last].lower() not in words.organisations
        and tokens[last].lower() not in words.roles
    ):
        last += 1
    while last > at and not tokens[last - 1][0].isupper():
        last -= 1
    if language == "de" and not titled and last - at > 2 and not name_marks().get(tokens[last - 1].lower()):
        last = at + 2
    return last if last > at and (titled or last - at > 1) else 0


@lru_cache(maxsize=20_000)
def _large(name: str) -> bool:
    return any(place.population >= _LARGE or place.level in {"state", "world"} for place in load_places().named(name))


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> tuple[str, ...]:
    """What a Cyrillic word may be without its case ending."""
    return tuple(
        dict.fromkeys(
            word.removesuffix(ending) + base
            for ending, base in _CASES
            if word.endswith(ending) and len(word) >= len(ending) + 2
        )
    )


def _place_size(tokens: Sequence[str], at: int, end: int, common: frozenset[str], language: str, least: int) -> int:
    """How many words the longest place has that begins here; 0 when none does."""
    for size in range(min(4, end - at), 0, -1):
        if _is_place(" ".join(tokens[at : at + size]), common, language, least):
            return size
    return 0


@lru_cache(maxsize=50_000)
def _is_place(name: str, common: frozenset[str], language: str, least: int) -> bool:
    low = name.lower()
    if len(low) < 3 or low in common or low in TIME_WORDS:
        return low in {"us", "uk"} and name.isupper()
    forms = (low, *lemmas(low)) if language in {"ru", "uk"} else (low,)
    for form in forms:
        if form in countries():
            return True
        if any(
            place.level in {"state", "world", "area"} or place.population >= (least if form == low else _LARGE)
            for place in load_places().named(form)
        ):
            return True
    return False


def _in_arabic(sentence: Sentence, words: Words, language: str) -> Iterator[Name]:
    """No capitals: names follow titles or begin with a known given name; places are known words, also behind و, ب and ل."""
    tokens, at = sentence.words, 0
    while at < len(tokens):
        last = _arabic_person(tokens, at, words)
        if last:
            yield _name(sentence, at, last, "PER", 0.7)
            at = last
            continue
        cut = _arabic_place(tokens, at, words)
        if cut is not None:
            skip, size = cut
            start = sentence.starts[at] + skip
            yield Name(start, sentence.starts[at + size - 1] + len(tokens[at + size - 1]), "LOC", 0.75)
            at += size
            continue
        at += 1


def _arabic_person(tokens: Sequence[str], at: int, words: Words) -> int:
    marks = name_marks()
    if not ({"m", "f"} & set(marks.get(tokens[at], ""))) or tokens[at] in words.common:
        return 0
    titled = any(token.removeprefix("و") in words.roles for token in tokens[max(0, at - 2) : at])
    last = at + 1
    while (
        last < len(tokens)
        and last - at < 4
        and tokens[last][0].isalpha()
        and (
            marks.get(tokens[last])
            or (
                tokens[last].startswith("ال")
                and last - at <= 2
                and tokens[last] not in words.common
                and not _arabic_place(tokens, last, words)
            )
        )
    ):
        last += 1
    return last if last - at > 1 or titled else 0


def _arabic_place(tokens: Sequence[str], at: int, words: Words) -> tuple[int, int] | None:
    """(letters of prefixes before the name, words of the name)."""
    word = tokens[at]
    for size in (3, 2, 1):
        if at + size > len(tokens):
            continue
        rest = tokens[at + 1 : at + size]
        if _arabic_known(" ".join([word, *rest]), words):
            return 0, size
        for prefix in _ARABIC_PREFIXES:
            bare = word.removeprefix(prefix)
            if (
                bare == word
                or (len(bare) < 4 and bare not in countries())
                or (prefix in {"ك", "ف", "فال", "كال"} and bare not in countries())
                or word in words.common
            ):
                continue
            if prefix.endswith("ال"):
                bare, skip = "ال" + bare, len(prefix) - 2
            elif prefix.endswith("لل"):
                continue
            else:
                skip = len(prefix)
            if _arabic_known(" ".join([bare, *rest]), words):
                return skip, size
    return None


@lru_cache(maxsize=20_000)
def _arabic_lookup(name: str) -> bool:
    if name in countries():
        return True
    return any(place.population >= 2 * _LARGE for place in load_places().named(name))


def _arabic_known(name: str, words: Words) -> bool:
    return len(name) > 2 and name not in words.common and name not in words.roles and _arabic_lookup(name)
