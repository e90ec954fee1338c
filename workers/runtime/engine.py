"""The article path's engine: a faust (mode) service that fetches, hands records to one lane per partition, and keeps the group alive.

Fetching never waits for work: a lane that has enough pauses its partition, and the loop goes on, so heartbeats and rebalances are
never starved. CPU work happens in the processors' processes and threads, never here.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import mode
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import OVERHEAD_BYTES, Topic
from workers.errors import DatelineError, Stopped
from workers.runtime.connection import aiokafka_arguments
from workers.runtime.dead_letters import Brake, BrakeSettings
from workers.runtime.lane import Lane, LaneSettings
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.processors import Processor
from workers.runtime.retry import backoff
from workers.runtime.settings import Settings

__all__ = ["Engine"]

_LOG = get_logger(__name__)
_POLL_MS = 200
_TAKE_RECORDS = 250  # at a time: fetched data stays compressed until it is taken
_LAG_EVERY_S = 1.0


class Engine(mode.Service):  # type: ignore[misc]  # mode is untyped
    """Consumes topics exactly once through a processor. `crashed_with` tells why it ended, if it did."""

    def __init__(
        self, name: str, topics: Sequence[Topic], processor: Processor, settings: Settings, metrics: Metrics
    ) -> None:
        super().__init__()
        self.name = name
        self.crashed_with: BaseException | None = None
        self.joined = False
        self._loaded = False
        self._topics, self._processor, self._settings, self._metrics = tuple(topics), processor, settings, metrics
        self._group = f"{settings.group_prefix}-{name}"
        self._lanes: dict[TopicPartition, Lane] = {}
        self._lock = asyncio.Lock()
        self._stopping = False
        self._consumer: AIOKafkaConsumer | None = None
        limit = max(topic.max_message_bytes for topic in topics) + OVERHEAD_BYTES
        self._lane_settings = LaneSettings(
            group=self._group,
            batch_records=settings.batch_records,
            batch_bytes=settings.batch_bytes,
            transaction_timeout_s=settings.transaction_timeout_s,
            client=aiokafka_arguments(settings),
        )
        self._brake_settings = BrakeSettings(
            settings.dead_letter_max_consecutive, settings.dead_letter_max_ratio, settings.dead_letter_window
        )
        self._fetch_limit = limit

    # -- life ---------------------------------------------------------------------------------------------------------

    @mode.Service.task  # type: ignore[untyped-decorator]
    async def _main(self) -> None:
        """Load the stages while joining the group, which takes as long; a broker that is away is waited for."""
        loading = asyncio.create_task(self._load())
        try:
            await self._join()
            await self._poll()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  ends the worker with its reason
            self._fail(error)
        finally:
            loading.cancel()

    async def _load(self) -> None:
        try:
            await self._processor.start()
            self._loaded = True
        except Exception as error:  # noqa: BLE001  ends the worker with its reason
            self._fail(error)

    async def _join(self) -> None:
        waits = backoff(first_s=0.5, cap_s=5.0)
        while not self._stopping:
            consumer = self._new_consumer()
            try:
                await consumer.start()
            except (KafkaError, OSError) as error:
                await consumer.stop()
                _LOG.warning("broker_away", bootstrap_servers=self._settings.bootstrap_servers, error=str(error))
                await asyncio.sleep(next(waits))
                continue
            self._consumer = consumer
            consumer.subscribe([topic.name for topic in self._topics], listener=_Listener(self))
            _LOG.info(
                "worker_started", worker=self.name, group=self._group, topics=[topic.name for topic in self._topics]
            )
            return

    def _new_consumer(self) -> AIOKafkaConsumer:
        settings = self._settings
        return AIOKafkaConsumer(
            **aiokafka_arguments(settings),
            group_id=self._group,
            group_instance_id=f"{self._group}-{settings.member_id}" if settings.member_id else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=int(settings.session_timeout_s * 1000),
            heartbeat_interval_ms=int(settings.heartbeat_s * 1000),
            max_partition_fetch_bytes=max(4 * 1024 * 1024, settings.batch_bytes // 4),
            fetch_max_bytes=self._fetch_limit * 2,
        )

    async def on_stop(self) -> None:
        """Drain: finish the batches under way, then leave the group."""
        self._stopping = True
        await self._release(self._settings.drain_s)
        if self._consumer is not None:
            try:
                await asyncio.wait_for(self._consumer.stop(), 2.0)
            except (TimeoutError, KafkaError) as error:
                _LOG.warning("consumer_stop_incomplete", error=repr(error))
        await self._processor.stop()

    # -- fetching -----------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        consumer = self._consumer
        reported = 0.0
        while not self._stopping and consumer is not None:
            self._steer(consumer)
            for tp, records in (await consumer.getmany(timeout_ms=_POLL_MS, max_records=_TAKE_RECORDS)).items():
                lane = self._lanes.get(tp)
                if lane is not None:
                    lane.take(records)
            if time.monotonic() - reported > _LAG_EVERY_S:
                reported = time.monotonic()
                self._report_lag(consumer)
            await asyncio.sleep(0)

    def _steer(self, consumer: AIOKafkaConsumer) -> None:
        """Pause partitions whose lane is full or not open yet, resume the others."""
        assigned = consumer.assignment()
        paused = consumer.paused()
        for tp, lane in self._lanes.items():
            if tp not in assigned:
                continue
            if lane.full and tp not in paused:
                consumer.pause(tp)
            elif not lane.full and tp in paused:
                consumer.resume(tp)

    def _report_lag(self, consumer: AIOKafkaConsumer) -> None:
        for tp, lane in self._lanes.items():
            if tp in consumer.assignment() and lane.live:
                self._metrics.lag.labels(tp.topic, str(tp.partition)).set(
                    max(0, (consumer.highwater(tp) or 0) - lane.committed)
                )

    # -- rebalances -----------------------------------------------------------------------------------------------------

    async def release(self) -> None:
        """Before a rebalance: let go of all lanes, finishing what can be finished soon."""
        await self._release(min(2.0, self._settings.drain_s))

    async def _release(self, drain_s: float) -> None:
        async with self._lock:
            lanes, self._lanes = self._lanes, {}
            await asyncio.gather(*(lane.stop(drain_s) for lane in lanes.values()))
            for tp in lanes:
                self._metrics.lag.remove(tp.topic, str(tp.partition))

    async def assign(self, assigned: set[TopicPartition]) -> None:
        """After a rebalance: one lane for each partition; they open by themselves."""
        consumer = self._consumer
        if consumer is None or self._stopping:
            return
        async with self._lock:
            self.joined = True
            self._metrics.rebalances.inc()
            for tp in assigned:
                brake = Brake(self._brake_settings)
                lane = Lane(tp, consumer, self._processor, brake, self._metrics, self._lane_settings, self._fail)
                self._metrics.lag.labels(tp.topic, str(tp.partition)).set(0)
                self._lanes[tp] = lane
                lane.start()

    # -- health -----------------------------------------------------------------------------------------------------------

    def _fail(self, error: BaseException) -> None:
        if self.crashed_with is None and not self._stopping:
            self.crashed_with = error
            event = "worker_stops" if isinstance(error, Stopped) else "worker_failed"
            _LOG.error(
                event,
                worker=self.name,
                error=str(error),
                error_class=type(error).__name__,
                exc_info=not isinstance(error, DatelineError),
            )

    @property
    def stalled_for_s(self) -> float:
        """Seconds since the slowest lane with work last moved; 0 while none has work."""
        now = time.monotonic()
        return max((now - lane.progressed_at for lane in tuple(self._lanes.values()) if lane.has_work), default=0.0)

    def not_ready(self) -> str | None:
        """Why the worker cannot take work now, or None."""
        if self.crashed_with is not None:
            return str(self.crashed_with)
        if not self._loaded:
            return "the stages are being loaded"
        if not self.joined:
            return f"not yet joined group {self._group} at {self._settings.bootstrap_servers}"
        if missing := self._missing_topics():
            return f"there is no topic {', '.join(missing)} at {self._settings.bootstrap_servers}: make it with `dateline topics create`"
        if any(not lane.live for lane in self._lanes.values()):
            return "partitions are being opened"
        return self._processor.waiting_for

    def _missing_topics(self) -> list[str]:
        consumer = self._consumer
        if consumer is None or self._lanes:
            return []
        return [topic.name for topic in self._topics if not consumer.partitions_for_topic(topic.name)]


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def on_partitions_revoked(self, revoked: Any) -> None:
        await self._engine.release()

    async def on_partitions_assigned(self, assigned: Any) -> None:
        await self._engine.assign(set(assigned))
