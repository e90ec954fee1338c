"""The memory worker: two faust agents that learn what each source repeats, and tell the cleaners.

The first reads cleaned articles (text and what was cut are all of a page's lines) and passes their fingerprints on, keyed by source, so
that one partition sees all of a source. The second counts them in a Table and publishes a profile when there is news. Both repeat work
after a crash; an article counts once, so that changes nothing. What it cannot read it leaves: the next stage buries that message.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import orjson

from schemas.cloudevents import event_headers
from schemas.codec import DecodeError, decode, encode
from schemas.sources import SourceLines, SourceProfile
from schemas.topics import CLEANED, SOURCE_LINES, SOURCE_PROFILES, Topic
from workers.cleaner.learning import learn, learned_from, state_of
from workers.cleaner.memory import fingerprints
from workers.errors import Refused, Stopped
from workers.runtime.app import add_pages, make_app, run_app
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.outbox import Outbox
from workers.runtime.settings import Settings

__all__ = ["MemoryWorker", "lines_of", "run_memory"]

_LOG = get_logger(__name__)
_NAME = "memory"


class MemoryWorker:
    """What the agents do with each message, and what the shell asks about it."""

    def __init__(self, app: Any, settings: Settings, metrics: Metrics) -> None:
        self.crashed_with: BaseException | None = None
        self._app, self._metrics = app, metrics
        self._working_since: dict[str, float] = {}
        self._outbox = Outbox(app, metrics)
        self.learned: Any = app.Table(
            "sources",
            default=dict,
            partitions=settings.partitions,
            key_type=str,
            # No value_type: faust would ask `dict` to rebuild itself from JSON, and recovery would never end.
            help="source -> its lines and how often they were seen",
        )

    @property
    def stalled_for_s(self) -> float:
        """Seconds that the slowest present message has taken; 0 between messages and while the broker is known to be away."""
        since = min(self._working_since.values(), default=None)
        return 0.0 if since is None or self._outbox.away else time.monotonic() - since

    def not_ready(self) -> str | None:
        """Why the worker cannot take work now, or None."""
        if self.crashed_with is not None:
            return str(self.crashed_with)
        if not self._app.tables.recovery.completed.is_set():
            return "the table of sources is being recovered"
        return self._outbox.away

    async def pass_on(self, value: bytes | None) -> None:
        """One cleaned article: its lines, to the partition of its source."""
        with _Working(self._working_since, CLEANED.name):
            self._metrics.received.labels(CLEANED.name).inc()
            told = lines_of(value)
            if told is None:
                self._metrics.dropped.labels("nothing_to_learn").inc()
                return
            try:
                await self._send(SOURCE_LINES, told.source, encode(told), told.id)
            except Refused as refused:
                self._metrics.dropped.labels(refused.reason).inc()
                _LOG.warning("too_many_lines_to_learn", article=told.id, error=str(refused))

    async def count(self, value: bytes | None) -> None:
        """One article's lines: count them, and tell the cleaners where there is news."""
        with _Working(self._working_since, SOURCE_LINES.name):
            self._metrics.received.labels(SOURCE_LINES.name).inc()
            try:
                told = decode(SourceLines, value)
                known = learned_from(told.source, self.learned.get(told.source))
            except (DecodeError, KeyError, TypeError, ValueError) as error:
                self._metrics.dropped.labels("unreadable").inc()
                _LOG.warning("source_lines_unreadable", error=str(error))
                return
            state, news = learn(known, told.id, frozenset(told.lines))
            if news is not None:
                profile = SourceProfile(source=news.source, version=news.version, lines=tuple(news.lines))
                await self._send(SOURCE_PROFILES, news.source, encode(profile), news.name)
            if state is not known:
                self.learned[told.source] = state_of(state)

    async def _send(self, topic: Topic, key: str, value: bytes, event_id: str) -> None:
        headers = event_headers(topic, event_id=event_id, stage=_NAME, subject=key, now_s=time.time())
        await self._outbox.send(topic.name, key.encode("utf-8", "replace"), value, headers)
        self._metrics.sent.labels(topic.name).inc()


class _Working:
    def __init__(self, since: dict[str, float], topic: str) -> None:
        self._since, self._topic = since, topic

    def __enter__(self) -> None:
        self._since[self._topic] = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._since.pop(self._topic, None)


def lines_of(value: bytes | None) -> SourceLines | None:
    """The lines of a cleaned article, or None where there is nothing to learn: no source, no text, a tombstone, an unreadable value."""
    try:
        article = orjson.loads(value or b"null")
        source, article_id, text = article["source"], article["id"], article["text"]
        lines: Sequence[str] = [*text.split("\n\n"), *(piece["text"] for piece in article.get("removed", ()))]
        found = fingerprints(lines)
        return SourceLines(id=article_id, source=source, lines=tuple(sorted(found))) if found else None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError):
        return None


def run_memory(settings: Settings) -> int:
    """Run the memory worker until it is stopped; returns the exit code."""
    metrics = Metrics(_NAME)
    app = make_app(_NAME, settings, agents=True)
    worker = MemoryWorker(app, settings, metrics)
    for topic, handle in ((CLEANED, worker.pass_on), (SOURCE_LINES, worker.count)):
        _agent(app, topic, handle, worker)
    add_pages(app, metrics, worker, settings.stall_after_s)
    return run_app(app, worker, metrics, settings, state_of=SOURCE_LINES.name)


def _agent(app: Any, topic: Topic, handle: Any, worker: MemoryWorker) -> None:
    channel = app.topic(
        topic.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", internal=False
    )

    async def run(stream: Any) -> None:
        async for event in stream.events():
            try:
                await handle(event.message.value)
            except Exception as error:  # noqa: BLE001  an agent that raises loses its event: stop instead, uncommitted
                worker.crashed_with = error
                _LOG.error("worker_stops", error=str(error), exc_info=not isinstance(error, Stopped))
                await asyncio.Event().wait()

    app.agent(channel, concurrency=1, name=f"{_NAME}.{topic.name}")(run)
