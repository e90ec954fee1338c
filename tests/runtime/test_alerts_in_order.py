"""An article is acknowledged, and the clock goes on, when it and all before it in its partition are told, in whatever order the broker answers."""

import asyncio
from types import SimpleNamespace
from typing import Any

from kafka_tools import settings_for

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

    async def send(topic: str, key: bytes, value: bytes, headers: Any, partition: int | None = None) -> None:
        await answers[key].wait()

    worker._match = match  # type: ignore[method-assign]
    worker._send = send  # type: ignore[method-assign,assignment]
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
