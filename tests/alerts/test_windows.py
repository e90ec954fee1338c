"""Every kind of rule: when it fires, and that it fires the same in any order within its lateness and through crashes."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stream import HOUR, START, Bench, Step, article, rule_of

from schemas.alerts import StreamClock
from workers.alerts.rules import lateness_s

FREQUENCY = "{name: F, keywords: [flood], frequency: {count: 3, window: 1h}}"
KINDS = {
    "frequency": FREQUENCY,
    "frequency by source": "{name: F, keywords: [flood], frequency: {count: 2, window: 1h, by: source}, realert: 3h, lateness: 30m}",
    "cardinality": "{name: C, keywords: [flood], cardinality: {count: 2, of: source, window: 2h}, lateness: 1h}",
    "cardinality by country": "{name: C, keywords: [flood], cardinality: {count: 2, of: source, window: 3h, by: country}, realert: 30m}",
    "spike": "{name: S, keywords: [flood], spike: {window: 20m, factor: 1.5, least: 2, past: 3}, lateness: 50m}",
    "spike by source": "{name: S, keywords: [flood], spike: {window: 15m, factor: 1.5, least: 2, past: 4, warm_up: 2, by: source}}",
    "flatline": "{name: Q, keywords: [flood], flatline: {window: 1h}, lateness: 20m}",
    "flatline by source": "{name: Q, keywords: [flood], flatline: {window: 90m, by: source}}",
    "new": "{name: N, keywords: [flood], new: {of: source, learn: 2h}, lateness: 1h}",
}
COPIES = "{name: F, keywords: [flood], frequency: {count: 2, window: 1h}, similar: once}"


def told(rule: str, *articles: object) -> list[tuple[float, object]]:
    """(hour, group) of each alert; articles are (hours, and what `article` takes)."""
    bench = Bench(rule_of(rule))
    found: list[tuple[float, object]] = []
    for number, (hours, *rest) in enumerate(articles):  # type: ignore[misc]
        for step in (Step(article(f"n{number}", hours * HOUR, *rest), hours * HOUR, hours * HOUR), Step(None, hours * HOUR, hours * HOUR)):  # fmt: skip
            found += [(round(hours, 1), alert.group) for alert in bench.take(step)]
    return found


def test_a_frequency_fires_when_enough_come_within_the_window() -> None:
    assert told(FREQUENCY, (0,), (0.5,), (1.1,)) == [], "the first is out of the window when the third comes"
    assert told(FREQUENCY, (0.9,), (1.1,), (1.2,)) == [(1.2, None)], "windows slide: no bound of an hour comes between"


def test_a_frequency_fires_once_while_it_lasts_and_again_later() -> None:
    burst = [(10 + minute / 60,) for minute in range(0, 50, 5)]
    assert told(FREQUENCY, *burst, *((hours + 20,) for (hours,) in burst)) == [(10.2, None), (30.2, None)]  # fmt: skip


def test_the_realert_interval_makes_it_rarer() -> None:
    steady = [(minutes / 60,) for minutes in range(0, 12 * 60, 10)]
    assert len(told(FREQUENCY, *steady)) == 12
    assert len(told("{name: F, keywords: [flood], frequency: {count: 3, window: 1h}, realert: 6h}", *steady)) == 2


def test_groups_are_counted_each_for_itself() -> None:
    rule = "{name: F, keywords: [flood], frequency: {count: 2, window: 1h, by: source}}"
    assert told(rule, (0, "a"), (0.1, "b"), (0.2, "b"), (0.3, "c")) == [(0.2, "b")]


def test_one_article_counts_once_however_often_it_comes() -> None:
    bench = Bench(rule_of(FREQUENCY))
    again = Step(article("same", 0), 0, 0)
    assert bench.ids([again, again, again]) == set()


def test_copies_count_once_where_the_rule_says_so() -> None:
    text = "The river rose over its banks and the flood took the old bridge with it in the night. " * 3
    rows = [(0, "a", None, text), (0.1, "b", None, text + "It was a bad night.")]
    assert told(COPIES, *rows) == []
    assert told(COPIES.replace("once", "all"), *rows) == [(0.1, None)]


def test_cardinality_counts_what_differs() -> None:
    rule = KINDS["cardinality"]
    assert told(rule, (0, "a"), (0.5, "a"), (1, "a")) == []
    assert told(rule, (0, "a"), (0.5, "a"), (1, "b")) == [(1, None)]


def test_cardinality_within_a_story() -> None:
    rule = "{name: C, keywords: [flood], cardinality: {count: 3, of: source, window: 7d, by: story}}"
    rows = [(hours, source, None, None, (story, 2)) for hours, source, story in ((0, "a", "s1"), (1, "b", "s2"), (2, "b", "s1"), (3, "c", "s1"))]  # fmt: skip
    assert told(rule, *rows) == [(3, "s1")]


def test_a_spike_is_told_from_the_past_and_not_before_it_is_known() -> None:
    rule = "{name: S, keywords: [flood], spike: {window: 1h, factor: 3, least: 4, past: 4}}"
    quiet = [(hour + part / 4,) for hour in range(8) for part in range(2)]
    burst = [(8 + part / 10,) for part in range(9)]
    assert told(rule, *quiet, *burst) == [(8.5, None)], "six are three times the two of the hours before"
    assert told(rule, *burst) == [], "the rule has no past yet"


def test_a_flatline_is_a_silence_that_is_over_by_the_clock_of_the_stream() -> None:
    bench = Bench(rule_of(KINDS["flatline by source"]))
    for hours, source in ((0, "a"), (0, "b"), (1, "b"), (2, "b")):
        assert bench.take(Step(article(f"{source}{hours}", hours * HOUR, source), hours * HOUR, hours * HOUR)) == []
    assert [(alert.group, alert.article.id) for alert in bench.take(Step(None, 3.2 * HOUR, 3.2 * HOUR))] == [("a", "a0")]  # fmt: skip
    assert bench.take(Step(None, 3.3 * HOUR, 3.3 * HOUR)) == [], "it is told once"
    assert bench.take(Step(article("a9", 3.4 * HOUR, "a"), 3.4 * HOUR, 3.4 * HOUR)) == []
    assert {alert.group for alert in bench.take(Step(None, 9 * HOUR, 9 * HOUR))} == {"a", "b"}, "and again after the next one"  # fmt: skip


def test_a_rule_that_never_matched_is_silent_too() -> None:
    bench = Bench(rule_of(KINDS["flatline"]))
    assert bench.take(Step(None, 0, 0)) == []
    assert len(bench.take(Step(None, 3 * HOUR, 3 * HOUR))) == 1


def test_a_clock_that_does_not_know_all_partitions_ends_no_silence() -> None:
    bench = Bench(rule_of(KINDS["flatline"]))
    bench.take(Step(article("a", 0), 0, 0))
    half = StreamClock(of=2, partitions={0: START + 9 * HOUR})
    assert bench.desk.tick(half, START + 9 * HOUR, bench._running).alerts == ()
    other = StreamClock(of=2, partitions={1: START + 9 * HOUR})
    assert len(bench.desk.tick(other, START + 9 * HOUR, bench._running).alerts) == 1


def test_when_all_is_idle_silences_go_by_the_clock_on_the_wall_and_what_comes_after_an_outage_is_not_late() -> None:
    rule = rule_of("{name: F, keywords: [flood], frequency: {count: 2, window: 1h}}")
    counting, silent = Bench(rule), Bench(rule_of(KINDS["flatline"]))
    idle = StreamClock(of=2, partitions={0: None, 1: None}, idle=(0, 1))
    for bench in (counting, silent):
        bench.take(Step(article("before", 0), 0, 0))
        bench.desk.tick(StreamClock(of=2, partitions={0: START, 1: None}), START, bench._running)
    assert len(silent.desk.tick(idle, START + 9 * HOUR, silent._running).alerts) == 1
    assert counting.desk.tick(idle, START + 9 * HOUR, counting._running).alerts == ()
    outage = [Step(article(f"a{n}", (2 + n / 10) * HOUR), (2 + n / 10) * HOUR, 9 * HOUR) for n in range(3)]
    assert len(counting.ids(outage)) == 1
    assert silent.ids(outage) == set(), "that they were not there was told already"
    assert (counting.left_out, silent.left_out) == ({}, {"late": 3})


def test_what_is_new_is_told_once_learning_is_over() -> None:
    rule = "{name: N, keywords: [flood], new: {of: country, learn: 2d}}"
    rows = [(0, "a", "DE"), (24, "a", "FR"), (50, "a", "DE"), (60, "a", "TR"), (61, "b", "TR"), (62, "a", "FR")]
    assert told(rule, *rows) == [(60, "TR")]


def test_what_was_forgotten_is_new_again() -> None:
    rule = "{name: N, keywords: [flood], new: {of: country, learn: 1d, remember: 10d}}"
    assert told(rule, (0, "a", "DE"), (30, "a", "TR"), (30 + 24 * 9, "a", "TR"), (505, "a", "DE"), (510, "a", "TR")) == [(30, "TR"), (505, "DE"), (510, "TR")]  # fmt: skip


def test_what_comes_too_late_is_counted_and_left_out() -> None:
    bench = Bench(rule_of("{name: F, keywords: [flood], frequency: {count: 2, window: 1h}, lateness: 1h}"))
    for identity, hours in (("a", 0.0), ("b", 5.0), ("c", 0.1), ("d", 4.5)):
        bench.take(Step(article(identity, hours * HOUR), hours * HOUR, 5 * HOUR))
        bench.take(Step(None, hours * HOUR, 5 * HOUR))
    assert bench.left_out == {"late": 1}
    assert len(bench.alerts) == 1, "the one that is late within bounds counts"


# -- the same alerts in any order, and through crashes --------------------------------------------------------------------

#: (minutes in fives, delay in tenths of the rule's lateness, source, country)
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(0, 10), st.sampled_from("aaaabbcdefgh"), st.sampled_from([None, "DE", "FR"])
    ),
    min_size=5,
    max_size=60,
)
Events = list[tuple[int, int, str, str | None]]


def steps(events: Events, late_s: int) -> list[Step]:
    """The articles in the order in which they come, the clock among them: the newest time so far; at the end it goes on for a day."""
    rows = [
        (300 * fives + delay * late_s // 10, number, 300 * fives, source, country)
        for number, (fives, delay, source, country) in enumerate(events)
    ]
    found: list[Step] = []
    newest = 0.0
    for now, number, at, source, country in sorted(rows):
        newest = max(newest, at)
        found += [Step(article(f"n{number}", at, source, country), at, now), Step(None, newest, now)]
    return [*found, Step(None, newest + 24 * HOUR, newest + 25 * HOUR)]


@pytest.mark.parametrize("kind", KINDS)
@given(events=EVENTS)
@settings(max_examples=60, deadline=None)
def test_any_order_within_the_lateness_gives_the_same_alerts(kind: str, events: Events) -> None:  # fmt: skip
    rule = rule_of(KINDS[kind])
    straight, delayed = Bench(rule), Bench(rule)
    assert straight.ids(steps(events, 0)) == delayed.ids(steps(events, lateness_s(rule)))
    assert delayed.left_out == {}


@pytest.mark.parametrize("kind", KINDS)
@given(events=EVENTS, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_crash_anywhere_gives_the_same_alerts(kind: str, events: Events, data: st.DataObject) -> None:  # fmt: skip
    """Records are written in groups. In some the worker dies, with some of the group's rows written, and takes the group again."""
    rule = rule_of(KINDS[kind])
    records = steps(events, lateness_s(rule))
    undisturbed = Bench(rule).ids(records)
    bench, found = Bench(rule), set()
    cuts = sorted({0, len(records), *data.draw(st.lists(st.integers(0, len(records)), max_size=6))})
    for first, last in pairwise(cuts):
        for written in data.draw(st.lists(st.integers(0, 8), max_size=2)):
            found |= bench.ids(records[first:last])
            bench.write(written)
            bench.restart()
        found |= bench.ids(records[first:last])
        bench.write()
    assert found == undisturbed


