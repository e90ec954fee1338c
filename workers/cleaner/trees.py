"""A small learned classifier: boosted oblivious trees, evaluated for all rows of a page at once.

An oblivious tree asks the same question of every row at each depth (as CatBoost grows them), so that a leaf is found by comparing and adding
bits: no branching, and no machine-learning library at run time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.wording import Matrix

__all__ = ["Trees", "load_trees"]


@dataclass(frozen=True, slots=True)
class Trees:
    """`features` and `borders` have a row a tree and a column a depth; `leaves` a row a tree and 2**depth columns (log-odds)."""

    features: NDArray[np.int64]
    borders: Matrix
    leaves: Matrix
    bias: float

    def chances(self, rows: Matrix) -> Matrix:
        """The chance of each row to be body, 0 to 1."""
        if not len(rows):
            return np.zeros(0, np.float32)
        count, depth = self.features.shape
        columns = np.ascontiguousarray(rows.T)
        leaf = np.zeros((count, len(rows)), np.uint8)  # at most eight questions a tree
        asked = np.empty((count, len(rows)), np.float32)
        for level in reversed(range(depth)):
            columns.take(self.features[:, level], axis=0, out=asked, mode="clip")
            leaf += leaf
            leaf += asked > self.borders[:, level, None]
        places = leaf + (np.arange(count)[:, None] << depth)
        scores = self.leaves.ravel().take(places).sum(axis=0) + self.bias
        result: Matrix = (1.0 / (1.0 + np.exp(-scores))).astype(np.float32)
        return result


def load_trees(path: Path) -> dict[str, Trees]:
    """The models in a file, by name. Raises OSError where it is missing."""
    with np.load(path, allow_pickle=False) as stored:
        arrays: Mapping[str, NDArray[np.float32]] = dict(stored)
    names = {name.rpartition(".")[0] for name in arrays}
    return {
        name: Trees(
            arrays[f"{name}.features"].astype(np.int64), arrays[f"{name}.borders"].astype(np.float32),
            arrays[f"{name}.leaves"].astype(np.float32), float(arrays[f"{name}.bias"]),
        )
        for name in names
    }  # fmt: skip
