"""The alerts agent on a real broker, against faust's traps: nothing vanishes that its codec cannot read, nothing fires twice under one id."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from kafka_tools import Worker, fresh_topics, produce, read_topic, settings_for, wait_for

from schemas.topics import ALERTS, DEAD_LETTERS, ENRICHED
from workers.runtime.app import make_app
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.settings import Settings

ARTICLES = 400
RULES = "rules:\n  - name: Talks\n    keywords: [talks]\n"


def articles(first: int = 0) -> Iterator[Outgoing]:
    for number in range(first, first + ARTICLES):
        text = f"The talks number {number} go on."
        yield Outgoing(f"a{number}".encode(), orjson.dumps({"id": f"a{number}", "text": text, "language": {"code": "en", "confidence": 1.0}}))  # fmt: skip


@pytest.mark.broker
def test_alerts_fire_once_per_article_through_kills_and_replays(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    file = tmp_path / "alerts.jsonl"
    alerts = Worker("alerts", kafka.bootstrap_servers, tmp_path, alert_rules=rules)
    notifier = Worker("notifier", kafka.bootstrap_servers, tmp_path, alerts_webhook_url=f"file://{file}")

    def fired() -> list[str]:
        return [(message.key or b"").decode() for message in read_topic(settings, ALERTS.name)]

    try:
        alerts.start()
        notifier.start().wait_ready()
        alerts.wait_ready()
        produce(settings, ENRICHED.name, articles())
        wait_for(lambda: len(fired()) > 20)
        alerts.kill()
        produce(settings, ENRICHED.name, articles(ARTICLES))
        produce(settings, ENRICHED.name, articles())  # the same again
        alerts.start()
        wait_for(
            lambda: len(set(fired())) == 2 * ARTICLES,
            90,
            lambda: f"{len(set(fired()))} fired, {alerts.page('/readyz')}, {alerts.tail()}",
        )
        wait_for(lambda: len(file.read_bytes().splitlines()) == 2 * ARTICLES, 60, notifier.tail)
        time.sleep(2)
        delivered = [orjson.loads(line)["id"] for line in file.read_bytes().splitlines()]
        assert sorted(delivered) == sorted(set(fired())), "each alert is delivered once"
    finally:
        alerts.stop()
        notifier.stop()


@pytest.mark.broker
def test_what_waited_before_the_first_start_is_not_lost(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """faust throws away what it fetches while tables recover, and did not go back where no offset was committed."""
    settings = fresh_topics(kafka.bootstrap_servers)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    for first in (0, ARTICLES, 2 * ARTICLES):
        produce(settings, ENRICHED.name, articles(first))
    alerts = Worker("alerts", kafka.bootstrap_servers, tmp_path, alert_rules=rules).start()
    try:
        wait_for(lambda: len(read_topic(settings, ALERTS.name)) == 3 * ARTICLES, 90, alerts.tail)
    finally:
        alerts.stop()


@pytest.mark.broker
def test_what_the_agent_cannot_read_is_buried_and_not_lost(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    poison = [b"\xff\xfe\x00", b"", b"null", b'{"id": 1}', b"[]", b"x" * 1_000_000]
    alerts = Worker("alerts", kafka.bootstrap_servers, tmp_path, alert_rules=rules).start()
    try:
        alerts.wait_ready()
        produce(settings, ENRICHED.name, [Outgoing(b"\xff%d" % n, value) for n, value in enumerate(poison)])
        produce(settings, ENRICHED.name, articles())
        wait_for(lambda: len(read_topic(settings, ALERTS.name)) == ARTICLES)
        letters = read_topic(settings, DEAD_LETTERS.name)
        assert sorted(letter.value or b"" for letter in letters) == sorted(poison)
        assert {dict(letter.headers)["x-stage"] for letter in letters} == {b"alerts"}
        assert alerts.running()
    finally:
        alerts.stop()


@pytest.mark.broker
def test_an_article_of_an_aborted_transaction_fires_nothing(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """Control and case in one: the aborted article lies on the topic before the committed one, and only the second fires."""
    settings = fresh_topics(kafka.bootstrap_servers, partitions=1)
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    aborted, committed = list(articles())[:2]
    asyncio.run(in_transactions(settings, [(aborted, False), (committed, True)]))
    assert [received.key for received in read_topic(settings, ENRICHED.name)] == [committed.key]
    alerts = Worker("alerts", kafka.bootstrap_servers, tmp_path, alert_rules=rules, partitions=1).start()
    try:
        alerts.wait_ready()
        wait_for(lambda: len(read_topic(settings, ALERTS.name)) > 0)
        time.sleep(1)
        assert [orjson.loads(alert.value or b"")["article"]["id"] for alert in read_topic(settings, ALERTS.name)] == [
            "a1"
        ]
    finally:
        alerts.stop()


async def in_transactions(settings: Settings, messages: list[tuple[Outgoing, bool]]) -> None:
    """Each message in a transaction of its own, committed or aborted."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers, transactional_id="test-aborts")
    await producer.start()
    for message, commit in messages:
        await producer.begin_transaction()
        await producer.send_and_wait(ENRICHED.name, message.value, key=message.key)
        await (producer.commit_transaction() if commit else producer.abort_transaction())
    await producer.stop()


def test_faust_is_never_trusted_with_exactly_once_and_keeps_our_logging(tmp_path: Path) -> None:
    app = make_app("alerts", settings_for("127.0.0.1:1", state_dir=tmp_path), agents=True)
    assert app.conf.processing_guarantee.name == "AT_LEAST_ONCE", "faust's own exactly-once doubles under kill -9"
    assert app.conf.broker_session_timeout == 10, "faust's default of 60 s would make every recovery wait"
    assert app.conf.logging_config is None
