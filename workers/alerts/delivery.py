"""Delivering alerts one by one to a receiver that speaks of each: the sink around webhooks, Slack, mail and apprise.

Guarantee: at least once, and nothing is sent again that was answered. What was delivered is written to a journal after each answer, so a
process that is killed repeats at most the one alert whose answer it had not written down, under the same id. Without the journal's file
(another machine, a container without volume) it repeats at most the batch that was not committed.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from schemas.alerts import Alert
from workers.errors import StoreRefused, Unavailable

__all__ = ["Busy", "Delivering", "Failing", "Gone", "Receiver"]

_REMEMBERED = 50_000
#: One call delivers for so long; then the caller is told, so that it knows that work goes on.
_LONGEST_WRITE_S = 10.0
#: After a failure no other partition's alerts are tried for so long.
_PAUSE_S = 0.5
#: After so many alerts in a row that it fails at, it is the receiver.
_IN_A_ROW = 3
#: So often may a receiver fail at an alert while it takes others; then it is the alert.
_MOST_FAILURES = 10
_GONE = "the receiver has answered 410 Gone and is disabled: correct DATELINE_ALERTS_WEBHOOK_URL, start the notifier again, redrive the dead letters"


class Busy(Unavailable):
    """The receiver asks us to wait; `retry_after_s` says how long."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Failing(Busy):
    """The receiver fails at this alert; it may be the alert, or the receiver."""


class Gone(StoreRefused):
    """The receiver wants nothing any more."""


class Receiver(Protocol):
    """Somebody who is told of one alert at a time."""

    def open(self) -> None:
        """Get ready; raises Misconfigured."""

    def send(self, alert: Alert, /) -> None:
        """Returns when the receiver has taken it. Raises Unavailable (Busy), or StoreRefused (Gone) for what it never takes."""

    def close(self) -> None:
        """Let go of connections; never raises."""


class Delivering:
    """A receiver as a sink. `journal` is the file that remembers ids; `now_s` a clock that never goes back."""

    guarantee = "at least once; a repeat, after a crash between answer and journal, has the same id"

    def __init__(
        self, receiver: Receiver, journal: Path | None = None, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.receiver = receiver
        self._journal = _Journal(journal) if journal else None
        self._delivered: OrderedDict[str, None] = OrderedDict()
        self._now_s, self._not_before_s, self._gone = now_s, 0.0, False
        #: Of alerts that the receiver fails at: how often, and how many it had taken by then.
        self._failures: dict[str, tuple[int, int]] = {}
        self._taken = 0

    def open(self) -> None:
        """Read what was delivered before."""
        self.receiver.open()
        if self._journal:
            self._delivered = OrderedDict.fromkeys([*self._journal.open(), *self._delivered])

    def write(self, batch: Sequence[Alert], /) -> None:
        """Send each alert that was not delivered yet. Raises Unavailable, or StoreRefused with the alert's index; what was taken is not sent again."""
        began_s, failing, in_a_row = self._now_s(), None, 0
        for index, alert in enumerate(batch):
            if alert.id in self._delivered:
                continue
            if self._now_s() - began_s > _LONGEST_WRITE_S:
                raise Busy(f"the receiver is slow: {index} of {len(batch)} are done, it goes on", 0.0)
            try:
                self._send(alert, index)
            except Failing as error:
                failing, in_a_row = error, in_a_row + 1
                if in_a_row == _IN_A_ROW or error.retry_after_s:
                    raise self._pause(error) from None
                continue
            in_a_row = 0
            self._remember(alert.id)
        if failing:
            raise self._pause(failing) from None

    def close(self) -> None:
        """Close connections and the journal."""
        self.receiver.close()
        if self._journal:
            self._journal.close()

    def _send(self, alert: Alert, index: int) -> None:
        if self._gone:
            raise Gone("receiver_gone", _GONE, index)
        if (wait_s := self._not_before_s - self._now_s()) > 0:
            raise Busy("the receiver was away a moment ago, or asked to wait", wait_s)
        try:
            self.receiver.send(alert)
        except Gone:
            self._gone = True
            raise Gone("receiver_gone", _GONE, index) from None
        except StoreRefused as refused:
            refused.index = index
            raise
        except Failing:
            self._count(alert.id, index)
            raise
        except Unavailable as away:
            raise self._pause(away) from None

    def _pause(self, away: Unavailable) -> Unavailable:
        self._not_before_s = self._now_s() + max(_PAUSE_S, getattr(away, "retry_after_s", 0.0))
        return away

    def _count(self, identity: str, index: int) -> None:
        """Raise StoreRefused when it is the alert: the receiver has taken others since the last failure, again and again."""
        failures, taken = self._failures.get(identity, (0, -1))
        if taken != self._taken:
            self._failures[identity] = failures, _ = failures + 1, self._taken
        if failures > _MOST_FAILURES:
            del self._failures[identity]
            raise StoreRefused("receiver_fails", "the receiver fails at this alert and takes others", index)

    def _remember(self, identity: str) -> None:
        self._failures.pop(identity, None)
        self._taken += 1
        self._delivered[identity] = None
        if len(self._delivered) > _REMEMBERED:
            self._delivered.popitem(last=False)
        if self._journal:
            self._journal.add(identity, self._delivered)


class _Journal:
    """A file of ids, one a line, written at once; rewritten when it has grown to twice what is remembered."""

    def __init__(self, path: Path) -> None:
        self._path, self._lines = path, 0
        self._file: BinaryIO | None = None

    def open(self) -> list[str]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            read = self._path.read_bytes().split(b"\n") if self._path.exists() else [b""]
            self._lines = len(read)
            self._file = self._path.open("ab", buffering=0)
            if read[-1]:  # cut short by a crash
                self._file.write(b"\n")
        except OSError as error:
            raise Unavailable(f"{self._path}: {error.strerror}; give it space and write access") from None
        return [line.decode(errors="replace") for line in read if line][-_REMEMBERED:]

    def add(self, identity: str, remembered: "OrderedDict[str, None]") -> None:
        if self._file is None:
            self.open()
        if self._file is None:
            return
        try:
            self._file.write(identity.encode(errors="replace") + b"\n")
            self._lines += 1
            if self._lines > 2 * _REMEMBERED:
                self._shorten(remembered)
        except OSError as error:
            self.close()
            raise Unavailable(f"{self._path}: {error.strerror}; give it space and write access") from None

    def _shorten(self, remembered: "OrderedDict[str, None]") -> None:
        self.close()
        short = self._path.with_suffix(".new")
        short.write_bytes("".join(f"{one}\n" for one in remembered).encode(errors="replace"))
        short.replace(self._path)
        self.open()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
