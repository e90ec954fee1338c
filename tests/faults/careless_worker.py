"""The controls: workers that commit offsets apart from their output, as many consumers do. Under kill -9 they double, or lose."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer


async def main(bootstrap: str, mode: str) -> None:
    """`doubles`: writes at once, commits every 30 s. `loses`: commits what was fetched, then writes it bit by bit."""
    consumer = AIOKafkaConsumer(
        "articles.raw.v1", bootstrap_servers=bootstrap, group_id="dateline-careless", auto_offset_reset="earliest",
        enable_auto_commit=mode == "doubles", auto_commit_interval_ms=30_000, session_timeout_ms=6000,
        heartbeat_interval_ms=2000, max_poll_records=500,
    )  # fmt: skip
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await consumer.start()
    await producer.start()
    while True:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            if mode == "loses":
                await consumer.commit()
            for record in records:
                await producer.send_and_wait("articles.cleaned.v1", record.value, key=record.key)
                await asyncio.sleep(0.002)


asyncio.run(main(*sys.argv[1:]))
