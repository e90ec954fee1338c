"""What the wording of a piece of text tells: one row of numbers a piece, all pieces of a page in a few vector operations."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.lexicon import GROUPS, word_groups
from workers.text import native

__all__ = ["NAMES", "Matrix", "codes_of", "describe", "describe_into", "give_tables"]

Matrix: TypeAlias = NDArray[np.float32]

_OTHER, _SPACE, _UPPER, _LOWER, _LETTER, _WIDE, _DIGIT, _COMMA, _STOP, _QUOTE, _BAR, _MARK, _COLON = range(13)
_CLASSES = 13
_SENTENCE_ENDS = ".!?…。！？؟।"
_QUOTES = '"“”„«»‘’‚‹›「」『』'
_COMMAS = ",;،、，"
_BARS = "|•·»›→▶/\\>«‹–—"
_BREAK = "\0"
#: What stands between two texts while all are read as one: a space, the break, a space.
_GAP = 3
_COPYRIGHT = ord("©")
_LEGAL = GROUPS.index("legal")
_MARKS = 65_536

#: The columns of `describe`, in order.
NAMES: tuple[str, ...] = (
    "characters", "words", "word_length", "upper", "digits", "wide", "commas", "stops", "quotes", "bars", "marks", "first_class",
    "last_class", "ends_sentence", "capitalized", "first_group", "last_group", *(f"share_{name}" for name in GROUPS[1:]),
    *(f"count_{name}" for name in GROUPS[2:]), "longest_gap",
)  # fmt: skip


@lru_cache(maxsize=1)
def _character_classes() -> NDArray[np.uint8]:
    """The class of each code point of the basic plane; others count as letters."""
    table = np.zeros(_MARKS + 1, np.uint8)
    for code in range(_MARKS):
        table[code] = _class_of(chr(code))
    table[_MARKS] = _LETTER
    return table


def _class_of(character: str) -> int:
    for members, number in (
        (_COMMAS, _COMMA),
        (_SENTENCE_ENDS, _STOP),
        (_QUOTES, _QUOTE),
        (_BARS, _BAR),
        (":", _COLON),
    ):
        if character in members:
            return number
    if "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af":
        return _WIDE
    category = unicodedata.category(character)
    by_category = {"Lu": _UPPER, "Lt": _UPPER, "Ll": _LOWER, "Nd": _DIGIT, "Zs": _SPACE, "Cc": _SPACE}
    return by_category.get(category, _LETTER if category[0] in "LM" else _MARK if category[0] in "PS" else _OTHER)


@lru_cache(maxsize=1)
def give_tables() -> None:
    """To the compiled core: the class and the lower case of each character, and the vocabulary."""
    lower = [character.lower() for character in map(chr, range(_MARKS))]
    codes = [ord(small) if len(small) == 1 else number for number, small in enumerate(lower)]
    native.load_wording_tables(_character_classes(), np.array(codes, np.uint32), word_groups(), len(GROUPS), _LEGAL)


def describe(texts: Sequence[str]) -> Matrix:
    """A row for each text, with the columns `NAMES`. Texts must not be empty and must not hold NUL."""
    if not texts:
        return np.zeros((0, len(NAMES)), np.float32)
    if native.LIBRARY is None:
        return _describe(texts)
    columns = np.empty((len(NAMES), len(texts)), np.float32)
    describe_into(codes_of(texts), columns)
    return columns.T


def codes_of(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The texts as the compiled core reads them: code points, a 0 between two texts."""
    return np.frombuffer(bytearray(_BREAK.join(texts).encode("utf-32-le", "replace")), np.uint32)


def describe_into(codes: NDArray[np.uint32], columns: Matrix) -> None:
    """The same by the compiled core, into the first columns of a matrix (a row of `columns` is a column of `describe`)."""
    give_tables()
    native.describe(codes, columns)


def _describe(texts: Sequence[str]) -> Matrix:
    """The same in Python."""
    joined = f" {_BREAK} ".join(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    starts = np.zeros(len(texts), np.int64)
    np.cumsum(lengths[:-1] + _GAP, out=starts[1:])
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    classes = _character_classes()[np.minimum(codes, _MARKS)]
    in_word = (classes >= _UPPER) & (classes <= _DIGIT)
    counts, first, last, words, capitalized = _characters(classes, in_word, starts, lengths)
    plain = np.where(in_word | (codes == 0), codes, np.uint32(ord(" "))).tobytes().decode("utf-32-le")
    groups, first_group, last_group = _vocabulary(plain, len(texts))
    signs = np.flatnonzero(codes == _COPYRIGHT)
    if len(signs):
        groups[:, _LEGAL] += np.bincount(np.searchsorted(starts, signs, side="right") - 1, minlength=len(texts))
        first_group[codes[starts] == _COPYRIGHT] = _LEGAL
    letters = np.maximum(1.0, counts[:, _UPPER] + counts[:, _LOWER] + counts[:, _LETTER])
    size = lengths.astype(np.float32)
    told = np.maximum(1.0, words)
    columns = [
        size, words, size / told, counts[:, _UPPER] / letters, counts[:, _DIGIT] / size, counts[:, _WIDE] / size,
        counts[:, _COMMA] / told, counts[:, _STOP], counts[:, _QUOTE], counts[:, _BAR], counts[:, _MARK] / size, first, last,
        np.isin(last, (_STOP, _QUOTE)), capitalized / told, first_group, last_group,
    ]  # fmt: skip
    gap = np.fromiter((("   " in text) + 2 * ("|" in text) for text in texts), np.float32, len(texts))
    return np.column_stack([*columns, groups[:, 1:] / told[:, None], groups[:, 2:], gap]).astype(np.float32)


def _characters(
    classes: NDArray[np.uint8], in_word: NDArray[np.bool_], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """(count of each class, class of the first character, of the last, words, capitalized words), a row a text."""
    owner = np.repeat(np.arange(len(starts)), lengths + _GAP)[: len(classes)]
    counts = np.bincount(owner * _CLASSES + classes, minlength=len(starts) * _CLASSES).reshape(-1, _CLASSES)
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1]
    words = np.bincount(owner[begins], minlength=len(starts)) + counts[:, _WIDE] // 2
    capitals = np.bincount(owner[begins & (classes == _UPPER)], minlength=len(starts))
    last = classes[starts + lengths - 1]
    return counts.astype(np.float32), classes[starts], last, words.astype(np.float32), capitals.astype(np.float32)


def _vocabulary(plain: str, size: int) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """(count of words of each group, group of the first word, of the last), a row a text."""
    tokens = plain.lower().split()
    get = _lookup().get
    found = np.fromiter(map(get, tokens, repeat(0)), np.int64, len(tokens))
    breaks = found < 0
    owner = np.cumsum(breaks)
    counts = np.bincount((owner * len(GROUPS) + found)[~breaks], minlength=size * len(GROUPS)).reshape(-1, len(GROUPS))
    padded = np.concatenate(([-1], found, [-1]))
    edges = np.flatnonzero(padded < 0)
    return counts.astype(np.float32), padded[edges[:-1] + 1], padded[edges[1:] - 1]


@lru_cache(maxsize=1)
def _lookup() -> dict[str, int]:
    return {**word_groups(), _BREAK: -1}
