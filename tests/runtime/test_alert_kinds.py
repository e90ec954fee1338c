"""Rules that look at several articles, and rules that change, on a real broker and through kill -9."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from kafka_tools import Worker, fresh_topics, produce, read_topic, wait_for

from schemas.topics import ALERT_RULES, ALERTS, ENRICHED
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.settings import Settings

#: One a minute from some days ago on; at the end a burst.
ARTICLES, BURST = 480, 60
SOURCES = 5
RULES = """
rules:
  - {name: Each, keywords: [talks]}
  - {name: Often, keywords: [talks], frequency: {count: 5, window: 30m, by: source}, realert: 2h}
  - {name: Wide, keywords: [talks], cardinality: {count: 4, of: source, window: 20m}}
  - {name: Burst, keywords: [talks], spike: {window: 30m, factor: 1.5, least: 10, past: 6}}
  - {name: Silence, keywords: [talks], flatline: {window: 3h, by: source}}
  - {name: First, keywords: [talks], new: {of: source, learn: 2h}}
  - {name: Together, keywords: [talks], digest: {every: 1h}}
"""
FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)


def articles() -> list[Outgoing]:
    """In order of time. The last source comes late; the burst is at the end."""
    found = []
    for number in range(ARTICLES + BURST):
        minutes = float(number if number < ARTICLES else ARTICLES + (number - ARTICLES) / 10)
        source = f"s{number % SOURCES}" if number != ARTICLES - 20 else "late"
        fields = {
            "id": f"a{number}",
            "source": source,
            "text": f"The talks number {number} go on.",
            "fetched_at": (FIRST + timedelta(minutes=minutes)).isoformat(),
        }
        found.append(Outgoing(f"a{number}".encode(), orjson.dumps(fields)))
    return found


def fired(settings: Settings) -> list[dict[str, object]]:
    return [orjson.loads(message.value or b"{}") for message in read_topic(settings, ALERTS.name)]


def told(settings: Settings) -> set[str]:
    """Ids of what is certain; what a digest gathers depends on when it is read, its articles do not."""
    return {str(alert["id"]) for alert in fired(settings) if alert["rule"] != "Together"}


def kinds(settings: Settings) -> Counter[object]:
    once = {alert["id"]: alert["rule"] for alert in fired(settings)}
    return Counter(once.values())


def settled(settings: Settings) -> Callable[[], bool]:
    """Nothing new for some seconds, after all sources are silent."""
    last = {"count": -1, "since": time.monotonic()}

    def look() -> bool:
        now = kinds(settings)
        if now.total() != last["count"]:
            last.update(count=now.total(), since=time.monotonic())
        return now["Silence"] > SOURCES and time.monotonic() - last["since"] > 4

    return look


@pytest.mark.broker
@pytest.mark.timeout(420)
def test_windows_survive_kills_and_fire_the_same(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)

    def worker(folder: str) -> Worker:
        (tmp_path / folder).mkdir()
        return Worker(
            "alerts", kafka.bootstrap_servers, tmp_path / folder, alert_rules=rules, alert_tick_s=0.5, alert_idle_s=15
        )

    settings = fresh_topics(kafka.bootstrap_servers)
    alerts = worker("undisturbed").start()
    try:
        produce(settings, ENRICHED.name, articles())
        wait_for(settled(settings), 120, lambda: f"{kinds(settings)} {alerts.tail()}")
        undisturbed, of_kinds = told(settings), kinds(settings)
    finally:
        alerts.stop()
    assert of_kinds["Each"] == ARTICLES + BURST
    assert all(of_kinds[name] for name in ("Often", "Wide", "Burst", "Silence", "First")), of_kinds
    assert of_kinds["First"] == 1

    settings = fresh_topics(kafka.bootstrap_servers)
    file = tmp_path / "alerts.jsonl"
    notifier = Worker("notifier", kafka.bootstrap_servers, tmp_path, alerts_webhook_url=f"file://{file}")
    alerts = worker("killed")
    stream = articles()
    try:
        notifier.start()
        alerts.start().wait_ready()
        for part, alerts_by_then in ((stream[:200], 30), (stream[200:350], 260), (stream[350:], 450)):
            produce(settings, ENRICHED.name, part)
            wait_for(lambda least=alerts_by_then: len(told(settings)) > least, 90, alerts.tail)  # type: ignore[misc]
            alerts.kill()
            alerts.start()
        # On a busy machine the new process may be silent for longer than `settled` waits, before it has its desks again.
        wait_for(lambda: undisturbed <= told(settings), 120, lambda: f"{kinds(settings)} {alerts.tail()}")
        wait_for(settled(settings), 120, lambda: f"{kinds(settings)} {alerts.tail()}")
        assert told(settings) == undisturbed
        wait_for(lambda: len(file.read_bytes().splitlines()) == kinds(settings).total(), 60, notifier.tail)
        delivered = [orjson.loads(line)["id"] for line in file.read_bytes().splitlines()]
        assert len(delivered) == len(set(delivered)), "no id twice downstream"
    finally:
        alerts.stop()
        notifier.stop()


@pytest.mark.broker
@pytest.mark.timeout(240)
def test_rules_change_between_two_articles(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """Articles flow all the while. Each fires under one wording of the rule, old or new, never both and never none."""
    settings = fresh_topics(kafka.bootstrap_servers)
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules:\n  - {name: Each, keywords: [talks], severity: low}\n")
    alerts = Worker("alerts", kafka.bootstrap_servers, tmp_path, alert_rules=rules, alert_tick_s=0.5).start()
    stream = stream_of(tmp_path)

    def flow(some: int = 20) -> None:
        produce(settings, ENRICHED.name, [next(stream) for _ in range(some)])

    def seen(**wanted: object) -> Callable[[], bool]:
        def look() -> bool:
            flow()
            return any(all(alert.get(key) == value for key, value in wanted.items()) for alert in fired(settings))

        return look

    try:
        alerts.wait_ready()
        wait_for(seen(severity="low"), 60, alerts.tail)
        rules.write_text("rules:\n  - {name: Each, keywords: [talks], severity: high}\n")
        wait_for(seen(severity="high"), 30, alerts.tail)
        rules.write_text("rules:\n  - {name: Each, keywords: [talks\n")  # wrong: the rules before it go on
        topic_rule = {"name": "Each", "keywords": ["talks"], "severity": "critical"}
        produce(settings, ALERT_RULES.name, [Outgoing(b"Each", orjson.dumps(topic_rule))])
        wait_for(seen(severity="critical"), 30, alerts.tail)
        wait_for(lambda: "alert_rules_refused" in alerts.log.read_text(), 10, alerts.tail)
        wait_for(lambda: len(fired(settings)) == made(tmp_path), 30, alerts.tail)
        hit = Counter(str(alert["article"]["id"]) for alert in fired(settings))  # type: ignore[index]
        assert set(hit.values()) == {1}, "none is missed and none is told twice, whatever changed"
        versions = {(alert["severity"], alert["rule_version"]) for alert in fired(settings)}
        assert len(versions) == 3, "each alert names the wording that it fired under"
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        produce(settings, ALERT_RULES.name, [Outgoing(b"Each#mute", orjson.dumps({"name": "Each", "mute": until}))])
        time.sleep(3)
        flow(100)
        wait_for(lambda: 'alerts_left_out_total{reason="muted"} 100.0' in alerts.page("/metrics")[1], 30, alerts.tail)
        assert len(fired(settings)) == made(tmp_path) - 100
    finally:
        alerts.stop()


def made(folder: Path) -> int:
    """Articles that were sent."""
    return int((folder / "made").read_text())


def stream_of(folder: Path) -> Iterator[Outgoing]:
    number = 0
    while True:
        fields = {"id": f"a{number}", "text": f"The talks number {number} go on."}
        number += 1
        (folder / "made").write_text(str(number))
        yield Outgoing(fields["id"].encode(), orjson.dumps(fields))
