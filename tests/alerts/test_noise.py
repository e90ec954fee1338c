"""What keeps people from being told too often: copies, stories, intervals, digests, quiet hours, mutes, limits."""

from datetime import UTC, datetime, timedelta

import pytest
from stream import HOUR, START, Bench, Step, article, rule_of

from schemas.alerts import Alert

BASE = "name: R, keywords: [flood]"
#: Made up: thirty words and more, so that a fingerprint has something to go by.
WIRE = (
    "The river Ister rose by two metres in the night and the flood took the old bridge at Sample with it. "
    "Nobody was hurt, the mayor said, but forty people had to leave their homes and spent the night in the school. "
    "Rain is expected until Thursday. The fire brigade filled ten thousand sandbags and asks for volunteers. "
    "Trains between Sample and Example do not run until further notice, and the road along the river is closed."
)
OTHER = (
    "After the dry spring farmers in the valley had hoped for rain, and now there is too much of it. The flood of this week "
    "spoilt half of the harvest of beans, says the growers' union, which asks the government for quick and simple help. "
    "Insurance pays for hail only. In the capital the minister promised to look at each case before the end of the month."
)


def bench(more: str = "") -> Bench:
    return Bench(rule_of(f"{{{BASE}{', ' if more else ''}{more}}}"))


def at(one: Bench, hours: float, identity: str, **fields: object) -> list[Alert]:
    """The alerts when this article comes at this hour of START's day."""
    return one.take(Step(article(identity, hours * HOUR, **fields), hours * HOUR, hours * HOUR))  # type: ignore[arg-type]


def tick(one: Bench, hours: float) -> list[Alert]:
    return one.take(Step(None, hours * HOUR, hours * HOUR))


# -- copies --------------------------------------------------------------------------------------------------------------


def test_a_copy_of_a_text_is_not_told_again() -> None:
    one = bench()
    assert len(at(one, 0, "a", text=WIRE)) == 1
    changed = WIRE.replace("two metres", "2 metres").replace("Thursday", "Friday") + " (Example Agency)"
    assert at(one, 1, "b", text=changed) == []
    assert one.left_out == {"similar": 1}
    assert len(at(one, 1, "c", text=OTHER)) == 1, "another text of the same flood is told"


def test_short_texts_are_copies_only_where_they_are_the_same() -> None:
    one = bench()
    assert [len(at(one, 0, str(n), text=text)) for n, text in enumerate(["Flood in A.", "Flood in B.", "Flood in A!"])] == [1, 1, 0]  # fmt: skip


def test_a_text_is_forgotten_after_its_time_and_a_rule_can_ask_for_all() -> None:
    one = bench("similar_for: 2d")
    assert [len(at(one, hours, f"a{hours}", text=WIRE)) for hours in (0, 40, 50)] == [1, 0, 1]
    every = bench("similar: all")
    assert [len(at(every, hours, f"a{hours}", text=WIRE)) for hours in (0, 1)] == [1, 1]


def test_the_same_article_again_is_no_copy_of_itself_and_is_not_told_again() -> None:
    one = bench()
    assert [len(at(one, hours, "same", text=WIRE)) for hours in (0, 1)] == [1, 0]
    assert one.left_out == {}


# -- stories -------------------------------------------------------------------------------------------------------------


def test_a_story_is_told_once_and_again_when_it_has_grown() -> None:
    one = bench()
    told = {size: [(alert.growth, alert.story) for alert in at(one, size, f"a{size}", story=("s1", size))] for size in range(1, 32)}  # fmt: skip
    assert {size: alerts for size, alerts in told.items() if alerts} == {1: [(None, "s1")], 3: [(3, "s1")], 10: [(10, "s1")], 30: [(30, "s1")]}  # fmt: skip
    assert len({alert.id for alert in one.alerts}) == 4


def test_a_story_once_or_every_article_of_it() -> None:
    once, every = bench("story: once"), bench("story: all")
    assert [len(at(once, size, f"a{size}", story=("s1", size))) for size in (1, 2, 3, 30)] == [1, 0, 0, 0]
    assert [len(at(every, size, f"a{size}", story=("s1", size))) for size in (1, 2, 3, 30)] == [1, 1, 1, 1]


