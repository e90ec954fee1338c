"""Child processes of `dateline up`: started with a free port for health, restarted when they fail, stopped together."""

import asyncio
import contextlib
import ctypes
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from workers.errors import Unavailable
from workers.runtime.app import EXIT_MISCONFIGURED, EXIT_STOPPED
from workers.runtime.logging import get_logger
from workers.runtime.retry import backoff

__all__ = ["Child", "Supervisor", "free_port"]

_LOG = get_logger(__name__)
_READY_S = 90.0
_STOP_S = 6.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Child:
    """A command of ours to keep running: `arguments` follow `dateline`."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps children running. A child that cannot work (exit 78 or 65) is not restarted: everything stops with its message."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._ports: dict[str, int] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._failed: asyncio.Future[str] = asyncio.get_event_loop().create_future()
        self._stopping = False

    def port(self, name: str) -> int:
        """Where a child serves /healthz, /readyz and /metrics."""
        return self._ports[name]

    def pid(self, name: str) -> int:
        """The child's present process id."""
        return self._processes[name].pid

    async def start(self, child: Child) -> None:
        """Start a child and keep it running."""
        self._ports[child.name] = free_port()
        await self._spawn(child)
        self._keepers.append(asyncio.create_task(self._keep(child)))

    async def _spawn(self, child: Child) -> None:
        with self._log_path(child.name).open("ab") as log:
            self._processes[child.name] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "workers.cli.main", *child.arguments,
                env=child.environment | {"DATELINE_HTTP_HOST": "127.0.0.1", "DATELINE_HTTP_PORT": str(self._ports[child.name])},
                stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL, preexec_fn=_die_with_parent, start_new_session=True,
            )  # fmt: skip

    def _log_path(self, name: str) -> Path:
        return self._logs / f"{name.replace('+', '-')}.log"

    async def _keep(self, child: Child) -> None:
        waits = backoff(first_s=0.5, cap_s=10.0)
        while True:
            started = time.monotonic()
            code = await self._processes[child.name].wait()
            if self._stopping:
                return
            if code in {EXIT_MISCONFIGURED, EXIT_STOPPED}:
                if not self._failed.done():
                    self._failed.set_result(f"worker {child.name} stopped: {self._last_words(child.name)}")
                return
            _LOG.warning("worker_restarted", worker=child.name, exit_code=code, log=str(self._log_path(child.name)))
            if time.monotonic() - started > 60:
                waits = backoff(first_s=0.5, cap_s=10.0)
            await asyncio.sleep(next(waits))
            await self._spawn(child)

    def _last_words(self, name: str) -> str:
        lines = self._log_path(name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = [line for line in lines if line.startswith("dateline:") or "worker_stops" in line]
        return (said or lines or ["no output"])[-1]

    async def wait_failed(self) -> str:
        """Until a child has given up; why."""
        return await asyncio.shield(self._failed)

    async def wait_ready(self, timeout_s: float = _READY_S) -> None:
        """Until every child answers /readyz; raises Unavailable with what the slowest is waiting for."""
        deadline = time.monotonic() + timeout_s
        async with httpx.AsyncClient(timeout=2.0) as client:
            for name, port in self._ports.items():
                reason = "it has not started"
                while True:
                    with contextlib.suppress(httpx.HTTPError, ValueError):
                        response = await client.get(f"http://127.0.0.1:{port}/readyz")
                        if response.status_code == 200:
                            break
                        reason = response.json().get("reason", reason)
                    if self._failed.done():
                        raise Unavailable(self._failed.result())
                    if time.monotonic() > deadline:
                        raise Unavailable(
                            f"worker {name} is not ready after {timeout_s:.0f} s ({reason}); its log: {self._log_path(name)}"
                        )
                    await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """SIGTERM to all, and after some seconds SIGKILL."""
        self._stopping = True
        alive = [process for process in self._processes.values() if process.returncode is None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        if alive:
            _, late = await asyncio.wait({asyncio.create_task(process.wait()) for process in alive}, timeout=_STOP_S)
            if late:
                for process in alive:
                    if process.returncode is None:
                        with contextlib.suppress(ProcessLookupError):
                            process.kill()
        for keeper in self._keepers:
            keeper.cancel()
