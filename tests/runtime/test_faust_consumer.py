"""Where faust's consumer begins to read, without a broker: the race that loses articles is rare, the seek that prevents it is not."""

from types import SimpleNamespace

from aiokafka import TopicPartition

from workers.runtime.faust_consumer import _Thread


class Consumer:
    """Seeks nowhere where nothing is committed, as aiokafka does."""

    def __init__(self, committed: dict[TopicPartition, int | None]) -> None:
        self._committed = committed
        self.sought: dict[TopicPartition, int] = {}

    async def seek_to_committed(self) -> dict[TopicPartition, int | None]:
        return self._committed

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 3)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.sought[partition] = offset


async def test_a_partition_without_a_committed_offset_is_sought_to_its_first_and_changelogs_are_left() -> None:
    new, zero, old, log = (TopicPartition(*one) for one in (("a", 0), ("a", 1), ("a", 2), ("log", 0)))
    consumer = Consumer({new: None, zero: 0, old: 7, log: None})
    thread = SimpleNamespace(app=SimpleNamespace(tables=SimpleNamespace(changelog_topics={"log"})))
    await _Thread._seek(thread, consumer)
    assert consumer.sought == {new: 3, zero: 3}
