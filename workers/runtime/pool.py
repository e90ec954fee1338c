"""CPU work in processes of its own (pebble): a chunk of messages in, their outcomes out; poison is isolated to its message.

A process that dies or runs out of time fails only the chunk it had. That chunk is then tried message by message, and a message
that fails alone twice is buried as `stage_crashed` or `too_expensive`. The rest of the chunk goes on.
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any

from pebble import ProcessExpired, ProcessPool

from workers.errors import Misconfigured, Unavailable
from workers.ports import Bury, Outcome, Received, StageOptions, StageSpec
from workers.runtime.handle import Handler, Retry
from workers.runtime.logging import get_logger

__all__ = ["InlineRunner", "PoolRunner", "PoolSettings"]

_LOG = get_logger(__name__)
_HANDLER: Handler | None = None
_LOAD_TIMEOUT_S = 120.0
_ATTEMPTS_ALONE = 2
_NEW_POOLS = 4


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Size and bounds of a pool; seconds and bytes."""

    processes: int
    timeout_s: float
    memory_bytes: int


class PoolRunner:
    """Runs chunks in `processes` processes, each with the stages loaded once."""

    def __init__(
        self,
        specs: Sequence[StageSpec],
        options: StageOptions,
        settings: PoolSettings,
        on_crash: Callable[[], None] = lambda: None,
    ) -> None:
        self._last = specs[-1]
        self._settings = settings
        self._on_crash = on_crash
        self._ended = False
        os.environ.setdefault(
            "OPENBLAS_NUM_THREADS", "1"
        )  # the processes are the parallelism; threads in each would fight
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(sorted({__name__, *(spec.load.__module__ for spec in specs)}))
        self._new_pool = partial(
            ProcessPool,
            max_workers=settings.processes,
            context=context,
            initializer=_start_process,
            initargs=(tuple(specs), options, settings.memory_bytes, os.getpid()),
        )
        self._pool = self._new_pool()

    async def start(self) -> None:
        """Load the stages; raises Misconfigured when one cannot be loaded."""
        fault = await self._schedule(_load_fault, (), _LOAD_TIMEOUT_S)
        if fault:
            raise Misconfigured(fault)

    async def run(self, chunk: Sequence[Received], moved: Callable[[], None]) -> list[Outcome | Retry]:
        """The outcomes of a chunk, in its order. Calls `moved` whenever something is done, so that slow work is no stall."""
        try:
            outcomes: list[Outcome | Retry] = await self._schedule(_run_chunk, (list(chunk),), self._settings.timeout_s)
            return outcomes
        except (ProcessExpired, FutureTimeout) as error:
            self._on_crash()
            _LOG.warning("pool_process_lost", records=len(chunk), error=_describe(error))
            return [await self._run_alone(received, moved) for received in chunk]

    async def _run_alone(self, received: Received, moved: Callable[[], None]) -> Outcome | Retry:
        error: BaseException | None = None
        for _ in range(_ATTEMPTS_ALONE):
            moved()
            try:
                outcomes: list[Outcome | Retry] = await self._schedule(
                    _run_chunk, ([received],), self._settings.timeout_s
                )
                return outcomes[0]
            except (ProcessExpired, FutureTimeout) as failure:
                self._on_crash()
                error = failure
                if isinstance(failure, FutureTimeout):
                    break  # it would take as long again
        reason = "too_expensive" if isinstance(error, FutureTimeout) else "stage_crashed"
        return Bury(reason, type(error).__name__, _describe(error), self._last.name, self._last.version)

    async def _schedule(self, function: Callable[..., Any], arguments: tuple[Any, ...], timeout_s: float) -> Any:
        for attempt in range(_NEW_POOLS):
            pool = self._pool
            try:
                future = pool.schedule(function, args=arguments, timeout=timeout_s)
                # Shielded: cancelling a running task would kill its process, and a rebalance cancels tasks all the time.
                return await asyncio.shield(asyncio.wrap_future(future))
            except (BrokenProcessPool, RuntimeError) as error:
                if self._ended or attempt == _NEW_POOLS - 1:
                    raise Unavailable(f"the process pool is gone: {error}") from None
                self._replace(pool)
        raise AssertionError("unreachable")

    def _replace(self, broken: ProcessPool) -> None:
        """An idle process that is killed (by the kernel, say) breaks a pebble pool for good; whoever notices first makes another."""
        if self._pool is broken:
            self._on_crash()
            _LOG.warning("pool_replaced")
            self._pool = self._new_pool()
            broken.stop()

    async def stop(self) -> None:
        """End the processes; what they were doing is thrown away."""
        self._ended = True
        self._pool.stop()
        await asyncio.to_thread(self._pool.join)


class InlineRunner:
    """Runs stages on the event loop itself: for trivial stages and tests, where a process would cost more than the work."""

    def __init__(self, specs: Sequence[StageSpec], options: StageOptions) -> None:
        self._load = partial(Handler, specs, options)
        self._handler: Handler | None = None

    async def start(self) -> None:
        """Load the stages."""
        self._handler = self._load()

    async def run(self, chunk: Sequence[Received], moved: Callable[[], None]) -> list[Outcome | Retry]:
        """The outcomes of a chunk, in its order."""
        if self._handler is None:
            raise Unavailable("the stages are not loaded yet")
        return [self._handler(received) for received in chunk]

    async def stop(self) -> None:
        """Nothing to end."""


def _describe(error: BaseException | None) -> str:
    if isinstance(error, ProcessExpired):
        return (
            f"the process running the stage died (exit code {error.exitcode}): a crash in native code, or out of memory"
        )
    return "the stage ran out of time on this message"


_FAULT: str | None = None
#: New objects before a collection in a process of the pool. An article is some thousand small ones, most of which go by themselves; Python's 700 would
#: visit them again and again.
_GC_FIRST = 50_000


def _start_process(specs: tuple[StageSpec, ...], options: StageOptions, memory_bytes: int, owner: int) -> None:
    global _HANDLER, _FAULT  # noqa: PLW0603  one handler per process is what a pool process is
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(owner,), daemon=True).start()
    try:
        _HANDLER = Handler(specs, options)
    except Exception as error:  # noqa: BLE001  told to the parent, which knows how to stop
        _FAULT = f"{type(error).__name__}: {error}" if not isinstance(error, Misconfigured) else str(error)
        return
    gc.freeze()  # models and tables stay: no collection needs to visit them
    gc.set_threshold(_GC_FIRST, 20, 50)
    limit = _address_space() + memory_bytes
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  a kernel file
        return int(statm.read().split()[0]) * resource.getpagesize()


def _end_with(owner: int) -> None:
    """A pool process outlives its worker by a second at most, also when the worker was killed."""
    while True:
        time.sleep(1.0)
        try:
            os.kill(owner, 0)
        except ProcessLookupError:
            os._exit(0)
        except PermissionError:
            return


def _load_fault() -> str | None:
    return _FAULT


def _run_chunk(chunk: list[Received]) -> list[Outcome | Retry]:
    if _HANDLER is None:
        raise Misconfigured(_FAULT or "the stages are not loaded")
    return [_HANDLER(received) for received in chunk]
