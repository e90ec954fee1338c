"""Text dumps: which pieces are the article, which is its title, and why each other piece goes."""

from collections.abc import Sequence

import numpy as np

from workers.cleaner.blocks import Block
from workers.cleaner.body_model import Models, line_chances
from workers.cleaner.byline import is_byline
from workers.cleaner.choice import Choice
from workers.cleaner.headlines import likeliest_headline
from workers.cleaner.lines import (
    classify,
    is_navigation,
    is_prose,
    points_elsewhere,
    starts_legal_notice,
    words_in,
)
from workers.cleaner.memory import Profile, repeated
from workers.cleaner.metadata import Metadata
from workers.cleaner.segments import Segment, goes_on, join_segments, split_dump
from workers.cleaner.signs import FIGURE, NAMED, SEPARATOR, signs_of
from workers.cleaner.wording import Matrix
from workers.text.normalize import comparable, says

__all__ = ["choose_lines"]

#: Above this chance a piece is body. Chosen on the development dumps, each read by a model that had not seen its domain.
_BODY = 0.5
#: Enough for a sentence that follows the body, and for a body that is in doubt as a whole.
_LOW = 0.2
#: What a line is wherever it stands, whatever the model thinks.
_RULED = frozenset({"document_id", "timestamp", "clock"})


#: How many pieces below a sentence may go on, and the longest name or link (characters) that stands between.
_PARTS, _LONGEST_PART = 2, 40
#: A name or another scrap of a sentence is repeated by chance; it goes only where the model is in doubt.
_OWN_WORDS, _SURE = 6, 0.8


def choose_lines(content: str, title_hint: str | None, models: Models, profile: Profile | None = None) -> Choice:
    """The choice for a dump; with the source's profile, what the source repeats goes as well."""
    segments = split_dump(content)
    texts = [segment.text for segment in segments]
    chances = line_chances(segments, models)
    signs = signs_of(texts)
    told = list(map(_ruled, texts, signs))
    _cut_after_legal_notice(texts, told)
    if profile is not None:
        cut_repeated(texts, told, chances, profile)
    chosen = [chance >= _BODY and reason is None for chance, reason in zip(chances.tolist(), told, strict=True)]
    if True not in chosen:
        chosen = _likeliest(texts, chances, told)
    _carry_on(texts, chosen, chances, told, signs)
    _finish_sentences(segments, chosen, told)
    first = chosen.index(True) if True in chosen else len(chosen)
    title, index = (
        _headline(segments, told, chosen, chances, models)
        if title_hint is None
        else (title_hint, _place_of(title_hint, texts, first))
    )
    reasons: list[str | None] = []
    scores: list[float] = []
    heading, last = comparable(title or ""), max(index, first)
    for number, text in enumerate(texts):
        reason, score = told[number], 1.0
        if heading and number <= last and says(text, heading):
            reason = "title" if number == index else "repeated_title"
        elif number == index and not chosen[number]:
            reason = "title"
        elif reason is None and not chosen[number]:
            reason, score = _why(text, signs[number], number, first, index), round(1.0 - float(chances[number]), 3)
        reasons.append(reason)
        scores.append(score)
    kept = [(number, segments[number]) for number, reason in enumerate(reasons) if reason is None]
    blocks = tuple(Block(text) for text in texts)
    return Choice(blocks, tuple(reasons), title, index, Metadata(), tuple(scores), tuple(join_segments(kept)))


def _headline(
    segments: Sequence[Segment], told: Sequence[str | None], chosen: Sequence[bool], chances: Matrix, models: Models
) -> tuple[str | None, int]:
    """The headline and the number of the piece that holds it; (None, -1) where nothing is likely to be one. The sentence that is all the body is none."""
    found = likeliest_headline(segments, told, chosen, chances, models["headline.1"])
    if found is not None:
        body = {comparable(segment.text) for segment, is_body in zip(segments, chosen, strict=True) if is_body}
        alone = is_prose(found.text) and body == {comparable(found.text)}
        return (None, -1) if alone else (found.text, found.number)
    if _opens_with_headline([segment.text for segment in segments], chosen):
        return segments[0].text, 0
    return None, -1


