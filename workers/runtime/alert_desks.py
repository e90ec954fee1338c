"""The second half of the alerts worker: a faust agent over matches by rule, with a Table that holds what the rules remember.

Matches are taken in the order of their partition, at once and in memory. What becomes of them is then written in groups, as many matches as came
while the last group was written: first the alerts, then the rows of the Table, then the offsets. So a crash at any point makes a match be taken
again by a state that either knows of it or does not, and the state machines of workers/alerts give the same alerts both ways.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from schemas.alerts import Alert, AlertStep
from schemas.cloudevents import event_headers
from schemas.codec import decode, encode
from schemas.topics import ALERTS
from workers.alerts.desk import Desk, Outcome, RunningRule
from workers.alerts.live import LiveMatcher
from workers.alerts.memory import Key
from workers.alerts.rules import kind_of, state_of, version_of
from workers.alerts.windows import Row
from workers.ports import Received
from workers.runtime.metrics import Metrics
from workers.runtime.settings import Settings

__all__ = ["Desks"]

#: Matches taken and not yet written; above this the agent waits.
_MOST_OPEN = 2000
_LET_GO_S = 3.0

Send = Callable[[str, bytes | None, bytes | None, Sequence[tuple[str, bytes]]], Awaitable[None]]


class Desks:
    """A desk for each partition of matches that this process has."""

    def __init__(self, app: Any, settings: Settings, metrics: Metrics, send: Send) -> None:
        self._app, self._metrics, self._send = app, metrics, send
        self._memory_s = settings.alert_memory_days * 86_400
        self._desks: dict[int, Desk] = {}
        self._rules: dict[int, dict[str, RunningRule]] | None = None
        self._matcher = LiveMatcher()
        self._events: list[Any] = []
        self._alerts: list[Alert] = []
        self._waiting = asyncio.Event()
        self._written = asyncio.Event()
        self._writing_since: float | None = None
        self.table: Any = app.Table(
            "alert-state",
            partitions=settings.partitions,
            key_type=str,
            # No value_type: faust would ask `dict` to rebuild itself from JSON, and recovery would never end.
            help="What alert rules remember: [partition, kind of row, rule, ...] -> row",
        )

    @property
    def stalled_for_s(self) -> float:
        """Seconds that the present group has been written for."""
        return 0.0 if self._writing_since is None else time.monotonic() - self._writing_since

    def use(self, matcher: LiveMatcher) -> None:
        """The rules changed."""
        self._matcher, self._rules = matcher, None

    async def take(self, event: Any, received: Received) -> None:
        """One record. Raises DecodeError where it is none of ours; the caller acknowledges it then."""
        step = decode(AlertStep, received.value)
        desk = self._desk(received.partition)
        now_s = received.timestamp_ms / 1000
        outcome = Outcome((), defaultdict(int))  # type: ignore[arg-type]
        if step.match is not None:
            outcome = desk.take(step.match, now_s)
        elif step.clock is not None:
            outcome = desk.tick(step.clock, now_s, self._rules_of(received.partition))
            self._metrics.alert_state_rows.labels(str(received.partition)).set(len(desk))
        for reason, count in outcome.left_out.items():
            self._metrics.alerts_left_out.labels(reason).inc(count)
        self._alerts += outcome.alerts
        self._events.append(event)
        self._waiting.set()
        while len(self._events) > _MOST_OPEN:
            self._written.clear()
            await self._written.wait()

    async def write(self) -> None:
        """Write what was taken, for ever. Raises where the Table cannot be written; the worker must stop then."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            self._writing_since = time.monotonic()
            # No await from here until all three are taken over: they belong together.
            events, self._events = self._events, []
            alerts, self._alerts = self._alerts, []
            changes = {number: desk.changes() for number, desk in self._desks.items()}
            await asyncio.gather(*(self._publish(alert) for alert in alerts))
            await asyncio.gather(*self._remember(changes))
            for event in events:
                event.ack()
            self._writing_since = None
            self._written.set()

    async def let_go(self, partitions: set[int]) -> None:
        """Others may take these over: write what was taken; what cannot be written in time is not acknowledged, and is taken again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LET_GO_S):
                while self._events or self._writing_since is not None:
                    self._written.clear()
                    await self._written.wait()
        self._events = [event for event in self._events if event.message.partition not in partitions]
        for number in partitions:
            self._desks.pop(number, None)

    async def _publish(self, alert: Alert) -> None:
        headers = event_headers(ALERTS, event_id=alert.id, stage="alerts", subject=alert.article.id, now_s=time.time())
        await self._send(ALERTS.name, alert.id.encode(), encode(alert), headers)
        self._metrics.sent.labels(ALERTS.name).inc()

    def _remember(self, changes: Mapping[int, Mapping[Key, Row | None]]) -> list[Any]:
        """Write rows to the changelog, in order; what to wait for. Not through `table[...] =`, which tells nobody when it is written."""
        written = []
        for number, rows in changes.items():
            for key, row in rows.items():
                name = orjson.dumps([number, *key]).decode()
                if row is None:
                    self.table.data.pop(name, None)
                    written.append(self.table.send_changelog(number, name, None, value_serializer="raw"))
                else:
                    self.table.data[name] = row
                    written.append(self.table.send_changelog(number, name, row))
        return written

    def _desk(self, number: int) -> Desk:
        desk = self._desks.get(number)
        if desk is None:
            named = ((orjson.loads(name), row) for name, row in self.table.data.items())
            rows = ((tuple(key[1:]), row) for key, row in named if key[0] == number)
            desk = self._desks[number] = Desk(rows, self._memory_s)
        return desk

    def _rules_of(self, number: int) -> Mapping[str, RunningRule]:
        """Rules that look at several articles, by the partition that their matches are on."""
        if self._rules is None:
            self._rules = defaultdict(dict)
            for key, rule in self._matcher.rules.items():
                if kind_of(rule) is not None:
                    partition = self._app.producer.key_partition("alert-matches.v1", key.encode()).partition
                    self._rules[partition][key] = RunningRule(rule, version_of(rule), state_of(rule))
        return self._rules.get(number, {})
