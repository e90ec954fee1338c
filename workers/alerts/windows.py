"""Rules that look at more than one article: frequency, cardinality, spike, flatline, new. State in, article in; state and firings out.

Theory. Articles come in any order within the rule's lateness, and come again after a crash; the alerts must be the same. So
- what is remembered is a set of facts (time, value): adding one twice, or in another order, gives the same set;
- a rule fires for a window key, and the more facts there are the more keys are due, never fewer: a key that is due stays due. Where a
  condition is not so by itself (a spike against its past, a silence, the first time), it is judged only on what is final: nothing can still
  come before the clock less the lateness, the clock being the newest time of the partition that is furthest behind;
- what has fired is remembered as long as its facts are, and a fact is forgotten only when no article that still counts can need it.
Then the set of keys depends on the set of articles alone. Times are event time in whole seconds since the epoch.

Frequency and cardinality slide exactly: they are due when (t - window, t] holds enough different values, t the time of an article. They
tell at most once per cell, cells being the multiples of the realert interval (default: the window).
"""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from workers.alerts.durations import spoken

__all__ = [
    "Firing",
    "Row",
    "Sliding",
    "Spiky",
    "crowd",
    "first",
    "hash_bits",
    "is_new",
    "silence",
    "silent",
    "spike",
    "spiked",
    "utc",
]

#: What is remembered, as it stands in a Table: JSON, never empty, never changed in place.
Row = Mapping[str, Any]


class Firing(NamedTuple):
    """A window key that became due, and why. Times are seconds since the epoch."""

    key: str
    reason: str
    number: int
    start_s: int
    end_s: int
    values: tuple[str, ...] = ()


class Sliding(NamedTuple):
    """So many different values within `window_s`; told once per cell of `cell_s`. `step_s`: times are rounded down to its multiples."""

    least: int
    window_s: int
    cell_s: int
    late_s: int
    step_s: int
    what: str


def crowd(row: Row | None, at_s: int, value: str, spec: Sliding, clock_s: int) -> tuple[Row, tuple[Firing, ...]]:
    """Enough different values within the window? `clock_s` is how far all articles have come.

    For a frequency the value is the article's id, for a cardinality what is counted.
    """
    events: list[tuple[int, str]] = [(at, one) for at, one in row["events"]] if row else []
    event = (at_s - at_s % spec.step_s, value)
    spot = bisect_left(events, event)
    if spot == len(events) or events[spot] != event:
        events.insert(spot, event)
    fired: set[int] = set(row["fired"]) if row else set()
    due = _crowded(events, spec, fired)
    fired |= due.keys()
    oldest = clock_s - spec.late_s - spec.window_s - spec.step_s
    kept = [one for one in _needed(events, fired, spec) if one[0] > oldest]
    cells = sorted(cell for cell in fired if (cell + 1) * spec.cell_s > oldest)
    until = max([clock_s, *(at for at, _ in kept[-1:])]) + spec.late_s + spec.window_s + spec.cell_s
    return {"events": kept, "fired": cells, "until": until}, tuple(due.values())


