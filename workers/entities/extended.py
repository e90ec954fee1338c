"""Names that go on where the model stopped: `Muqtada al - Sadr` in text with spaced hyphens, `Ben Player`, `BBC Radio 4`; and who has an administration."""

import re
from collections.abc import Sequence

from workers.entities.headed import OPENERS
from workers.entities.lexicon import TIME_WORDS, TITLES, countries, demonyms, name_marks, organisations
from workers.entities.recognise import Name

__all__ = ["administrations", "extended"]

_PARTICLE = re.compile(r"(?<![\w-])(?:[Aa]l|[Ee]l|[Aa]s|[Aa]sh|[Aa]d|[Aa]n|[Aa]r|[Aa]z) - $")
_FAMILY = re.compile(r" ([A-ZÀ-Ý][a-zà-ÿ]{2,})(?![\w-]|\.\w)")
_CHANNEL = re.compile(r"(?:^|[ -])(?:Radio|Channel|TV|FM|FOX|Fox|Sky|ITV|BBC)$")
_NUMBER = re.compile(r" [1-9]\d?(?![\w.,:%-]\d|\w)")
_ADMINISTRATION = re.compile(r"(?<![\w-])(?:[Tt]he|[Aa]|under|[Pp]re-|[Pp]ost-) ([A-Z][a-z]+) administration(?!\w)")
_MOST = 200


def extended(text: str, names: Sequence[Name]) -> list[Name]:
    """The names in their order, longer where the text shows it."""
    found: list[Name] = []
    taken = [*(name.start for name in names[1:]), len(text)]
    for name, following in zip(names, taken, strict=False):
        one = _with_number(text, _with_family(text, name, following)) if name.type in {"PER", "ORG"} else name
        if one.type in {"PER", "ORG"} and (particle := _PARTICLE.search(text, max(0, one.start - 6), one.start)):
            one = one._replace(start=particle.start())
            if (text[one.start : one.end].replace(" - ", "-").lower(),) in organisations():
                one = one._replace(type="ORG")
            before = found[-1] if found else None
            if before and one.type == before.type == "PER" and text[before.end : one.start] == " ":
                one = found.pop()._replace(end=one.end)
        found.append(one)
    return found


def administrations(text: str, names: Sequence[Name]) -> list[tuple[int, int]]:
    """(start, end) of people who are known by their administration, where nothing is seen: `the Bush administration`."""
    people = {text[name.start : name.end].rsplit(" ", 1)[-1] for name in names if name.type == "PER"}
    found = []
    for count, match in enumerate(_ADMINISTRATION.finditer(text)):
        if count >= _MOST:
            break
        word = match.group(1)
        place = word.lower() in countries() or word.lower() in demonyms()
        if word in people or ("s" in name_marks().get(word.lower(), "") and not place):
            found.append(match.span(1))
    return found


def _with_family(text: str, name: Name, following: int) -> Name:
    """A given name and the capitalised word after it, which the model took for a common one."""
    words = text[name.start : name.end]
    marks = set(name_marks().get(words.lower(), ""))
    if name.type != "PER" or " " in words or not marks & {"m", "f"} or not words.istitle():
        return name
    match = _FAMILY.match(text, name.end)
    if match is None or match.end() > following or match.start(1) == following:
        return name
    word = match.group(1).lower()
    if match.group(1) in OPENERS or word in TIME_WORDS or word in TITLES or word in countries() or word in demonyms():
        return name
    return name._replace(end=match.end())


def _with_number(text: str, name: Name) -> Name:
    number = _NUMBER.match(text, name.end)
    if name.type == "ORG" and number and _CHANNEL.search(text[name.start : name.end]):
        return name._replace(end=number.end())
    return name
