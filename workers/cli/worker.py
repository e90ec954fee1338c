"""`dateline worker NAME`: one worker, until it is stopped."""

from typing import Annotated

import typer

from workers.alerts.receivers import open_alert_sink
from workers.cli._shared import fail, settings_or_exit
from workers.errors import DatelineError, Misconfigured
from workers.pipeline import SINKS, WORKERS, stages_named
from workers.ports import Sink
from workers.runtime.alerting import run_alerts
from workers.runtime.build import run_sink, run_stages
from workers.runtime.remembering import run_memory
from workers.runtime.settings import Settings
from workers.storage.sink import open_sink

__all__ = ["worker"]

_SINK_VERSION = "1"
_NOTIFIER_BATCH = 25


def worker(
    name: Annotated[str, typer.Argument(help=f"{', '.join(WORKERS)}, or stages fused: cleaner+entities+dates")],
) -> None:
    """Run one worker.

    Example: DATELINE_BOOTSTRAP_SERVERS=kafka:9092 dateline worker cleaner+entities+dates
    """
    settings = settings_or_exit()
    try:
        raise typer.Exit(_run(name, settings))
    except DatelineError as error:
        raise fail(error) from None


def _run(name: str, settings: Settings) -> int:
    if name == "memory":
        return run_memory(settings)
    if name == "alerts":
        return run_alerts(settings)
    if name in SINKS:
        return run_sink(name, _SINK_VERSION, _sink(name, settings), SINKS[name], _sink_settings(name, settings))
    try:
        return run_stages(stages_named(name), settings)
    except Misconfigured as error:
        if "+" in name:
            raise
        raise (
            Misconfigured(f"no worker {name!r}; there are {', '.join(WORKERS)}") if "no stage" in str(error) else error
        ) from None


def _sink_settings(name: str, settings: Settings) -> Settings:
    """The notifier commits often: what is not committed when it is killed may be delivered again."""
    if name != "notifier":
        return settings
    few = {field: min(getattr(settings, field), _NOTIFIER_BATCH) for field in ("batch_records", "chunk_records")}
    return settings.model_copy(update=few)


def _sink(name: str, settings: Settings) -> Sink:
    if name == "storage":
        monthly = settings.storage_partitions == "month"
        return open_sink(settings.storage_url, search=settings.storage_search, monthly=monthly)
    if not settings.alerts_webhook_url:
        raise Misconfigured(
            "the notifier needs DATELINE_ALERTS_WEBHOOK_URL: https://..., slack+https://..., smtp://..., apprise+..., or file:///path/alerts.jsonl"
        )
    secret = settings.alerts_webhook_secret.get_secret_value() if settings.alerts_webhook_secret else None
    return open_alert_sink(
        settings.alerts_webhook_url,
        secret=secret,
        allow_private=settings.alerts_allow_private,
        state_dir=settings.state_dir,
    )
