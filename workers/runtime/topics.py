"""Topics on the broker: create them as the contracts say (again and again, harmlessly), list and describe them with lag."""

from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from schemas.topics import TOPICS, Topic
from workers.errors import Unavailable
from workers.runtime.connection import aiokafka_arguments
from workers.runtime.logging import get_logger
from workers.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["PartitionState", "TopicState", "create_topics", "describe_topics", "missing_topics"]

_LOG = get_logger(__name__)
_EXISTS = 36


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


async def create_topics(settings: Settings, topics: Sequence[Topic] = TOPICS) -> tuple[list[str], list[str]]:
    """Create what is missing and bring the settings of the rest up to date: (created, already there). Raises Unavailable."""
    async with _admin(settings) as admin:
        there = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in there]
        if missing:
            await _create(admin, settings, missing)
        existing = [topic for topic in topics if topic.name in there]
        if existing:
            await admin.alter_configs(
                [
                    ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=_replicated(topic, settings))
                    for topic in existing
                ]
            )
        return [topic.name for topic in missing], [topic.name for topic in existing]


def _replicated(topic: Topic, settings: Settings) -> dict[str, str]:
    return topic_configuration(topic) | {"min.insync.replicas": str(max(1, settings.replication - 1))}


async def _create(admin: AIOKafkaAdminClient, settings: Settings, topics: Sequence[Topic]) -> None:
    new = [
        NewTopic(
            topic.name,
            num_partitions=1 if topic.partitions == 1 else settings.partitions,
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
