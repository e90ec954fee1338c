"""What faust's workers send: acknowledged, or tried again while the broker is away."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError

from workers.errors import Refused
from workers.runtime import outbox
from workers.runtime.metrics import Metrics
from workers.runtime.outbox import Outbox


class Producer:
    """faust's: answers with what it was given, one after the other, and keeps what it took."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers, self.took, self.away_when_asked = list(answers), [], []  # type: ignore[var-annotated]
        self.outbox: Outbox

    async def send_and_wait(self, *message: Any) -> None:
        self.away_when_asked.append(self.outbox.away)
        if (error := self.answers.pop(0)) is not None:
            raise error
        self.took.append(message)


def hidden(error: Exception) -> ProducerSendError:
    """As faust raises it where the client itself, not the broker, takes the message not."""
    found = ProducerSendError(f"Error while sending: {error!r}")
    found.__cause__ = error
    return found


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "backoff", lambda: iter([0.0] * 9))


def outbox_on(producer: Producer) -> Outbox:
    producer.outbox = Outbox(SimpleNamespace(producer=producer), Metrics("memory"))
    return producer.outbox


async def test_a_broker_that_is_away_is_asked_again_and_said_to_be_away_meanwhile() -> None:
    producer = Producer(KafkaConnectionError("gone"), TimeoutError(), None)
    sent = outbox_on(producer)
    await sent.send("alerts.v1", b"key", b"value", (("a", b"b"),), 3)
    assert producer.took == [("alerts.v1", b"key", b"value", 3, None, {"a": b"b"})]
    assert sent.away is None
    assert producer.away_when_asked[0] is None
    assert all("the broker does not take alerts.v1" in str(why) for why in producer.away_when_asked[1:])


async def test_what_is_no_error_of_the_broker_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await outbox_on(Producer(ZeroDivisionError())).send("alerts.v1", None, b"value")


async def test_what_faust_hides_behind_an_error_of_its_own_is_waited_for_too() -> None:
    producer = Producer(hidden(KafkaTimeoutError()), None)
    await outbox_on(producer).send("alerts.v1", None, b"value")
    assert [why and why.split(": ")[1] for why in producer.away_when_asked] == [None, "KafkaTimeoutError()"]


@pytest.mark.parametrize("error", [MessageSizeTooLargeError(), hidden(MessageSizeTooLargeError())])
async def test_a_message_that_the_broker_refuses_for_its_size_is_not_sent_for_ever(error: Exception) -> None:
    producer = Producer(error)
    with pytest.raises(Refused, match=r"5 bytes; alerts\.v1 takes fewer") as refused:
        await outbox_on(producer).send("alerts.v1", None, b"value")
    assert refused.value.reason == "output_too_large"
    assert producer.outbox.away is None
