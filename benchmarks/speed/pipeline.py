"""Articles per second and CPU per article: each stage, fused, the separate chain, and what a user would build instead; the engine's own cost.

Everything runs on one real Kafka, one candidate after the other, in one run. Figures are ratios to the peers beside them.

    .venv/bin/python benchmarks/speed/pipeline.py --json
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from kafka_tools import Worker, fresh_topics, produce  # noqa: E402

from schemas.topics import ANNOTATED, CLEANED, ENRICHED, RAW  # noqa: E402
from workers.runtime.clients import Outgoing  # noqa: E402
from workers.runtime.embedded_kafka import EmbeddedKafka  # noqa: E402
from workers.runtime.logging import configure  # noqa: E402
from workers.runtime.settings import Settings  # noqa: E402

HERE = Path(__file__).parent
PAGES = ROOT.parent / "shared" / "bench" / "cleaning" / "html"
PEERS = ROOT / ".venv-peers" / "bin" / "python"
FUSED = "cleaner+entities+dates"


@dataclass(slots=True)
class Figures:
    """One candidate, once its first outputs were there until its last. CPU and memory are of all its processes."""

    name: str
    articles: int
    per_second: float
    cpu_s_per_1000: float
    megabytes: dict[str, float]
    loop_lag_ms: float | None


def pages() -> list[bytes]:
    """News pages: the development data where it is, else the samples that lie in the package."""
    if PAGES.is_dir():
        return [path.read_bytes() if path.suffix != ".gz" else _unpacked(path) for path in sorted(PAGES.rglob("*")) if path.is_file()]  # fmt: skip
    return [path.read_bytes() for path in sorted((ROOT / "tests" / "golden" / "pages").iterdir())]


def _unpacked(path: Path) -> bytes:
    import gzip

    return gzip.decompress(path.read_bytes())


def processes(roots: Iterable[int]) -> list[psutil.Process]:
    """The processes and all they started."""
    found = []
    for root in roots:
        try:
            parent = psutil.Process(root)
            found += [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def cpu_s(roots: Sequence[int]) -> float:
    """User and system time so far."""
    total = 0.0
    for process in processes(roots):
        try:
            times = process.cpu_times()
            total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total


class Watch:
    """How far an output topic has come, sampled in a thread of its own so that the broker's clients cost the candidate nothing."""

    def __init__(self, settings: Settings, topic: str, roots: Sequence[int], workers: Sequence[Worker]) -> None:
        self._settings, self._topic, self._roots, self._workers = settings, topic, roots, workers
        self.samples: list[tuple[float, int, float]] = []
        self.megabytes: dict[str, float] = {}
        self.loop_lag_s = 0.0

    def until(self, articles: int, timeout_s: float) -> None:
        """Sample until that many messages are there, or nothing has come for `timeout_s`."""
        thread = threading.Thread(target=lambda: asyncio.run(self._sample(articles, timeout_s)))
        thread.start()
        thread.join()

    async def _sample(self, articles: int, timeout_s: float) -> None:
        from aiokafka import AIOKafkaConsumer, TopicPartition

        consumer = AIOKafkaConsumer(bootstrap_servers=self._settings.bootstrap_servers)
        await consumer.start()
        partitions = [TopicPartition(self._topic, number) for number in range(self._settings.partitions)]
        moved = time.monotonic()
        try:
            while True:
                count = sum((await consumer.end_offsets(partitions)).values())
                now = time.monotonic()
                if not self.samples or count != self.samples[-1][1]:
                    self.samples.append((now, count, cpu_s(self._roots)))
                    moved = now
                self._look()
                if count >= articles or now - moved > timeout_s:
                    return
                await asyncio.sleep(0.1)
        finally:
            await consumer.stop()

    def _look(self) -> None:
        for process in processes(self._roots):
            try:
                name = f"{process.pid} {Path(process.cmdline()[0]).name}" if process.cmdline() else str(process.pid)
                self.megabytes[name] = max(self.megabytes.get(name, 0.0), process.memory_info().rss / 1024**2)
            except psutil.Error:
                continue
        for worker in self._workers:
            for line in worker.page("/metrics")[1].splitlines():
                if line.startswith("dateline_event_loop_lag_seconds"):
                    self.loop_lag_s = max(self.loop_lag_s, float(line.rsplit(" ", 1)[1]))

    def figures(self, name: str, *, lag: bool) -> Figures:
        """From the first sample with output to the last."""
        begun = [sample for sample in self.samples if sample[1] > 0]
        if not begun:
            raise SystemExit(f"{name}: put nothing on {self._topic} within its time; run it by hand to see why")
        first, last = begun[0], begun[-1]
        done, seconds = last[1] - first[1], last[0] - first[0]
        biggest = sorted(self.megabytes.values(), reverse=True)[:4]
        return Figures(
            name, last[1], round(done / seconds, 1) if seconds else 0.0,
            round(1000 * (last[2] - first[2]) / done, 2) if done else 0.0,
            {f"process {number}": round(size) for number, size in enumerate(biggest, 1)},
            round(self.loop_lag_s * 1000, 1) if lag else None,
        )  # fmt: skip


