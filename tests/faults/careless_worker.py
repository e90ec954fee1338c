"""The control: reads, writes, and commits offsets on its own schedule, as many consumers do. It doubles under kill -9."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer


async def main(bootstrap: str) -> None:
    consumer = AIOKafkaConsumer(
        "articles.raw.v1", bootstrap_servers=bootstrap, group_id="dateline-careless", auto_offset_reset="earliest",
        auto_commit_interval_ms=1500, session_timeout_ms=6000, heartbeat_interval_ms=2000, max_poll_records=50,
    )  # fmt: skip
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await consumer.start()
    await producer.start()
    async for record in consumer:
        await producer.send_and_wait("articles.cleaned.v1", record.value, key=record.key)


asyncio.run(main(sys.argv[1]))
