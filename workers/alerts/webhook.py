"""Alerts to a webhook, signed as Standard Webhooks are (id, timestamp, HMAC-SHA256).

Guarantee: at least once; the receiver drops repeats by `webhook-id`, which is the alert's id. Within a process nothing is sent twice.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import socket
import time
from collections import OrderedDict
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from schemas.alerts import Alert
from schemas.codec import encode
from workers.errors import Misconfigured, StoreRefused, Unavailable

__all__ = ["Busy", "WebhookSink", "signature"]

_TIMEOUT_S = 10.0
_REMEMBERED = 50_000
#: Request timeout, too early, too many requests: the answers below 500 that ask to come again.
_LATER = frozenset({408, 425, 429})
_LONGEST_WAIT_S = 300.0
_HEADER_SAFE = re.compile(r"[\x21-\x7e]{1,1000}")


class Busy(Unavailable):
    """The receiver asks us to wait; `retry_after_s` says how long."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class WebhookSink:
    """Posts each alert as JSON. Addresses of private networks are refused unless allowed, so that a rule cannot reach inside."""

    guarantee = "at least once, with the alert's id to drop repeats by"

    def __init__(self, url: str, secret: str | None = None, *, allow_private: bool = False) -> None:
        _check_url(url)
        self._url, self._keys, self._allow_private = url, _keys(secret), allow_private
        self._delivered: OrderedDict[str, None] = OrderedDict()
        self._client: httpx.Client | None = None

    def open(self) -> None:
        """Get ready to post."""
        self._client = self._client or httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False)

    def write(self, batch: Sequence[Alert], /) -> None:
        """Post each alert that this process has not delivered yet. Raises Unavailable, or StoreRefused with the alert's index."""
        for index, alert in enumerate(batch):
            if alert.id not in self._delivered:
                self._post(alert, index)
                self._delivered[alert.id] = None
                if len(self._delivered) > _REMEMBERED:
                    self._delivered.popitem(last=False)

    def close(self) -> None:
        """Close connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _post(self, alert: Alert, index: int) -> None:
        self.open()
        if self._client is None:
            raise Unavailable("the webhook's client is closed")
        self._check_address()
        if not _HEADER_SAFE.fullmatch(alert.id):
            raise StoreRefused("not_deliverable", "the alert's id cannot stand in a header", index)
        body = encode(alert)
        try:
            with self._client.stream(
                "POST", self._url, content=body, headers=self._headers(alert.id, body)
            ) as response:  # the answer's body is not read: it may never end
                code, wait = response.status_code, response.headers.get("retry-after")
        except httpx.HTTPError as error:
            raise Unavailable(f"the webhook does not answer: {type(error).__name__}") from None
        if code in _LATER or code >= 500:
            raise Busy(f"the webhook answers {code}", _retry_after(wait, time.time()))
        if not 200 <= code < 300:
            raise StoreRefused("webhook_refused", f"the webhook answers {code}", index)

    def _headers(self, identity: str, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        headers = {"content-type": "application/json", "webhook-id": identity, "webhook-timestamp": stamp}
        signatures = " ".join(signature(key, identity, stamp, body) for key in self._keys)
        return headers | ({"webhook-signature": signatures} if signatures else {})

    def _check_address(self) -> None:
        """Every address of the host must be public."""
        if self._allow_private:
            return
        parts = urlsplit(self._url)
        try:
            found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        except OSError:
            raise Unavailable("the webhook's host name cannot be resolved") from None
        for *_, address in found:
            if not ipaddress.ip_address(address[0]).is_global:
                raise Misconfigured(
                    "DATELINE_ALERTS_WEBHOOK_URL leads to a private address; set DATELINE_ALERTS_ALLOW_PRIVATE=true if that is meant"
                )


def signature(key: bytes, identity: str, stamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` (standardwebhooks.com, specification 1.0)."""
    digest = hmac.new(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL) as error:
        raise Misconfigured(f"DATELINE_ALERTS_WEBHOOK_URL is no url: {error}") from None
    if not usable:
        raise Misconfigured("DATELINE_ALERTS_WEBHOOK_URL has no host: give https://host/path")


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


def _retry_after(value: str | None, now_s: float) -> float:
    """Seconds to wait, from RFC 9110's Retry-After: a number or a date; 0 where it says nothing that can be read."""
    if not value:
        return 0.0
    try:
        seconds = float(value) if value.strip().isdigit() else parsedate_to_datetime(value).timestamp() - now_s
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, min(_LONGEST_WAIT_S, seconds))