def run_workers(settings: Settings, folder: Path, names: Sequence[str], topic: str, articles: int, **environment: object) -> Figures:  # fmt: skip
    """Workers of ours, from the start of the first to the last output."""
    workers = [Worker(name, settings.bootstrap_servers, folder, **environment) for name in names]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.wait_ready()
        watch = Watch(settings, topic, [worker.process.pid for worker in workers if worker.process], workers)
        watch.until(articles, 60)
        return watch.figures(" | ".join(names), lag=True)
    finally:
        for worker in workers:
            worker.stop()


def run_commands(settings: Settings, name: str, commands: Sequence[list[str]], topic: str, articles: int) -> Figures:
    """Peers: any processes that write to the topic."""
    started = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]
    try:
        watch = Watch(settings, topic, [process.pid for process in started], [])
        watch.until(articles, 60)
        return watch.figures(name, lag=False)
    finally:
        for process in started:
            process.kill()
            process.wait()


def measure_engine(kafka: EmbeddedKafka, folder: Path, messages: int) -> list[Figures]:
    """A stage that does nothing: on the engine, in the plainest transactional loop, and a loop that only copies; three times, in turns."""
    body = json.dumps({"content": "word " * 200}).encode()
    found = []
    for turn in (1, 2, 3):
        for candidate in ("engine", "echo", "copy"):
            settings = fresh_topics(kafka.bootstrap_servers)
            produce(settings, RAW.name, (Outgoing(b"%d" % number, body) for number in range(messages)))
            if candidate != "engine":
                command = [sys.executable, str(HERE / "plain_loop.py"), kafka.bootstrap_servers, RAW.name, CLEANED.name, "dateline-plain", candidate]  # fmt: skip
                name = f"plain aiokafka transactional loop, {candidate}, turn {turn}"
                found.append(run_commands(settings, name, [command], CLEANED.name, messages))
                continue
            worker = Worker("engine", kafka.bootstrap_servers, folder, command=[sys.executable, str(HERE / "echo_stage.py")], pool_processes=0, log_level="warning")  # fmt: skip
            worker.start()
            try:
                watch = Watch(settings, CLEANED.name, [worker.process.pid] if worker.process else [], [worker])
                watch.until(messages, 60)
                found.append(watch.figures(f"engine, turn {turn}", lag=True))
            finally:
                worker.stop()
    return found


def measure_pipeline(kafka: EmbeddedKafka, folder: Path, articles: int, peer_articles: int) -> list[Figures]:
    """The stages one by one, fused, the chain, the peer."""
    inputs = pages()

    def raw(count: int) -> Iterator[Outgoing]:
        return (Outgoing(b"%d" % number, page) for number, page in enumerate(islice(cycle(inputs), count)))

    settings = fresh_topics(kafka.bootstrap_servers)
    produce(settings, RAW.name, raw(articles))
    found = [
        run_workers(settings, folder, [name], topic.name, articles, pool_processes=1, batch_records=100)
        for name, topic in (("cleaner", CLEANED), ("entities", ANNOTATED), ("dates", ENRICHED))
    ]
    for names, processes_each in (([FUSED], 2), (["cleaner", "entities", "dates"], 1)):
        settings = fresh_topics(kafka.bootstrap_servers)
        produce(settings, RAW.name, raw(articles))
        found.append(run_workers(settings, folder, names, ENRICHED.name, articles, pool_processes=processes_each, batch_records=100))  # fmt: skip
    if PEERS.exists():
        settings = fresh_topics(kafka.bootstrap_servers)
        produce(settings, RAW.name, raw(peer_articles))
        command = [str(PEERS), str(HERE / "peer_faststream.py"), kafka.bootstrap_servers]
        name = "FastStream + trafilatura + spaCy + dateparser, 2 replicas"
        found.append(run_commands(settings, name, [command] * 2, ENRICHED.name, peer_articles))
    return found


