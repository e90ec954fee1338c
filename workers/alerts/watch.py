"""From matches to what is worth an alert, by the kind of the rule: the state machines of windows.py, one for each rule and group."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.alerts import AlertMatch
from schemas.rules import AlertRule, Cardinality, Flatline, Frequency, New, Spike
from workers.alerts.durations import seconds
from workers.alerts.memory import Key, Memory
from workers.alerts.rules import kind_of, lateness_s
from workers.alerts.windows import Firing, Row, Sliding, Spiky, crowd, first, hash_bits, silence, spike

__all__ = ["MOST_GROUPS", "Worth", "clock_of", "watch"]

#: Groups (sources, countries, values that are new) that a rule may have at once; more are refused and counted.
MOST_GROUPS = 10_000
_MOST_PENDING = 1000
_LONGEST_VALUE = 200


class Worth(NamedTuple):
    """Something to tell: the match it came with, the group, and the window. `firing` is None where the match itself is it."""

    match: AlertMatch
    group: str
    firing: Firing | None


class Odd(NamedTuple):
    """A match that could not count, and why: `late`, `too_many_groups`."""

    reason: str


def watch(memory: Memory, match: AlertMatch) -> Iterator[Worth | Odd]:
    """What becomes due with this match of a rule that looks at several articles."""
    rule, at_s = match.rule, int(match.at.timestamp())
    kind = kind_of(rule)
    late_s = lateness_s(rule)
    whole: Key = ("rule", rule.key, match.state)
    known = memory.get(whole) or {"clock": at_s, "since": at_s}
    row = {**known, "clock": max(known["clock"], at_s), "since": min(known["since"], at_s)}
    if at_s < known["clock"] - late_s and kind is not None:
        yield Odd("late")
        return
    memory.put(whole, row)
    if isinstance(kind, New):
        yield from _new(memory, match, kind, whole)
        return
    for group in match.groups if getattr(kind, "by", None) else ("",):
        yield from _in_group(memory, match, group, row)


def _in_group(memory: Memory, match: AlertMatch, group: str, whole: Row) -> Iterator[Worth | Odd]:
    rule, at_s, late_s = match.rule, int(match.at.timestamp()), lateness_s(match.rule)
    key: Key = ("group", rule.key, match.state, _short(group))
    row = memory.get(key)
    # A crash may have kept the group's row and lost the rule's: the later clock of both counts.
    clock_s = max(whole["clock"], row["clock"] if row else 0)
    if row and row.get("until", clock_s) < clock_s:
        row = None
    if row and at_s < row["clock"] - late_s:
        yield Odd("late")
        return
    if row is None and memory.count("group", rule.key) >= MOST_GROUPS:
        yield Odd("too_many_groups")
        return
    kind = kind_of(rule)
    due: tuple[Firing, ...] = ()
    match kind:
        case Frequency() | Cardinality():
            values = (match.article.id,) if isinstance(kind, Frequency) else match.values
            for value in values:
                row, new = crowd(row, at_s, _short(value), _sliding(rule, kind), clock_s)
                due += new
        case Spike():
            row, due = spike(row, at_s, hash_bits(match.article.id), _spiky(kind, late_s), clock_s, whole["since"])
        case Flatline():
            row = silence(row, at_s, seconds(kind.window))
            row = {**row, "article": match.article.model_dump(mode="json", exclude_none=True)}
        case _:
            return
    if row is not None:
        memory.put(key, {**row, "clock": clock_s})
    yield from (Worth(match, group, firing) for firing in due)


def _new(memory: Memory, match: AlertMatch, kind: New, whole: Key) -> Iterator[Worth | Odd]:
    for value in match.values:
        key: Key = ("group", match.rule.key, match.state, _short(value))
        if memory.get(key) is None and memory.count("group", match.rule.key) >= MOST_GROUPS:
            yield Odd("too_many_groups")
            continue
        yield from _is_new(memory, match, value, kind, whole)
    row = memory.get(whole) or {}
    for value in row.get("pending", ()):
        held = memory.get(("group", match.rule.key, match.state, value))
        if held and held.get("pending"):
            yield from _is_new(memory, AlertMatch.model_validate(held["pending"]), value, kind, whole)


def _is_new(memory: Memory, match: AlertMatch, value: str, kind: New, whole: Key) -> Iterator[Worth]:
    rule, at_s = match.rule, int(match.at.timestamp())
    row = memory.get(whole) or {}
    key: Key = ("group", rule.key, match.state, _short(value))
    before = memory.get(key)
    clock_s = max(row["clock"], before["clock"] if before else 0)
    learnt_s, final_s = row["since"] + seconds(kind.learn), clock_s - lateness_s(rule)
    if before and before["until"] < clock_s:
        before = None
    after, fires = first(before, at_s, learnt_s, final_s, seconds(kind.remember), clock_s)
    pending = [one for one in row.get("pending", ()) if one != key[-1]]
    if after.get("pending") and len(pending) < _MOST_PENDING:
        earlier = (before or {}).get("pending")
        after = {**after, "pending": earlier or match.model_dump(mode="json", exclude_none=True)}
        pending.append(key[-1])
    memory.put(key, {**after, "clock": clock_s})
    memory.put(whole, {**row, "pending": pending} if pending else {k: v for k, v in row.items() if k != "pending"})
    if fires:
        yield Worth(match, value, Firing("new", f"{kind.of} {value} for the first time", 1, at_s, at_s, (value,)))


def clock_of(memory: Memory) -> float | None:
    """How far the articles of all partitions have come; None until each has told."""
    row = memory.get(("clock",))
    if row is None or len(row["partitions"]) < row["of"]:
        return None
    return float(min(row["partitions"].values()))


def _sliding(rule: AlertRule, kind: Frequency | Cardinality) -> Sliding:
    window_s = seconds(kind.window)
    cell_s = seconds(rule.realert) if rule.realert else window_s
    step_s, what = (1, "articles") if isinstance(kind, Frequency) else (max(1, window_s // 60), f"different {kind.of}")
    return Sliding(kind.count, window_s, cell_s, lateness_s(rule), step_s, what)


def _spiky(kind: Spike, late_s: int) -> Spiky:
    return Spiky(seconds(kind.window), kind.factor, kind.least, kind.past, kind.warm_up or kind.past, late_s)


def _short(value: str) -> str:
    """A value within bounds: a longer one is known by its beginning and its hash."""
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}#{hash_bits(value):x}"
