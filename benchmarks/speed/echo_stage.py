"""A stage that does nothing, to see the engine alone: it gives the value back. Also a worker: `python echo_stage.py`."""

import sys
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).resolve().parents[2])
)  # run as a script, the repository's root is not on the path

from schemas.articles import RawArticle
from schemas.topics import CLEANED, RAW
from workers.ports import Headers, Stage, StageOptions, StageSpec

__all__ = ["ECHO"]


def decode_value(value: bytes | None, headers: Headers) -> RawArticle:
    return RawArticle.model_construct(id=None, content=(value or b"").decode())


def load(options: StageOptions) -> Stage:
    return echo


def echo(article: RawArticle) -> RawArticle:
    return article


ECHO = StageSpec("echo", "1", RAW, CLEANED, decode_value, load)

if __name__ == "__main__":
    from echo_stage import ECHO as SPEC  # the pool imports it by this name

    from workers.runtime.build import run_stages
    from workers.runtime.logging import configure
    from workers.runtime.settings import load_settings

    configure("info")
    sys.exit(run_stages([SPEC], load_settings()))
