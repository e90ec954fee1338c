"""A worker as a faust App: lifecycle, web pages for health and metrics, the watchdog; and the loop that runs it until a signal."""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import faust
from faust.app.base import BootStrategy
from prometheus_client import CONTENT_TYPE_LATEST

from workers.errors import DatelineError, Misconfigured, Stalled, Stopped, Unavailable
from workers.runtime.connection import faust_arguments
from workers.runtime.faust_consumer import mend_consumer
from workers.runtime.faust_topics import provide_topics
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.retry import backoff
from workers.runtime.settings import Settings

__all__ = [
    "EXIT_FAILED",
    "EXIT_MISCONFIGURED",
    "EXIT_STALLED",
    "EXIT_STOPPED",
    "Watched",
    "add_pages",
    "make_app",
    "run_app",
]

_LOG = get_logger(__name__)
_STOP_S = 4.5
#: New objects before a collection. Batches in flight are many small tuples without cycles; Python's 700 would visit them again and again.
_GC_FIRST = 50_000

EXIT_FAILED = 1
#: sysexits.h EX_CONFIG: a setting is wrong, starting again does not help.
EXIT_MISCONFIGURED = 78
#: sysexits.h EX_SOFTWARE: the watchdog ended the worker; starting again helps.
EXIT_STALLED = 70
#: sysexits.h EX_DATAERR: too many dead letters; a person has to look.
EXIT_STOPPED = 65


class Watched(Protocol):
    """What the shell needs to know of the work inside it."""

    crashed_with: BaseException | None

    @property
    def stalled_for_s(self) -> float: ...
    def not_ready(self) -> str | None: ...


class _NoKafka(BootStrategy):  # type: ignore[misc]  # faust is untyped
    """The article path speaks to Kafka through its own transactional clients; faust's stay down."""

    enable_kafka = False


def make_app(name: str, settings: Settings, *, agents: bool) -> Any:
    """A faust App for one worker; with `agents` its own consumer, producer and tables run too."""
    options: dict[str, Any] = faust_arguments(settings)
    datadir = settings.state_dir / "faust" / name
    try:
        datadir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"DATELINE_STATE_DIR: {datadir} cannot be made ({error.strerror}): name a folder we may write to"
        ) from None
    app = faust.App(
        f"{settings.group_prefix}-{name}",
        **options,
        autodiscover=False,
        datadir=str(datadir),
        store="memory://",
        web_enabled=settings.http_port != 0,
        web_host=settings.http_host,
        web_bind=settings.http_host,
        web_port=settings.http_port or 6066,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_allow_declare=True,
        topic_disable_leader=True,
        processing_guarantee="at_least_once",
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        consumer_group_instance_id=f"{settings.group_prefix}-{name}-{settings.member_id}"
        if settings.member_id
        else None,
        stream_wait_empty=False,
        producer_acks=-1,
        producer_compression_type="zstd",
        producer_max_request_size=27 * 1024 * 1024,
        consumer_max_fetch_size=27 * 1024 * 1024,
        consumer_auto_offset_reset="earliest",
        logging_config=None,
        origin=None,
    )
    mend_consumer(app)
    if not agents:
        app.boot_strategy = _NoKafka(app)
    return app


def add_pages(app: Any, metrics: Metrics, watched: Watched, stall_after_s: float) -> None:
    """/healthz (alive), /readyz (able to take work), /metrics (Prometheus)."""

    @app.page("/healthz")  # type: ignore[untyped-decorator]  # faust is untyped
    async def healthz(web: Any, request: Any) -> Any:
        fault = str(watched.crashed_with) if watched.crashed_with else None
        if fault is None and watched.stalled_for_s > stall_after_s:
            fault = f"no progress for {watched.stalled_for_s:.0f} s"
        return self_response(web, fault)

    @app.page("/readyz")  # type: ignore[untyped-decorator]  # faust is untyped
    async def readyz(web: Any, request: Any) -> Any:
        return self_response(web, watched.not_ready())

    @app.page("/metrics")  # type: ignore[untyped-decorator]  # faust is untyped
    async def show_metrics(web: Any, request: Any) -> Any:
        return web.bytes(metrics.render(), content_type=CONTENT_TYPE_LATEST.split(";")[0])

    def self_response(web: Any, fault: str | None) -> Any:
        return web.json(
            {"status": "ok"} if fault is None else {"status": "unavailable", "reason": fault},
            status=200 if fault is None else 503,
        )


