"""The memory worker on a machine so busy that the seek to the committed offsets returns late: what faust's fetcher brings meanwhile counts too."""

import asyncio
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

_LATE_S = 1.0


def main() -> int:
    from faust.transport.consumer import Consumer

    from workers.runtime.logging import configure
    from workers.runtime.remembering import run_memory
    from workers.runtime.settings import load_settings

    seek = Consumer.perform_seek

    async def perform_seek(self: Any) -> None:
        await seek(self)
        await asyncio.sleep(_LATE_S)

    Consumer.perform_seek = perform_seek
    configure("info")
    return run_memory(load_settings())


if __name__ == "__main__":
    sys.exit(main())
