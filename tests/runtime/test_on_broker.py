"""The main job on a real broker: every stage alone, fused, the sink, the alerts, the dead letters."""

import json
import sqlite3
import time
from pathlib import Path

import orjson
import pytest
from kafka_tools import Worker, fresh_topics, produce, read_topic, wait_for, worker
from poison import POISON

from schemas.topics import ALERTS, DEAD_LETTERS, ENRICHED, RAW
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.testing import MemoryPipeline

pytestmark = pytest.mark.broker
SAMPLE = (Path(__file__).parents[2] / "workers" / "cli" / "samples" / "aggregator-dump.txt").read_bytes()
RULES = "rules:\n  - name: Lavrov\n    entities: [Lavrov]\n  - name: Never\n    keywords: [xylophone]\n"


def without_times(value: bytes | None) -> dict[str, object]:
    fields = json.loads(value or b"{}")
    fields.pop("provenance")
    return fields


def stored(store: Path) -> tuple[list[str], int]:
    """The rules of the stored alerts, and the number of stored articles."""
    with sqlite3.connect(store) as connection:
        rules = [rule for (rule,) in connection.execute("SELECT rule FROM alerts")]
        return rules, connection.execute("SELECT count(*) FROM articles").fetchone()[0]


def test_separate_workers_enrich_the_sample_once(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    store = tmp_path / "store.db"
    alerts_file = tmp_path / "alerts.jsonl"
    common = {"pool_processes": 1}
    names = {
        "cleaner": common,
        "entities": common,
        "dates": common,
        "storage": {"storage_url": f"sqlite:///{store}"},
        "alerts": {"alert_rules": rules},
        "notifier": {"alerts_webhook_url": f"file://{alerts_file}"},
    }
    running = [Worker(name, kafka.bootstrap_servers, tmp_path, **options).start() for name, options in names.items()]
    try:
        for one in running:
            one.wait_ready()
        produce(settings, RAW.name, [Outgoing(b"sample", SAMPLE)])
        wait_for(lambda: alerts_file.exists() and bool(alerts_file.read_text()))
        wait_for(lambda: store.exists() and stored(store) == (["Lavrov"], 1))
        enriched = read_topic(settings, ENRICHED.name)
        assert len(enriched) == 1
        in_memory = next(iter(MemoryPipeline(fused=False).run([SAMPLE])))
        assert without_times(enriched[0].value) == without_times(in_memory.value)  # type: ignore[union-attr]
        headers = dict(enriched[0].headers)
        assert headers["ce_type"] == b"dateline.articles.enriched.v1"
        assert headers["ce_subject"] == enriched[0].key
        alerts = read_topic(settings, ALERTS.name)
        assert [orjson.loads(alert.value or b"")["rule"] for alert in alerts] == ["Lavrov"]
        assert not read_topic(settings, DEAD_LETTERS.name)
        for one in running:
            started = time.monotonic()
            assert one.terminate() == 0, one.tail()
            assert time.monotonic() - started < 6
    finally:
        for one in running:
            one.stop()


def test_fused_worker_gives_the_same_and_carries_the_trace(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with worker("cleaner+entities+dates", kafka.bootstrap_servers, tmp_path, pool_processes=1) as fused:
        produce(settings, RAW.name, [Outgoing(b"sample", SAMPLE, (("traceparent", trace),))])
        wait_for(lambda: bool(read_topic(settings, ENRICHED.name)))
        message = read_topic(settings, ENRICHED.name)[0]
        in_memory = next(iter(MemoryPipeline().run([SAMPLE])))
        assert without_times(message.value) == without_times(in_memory.value)  # type: ignore[union-attr]
        assert dict(message.headers)["traceparent"].split(b"-")[1] == trace.split(b"-")[1]
        assert fused.page("/healthz")[0] == 200
        assert 'dateline_sent_messages_total{topic="articles.enriched.v1"} 1.0' in fused.page("/metrics")[1]


def test_poison_is_buried_or_processed_and_the_worker_lives(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    with worker("cleaner+entities+dates", kafka.bootstrap_servers, tmp_path, pool_processes=1) as fused:
        produce(settings, RAW.name, [Outgoing(name.encode(), value) for name, value in POISON.items()])  # type: ignore[arg-type]
        produce(settings, RAW.name, [Outgoing(b"sample", SAMPLE)])

        def settled() -> list[object]:
            return [*read_topic(settings, ENRICHED.name), *read_topic(settings, DEAD_LETTERS.name)]

        wait_for(lambda: len(settled()) == len(POISON) + 1, timeout_s=90)
        assert fused.running()
        letters = {letter.key.decode(): letter for letter in read_topic(settings, DEAD_LETTERS.name) if letter.key}
        for name in ("bad json", "null", "empty", "wrong types", "array", "20 MB", "zip bomb"):
            assert letters[name].value == POISON[name], "a dead letter's value is untouched"
            assert dict(letters[name].headers)["x-error-reason"]
        reasons = {name: dict(letter.headers)["x-error-reason"].decode() for name, letter in letters.items()}
        assert reasons["bad json"] == "malformed_json"
        assert reasons["null"] == "null_value"
        assert reasons["20 MB"] == "too_large"


def test_a_burst_of_dead_letters_stops_the_worker_and_buries_no_more(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=1)
    produce(settings, RAW.name, [Outgoing(None, b"{broken") for _ in range(300)])
    failing = Worker(
        "cleaner", kafka.bootstrap_servers, tmp_path, pool_processes=1, dead_letter_max_consecutive=50
    ).start()
    try:
        assert failing.wait(60) == 65
        assert "messages in a row failed" in failing.tail()
        assert len(read_topic(settings, DEAD_LETTERS.name)) < 50
    finally:
        failing.stop()
