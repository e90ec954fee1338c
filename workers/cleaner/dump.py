"""Text dumps: which lines are the article, which is its title, and why each other line goes."""

from collections import Counter
from collections.abc import Sequence

from workers.cleaner.lines import classify, is_prose, starts_legal_notice, words_in
from workers.text.normalize import comparable

__all__ = ["choose_lines"]

_GAP = 6
_TITLE_WORDS = (3, 40)


def choose_lines(lines: Sequence[str], title_hint: str | None) -> tuple[list[str | None], str | None, int]:
    """(reason for each line or None for body, title, index of the title's last line or -1)."""
    reasons: list[str | None] = [classify(line) for line in lines]
    _cut_after_legal_notice(lines, reasons)
    prose = [reason is None and is_prose(line) for line, reason in zip(lines, reasons, strict=True)]
    first, last = _body_region(lines, prose)
    title, index = _title(lines, reasons, first, title_hint)
    for number, line in enumerate(lines):
        if reasons[number] is not None:
            continue
        if title is not None and comparable(line) == comparable(title) and number <= max(index, first):
            reasons[number] = "title" if number == index else "repeated_title"
        elif not first <= number <= last:
            reasons[number] = _outside(line, number, first, index)
        elif not prose[number] and not _belongs(lines, prose, number):
            reasons[number] = "widget_label"
    return reasons, title, index


def _cut_after_legal_notice(lines: Sequence[str], reasons: list[str | None]) -> None:
    """The paragraphs under a legal heading go with it, up to the first short label after them."""
    for number, line in enumerate(lines):
        if not starts_legal_notice(line):
            continue
        for below in range(number + 1, min(number + 6, len(lines))):
            if words_in(lines[below]) < 6:
                break
            reasons[below] = "legal_notice"


def _body_region(lines: Sequence[str], prose: Sequence[bool]) -> tuple[int, int]:
    """First and last line of the heaviest run of prose; runs with few lines between them are one. (0, -1) where there is none."""
    runs: list[tuple[int, int, int]] = []
    for number, is_body in enumerate(prose):
        if not is_body:
            continue
        if runs and number - runs[-1][1] <= _GAP:
            start, _, weight = runs[-1]
            runs[-1] = (start, number, weight + len(lines[number]))
        else:
            runs.append((number, number, len(lines[number])))
    if not runs:
        return 0, -1
    start, end, _ = max(runs, key=lambda run: run[2])
    return start, end


def _title(lines: Sequence[str], reasons: Sequence[str | None], first: int, hint: str | None) -> tuple[str | None, int]:
    """The line said twice, else the nearest fitting line above the body."""
    above = [number for number in range(first) if reasons[number] is None and _could_be_title(lines[number])]
    if hint is not None:
        same = [number for number in above if comparable(lines[number]) == comparable(hint)]
        return hint, same[-1] if same else -1
    times = Counter(comparable(lines[number]) for number in above)
    repeated = [number for number in above if times[comparable(lines[number])] > 1]
    near = [number for number in above if first - number <= 8]
    chosen = (repeated or near)[-1:]
    return (lines[chosen[0]], chosen[0]) if chosen else (None, -1)


def _could_be_title(line: str) -> bool:
    return _TITLE_WORDS[0] <= words_in(line) <= _TITLE_WORDS[1] and len(line) <= 250


def _belongs(lines: Sequence[str], prose: Sequence[bool], number: int) -> bool:
    """A short line inside the body: a subheading, a list item or a broken line, when prose follows soon."""
    follows = any(prose[number + 1 : number + 3])
    return follows and words_in(lines[number]) <= 16 and words_in(lines[number]) >= 2


def _outside(line: str, number: int, first: int, title_index: int) -> str:
    if number < first:
        return "byline" if 0 <= title_index < number else "header"
    return "widget_label" if words_in(line) <= 4 else "footer"
