"""The reference: one plain aiokafka transactional loop, as short as it can be written. No rebalances, no dead letters, no health.

With `echo` it runs the same trivial stage as the engine (decode, call, encode, CloudEvents headers), so that both put the same
bytes on the topic; with `copy` it passes values through untouched.
"""

import asyncio
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


async def main(bootstrap: str, reads: str, writes: str, group: str, mode: str) -> None:
    """Read, write, commit offsets in the same transaction, for ever."""
    from echo_stage import ECHO

    from workers.ports import Received, StageOptions
    from workers.runtime.handle import Handler

    handler = Handler([ECHO], StageOptions())
    consumer = AIOKafkaConsumer(
        reads, bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest",
        isolation_level="read_committed", max_partition_fetch_bytes=4 * 1024 * 1024,
    )  # fmt: skip
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, transactional_id=group, compression_type="zstd", max_batch_size=512 * 1024
    )
    await consumer.start()
    await producer.start()
    while True:
        batches = await consumer.getmany(timeout_ms=200, max_records=3000)
        if not batches:
            continue
        async with producer.transaction():
            offsets = {}
            for partition, records in batches.items():
                for record in records:
                    if mode == "copy":
                        await producer.send(writes, record.value, key=record.key)
                        continue
                    done = handler(Received(record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers)))  # fmt: skip
                    await producer.send(done.topic, done.value, key=done.key, headers=list(done.headers))
                offsets[TopicPartition(partition.topic, partition.partition)] = records[-1].offset + 1
            await producer.send_offsets_to_transaction(offsets, group)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
