"""A fingerprint of a text that near-identical texts share, but for a few bits.

One bit from each of 256 minwise hashes over runs of three folded words (Li and König 2010, "b-bit minwise hashing"). Two texts that share a part J
of their runs (Jaccard) differ in about (1 - J) / 2 of the bits, with a standard deviation of 8 bits at most; texts that have nothing to do with each
other differ in 128. Short texts have too few runs: theirs is a plain hash, near only to itself.
"""

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from workers.alerts.words import fold, split_words

__all__ = ["NEAR_BITS", "Texts", "fingerprint", "near"]

_BITS = 256
#: Texts this near are one: half of the runs of both are shared. Up to 80 bits no pair of the development data was wrong, see
#: docs/benchmarks/alerts.md; but bulletins that are filled in anew each day share much, and none of them shall be lost.
NEAR_BITS = 64
_RUN = 3
_LEAST_WORDS = 30
#: Words that are looked at; what follows changes nothing.
_MOST_WORDS = 3000


def fingerprint(text: str) -> str | None:
    """64 hex digits, or `=` and 32 hex digits for a short text; None where there are no words."""
    words = split_words(fold(text))[:_MOST_WORDS]
    if len(words) < _LEAST_WORDS:
        return f"={hashlib.blake2b(_bytes(words), digest_size=16).hexdigest()}" if words else None
    runs = {_bytes(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
    hashes = np.frombuffer(b"".join(hashlib.blake2b(run, digest_size=8).digest() for run in runs), dtype="<u8")
    factors, shifts = _permutations()
    least = (hashes[:, None] * factors + shifts).min(axis=0)
    return np.packbits((least * factors) >> np.uint64(63) == 1).tobytes().hex()


def near(one: str, other: str) -> bool:
    """Whether two fingerprints are of texts that are near-identical."""
    if one.startswith("=") or other.startswith("="):
        return one == other
    return (int(one, 16) ^ int(other, 16)).bit_count() <= NEAR_BITS


class Texts:
    """The last `most` fingerprints of a rule, to be asked all at once."""

    def __init__(self, most: int) -> None:
        self._most, self._next = most, 0
        self._bits = np.zeros((16, _BITS // 8), dtype=np.uint8)
        self._at = np.full(16, -np.inf)
        self._articles: list[str] = []
        self._short: dict[str, tuple[str, float]] = {}

    def add(self, article: str, mark: str, at_s: float) -> None:
        """An article that was told or counted."""
        if mark.startswith("="):
            self._short.pop(mark, None)
            self._short[mark] = (article, at_s)
            if len(self._short) > self._most:
                del self._short[next(iter(self._short))]
            return
        place = self._next % self._most
        if place == len(self._at):
            self._bits = np.vstack([self._bits, np.zeros_like(self._bits)])
            self._at = np.concatenate([self._at, np.full_like(self._at, -np.inf)])
        self._bits[place] = np.frombuffer(bytes.fromhex(mark), dtype=np.uint8)
        self._at[place] = at_s
        self._articles[place : place + 1] = [article]
        self._next += 1

    def holds_copy(self, article: str, mark: str, oldest_s: float) -> bool:
        """Whether another article since `oldest_s` had nearly the same text."""
        if mark.startswith("="):
            other, at_s = self._short.get(mark, (article, 0.0))
            return other != article and at_s >= oldest_s
        count = len(self._articles)
        apart = _ones()[self._bits[:count] ^ np.frombuffer(bytes.fromhex(mark), dtype=np.uint8)].sum(axis=1)
        found = np.flatnonzero((apart <= NEAR_BITS) & (self._at[:count] >= oldest_s))
        return any(self._articles[place] != article for place in found)


@cache
def _ones() -> NDArray[np.uint16]:
    """How many bits are set in a byte."""
    return np.array([number.bit_count() for number in range(256)], dtype=np.uint16)


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Odd factors and shifts, the same everywhere and always: what Tables hold must go on to mean the same."""
    drawn = np.frombuffer(
        b"".join(hashlib.blake2b(bytes([number]), digest_size=16).digest() for number in range(_BITS)), dtype="<u8"
    ).reshape(-1, 2)
    return drawn[:, 0] | np.uint64(1), drawn[:, 1]


def _bytes(words: list[str]) -> bytes:
    return " ".join(words).encode("utf-8", "replace")
