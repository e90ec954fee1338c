"""Mail against a real SMTP server (aiosmtpd): what arrives, and what a failure becomes."""

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from samples import alert

from schemas.alerts import MatchedSpan
from workers.alerts.mail import Mail
from workers.alerts.receivers import open_alert_sink
from workers.errors import Misconfigured, StoreRefused, Unavailable


class Box:
    """What arrived; `answer` is what the server says to the next mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.to += envelope.rcpt_tos
        return self.answer


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box) -> Iterator[Controller]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.alerts.delivery._PAUSE_S", 0.0)


def url(server: Controller, more: str = "&tls=no") -> str:
    return f"smtp://127.0.0.1:{server.port}?from=alerts@example.org&to=desk@example.org,night@example.org{more}"


def test_a_mail_arrives_with_all_that_a_reader_needs(server: Controller, box: Box) -> None:
    matched = (MatchedSpan(field="text", start=2, end=7, text="flood"),) * 2
    sink = open_alert_sink(url(server), allow_private=True)
    sink.write([alert("a1").model_copy(update={"matched": matched}), alert("a1")])
    (mail,) = box.mails
    assert mail["Subject"] == "[high] Floods: Überschwemmung – 洪水"
    assert (mail["From"], mail["To"]) == ("alerts@example.org", "desk@example.org, night@example.org")
    assert box.to == ["desk@example.org", "night@example.org"]
    assert mail["Message-ID"] == "<a1@dateline.invalid>"
    assert mail["Date"].datetime == alert().fired_at
    assert mail.get_content().splitlines() == ["Überschwemmung – 洪水", "https://example.org/1", "", "A flood.", "found: flood"]  # fmt: skip


def test_a_title_cannot_add_headers(server: Controller, box: Box) -> None:
    article = alert().article.model_copy(update={"title": "Flood\r\nBcc: everybody@example.org"})
    open_alert_sink(url(server), allow_private=True).write(
        [alert().model_copy(update={"article": article, "rule": "A\nB"})]
    )
    assert box.mails[0]["Bcc"] is None
    assert box.mails[0]["Subject"] == "[high] A B: Flood Bcc: everybody@example.org"


def test_a_failure_for_now_is_tried_again_and_one_for_good_is_refused(server: Controller, box: Box) -> None:
    sink = open_alert_sink(url(server), allow_private=True)
    box.answer = "451 later"
    with pytest.raises(Unavailable, match="451"):
        sink.write([alert("a")])
    box.answer = "554 no"
    with pytest.raises(StoreRefused, match="554") as refused:
        sink.write([alert("a")])
    assert refused.value.reason == "mail_refused"
    box.answer = "250 OK"
    sink.write([alert("b")])
    assert len(box.mails) == 1


def test_a_server_that_is_gone_is_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    gone = f"smtp://127.0.0.1:{port}?from=alerts@example.org&to=desk@example.org"
    with pytest.raises(Unavailable, match="does not answer"):
        open_alert_sink(gone, allow_private=True).write([alert()])


def test_without_encryption_nothing_is_sent_unless_that_is_meant(server: Controller, box: Box) -> None:
    with pytest.raises(Misconfigured, match="STARTTLS"):
        open_alert_sink(url(server, ""), allow_private=True).write([alert()])
    assert not box.mails


def test_private_mail_servers_are_refused_unless_they_are_meant(server: Controller, box: Box) -> None:
    with pytest.raises(Misconfigured, match="DATELINE_ALERTS_ALLOW_PRIVATE"):
        open_alert_sink(url(server)).write([alert()])
    assert not box.mails


@pytest.mark.parametrize(
    "wrong",
    [
        "smtp://host", "smtp://host?from=a@b.example", "smtp://host?to=a@b.example", "smtp:///?from=a@b.example&to=a@b.example",
        "smtp://host:port?from=a@b.example&to=a@b.example", "smtp://host?from=a@b.example&to=nobody", "smtp://host?from=a@b.example&to=a@b.example&x=1",
        "smtp://me:secret@host?from=a@b.example&to=a@b.example&tls=no",
    ],
)  # fmt: skip
def test_a_wrong_url_is_answered_with_what_to_give_and_without_the_password(wrong: str) -> None:
    with pytest.raises(Misconfigured, match="DATELINE_ALERTS_WEBHOOK_URL") as caught:
        Mail(wrong)
    assert "me:secret" not in str(caught.value)
