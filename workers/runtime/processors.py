"""What a lane does with a batch before it commits: run it through the stages, or write it to a store."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from schemas.articles import Message
from schemas.codec import DecodeError, decode
from workers.errors import StoreRefused, Unavailable
from workers.ports import Bury, Drop, Outcome, Received, Sink, Tombstone
from workers.runtime.handle import Retry
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.retry import backoff

__all__ = ["Processor", "Runner", "SinkProcessor", "StageProcessor", "chunks"]

_LOG = get_logger(__name__)
_ALIVE_EVERY_S = 1.0


class Processor(Protocol):
    """Turns a batch into one outcome per message, in order. Retries by itself what may heal; raises only what must stop the worker."""

    async def start(self) -> None:
        """Get ready; raises Misconfigured."""

    async def process(self, batch: Sequence[Received], alive: Callable[[], None]) -> list[Outcome]:
        """The outcomes. Calls `alive` while it waits for something outside, so that the watchdog knows."""

    async def stop(self) -> None:
        """Let go of everything."""

    @property
    def waiting_for(self) -> str | None:
        """What it waits for, or None while it works."""


class Runner(Protocol):
    """Runs a chunk through the stages: the pool, or inline."""

    async def start(self) -> None: ...
    async def run(self, chunk: Sequence[Received], moved: Callable[[], None]) -> list[Outcome | Retry]: ...
    async def stop(self) -> None: ...


def chunks(batch: Sequence[Received], records: int, size_bytes: int) -> Iterator[Sequence[Received]]:
    """Split a batch, in order, into chunks of at most so many records and bytes (at least one record each)."""
    start, weight = 0, 0
    for index, received in enumerate(batch):
        here = len(received.value or b"")
        if index > start and (index - start >= records or weight + here > size_bytes):
            yield batch[start:index]
            start, weight = index, 0
        weight += here
    if start < len(batch):
        yield batch[start:]


async def _wait(seconds: float, alive: Callable[[], None]) -> None:
    """Sleep, also for minutes (a store may ask for them), without looking stalled."""
    until_s = time.monotonic() + seconds
    alive()
    while (left_s := until_s - time.monotonic()) > 0:
        await asyncio.sleep(min(left_s, _ALIVE_EVERY_S))
        alive()


class StageProcessor:
    """Hands chunks to a runner, all of a batch at once; what must be retried waits and goes again alone."""

    def __init__(self, runner: Runner, metrics: Metrics, chunk_records: int, chunk_bytes: int) -> None:
        self._runner, self._metrics = runner, metrics
        self._chunk_records, self._chunk_bytes = chunk_records, chunk_bytes
        self._waiting_for: str | None = None
        self._waiting: set[Callable[[], None]] = set()

    @property
    def waiting_for(self) -> str | None:
        """The reason a stage gave for asking to be called again."""
        return self._waiting_for

    async def start(self) -> None:
        """Load the stages."""
        await self._runner.start()

    async def process(self, batch: Sequence[Received], alive: Callable[[], None]) -> list[Outcome]:
        """Run the batch; order is kept."""
        parts = list(chunks(batch, self._chunk_records, self._chunk_bytes))
        self._metrics.pool_busy.inc(len(parts))
        self._waiting.add(alive)
        try:
            results = await asyncio.gather(*(self._run(part) for part in parts))
        finally:
            self._waiting.discard(alive)
            self._metrics.pool_busy.dec(len(parts))
        flat = [outcome for result in results for outcome in result]
        return [await self._settle(received, outcome, alive) for received, outcome in zip(batch, flat, strict=True)]

    async def _run(self, part: Sequence[Received]) -> list[Outcome | Retry]:
        """A chunk's outcomes. Whenever one is done the pool moves, so no batch that waits for its turn has stalled."""
        outcomes = await self._runner.run(part, self._moved)
        self._moved()
        return outcomes

    def _moved(self) -> None:
        for alive in tuple(self._waiting):
            alive()

    async def _settle(self, received: Received, outcome: Outcome | Retry, alive: Callable[[], None]) -> Outcome:
        waits = backoff()
        while isinstance(outcome, Retry):
            self._waiting_for = outcome.reason
            self._metrics.retries.labels("stage").inc()
            _LOG.warning(
                "stage_waits",
                reason=outcome.reason,
                topic=received.topic,
                partition=received.partition,
                offset=received.offset,
            )
            alive()
            await asyncio.sleep(next(waits))
            outcome = (await self._runner.run([received], alive))[0]
        self._waiting_for = None
        return outcome

    async def stop(self) -> None:
        """End the pool."""
        await self._runner.stop()


class SinkProcessor:
    """Writes batches to a sink, in one thread of its own; offsets are committed only after the write.

    While the store is away the batch waits here, the partition is paused by back-pressure, and nothing is lost.
    """

    def __init__(self, name: str, version: str, sink: Sink, models: dict[str, type[Message]], metrics: Metrics) -> None:
        self._name, self._version, self._sink, self._models, self._metrics = name, version, sink, models, metrics
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"sink-{name}")
        self._opened = False
        self._waiting_for: str | None = None

    @property
    def waiting_for(self) -> str | None:
        """Why the store does not take anything."""
        return self._waiting_for

    async def start(self) -> None:
        """Open the store, waiting as long as it is away."""

    async def process(self, batch: Sequence[Received], alive: Callable[[], None]) -> list[Outcome]:
        """Write what can be written; bury what cannot be read or what the store refuses. A key without value is a tombstone."""
        outcomes: list[Outcome | None] = [None] * len(batch)
        rows: list[tuple[int, Message | Tombstone]] = []
        for index, received in enumerate(batch):
            if received.value is None and received.key:
                if getattr(self._sink, "takes_tombstones", False):
                    rows.append((index, Tombstone(received.topic, received.key.decode(errors="replace"))))
                else:
                    outcomes[index] = Drop("tombstone")
                continue
            try:
                rows.append((index, decode(self._models[received.topic], received.value)))
            except DecodeError as error:
                outcomes[index] = Bury(error.reason, type(error).__name__, str(error), self._name, self._version)
        await self._write(rows, outcomes, alive)
        return [outcome if outcome is not None else Drop("stored") for outcome in outcomes]

    async def _write(
        self, rows: list[tuple[int, Message | Tombstone]], outcomes: list[Outcome | None], alive: Callable[[], None]
    ) -> None:
        waits = backoff()
        while rows:
            try:
                await self._call([row for _, row in rows])
                break
            except StoreRefused as error:
                index, _ = rows.pop(error.index)
                outcomes[index] = Bury(error.reason, type(error).__name__, str(error), self._name, self._version)
            except Unavailable as error:
                self._waiting_for = str(error)
                self._metrics.paused.set(1)
                self._metrics.retries.labels("store").inc()
                _LOG.warning("store_away", sink=self._name, reason=str(error), rows=len(rows))
                await _wait(max(next(waits), getattr(error, "retry_after_s", None) or 0.0), alive)
        self._waiting_for = None
        self._metrics.paused.set(0)

    async def _call(self, rows: list[Message | Tombstone]) -> None:
        def write() -> None:
            if not self._opened:
                self._sink.open()
                self._opened = True
            self._sink.write(rows)

        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, write))

    async def stop(self) -> None:
        """Close the store after the write under way."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._sink.close)
        self._thread.shutdown(wait=False)
