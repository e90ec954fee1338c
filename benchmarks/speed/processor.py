"""What work costs the processor, whoever else is on the machine (Linux)."""

import contextlib
import time
from pathlib import Path

__all__ = ["processor_s"]


def processor_s(postmaster: int | None = None) -> float:
    """Seconds of processor that this process, and the running processes of the PostgreSQL server of that number, have had."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
    taken = time.process_time()
    for pid in children.read_text().split() if postmaster and children.exists() else ():
        with contextlib.suppress(OSError):
            taken += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return taken
