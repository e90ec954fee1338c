"""The alerts worker: a faust agent matches articles against the rules and tells by rule (alert-matches.v1); another (alert_desks.py) decides what becomes of that.

The agents take raw bytes, one at a time, and their whole bodies are guarded: faust acknowledges an event whose agent raised, and drops
what its codec cannot read, so neither may happen. Matches of several articles are under way to the broker at once; an article is acknowledged,
and the clock goes on, when it and all before it in its partition are told. Work is repeated after a crash; the desks make that harmless.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from schemas.alerts import AlertStep, StreamClock
from schemas.articles import ClusteredArticle, EnrichedArticle
from schemas.codec import DecodeError, decode, encode
from schemas.topics import ALERT_MATCHES
from workers.alerts.broad import Broad
from workers.alerts.fire import event_time, matches_of
from workers.errors import Refused, Stopped
from workers.ports import Bury, Received
from workers.runtime.alert_desks import Desks
from workers.runtime.alert_rules import RuleSource
from workers.runtime.app import add_pages, make_app, run_app
from workers.runtime.dead_letters import Brake, BrakeSettings, bury
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.outbox import Outbox
from workers.runtime.settings import Settings

__all__ = ["AlertsWorker", "run_alerts"]

_LOG = get_logger(__name__)
_VERSION = "2"
#: Articles whose matches are under way to the broker; above this the agent waits.
_MOST_OPEN = 500

T = TypeVar("T")


class _Found(NamedTuple):
    """What an article gave: matches by rule, and how far it brings the clock (event time, seconds)."""

    steps: Sequence[tuple[bytes, bytes]]
    clock_s: float | None


@dataclass(slots=True)
class _Open:
    """An article that was looked at and is not acknowledged yet."""

    event: Any
    clock_s: float | None
    since: float
    told: bool = False


class AlertsWorker:
    """What the agents do with each record, and what the shell asks about it."""

    def __init__(self, app: Any, settings: Settings, metrics: Metrics) -> None:
        """Raises Misconfigured where the file of rules is wrong."""
        self.crashed_with: BaseException | None = None
        self._app, self._settings, self._metrics = app, settings, metrics
        self._brake = Brake(
            BrakeSettings(
                settings.dead_letter_max_consecutive, settings.dead_letter_max_ratio, settings.dead_letter_window
            )
        )
        self._working_since: float | None = None
        self._outbox = Outbox(app, metrics)
        self._clock: dict[int, float] = {}
        self._done: dict[int, int] = {}
        self._heard: dict[int, float] = {}
        self._open: defaultdict[int, deque[_Open]] = defaultdict(deque)
        self._room = asyncio.Semaphore(_MOST_OPEN)
        self._telling: set[asyncio.Task[None]] = set()
        self._broad = Broad(settings.alert_broad_share)
        self.desks = Desks(app, settings, metrics, self._outbox.send)
        self.rules = RuleSource(settings, metrics, self.desks.use)

    @property
    def stalled_for_s(self) -> float:
        """Seconds that the present work has taken; 0 between articles and while the broker is known to be away."""
        begun = [articles[0].since for articles in tuple(self._open.values()) if articles]
        begun += [] if self._working_since is None else [self._working_since]
        busy = time.monotonic() - min(begun) if begun else 0.0
        return 0.0 if self._outbox.away else max(busy, self.desks.stalled_for_s)

    def not_ready(self) -> str | None:
        """Why the worker cannot take work now, or None."""
        if self.crashed_with is not None:
            return str(self.crashed_with)
        if not self._app.tables.recovery.completed.is_set():
            return "the table of what rules remember is being recovered"
        if not self.rules.loaded.is_set():
            return "the rules are being read"
        return self._outbox.away

    async def take_article(self, event: Any, received: Received) -> None:
        """One article: tell which rules it matches, bury what cannot be read. Never raises but when the worker must stop."""
        await self.rules.loaded.wait()
        await self._room.acquire()
        started = time.perf_counter()
        found = await self._guarded(received, self._match)
        article = _Open(event, found.clock_s if found else None, time.monotonic())
        articles = self._open[received.partition]
        articles.append(article)
        task = asyncio.create_task(self._tell(found.steps if found else (), article, articles, received))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        self._metrics.observe_stage("alerts", time.perf_counter() - started)

    async def _tell(
        self, steps: Sequence[tuple[bytes, bytes]], article: _Open, articles: deque[_Open], received: Received
    ) -> None:
        """Send an article's matches; then acknowledge what is told from the front on, unless the partition was taken away meanwhile.

        An article with a match that the broker refuses is buried too; its other matches are told.
        """
        partition = received.partition
        try:
            sending = (self._outbox.send(ALERT_MATCHES.name, key, value) for key, value in steps)
            failed = [error for error in await asyncio.gather(*sending, return_exceptions=True) if error]
            if worse := [error for error in failed if not isinstance(error, Refused)]:
                raise worse[0]  # noqa: TRY301  what ends the worker is told below
            if failed:
                await self._bury(received, failed[0])
            article.told = True
            while articles and articles[0].told and self._open.get(partition) is articles:
                first = articles.popleft()
                self._clock[partition] = max(first.clock_s or 0.0, self._clock.get(partition, 0.0))
                self._done[partition] = first.event.message.offset
                self._heard[partition] = time.monotonic()
                first.event.ack()
        except Exception as error:  # noqa: BLE001  a task that raises is gone: stop instead, uncommitted
            self.crashed_with = error
            _LOG.error("worker_stops", error=str(error), exc_info=True)
        finally:
            self._room.release()

    async def take_step(self, event: Any, received: Received) -> None:
        """One match, or the clock."""

        async def take(one: Received) -> bool:
            await self.desks.take(event, one)
            return True

        if not await self._guarded(received, take):
            event.ack()

    async def tick(self) -> None:
        """Tell the desks how far the articles have come."""
        topic = self._settings.alerts_read
        here = {tp.partition: tp for tp in self._app.consumer.assignment() if tp.topic == topic}
        if not here:
            return
        idle = [number for number, tp in here.items() if await self._is_idle(tp)]
        of = self._app.consumer.topic_partitions(topic) or self._settings.partitions
        newest = {number: self._clock.get(number) for number in here}
        step = encode(AlertStep(clock=StreamClock(of=of, partitions=newest, idle=tuple(idle))))
        desks = self._app.consumer.topic_partitions(ALERT_MATCHES.name) or self._settings.partitions
        await asyncio.gather(
            *(self._outbox.send(ALERT_MATCHES.name, None, step, partition=number) for number in range(desks))
        )

    async def let_go(self, revoked: Iterable[Any]) -> None:
        """Partitions are taken away, perhaps to come back."""
        for tp in revoked:
            if tp.topic == self._settings.alerts_read:
                self._open.pop(tp.partition, None)
                self._done.pop(tp.partition, None)
                self._clock.pop(tp.partition, None)
                self._heard.pop(tp.partition, None)
        await self.desks.let_go({tp.partition for tp in revoked if tp.topic == ALERT_MATCHES.name})

    async def _is_idle(self, tp: Any) -> bool:
        """Whether all committed articles of a partition were taken, some time ago; what is left before its end may be a marker of a transaction."""
        since = self._heard.setdefault(tp.partition, time.monotonic())
        end, done = self._app.consumer.highwater(tp), self._done.get(tp.partition)
        if end is None or time.monotonic() - since < self._settings.alert_idle_s:
            return False
        return bool(end - (await self._app.consumer.position(tp) if done is None else done + 1) <= 1)

    async def _guarded(self, received: Received, work: Callable[[Received], Awaitable[T]]) -> T | None:
        """Do it, or bury what cannot be read and return None."""
        self._working_since = time.monotonic()
        self._metrics.received.labels(received.topic).inc()
        try:
            result = await work(received)
            self._brake.check([None])
            return result
        except (DecodeError, ValueError, TypeError, KeyError) as error:
            await self._bury(received, error)
            return None
        finally:
            self._working_since = None

    async def _match(self, received: Received) -> _Found:
        if received.value is None and received.key:
            return _Found((), None)  # a tombstone: the article was withdrawn
        article = _read(received.value)
        received_s = received.timestamp_ms / 1000
        matches = matches_of(self.rules.matcher, article, received_s)
        for rule, share in self._broad.add([match.rule.key for match in matches]):
            _LOG.warning("rule_too_broad", rule=rule, share=round(share, 3), of_last=self._broad.size)
        self._metrics.alert_rules_broad.set(self._broad.count)
        steps = [(match.rule.key.encode(), encode(AlertStep(match=match))) for match in matches]
        return _Found(steps, event_time(article, received_s))

    async def _bury(self, received: Received, error: BaseException) -> None:
        reason = error.reason if isinstance(error, DecodeError | Refused) else "stage_failed"
        why = Bury(reason, type(error).__name__, str(error)[:1000], "alerts", _VERSION)
        self._brake.check([why])
        letter = bury(received, why, time.time())
        await self._outbox.send(letter.topic, letter.key, letter.value, letter.headers)
        self._metrics.dead_lettered.labels(reason).inc()
        where = {"topic": received.topic, "partition": received.partition, "offset": received.offset}
        _LOG.warning("dead_letter", **where, reason=reason, error=str(error))


def run_alerts(settings: Settings) -> int:
    """Run the alerts worker until it is stopped; returns the exit code. Raises Misconfigured where the rules are wrong."""
    metrics = Metrics("alerts")
    app = make_app("alerts", settings, agents=True)
    worker = AlertsWorker(app, settings, metrics)

    def raw(topic: str) -> Any:
        return app.topic(
            topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", internal=False
        )

    async def guarded(work: Awaitable[None]) -> None:
        """An agent that raises loses its event, a task that raises is gone: stop instead, uncommitted."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  said above
            worker.crashed_with = error
            _LOG.error("worker_stops", error=str(error), exc_info=not isinstance(error, Stopped))
            await asyncio.Event().wait()

    @app.agent(raw(settings.alerts_read), concurrency=1)  # type: ignore[untyped-decorator]  # faust is untyped
    async def match(stream: Any) -> None:
        async for event in stream.noack().events():
            await guarded(worker.take_article(event, _received(event.message)))

    @app.agent(raw(ALERT_MATCHES.name), concurrency=1)  # type: ignore[untyped-decorator]  # faust is untyped
    async def decide(stream: Any) -> None:
        async for event in stream.noack().events():
            await guarded(worker.take_step(event, _received(event.message)))

    for follow in (worker.rules.follow_file, worker.rules.follow_topic, worker.desks.write):
        _start_task(app, guarded, follow)

    @app.timer(interval=settings.alert_tick_s)  # type: ignore[untyped-decorator]  # faust is untyped
    async def tick() -> None:
        if worker.not_ready() is None:
            await guarded(worker.tick())

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]  # faust is untyped
    async def let_go(app: Any, revoked: Any, **kwargs: Any) -> None:
        await worker.let_go(revoked)

    add_pages(app, metrics, worker, settings.stall_after_s)
    return run_app(app, worker, metrics, settings, state_of=ALERT_MATCHES.name)


def _start_task(app: Any, guarded: Callable[[Awaitable[None]], Awaitable[None]], work: Callable[[], Awaitable[None]]) -> None:  # fmt: skip
    @app.task  # type: ignore[untyped-decorator]  # faust is untyped
    async def run() -> None:
        await guarded(work())


def _read(value: bytes | None) -> EnrichedArticle:
    """With its story where it has one."""
    if value is not None and b'"story"' in value:
        try:
            return decode(ClusteredArticle, value)
        except DecodeError:
            pass  # the word stands in the text, or the story is none: the article counts all the same
    return decode(EnrichedArticle, value)


def _received(message: Any) -> Received:
    headers = tuple(dict(message.headers or ()).items())
    timestamp_ms = int((message.timestamp or 0) * 1000)
    return Received(message.topic, message.partition, message.offset, message.key, message.value, headers, timestamp_ms)
