"""Brings source profiles from their compacted topic to the pool processes of a cleaner: a reader without a group, and a folder.

Cleaning never waits long for them and never stops by them: what cannot be had is as if it were not known, and said in the log.
"""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import SOURCE_PROFILES
from workers.cleaner.recall import file_of
from workers.errors import Unavailable
from workers.ports import Outcome, Received, StageOptions
from workers.runtime.connection import aiokafka_arguments
from workers.runtime.handle import Retry
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.processors import Runner
from workers.runtime.retry import backoff
from workers.runtime.settings import Settings

__all__ = ["ProfileFeed", "RememberingRunner", "with_profiles"]

_LOG = get_logger(__name__)
_WAIT_S = 5.0
_POLL_MS = 500


class ProfileFeed:
    """Follows the topic from its first message and keeps one file for each source, until it is stopped."""

    def __init__(self, folder: Path, settings: Settings, metrics: Metrics) -> None:
        self._folder, self._settings, self._metrics = folder, settings, metrics
        self._sources: set[str] = set()
        self._read_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, and wait until what the topic holds now is read, at most five seconds."""
        self._task = asyncio.create_task(self._follow(), name="source-profiles")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._read_up.wait(), _WAIT_S)

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        waits = backoff(first_s=0.5, cap_s=30.0)
        while True:
            try:
                await self._read()
            except (Unavailable, KafkaError, OSError) as error:
                _LOG.warning("source_profiles_away", error=str(error), effect="pages are cleaned without them")
                self._read_up.set()
                await asyncio.sleep(next(waits))

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            **aiokafka_arguments(self._settings),
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            await consumer._client.add_topic(SOURCE_PROFILES.name)
            numbers = consumer.partitions_for_topic(SOURCE_PROFILES.name)
            if not numbers:
                raise Unavailable(f"there is no topic {SOURCE_PROFILES.name}: make it with `dateline topics create`")
            partitions = [TopicPartition(SOURCE_PROFILES.name, number) for number in sorted(numbers)]
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await consumer.seek_to_beginning(*partitions)
            while True:
                for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                    for record in records:
                        self.take(record.key, record.value)
                if not self._read_up.is_set() and await _past(consumer, ends):
                    self._read_up.set()
        finally:
            await consumer.stop()

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """Keep one profile; a null value forgets it. The cleaner reads the value, and ignores one that is no profile. Where the disk is
        full the source keeps the profile it had."""
        if not key:
            return
        source = key.decode("utf-8", "replace")
        path = file_of(self._folder, source)
        temporary = path.with_suffix(".new")
        try:
            if value is None:
                path.unlink(missing_ok=True)
                self._sources.discard(source)
            else:
                temporary.write_bytes(value)
                temporary.replace(path)
                self._sources.add(source)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            _LOG.warning("source_profile_not_kept", source=source, folder=str(self._folder), error=str(error))
        self._metrics.profiles.set(len(self._sources))


async def _past(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    return all([await consumer.position(tp) >= end for tp, end in ends.items()])


class RememberingRunner:
    """A runner whose stages find source profiles in a folder, which lives as long as the worker."""

    def __init__(self, runner: Runner, feed: ProfileFeed, folder: Path) -> None:
        self._runner, self._feed, self._folder = runner, feed, folder

    async def start(self) -> None:
        """Load the stages while the profiles are read."""
        await asyncio.gather(self._runner.start(), self._feed.start())

    async def run(self, chunk: Sequence[Received], moved: Callable[[], None]) -> list[Outcome | Retry]:
        """The outcomes of a chunk, in its order."""
        return await self._runner.run(chunk, moved)

    async def stop(self) -> None:
        """End both and remove the folder."""
        await self._feed.stop()
        await self._runner.stop()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


def with_profiles(
    make: Callable[[StageOptions], Runner], options: StageOptions, settings: Settings, metrics: Metrics
) -> Runner:
    """The runner that `make` makes, with a folder of source profiles beside it; without one where no folder can be made."""
    parent = settings.state_dir / "source-profiles"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        folder = Path(tempfile.mkdtemp(dir=parent))
    except OSError as error:
        _LOG.warning(
            "source_profiles_off", folder=str(parent), error=str(error), effect="pages are cleaned without them"
        )
        return make(options)
    extra = {**options.extra, "source_profiles": str(folder)}
    runner = make(replace(options, extra=extra))
    return RememberingRunner(runner, ProfileFeed(folder, settings, metrics), folder)


def _sweep(parent: Path, older_than_s: float = 7 * 86_400) -> None:
    """Remove folders that killed workers left behind."""
    for left in parent.iterdir():
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - older_than_s:
                shutil.rmtree(left, ignore_errors=True)
