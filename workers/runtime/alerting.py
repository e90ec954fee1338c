"""The alerts worker: a faust agent over enriched articles, with a Table of what has fired.

The agent takes raw bytes, one at a time, and its whole body is guarded: faust acknowledges an event whose agent raised, and drops
what its codec cannot read, so neither may happen. Work is repeated after a crash; the Table and the alerts' own ids (a hash of rule
and article) make that harmless.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import KafkaError

from schemas.articles import EnrichedArticle
from schemas.cloudevents import event_headers
from schemas.codec import DecodeError, decode, encode
from schemas.topics import ALERTS, ENRICHED
from workers.alerts.fire import fire
from workers.alerts.match import Matcher, compile_rules
from workers.alerts.rules import Rule
from workers.errors import Stopped
from workers.ports import Bury, Received
from workers.runtime.app import add_pages, make_app, run_app
from workers.runtime.dead_letters import Brake, BrakeSettings, bury
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.retry import backoff
from workers.runtime.settings import Settings

__all__ = ["AlertsWorker", "run_alerts"]

_LOG = get_logger(__name__)
_VERSION = "1"
_PRUNE_EVERY_S = 300.0


class AlertsWorker:
    """What the agent does with each article, and what the shell asks about it."""

    def __init__(self, matcher: Matcher, app: Any, settings: Settings, metrics: Metrics) -> None:
        self.crashed_with: BaseException | None = None
        self._matcher, self._app, self._settings, self._metrics = matcher, app, settings, metrics
        self._brake = Brake(
            BrakeSettings(
                settings.dead_letter_max_consecutive, settings.dead_letter_max_ratio, settings.dead_letter_window
            )
        )
        self._working_since: float | None = None
        self._away: str | None = None
        self.fired: Any = app.Table(
            "fired",
            default=dict,
            partitions=settings.partitions,
            key_type=str,
            # No value_type: faust would ask `dict` to rebuild itself from JSON, and recovery would never end.
            help="article id -> fired alert ids",
        )

    @property
    def stalled_for_s(self) -> float:
        """Seconds that the present article has taken; 0 between articles and while the broker is known to be away."""
        since = self._working_since
        return 0.0 if since is None or self._away else time.monotonic() - since

    def not_ready(self) -> str | None:
        """Why the worker cannot take work now, or None."""
        if self.crashed_with is not None:
            return str(self.crashed_with)
        if not self._app.tables.recovery.completed.is_set():
            return "the table of fired alerts is being recovered"
        return self._away

    async def take(self, received: Received) -> None:
        """One article: fire what has not fired, bury what cannot be read. Never raises but when the worker must stop."""
        self._working_since = time.monotonic()
        self._metrics.received.labels(received.topic).inc()
        try:
            await self._handle(received)
            self._brake.check([None])
        except (DecodeError, ValueError, TypeError, KeyError) as error:
            await self._bury(received, error)
        finally:
            self._working_since = None

    async def _handle(self, received: Received) -> None:
        if received.value is None and received.key:
            return  # a tombstone: the article was withdrawn
        started = time.perf_counter()
        article = decode(EnrichedArticle, received.value)
        alerts = fire(self._matcher, article, datetime.now(UTC))
        known: dict[str, float] = dict(self.fired.get(article.id) or {})
        new = [alert for alert in alerts if alert.id not in known]
        for alert in new:
            headers = event_headers(ALERTS, event_id=alert.id, stage="alerts", subject=article.id, now_s=time.time())
            await self._send(ALERTS.name, alert.id.encode(), encode(alert), headers)
            known[alert.id] = time.time()
            self._metrics.sent.labels(ALERTS.name).inc()
        if new:
            self.fired[article.id] = known
        self._metrics.stage_seconds.labels("alerts").observe(time.perf_counter() - started)

    async def _bury(self, received: Received, error: Exception) -> None:
        reason = error.reason if isinstance(error, DecodeError) else "stage_failed"
        why = Bury(reason, type(error).__name__, str(error)[:1000], "alerts", _VERSION)
        self._brake.check([why])
        letter = bury(received, why, time.time())
        await self._send(letter.topic, letter.key, letter.value, letter.headers)
        self._metrics.dead_lettered.labels(reason).inc()
        where = {"topic": received.topic, "partition": received.partition, "offset": received.offset}
        _LOG.warning("dead_letter", **where, reason=reason, error=str(error))

    async def _send(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> None:
        """Send and wait for the acknowledgement; a broker that is away is waited for."""
        waits = backoff()
        while True:
            try:
                await self._app.producer.send_and_wait(topic, key, value, None, None, dict(headers))
                self._away = None
                return
            except (TimeoutError, KafkaError, OSError) as error:
                self._away = f"the broker does not take alerts: {error!r}"
                self._metrics.retries.labels("broker").inc()
                _LOG.warning("broker_away", error=repr(error))
                await asyncio.sleep(next(waits))

    def prune(self, now_s: float) -> int:
        """Forget articles whose last alert is older than the memory; the number forgotten."""
        oldest = now_s - self._settings.alert_memory_days * 86_400
        old = [article for article, known in self.fired.items() if known and max(known.values()) < oldest]
        for article in old:
            with contextlib.suppress(KeyError):
                self.fired.pop(article)
        return len(old)


def run_alerts(rules: Sequence[Rule], settings: Settings) -> int:
    """Run the alerts worker until it is stopped; returns the exit code."""
    metrics = Metrics("alerts")
    app = make_app("alerts", settings, agents=True)
    worker = AlertsWorker(compile_rules(rules), app, settings, metrics)
    topic = app.topic(
        ENRICHED.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", internal=False
    )

    @app.agent(topic, concurrency=1)  # type: ignore[untyped-decorator]  # faust is untyped
    async def alert(stream: Any) -> None:
        async for event in stream.events():
            try:
                await worker.take(_received(event.message))
            except Exception as error:  # noqa: BLE001  an agent that raises loses its event: stop instead, uncommitted
                worker.crashed_with = error
                _LOG.error("worker_stops", error=str(error), exc_info=not isinstance(error, Stopped))
                await asyncio.Event().wait()

    @app.timer(interval=_PRUNE_EVERY_S)  # type: ignore[untyped-decorator]  # faust is untyped
    async def prune() -> None:
        worker.prune(time.time())

    add_pages(app, metrics, worker, settings.stall_after_s)
    return run_app(app, worker, metrics, settings)


def _received(message: Any) -> Received:
    headers = tuple(dict(message.headers or ()).items())
    timestamp_ms = int((message.timestamp or 0) * 1000)
    return Received(message.topic, message.partition, message.offset, message.key, message.value, headers, timestamp_ms)
