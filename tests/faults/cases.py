"""Fault cases: numbered articles go through workers that are killed, stopped, frozen; then every number must be there exactly once."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import orjson
from kafka_tools import Worker, fresh_topics, produce, read_topic
from poison import POISON

from schemas.topics import ANNOTATED, CLEANED, DEAD_LETTERS, ENRICHED, RAW, Topic
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.settings import Settings

__all__ = ["CASES", "Bench", "Result", "control_doubles", "control_loses", "count"]

_FUSED = "cleaner+entities+dates"
_WAIT_S = 240.0
_KILLS = 3
_BODY = (
    "Minister Anna Example number {n} said on Thursday in Berlin that the talks would go on. "
    '"We will meet again on October 15," she said after the meeting with the Example Agency.'
)


@dataclass(slots=True)
class Result:
    """What a case found."""

    name: str
    articles: int
    lost: int
    doubled: int
    recovery_s: list[float] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Bench:
    """What every case is given."""

    kafka: EmbeddedKafka
    folder: Path
    articles: int
    postgres: object | None = None


def count(wanted: Iterable[str], found: Iterable[str]) -> tuple[int, int]:
    """(lost, doubled): numbers that are missing, and copies beyond the first."""
    seen = Counter(found)
    return sum(1 for identity in wanted if not seen[identity]), sum(times - 1 for times in seen.values())


def _ids(articles: int) -> list[str]:
    return [f"n{number}" for number in range(articles)]


def _inputs(topic: Topic, articles: int) -> Iterator[Outgoing]:
    """Numbered articles as the topic carries them."""
    for number, identity in enumerate(_ids(articles)):
        body = _BODY.format(n=number)
        fields: dict[str, object] = {"id": identity}
        if topic is RAW:
            fields |= {
                "content": f"Talks go on, number {number}\n\n2025-07-31 08:02:06\n\n{body}\n",
                "media_type": "text/plain",
            }
        else:
            language = {"code": "en", "confidence": 1.0}
            fields |= {"text": body, "language": language, "paragraphs": [{"start": 0, "end": len(body)}]}
        yield Outgoing(identity.encode(), orjson.dumps(fields))


@contextmanager
def _running(bench: Bench, *names: str, **environment: object) -> Iterator[list[Worker]]:
    workers = [
        Worker(
            name,
            bench.kafka.bootstrap_servers,
            bench.folder,
            instance_id=f"{name.replace('+', '-')}-1",
            pool_processes=1,
            **environment,
        )
        for name in names
    ]
    try:
        for one in workers:
            one.start()
        for one in workers:
            one.wait_ready(90)
        yield workers
    finally:
        for one in workers:
            one.stop()


def _sent(one: Worker) -> float:
    """Messages that this process has committed."""
    lines = one.page("/metrics")[1].splitlines()
    names = ("dateline_sent_messages_total", "dateline_dropped_messages_total")
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(names))


def _until(condition: Callable[[], bool], what: str, timeout_s: float = _WAIT_S) -> float:
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > timeout_s:
            raise TimeoutError(f"{what}: not within {timeout_s:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - started


def _finished(settings: Settings, topic: Topic, articles: int, quiet_s: float = 30.0) -> list[str]:
    """The ids on the topic, once all are there or nothing has come for a while."""
    found: list[str] = []
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < quiet_s:
        now = [(received.key or b"").decode() for received in read_topic(settings, topic.name)]
        if len(now) != len(found):
            found, quiet_since = now, time.monotonic()
        if len(set(found)) >= articles:
            time.sleep(2)  # what is doubled may come late
            return [(received.key or b"").decode() for received in read_topic(settings, topic.name)]
        time.sleep(0.5)
    return found


def _result(
    name: str, bench: Bench, settings: Settings, topic: Topic, recovery_s: list[float], started: float
) -> Result:
    lost, doubled = count(_ids(bench.articles), _finished(settings, topic, bench.articles))
    buried = len(read_topic(settings, DEAD_LETTERS.name))
    return Result(name, bench.articles, lost + buried, doubled, recovery_s, round(time.monotonic() - started, 1))


def _kill_and_restart(one: Worker, at: float, meanwhile: Callable[[], object] = lambda: None) -> float:
    """kill -9 once `at` messages are committed, do `meanwhile`, start again; seconds until the new process commits."""
    _until(lambda: _sent(one) >= at or not one.running(), f"{one.name} commits {at:.0f}")
    one.kill()
    meanwhile()
    started = time.monotonic()
    one.start()
    _until(lambda: _sent(one) > 0, f"{one.name} commits after kill -9", 90)
    return round(time.monotonic() - started, 2)


def _portions(topic: Topic, articles: int, kills: int) -> tuple[int, list[Outgoing], Iterator[list[Outgoing]]]:
    """How many messages a process commits before it is killed, what there is at first, and what comes for each new process while none runs: a quick
    one may have done all the rest before it is killed, and the next would have nothing to commit."""
    inputs, share = list(_inputs(topic, articles)), articles // 10
    first = articles - kills * share
    return share, inputs[:first], iter([inputs[start : start + share] for start in range(first, articles, share)])


def _stage_case(stage: str, reads: Topic, writes: Topic) -> Callable[[Bench], Result]:
    def kills(bench: Bench) -> Result:
        """kill -9 three times, each followed by a start."""
        started = time.monotonic()
        settings = fresh_topics(bench.kafka.bootstrap_servers)
        share, first, later = _portions(reads, bench.articles, _KILLS)
        produce(settings, reads.name, first)
        with _running(bench, stage) as (one,):
            recovery_s = [
                _kill_and_restart(one, share, lambda: produce(settings, reads.name, next(later))) for _ in range(_KILLS)
            ]
            return _result(f"kill -9 x3: {stage}", bench, settings, writes, recovery_s, started)

    return kills


def rebalances(bench: Bench) -> Result:
    """A second worker comes and goes by SIGTERM, comes again and goes by SIGKILL, while the first works."""
    started = time.monotonic()
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    produce(settings, RAW.name, _inputs(RAW, bench.articles))
    second = Worker(_FUSED, bench.kafka.bootstrap_servers, bench.folder, instance_id="second", pool_processes=1)
    try:
        with _running(bench, _FUSED):
            for end in (second.terminate, second.kill):
                second.start().wait_ready(90)
                time.sleep(1.5)
                end()
            return _result("rebalance by SIGTERM and SIGKILL", bench, settings, ENRICHED, [], started)
    finally:
        second.stop()


def chain(bench: Bench) -> Result:
    """The separate chain; each worker is killed once."""
    started = time.monotonic()
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    names = ("cleaner", "entities", "dates")
    share, first, later = _portions(RAW, bench.articles, len(names))
    produce(settings, RAW.name, first)
    with _running(bench, *names) as workers:
        recovery_s = [
            _kill_and_restart(one, share, lambda: produce(settings, RAW.name, next(later))) for one in workers
        ]
        return _result("kill -9 along the separate chain", bench, settings, ENRICHED, recovery_s, started)


def broker(bench: Bench) -> Result:
    """The broker stops and comes back, then dies and comes back, each time with work left."""
    started = time.monotonic()
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    produce(settings, RAW.name, _inputs(RAW, bench.articles))
    recovery_s = []
    with _running(bench, _FUSED, batch_records=50) as (one,):
        for share, end in ((0.02, bench.kafka.stop), (0.2, bench.kafka.kill)):
            _until(lambda share=share: _sent(one) >= share * bench.articles, "the worker commits")
            end()
            time.sleep(2)
            before = _sent(one)
            bench.kafka.start()
            if before >= bench.articles:
                raise RuntimeError("the worker was done before the broker went: more articles are needed")
            up = time.monotonic()
            _until(lambda before=before: not one.running() or _sent(one) > before, "it goes on", 120)
            if not one.running():
                raise RuntimeError(f"the worker ended when the broker went: {one.tail()}")
            recovery_s.append(round(time.monotonic() - up, 2))
        return _result("broker stopped and killed", bench, settings, ENRICHED, recovery_s, started)


def zombie(bench: Bench) -> Result:
    """A worker freezes past the session timeout, another takes over, the frozen one wakes up."""
    started = time.monotonic()
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    produce(settings, RAW.name, _inputs(RAW, bench.articles))
    second = Worker(_FUSED, bench.kafka.bootstrap_servers, bench.folder, instance_id="second", pool_processes=1)
    try:
        with _running(bench, _FUSED, drain_s=1) as (one,):
            _until(lambda: _sent(one) >= bench.articles / 20, "the worker commits")
            one.send(signal.SIGSTOP)
            frozen = time.monotonic()
            second.start()
            _until(lambda: _sent(second) > 0, "the second takes over", 90)
            recovery_s = [round(time.monotonic() - frozen, 2)]
            one.send(signal.SIGCONT)
            return _result("SIGSTOP zombie", bench, settings, ENRICHED, recovery_s, started)
    finally:
        second.stop()


def postgres_sink(bench: Bench) -> Result:
    """PostgreSQL stops and starts, and is killed, under the sink; the sink itself is killed too."""
    import psycopg

    started = time.monotonic()
    server = bench.postgres
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    with psycopg.connect(server.url, autocommit=True) as connection:  # type: ignore[union-attr]
        connection.execute("DROP DATABASE IF EXISTS faults WITH (FORCE)")
        connection.execute("CREATE DATABASE faults")
    url = server.url.rsplit("/", 1)[0] + "/faults"  # type: ignore[union-attr]
    _, first, later = _portions(ENRICHED, bench.articles, 1)
    produce(settings, ENRICHED.name, first)
    recovery_s = []
    with _running(bench, "storage", storage_url=url, batch_records=50, chunk_records=25) as (one,):
        for end in (server.stop, server.kill):  # type: ignore[union-attr]
            end()
            time.sleep(2)
            server.start()  # type: ignore[union-attr]
            before, up = _sent(one), time.monotonic()
            _until(lambda before=before: _sent(one) > before or _sent(one) >= len(first), "the sink goes on", 90)
            recovery_s.append(round(time.monotonic() - up, 2))
        recovery_s.append(_kill_and_restart(one, 1, lambda: produce(settings, ENRICHED.name, next(later))))

        def stored() -> list[str]:
            with psycopg.connect(url) as connection:
                return [row[0] for row in connection.execute("SELECT id FROM articles").fetchall()]

        _until(lambda: len(stored()) >= bench.articles, "all rows are there", 120)
        lost, doubled = count(_ids(bench.articles), stored())
    lost += len(read_topic(settings, DEAD_LETTERS.name))
    return Result(
        "PostgreSQL and its sink", bench.articles, lost, doubled, recovery_s, round(time.monotonic() - started, 1)
    )


def poison(bench: Bench) -> Result:
    """What breaks parsers, between articles that do not: each ends enriched or buried, exactly once, and the worker lives."""
    started = time.monotonic()
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    articles = list(islice(_inputs(RAW, bench.articles), 1000))
    bad = [Outgoing(name.encode(), value) for name, value in POISON.items()]
    step = len(articles) // len(bad)
    mixed = [message for n, one in enumerate(bad) for message in (*articles[n * step : (n + 1) * step], one)]

    def settled() -> list[str]:
        """Outputs by the offset of the message that they came from: a page without an id has another key."""
        enriched = (
            orjson.loads(message.value or b"")["provenance"]["raw"] for message in read_topic(settings, ENRICHED.name)
        )
        buried = (dict(message.headers) for message in read_topic(settings, DEAD_LETTERS.name))
        return [
            *(f"{raw['partition']}-{raw['offset']}" for raw in enriched),
            *(f"{letter['x-original-partition'].decode()}-{letter['x-original-offset'].decode()}" for letter in buried),
        ]

    produce(settings, RAW.name, mixed)
    with _running(bench, _FUSED) as (one,):
        with suppress(TimeoutError):
            _until(lambda: len(set(settled())) >= len(mixed), "all is settled", 120)
        raw = [f"{message.partition}-{message.offset}" for message in read_topic(settings, RAW.name)]
        lost, doubled = count(raw, settled())
        lost += 0 if one.running() else 1
    return Result("poison", len(mixed), lost, doubled, [], round(time.monotonic() - started, 1))


def _careless(bench: Bench, mode: str) -> Result:
    """kill -9 a worker whose offsets are apart from its output, just when it has written or committed something."""
    started = time.monotonic()
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    produce(settings, RAW.name, _inputs(RAW, bench.articles))
    command = [sys.executable, str(Path(__file__).with_name("careless_worker.py")), settings.bootstrap_servers, mode]
    process = subprocess.Popen(command, start_new_session=True)
    _until(lambda: len(read_topic(settings, CLEANED.name)) > 0, "the careless worker writes", 60)
    process.kill()
    process.wait()
    process = subprocess.Popen(command, start_new_session=True)
    try:
        lost, doubled = count(_ids(bench.articles), _finished(settings, CLEANED, bench.articles, quiet_s=15.0))
    finally:
        process.kill()
        process.wait()
    name = f"control: a worker that {mode}"
    return Result(name, bench.articles, lost, doubled, [], round(time.monotonic() - started, 1))


def control_doubles(bench: Bench) -> Result:
    """The harness sees a duplicate."""
    return _careless(bench, "doubles")


def control_loses(bench: Bench) -> Result:
    """The harness sees a loss."""
    return _careless(bench, "loses")


CASES: dict[str, Callable[[Bench], Result]] = {
    "cleaner": _stage_case("cleaner", RAW, CLEANED),
    "entities": _stage_case("entities", CLEANED, ANNOTATED),
    "dates": _stage_case("dates", ANNOTATED, ENRICHED),
    "fused": _stage_case(_FUSED, RAW, ENRICHED),
    "chain": chain,
    "rebalance": rebalances,
    "broker": broker,
    "zombie": zombie,
    "postgres": postgres_sink,
    "poison": poison,
}