def measure_publish(kafka: EmbeddedKafka, folder: Path, articles: int) -> float:
    """Small articles a second through `dateline publish`, its start included."""
    settings = fresh_topics(kafka.bootstrap_servers)
    lines = folder / "small.jsonl"
    with lines.open("w") as file:
        for number in range(articles):
            file.write(json.dumps({"id": str(number), "content": "Talks go on. " * 30, "media_type": "text/plain"}) + "\n")  # fmt: skip
    command = [sys.executable, "-m", "workers.cli.main", "publish", str(lines)]
    started = time.monotonic()
    subprocess.run(
        command, check=True, cwd=ROOT, capture_output=True,
        env={"PATH": "/usr/bin:/bin", "DATELINE_BOOTSTRAP_SERVERS": settings.bootstrap_servers},
    )  # fmt: skip
    return round(articles / (time.monotonic() - started), 1)


def main() -> int:
    """Measure, print, exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--peer-articles", type=int, default=250)
    parser.add_argument("--messages", type=int, default=100_000, help="for the engine alone")
    parser.add_argument("--only", choices=["engine", "pipeline", "publish"])
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    configure("error")
    with tempfile.TemporaryDirectory(prefix="dateline-speed-") as name:
        folder = Path(name)
        kafka = EmbeddedKafka(folder / "kafka", heap_mb=1024)
        kafka.start()
        try:
            engine = [] if options.only not in (None, "engine") else measure_engine(kafka, folder, options.messages)
            pipeline = [] if options.only not in (None, "pipeline") else measure_pipeline(kafka, folder, options.articles, options.peer_articles)  # fmt: skip
            publish = None if options.only not in (None, "publish") else measure_publish(kafka, folder, 50_000)
        finally:
            kafka.stop()
    return report(engine, pipeline, publish, as_json=options.json)


def report(engine: list[Figures], pipeline: list[Figures], publish: float | None, *, as_json: bool) -> int:
    """A table, then the goals."""
    for one in (*engine, *pipeline):
        print(f"{one.name:60} {one.per_second:10.1f}/s {one.cpu_s_per_1000:9.2f} CPU s/1000   MB {list(one.megabytes.values())}   loop lag {one.loop_lag_ms} ms")  # fmt: skip
    goals: dict[str, bool] = {}
    ratio = None
    if engine:
        ours, plain = (median(one.per_second for one in engine if one.name.startswith(start)) for start in ("engine", "plain aiokafka transactional loop, echo"))  # fmt: skip
        ratio = round(ours / plain, 2)
        goals |= {"engine at least 10,000/s": ours >= 10_000, "engine at least 0.8 of the plain loop": ratio >= 0.8}
    if publish is not None:
        print(f"dateline publish: {publish}/s")
        goals["publish at least 5,000/s"] = publish >= 5000
    fused = next((one for one in pipeline if one.name == FUSED), None)
    peer = next((one for one in pipeline if one.name.startswith("FastStream")), None)
    speedup = round(fused.per_second / peer.per_second, 2) if fused and peer and peer.per_second else None
    if speedup is not None:
        goals["fused faster than the peer"] = speedup > 1
    elif pipeline:
        print("the peer was not measured: `make peers` installs it")
    met = all(goals.values())
    if as_json:
        print(json.dumps({
            "engine": [asdict(one) for one in engine], "engine_ratio": ratio, "pipeline": [asdict(one) for one in pipeline],
            "speedup_over_peer": speedup, "publish_per_second": publish, "goals": goals, "met": met,
        }))  # fmt: skip
    else:
        print(f"engine / plain loop: {ratio}; fused / peer: {speedup}; goals: {goals}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
