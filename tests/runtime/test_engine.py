"""The engine on a real broker: order, drain, back-pressure, watchdog, compressions, what it says while it cannot work."""

import asyncio
import signal
import socket
import sys
import time
from pathlib import Path

import psutil
import pytest
from kafka_tools import Worker, delete_topics, fresh_topics, produce, read_topic, wait_for

from schemas.topics import CLEANED, DEAD_LETTERS, ENRICHED, RAW
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka

pytestmark = pytest.mark.broker
SCRIPT = str(Path(__file__).with_name("hostile_worker.py"))


def hostile(kafka: EmbeddedKafka, folder: Path, kind: str = "stage", **environment: object) -> Worker:
    return Worker(kind, kafka.bootstrap_servers, folder, command=[sys.executable, SCRIPT, kind], **environment)


def contents(settings: object, topic: str = CLEANED.name) -> list[str]:
    import json

    return [json.loads(message.value or b"")["content"] for message in read_topic(settings, topic)]  # type: ignore[arg-type]


def test_messages_of_one_key_keep_their_order_through_two_processes(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    orders = [f"number {number}" if number % 7 else f"sleep 0.0{number % 10}" for number in range(600)]
    produce(settings, RAW.name, [Outgoing(b"one key", order.encode()) for order in orders])
    running = hostile(kafka, tmp_path, pool_processes=2, chunk_records=10).start()
    try:
        wait_for(lambda: len(contents(settings)) == 600)
        assert contents(settings) == orders
    finally:
        running.stop()


def test_sigterm_drains_in_under_five_seconds_and_the_next_worker_goes_on(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    produce(settings, RAW.name, [Outgoing(str(n).encode(), b"sleep 0.01 %d" % n) for n in range(1000)])
    first = hostile(kafka, tmp_path, pool_processes=1, batch_records=25).start()
    try:
        wait_for(lambda: len(contents(settings)) > 50)
        started = time.monotonic()
        first.send(signal.SIGTERM)
        assert first.wait(10) == 0
        assert time.monotonic() - started < 5
        assert len(contents(settings)) < 1000
        first.start()
        wait_for(lambda: len(contents(settings)) >= 1000)
        assert sorted(contents(settings)) == sorted(f"sleep 0.01 {n}" for n in range(1000))
    finally:
        first.stop()


def test_a_sink_that_hangs_is_ended_by_the_watchdog(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    produce(settings, ENRICHED.name, [Outgoing(b"1", b'{"id": "1", "text": "A text"}')])
    hanging = hostile(kafka, tmp_path, "hanging", stall_after_s=5, stage_timeout_s=2).start()
    try:
        assert hanging.wait(40) == 70, hanging.tail()
        assert "nothing has moved for" in hanging.tail()
    finally:
        hanging.stop()


def test_slow_work_that_moves_is_no_stall(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    produce(settings, RAW.name, [Outgoing(str(n).encode(), b"sleep 0.9") for n in range(12)])
    slow = hostile(kafka, tmp_path, pool_processes=1, stall_after_s=5, stage_timeout_s=2, chunk_records=1).start()
    try:
        wait_for(lambda: len(contents(settings)) == 12)
        assert slow.running()
    finally:
        slow.stop()


def test_memory_stays_flat_while_the_backlog_is_large(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    import random

    settings = fresh_topics(kafka.bootstrap_servers)
    body = random.Random(1).randbytes(300_000).hex().encode()
    produce(settings, RAW.name, [Outgoing(str(n).encode(), b"sleep 0.02 " + body) for n in range(500)])  # 300 MB
    slow = hostile(kafka, tmp_path, pool_processes=1, batch_bytes=2_000_000, chunk_bytes=1_000_000).start()
    try:
        slow.wait_ready()
        process = psutil.Process(slow.process.pid)  # type: ignore[union-attr]
        most = 0
        deadline = time.monotonic() + 60
        while _sent(slow) < 500 and time.monotonic() < deadline:
            most = max(most, process.memory_info().rss)
            time.sleep(0.05)
        assert _sent(slow) == 500
        assert most < 450 * 1024**2, f"{most / 1024**2:.0f} MB"
    finally:
        slow.stop()


def _sent(one: Worker) -> float:
    lines = one.page("/metrics")[1].splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("dateline_sent_messages_total"))


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
def test_every_compression_that_a_publisher_may_use_is_read(
    kafka: EmbeddedKafka, tmp_path: Path, compression: str
) -> None:
    from aiokafka import AIOKafkaProducer

    settings = fresh_topics(kafka.bootstrap_servers, partitions=1)

    async def send() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, compression_type=compression)
        await producer.start()
        await producer.send_and_wait(RAW.name, b"word " * 500)
        await producer.stop()

    asyncio.run(send())
    running = hostile(kafka, tmp_path, pool_processes=1).start()
    try:
        wait_for(lambda: len(contents(settings)) == 1)
    finally:
        running.stop()


def test_a_worker_whose_broker_is_away_is_alive_not_ready_and_stops_when_told(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        away = f"127.0.0.1:{free.getsockname()[1]}"
    running = hostile(kafka, tmp_path, pool_processes=1, bootstrap_servers=away).start()
    try:
        wait_for(lambda: running.page("/healthz")[0] == 200)
        status, page = running.page("/readyz")
        assert status == 503
        assert away in page or "being loaded" in page
        wait_for(lambda: "broker_away" in running.tail())
        assert running.terminate() == 0
    finally:
        running.stop()


def test_a_missing_topic_is_named_with_the_command_that_makes_it(kafka: EmbeddedKafka, tmp_path: Path) -> None:

    settings = fresh_topics(kafka.bootstrap_servers)
    delete_topics(settings, RAW.name)
    running = hostile(kafka, tmp_path, pool_processes=1).start()
    try:
        wait_for(lambda: "dateline topics create" in running.page("/readyz")[1])
        fresh_topics(kafka.bootstrap_servers)
        produce(settings, RAW.name, [Outgoing(b"1", b"word")])
        wait_for(lambda: running.page("/readyz")[0] == 200)
        wait_for(lambda: len(contents(settings)) == 1)
    finally:
        running.stop()


def test_what_kills_a_pool_process_lies_in_the_dead_letters_and_the_rest_goes_on(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    orders = [b"segfault" if n in (3, 40) else b"number %d" % n for n in range(100)]
    produce(
        settings,
        RAW.name,
        [Outgoing(str(n).encode(), order, (("x-mine", b"kept"),)) for n, order in enumerate(orders)],
    )
    running = hostile(kafka, tmp_path, pool_processes=2).start()
    try:
        wait_for(lambda: len(contents(settings)) == 98)
        letters = read_topic(settings, DEAD_LETTERS.name)
        assert sorted(letter.key or b"" for letter in letters) == [b"3", b"40"]
        headers = dict(letters[0].headers)
        assert headers["x-error-reason"] == b"stage_crashed"
        assert headers["x-mine"] == b"kept", "a publisher's own headers stay"
        assert letters[0].value == b"segfault"
    finally:
        running.stop()


def test_metrics_tell_what_happened(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=1)
    produce(settings, RAW.name, [Outgoing(b"1", b"word"), Outgoing(b"2", b"refuse"), Outgoing(b"3", b"segfault")])
    running = hostile(kafka, tmp_path, pool_processes=1).start()
    try:
        wait_for(lambda: len(read_topic(settings, DEAD_LETTERS.name)) == 2)
        wait_for(
            lambda: 'dateline_lag_messages{partition="0",topic="articles.raw.v1"} 0.0' in running.page("/metrics")[1]
        )
        page = running.page("/metrics")[1]
        for line in (
            'dateline_received_messages_total{topic="articles.raw.v1"} 3.0',
            'dateline_sent_messages_total{topic="articles.cleaned.v1"} 1.0',
            'dateline_dead_lettered_messages_total{reason="too_strange"} 1.0',
            'dateline_dead_lettered_messages_total{reason="stage_crashed"} 1.0',
            "dateline_rebalances_total",
            "dateline_pool_crashes_total",
            "dateline_batch_records_count",
            'dateline_stage_seconds_count{stage="hostile"} 1.0',
            "dateline_event_loop_lag_seconds",
        ):
            assert line in page, line
    finally:
        running.stop()
