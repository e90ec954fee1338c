"""Alerts to Slack's incoming webhooks, and to those that speak like them (Mattermost, Rocket.Chat, Discord's /slack)."""

import orjson

from schemas.alerts import Alert
from workers.alerts.post import Poster
from workers.alerts.wording import headline, link, passages

__all__ = ["Slack"]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Slack:
    """Posts each alert as a message. There is no id in Slack's protocol: a repeat after a crash is seen as a second message."""

    def __init__(self, url: str, *, allow_private: bool = False) -> None:
        self._poster = Poster(url, allow_private=allow_private)

    def open(self) -> None:
        """Get ready to post."""
        self._poster.open()

    def send(self, alert: Alert, /) -> None:
        """Post it."""
        self._poster.post(orjson.dumps({"text": _text(alert)}), {"content-type": "application/json"})

    def close(self) -> None:
        """Close connections."""
        self._poster.close()


def _text(alert: Alert) -> str:
    """In Slack's mrkdwn, in which three signs are escaped (api.slack.com, Formatting text for app surfaces)."""
    title = headline(alert).translate(_ESCAPES)
    url = link(alert)
    # A bar or a bracket would end the link.
    named = f"<{url.translate(_ESCAPES).replace('|', '%7C')}|{title}>" if url else title
    quoted = "".join(f"\n> {one.translate(_ESCAPES)}" for one in passages(alert))
    return f"*[{alert.severity}] {alert.rule.translate(_ESCAPES)}*: {named}{quoted}"
