"""From matches to what is worth an alert, by the kind of the rule: the state machines of windows.py, one for each rule and group."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.alerts import AlertArticle, AlertMatch, StreamClock
from schemas.rules import AlertRule, Cardinality, Flatline, Frequency, New, Spike
from workers.alerts.durations import seconds
from workers.alerts.memory import Key, Memory
from workers.alerts.rules import Kind, kind_of, lateness_s, muted_until
from workers.alerts.windows import (
    Firing,
    Sliding,
    Spiky,
    crowd,
    first,
    hash_bits,
    is_new,
    silence,
    silent,
    spike,
    spiked,
    utc,
)  # fmt: skip

__all__ = ["MOST_GROUPS", "Odd", "RunningRule", "Worth", "advance", "clock_of", "rejudge", "watch"]

#: Groups (sources, countries, values that are new) that a rule may have at once; more are refused and counted.
MOST_GROUPS = 10_000
_LONGEST_VALUE = 200


class Worth(NamedTuple):
    """Something to tell: the match it came with, the group, and the window. `firing` is None where the match itself is it."""

    match: AlertMatch
    group: str
    firing: Firing | None


class RunningRule(NamedTuple):
    """A rule that runs now, with what its rows are kept under."""

    rule: AlertRule
    version: str
    state: str


class Odd(NamedTuple):
    """A match that could not count, and why: `late`, `too_many_groups`."""

    reason: str


def watch(memory: Memory, match: AlertMatch, now_s: float) -> Iterator[Worth | Odd]:
    """What becomes due with this match of a rule that looks at several articles."""
    rule, at_s = match.rule, int(match.at.timestamp())
    kind = kind_of(rule)
    if at_s < clock_of(memory, kind) - lateness_s(rule):
        yield Odd("late")
        return
    whole: Key = ("rule", rule.key, match.state)
    known = memory.get(whole) or {"since": at_s}
    memory.put(whole, {**known, "since": min(known["since"], at_s), "now": int(now_s - now_s % 3600)})
    groups = match.values if isinstance(kind, New) else match.groups if getattr(kind, "by", None) else ("",)
    for group in map(_short, groups):
        key: Key = ("group", rule.key, match.state, group)
        if memory.get(key) is None and not _has_room(memory, key):
            yield Odd("too_many_groups")
        else:
            yield from (Worth(match, group, firing) for firing in _in_group(memory, match, key, at_s))


def _has_room(memory: Memory, key: Key) -> bool:
    """Whether the rule may have one more group; those of an older wording make room."""
    if memory.count("group", key[1]) < MOST_GROUPS:
        return True
    for other in memory.under("group", key[1]):
        if other[2] != key[2]:
            memory.drop(other)
    return memory.count("group", key[1]) < MOST_GROUPS


def rejudge(memory: Memory, running: RunningRule) -> Iterator[Worth]:
    """What becomes due because the clock has gone on: silences, and what had to wait until the past was final."""
    rule, version, state = running
    kind = kind_of(rule)
    clock_s = clock_of(memory, kind)
    whole: Key = ("rule", rule.key, state)
    known = memory.get(whole) or {}
    if not isinstance(kind, Flatline | Spike | New) or known.get("learnt"):
        return
    if isinstance(kind, Flatline) and kind.by is None and memory.get(("group", rule.key, state, "")) is None:
        memory.put(("group", rule.key, state, ""), {"times": [clock_s]})
    for key in memory.under("group", rule.key):
        row = memory.get(key)
        if key[2] != state or row is None or not (isinstance(kind, Flatline) or "waits" in row or "pending" in row):
            continue
        if isinstance(kind, New):
            match = AlertMatch.model_validate(row["pending"])
        else:
            article = AlertArticle.model_validate(row.get("article") or {"id": ""})
            match = AlertMatch(rule=rule, version=version, state=state, at=utc(clock_s), article=article, mute_until=muted_until(rule))  # fmt: skip
        yield from (Worth(match, key[3], firing) for firing in _judge(memory, match, key, clock_s))
    if isinstance(kind, New) and known and clock_s - lateness_s(rule) >= known["since"] + seconds(kind.learn):
        memory.put(whole, {**known, "learnt": True})


def _in_group(memory: Memory, match: AlertMatch, key: Key, at_s: int) -> tuple[Firing, ...]:
    """Remember the article in one group; what is due at once."""
    rule, row = match.rule, memory.get(key)
    kind = kind_of(rule)
    clock_s = clock_of(memory, kind)
    if row and row.get("until", clock_s) < clock_s:
        row = None
    match kind:
        case Frequency() | Cardinality():
            due: tuple[Firing, ...] = ()
            for value in (match.article.id,) if isinstance(kind, Frequency) else match.values:
                row, new = crowd(row, at_s, _short(value), _sliding(rule, kind), clock_s)
                due += new
            if row is not None:
                memory.put(key, row)
            return due
        case Spike():
            row = spike(row, at_s, hash_bits(match.article.id), _spiky(rule, kind), clock_s)
        case Flatline():
            row = silence(row, at_s, seconds(kind.window))
        case New():
            row = first(row, at_s, seconds(kind.remember), clock_s)
            if not row.get("told"):
                row = {**row, "pending": row.get("pending") or match.model_dump(mode="json", exclude_none=True)}
        case None:
            return ()
    if not isinstance(kind, New):
        # No more of the article than its address: it may be erased, and the row stays.
        row = {**row, "article": match.article.model_dump(mode="json", exclude_none=True, exclude={"title", "lead"})}
    memory.put(key, row)
    due = _judge(memory, match, key, clock_s)
    whole: Key = ("rule", *key[1:3])
    if "pending" in (memory.get(key) or {}) and (memory.get(whole) or {}).get("learnt"):
        # After a crash the clock may be behind what was written: then there is something to wait for again.
        memory.put(whole, {name: value for name, value in (memory.get(whole) or {}).items() if name != "learnt"})
    return due


def _judge(memory: Memory, match: AlertMatch, key: Key, clock_s: int) -> tuple[Firing, ...]:
    """What is due in a group by what is remembered and by the clock."""
    rule, row, kind = match.rule, memory.get(key), kind_of(match.rule)
    since_s = (memory.get(("rule", *key[1:3])) or {"since": clock_s})["since"]
    final_s = clock_s - lateness_s(rule)
    due: tuple[Firing, ...] = ()
    if row is None:
        return ()
    match kind:
        case Spike():
            row, due = spiked(row, _spiky(rule, kind), clock_s, since_s)
        case Flatline():
            row, due = silent(row, seconds(kind.window), final_s)
        case New():
            row, fires = is_new(row, since_s + seconds(kind.learn), final_s)
            if fires:
                begun = row["first"]
                # Forgotten and new again is another alert.
                due = (
                    Firing(
                        str(begun // seconds(kind.remember)),
                        f"{kind.of} {key[3]} for the first time",
                        1,
                        begun,
                        begun,
                        (key[3],),
                    ),
                )
    memory.put(key, row)
    return due


def advance(memory: Memory, clock: StreamClock, now_s: float) -> bool:
    """Take over how far the articles have come; whether that is known for all partitions.

    There are two clocks, and neither goes back. That of the articles is the newest time of the partition that is furthest behind; those that
    are idle hold nothing back, and when all are, it stands at the newest time of all: what is delivered after an outage is not late. That of
    silences goes on to now when all are idle.
    """
    known = memory.get(("clock",)) or {"events": {}, "idle": (), "clock": 0, "silence": 0}
    events = {**known["events"], **{str(number): _later(at, known["events"].get(str(number))) for number, at in clock.partitions.items()}}  # fmt: skip
    idle = sorted(
        {*known["idle"], *map(str, clock.idle)} - {str(one) for one in clock.partitions if one not in clock.idle}
    )
    row = {**known, "events": events, "idle": idle}
    busy = [at for number, at in events.items() if number not in idle]
    times = [at for at in events.values() if at is not None]
    complete = len(events) >= clock.of and None not in busy
    if complete:
        event_s = min(busy) if busy else max(times, default=0)
        row["clock"] = max(known["clock"], int(event_s))
        row["silence"] = max(known["silence"], int(event_s if busy else now_s))
    memory.put(("clock",), row)
    return complete


def clock_of(memory: Memory, kind: Kind | None = None) -> int:
    """How far the articles have come, in seconds since the epoch; 0 while it is not known: nothing is late, and nothing final."""
    row = memory.get(("clock",)) or {"clock": 0, "silence": 0}
    return int(row["silence" if isinstance(kind, Flatline) else "clock"])


def _later(one: float | None, other: float | None) -> float | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _sliding(rule: AlertRule, kind: Frequency | Cardinality) -> Sliding:
    window_s = seconds(kind.window)
    cell_s = seconds(rule.realert) if rule.realert else window_s
    step_s, what = (1, "articles") if isinstance(kind, Frequency) else (max(1, window_s // 60), f"different {kind.of}")
    return Sliding(kind.count, window_s, cell_s, lateness_s(rule), step_s, what)


def _spiky(rule: AlertRule, kind: Spike) -> Spiky:
    return Spiky(seconds(kind.window), kind.factor, kind.least, kind.past, kind.warm_up or kind.past, lateness_s(rule))


def _short(value: str) -> str:
    """A value within bounds: a longer one is known by its beginning and its hash."""
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}#{hash_bits(value):x}"
