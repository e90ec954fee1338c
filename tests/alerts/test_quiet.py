"""Quiet hours and digests: when a held alert is told, also where clocks change."""

from datetime import UTC, datetime

import pytest
from stream import rule_of

from schemas.rules import Quiet
from workers.alerts.quiet import due_s, quiet_until


def s(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def ends(now: str, **fields: object) -> str | None:
    quiet = Quiet.model_validate({"from": "22:00", "to": "06:00", "zone": "Europe/Berlin", **fields})
    until = quiet_until(quiet, s(now))
    return None if until is None else datetime.fromtimestamp(until, UTC).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2025-07-28T19:59", None),
        ("2025-07-28T20:00", "29 04:00"),
        ("2025-07-29T03:59", "29 04:00"),
        ("2025-07-29T04:00", None),
        ("2025-10-25T23:00", "26 05:00"),
        ("2025-03-29T23:00", "30 04:00"),
    ],
)
def test_quiet_hours_follow_the_clocks_of_the_zone(now: str, end: str | None) -> None:
    """In the last two cases the clocks change that night: it is an hour longer, and an hour shorter."""
    assert ends(now) == end


def test_quiet_hours_within_a_day_and_on_some_days() -> None:
    assert ends("2025-07-28T11:30", **{"from": "12:00", "to": "14:00"}) == "28 12:00"
    assert ends("2025-07-28T13:00", **{"from": "12:00", "to": "14:00"}) is None
    weekend = {"days": ("sat", "sun")}
    assert ends("2025-07-28T21:00", **weekend) is None, "a Monday"
    assert ends("2025-07-28T03:00", **weekend) == "28 04:00", "the night that began on Sunday"


def test_a_digest_that_ends_in_the_night_waits_for_the_morning() -> None:
    rule = rule_of('{name: R, keywords: [x], digest: {every: 1h}, quiet: {from: "22:00", to: "06:00"}}')
    assert due_s(rule, s("2025-07-28T20:10")) == s("2025-07-28T21:00")
    assert due_s(rule, s("2025-07-28T21:10")) == s("2025-07-29T06:00")
