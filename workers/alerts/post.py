"""A POST to a receiver: to the address that was checked, no redirect followed, and its answer as what is to be done."""

import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from workers.alerts.address import resolve
from workers.alerts.delivery import Busy, Failing, Gone
from workers.errors import Misconfigured, StoreRefused, Unavailable

__all__ = ["Poster"]

#: For connecting, and for each piece of the answer; and for the whole.
_TIMEOUT_S, _WHOLE_S = 10.0, 15.0
#: Request timeout, too early, too many requests: the answers below 500 that ask to come again.
_LATER = frozenset({408, 425, 429})
_LONGEST_WAIT_S = 300.0


class Poster:
    """Posts to one url. Nothing that it raises names the url, which may hold a secret."""

    def __init__(self, url: str, *, allow_private: bool) -> None:
        self._url, self._allow_private = _checked(url), allow_private
        self._host = self._url.host
        self._port = self._url.port or (443 if self._url.scheme == "https" else 80)
        self._client: httpx.Client | None = None

    def open(self) -> None:
        """Get ready to post."""
        self._client = self._client or httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False)

    def close(self) -> None:
        """Close connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns when the receiver has taken it. Raises Unavailable, Busy, Failing, Gone, StoreRefused, Misconfigured."""
        failed = "no address"
        for address in resolve(self._host, self._port, allow_private=self._allow_private):
            try:
                code, wait = self._post_to(address, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = type(error).__name__
                continue
            except (httpx.HTTPError, RuntimeError) as error:  # RuntimeError: closed, since the whole took too long
                self.close()
                raise Unavailable(f"the webhook does not answer: {type(error).__name__}") from None
            return _judge(code, wait)
        raise Unavailable(f"the webhook does not answer: {failed}")

    def _post_to(self, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str | None]:
        """The answer's code and its Retry-After. The host's name stays in the Host header and in the check of its certificate."""
        self.open()
        client = self._client or httpx.Client()
        named = {**headers, "host": self._url.netloc.decode()}
        ours = threading.Timer(_WHOLE_S, client.close)
        ours.daemon = True
        ours.start()
        try:
            with client.stream(
                "POST",
                self._url.copy_with(host=address),
                content=body,
                headers=named,
                extensions={"sni_hostname": self._host},
            ) as response:  # the answer's body is not read: it may never end
                return response.status_code, response.headers.get("retry-after")
        finally:
            ours.cancel()


def _judge(code: int, wait: str | None) -> None:
    if code in _LATER:
        raise Busy(f"the webhook answers {code}", _retry_after(wait, time.time()))
    if code >= 500:
        raise Failing(f"the webhook answers {code}", _retry_after(wait, time.time()))
    if code == 410:
        raise Gone("receiver_gone", "the webhook answers 410")
    if not 200 <= code < 300:
        raise StoreRefused("webhook_refused", f"the webhook answers {code}")


def _checked(url: str) -> httpx.URL:
    try:
        parts, read = urlsplit(url), httpx.URL(url)
        usable = bool(parts.hostname) and parts.port != 0 and bool(read.host)
    except (ValueError, httpx.InvalidURL) as error:
        raise Misconfigured(f"DATELINE_ALERTS_WEBHOOK_URL is no url: {error}") from None
    if not usable:
        raise Misconfigured("DATELINE_ALERTS_WEBHOOK_URL has no host: give https://host/path")
    return read


def _retry_after(value: str | None, now_s: float) -> float:
    """Seconds to wait, from RFC 9110's Retry-After: a number or a date; 0 where it says nothing that can be read."""
    if not value:
        return 0.0
    try:
        seconds = float(value) if value.strip().isdigit() else parsedate_to_datetime(value).timestamp() - now_s
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, min(_LONGEST_WAIT_S, seconds))
