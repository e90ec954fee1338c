"""Alerts through apprise (Telegram, Teams, Matrix, ntfy and a hundred more): an optional extra."""

from typing import Any

from schemas.alerts import Alert
from workers.alerts.wording import headline, link, passages
from workers.errors import Misconfigured, Unavailable

__all__ = ["Apprise"]

_KINDS = {"info": "info", "low": "info", "medium": "info", "high": "warning", "critical": "failure"}


class Apprise:
    """Notifies one of apprise's urls. It says only whether that worked: what failed is tried again, and addresses are not checked."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._notifier: Any = None

    def open(self) -> None:
        """Load apprise."""
        try:
            import apprise  # noqa: PLC0415  an extra
        except ImportError:
            raise Misconfigured(
                "DATELINE_ALERTS_WEBHOOK_URL: apprise+... needs apprise: pip install 'dateline[apprise]'"
            ) from None
        notifier = apprise.Apprise()
        if not notifier.add(self._url):
            raise Misconfigured("DATELINE_ALERTS_WEBHOOK_URL: apprise cannot read what follows `apprise+`")
        self._notifier = notifier

    def send(self, alert: Alert, /) -> None:
        """Notify."""
        if self._notifier is None:
            self.open()
        body = "\n".join([*passages(alert), *filter(None, [link(alert)])])
        title = f"[{alert.severity}] {alert.rule}: {headline(alert)}"
        if not self._notifier.notify(title=title, body=body, notify_type=_KINDS[alert.severity]):
            raise Unavailable("apprise says that it could not notify")

    def close(self) -> None:
        """Nothing is held open."""
