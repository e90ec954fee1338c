"""Words and sentences with their offsets."""

import re
from typing import NamedTuple

__all__ = ["Token", "sentences", "tokenize"]

_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?(?<=[A-Z]\.)|[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|_+")
_ENDS = frozenset(".!?…。！？؟")
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "gen", "col", "lt", "sgt", "sen", "rep", "gov", "prof", "jr", "sr", "inc", "ltd", "co", "corp", "vs", "no", "u.s", "u.k", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"})  # fmt: skip
_LONGEST = 250


class Token(NamedTuple):
    """A word, number or mark: `text[start:end]`."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens; a possessive 's is one of its own."""
    found = []
    for match in _TOKEN.finditer(text):
        word, start = match.group(0), match.start()
        if len(word) > 2 and word[-2:] in {"'s", "’s"}:
            found += [
                Token(word[:-2], start, start + len(word) - 2),
                Token(word[-2:], start + len(word) - 2, start + len(word)),
            ]
        else:
            found.append(Token(word, start, match.end()))
    return found


def sentences(text: str) -> list[list[Token]]:
    """The tokens by sentence. A line break between tokens ends a sentence; very long ones are split."""
    result: list[list[Token]] = []
    current: list[Token] = []
    tokens = tokenize(text)
    for number, token in enumerate(tokens):
        if current and ("\n" in text[current[-1].end : token.start] or len(current) >= _LONGEST):
            result.append(current)
            current = []
        current.append(token)
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        if token.text in _ENDS and following is not None and _ends_here(current, following):
            result.append(current)
            current = []
    if current:
        result.append(current)
    return result


def _ends_here(current: list[Token], following: Token) -> bool:
    before = current[-2].text.lower().rstrip(".") if len(current) > 1 else ""
    if current[-1].text == "." and (before in _ABBREVIATIONS or len(before) == 1):
        return False
    return following.start > current[-1].end and (following.text[0].isupper() or not following.text[0].isalpha())
