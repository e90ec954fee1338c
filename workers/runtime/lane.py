"""One input partition, exactly once: its own transactional producer, its batches in order, one transaction per batch.

The theory. A partition has at most one lane that can commit: the lane's transactional id names the partition, so opening a lane
(InitProducerId) fences every older owner and settles its open transaction; only then are the committed offset read and the consumer
sought to it. Outputs, dead letters and the offset are in one transaction, so a batch happened wholly or not at all. Whatever goes
wrong in a lane has one answer: throw away what is not committed, and open again from the committed offset.

(aiokafka speaks TxnOffsetCommit v0, without group metadata; that is why the id must be per partition and not per worker.)
"""

import asyncio
import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced

from schemas.topics import DEAD_LETTERS, OVERHEAD_BYTES
from workers.errors import DatelineError
from workers.ports import Bury, Drop, Forward, Outcome, Received
from workers.runtime.dead_letters import Brake, bury
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.processors import Processor
from workers.runtime.retry import backoff

__all__ = ["Lane", "LaneSettings"]

_LOG = get_logger(__name__)
_CLOSE_S = 2.0
#: A batch grows while it takes less than half of this and shrinks when it takes more than twice: few transactions where stages are
#: quick, and outputs that do not wait long for their batch where they are slow.
_BATCH_S = 0.5
_FIRST_BATCH = 100


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """What all lanes of a worker share. Seconds and bytes."""

    group: str
    batch_records: int
    batch_bytes: int
    transaction_timeout_s: float
    client: dict[str, Any]


