"""Webhooks against a real HTTP server: signed as Standard Webhooks are, repeated where that can help, and no further."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from aiohttp import web
from samples import alert
from webhook_receiver import Receiver, with_headers

from schemas.alerts import Alert
from schemas.codec import decode
from workers.alerts.address import is_public
from workers.alerts.delivery import Busy, Delivering
from workers.alerts.receivers import open_alert_sink
from workers.alerts.slack import Slack
from workers.alerts.webhook import Webhook, signature
from workers.errors import Misconfigured, StoreRefused, Unavailable
from workers.ports import Sink

#: The example of the specification's reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  published in the specification


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that writes again need not wait as the worker would."""
    monkeypatch.setattr("workers.alerts.delivery._PAUSE_S", 0.0)


def receiver_of(sink: Sink) -> object:
    assert isinstance(sink, Delivering)
    return sink.receiver


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def receiver(server: Receiver) -> Receiver:
    """The server, with no calls yet and 200 as its answer."""
    server.calls, server.answers = [], [200]
    return server


@pytest.fixture
def sink(receiver: Receiver) -> Iterator[Sink]:
    made = open_alert_sink(receiver.url, SECRET, allow_private=True)
    made.open()
    yield made
    made.close()


def test_the_signature_is_that_of_the_reference_libraries() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    found = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_verify_what_it_gets(receiver: Receiver, sink: Sink) -> None:
    sink.write([alert("a1")])
    headers, body = receiver.calls[0]
    assert headers["webhook-id"] == "a1"
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 30
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = hmac.digest(base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert headers["content-type"] == "application/json"
    assert decode(Alert, body) == alert("a1")
    assert json.loads(body)["article"]["title"] == "Überschwemmung – 洪水"


def test_while_a_key_is_changed_both_sign(receiver: Receiver) -> None:
    newer = "whsec_" + base64.b64encode(b"the newer key of this receiver").decode()
    open_alert_sink(receiver.url, f"{newer} {SECRET}", allow_private=True).write([alert("a1")])
    headers, body = receiver.calls[0]
    keys = [b"the newer key of this receiver", base64.b64decode(SECRET.removeprefix("whsec_"))]
    stamp = headers["webhook-timestamp"]
    assert headers["webhook-signature"].split(" ") == [signature(key, "a1", stamp, body) for key in keys]


def test_a_changed_body_or_time_has_another_signature() -> None:
    first = signature(b"key", "id", "1", b"body")
    assert (
        len(
            {
                first,
                signature(b"key", "id", "1", b"Body"),
                signature(b"key", "id", "2", b"body"),
                signature(b"kex", "id", "1", b"body"),
            }
        )
        == 4
    )


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    open_alert_sink(receiver.url, None, allow_private=True).write([alert()])
    assert "webhook-signature" not in receiver.calls[0].headers
    assert receiver.calls[0].headers["webhook-id"] == "a1"


def test_each_alert_is_sent_once_however_often_it_is_written(receiver: Receiver, sink: Sink) -> None:
    sink.write([alert("a"), alert("b"), alert("a")])
    sink.write([alert("b"), alert("c")])
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a", "b", "c"]


@pytest.mark.parametrize("code", [500, 502, 503, 504, 408, 425, 429])
def test_a_failure_that_may_heal_is_tried_again_and_then_delivered(receiver: Receiver, sink: Sink, code: int) -> None:
    receiver.answers = [200, code, 200]
    with pytest.raises(Unavailable, match=str(code)):
        sink.write([alert("a"), alert("b")])
    sink.write([alert("a"), alert("b")])
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a", "b", "b"], (
        "what was taken is not sent again"
    )


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("7", 7, 7), ("0", 0, 0), ("100000", 300, 300), ("", 0, 0), ("soon", 0, 0), ("-5", 0, 0), ("nan", 0, 0), ("inf", 0, 0), ("1e999", 0, 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0), ("Wed, 99 Oct 2015 07:28:00 GMT", 0, 0),
    ],
)  # fmt: skip
def test_too_many_requests_says_how_long_to_wait(
    receiver: Receiver, sink: Sink, value: str, least: float, most: float
) -> None:
    receiver.answers = [with_headers(429, Retry_After=value)]
    with pytest.raises(Busy) as busy:
        sink.write([alert()])
    assert least <= busy.value.retry_after_s <= most


