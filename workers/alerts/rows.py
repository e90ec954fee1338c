"""Rows that stand under numbers, as two flat arrays (the compressed rows of a sparse matrix)."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Postings", "spread"]


def spread(starts: NDArray[np.int32], counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """`counts[i]` numbers from `starts[i]` on, for every i, one after the other."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - counts), counts) + np.arange(total)


class Postings:
    """Which rows stand under each number."""

    def __init__(self, numbers: NDArray[np.int32], rows: NDArray[np.int32], many: int) -> None:
        """`rows[i]` stands under `numbers[i]`; all numbers are below `many`."""
        self._rows = rows[np.argsort(numbers, kind="stable")]
        self._counts = np.bincount(numbers, minlength=many).astype(np.int32)
        self._starts = (np.cumsum(self._counts) - self._counts).astype(np.int32)

    def under(self, numbers: NDArray[np.intp]) -> NDArray[np.int32]:
        """All rows under these numbers."""
        return self._rows[spread(self._starts[numbers], self._counts[numbers])]
