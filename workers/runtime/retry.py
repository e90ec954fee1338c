"""Waiting between attempts: exponential, capped, with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015)."""

import random
from collections.abc import Callable, Iterator

__all__ = ["backoff"]


def backoff(first_s: float = 0.1, cap_s: float = 10.0, jitter: Callable[[], float] = random.random) -> Iterator[float]:
    """Endless waits in seconds: each between a tenth of and the whole of min(cap, first * 2^n)."""
    ceiling = first_s
    while True:
        yield ceiling * (0.1 + 0.9 * jitter())
        ceiling = min(cap_s, ceiling * 2)
