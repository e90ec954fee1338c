"""Sending through faust's producer: every message is acknowledged, and a broker that is away is waited for."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from faust.exceptions import ProducerSendError

from workers.errors import Refused
from workers.runtime.logging import get_logger
from workers.runtime.metrics import Metrics
from workers.runtime.retry import backoff

__all__ = ["Outbox"]

_LOG = get_logger(__name__)


class Outbox:
    """What a worker on faust's agents sends; `away` says why the broker takes nothing at the moment, or is None."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self.away: str | None = None
        self._app, self._metrics = app, metrics

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes]] = (),
        partition: int | None = None,
    ) -> None:
        """Send and wait for the acknowledgement, again and again while the broker is away. Raises Refused where it takes none so large."""
        waits = backoff()
        while True:
            try:
                await self._app.producer.send_and_wait(topic, key, value, partition, None, dict(headers))
            except (ProducerSendError, TimeoutError, KafkaError, OSError) as error:
                # faust hides what its client itself refuses behind an error of its own.
                cause = error.__cause__ if isinstance(error, ProducerSendError) else error
                if isinstance(cause, MessageSizeTooLargeError | RecordListTooLargeError):
                    raise Refused("output_too_large", f"{len(value or b'')} bytes; {topic} takes fewer") from None
                self.away = f"the broker does not take {topic}: {cause!r}"
                self._metrics.retries.labels("broker").inc()
                _LOG.warning("broker_away", topic=topic, error=repr(cause))
                await asyncio.sleep(next(waits))
            else:
                self.away = None
                return
