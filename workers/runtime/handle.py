"""One message through its stages: bytes in, an outcome out. Runs in a pool process; speaks no Kafka, and never raises for a message."""

import errno
import hashlib
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from schemas.articles import CleanedArticle, Message, RawOrigin, StageRun
from schemas.cloudevents import event_headers
from schemas.codec import DecodeError, encode
from schemas.topics import OVERHEAD_BYTES, RAW
from workers.errors import Misconfigured, Refused, Unavailable
from workers.ports import Bury, Forward, Outcome, Received, StageOptions, StageSpec
from workers.runtime.tracing import traced

__all__ = ["Handler", "Retry", "check_chain"]


#: The machine's trouble, not the message's: a full disk or quota, no file handles left, a failing or read-only file system.
_HEALS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EROFS})


class Retry(NamedTuple):
    """Something that the stage needs is away: the same message again, later."""

    reason: str


def check_chain(specs: Sequence[StageSpec]) -> None:
    """Raise Misconfigured unless each stage reads what the one before it writes."""
    if not specs:
        raise Misconfigured("name at least one stage")
    for before, after in pairwise(specs):
        if before.writes != after.reads:
            raise Misconfigured(
                f"{after.name} cannot follow {before.name}: it reads {after.reads.name}, not {before.writes.name}"
            )


class Handler:
    """The loaded stages of one worker. Called with a message, it answers what is to become of it."""

    def __init__(self, specs: Sequence[StageSpec], options: StageOptions) -> None:
        self._specs = tuple(specs)
        self._stages = tuple((spec, spec.load(options)) for spec in specs)

    def __call__(self, received: Received) -> Outcome | Retry:
        """Decode, run every stage in order, encode."""
        spec = self._specs[0]
        try:
            with traced("+".join(spec.name for spec in self._specs), received.headers) as trace_headers:
                article: Message = spec.decode(received.value, received.headers)
                timings: list[tuple[str, float]] = []
                for spec, stage in self._stages:
                    article = _run(spec, stage, article, received, timings)
                return self._forward(article, received, trace_headers, tuple(timings))
        except Unavailable as error:
            return Retry(str(error))
        except (DecodeError, Refused) as error:
            return _bury(spec, error.reason, error)
        except OSError as error:
            if error.errno in _HEALS:
                return Retry(
                    f"{error.strerror} ({spec.name}): give the machine what it lacks, and the worker goes on by itself"
                )
            return _bury(spec, "stage_failed", error)
        except (MemoryError, RecursionError) as error:
            return _bury(spec, "too_expensive", error)
        except Exception as error:  # noqa: BLE001  the one place where a stage's failure becomes an outcome
            return _bury(spec, "stage_failed", error)

    def _forward(
        self,
        article: Message,
        received: Received,
        trace_headers: tuple[tuple[str, bytes], ...],
        timings: tuple[tuple[str, float], ...],
    ) -> Forward:
        last = self._specs[-1]
        value = encode(article)
        limit = last.writes.max_message_bytes - OVERHEAD_BYTES
        if len(value) > limit:
            raise Refused("output_too_large", f"the result has {len(value)} bytes, {last.writes.name} takes {limit}")
        article_id = str(getattr(article, "id", ""))
        event_id = f"{received.topic}-{received.partition}-{received.offset}-{last.name}"
        headers = event_headers(last.writes, event_id=event_id, stage=last.name, subject=article_id, now_s=time.time())
        return Forward(
            last.writes.name, article_id.encode(errors="replace"), value, headers + trace_headers, article_id, timings
        )


def _run(
    spec: StageSpec, stage: Any, article: Message, received: Received, timings: list[tuple[str, float]]
) -> Message:
    started = time.perf_counter()
    result: Message = stage(article)
    seconds = time.perf_counter() - started
    timings.append((spec.name, seconds))
    return _with_provenance(spec, result, received, seconds) if isinstance(result, CleanedArticle) else result


def _with_provenance(spec: StageSpec, article: CleanedArticle, received: Received, seconds: float) -> CleanedArticle:
    before = article.provenance
    raw = before.raw
    if spec.reads is RAW or spec.reads.name == RAW.name:
        digest = hashlib.sha256(received.value or b"").hexdigest()
        raw = RawOrigin(topic=received.topic, partition=received.partition, offset=received.offset, sha256=digest)
    run = StageRun(name=spec.name, version=spec.version, milliseconds=round(seconds * 1000, 3))
    provenance = before.model_copy(update={"raw": raw, "stages": (*before.stages, run)})
    return article.model_copy(update={"provenance": provenance})


def _bury(spec: StageSpec, reason: str, error: BaseException) -> Bury:
    text = str(error).encode(errors="replace").decode()[:1000]
    return Bury(reason, type(error).__name__, text or type(error).__name__, spec.name, spec.version)