def test_a_copy_that_makes_a_story_grow_is_told_as_growth() -> None:
    one = bench()
    assert [len(at(one, size, f"a{size}", text=WIRE, story=("s1", size))) for size in (1, 2, 3)] == [1, 0, 1]


# -- intervals, limits, mutes ----------------------------------------------------------------------------------------------


def test_within_the_realert_interval_alerts_are_counted_and_told_of_with_the_next() -> None:
    one = bench("realert: 2h")
    told = [at(one, hours, f"a{hours}") for hours in (0, 0.5, 1.9, 2.1, 3, 9)]
    assert [[alert.left_out for alert in alerts] for alerts in told] == [[None], [], [], [2], [], [1]]
    assert one.left_out == {"realert": 3}


def test_too_many_alerts_are_warned_of_and_all_are_told() -> None:
    one = bench("owner: desk, limit: {alerts: 2, per: 1h}")
    kinds = [[alert.kind for alert in at(one, n / 10, f"a{n}")] for n in range(5)]
    assert kinds == [["match"], ["match"], ["limit", "match"], ["match"], ["match"]]
    warned = next(alert for alert in one.alerts if alert.kind == "limit")
    assert (warned.owner, warned.reason) == (
        "desk",
        "more than 2 alerts within 1h: the rule is too broad; all are told",
    )
    assert [alert.kind for alert in at(one, 1.5, "later")] == ["match"]


def test_a_rule_that_is_too_broad_rests_where_it_is_told_to() -> None:
    rule = "limit: {alerts: 2, per: 1h, pause: 6h}"
    one = bench(rule)
    assert [[alert.kind for alert in at(one, n / 10, f"a{n}")] for n in range(4)] == [["match"], ["match"], ["limit"], []]  # fmt: skip
    assert one.left_out == {"paused": 2}
    assert at(one, 5, "still") == []
    assert [alert.kind for alert in at(one, 7, "again")] == ["match"]


def test_a_changed_rule_rests_no_more() -> None:
    one = bench("limit: {alerts: 1, per: 1h, pause: 6h}")
    assert [len(at(one, n / 10, f"a{n}")) for n in range(3)] == [1, 1, 0]
    changed = bench("limit: {alerts: 50, per: 1h, pause: 6h}")
    changed.desk = one.desk
    assert len(at(changed, 0.4, "after")) == 1


def test_a_muted_rule_is_silent_until_its_time() -> None:
    until = (datetime.fromtimestamp(START, UTC) + timedelta(hours=3)).isoformat()
    one = bench(f'mute: "{until}"')
    assert [len(at(one, hours, f"a{hours}")) for hours in (0, 2.9, 3.1)] == [0, 0, 1]
    assert one.left_out == {"muted": 2}


def test_a_muted_rule_goes_on_counting() -> None:
    until = (datetime.fromtimestamp(START, UTC) + timedelta(hours=1)).isoformat()
    one = bench(f'frequency: {{count: 3, window: 2h}}, mute: "{until}"')
    assert [len(at(one, hours, f"a{hours}")) for hours in (0.5, 0.7, 1.1)] == [0, 0, 1]


# -- held back -----------------------------------------------------------------------------------------------------------


def test_a_digest_gathers_what_comes_within_its_time() -> None:
    one = bench("digest: {every: 1h}")
    assert [at(one, 8 + n / 10, f"a{n}") for n in range(3)] == [[], [], []]
    assert tick(one, 8.99) == []
    (digest,) = tick(one, 9.01)
    assert (digest.kind, digest.count, [one.id for one in digest.articles]) == ("digest", 3, ["a0", "a1", "a2"])
    assert tick(one, 10.1) == [], "what was told is not told again"


