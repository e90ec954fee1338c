"""Alerts by e-mail, over SMTP. The Message-ID is made of the alert's id, so mail programs show a repeat once."""

import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from schemas.alerts import Alert
from workers.alerts.address import connect
from workers.alerts.wording import headline, link, passages
from workers.errors import Misconfigured, StoreRefused, Unavailable

__all__ = ["Mail"]

_TIMEOUT_S = 10.0
_SAYS = "DATELINE_ALERTS_WEBHOOK_URL: give smtp://user:password@host:587?from=alerts@example.org&to=desk@example.org"


class Mail:
    """Sends each alert as a mail: `smtps://` from the start over TLS, `smtp://` with STARTTLS, unless `&tls=no`."""

    def __init__(self, url: str, *, allow_private: bool = False) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        self._host, self._port = _place(url)
        self._sender = _address(asked.get("from", []))
        self._to = [_address([one]) for value in asked.get("to", []) for one in value.split(",")]
        if not self._to or set(asked) - {"from", "to", "tls"}:
            raise Misconfigured(f"{_SAYS} (several `to` are separated by commas; `tls=no` for servers without)")
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._implicit, self._plain = parts.scheme == "smtps", asked.get("tls") == ["no"]
        if self._plain and self._password:
            raise Misconfigured("DATELINE_ALERTS_WEBHOOK_URL: with tls=no the password would travel for all to read")
        self._allow_private = allow_private

    def open(self) -> None:
        """Nothing is held open: servers end idle connections."""

    def send(self, alert: Alert, /) -> None:
        """Send it to all; taken by one of them counts as sent, since the others would be written to twice."""
        try:
            with self._server() as server:
                server.send_message(_message(alert, self._sender, self._to), self._sender, self._to)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise Unavailable(f"the mail server answers {error.smtp_code}") from None
            raise Misconfigured("DATELINE_ALERTS_WEBHOOK_URL: the mail server refuses user or password") from None
        except smtplib.SMTPNotSupportedError:
            raise Misconfigured(
                "DATELINE_ALERTS_WEBHOOK_URL: the mail server has no STARTTLS or login; `&tls=no` sends without encryption"
            ) from None
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
            raise Unavailable(f"the mail server answers {error.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused as error:
            _judge(max(code for code, _ in error.recipients.values()))
        except smtplib.SMTPResponseException as error:
            _judge(error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"the mail server does not answer: {type(error).__name__}") from None

    def close(self) -> None:
        """Nothing is held open."""

    def _server(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._implicit:
            server: smtplib.SMTP = _PinnedTls(self._host, self._port, self._allow_private, context)
        else:
            server = _Pinned(self._host, self._port, self._allow_private)
            if not self._plain:
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server


class _Pinned(smtplib.SMTP):
    """Connects to the address that was checked; the certificate is held against the name."""

    def __init__(self, host: str, port: int, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(host, port, timeout=_TIMEOUT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, timeout, allow_private=self._allow_private)


class _PinnedTls(smtplib.SMTP_SSL):
    def __init__(self, host: str, port: int, allow_private: bool, context: ssl.SSLContext) -> None:
        self._allow_private = allow_private
        super().__init__(host, port, timeout=_TIMEOUT_S, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(
            connect(host, port, timeout, allow_private=self._allow_private), server_hostname=host
        )


def _judge(code: int) -> None:
    """4yz is for now, 5yz for good (RFC 5321, 4.2.1)."""
    if code < 500:
        raise Unavailable(f"the mail server answers {code}")
    raise StoreRefused("mail_refused", f"the mail server answers {code}")


def _message(alert: Alert, sender: str, to: list[str]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"[{alert.severity}] {' '.join(alert.rule.split())}: {headline(alert)}"[:250]
    message["From"], message["To"] = sender, ", ".join(to)
    message["Date"] = format_datetime(alert.fired_at)
    message["Message-ID"] = f"<{''.join(one for one in alert.id if one.isalnum() and one.isascii())}@dateline.invalid>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes in answer
    article = alert.article
    lines = [headline(alert), *filter(None, [link(alert), article.source, article.published]), "", *passages(alert)]
    message.set_content("\n".join(lines) + "\n")
    return message


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError:
        raise Misconfigured(_SAYS) from None
    if not parts.hostname:
        raise Misconfigured(_SAYS)
    return parts.hostname, port


def _address(values: list[str]) -> str:
    found = parseaddr(values[0].strip())[1] if len(values) == 1 else ""
    if "@" not in found.strip("@") or any(one.isspace() for one in found):
        raise Misconfigured(_SAYS)
    return found
