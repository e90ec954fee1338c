"""The headline of a text dump: which line (or part of one) above or at the start of the body says in a few words what the body says in many."""

import re
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

__all__ = ["NAMES", "Headline", "body_start", "headline_candidates", "headline_rows", "likeliest_headline"]

_ABOVE, _BELOW = 80, 3
_WORDS = (2, 40)
_LONGEST = 250
_BODY_CHARACTERS, _LEAD_CHARACTERS = 3_000, 400
_LONG_WORD = 4
#: Scripts without spaces are compared by pairs of characters.
_WIDE_RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff]{2,}")
#: A line longer than this may hold a label, a headline and a byline that were run together.
_LEAST_PARTED = 20
_MOST_PARTS = 5
#: Where a line may be a label and a headline run together: wide space, bars, "LOGINThe", "NewsFive", "year:How".
_JOINTS = re.compile(
    r"^\d{1,2}[.)]\s+|\s{3,}|\t+|\s[|»›•·]\s|(?<=[A-ZÀ-Þ]{3})(?=[A-ZÀ-Þ][a-zß-ÿ]+\s)|(?<=[A-Z]{3})(?=[‘“\"'«„])|(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ0-9][a-zß-ÿ0-9]+\s)|(?<=[a-zß-ÿ]:)(?=[A-ZÀ-Þ])|"
    r"(?<=[a-zß-ÿ])(?=[“„«][A-ZÀ-Þ])"
)  # fmt: skip
_BULLET = re.compile(r"^[•·▪◦‣*]\s+")
_NEXT, _BEFORE = 4, 2
_MOST_HOLDING = 9
_FAR = 9
#: A start of the body holds so many words; of the eight pieces from there on three are body, and so much of their text.
_SOLID_WORDS, _SOLID_REACH, _SOLID_PIECES, _SOLID_SHARE = 12, 8, 3, 0.6
#: Below this no line is taken for a headline; the chances of one that is said twice add up.
_LEAST_CHANCE = 0.1

_WORDING = ("words", "characters", "chance", "date", "byline", "ends")
#: The columns of `headline_rows`, in order.
NAMES: tuple[str, ...] = (
    *wording.NAMES, "chance", "from_first", "candidates", "copies", "is_last_copy", "blanks_before", "blanks_after", "bullet", "glue", "glue_after",
    "overlap", "overlap_rank", "overlap_below_best", "lead_overlap", "own_overlap", "words_rank", "number", "body_words", "to_stamp", "holding",
    "part", "parts", "part_of_words", "other_part_words", "longest_below",
    *(f"{what}_{step}" for step in (*range(-_BEFORE, 0), *range(1, _NEXT + 1)) for what in _WORDING),
)  # fmt: skip


class Headline(NamedTuple):
    """A text that may be the headline, the piece that holds it, and which part of it: 0 for all of it, else counted from 1."""

    text: str
    number: int
    part: int = 0
    parts: int = 1


def body_start(segments: Sequence[Segment], chosen: Sequence[bool], chances: Matrix) -> int:
    """The first piece of the body proper: a chosen one of some length with mostly body below it; else the first chosen, else the likeliest."""
    if True not in chosen:
        return int(np.argmax(chances)) if len(segments) else 0
    sizes = np.array([len(segment.text) for segment in segments], np.float32)
    held = np.concatenate([[0.0], np.cumsum(sizes * np.array(chosen))])
    whole = np.concatenate([[0.0], np.cumsum(sizes)])
    for number, is_body in enumerate(chosen):
        end = min(len(segments), number + _SOLID_REACH)
        if (
            is_body
            and sum(chosen[number:end]) >= _SOLID_PIECES
            and held[end] - held[number] >= _SOLID_SHARE * (whole[end] - whole[number])
            and words_in(segments[number].text) >= _SOLID_WORDS
        ):
            return number
    return chosen.index(True)


