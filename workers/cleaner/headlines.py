"""The headline of a text dump: which line above or at the start of the body says in a few words what the body says in many."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workers.cleaner import wording
from workers.cleaner.lines import words_in
from workers.cleaner.segments import Segment
from workers.cleaner.trees import Trees
from workers.cleaner.wording import Matrix
from workers.text.normalize import comparable

__all__ = ["NAMES", "headline_candidates", "headline_rows", "likeliest_headline"]

_ABOVE, _BELOW = 80, 3
_WORDS = (2, 40)
_LONGEST = 250
_BODY_CHARACTERS = 3_000
_LONG_WORD = 4

#: The columns of `headline_rows`, in order.
NAMES: tuple[str, ...] = (
    *wording.NAMES, "chance", "from_first", "candidates", "copies", "is_last_copy", "blanks_before", "blanks_after", "bullet", "overlap", "overlap_rank",
    "overlap_below_best", "words_rank", "number", "body_words", "glue",
)  # fmt: skip


class _Body(NamedTuple):
    first: int
    words: frozenset[str]


def _body(segments: Sequence[Segment], chosen: Sequence[bool], first: int) -> _Body:
    text = " ".join(segments[number].text for number in range(first, len(segments)) if chosen[number])[
        :_BODY_CHARACTERS
    ]
    return _Body(first, _long_words(text))


def _long_words(text: str) -> frozenset[str]:
    return frozenset(word for word in comparable(text).split() if len(word) >= _LONG_WORD)


def headline_candidates(segments: Sequence[Segment], told: Sequence[str | None], first: int) -> list[int]:
    """The numbers of the pieces that may be the headline: up to 80 above the first of the body, and the first three of it."""
    return [
        number
        for number in range(max(0, first - _ABOVE), min(len(segments), first + _BELOW))
        if told[number] is None
        and len(segments[number].text) <= _LONGEST
        and _WORDS[0] <= words_in(segments[number].text) <= _WORDS[1]
    ]


def headline_rows(
    segments: Sequence[Segment], found: Sequence[int], chosen: Sequence[bool], chances: Matrix, first: int
) -> Matrix:
    """A row for each candidate, with the columns `NAMES`."""
    body = _body(segments, chosen, first)
    said = wording.describe([segments[number].text for number in found])
    own = [_long_words(segments[number].text) for number in found]
    overlap = np.array(
        [len(words & body.words) / max(1, len(words)) * min(1.0, len(words) / 3) for words in own], np.float32
    )
    times = Counter(comparable(segments[number].text) for number in found)
    last = {comparable(segments[number].text): number for number in found}
    names = [comparable(segments[number].text) for number in found]
    rest = [
        [
            float(chances[number]), float(number - first), float(len(found)), float(times[name]), float(last[name] == number),
            float(min(12, segments[number].blanks)), float(min(12, segments[number + 1].blanks)) if number + 1 < len(segments) else 12.0,
            float(segments[number].bullet), 0.0, 0.0, 0.0, 0.0, float(number), float(len(body.words)), float(segments[number].glue),
        ]
        for number, name in zip(found, names, strict=True)
    ]  # fmt: skip
    rows = np.concatenate([said, np.array(rest, np.float32).reshape(len(found), -1)], axis=1)
    place = NAMES.index("overlap")
    rows[:, place] = overlap
    rows[:, place + 1] = np.argsort(np.argsort(-overlap, kind="stable"), kind="stable")
    rows[:, place + 2] = overlap.max(initial=0.0) - overlap
    rows[:, place + 3] = np.argsort(np.argsort(-said[:, NAMES.index("words")], kind="stable"), kind="stable")
    return rows


def likeliest_headline(
    segments: Sequence[Segment],
    told: Sequence[str | None],
    chosen: Sequence[bool],
    chances: Matrix,
    first: int,
    model: Trees,
) -> int:
    """The number of the likeliest headline, or -1 where nothing is likely to be one; of a headline said twice, the last."""
    found = headline_candidates(segments, told, first)
    if not found:
        return -1
    likely = model.chances(headline_rows(segments, found, chosen, chances, first))
    best = int(np.argmax(likely))
    if likely[best] < _LEAST_CHANCE:
        return -1
    name = comparable(segments[found[best]].text)
    return max(
        number for number in found if number <= max(first, found[best]) and comparable(segments[number].text) == name
    )


#: Below this no line is taken for a headline.
_LEAST_CHANCE = 0.1
