"""Alerts to a webhook, signed as Standard Webhooks are (id, timestamp, HMAC-SHA256)."""

import base64
import binascii
import hashlib
import hmac
import re
import time

from schemas.alerts import Alert
from schemas.codec import encode
from workers.alerts.post import Poster
from workers.errors import Misconfigured, StoreRefused

__all__ = ["Webhook", "signature"]

_HEADER_SAFE = re.compile(r"[\x21-\x7e]{1,1000}")


class Webhook:
    """Posts each alert as JSON; the receiver can drop repeats by `webhook-id`, which is the alert's id."""

    def __init__(self, url: str, secret: str | None = None, *, allow_private: bool = False) -> None:
        self._poster, self._keys = Poster(url, allow_private=allow_private), _keys(secret)

    def open(self) -> None:
        """Get ready to post."""
        self._poster.open()

    def send(self, alert: Alert, /) -> None:
        """Post it."""
        if not _HEADER_SAFE.fullmatch(alert.id):
            raise StoreRefused("not_deliverable", "the alert's id cannot stand in a header")
        body = encode(alert)
        self._poster.post(body, self._headers(alert.id, body))

    def close(self) -> None:
        """Close connections."""
        self._poster.close()

    def _headers(self, identity: str, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        headers = {"content-type": "application/json", "webhook-id": identity, "webhook-timestamp": stamp}
        signatures = " ".join(signature(key, identity, stamp, body) for key in self._keys)
        return headers | ({"webhook-signature": signatures} if signatures else {})


def signature(key: bytes, identity: str, stamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` (standardwebhooks.com, specification 1.0)."""
    digest = hmac.new(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _keys(secrets: str | None) -> list[bytes]:
    """The bytes to sign with, one for each secret: while a key is changed, the new and the old one stand side by side."""
    return [_key(secret) for secret in (secrets or "").split()]


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise Misconfigured(
            "DATELINE_ALERTS_WEBHOOK_SECRET is `whsec_` and base64, as the receiver shows it; several are separated by spaces"
        )
    return key
