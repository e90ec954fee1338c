"""Every error of ours, named by what the caller must do.

DatelineError
├── Refused           this message can never be processed: bury it (dead letter)
│   └── StoreRefused  a store refuses this row: bury that message, write the others
├── Unavailable       something outside is away for now: retry, nothing is lost
├── Misconfigured     a setting is wrong: stop at start, say how to mend it
└── Stopped           the worker must end: a person has to look
    ├── TooManyDeadLetters
    └── Stalled
"""

__all__ = [
    "DatelineError",
    "Misconfigured",
    "Refused",
    "Stalled",
    "Stopped",
    "StoreRefused",
    "TooManyDeadLetters",
    "Unavailable",
]


class DatelineError(Exception):
    """The root of all errors that Dateline raises on purpose."""


class Refused(DatelineError):  # noqa: N818  it names what happened to the message
    """A message that can never be processed. `reason` is a short fixed code (snake_case); the text says what is wrong and where."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, str]]:
        return type(self), (self.reason, str(self))


class StoreRefused(Refused):
    """A row that the store refuses for what it holds; `index` is its place in the batch that was written."""

    def __init__(self, reason: str, message: str, index: int = 0) -> None:
        super().__init__(reason, message)
        self.index = index


class Unavailable(DatelineError):  # noqa: N818  it names the state of the other side
    """Something outside (a broker, a store, a model server) does not answer for now; trying again can heal it."""


class Misconfigured(DatelineError):  # noqa: N818  it names the state of the settings
    """A setting is missing or wrong. The text names the setting and says how to mend it."""


class Stopped(DatelineError):  # noqa: N818  it names what the worker does
    """The worker ends itself; nothing was lost, but a person should look before it goes on."""


class TooManyDeadLetters(Stopped):
    """More messages fail than bad input explains: likelier a broken stage or a wrong topic, so nothing more is buried."""


class Stalled(Stopped):
    """There is work to do and none has been done for too long."""
