"""Poison is isolated to its message: what kills, starves or stalls a pool process buries that message, and its neighbours go on."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # pool processes find the stage by this name

from hostile_stages import BROKEN, HOSTILE

from workers.errors import Misconfigured
from workers.ports import Bury, Forward, Received, StageOptions
from workers.runtime.metrics import Metrics
from workers.runtime.pool import PoolRunner, PoolSettings
from workers.runtime.processors import StageProcessor


@asynccontextmanager
async def running(timeout_s: float = 1.0) -> AsyncIterator[StageProcessor]:
    runner = PoolRunner([HOSTILE], StageOptions(), PoolSettings(1, timeout_s, 512 * 1024**2))
    processor = StageProcessor(runner, Metrics("hostile"), chunk_records=5, chunk_bytes=1_000_000)
    await processor.start()
    try:
        yield processor
    finally:
        await processor.stop()


def batch(*orders: str) -> list[Received]:
    return [Received("articles.raw.v1", 0, offset, None, order.encode()) for offset, order in enumerate(orders)]


def ignore() -> None:
    """Nobody watches."""


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("segfault", "stage_crashed"),
        ("memory", "too_expensive"),
        ("forever", "too_expensive"),
        ("raise", "stage_failed"),
        ("refuse", "too_strange"),
        ("deep", "too_expensive"),
    ],
)
async def test_poison_is_buried_and_its_neighbours_are_processed_in_order(order: str, reason: str) -> None:
    async with running() as processor:
        outcomes = await processor.process(batch("one", "two", order, "four", "five", "six"), ignore)
    buried = outcomes.pop(2)
    assert isinstance(buried, Bury)
    assert (buried.reason, buried.stage) == (reason, "hostile")
    assert all(isinstance(outcome, Forward) for outcome in outcomes)
    texts = [outcome.value for outcome in outcomes if isinstance(outcome, Forward)]
    assert [next(word for word in ("one", "two", "four", "five", "six") if word.encode() in (text or b"")) for text in texts] == ["one", "two", "four", "five", "six"]  # fmt: skip


async def test_a_killed_pool_process_costs_nothing() -> None:
    async with running(timeout_s=20) as processor:
        child = _pool_process()
        os.kill(child, signal.SIGKILL)
        outcomes = await processor.process(batch("one", "two"), ignore)
    assert [type(outcome) for outcome in outcomes] == [Forward, Forward]


def _pool_process() -> int:
    """The process that runs stages: a child of the fork server, which is our child."""
    grown = psutil.Process().children(recursive=True)
    return max(child.pid for child in grown)


async def test_what_is_away_is_asked_again_and_the_watchdog_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    alive: Callable[[], None] = lambda: told.append("alive")  # noqa: E731
    async with running() as processor:
        outcomes = await processor.process(batch("one", f"away_once {tmp_path / 'mark'}", "three"), alive)
        assert processor.waiting_for is None
    assert [type(outcome) for outcome in outcomes] == [Forward, Forward, Forward]
    assert told, "a wait is not a stall"


async def test_a_stage_that_cannot_be_loaded_says_why() -> None:
    runner = PoolRunner([BROKEN], StageOptions(), PoolSettings(1, 1.0, 512 * 1024**2))
    try:
        with pytest.raises(Misconfigured, match=r"model\.npz is not in the package"):
            await runner.start()
    finally:
        await runner.stop()


async def test_a_full_disk_is_waited_for_and_buries_nothing(tmp_path: Path) -> None:
    async with running() as processor:
        outcomes = await processor.process(batch("one", f"disk_full_once {tmp_path / 'mark'}"), ignore)
    assert [type(outcome) for outcome in outcomes] == [Forward, Forward]