class Lane:
    """Takes records of one partition, processes and commits them. `failed` is called once with what must stop the worker."""

    def __init__(
        self,
        partition: TopicPartition,
        consumer: AIOKafkaConsumer,
        processor: Processor,
        brake: Brake,
        metrics: Metrics,
        settings: LaneSettings,
        failed: Callable[[BaseException], None],
    ) -> None:
        self.partition = partition
        self.live = False
        self.next_offset = 0
        self.committed = 0
        self.progressed_at = time.monotonic()
        self._consumer, self._processor, self._brake, self._metrics = consumer, processor, brake, metrics
        self._settings, self._failed = settings, failed
        self._buffer: deque[Received] = deque()
        self._buffered_bytes = 0
        self._arrived = asyncio.Event()
        self._batch_records = min(_FIRST_BATCH, settings.batch_records)
        self._draining = False
        self._producer: AIOKafkaProducer | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Open and work in a task of its own."""
        self._task = asyncio.create_task(self._run(), name=f"lane-{self.partition.topic}-{self.partition.partition}")

    @property
    def full(self) -> bool:
        """Whether fetching should pause: two batches wait."""
        return len(self._buffer) >= 2 * self._batch_records or self._buffered_bytes >= 2 * self._settings.batch_bytes

    @property
    def has_work(self) -> bool:
        """Whether anything is taken and not yet committed."""
        return self.live and self.committed < self.next_offset

    def take(self, records: Sequence[Any]) -> None:
        """Accept fetched records. Those fetched before the lane was sought to its offset are not its own, and dropped."""
        if not self.live or self._draining:
            return
        if not self.has_work:
            self._alive()
        for record in records:
            if record.offset < self.next_offset:
                continue
            received = Received(
                record.topic,
                record.partition,
                record.offset,
                record.key,
                record.value,
                tuple(record.headers or ()),
                record.timestamp,
            )
            self._buffer.append(received)
            self._buffered_bytes += len(record.value or b"")
            self.next_offset = record.offset + 1
        self._metrics.received.labels(self.partition.topic).inc(len(records))
        self._arrived.set()

    async def stop(self, drain_s: float) -> None:
        """Finish the batches under way within `drain_s`, then let go; what is not committed will be done by the next owner."""
        self._draining = True
        self._buffer.clear()
        self._arrived.set()
        task = self._task
        if task is None:
            return
        await asyncio.wait({task}, timeout=drain_s)
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_CLOSE_S)

    async def _run(self) -> None:
        waits = backoff()
        while not self._draining:
            try:
                await self._open()
                waits = backoff()
                await self._work()
            except asyncio.CancelledError:
                raise
            except ProducerFenced:
                # Another worker has opened this partition: it is not ours any more, whatever our group still believes.
                _LOG.warning("lane_fenced", topic=self.partition.topic, partition=self.partition.partition)
                self._draining = True
            except (TimeoutError, KafkaError, OSError) as error:
                self._metrics.lane_resets.labels(self.partition.topic).inc()
                self._metrics.retries.labels("broker").inc()
                _LOG.warning(
                    "lane_reset", topic=self.partition.topic, partition=self.partition.partition, error=repr(error)
                )
                self.progressed_at = time.monotonic()
                if not self._draining:
                    await asyncio.sleep(next(waits))
            except (DatelineError, Exception) as error:  # noqa: BLE001  handed to the engine, which ends the worker
                self._draining = True
                self._failed(error)
            finally:
                self.live = False
                await self._close()

    async def _open(self) -> None:
        """Fence older owners, then read the offset, then seek; no await between seeking and going live."""
        tp, settings = self.partition, self._settings
        producer = AIOKafkaProducer(
            **settings.client,
            transactional_id=f"{settings.group}-{tp.topic}-{tp.partition}",
            transaction_timeout_ms=int(settings.transaction_timeout_s * 1000),
            compression_type="zstd",
            max_request_size=DEAD_LETTERS.max_message_bytes + OVERHEAD_BYTES,
            max_batch_size=512 * 1024,
        )
        self._producer = producer
        await producer.start()
        offset = await self._consumer.committed(tp)
        if offset is None:
            offset = (await self._consumer.beginning_offsets([tp]))[tp]
        self._buffer.clear()
        self._buffered_bytes = 0
        self._consumer.seek(tp, offset)
        self.next_offset = self.committed = offset
        self.live = True
        _LOG.debug("lane_open", topic=tp.topic, partition=tp.partition, offset=offset)

    async def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        with contextlib.suppress(Exception):
            await asyncio.wait_for(producer.stop(), _CLOSE_S)

    async def _work(self) -> None:
        """Process batch n+1 while batch n commits; commit in order."""
        done: asyncio.Queue[tuple[list[Received], list[Outcome]] | None] = asyncio.Queue(maxsize=1)
        processing = asyncio.create_task(self._process_batches(done))
        committing = asyncio.create_task(self._commit_batches(done))
        try:
            finished, _ = await asyncio.wait({processing, committing}, return_when=asyncio.FIRST_EXCEPTION)
            for task in finished:
                task.result()
        finally:
            for task in (processing, committing):
                task.cancel()
            await asyncio.gather(processing, committing, return_exceptions=True)

    async def _process_batches(self, done: asyncio.Queue[tuple[list[Received], list[Outcome]] | None]) -> None:
        while not self._draining:
            batch = self._next_batch()
            if not batch:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            started = time.monotonic()
            outcomes = await self._processor.process(batch, self._alive)
            self._adapt(len(batch), time.monotonic() - started)
            await done.put((batch, outcomes))
        await done.put(None)

    def _adapt(self, records: int, seconds: float) -> None:
        if seconds > 2 * _BATCH_S:
            self._batch_records = max(min(_FIRST_BATCH, self._settings.batch_records), self._batch_records // 2)
        elif seconds < _BATCH_S / 2 and records >= self._batch_records:
            self._batch_records = min(self._settings.batch_records, self._batch_records * 2)

    async def _commit_batches(self, done: asyncio.Queue[tuple[list[Received], list[Outcome]] | None]) -> None:
        while (item := await done.get()) is not None:
            batch, outcomes = item
            self._brake.check(outcomes)
            await self._commit(batch, outcomes)
            self._count(batch, outcomes)

    def _alive(self) -> None:
        self.progressed_at = time.monotonic()

    def _next_batch(self) -> list[Received]:
        batch: list[Received] = []
        size = 0
        while self._buffer and len(batch) < self._batch_records and (not batch or size < self._settings.batch_bytes):
            received = self._buffer.popleft()
            size += len(received.value or b"")
            batch.append(received)
        self._buffered_bytes -= size
        return batch

    async def _commit(self, batch: list[Received], outcomes: list[Outcome]) -> None:
        producer = self._producer
        if producer is None:
            raise KafkaError("the lane is closed")
        now_s = time.time()
        await producer.begin_transaction()
        sent = []
        for received, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Drop):
                continue
            message = outcome if isinstance(outcome, Forward) else bury(received, outcome, now_s)
            sent.append(
                await producer.send(message.topic, message.value, key=message.key, headers=list(message.headers))
            )
        for delivery in sent:  # in order: most are done when the first is, and then cost nothing
            await delivery
        offset = batch[-1].offset + 1
        await producer.send_offsets_to_transaction({self.partition: offset}, self._settings.group)
        await producer.commit_transaction()
        self.committed = offset
        self._alive()

    def _count(self, batch: Sequence[Received], outcomes: Sequence[Outcome]) -> None:
        metrics = self._metrics
        metrics.transactions.labels(self.partition.topic).inc()
        metrics.batch_records.observe(len(batch))
        sent: Counter[str] = Counter()
        for received, outcome in zip(batch, outcomes, strict=True):
            match outcome:
                case Forward():
                    sent[outcome.topic] += 1
                    for stage, seconds in outcome.timings:
                        metrics.observe_stage(stage, seconds)
                case Bury():
                    metrics.dead_lettered.labels(outcome.reason).inc()
                    _LOG.warning(
                        "dead_letter", topic=received.topic, partition=received.partition, offset=received.offset,
                        article=(received.key or b"").decode(errors="replace"), stage=outcome.stage, reason=outcome.reason,
                        error=outcome.message,
                    )  # fmt: skip
                case Drop():
                    metrics.dropped.labels(outcome.reason).inc()
        for topic, count in sent.items():
            metrics.sent.labels(topic).inc(count)
