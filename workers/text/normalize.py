"""One normal form for text: NFC, plain white space, nothing invisible, nothing that JSON cannot carry; clear mojibake mended."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache

import ftfy

from workers.text import native

__all__ = ["collapse", "comparable", "normalize", "plain_characters", "says", "which_say"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u180e]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_NEWLINES = re.compile("\r\n?|\u2028|\u2029|\x85")
#: UTF-8 read as Windows-1252: a lead byte seen as a Latin letter, then a continuation byte seen as a symbol.
_MOJIBAKE = re.compile("[ÂÃâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|Ð[\u0080-\u00bf]|Ø[\u0080-\u00bf]")
#: Any of the above but the carriage return and the no-break space, which are common and replaced beforehand.
_ODD = re.compile(
    "[\ud800-\udfff\u00ad\u200b\u2060\ufeff\u180e\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u1680\u2000-\u200a\u202f\u205f\u3000\u2028\u2029]"
)
#: What is not in one of these ranges may have another form under NFC; Latin, Cyrillic and the signs of punctuation in them have none.
_COMPOSABLE = re.compile(
    "[^\x00-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u2125\u2190-\u22ff\u2500-\u27ff]"
)
_PLAIN = bytes([*range(0x20, 0x7F), 0x0A, 0x09])
#: From this length on (characters) it pays to look at the telling ones alone.
_LONG = 2_000
_SHORT = 300
#: Where a text begins with so many letters and figures of ASCII, what is comparable of it begins with them too, in lower case.
_HEAD = 4
_WORD = re.compile(r"\w+")
_MOJIBAKE_LEAST = 2
_MOJIBAKE_LEADS = "ÂÃâÐØ"
_MOJIBAKE_SAMPLE = 20_000


def normalize(text: str) -> str:
    """The text in normal form. Line breaks stay; runs of spaces stay."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u00a0", " ")
    telling = text if len(text) < _LONG else _telling(text)
    if not telling:
        return text
    if _ODD.search(telling):
        text = _CONTROL.sub("", _NEWLINES.sub("\n", _SURROGATES.sub("\ufffd", text)))
        text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    if telling.isascii():
        return text
    head = text[:_MOJIBAKE_SAMPLE]
    if any(map(head.__contains__, _MOJIBAKE_LEADS)) and len(_MOJIBAKE.findall(head)) >= _MOJIBAKE_LEAST:
        text = "\n".join(line if line.isascii() else ftfy.fix_encoding(line) for line in text.split("\n"))
        return unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", text) if _COMPOSABLE.search(telling) else text


@lru_cache(maxsize=1)
def plain_characters() -> bytes:
    """For each character of the basic plane 1 where a text of such characters alone is in normal form as it stands, else 0."""
    leads = {*_MOJIBAKE_LEADS, "\r", "\u00a0"}
    return bytes(
        not (character in leads or _ODD.match(character) or _COMPOSABLE.match(character))
        for character in map(chr, range(65_536))
    )


def _telling(text: str) -> str:
    """The characters that decide what is to be done to a text: all but the printable ones of ASCII, spaces and line feeds."""
    return text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")


def collapse(text: str) -> str:
    """White space runs made one space, none at the ends."""
    return " ".join(text.split())


def comparable(text: str) -> str:
    """For telling whether two pieces say the same: words only, lower case."""
    return _comparable_short(text) if len(text) <= _SHORT else " ".join(_WORD.findall(text.lower()))


def says(text: str, said: str) -> bool:
    """Whether `comparable(text)` is `said`; most texts are told apart by their length (of all letters only İ grows in lower case)."""
    return (len(text) >= len(said) or "İ" in text) and comparable(text) == said


def which_say(texts: Sequence[str], said: Collection[str], longest: int, joined: bytes | None = None) -> list[bool]:
    """For each text whether it is not longer than `longest` (characters) and `comparable` of it is one of `said`; most are told apart by their
    length and how they begin."""
    if not said:
        return [False] * len(texts)
    told = None
    if native.LIBRARY is not None and texts:
        told = native.lines_saying(joined or native.joined(texts), len(texts), said, longest)
    if told is None:
        return _which_say(texts, said, longest)
    which = [False] * len(texts)
    for mark in (1, 2):
        at = told.find(mark)
        while at >= 0:
            which[at] = mark == 1 or (len(texts[at]) <= longest and comparable(texts[at]) in said)
            at = told.find(mark, at + 1)
    return which


def _which_say(texts: Sequence[str], said: Collection[str], longest: int) -> list[bool]:
    """The same in Python."""
    shortest = min(map(len, said))
    letters = {words[:1] for words in said}
    heads = {words[:_HEAD] for words in said}
    return [
        len(text) <= longest
        and (len(text) >= shortest or "İ" in text)
        and (
            head.lower() in heads
            if (head := text[:_HEAD]).isalnum() and head.isascii()
            else not (first := text[:1]).isalnum() or first.lower()[:1] in letters
        )
        and comparable(text) in said
        for text in texts
    ]


@lru_cache(maxsize=16_384)
def _comparable_short(text: str) -> str:
    """Headlines and labels are compared again and again."""
    return " ".join(_WORD.findall(text.lower()))