def headline_candidates(segments: Sequence[Segment], told: Sequence[str | None], first: int) -> list[Headline]:
    """What may be the headline: each piece of some words from 80 above the first of the body to three into it, and the parts of those that
    look as if they were run together."""
    found: list[Headline] = []
    for number in range(max(0, first - _ABOVE), min(len(segments), first + _BELOW)):
        text = _BULLET.sub("", segments[number].text)
        if told[number] is not None:
            continue
        parts = _parts(text)
        texts = [text, *parts]
        found += [
            Headline(part, number, place, len(texts))
            for place, part in enumerate(texts)
            if len(part) <= _LONGEST and _WORDS[0] <= words_in(part) <= _WORDS[1]
        ]
    return found


def _parts(text: str) -> list[str]:
    """Its parts where it looks run together, and what follows each; a line that does not is not parted."""
    if not _LEAST_PARTED <= len(text) <= 2 * _LONGEST:
        return []
    cuts = list(_JOINTS.finditer(text))[:_MOST_PARTS]
    if not cuts:
        return []
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(text)]
    parts = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    rests = [text[start:].strip() for start in starts[1:-1]]
    return [part for part in dict.fromkeys([*parts, *rests]) if part]


def _long_words(text: str) -> frozenset[str]:
    words = {word for word in comparable(text).split() if len(word) >= _LONG_WORD}
    for run in _WIDE_RUN.findall(text):
        words -= {run}
        words |= {run[place : place + 2] for place in range(len(run) - 1)}
    return frozenset(words)


def headline_rows(
    segments: Sequence[Segment], found: Sequence[Headline], chosen: Sequence[bool], chances: Matrix, first: int
) -> Matrix:
    """A row for each candidate, with the columns `NAMES`."""
    if not found:
        return np.zeros((0, len(NAMES)), np.float32)
    said = wording.describe([one.text for one in found])
    near = _neighbours(segments, chances, found)
    rest = _whereabouts(segments, found, chances, first)
    overlaps = _overlaps(segments, found, chosen, first, said[:, NAMES.index("words")])
    places = np.array([place for place, _ in _REST], np.int64)
    columns = np.zeros((len(found), len(NAMES)), np.float32)
    columns[:, : said.shape[1]] = said
    columns[:, places] = rest
    for name, values in overlaps.items():
        columns[:, NAMES.index(name)] = values
    columns[:, NAMES.index("to_stamp")] = near[1]
    columns[:, -near[0].shape[1] :] = near[0]
    return columns


_REST = tuple(
    (NAMES.index(name), name)
    for name in (
        "chance", "from_first", "candidates", "copies", "is_last_copy", "blanks_before", "blanks_after", "bullet", "glue", "glue_after", "number",
        "holding", "part", "parts", "part_of_words", "other_part_words",
    )
)  # fmt: skip


def _whereabouts(segments: Sequence[Segment], found: Sequence[Headline], chances: Matrix, first: int) -> Matrix:
    """The columns of `_REST`: where the candidate stands and how often its words are said."""
    names = [comparable(one.text) for one in found]
    lines = [comparable(segment.text) if len(segment.text) <= 2 * _LONGEST else "" for segment in segments]
    times = Counter(lines)
    joined = "\n".join(lines)
    last = {name: one.number for one, name in zip(found, names, strict=True) if one.number <= first}
    rows = []
    for one, name in zip(found, names, strict=True):
        number = one.number
        after = segments[number + 1] if number + 1 < len(segments) else None
        words, whole = words_in(one.text), words_in(segments[number].text)
        rows.append([
            float(chances[number]), float(number - first), float(len(found)), float(min(5, times[name])), float(last.get(name) == number),
            float(min(12, segments[number].blanks)), float(min(12, after.blanks)) if after else 12.0, float(segments[number].bullet),
            float(segments[number].glue), float(after.glue) if after else 0.0, float(number),
            float(_lines_with(name, joined)) if len(name) > 12 else 0.0, float(one.part), float(one.parts),
            words / max(1, whole), float(whole - words),
        ])  # fmt: skip
    return np.array(rows, np.float32)


def _lines_with(words: str, lines: str) -> int:
    """In how many of the lines the words stand; nine for nine or more."""
    count = 0
    at = lines.find(words)
    while at >= 0 and count < _MOST_HOLDING:
        count += 1
        end = lines.find("\n", at + len(words))
        at = lines.find(words, end) if end >= 0 else -1
    return count


