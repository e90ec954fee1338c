"""Topics on the broker: create them as the contracts say (again and again, harmlessly), list and describe them with lag."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from schemas.topics import TOPICS, Topic
from workers.errors import Unavailable
from workers.runtime.connection import aiokafka_arguments
from workers.runtime.logging import get_logger
from workers.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = [
    "PartitionState",
    "TopicState",
    "TopicsMade",
    "create_topics",
    "describe_topics",
    "missing_topics",
    "partitions_of",
    "provide_partitions",
]

_LOG = get_logger(__name__)
_EXISTS = 36
#: Asked for so many times, every quarter of a second, until new topics have all their partitions.
_ASKED, _EVERY_S = 40, 0.25


@dataclass(frozen=True, slots=True)
class PartitionState:
    """One partition: its first and next offset."""

    partition: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it stands, and for each consumer group how many messages it has not committed yet."""

    name: str
    partitions: tuple[PartitionState, ...]
    lag: dict[str, int]

    @property
    def messages(self) -> int:
        """Offsets in use; transaction markers take one each, so this is an upper bound of the messages."""
        return sum(part.end - part.start for part in self.partitions)


@asynccontextmanager
async def _admin(settings: Settings) -> "AsyncIterator[AIOKafkaAdminClient]":
    client = AIOKafkaAdminClient(**aiokafka_arguments(settings))
    try:
        await client.start()
        yield client
    except (KafkaError, OSError) as error:
        raise Unavailable(
            f"no broker answers at {settings.bootstrap_servers} ({error}): start one (`dateline up`), or set DATELINE_BOOTSTRAP_SERVERS"
        ) from None
    finally:
        await client.close()


def topic_configuration(topic: Topic) -> dict[str, str]:
    """The broker's settings for a topic."""
    return {
        "cleanup.policy": topic.cleanup,
        "retention.ms": str(topic.retention_ms),
        "min.compaction.lag.ms": str(topic.compaction_lag_ms),
        "compression.type": topic.compression,
        "max.message.bytes": str(topic.max_message_bytes),
        "min.insync.replicas": "1",
    }


@dataclass(frozen=True, slots=True)
class TopicsMade:
    """What `create_topics` did, by name: `narrow` ones have fewer partitions than the settings ask for, and were left so."""

    created: tuple[str, ...]
    kept: tuple[str, ...]
    widened: tuple[str, ...]
    narrow: tuple[str, ...]


async def create_topics(settings: Settings, topics: Sequence[Topic] = TOPICS, *, widen: bool = False) -> TopicsMade:
    """Create what is missing and bring the settings of the rest up to date; `widen`: also give it the partitions that the settings ask for.

    Kafka cannot take partitions away again, and keys move to other partitions. Raises Unavailable.
    """
    async with _admin(settings) as admin:
        created, existing = await _provide(admin, settings, topics)
        if existing:
            await admin.alter_configs(
                [
                    ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=_replicated(topic, settings))
                    for topic in existing
                ]
            )
        narrow = await _narrow(admin, settings, existing)
        if widen:
            await _widen(admin, settings, narrow)
        names = tuple(topic.name for topic in existing)
        return TopicsMade(created, names, narrow if widen else (), () if widen else narrow)


async def provide_partitions(settings: Settings, topics: Sequence[Topic]) -> None:
    """Create and widen what is missing or too narrow, and leave the rest as it is. Raises Unavailable."""
    async with _admin(settings) as admin:
        _, existing = await _provide(admin, settings, topics)
        await _widen(admin, settings, await _narrow(admin, settings, existing))


async def _provide(
    admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]
) -> tuple[tuple[str, ...], list[Topic]]:
    """Create the missing ones: (their names, those that were there)."""
    there = set(await admin.list_topics())
    missing = [topic for topic in topics if topic.name not in there]
    if missing:
        await _create(admin, settings, missing)
    return tuple(topic.name for topic in missing), [topic for topic in topics if topic.name in there]


async def _narrow(admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]) -> tuple[str, ...]:
    found = await admin.describe_topics([topic.name for topic in topics]) if topics else []
    wanted = {topic.name: _width(topic, settings) for topic in topics}
    return tuple(one["topic"] for one in found if 0 < len(one["partitions"]) < wanted[one["topic"]])


