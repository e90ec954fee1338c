"""What the text itself calls a name: `the band Korn`, `Caloi is a bicycle maker`, `Brensbach, a village in Hesse`, `Anna Berg (born 1950)`."""

import re
from collections.abc import Iterator

from workers.entities.lexicon import TITLES

__all__ = ["called"]

_NOUNS = {
    "ORG": "company|firm|band|group|label|manufacturer|maker|carmaker|automaker|publisher|broadcaster|newspaper|magazine|weekly|daily|airline|carrier|charity|club|team|bank|lender|insurer|retailer|supermarket|chain|startup|start-up|think tank|consultancy|brokerage|orchestra|choir|ensemble|quartet|radio station|television station|TV station|radio network|television network|TV network|television channel|TV channel|studio|brewery|hospital|college|institute|committee|commission|council|federation|consortium|coalition|cartel|watchdog|regulator|outlet|operator|supplier|regiment|brigade|battalion|squadron|militia|organi[sz]ation|agency|union|association|university|foundation|non-profit|subsidiary|conglomerate|party",
    "LOC": "village|town|city|commune|municipality|suburb|river|lake|island|province|district|mountain|county|neighbou?rhood|hamlet|settlement|parish|peninsula|archipelago",
    "PER": "singer|footballer|politician|actor|actress|writer|author|musician|boxer|journalist|economist|player|painter|composer|lawyer|businessman|businesswoman|poet|novelist|physicist|historian|activist|cricketer|golfer|sprinter|swimmer|cyclist",
}
_KINDS = {kind: re.compile(nouns) for kind, nouns in _NOUNS.items()}
_ALL = "|".join(_NOUNS.values())
_NAME = r"(?P<name>(?:[0-9]{1,3} [A-ZÀ-Ý](?=[a-z])|[0-9]{1,3}[A-ZÀ-Ý]{2}|[A-ZÀ-Ý])[\w.&'’-]{0,40}(?: (?:(?:of|de|and|the|&|to) )?[A-ZÀ-Ý0-9][\w.&'’-]{0,40}){0,4})"
_IS_A = re.compile(
    rf"(?<![\w'’-])(?<!, ){_NAME}(?: ?\( ?[^()\n]{{1,60}}\))?(?:(?: ?,)? (?:is|was|are|were)(?: now| also)? (?:an?|the|one of the) | ?, an? )(?:[a-zA-Z][\w-]* ){{0,4}}?(?P<noun>{_ALL})s?(?= (?:in|of|from|based|that|which|who|and|on|near|located|owned|founded|by|with|for|known|at)\b| ?[,.;(])"
)
_BEFORE = re.compile(
    rf"\b(?:{_NOUNS['ORG'].replace('|party', '').replace('|union', '')})(?: called| named| known as)? {_NAME}(?= (?:is|was|has|had|said|says|will|and|in|to|for|from|on|at|which|who)\b| ?[,.;('’])"
)
_BORN = re.compile(rf"(?<![\w'’-]){_NAME} ?\( ?(?:born|b\.) ")
#: Looked for first: it is rare, and a name may begin at every capital.
_BIRTH = re.compile(r"\( ?(?:born|b\.) ")
_MOST = 300
_OPENERS = frozenset({"The", "A", "An", "It", "He", "She", "This", "That", "There", "They", "In", "His", "Her", "Its", "Their", "What", "Who", "Which", "Here", "One", "Each", "Another", "If", "But", "And", "When", "While", "Also", "Today", "These", "Those", "Such"})  # fmt: skip


def called(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, PER, ORG or LOC) of names beside the word for what they are."""
    for count, match in enumerate(_IS_A.finditer(text)):
        if count >= _MOST:
            break
        kind = next(kind for kind, nouns in _KINDS.items() if nouns.fullmatch(match.group("noun")))
        yield from _span(match, kind)
    others = [(_BEFORE, "ORG"), *([(_BORN, "PER")] if _BIRTH.search(text) else [])]
    for pattern, kind in others:
        for count, match in enumerate(pattern.finditer(text)):
            if count >= _MOST:
                break
            yield from _span(match, kind)


def _span(match: re.Match[str], kind: str) -> Iterator[tuple[int, int, str]]:
    words, start = match.group("name"), match.start("name")
    while (first := words.split(" ", 1)[0]) in _OPENERS or (kind == "PER" and first.lower().rstrip(".") in TITLES):
        if first == words:
            return
        start, words = start + len(first) + 1, words[len(first) + 1 :]
    if any(character.isalpha() for character in words):
        yield start, start + len(words.rstrip(".")), kind
