"""Who receives alerts: by the url in DATELINE_ALERTS_WEBHOOK_URL."""

from pathlib import Path

from workers.errors import Misconfigured
from workers.ports import Sink

__all__ = ["open_alert_sink"]


def open_alert_sink(url: str, secret: str | None = None, *, allow_private: bool = False) -> Sink:
    """The sink for https://... (or http://...), or file:///path.jsonl; raises Misconfigured for others."""
    if url.startswith(("https://", "http://")):
        from workers.alerts.webhook import WebhookSink  # noqa: PLC0415  only the receiver in use is loaded

        return WebhookSink(url, secret, allow_private=allow_private)
    if url.startswith("file:///"):
        from workers.alerts.jsonl import JsonLinesSink  # noqa: PLC0415  likewise

        return JsonLinesSink(Path(url.removeprefix("file://")))
    raise Misconfigured("DATELINE_ALERTS_WEBHOOK_URL: give https://host/path, or file:///path/alerts.jsonl")