async def _widen(admin: AIOKafkaAdminClient, settings: Settings, names: Sequence[str]) -> None:
    if names:
        await admin.create_partitions({name: NewPartitions(settings.partitions) for name in names})
        await _visible(admin, dict.fromkeys(names, settings.partitions))


def _width(topic: Topic, settings: Settings) -> int:
    return 1 if topic.partitions == 1 else settings.partitions


async def partitions_of(settings: Settings, name: str) -> tuple[int, int]:
    """(partitions that the topic has, those of them that have a leader). Raises Unavailable."""
    async with _admin(settings) as admin:
        found = await admin.describe_topics([name])
    leaders = [part["leader"] for topic in found for part in topic["partitions"]]
    return len(leaders), sum(leader >= 0 for leader in leaders)


def _replicated(topic: Topic, settings: Settings) -> dict[str, str]:
    return topic_configuration(topic) | {"min.insync.replicas": str(max(1, settings.replication - 1))}


async def _create(admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]) -> None:
    new = [
        NewTopic(
            topic.name,
            num_partitions=_width(topic, settings),
            replication_factor=settings.replication,
            topic_configs=_replicated(topic, settings),
        )
        for topic in topics
    ]
    response = await admin.create_topics(new)
    for name, code, *rest in response.topic_errors:
        if code and code != _EXISTS:
            raise Unavailable(
                f"topic {name} cannot be created: {rest[0] if rest and rest[0] else for_code(code).__name__}"
            )
    await _visible(admin, {one.name: one.num_partitions for one in new})


async def _visible(admin: AIOKafkaAdminClient, wanted: dict[str, int]) -> None:
    """Wait until the broker tells of the new topics: it takes them before it does, and who asks in between is told that there are none."""
    for _ in range(_ASKED):
        found = await admin.describe_topics(list(wanted))
        led = {one["topic"]: sum(part["leader"] >= 0 for part in one["partitions"]) for one in found}
        if all(led.get(name, 0) >= count for name, count in wanted.items()):
            return
        await asyncio.sleep(_EVERY_S)
    raise Unavailable("the broker has made the topics, but tells no leader for their partitions yet: try again")


async def describe_topics(settings: Settings, names: Sequence[str] = ()) -> list[TopicState]:
    """Our topics (or those named) with offsets and the lag of every group that reads them. Raises Unavailable."""
    async with _admin(settings) as admin:
        there = set(await admin.list_topics())
        wanted = [name for name in (names or [topic.name for topic in TOPICS]) if name in there]
        groups = [group for group, *_ in await admin.list_consumer_groups() if group.startswith(settings.group_prefix)]
        committed = {group: await admin.list_consumer_group_offsets(group) for group in groups}
    consumer = AIOKafkaConsumer(
        **aiokafka_arguments(settings), isolation_level="read_committed", enable_auto_commit=False
    )
    await consumer.start()
    try:
        return [await _describe(consumer, name, committed) for name in wanted]
    finally:
        await consumer.stop()


async def _describe(consumer: AIOKafkaConsumer, name: str, committed: dict[str, Any]) -> TopicState:
    await consumer._client.add_topic(name)
    partitions = sorted(TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ())
    starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    lag = {}
    for group, offsets in committed.items():
        known = [tp for tp in partitions if tp in offsets]
        if known:
            lag[group] = await _uncommitted(consumer, {tp: max(offsets[tp].offset, starts[tp]) for tp in known}, ends)
    states = tuple(PartitionState(tp.partition, starts[tp], ends[tp]) for tp in partitions)
    return TopicState(name, states, lag)


async def _uncommitted(
    consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int], ends: dict[TopicPartition, int]
) -> int:
    """Messages between the committed offsets and the ends. Few are counted by reading: what is left may be markers of transactions."""
    rough = {tp: ends[tp] - offset for tp, offset in offsets.items() if ends[tp] > offset}
    few = {tp: left for tp, left in rough.items() if left <= 2}
    total = sum(left for tp, left in rough.items() if tp not in few)
    if few:
        consumer.assign(list(few))
        for tp in few:
            consumer.seek(tp, offsets[tp])
        found = await consumer.getmany(*few, timeout_ms=500)
        total += sum(len(records) for records in found.values())
    return total


async def missing_topics(settings: Settings, names: Sequence[str]) -> list[str]:
    """The names that do not exist on the broker. Raises Unavailable."""
    async with _admin(settings) as admin:
        there = set(await admin.list_topics())
    return [name for name in names if name not in there]