def _overlaps(
    segments: Sequence[Segment], found: Sequence[Headline], chosen: Sequence[bool], first: int, words: Matrix
) -> dict[str, Matrix]:
    """How much of its longer words the body says, and says alone."""
    body = " ".join(segments[number].text for number in range(first, len(segments)) if chosen[number])
    of_body, of_lead = _long_words(body[:_BODY_CHARACTERS]), _long_words(body[:_LEAD_CHARACTERS])
    above = Counter(word for number in range(first) for word in _long_words(segments[number].text))
    own = [_long_words(one.text) for one in found]

    def share(of: frozenset[str]) -> Matrix:
        return np.array([len(mine & of) / max(1, len(mine)) * min(1.0, len(mine) / 3) for mine in own], np.float32)

    overlap = share(of_body)
    rank = np.argsort(np.argsort(-overlap, kind="stable"), kind="stable").astype(np.float32)
    by_words = np.argsort(np.argsort(-words, kind="stable"), kind="stable").astype(np.float32)
    alone = np.array([sum(1 / max(1, above[word]) for word in mine & of_body) for mine in own], np.float32)
    below = np.zeros(len(found), np.float32)
    numbers = np.array([one.number for one in found])
    for place in range(len(found)):
        later = overlap[numbers > numbers[place]]
        below[place] = later.max() if len(later) else 0.0
    return {
        "overlap": overlap, "overlap_rank": rank, "overlap_below_best": overlap.max() - overlap, "lead_overlap": share(of_lead), "own_overlap": alone,
        "words_rank": by_words, "body_words": np.full(len(found), len(of_body), np.float32), "longest_below": below,
    }  # fmt: skip


def _neighbours(segments: Sequence[Segment], chances: Matrix, found: Sequence[Headline]) -> tuple[Matrix, Matrix]:
    """(columns of the pieces before and after; how far below the next line with a date or a byline stands)."""
    low = max(0, found[0].number - _BEFORE)
    high = min(len(segments), found[-1].number + _FAR + 1)
    said = wording.describe([segment.text for segment in segments[low:high]])
    index = wording.NAMES.index
    telling = np.stack(
        [
            said[:, index("words")], said[:, index("characters")], chances[low:high], said[:, index("count_date")], said[:, index("count_byline")],
            said[:, index("ends_sentence")],
        ],
        axis=1,
    )  # fmt: skip
    padded = np.full((len(telling) + _BEFORE + _FAR, telling.shape[1]), -1, np.float32)
    padded[_BEFORE : _BEFORE + len(telling)] = telling
    at = np.array([one.number for one in found]) - low + _BEFORE
    steps = [*range(-_BEFORE, 0), *range(1, _NEXT + 1)]
    columns = np.concatenate([padded[at + step] for step in steps], axis=1)
    stamped = (padded[:, 0] > 0) & (padded[:, 0] <= 15) & ((padded[:, 3] > 0) | (padded[:, 4] > 0))
    to_stamp = np.full(len(found), _FAR, np.float32)
    for step in range(_FAR - 1, 0, -1):
        to_stamp[stamped[at + step]] = step
    return columns, to_stamp


def likeliest_headline(
    segments: Sequence[Segment], told: Sequence[str | None], chosen: Sequence[bool], chances: Matrix, model: Trees
) -> Headline | None:
    """The likeliest headline, or None where nothing is likely to be one; of a headline said twice, the last above the body."""
    first = body_start(segments, chosen, chances)
    found = headline_candidates(segments, told, first)
    if not found:
        return None
    likely = model.chances(headline_rows(segments, found, chosen, chances, first))
    best = found[int(np.argmax(likely))]
    name = comparable(best.text)
    said = [place for place, one in enumerate(found) if comparable(one.text) == name]
    if likely[said].sum() < _LEAST_CHANCE:
        return None
    return max(
        (found[place] for place in said if found[place].number <= max(first, best.number)),
        key=lambda one: (one.number, -one.part),
    )