def cut_repeated(texts: Sequence[str], told: list[str | None], chances: Matrix, profile: Profile) -> None:
    """What the source repeats is cut, unless most of the body would go: then this is an article that came before."""
    known = np.array(repeated(profile, texts), bool)
    sizes = np.array(list(map(len, texts)), np.float32) * (chances >= _BODY)
    if sizes[known].sum() > 0.5 * sizes.sum():
        return
    for number in np.flatnonzero(known).tolist():
        if (
            told[number] is None
            and chances[number] >= _BODY
            and (words_in(texts[number]) >= _OWN_WORDS or chances[number] < _SURE)
        ):
            told[number] = "source_repeats"


def _ruled(text: str, signs: int) -> str | None:
    """The reason that holds wherever the line stands, or None."""
    if len(text) > 120:
        return None
    if signs & SEPARATOR and is_navigation(text.lstrip("•· ")):
        return "navigation"
    if is_byline(text):
        return "byline"
    if points_elsewhere(text):
        return "promotion"
    reason = classify(text, signs) if signs & (FIGURE | NAMED) else None
    return reason if reason in _RULED and (reason == "document_id" or not is_prose(text)) else None


def _cut_after_legal_notice(lines: Sequence[str], reasons: list[str | None]) -> None:
    """The paragraphs under a legal heading go with it, up to the first short label after them."""
    for number, line in enumerate(lines):
        if not starts_legal_notice(line):
            continue
        reasons[number] = "legal_notice"
        for below in range(number + 1, min(number + 6, len(lines))):
            if words_in(lines[below]) < 6:
                break
            reasons[below] = "legal_notice"


def _likeliest(texts: Sequence[str], chances: Matrix, told: Sequence[str | None]) -> list[bool]:
    """Where nothing reaches the threshold (a language or a form that the model hardly saw) but something is running text: what is at least half as
    likely as the likeliest."""
    prose = [
        chance
        for text, chance, reason in zip(texts, chances.tolist(), told, strict=True)
        if reason is None and is_prose(text)
    ]
    least = max(_LOW, max(prose, default=1.0) / 2)
    return [chance >= least and reason is None for chance, reason in zip(chances.tolist(), told, strict=True)]


def _carry_on(
    texts: Sequence[str], chosen: list[bool], chances: Matrix, told: Sequence[str | None], signs: Sequence[int]
) -> None:
    """A sentence right below the body that is no clutter of any kind is body at a lower chance: the last one of a story is in doubt most."""
    doubtful = (chances >= _LOW).tolist()
    for number in range(1, len(texts)):
        if doubtful[number] and chosen[number - 1] and not chosen[number] and told[number] is None:
            text = texts[number]
            chosen[number] = is_prose(text) and classify(text, signs[number]) is None


def _finish_sentences(segments: Sequence[Segment], chosen: list[bool], told: Sequence[str | None]) -> None:
    """A sentence of the body that was broken over lines is body to its end: dumps of nodes set names and links on lines of their own."""
    said = ""
    for number in range(len(segments) - 1):
        if not chosen[number]:
            said = ""
            continue
        said = f"{said}{segments[number].text}" if said and goes_on(said, segments[number]) else segments[number].text
        if chosen[number + 1]:
            continue
        for below in range(number + 1, min(number + 1 + _PARTS, len(segments))):
            if told[below] is not None or (below > number + 1 and len(segments[below - 1].text) > _LONGEST_PART):
                break
            if goes_on(said, segments[below]):
                chosen[number + 1 : below + 1] = [True] * (below - number)
                break


def _opens_with_headline(lines: Sequence[str], chosen: Sequence[bool]) -> bool:
    """A dump that is all body but for the short line without a full stop that it begins with."""
    return (
        len(lines) > 1 and chosen[1] and not is_prose(lines[0]) and is_prose(lines[1]) and 2 < words_in(lines[0]) <= 20
    )


def _place_of(title: str, lines: Sequence[str], first: int) -> int:
    """The last line, not far below the start of the body, that says the title; -1 where none does."""
    said = comparable(title)
    return next((number for number in range(min(first + 2, len(lines) - 1), -1, -1) if says(lines[number], said)), -1)


def _why(line: str, signs: int, number: int, first: int, title_index: int) -> str:
    """The kind of clutter: by its words, else by where it stands."""
    reason = classify(line, signs)
    if reason is not None:
        return reason
    if number < first:
        return "byline" if 0 <= title_index < number else "header"
    return "widget_label" if words_in(line) <= 4 else "footer"
