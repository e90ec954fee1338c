"""A worker of the hostile stage, as a process of its own; `hanging` is a sink that never returns."""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]


class HangingSink:
    """A store that neither answers nor fails."""

    guarantee = "none"

    def open(self) -> None:
        """Nothing to open."""

    def write(self, batch: Sequence[Any], /) -> None:
        """Never returns."""
        threading.Event().wait()

    def close(self) -> None:
        """Nothing to close."""


def main(kind: str) -> int:
    from hostile_stages import HOSTILE

    from schemas.topics import ENRICHED
    from workers.runtime.build import run_sink, run_stages
    from workers.runtime.logging import configure
    from workers.runtime.settings import load_settings

    configure("info")
    if kind == "hanging":
        return run_sink("hanging", "1", HangingSink(), [ENRICHED], load_settings())
    return run_stages([HOSTILE], load_settings())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
