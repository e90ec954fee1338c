"""A stage that does what its message says: dies, eats memory, never ends, fails, waits. Pool processes import it by name."""

import errno
import os
import signal
import time
from pathlib import Path

from schemas.articles import RawArticle
from schemas.topics import CLEANED, RAW
from workers.errors import Refused, Unavailable
from workers.ports import Headers, Stage, StageOptions, StageSpec

__all__ = ["BROKEN", "HOSTILE"]


def decode_value(value: bytes | None, headers: Headers) -> RawArticle:
    return RawArticle.model_construct(id=None, content=(value or b"").decode())


def obey(article: RawArticle) -> RawArticle:  # noqa: C901  one line for each order
    order, _, argument = article.content.partition(" ")
    match order:
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "memory":
            bytearray(64 * 1024**3)
        case "forever":
            while True:
                pass
        case "raise":
            raise ValueError("a bug")
        case "refuse":
            raise Refused("too_strange", "never heard of it")
        case "deep":
            return obey(article)
        case "sleep":
            time.sleep(float(argument.split()[0]))
        case "away_once":
            mark = Path(argument)
            if not mark.exists():
                mark.touch()
                raise Unavailable("the model server is away")
        case "disk_full_once":
            mark = Path(argument)
            if not mark.exists():
                mark.touch()
                raise OSError(errno.ENOSPC, "No space left on device")
    return article


def load(options: StageOptions) -> Stage:
    return obey


def load_broken(options: StageOptions) -> Stage:
    raise FileNotFoundError("model.npz is not in the package")


HOSTILE = StageSpec("hostile", "1", RAW, CLEANED, decode_value, load)
BROKEN = StageSpec("broken", "1", RAW, CLEANED, decode_value, load_broken)
