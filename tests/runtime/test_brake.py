"""The brake: bad pages are buried one by one, a broken stage stops the worker."""

import pytest

from workers.errors import TooManyDeadLetters
from workers.ports import Bury, Forward
from workers.runtime.dead_letters import Brake, BrakeSettings

BAD = Bury("stage_failed", "ValueError", "a bug", "cleaner", "1")
GOOD = Forward("articles.cleaned.v1", b"k", b"{}")


def test_failures_in_a_row_stop_the_worker_with_the_last_reason_and_the_setting_to_change() -> None:
    brake = Brake(BrakeSettings(max_consecutive=3))
    brake.check([BAD, BAD, GOOD, BAD, BAD])
    with pytest.raises(
        TooManyDeadLetters, match=r"3 messages in a row failed \(last: stage_failed: a bug\).*MAX_CONSECUTIVE"
    ):
        brake.check([BAD])  # fmt: skip


def test_a_ratio_of_failures_stops_the_worker_once_the_window_is_full() -> None:
    brake = Brake(BrakeSettings(max_consecutive=100, max_ratio=0.5, window=10))
    brake.check([BAD, GOOD] * 5)
    with pytest.raises(TooManyDeadLetters, match="6 of the last 10"):
        brake.check([BAD, BAD, GOOD, BAD])


def test_a_few_bad_pages_among_good_ones_never_stop_it() -> None:
    brake = Brake(BrakeSettings(max_consecutive=5, max_ratio=0.5, window=10))
    for _ in range(200):
        brake.check([BAD, GOOD, GOOD])


def test_zero_never_stops() -> None:
    Brake(BrakeSettings(max_consecutive=0)).check([BAD] * 10_000)