def test_a_date_to_come_again_at_is_obeyed(receiver: Receiver, sink: Sink) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    receiver.answers = [with_headers(429, Retry_After=then)]
    with pytest.raises(Busy) as busy:
        sink.write([alert()])
    assert 60 <= busy.value.retry_after_s <= 120


@pytest.mark.parametrize("code", [300, 301, 400, 401, 403, 404, 413, 422])
def test_what_the_receiver_will_never_take_is_refused_with_its_place(receiver: Receiver, sink: Sink, code: int) -> None:
    receiver.answers = [200, code, 200]
    with pytest.raises(StoreRefused, match=str(code)) as refused:
        sink.write([alert("a"), alert("bad"), alert("c")])
    assert (refused.value.index, refused.value.reason) == (1, "webhook_refused")
    sink.write([alert("a"), alert("c")])
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a", "bad", "c"]


def test_gone_disables_the_receiver_and_the_rest_is_refused_without_being_sent(receiver: Receiver, sink: Sink) -> None:
    receiver.answers = [200, 410, 200]
    batch = [alert("a"), alert("b"), alert("c")]
    for index in (1, 1):
        with pytest.raises(StoreRefused, match="disabled") as refused:
            sink.write(batch)
        assert (refused.value.index, refused.value.reason) == (index, "receiver_gone")
        batch.pop(index)
    assert len(receiver.calls) == 2, "c is not sent to a receiver that is gone"


def test_an_alert_that_the_receiver_fails_at_holds_up_no_other_and_is_given_up(receiver: Receiver, sink: Sink) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500 if request.headers["webhook-id"] == "bad" else 200)

    receiver.answers = [answer]
    with pytest.raises(Unavailable, match="500"):
        sink.write([alert("a"), alert("bad"), alert("c")])
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a", "bad", "c"]
    for number in range(9):
        with pytest.raises(Unavailable):
            sink.write([alert("bad"), alert(f"n{number}")])
    with pytest.raises(StoreRefused, match="takes others") as refused:
        sink.write([alert("bad"), alert("next")])
    assert (refused.value.index, refused.value.reason) == (0, "receiver_fails")


def test_a_receiver_that_fails_at_all_is_waited_for_and_not_flooded(receiver: Receiver, sink: Sink) -> None:
    receiver.answers = [500]
    batch = [alert(f"a{number}") for number in range(10)]
    for _ in range(30):
        with pytest.raises(Unavailable):
            sink.write(batch)
    assert len(receiver.calls) == 90, "three in a row are enough to know"
    receiver.answers = [200]
    sink.write(batch)


def test_the_wait_that_one_partition_was_told_holds_for_all(receiver: Receiver, sink: Sink) -> None:
    receiver.answers = [with_headers(429, Retry_After="60"), 200]
    with pytest.raises(Busy):
        sink.write([alert("a")])
    with pytest.raises(Busy) as busy:
        sink.write([alert("b")])
    assert 50 < busy.value.retry_after_s <= 60
    assert len(receiver.calls) == 1


def test_what_was_delivered_is_not_sent_again_by_the_next_process(receiver: Receiver, tmp_path: Path) -> None:
    """As after kill -9: the first sink is never closed, and the last line of its journal is cut short."""
    receiver.answers = [200, 500, 200]
    first = open_alert_sink(receiver.url, SECRET, allow_private=True, state_dir=tmp_path)
    first.open()
    with pytest.raises(Unavailable):
        first.write([alert("a"), alert("b")])
    (journal,) = (tmp_path / "notifier").iterdir()
    assert receiver.url.encode() not in journal.name.encode() + journal.read_bytes()
    with journal.open("ab") as file:
        file.write(b"cut")
    second = open_alert_sink(receiver.url, SECRET, allow_private=True, state_dir=tmp_path)
    second.open()
    second.write([alert("a"), alert("b")])
    third = open_alert_sink(receiver.url, SECRET, allow_private=True, state_dir=tmp_path)
    third.open()
    third.write([alert("a"), alert("b"), alert("c")])
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a", "b", "b", "c"]


