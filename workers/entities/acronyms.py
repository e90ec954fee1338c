"""Acronyms that a text spells out: `World Health Organisation (WHO)`."""

import re
from collections.abc import Sequence

from workers.entities.bounds import apart, holds, no_overlap
from workers.entities.recognise import Name

__all__ = ["spells", "with_acronyms"]

_NO_BODY = re.compile(
    r"(?:virus|disease|flu|fluid|syndrome|fever|test|acid|index|product|rate|system|treaty|time|treatment|therapy|infection|device|explosives?|weapons?|force majeure)$",
    re.IGNORECASE,
)


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


def with_acronyms(text: str, names: Sequence[Name]) -> list[Name]:
    """`World Health Organisation (WHO)`: what the letters spell is one organisation, and so is the acronym, here and later."""
    found: list[Name] = []
    short: dict[str, str] = {}
    by_end = {name.end: name for name in names}
    for match in re.finditer(r"\( ?(?:the )?([A-Z][A-Za-z&.-]{1,9}) ?\)", text):
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
    found = no_overlap(found)
    return sorted(
        [
            *apart(names, found),
            *[name for name in found if not any(holds(other, name) and other != name for other in apart(names, found))],
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
