"""An article is acknowledged, and the clock goes on, when it and all before it in its partition are told, in whatever order the broker answers."""

import asyncio
from types import SimpleNamespace
from typing import Any

from kafka_tools import settings_for

from workers.errors import Refused
from workers.ports import Received
from workers.runtime.alerting import AlertsWorker, _Found
from workers.runtime.metrics import Metrics


class _App:
    def Table(self, name: str, **options: Any) -> Any:  # noqa: N802  faust's name
        return SimpleNamespace(data={})


async def test_articles_are_acknowledged_in_order_once_all_before_them_are_told() -> None:
    worker = AlertsWorker(_App(), settings_for("127.0.0.1:1"), Metrics("alerts"))
    worker.rules.loaded.set()
    answers = {b"a0": asyncio.Event(), b"a1": asyncio.Event()}
    acknowledged: list[int] = []

    async def match(received: Received) -> _Found:
        return _Found([(received.key or b"", b"{}")], float(received.offset))

    async def send(topic: str, key: bytes, value: bytes, headers: Any = (), partition: int | None = None) -> None:
        await answers[key].wait()

    worker._match = match  # type: ignore[method-assign]
    worker._outbox.send = send  # type: ignore[method-assign,assignment]
    for offset in range(2):
        event = SimpleNamespace(
            message=SimpleNamespace(offset=offset), ack=lambda offset=offset: acknowledged.append(offset)
        )
        await worker.take_article(event, Received("articles.enriched.v1", 3, offset, f"a{offset}".encode(), b"{}"))
    answers[b"a1"].set()
    await asyncio.sleep(0.01)
    assert (acknowledged, worker._clock) == ([], {}), "the one before it is not told yet"
    answers[b"a0"].set()
    await asyncio.sleep(0.01)
    assert (acknowledged, worker._clock) == ([0, 1], {3: 1.0})


async def test_an_article_whose_match_the_broker_refuses_is_buried_and_its_other_matches_are_told() -> None:
    worker = AlertsWorker(_App(), settings_for("127.0.0.1:1"), Metrics("alerts"))
    worker.rules.loaded.set()
    acknowledged: list[int] = []
    sent: list[tuple[str, bytes, dict[str, bytes]]] = []

    async def match(received: Received) -> _Found:
        return _Found([(b"large", b"{}"), (b"small", b"{}")], 5.0)

    async def send(topic: str, key: bytes, value: bytes, headers: Any = (), partition: int | None = None) -> None:
        if key == b"large":
            raise Refused("output_too_large", "2 bytes; alert-matches.v1 takes fewer")
        await asyncio.sleep(0)
        sent.append((topic, key, dict(headers)))

    worker._match = match  # type: ignore[method-assign]
    worker._outbox.send = send  # type: ignore[method-assign,assignment]
    event = SimpleNamespace(message=SimpleNamespace(offset=7), ack=lambda: acknowledged.append(7))
    await worker.take_article(event, Received("articles.enriched.v1", 3, 7, b"a7", b"{}"))
    await asyncio.sleep(0.01)
    assert [(topic, key) for topic, key, _ in sent] == [("alert-matches.v1", b"small"), ("dead-letters.v1", b"a7")]
    assert sent[1][2]["x-error-reason"] == b"output_too_large"
    assert (acknowledged, worker.crashed_with) == ([7], None)