def test_the_journal_does_not_grow_without_bound(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.alerts.delivery._REMEMBERED", 3)
    sink = open_alert_sink(receiver.url, SECRET, allow_private=True, state_dir=tmp_path)
    sink.open()
    sink.write([alert(f"a{number}") for number in range(20)])
    (journal,) = (tmp_path / "notifier").iterdir()
    lines = journal.read_bytes().splitlines()
    assert len(lines) <= 7
    assert lines[-1] == b"a19"


def test_a_slow_receiver_lets_the_worker_know_that_work_goes_on(receiver: Receiver) -> None:
    clock = iter(range(0, 1000, 4))
    sink = Delivering(Webhook(receiver.url, allow_private=True), now_s=lambda: next(clock))
    batch = [alert("a"), alert("b"), alert("c"), alert("d")]
    with pytest.raises(Busy, match="slow"):
        sink.write(batch)
    while True:
        try:
            sink.write(batch)
            break
        except Busy:
            continue
    assert [call.headers["webhook-id"] for call in receiver.calls] == ["a", "b", "c", "d"]


def test_an_answer_that_drips_ends_too(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole never does."""
    monkeypatch.setattr("workers.alerts.post._WHOLE_S", 0.5)
    monkeypatch.setattr("workers.alerts.post._TIMEOUT_S", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            peer, _ = listening.accept()
            with contextlib.suppress(OSError):
                while True:
                    peer.send(b"H")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        sink = open_alert_sink(f"http://127.0.0.1:{listening.getsockname()[1]}/", allow_private=True)
        started = time.monotonic()
        with pytest.raises(Unavailable):
            sink.write([alert()])
        assert time.monotonic() - started < 5


def test_the_reference_library_verifies_what_we_send(receiver: Receiver, sink: Sink) -> None:
    """The `standardwebhooks` package from PyPI, also while the key is changed, and it refuses another body."""
    newer = "whsec_" + base64.b64encode(b"the newer key of this receiver").decode()
    open_alert_sink(receiver.url, f"{newer} {SECRET}", allow_private=True).write([alert("a1")])
    headers, body = receiver.calls[0]
    for secret in (newer, SECRET):
        assert standardwebhooks.Webhook(secret).verify(body, headers)["id"] == "a1"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body + b" ", headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook("whsec_" + base64.b64encode(b"somebody else's").decode()).verify(body, headers)


def test_slack_is_told_in_its_own_way(receiver: Receiver) -> None:
    odd = alert().model_copy(update={"rule": "R&D <b>"})
    open_alert_sink("slack+" + receiver.url, SECRET, allow_private=True).write([odd])
    headers, body = receiver.calls[0]
    assert json.loads(body) == {
        "text": "*[high] R&amp;D &lt;b&gt;*: <https://example.org/1|Überschwemmung – 洪水>\n> A flood."
    }
    assert headers["content-type"] == "application/json"
    assert isinstance(receiver_of(open_alert_sink("https://hooks.slack.com/services/T/B/x")), Slack)


def test_a_link_that_is_none_is_not_made_one(receiver: Receiver) -> None:
    article = alert().article.model_copy(update={"url": "javascript:alert(1)", "title": "<!channel> a|b"})
    open_alert_sink("slack+" + receiver.url, allow_private=True).write(
        [alert().model_copy(update={"article": article})]
    )
    assert json.loads(receiver.calls[0].body)["text"].startswith("*[high] Floods*: &lt;!channel&gt; a|b\n")


def test_the_address_that_was_checked_is_the_one_that_is_posted_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: whoever answers differently the second time is not asked a second time."""
    port = int(receiver.url.rsplit(":", 1)[1].split("/")[0])
    asked = []

    def answer(host: object, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        assert len(asked) == 1 or host == "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr("workers.alerts.address.is_public", lambda _: True)
    open_alert_sink(f"http://hooks.example.org:{port}/hook").write([alert()])
    assert receiver.calls[0].headers["host"] == f"hooks.example.org:{port}"
    assert asked[0] == "hooks.example.org"
    assert set(asked[1:]) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0",
     "fc00::1", "fd00:ec2::254", "::", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1"],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"])
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    two = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: two)
    with pytest.raises(Misconfigured, match="private"):
        open_alert_sink("https://hooks.example.org/").write([alert()])


def test_nothing_that_is_raised_names_the_url_or_the_secret(receiver: Receiver) -> None:
    secret_url = receiver.url + "/T0/B0/s3cr3t"
    for answers in ([500], [404], [410], [with_headers(429, Retry_After="0")]):
        receiver.answers = answers
        with pytest.raises((Unavailable, StoreRefused)) as raised:
            open_alert_sink(secret_url, SECRET, allow_private=True).write([alert()])
        told = "".join(traceback.format_exception(raised.value))
        assert "s3cr3t" not in told
        assert SECRET not in told