def run_app(app: Any, watched: Watched, metrics: Metrics, settings: Settings, state_of: str | None = None) -> int:
    """Run until SIGTERM, SIGINT or a failure; the exit code says which. `state_of`: the topic whose partitions the app's Tables follow."""
    gc.freeze()
    gc.set_threshold(_GC_FIRST, 20, 50)
    try:
        return asyncio.run(_run(app, watched, metrics, settings, state_of))
    except Misconfigured as error:
        sys.stderr.write(f"dateline: {error}\n")
        return EXIT_MISCONFIGURED


async def _run(app: Any, watched: Watched, metrics: Metrics, settings: Settings, state_of: str | None) -> int:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _start_watchdog(watched, settings.stall_after_s)
    starting = asyncio.create_task(_start(app, settings, state_of))
    lag = asyncio.create_task(_measure_loop(metrics))
    try:
        await _wait(starting, stop, app, watched)
    finally:
        lag.cancel()
        _start_deadline(_STOP_S)
        starting.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await starting
        with contextlib.suppress(Exception):
            await app.stop()
    return _exit_code(watched.crashed_with or app.crash_reason)


async def _start(app: Any, settings: Settings, state_of: str | None) -> None:
    """faust gives up at once where no broker answers, and reads nothing where its topics are missing; we wait for both."""
    waits = backoff(first_s=0.5, cap_s=5.0)
    while app.boot_strategy.enable_kafka:
        try:
            await provide_topics(app, settings, state_of)
            break
        except Unavailable as error:
            _LOG.warning("broker_not_ready", error=str(error))
            await asyncio.sleep(next(waits))
    await app.start()


async def _wait(starting: "asyncio.Task[None]", stop: asyncio.Event, app: Any, watched: Watched) -> None:
    while not stop.is_set() and watched.crashed_with is None and not app.crashed:
        if starting.done():
            starting.result()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.2)


def _exit_code(error: BaseException | None) -> int:
    match error:
        case None:
            return 0
        case Misconfigured():
            raise error
        case Stopped():
            return EXIT_STOPPED
        case DatelineError() | _:
            return EXIT_FAILED


async def _measure_loop(metrics: Metrics, every_s: float = 0.25) -> None:
    while True:
        started = time.monotonic()
        await asyncio.sleep(every_s)
        metrics.loop_lag.set(max(0.0, time.monotonic() - started - every_s))


def _start_watchdog(watched: Watched, stall_after_s: float) -> None:
    """A thread, so that a blocked event loop is noticed too."""

    def watch() -> None:
        while True:
            time.sleep(1.0)
            stalled = watched.stalled_for_s
            if stalled > stall_after_s:
                error = Stalled(
                    f"work waits and nothing has moved for {stalled:.0f} s: ending, to be started again at the committed offsets"
                )
                _LOG.error("watchdog_ends_worker", error=str(error))
                os._exit(EXIT_STALLED)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()


def _start_deadline(seconds: float, leave: Callable[[int], None] = os._exit) -> None:
    """Stopping may hang on a broker that is gone; what is not committed is safe, so leave after `seconds`."""

    def wait() -> None:
        time.sleep(seconds)
        _LOG.warning("stop_deadline", seconds=seconds)
        leave(0)

    threading.Thread(target=wait, name="deadline", daemon=True).start()