def _crowded(events: Sequence[tuple[int, str]], spec: Sliding, fired: set[int]) -> dict[int, Firing]:
    """The cells that are due and have not fired."""
    due: dict[int, Firing] = {}
    inside: Counter[str] = Counter()
    first = 0
    for at, value in events:
        inside[value] += 1
        while events[first][0] <= at - spec.window_s:
            gone = events[first][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        cell = at // spec.cell_s
        if len(inside) >= spec.least and cell not in fired and cell not in due:
            reason = f"{len(inside)} {spec.what} within {spoken(spec.window_s)}, {spec.least} needed"
            due[cell] = Firing(str(cell), reason, len(inside), at - spec.window_s, at, tuple(sorted(inside)[:50]))
    return due


def _needed(events: Sequence[tuple[int, str]], fired: set[int], spec: Sliding) -> list[tuple[int, str]]:
    """Of a cell that has fired, only later cells ask: the newest time of the newest `least` values answers them as well as all would."""
    kept: list[tuple[int, str]] = []
    newest: dict[int, set[str]] = {}
    for at, value in reversed(events):
        cell = at // spec.cell_s
        if cell in fired:
            values = newest.setdefault(cell, set())
            if value in values or len(values) >= spec.least:
                continue
            values.add(value)
        kept.append((at, value))
    kept.reverse()
    return kept


# -- spike ---------------------------------------------------------------------------------------------------------------

#: Smallest hashes kept of a window's articles; up to so many the count is exact, beyond its standard error is 1/sqrt(510) = 4.4 %
#: (k minimum values: Bar-Yossef et al. 2002). It never falls when an article is added.
_SKETCH = 512
_HASH_BITS = 52


class Spiky(NamedTuple):
    """How a spike is told from the past."""

    window_s: int
    factor: float
    least: int
    past: int
    warm_up: int
    late_s: int


def spike(row: Row | None, at_s: int, hashed: int, spec: Spiky, clock_s: int) -> Row:
    """Remember an article by 52 bits that stand for it."""
    windows = _windows(row)
    number = at_s // spec.window_s
    held = windows.get(number, [])
    if isinstance(held, list) and hashed not in held:
        windows[number] = sorted([*held, hashed])[:_SKETCH]
    until = max(clock_s, at_s) + (_gap(spec) + spec.past + 1) * spec.window_s + spec.late_s
    return {
        **(row or {"fired": []}),
        "windows": {str(one): held for one, held in sorted(windows.items())},
        "until": max(until, row["until"] if row else 0),
    }


def spiked(row: Row, spec: Spiky, clock_s: int, since_s: int) -> tuple[Row, tuple[Firing, ...]]:
    """Is a window far above the mean of those before? `since_s` is the rule's first time.

    The mean is that of `past` windows, those left out that can still change when the window begins; where the clock is behind, it is waited for.
    """
    windows = _windows(row)
    gap, final = _gap(spec), (clock_s - spec.late_s) // spec.window_s
    fired: set[int] = set(row["fired"])
    due = [
        firing
        for one in sorted(windows)
        if one - gap < final and isinstance(windows[one], list) and one not in fired
        if (firing := _spiked(windows, one, gap, spec, since_s))
    ]
    fired |= {int(one.key) for one in due}
    new: Row = {
        **row,
        # A window that is final, and judged, needs its number only.
        "windows": {
            str(one): held if one >= final else _size(held)
            for one, held in sorted(windows.items())
            if one >= final - gap - spec.past
        },
        "fired": sorted(one for one in fired if one >= final),
    }
    waits = any(one - gap >= final for one in windows)
    return {**{key: value for key, value in new.items() if key != "waits"}, **({"waits": True} if waits else {})}, tuple(due)  # fmt: skip


def _windows(row: Row | None) -> dict[int, list[int] | int]:
    return {int(number): held for number, held in row["windows"].items()} if row else {}


def _gap(spec: Spiky) -> int:
    """Windows between one and its past: as many as the lateness covers, so that the past is final when the window begins."""
    return -(-spec.late_s // spec.window_s) + 1


def _spiked(windows: Mapping[int, list[int] | int], number: int, gap: int, spec: Spiky, since_s: int) -> Firing | None:
    known = number - gap - since_s // spec.window_s + 1
    if known < spec.warm_up:
        return None
    span = min(spec.past, known)
    mean = sum(_size(windows.get(one, 0)) for one in range(number - gap - span + 1, number - gap + 1)) / span
    count = _size(windows[number])
    if count < max(spec.least, spec.factor * mean):
        return None
    start = number * spec.window_s
    reason = f"{count} articles within {spoken(spec.window_s)}, {mean:.2g} on average before"
    return Firing(str(number), reason, count, start, start + spec.window_s)


def hash_bits(text: str) -> int:
    """The 52 bits that stand for an article."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) >> (64 - _HASH_BITS)


def _size(held: list[int] | int) -> int:
    if isinstance(held, int):
        return held
    return len(held) if len(held) < _SKETCH else int((_SKETCH - 1) * 2**_HASH_BITS / held[-1])


# -- flatline ------------------------------------------------------------------------------------------------------------


def silence(row: Row | None, at_s: int, window_s: int) -> Row:
    """Remember that something was heard."""
    step_s = _step(window_s)
    return {**(row or {}), "times": sorted({*(row["times"] if row else ()), at_s - at_s % step_s})}


def silent(row: Row, window_s: int, final_s: float) -> tuple[Row, tuple[Firing, ...]]:
    """Was nothing heard for a window? `final_s`: nothing earlier can come, from any source; only silences that end before it are told."""
    step_s = _step(window_s)
    times: Sequence[int] = row["times"]
    told = row.get("told", -1)
    due = [
        Firing(str(at), f"nothing for {spoken(window_s)}", 0, at, at + window_s)
        for at, after in zip(times, [*times[1:], None], strict=True)
        if at > told and _over(at, window_s) <= final_s and (after is None or after > at + window_s + step_s)
    ]
    kept = [at for at in times if _over(at, window_s) > final_s] or [times[-1]]
    new: Row = {**row, "times": kept, "told": max([told, *(int(one.key) for one in due)])}
    return (row, ()) if kept == list(times) and not due else (new, tuple(due))


def _step(window_s: int) -> int:
    """Times are rounded down to a 60th of the window, so that few are remembered."""
    return max(1, window_s // 60)


def _over(at_s: int, window_s: int) -> int:
    """From when on it is certain whether the window after `at_s` was silent: times lose up to one step, `at_s` itself too."""
    return at_s + window_s + 2 * _step(window_s)


# -- new -----------------------------------------------------------------------------------------------------------------


def first(row: Row | None, at_s: int, remember_s: int, clock_s: int) -> Row:
    """Remember that a value was there."""
    until = max(clock_s, at_s) + remember_s
    return {**(row or {}), "first": min(row["first"], at_s) if row else at_s, "until": max(until, row["until"] if row else 0)}  # fmt: skip


def is_new(row: Row, learnt_s: int, final_s: int) -> tuple[Row, bool]:
    """Is a value there for the first time? `learnt_s`: when the rule has learnt what is known.

    Judged once nothing can come from before that; until then what is in the row as `pending` waits.
    """
    if row.get("told") or row["first"] < learnt_s:
        return (
            ({key: value for key, value in row.items() if key != "pending"}, False)
            if "pending" in row
            else (row, False)
        )
    if final_s < learnt_s:
        return row, False
    return {**{key: value for key, value in row.items() if key != "pending"}, "told": True}, True


def utc(at_s: float) -> datetime:
    """Seconds since the epoch as a time."""
    return datetime.fromtimestamp(at_s, UTC)
