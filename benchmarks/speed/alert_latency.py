"""From an enriched message to its alert message: milliseconds on one real Kafka, articles coming at a steady rate, many rules.

Taken from just before an article is produced until a consumer of alerts.v1 has its first alert, so both ways through the broker count.
One rule holds for every article; the others are three words each, of the same seeded mix of words as in alerts.py. Needs Java and the development data.

    .venv/bin/python benchmarks/speed/alert_latency.py --json
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

import orjson
import psutil
from aiokafka import AIOKafkaConsumer

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks" / "speed")]

from alerts import STREAM, Mix, texts  # noqa: E402
from kafka_tools import Worker, fresh_topics  # noqa: E402

from schemas.topics import ALERTS, ENRICHED  # noqa: E402
from workers.runtime.clients import producing  # noqa: E402
from workers.runtime.embedded_kafka import EmbeddedKafka  # noqa: E402
from workers.runtime.logging import configure  # noqa: E402
from workers.runtime.settings import Settings  # noqa: E402

GOAL_MS = 250.0


def rules(articles: Sequence[str], count: int) -> str:
    """As YAML, which JSON is."""
    mix = Mix(articles)
    found = [{"name": "every article", "query": "the OR a OR of OR in"}]
    found += [
        {"name": f"r{number}", "query": " AND ".join(mix.word() for _ in range(3))} for number in range(count - 1)
    ]
    return json.dumps({"rules": found})


def spliced(texts: Sequence[str], number: int) -> str:
    """A quarter of each of four texts: more different articles than there are texts, since copies fire no rule again."""
    count, parts = len(texts), []
    for quarter, step in enumerate((1, 3, 7, 11)):
        text = texts[(number * step + number // count) % count]
        parts.append(text[quarter * len(text) // 4 : (quarter + 1) * len(text) // 4])
    return "".join(parts)


def stage_ms(worker: Worker) -> float:
    """The mean time that the worker spent on an article: matching, sending its alerts and their acknowledgements."""
    lines = dict(line.rsplit(" ", 1) for line in worker.page("/metrics")[1].splitlines() if line.startswith("dateline_stage_seconds_"))  # fmt: skip
    total, count = (next(float(value) for name, value in lines.items() if name.startswith(f"dateline_stage_seconds_{kind}")) for kind in ("sum", "count"))  # fmt: skip
    return round(1000 * total / count, 2)


def cpu_ms_per(worker: Worker, articles: int) -> float:
    """CPU time of the worker's process since it was started, an article."""
    assert worker.process is not None
    times = psutil.Process(worker.process.pid).cpu_times()
    return round(1000 * (times.user + times.system) / articles, 2)


class Clock:
    """When each article was produced and when its first alert came, in seconds."""

    def __init__(self) -> None:
        self.sent: dict[str, float] = {}
        self.came: dict[str, float] = {}
        self.alerts = 0

    async def listen(self, settings: Settings, ready: asyncio.Event) -> None:
        """Until it is cancelled."""
        consumer = AIOKafkaConsumer(ALERTS.name, bootstrap_servers=settings.bootstrap_servers, auto_offset_reset="earliest", fetch_max_wait_ms=10)  # fmt: skip
        await consumer.start()
        ready.set()
        try:
            async for message in consumer:
                self.alerts += 1
                self.came.setdefault(orjson.loads(message.value)["article"]["id"], time.perf_counter())
        finally:
            await consumer.stop()

    async def send(self, settings: Settings, articles: Sequence[str], per_second: float, prefix: str) -> None:
        """One article every 1/per_second seconds, by the clock and not after the answer to the one before."""
        async with producing(settings) as producer:
            started = time.perf_counter()
            for number, text in enumerate(articles):
                await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
                identity = f"{prefix}{number}"
                value = orjson.dumps({"id": identity, "text": text, "language": {"code": "en", "confidence": 1.0}})
                self.sent[identity] = time.perf_counter()
                await producer.send(ENRICHED.name, value, key=identity.encode())


async def measure(settings: Settings, articles: Sequence[str], per_second: float, warm: int) -> Clock:
    """The first articles warm up and are left out."""
    clock, ready = Clock(), asyncio.Event()
    listening = asyncio.create_task(clock.listen(settings, ready))
    await ready.wait()
    await clock.send(settings, articles[:warm], per_second, "warm")
    await clock.send(settings, articles[warm:], per_second, "a")
    deadline = time.perf_counter() + 60
    while len(clock.came) < len(clock.sent) and time.perf_counter() < deadline:
        await asyncio.sleep(0.2)
    listening.cancel()
    return clock


def main() -> int:
    """Run, print, and say whether the goal is met."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true")
    options.add_argument("--rules", type=int, default=10_000)
    options.add_argument("--per-second", type=float, default=50.0)
    options.add_argument("--seconds", type=float, default=30.0)
    asked = options.parse_args()
    if not STREAM.is_file():
        sys.exit("needs the development data (../shared/bench)")
    configure("error")
    base, warm = texts(), int(5 * asked.per_second)
    wanted = warm + int(asked.seconds * asked.per_second)
    articles = [spliced(base, number) for number in range(wanted)]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "rules.yaml").write_text(rules(base, asked.rules), "utf-8")
        kafka = EmbeddedKafka(folder / "kafka", heap_mb=512)
        kafka.start()
        worker = None
        try:
            settings = fresh_topics(kafka.bootstrap_servers)
            worker = Worker("alerts", kafka.bootstrap_servers, folder, alert_rules=folder / "rules.yaml").start()
            worker.wait_ready(120)
            clock = asyncio.run(measure(settings, articles, asked.per_second, warm))
            busy_ms, cpu_ms = stage_ms(worker), cpu_ms_per(worker, len(clock.sent))
        finally:
            if worker is not None:
                worker.stop()
            kafka.stop()
    waited = [
        1000 * (clock.came[one] - sent) for one, sent in clock.sent.items() if one in clock.came and one[0] == "a"
    ]
    missing = len(clock.sent) - len(clock.came)
    cuts = quantiles(waited, n=100, method="inclusive")
    figures = {
        "rules": asked.rules, "articles_per_second": asked.per_second, "articles": len(waited), "alerts": clock.alerts, "missing": missing,
        "p50_ms": round(median(waited), 1), "p95_ms": round(cuts[94], 1), "p99_ms": round(cuts[98], 1), "max_ms": round(max(waited), 1),
        "worker_ms_per_article": busy_ms, "worker_cpu_ms_per_article_with_its_start": cpu_ms, "goal_p99_ms": GOAL_MS,
    }  # fmt: skip
    figures["met"] = not missing and cuts[98] <= GOAL_MS
    print(json.dumps(figures) if asked.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