def test_digests_by_country_are_apart_and_one_alert_stays_itself() -> None:
    one = bench("digest: {every: 1h, by: country}")
    for n, country in enumerate(("DE", "FR", "DE")):
        at(one, n / 10, f"a{n}", country=country)
    assert sorted((alert.kind, alert.group, alert.count) for alert in tick(one, 1.1)) == [("digest", "DE", 2), ("match", None, None)]  # fmt: skip


def test_a_large_digest_comes_in_parts_and_loses_nothing() -> None:
    one = bench("digest: {every: 1d}")
    for n in range(250):
        at(one, n / 100, f"a{n}")
    parts = tick(one, 24.1)
    assert [part.count for part in parts] == [100, 100, 50]
    assert len({article.id for part in parts for article in part.articles}) == 250
    assert len({part.id for part in parts}) == 3


def test_alerts_of_the_night_are_told_in_the_morning() -> None:
    one = bench('quiet: {from: "22:00", to: "06:00", zone: Europe/Berlin}')
    assert len(at(one, 19.5, "evening")) == 1, "21:30 in Berlin"
    assert at(one, 20.5, "night") == []
    assert at(one, 26, "deep night") == []
    assert tick(one, 27.9) == []
    (digest,) = tick(one, 28.1)
    assert [one.id for one in digest.articles] == ["night", "deep night"]
    assert len(at(one, 28.2, "morning")) == 1


def test_some_severities_are_told_at_night_all_the_same() -> None:
    one = bench('severity: critical, quiet: {from: "22:00", to: "06:00", unless: [critical]}')
    assert len(at(one, 23, "night")) == 1


def test_what_is_held_survives_a_crash_and_is_told_once() -> None:
    one = bench("digest: {every: 1h}")
    for n in range(3):
        at(one, n / 10, f"a{n}")
        one.write()
    one.restart()
    at(one, 0.2, "a2")  # the last one is taken again
    (digest,) = tick(one, 1.1)
    one.restart()  # it died before it wrote that the digest was told
    (again,) = tick(one, 1.1)
    assert (digest.id, digest.count) == (again.id, 3)
    one.write()
    one.restart()
    assert tick(one, 2.1) == []


# -- bounds --------------------------------------------------------------------------------------------------------------


def test_old_rows_are_forgotten() -> None:
    one = bench("realert: 1m, limit: {alerts: 5}")
    for n in range(50):
        at(one, n / 10, f"a{n}", story=(f"s{n}", 1))
    assert len(one.desk) > 50
    tick(one, 24 * 60)
    tick(one, 24 * 60 + 1)
    assert len(one.desk) == 1, "the clock is left"


def test_rows_of_groups_are_forgotten_when_the_stream_has_passed_them() -> None:
    one = bench("frequency: {count: 2, window: 1h, by: source}")
    for n in range(50):
        at(one, n, f"a{n}", source=f"s{n}")
    tick(one, 60)
    assert len(one.desk) < 8


def test_more_groups_than_a_rule_may_have_are_refused_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.alerts.watch.MOST_GROUPS", 10)
    one = bench("frequency: {count: 2, window: 1h, by: source}")
    for n in range(15):
        at(one, 0, f"a{n}", source=f"s{n}")
    assert one.left_out == {"too_many_groups": 5}
    changed = bench("frequency: {count: 3, window: 1h, by: source}")
    changed.desk = one.desk
    at(changed, 1, "b", source="t")
    assert changed.left_out == {}, "groups of the older wording make room"


def test_more_than_can_be_held_is_told_early_and_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.alerts.desk.MOST_HELD", 10)
    one = bench("digest: {every: 1d}")
    early = [alert for n in range(15) for alert in at(one, n / 100, f"a{n}")]
    assert [alert.count for alert in [*early, *tick(one, 24.1)]] == [10, 5]


def test_the_events_of_a_group_are_bounded_however_many_come() -> None:
    one = bench("frequency: {count: 3, window: 1h}")
    for n in range(2000):
        at(one, 1 + n / 1000, f"a{n}")
    one.write()
    (row,) = (row for key, row in one.kept.items() if key[0] == "group")
    assert len(row["events"]) <= 12
    assert len({alert.id for alert in one.alerts}) == 2
