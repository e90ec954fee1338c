"""`dateline up`: everything on one machine, without Docker: a real Kafka, all workers, SQLite."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from workers.cli._shared import STDERR, run, settings_or_exit
from workers.errors import Unavailable
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.settings import Settings
from workers.runtime.supervisor import Child, Supervisor
from workers.runtime.topics import create_topics

__all__ = ["running", "up"]

_FUSED = "cleaner+entities+dates"


def up(
    separate: Annotated[
        bool, typer.Option("--separate", help="A process for each stage, instead of the three fused")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Where everything is kept; default: DATELINE_STATE_DIR")] = None,
    port: Annotated[int, typer.Option(help="Kafka's port on 127.0.0.1; 0 takes a free one")] = 9092,
) -> None:
    """Start Kafka, all workers and SQLite on this machine; Ctrl-C stops them all and keeps the data.

    Example: dateline up   then, in another terminal:   dateline publish page.html && dateline tail enriched -b
    """
    settings = settings_or_exit(log_level="warning")
    run(_up(settings, (data or settings.state_dir).resolve(), port, separate=separate))


async def _up(settings: Settings, data: Path, port: int, *, separate: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(settings, data, port, separate=separate) as (bootstrap, supervisor):
        STDERR.print(f"Dateline is up. Kafka: {bootstrap}   articles: {data / 'dateline.db'}   logs: {data / 'logs'}")
        STDERR.print(
            f"Publish: DATELINE_BOOTSTRAP_SERVERS={bootstrap} dateline publish FILE   Follow: ... dateline tail enriched"
        )
        STDERR.print("Ctrl-C stops everything.")
        stopping = asyncio.create_task(stop.wait())
        failing = asyncio.create_task(supervisor.wait_failed())
        await asyncio.wait({stopping, failing}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if failing.done():
            raise Unavailable(failing.result())
        failing.cancel()
        STDERR.print("stopping ...")


@contextlib.asynccontextmanager
async def running(settings: Settings, data: Path, port: int, *, separate: bool):  # type: ignore[no-untyped-def]
    """Kafka and all workers, ready to work; stopped at the end. Yields the broker's address and the supervisor."""
    (data / "logs").mkdir(parents=True, exist_ok=True)
    kafka = EmbeddedKafka(data / "kafka", port=port)
    STDERR.print("starting Kafka (the first time its jars are resolved, 43 MB) ...", style="dim")
    await asyncio.to_thread(kafka.start)
    supervisor = Supervisor(data / "logs")
    try:
        local = settings.model_copy(
            update={"bootstrap_servers": kafka.bootstrap_servers, "security_protocol": "PLAINTEXT"}
        )
        await create_topics(local)
        stages = _FUSED.split("+") if separate else [_FUSED]
        names = [
            *stages,
            *(["memory"] if settings.source_memory else []),
            "storage",
            "alerts",  # without a file of rules it has those of the topic: `dateline rules add`
            *(["notifier"] if settings.alerts_webhook_url else []),
        ]
        STDERR.print(f"starting workers: {', '.join(names)} ...", style="dim")
        for name in names:
            await supervisor.start(Child(name, ("worker", name), _environment(local, data)))
        await supervisor.wait_ready()
        yield kafka.bootstrap_servers, supervisor
    finally:
        await supervisor.stop()
        await asyncio.to_thread(kafka.stop)


def _environment(settings: Settings, data: Path) -> dict[str, str]:
    """The workers' environment: ours, with the embedded broker, the data folder and a static member id."""
    return {
        **os.environ,
        "DATELINE_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "DATELINE_SECURITY_PROTOCOL": "PLAINTEXT",
        "DATELINE_STATE_DIR": str(data),
        "DATELINE_STORAGE_URL": settings.storage_url
        if not settings.storage_url.startswith("sqlite:")
        else f"sqlite:///{data / 'dateline.db'}",
        "DATELINE_INSTANCE_ID": "up",
        **({"DATELINE_ALERT_RULES": str(settings.alert_rules.resolve())} if settings.alert_rules else {}),
    }
