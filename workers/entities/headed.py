"""Organisations by the word that heads them: `Lowfield University`, `the Ministry of Fisheries`, `Tarn Valley Airlines`."""

import re
from collections.abc import Iterator

__all__ = ["headed"]

_HEADS = "University|College|Institute|Ministry|Party|Airlines|Airways|Council|Committee|Commission|Corporation|Association|Federation|Foundation|Bureau|Academy|Authority|Records|Orchestra|Confederation|Police Department|Fire Department|Agency|Air Force|Army|Club|Company|FC|Group|Hospital|Navy|Network|Organi[sz]ation|Police|Press|Railway|Railroad|Society"
_BEFORE_OF = "University|Institute|Ministry|Department|Academy|Association|Federation|Confederation|College|Church|Court|School|Authority|Bank|Board|Bureau|Council|Society|Office|Union|Commission|Committee"
_WORD = r"[A-ZÀ-Ý](?:(?!['’]s\b)[\w'’&-]|\.(?=\w))*"
_LAST = re.compile(
    rf"(?<![\w'’-])(?P<name>(?:(?!(?:{_HEADS}) (?:and|&) ){_WORD} (?:and |& )?){{1,5}}(?:{_HEADS}))(?![\w-]| (?:of|for) (?:the )?[A-ZÀ-Ý])"
)
_FIRST = re.compile(
    rf"(?<![\w'’-])(?P<name>(?:{_WORD} ){{0,3}}(?:{_BEFORE_OF}) (?:of|for) (?:the )?{_WORD}(?:(?: and| &|, {_WORD} and)? (?!(?:{_BEFORE_OF}) of){_WORD}){{0,3}})(?![\w-])"
)
#: Capitalised words that only open a sentence.
_OPENERS = frozenset({"The", "A", "An", "In", "At", "On", "This", "That", "His", "Her", "Its", "Their", "Our", "My", "Your", "When", "For", "From", "And", "But", "With", "Each", "Every", "Another", "Some", "If", "As", "After", "Before", "Under", "Both", "While", "Since", "By", "To", "Of", "No", "Any", "Former", "One", "Many", "Most"})  # fmt: skip
_MOST = 500


def headed(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of such names, at least two words long."""
    for pattern in (_LAST, _FIRST):
        for count, match in enumerate(pattern.finditer(text)):
            if count >= _MOST:
                break
            start, words = match.start("name"), match.group("name")
            while (first := words.split(" ", 1)[0]) in _OPENERS and " " in words:
                start, words = start + len(first) + 1, words[len(first) + 1 :]
            if " " in words:
                yield start, start + len(words)
