"""The seams: what a stage and a sink must offer, and what may become of a message. The runtime knows no more of them than this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from schemas.articles import Message
from schemas.topics import Topic

__all__ = [
    "Bury",
    "Drop",
    "Forward",
    "Headers",
    "Outcome",
    "Received",
    "Sink",
    "Stage",
    "StageLoader",
    "StageOptions",
    "StageSpec",
    "Tombstone",
]

Headers = tuple[tuple[str, bytes], ...]


class Received(NamedTuple):
    """A message as it came from a topic: untouched bytes and where they lay."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp_ms: int = 0


class Tombstone(NamedTuple):
    """A message without value: what its topic has told of this id so far is withdrawn. Sinks with `takes_tombstones` are given it."""

    topic: str
    id: str


class Forward(NamedTuple):
    """Publish this: the message was processed."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    article_id: str = ""
    timings: tuple[tuple[str, float], ...] = ()


class Drop(NamedTuple):
    """Nothing to publish, on purpose: `reason` is a short fixed code, such as `stored`."""

    reason: str


class Bury(NamedTuple):
    """The message cannot be processed: it goes to the dead letters, untouched."""

    reason: str
    error_class: str
    message: str
    stage: str
    stage_version: str


Outcome = Forward | Drop | Bury


@dataclass(frozen=True, slots=True)
class StageOptions:
    """What a deployment may choose about its stages; each has a default that is right for most."""

    entities_backend: str = "embedded"
    gazetteers: tuple[str, ...] = ()
    max_content_characters: int = 8_000_000
    extra: Mapping[str, str] = field(default_factory=dict)


class Stage(Protocol):
    """One step of the article path: a pure function from message to message.

    It raises `Refused` for what can never be processed and `Unavailable` for what may heal; it does no input or output,
    reads no clock, and gives the same result for the same message.
    """

    def __call__(self, article: Any, /) -> Message:
        """Turn the message that the stage reads into the one it writes."""


class Sink(Protocol):
    """A store or a receiver. `write` is an idempotent upsert: the same batch twice leaves what one left.

    Called from one thread of its own; it may block. It raises `StoreRefused` for a row that the store will never take
    (after which the caller writes the batch without that row), and `Unavailable` while the store is away, slow, full or locked.
    """

    guarantee: str

    def open(self) -> None:
        """Connect and bring the tables up to date."""

    def write(self, batch: Sequence[Any], /) -> None:
        """Store all of the batch, or raise and store none of it."""

    def close(self) -> None:
        """Let go of the store; never raises."""


StageLoader = Callable[[StageOptions], Stage]


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage as the pipeline's table names it: what it reads and writes, and how to read and load it.

    `load` and `decode` are module-level functions, since pool processes receive them by name.
    """

    name: str
    version: str
    reads: Topic
    writes: Topic
    decode: Callable[[bytes | None, Headers], Message]
    load: StageLoader
