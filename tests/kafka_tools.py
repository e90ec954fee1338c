"""What broker tests do: a fresh set of topics, a worker as a process of its own, all messages of a topic."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from schemas.topics import TOPICS
from workers.ports import Received
from workers.runtime.clients import Outgoing, publish, read_all
from workers.runtime.settings import Settings
from workers.runtime.topics import create_topics

__all__ = ["Worker", "delete_topics", "fresh_topics", "produce", "read_topic", "settings_for", "wait_for", "worker"]


def settings_for(bootstrap: str, **changes: object) -> Settings:
    """Settings for a test's broker."""
    return Settings.model_validate({"bootstrap_servers": bootstrap, "http_port": 0, **changes})


def fresh_topics(bootstrap: str, partitions: int = 6) -> Settings:
    """All topics, emptied by deleting and making them again."""
    settings = settings_for(bootstrap, partitions=partitions)
    asyncio.run(_recreate(settings))
    return settings


async def _recreate(settings: Settings) -> None:
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        ours = [name for name in there if name in {topic.name for topic in TOPICS} or name.startswith("dateline-")]
        if ours:
            await admin.delete_topics(ours)
            while set(await admin.list_topics()) & set(ours):
                await asyncio.sleep(0.1)
        groups = [group for group, *_ in await admin.list_consumer_groups() if group.startswith("dateline")]
        if groups:
            with contextlib.suppress(Exception):
                await admin.delete_consumer_groups(groups)
    finally:
        await admin.close()
    await create_topics(settings)


def delete_topics(settings: Settings, *names: str) -> None:
    async def delete() -> None:
        from aiokafka.admin import AIOKafkaAdminClient

        admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
        await admin.start()
        try:
            await admin.delete_topics(list(names))
        finally:
            await admin.close()

    asyncio.run(delete())


def produce(settings: Settings, topic: str, messages: Iterable[Outgoing]) -> int:
    return asyncio.run(publish(settings, topic, messages))


def read_topic(settings: Settings, *topics: str) -> list[Received]:
    """Every committed message."""

    async def collect() -> list[Received]:
        return [received async for received in read_all(settings, *topics)]

    return asyncio.run(collect())


def wait_for(condition: Callable[[], bool], timeout_s: float = 60.0, why: Callable[[], str] = str) -> None:
    """Until the condition holds; fails after `timeout_s`, with what `why` says then."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen in time: {why()}"
        time.sleep(0.2)


class Worker:
    """A worker process: `dateline worker NAME` unless another command is given."""

    def __init__(
        self, name: str, bootstrap: str, folder: Path, command: list[str] | None = None, **environment: object
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name = name
        self.log = folder / f"{name.replace('+', '-')}-{self.port}.log"
        self._command = command or [sys.executable, "-m", "workers.cli.main", "worker", name]
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("DATELINE_")},
            "DATELINE_BOOTSTRAP_SERVERS": bootstrap,
            "DATELINE_HTTP_PORT": str(self.port),
            "DATELINE_STATE_DIR": str(folder / "state"),
            "DATELINE_SESSION_TIMEOUT_S": "6",
            "DATELINE_HEARTBEAT_S": "2",
            **{f"DATELINE_{key.upper()}": str(value) for key, value in environment.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Worker":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=Path(__file__).parents[1],
            )
        return self

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """kill -9 of the worker's main process; its pool must end by itself."""
        self.send(signal.SIGKILL)
        self.wait()

    def terminate(self, timeout_s: float = 10.0) -> int:
        self.send(signal.SIGTERM)
        return self.wait(timeout_s)

    def wait(self, timeout_s: float = 30.0) -> int:
        assert self.process is not None
        return self.process.wait(timeout_s)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=3) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def wait_ready(self, timeout_s: float = 60.0) -> "Worker":
        deadline = time.monotonic() + timeout_s
        while self.page("/readyz")[0] != 200:
            assert self.running(), f"{self.name} ended: {self.tail()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready: {self.page('/readyz')}: {self.tail()}"
            time.sleep(0.1)
        return self

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        if self.running():
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
            try:
                self.wait(8)
            except subprocess.TimeoutExpired:
                self.kill()


@contextlib.contextmanager
def worker(name: str, bootstrap: str, folder: Path, **environment: object) -> Iterator[Worker]:
    """A worker that is ready, and stopped at the end."""
    running = Worker(name, bootstrap, folder, **environment).start()  # type: ignore[arg-type]
    try:
        yield running.wait_ready()
    finally:
        running.stop()
