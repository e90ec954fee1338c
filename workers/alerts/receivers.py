"""Who receives alerts: by the url in DATELINE_ALERTS_WEBHOOK_URL."""

import hashlib
from pathlib import Path

from workers.alerts.delivery import Delivering, Receiver
from workers.errors import Misconfigured
from workers.ports import Sink

__all__ = ["open_alert_sink"]

_SLACK = "https://hooks.slack.com/"
_SAYS = (
    "DATELINE_ALERTS_WEBHOOK_URL: give https://host/path, slack+https://host/path, smtp://user:password@host?from=..&to=..,"
    " file:///path/alerts.jsonl, or apprise+ and one of apprise's urls"
)


def open_alert_sink(
    url: str, secret: str | None = None, *, allow_private: bool = False, state_dir: Path | None = None
) -> Sink:
    """The sink for the url; raises Misconfigured for others. Under `state_dir` it remembers what it delivered."""
    if url.startswith("file:///"):
        from workers.alerts.jsonl import JsonLinesSink  # noqa: PLC0415  only the receiver in use is loaded

        return JsonLinesSink(Path(url.removeprefix("file://")))
    receiver = _receiver(url, secret, allow_private=allow_private)
    # A hash, since the url may hold a secret.
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return Delivering(receiver, state_dir / "notifier" / f"{name}.delivered" if state_dir else None)


def _receiver(url: str, secret: str | None, *, allow_private: bool) -> Receiver:
    if url.startswith(("slack+https://", "slack+http://", _SLACK)):
        from workers.alerts.slack import Slack  # noqa: PLC0415  likewise

        return Slack(url.removeprefix("slack+"), allow_private=allow_private)
    if url.startswith(("https://", "http://")):
        from workers.alerts.webhook import Webhook  # noqa: PLC0415  likewise

        return Webhook(url, secret, allow_private=allow_private)
    if url.startswith(("smtp://", "smtps://")):
        from workers.alerts.mail import Mail  # noqa: PLC0415  likewise

        return Mail(url, allow_private=allow_private)
    if url.startswith("apprise+"):
        from workers.alerts.apprise import Apprise  # noqa: PLC0415  likewise

        return Apprise(url.removeprefix("apprise+"))
    raise Misconfigured(_SAYS)
