"""The notifier against receivers that are away, answer 500 or 429, or hang, and against its own death: nothing lost, nothing twice under one id."""

import asyncio
import logging
import random
import socket
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from kafka_tools import Worker, fresh_topics, produce, read_topic, wait_for
from webhook_receiver import Answer, Receiver, with_headers

from schemas.alerts import Alert, AlertArticle
from schemas.codec import encode
from schemas.topics import ALERTS, DEAD_LETTERS
from workers.alerts.receivers import open_alert_sink
from workers.ports import Bury, Drop, Outcome, Received, Sink
from workers.runtime import processors
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.logging import configure
from workers.runtime.metrics import Metrics
from workers.runtime.processors import SinkProcessor
from workers.runtime.redrive import pending_dead_letters, redrive
from workers.runtime.settings import Settings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  published in the specification


def message(number: int) -> bytes:
    article = AlertArticle(id=f"x{number}", title="A flood")
    return encode(Alert(id=f"a{number}", rule="Floods", article=article, fired_at=datetime(2025, 7, 31, tzinfo=UTC)))


def batches(first: int, count: int) -> list[Received]:
    return [Received(ALERTS.name, 0, n, f"a{n}".encode(), message(n)) for n in range(first, first + count)]


async def hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


def processor(sink: Sink) -> SinkProcessor:
    return SinkProcessor("notifier", "1", sink, {ALERTS.name: Alert}, Metrics("notifier"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes as moments, so that a test need not last them."""
    monkeypatch.setattr("workers.alerts.post._TIMEOUT_S", 2.0)
    monkeypatch.setattr("workers.alerts.delivery._PAUSE_S", 0.02)
    monkeypatch.setattr(processors, "backoff", lambda: iter(lambda: 0.02, None))


@pytest.mark.usefixtures("impatient")
async def test_whatever_the_receiver_does_each_alert_arrives_once(tmp_path: Path) -> None:
    """Three partitions at once; between them the process dies again and again, without a goodbye and before it could commit."""
    receiver, dice = Receiver(), random.Random(3)
    odd: list[Answer | int] = [500, 503, 408, with_headers(429, Retry_After="0")]
    receiver.answers = [dice.choice(odd) if dice.random() < 0.4 else 200 for _ in range(160)]
    receiver.answers[40] = receiver.answers[90] = hang
    receiver.answers.append(200)
    wanted = {f"a{number}" for number in range(90)}
    try:
        while not wanted <= set(receiver.taken):
            work = processor(open_alert_sink(receiver.url, SECRET, allow_private=True, state_dir=tmp_path))
            tasks = [asyncio.create_task(work.process(batches(first, 30), lambda: None)) for first in (0, 30, 60)]
            await asyncio.wait(tasks, timeout=dice.uniform(0.3, 1.5))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await work.stop()  # lets the alert that is under way be answered; kill -9 is tried on the broker below
        assert Counter(receiver.taken) == Counter(wanted)
    finally:
        receiver.stop()


@pytest.mark.usefixtures("impatient")
async def test_a_receiver_that_is_gone_gets_nothing_more_and_the_rest_is_buried() -> None:
    receiver = Receiver()
    receiver.answers = [200, 410, 200]
    work = processor(open_alert_sink(receiver.url, SECRET, allow_private=True))
    try:
        outcomes: list[Outcome] = await work.process(batches(0, 4), lambda: None)
    finally:
        await work.stop()
        receiver.stop()
    assert outcomes[0] == Drop("stored")
    assert all(isinstance(one, Bury) and one.reason == "receiver_gone" for one in outcomes[1:])
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a0", "a1"]


async def test_a_long_wait_that_was_asked_for_is_kept_and_does_not_look_stalled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processors, "_ALIVE_EVERY_S", 0.1)
    receiver = Receiver()
    receiver.answers = [with_headers(429, Retry_After="2"), 200]
    work = processor(open_alert_sink(receiver.url, SECRET, allow_private=True))
    alive: list[float] = []
    try:
        await work.process(batches(0, 1), lambda: alive.append(time.monotonic()))
    finally:
        await work.stop()
        receiver.stop()
    assert alive[-1] - alive[0] > 1.9
    assert max(after - before for before, after in pairwise(alive)) < 1.5
    assert len(receiver.calls) == 2


async def test_no_log_tells_the_url_or_the_secret(capfd: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    receiver = Receiver()
    receiver.answers = [404, 500, 200]
    configure("debug")
    work = processor(open_alert_sink(receiver.url + "/T0/s3cr3t", SECRET, allow_private=True))
    try:
        await work.process(batches(0, 3), lambda: None)
        logging.getLogger("told").info("the log is heard")
    finally:
        await work.stop()
        receiver.stop()
        root.handlers[:], root.level = handlers, level
    told = capfd.readouterr().err
    assert "the log is heard" in told
    assert "store_away" in told
    assert "s3cr3t" not in told
    assert SECRET.removeprefix("whsec_") not in told
    assert len(receiver.calls) == 4


# -- on a real broker --------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.broker
def test_kill_9_and_a_receiver_that_was_down_lose_nothing(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """A repeat needs a death between the receiver's answer and the line in the journal: one alert for each death at most."""
    settings = fresh_topics(kafka.bootstrap_servers)
    alerts, kills, port = 400, 3, free_port()
    produce(settings, ALERTS.name, (Outgoing(f"a{n}".encode(), message(n)) for n in range(alerts)))
    url = f"http://127.0.0.1:{port}/hook/s3cr3t"
    environment = {"alerts_webhook_url": url, "alerts_webhook_secret": SECRET, "alerts_allow_private": "true"}
    notifier = Worker("notifier", kafka.bootstrap_servers, tmp_path, **environment).start()
    receiver = None
    try:
        wait_for(lambda: "store_away" in notifier.log.read_text(), 90, notifier.tail)
        receiver = Receiver(port)
        receiver.answers = [200, 500, with_headers(429, Retry_After="1"), *[200] * 20, 503, 200]
        for kill in range(1, kills + 1):
            wait_for(lambda kill=kill: len(receiver.taken) >= kill * alerts // 5, 90, notifier.tail)  # type: ignore[misc]
            notifier.kill()
            notifier.start()
        wait_for(lambda: len(set(receiver.taken)) == alerts, 120, notifier.tail)
        time.sleep(1)
        taken = Counter(receiver.taken)
        assert set(taken) == {f"a{n}" for n in range(alerts)}
        assert taken.total() - alerts <= kills, "at most the alert under way is repeated"
        assert not read_topic(settings, DEAD_LETTERS.name)
        log = notifier.log.read_text()
        assert SECRET.removeprefix("whsec_") not in log
        assert "s3cr3t" not in log
    finally:
        notifier.stop()
        if receiver is not None:
            receiver.stop()


@pytest.mark.broker
def test_what_was_refused_is_delivered_after_a_redrive(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    receiver = Receiver()
    receiver.answers = [404, 404, 200]
    produce(settings, ALERTS.name, (Outgoing(f"a{n}".encode(), message(n)) for n in range(5)))
    environment = {"alerts_webhook_url": receiver.url, "alerts_allow_private": "true"}
    notifier = Worker("notifier", kafka.bootstrap_servers, tmp_path, **environment).start()
    try:
        wait_for(lambda: len(receiver.taken) == 3 and len(read_topic(settings, DEAD_LETTERS.name)) == 2, 90, notifier.tail)  # fmt: skip
        assert asyncio.run(_redrive(settings)) == 2
        wait_for(lambda: len(receiver.taken) == 5, 60, notifier.tail)
        assert sorted(receiver.taken) == [f"a{n}" for n in range(5)]
    finally:
        notifier.stop()
        receiver.stop()


async def _redrive(settings: Settings) -> int:
    return await redrive(settings, [letter async for letter in pending_dead_letters(settings)])
