"""Dead letters: their headers, their id, and the brake that stops a worker from burying everything."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas.topics import DEAD_LETTERS
from workers.errors import TooManyDeadLetters
from workers.ports import Bury, Forward, Headers, Received

__all__ = ["Brake", "BrakeSettings", "DeadLetter", "bury", "read_dead_letter"]

#: Our own headers; a publisher's other x- headers are its own, and kept.
_OURS = ("x-original-", "x-stage", "x-error-", "x-attempt", "x-first-failed-at")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as read back. `id` names the message that failed: topic, partition and offset."""

    id: str
    topic: str
    partition: int
    offset: int
    stage: str
    stage_version: str
    error_class: str
    reason: str
    message: str
    attempt: int
    first_failed_at: str
    key: bytes | None
    value: bytes | None
    headers: Headers


def bury(received: Received, why: Bury, now_s: float) -> Forward:
    """The dead letter of a message: key, value and headers untouched, and what happened in headers of its own."""
    told = dict(received.headers)
    attempt = _integer(told.get("x-attempt"), 0) + 1
    first = (
        told.get("x-first-failed-at") or datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").encode()
    )
    kept = tuple((key, value) for key, value in received.headers if not key.startswith(_OURS))
    headers: Headers = (
        *kept,
        ("x-original-topic", received.topic.encode()),
        ("x-original-partition", str(received.partition).encode()),
        ("x-original-offset", str(received.offset).encode()),
        ("x-original-timestamp", str(received.timestamp_ms).encode()),
        ("x-stage", why.stage.encode()),
        ("x-stage-version", why.stage_version.encode()),
        ("x-error-class", why.error_class.encode()),
        ("x-error-reason", why.reason.encode()),
        ("x-error-message", why.message.encode(errors="replace")),
        ("x-attempt", str(attempt).encode()),
        ("x-first-failed-at", first),
    )
    return Forward(DEAD_LETTERS.name, received.key, received.value, headers)


def read_dead_letter(key: bytes | None, value: bytes | None, headers: Headers) -> DeadLetter:
    """Read a dead letter back; headers that are missing read as empty."""
    told = {name: content.decode(errors="replace") for name, content in headers}
    topic, partition, offset = (
        told.get("x-original-topic", ""),
        told.get("x-original-partition", ""),
        told.get("x-original-offset", ""),
    )
    return DeadLetter(
        id=f"{topic}-{partition}-{offset}",
        topic=topic,
        partition=_integer(partition.encode(), -1),
        offset=_integer(offset.encode(), -1),
        stage=told.get("x-stage", ""),
        stage_version=told.get("x-stage-version", ""),
        error_class=told.get("x-error-class", ""),
        reason=told.get("x-error-reason", ""),
        message=told.get("x-error-message", ""),
        attempt=_integer(told.get("x-attempt", "").encode(), 1),
        first_failed_at=told.get("x-first-failed-at", ""),
        key=key,
        value=value,
        headers=headers,
    )


def _integer(value: bytes | None, default: int) -> int:
    try:
        return int(value) if value else default
    except ValueError:
        return default


@dataclass(frozen=True, slots=True)
class BrakeSettings:
    """When failures stop being bad luck. `max_consecutive` 0 never stops."""

    max_consecutive: int = 100
    max_ratio: float = 0.5
    window: int = 400


@dataclass(slots=True)
class Brake:
    """Counts what happened to the last messages, and raises before a batch that fails too much is committed."""

    settings: BrakeSettings
    consecutive: int = 0
    failed: int = 0
    recent: deque[bool] = field(default_factory=deque)

    def check(self, outcomes: Sequence[object]) -> None:
        """Take a batch's outcomes into account; raises TooManyDeadLetters, and then nothing of the batch may be committed."""
        settings, recent = self.settings, self.recent
        if not settings.max_consecutive:
            return
        for outcome in outcomes:
            buried = isinstance(outcome, Bury)
            recent.append(buried)
            if len(recent) > settings.window:
                self.failed -= recent.popleft()
            if not buried:
                self.consecutive = 0
                continue
            self.consecutive += 1
            self.failed += 1
            if self.consecutive >= settings.max_consecutive:
                raise TooManyDeadLetters(self._explain(f"{self.consecutive} messages in a row failed", outcome))
            if len(recent) == settings.window and self.failed > settings.max_ratio * settings.window:
                what = f"{self.failed} of the last {len(recent)} messages failed"
                raise TooManyDeadLetters(self._explain(what, outcome))

    @staticmethod
    def _explain(what: str, outcome: object) -> str:
        last = f" (last: {outcome.reason}: {outcome.message})" if isinstance(outcome, Bury) else ""
        return (
            f"{what}{last}. Likelier a broken stage or a wrong topic than bad pages, so the worker stops and buries no more; nothing is"
            " lost. Mend the cause and start again, or raise DATELINE_DEAD_LETTER_MAX_CONSECUTIVE and _MAX_RATIO (0 and 1 never stop)."
        )
