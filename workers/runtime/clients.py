"""What the command line does with topics: publish, follow, read to the end, find one article's messages."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from schemas.topics import OVERHEAD_BYTES, topic_named
from workers.errors import Refused, Unavailable
from workers.ports import Headers, Received, Tombstone
from workers.runtime.connection import aiokafka_arguments
from workers.runtime.settings import Settings

__all__ = ["Outgoing", "follow", "producing", "publish", "publish_tombstones", "read_all"]

_IN_FLIGHT = 2000
_NEW_TOPIC_WAITS_S = (0.1, 0.2, 0.4, 0.8, 1.5, 0.0)


class Outgoing(NamedTuple):
    """A message to publish."""

    key: bytes | None
    value: bytes
    headers: Headers = ()


def _away(settings: Settings, error: BaseException) -> Unavailable:
    return Unavailable(
        f"no broker answers at {settings.bootstrap_servers} ({error}): start one (`dateline up`), or set DATELINE_BOOTSTRAP_SERVERS"
    )


@asynccontextmanager
async def producing(settings: Settings, transactional_id: str | None = None) -> AsyncIterator[AIOKafkaProducer]:
    """A started producer: idempotent, acknowledged by all replicas, compressed. Raises Unavailable."""
    producer = AIOKafkaProducer(
        **aiokafka_arguments(settings),
        enable_idempotence=True,
        transactional_id=transactional_id,
        compression_type="zstd",
        linger_ms=5,
        max_batch_size=512 * 1024,
        max_request_size=topic_named("dead-letters.v1").max_message_bytes + OVERHEAD_BYTES,
    )
    try:
        await producer.start()
        yield producer
    except (KafkaError, OSError) as error:
        raise _away(settings, error) from None
    finally:
        await producer.stop()


async def _exists(producer: AIOKafkaProducer, topic: str) -> bool:
    """Whether the broker knows the topic; one made just now is given a moment."""
    for wait_s in _NEW_TOPIC_WAITS_S:
        if topic in (await producer.client.fetch_all_metadata()).topics():
            return True
        await asyncio.sleep(wait_s)
    return False


async def publish(
    settings: Settings,
    topic: str,
    messages: Iterable[Outgoing],
    on_sent: Callable[[int], None] = lambda _: None,
    on_refused: Callable[[Outgoing, Refused], None] | None = None,
) -> int:
    """Publish all and wait until all are acknowledged; the number sent. A message that is too large is refused, the rest goes on.

    Raises Unavailable when the broker is away or the topic is missing.
    """
    sent = 0
    pending: set[asyncio.Future[object]] = set()
    async with producing(settings) as producer:
        if not await _exists(producer, topic):
            raise Unavailable(
                f"there is no topic {topic} at {settings.bootstrap_servers}: make it with `dateline topics create`"
            )
        for message in messages:
            try:
                future = await producer.send(topic, message.value, key=message.key, headers=list(message.headers))
            except MessageSizeTooLargeError:
                refusal = Refused(
                    "too_large",
                    f"{len(message.value)} bytes; {topic} takes {topic_named(topic).max_message_bytes - OVERHEAD_BYTES}",
                )
                if on_refused is None:
                    raise refusal from None
                on_refused(message, refusal)
                continue
            pending.add(future)
            sent += 1
            on_sent(1)
            if len(pending) >= _IN_FLIGHT:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for finished in done:
                    finished.result()
        for finished in asyncio.as_completed(pending):
            await finished
    return sent


async def publish_tombstones(settings: Settings, tombstones: Iterable[Tombstone]) -> None:
    """Tell every reader of the topics that these ids are withdrawn, and wait until all are acknowledged. Raises Unavailable."""
    async with producing(settings) as producer:
        for tombstone in tombstones:
            if not await _exists(producer, tombstone.topic):
                raise Unavailable(f"there is no topic {tombstone.topic}: make it with `dateline topics create`")
            await producer.send_and_wait(tombstone.topic, None, key=tombstone.id.encode())


@asynccontextmanager
async def _reading(
    settings: Settings, topics: Iterable[str]
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    consumer = AIOKafkaConsumer(
        **aiokafka_arguments(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    try:
        await consumer.start()
        partitions = []
        for topic in topics:
            await consumer._client.add_topic(topic)
            numbers = consumer.partitions_for_topic(topic)
            if not numbers:
                raise Unavailable(
                    f"there is no topic {topic} at {settings.bootstrap_servers}: make it with `dateline topics create`"
                )
            partitions += [TopicPartition(topic, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        yield consumer, partitions
    except (KafkaError, OSError) as error:
        raise _away(settings, error) from None
    finally:
        await consumer.stop()


async def read_all(settings: Settings, *topics: str, since_s: float | None = None) -> AsyncIterator[Received]:
    """Every committed message of some topics up to their present end, partition by partition."""
    async with _reading(settings, topics) as (consumer, partitions):
        ends = await consumer.end_offsets(partitions)
        starts = await _starts(consumer, partitions, since_s)
        left = {tp for tp in partitions if starts[tp] < ends[tp]}
        for tp in partitions:
            consumer.seek(tp, starts[tp])
        consumer.pause(*(tp for tp in partitions if tp not in left))
        while left:
            batch = await consumer.getmany(timeout_ms=500)
            for records in batch.values():
                for record in records:
                    yield _received(record)
            left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
            if not batch and left:  # only markers of transactions are left before the end
                positions = {tp: await consumer.position(tp) for tp in left}
                left = {tp for tp, position in positions.items() if ends[tp] - position > 2}


async def _starts(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], since_s: float | None
) -> dict[TopicPartition, int]:
    first: dict[TopicPartition, int] = await consumer.beginning_offsets(partitions)
    if since_s is None:
        return first
    ends = await consumer.end_offsets(partitions)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(since_s * 1000)))
    return {tp: found[tp].offset if found.get(tp) else ends[tp] for tp in partitions}


async def follow(
    settings: Settings, topic: str, *, from_beginning: bool, stop_after_s: float | None = None
) -> AsyncIterator[Received]:
    """Messages as they are committed; ends after `stop_after_s` seconds without one, else never."""
    async with _reading(settings, [topic]) as (consumer, partitions):
        await (consumer.seek_to_beginning if from_beginning else consumer.seek_to_end)(*partitions)
        last = time.monotonic()
        while stop_after_s is None or time.monotonic() - last < stop_after_s:
            for records in (await consumer.getmany(timeout_ms=250)).values():
                for record in records:
                    last = time.monotonic()
                    yield _received(record)


def _received(record: object) -> Received:
    return Received(
        record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers or ()), record.timestamp,  # type: ignore[attr-defined]
    )  # fmt: skip
