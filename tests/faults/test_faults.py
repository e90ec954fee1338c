"""The fault cases of `make faults`, with fewer articles, and what the harness itself must be able to see."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cases import CASES, Bench, control_doubles, control_loses, count
from sink_cases import SINK_CASES, can_mount

from workers.runtime.embedded_kafka import EmbeddedKafka

ARTICLES = 2500


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, postgres: object) -> Iterator[Bench]:
    """A broker of its own: it is going to be killed."""
    folder = tmp_path_factory.mktemp("faults")
    broker = EmbeddedKafka(folder / "kafka")
    broker.start()
    yield Bench(broker, folder, ARTICLES, postgres)
    broker.stop()


@pytest.mark.faults
@pytest.mark.broker
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["fused", "rebalance", "broker", "zombie", "postgres"])
def test_nothing_is_lost_and_nothing_doubled(bench: Bench, name: str) -> None:
    result = CASES[name](bench)
    assert (result.lost, result.doubled) == (0, 0), result


@pytest.mark.faults
@pytest.mark.broker
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", list(SINK_CASES))
def test_what_is_on_the_topic_is_in_the_store_whole_and_once(bench: Bench, name: str) -> None:
    reason = can_mount() if name.endswith("full") else None
    if reason:
        pytest.skip(reason)
    result = SINK_CASES[name](bench)
    assert (result.lost, result.doubled) == (0, 0), result


@pytest.mark.faults
@pytest.mark.broker
def test_the_harness_sees_a_duplicate(bench: Bench) -> None:
    assert control_doubles(bench).doubled > 0


@pytest.mark.faults
@pytest.mark.broker
def test_the_harness_sees_a_loss(bench: Bench) -> None:
    assert control_loses(bench).lost > 0


def test_counting_finds_what_is_missing_and_what_is_there_twice() -> None:
    assert count(["a", "b", "c"], ["a", "c", "c", "c"]) == (1, 2)
    assert count(["a", "b"], ["b", "a"]) == (0, 0)
