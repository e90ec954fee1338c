"""Where alert rules come from while the worker runs: a YAML file that may change, and the topic alert-rules.v1."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.codec import DecodeError, decode
from schemas.rules import AlertRule
from schemas.topics import ALERT_RULES
from workers.alerts.live import LiveMatcher, RuleSet
from workers.alerts.rules import Rule, load_rules
from workers.errors import Misconfigured
from workers.runtime.connection import aiokafka_arguments
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.retry import backoff
from workers.runtime.settings import Settings

__all__ = ["RuleSource", "read_rule_file"]

_LOG = get_logger(__name__)
_LOOK_EVERY_S = 0.25
_NO_TOPIC_S = 5.0


class RuleSource:
    """Keeps `matcher` up to date. A change is whole: a matcher is made beside the running one, then put in its place between two articles."""

    def __init__(self, settings: Settings, metrics: Metrics, on_change: Callable[[LiveMatcher], None]) -> None:
        """Reads the file at once; raises Misconfigured where it is wrong."""
        self.matcher = LiveMatcher()
        self.loaded = asyncio.Event()
        self._settings, self._metrics, self._on_change = settings, metrics, on_change
        self._file = settings.alert_rules
        self._stamp = _stamp(self._file)
        self._set = RuleSet()
        self._lock = asyncio.Lock()
        if self._file is not None:
            self._set = self._set.with_file(read_rule_file(self._file))
            self._show(LiveMatcher(self._set.rules()))

    async def follow_file(self) -> None:
        """Read the file again whenever it changes, for ever; a file that is wrong changes nothing and is told of."""
        while self._file is not None:
            await asyncio.sleep(_LOOK_EVERY_S)
            stamp = _stamp(self._file)
            if stamp == self._stamp:
                continue
            self._stamp = stamp
            try:
                rules = await asyncio.to_thread(read_rule_file, self._file)
            except Misconfigured as error:
                self._refuse(str(error))
            else:
                await self._change(lambda known, rules=rules: known.with_file(rules))  # type: ignore[misc]  # a default binds it

    async def follow_topic(self) -> None:
        """Read the topic from its beginning, for ever; `loaded` is set when its present end is reached."""
        waits = backoff(cap_s=5.0)
        while True:
            try:
                await self._read_topic()
            except (KafkaError, OSError) as error:
                _LOG.warning("broker_away", error=repr(error), what=ALERT_RULES.name)
                await asyncio.sleep(next(waits))

    async def _read_topic(self) -> None:
        consumer = AIOKafkaConsumer(**aiokafka_arguments(self._settings), enable_auto_commit=False)
        await consumer.start()
        try:
            while not (numbers := await _partitions(consumer)):
                _LOG.warning("no_topic_of_rules", topic=ALERT_RULES.name, mend="dateline topics create")
                self.loaded.set()
                await asyncio.sleep(_NO_TOPIC_S)
            partitions = [TopicPartition(ALERT_RULES.name, number) for number in numbers]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            while True:
                positions = [await consumer.position(one) >= ends[one] for one in partitions]
                if all(positions):
                    self.loaded.set()
                found = await consumer.getmany(timeout_ms=int(_LOOK_EVERY_S * 1000))
                records = [record for batch in found.values() for record in batch]
                if records:
                    await self._change(lambda known, records=records: self._with(known, records))  # type: ignore[misc]  # a default binds it
        finally:
            await consumer.stop()

    def _with(self, known: RuleSet, records: list[object]) -> RuleSet:
        for record in records:
            key = (record.key or b"").decode(errors="replace")  # type: ignore[attr-defined]
            try:
                entry = None if record.value is None else decode(AlertRule, record.value)  # type: ignore[attr-defined]
                known = known.with_entry(key, entry)
            except (DecodeError, ValueError) as error:
                self._refuse(f"{ALERT_RULES.name}, rule {key!r}: {' '.join(str(error).split())}")
        return known

    async def _change(self, change: Callable[[RuleSet], RuleSet]) -> None:
        async with self._lock:
            self._set = change(self._set)
            # Compiling many rules takes seconds; articles go on with the old ones meanwhile.
            self._show(await asyncio.to_thread(self.matcher.changed, self._set.rules()))

    def _show(self, matcher: LiveMatcher) -> None:
        self.matcher = matcher
        self._metrics.alert_rules.set(len(matcher.rules))
        self._on_change(matcher)
        _LOG.info("alert_rules_loaded", rules=len(matcher.rules))

    def _refuse(self, error: str) -> None:
        self._metrics.alert_rules_refused.inc()
        _LOG.error("alert_rules_refused", error=error, meanwhile="the rules before it go on")


def read_rule_file(path: Path) -> tuple[Rule, ...]:
    """The rules of a file; raises Misconfigured where it cannot be read or is wrong."""
    try:
        return load_rules(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"DATELINE_ALERT_RULES: {path} cannot be read as UTF-8: {error}") from None


def _stamp(path: Path | None) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced."""
    try:
        status = path.stat() if path is not None else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if status else None


async def _partitions(consumer: AIOKafkaConsumer) -> list[int]:
    await consumer._client.add_topic(ALERT_RULES.name)
    return sorted(consumer.partitions_for_topic(ALERT_RULES.name) or ())