#: Where a rule that judged too soon would tell other things in another order: what comes latest is what decides.
EDGES: dict[str, Events] = {
    "new": [(0, 0, "a", None), (23, 10, "b", None), (25, 0, "b", None), (60, 0, "a", None)],
    "spike": [
        *((4 * window, 0, "a", None) for window in range(3)),
        *((4 * window + part, 10, "a", None) for window in (4, 5) for part in (1, 2, 2, 3, 3)),
        *((24 + part, 0, "a", None) for part in range(4)),
        (60, 0, "a", None),
    ],
    "flatline": [(0, 0, "a", None), (12, 10, "a", None), (15, 0, "b", None)],
}


@pytest.mark.parametrize("kind", EDGES)
def test_what_is_not_final_yet_is_not_judged(kind: str) -> None:
    rule = rule_of(KINDS[kind])
    assert Bench(rule).ids(steps(EDGES[kind], 0)) == Bench(rule).ids(steps(EDGES[kind], lateness_s(rule)))


def test_the_rules_above_do_fire() -> None:
    """Or the properties would hold of nothing."""
    events: Events = [(number * 7 % 120, 0, "abc"[number % 3], ("DE", "FR")[number % 2]) for number in range(120)]
    events += [(180 + number // 6, 0, "abc"[number % 3], "DE") for number in range(30)] + [(200, 0, "d", "DE")]
    for kind, rule in KINDS.items():
        assert Bench(rule_of(rule)).ids(steps(events, 0)), kind


@given(events=EVENTS)
@settings(max_examples=30, deadline=None)
def test_partitions_that_are_behind_lose_nothing(events: Events) -> None:
    """After a stop the worker catches up, one partition far ahead of another: what counts as late is told by the one that is furthest behind."""
    rule = rule_of("{name: F, keywords: [flood], frequency: {count: 2, window: 10m, by: source}}")
    parts = [[event for number, event in enumerate(events) if number % 2 == side] for side in (0, 1)]
    bench, found = Bench(rule), set()
    for side, part in enumerate(parts):
        newest = 0.0
        for number, (fives, _, source, country) in enumerate(sorted(part, key=lambda event: event[0])):
            newest = max(newest, 300 * fives)
            found |= bench.ids([Step(article(f"p{side}-{number}", 300 * fives, source, country), 300 * fives, 10**5)])
            clock = StreamClock(of=2, partitions={side: START + newest})
            found |= {alert.id for alert in bench.desk.tick(clock, START + 10**5, {}).alerts}
    ordered = [
        (fives, f"p{side}-{number}", source, country)
        for side, part in enumerate(parts)
        for number, (fives, _, source, country) in enumerate(sorted(part, key=lambda event: event[0]))
    ]
    straight = Bench(rule).ids(Step(article(name, 300 * fives, source, country), 300 * fives, 10**5) for fives, name, source, country in sorted(ordered, key=lambda one: one[0]))  # fmt: skip
    assert found == straight
    assert bench.left_out == {}