def test_apprise_is_an_extra_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(Misconfigured, match=r"dateline\[apprise\]"):
        open_alert_sink("apprise+json://example.org").write([alert()])


def test_apprise_is_told(receiver: Receiver) -> None:
    pytest.importorskip("apprise", reason="the extra is not installed")
    open_alert_sink("apprise+" + receiver.url.replace("http", "json", 1)).write([alert()])
    assert json.loads(receiver.calls[0].body)["title"] == "[high] Floods: Überschwemmung – 洪水"


def test_a_redirect_is_not_followed(receiver: Receiver, sink: Sink) -> None:
    receiver.answers = [with_headers(307, Location="/elsewhere"), 200]
    with pytest.raises(StoreRefused, match="307"):
        sink.write([alert()])
    assert len(receiver.calls) == 1


def test_a_receiver_that_hangs_is_unavailable_after_the_timeout(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.alerts.post._TIMEOUT_S", 0.3)

    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    receiver.answers = [hang, 200]
    sink = open_alert_sink(receiver.url, SECRET, allow_private=True)
    started = time.monotonic()
    with pytest.raises(Unavailable, match="does not answer"):
        sink.write([alert()])
    assert time.monotonic() - started < 3
    sink.write([alert()])
    sink.close()


def test_an_answer_that_never_ends_is_not_read(receiver: Receiver, sink: Sink) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)
            await asyncio.sleep(0.001)

    receiver.answers = [endless, 200]
    started = time.monotonic()
    sink.write([alert("a"), alert("b")])
    assert time.monotonic() - started < 3
    assert len(receiver.calls) == 2


def test_a_receiver_that_is_gone_is_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = open_alert_sink(f"http://127.0.0.1:{port}/hook", SECRET, allow_private=True)
    with pytest.raises(Unavailable, match="does not answer"):
        sink.write([alert()])
    sink.close()


@pytest.mark.parametrize("identity", ["é", "a\nb", "", "a" * 2000, "a b"])
def test_an_id_that_cannot_stand_in_a_header_is_refused_and_not_retried_for_ever(
    receiver: Receiver, sink: Sink, identity: str
) -> None:
    with pytest.raises(StoreRefused) as refused:
        sink.write([alert("a"), alert(identity)])
    assert (refused.value.index, refused.value.reason) == (1, "not_deliverable")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]"])
def test_private_addresses_are_refused_unless_they_are_meant(receiver: Receiver, host: str) -> None:
    port = receiver.url.rsplit(":", 1)[1].split("/")[0]
    sink = open_alert_sink(f"http://{host}:{port}/hook", SECRET)
    with pytest.raises(Misconfigured, match="DATELINE_ALERTS_ALLOW_PRIVATE"):
        sink.write([alert()])
    assert not receiver.calls


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64!", "whsec_abc", "plain words"])
def test_a_secret_that_is_none_is_told_at_the_start(secret: str) -> None:
    with pytest.raises(Misconfigured, match="DATELINE_ALERTS_WEBHOOK_SECRET"):
        open_alert_sink("https://example.org/hook", secret)


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https:///path",
        "http://[broken",
        "http://host:99999/",
        "http://host:port/",
        "https://exa mple.org/\x01",
    ],
)
def test_a_url_that_is_none_is_told_at_the_start(url: str) -> None:
    with pytest.raises(Misconfigured, match="DATELINE_ALERTS_WEBHOOK_URL"):
        open_alert_sink(url)


@pytest.mark.parametrize("url", ["", "ftp://x/y", "alerts.jsonl", "file://host/x", "slack"])
def test_another_receiver_is_answered_with_what_to_give(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"DATELINE_ALERTS_WEBHOOK_URL: give https://host/path"):
        open_alert_sink(url)


def test_the_receivers_that_there_are(tmp_path: Any) -> None:
    assert isinstance(receiver_of(open_alert_sink("https://example.org/hook")), Webhook)
    sink = open_alert_sink(f"file://{tmp_path}/alerts.jsonl")
    sink.write([alert()])
    assert (tmp_path / "alerts.jsonl").is_file()
