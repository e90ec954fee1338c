"""A small learned classifier: boosted oblivious trees, evaluated for all rows of a page at once.

An oblivious tree asks the same question of every row at each depth (as CatBoost grows them), so that a leaf is found by comparing and adding
bits: no branching, and no machine-learning library at run time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.wording import Matrix
from workers.text import native

__all__ = ["Trees", "load_trees"]


@dataclass(frozen=True)
class Trees:
    """`features` and `borders` have a row a tree and a column a depth; `leaves` a row a tree and 2**depth columns (log-odds)."""

    features: NDArray[np.int64]
    borders: Matrix
    leaves: Matrix
    bias: float

    @cached_property
    def _questions(self) -> tuple[tuple[NDArray[np.int64], Matrix], NDArray[np.int64]]:
        """((feature, border) of each different question; which of them each tree asks, a row a tree)."""
        asked = list(zip(self.features.ravel().tolist(), self.borders.ravel().tolist(), strict=True))
        numbers = {question: number for number, question in enumerate(sorted(set(asked)))}
        features, borders = (np.array(column) for column in zip(*numbers, strict=True))
        which = np.array([numbers[question] for question in asked], np.int64).reshape(self.features.shape)
        return (features.astype(np.int64), borders.astype(np.float32)), which

    def chances(self, rows: Matrix) -> Matrix:
        """The chance of each row to be body, 0 to 1."""
        if not len(rows):
            return np.zeros(0, np.float32)
        scores = self._sums(rows) + np.float32(self.bias)
        result: Matrix = (1.0 / (1.0 + np.exp(-scores))).astype(np.float32)
        return result

    def _sums(self, rows: Matrix) -> Matrix:
        questions, which = self._questions
        columns = np.ascontiguousarray(rows.T, np.float32)
        if native.LIBRARY is not None:
            return native.trees_sum(columns, questions, which, self.leaves)
        features, borders = questions
        starts = np.arange(len(which))[:, None] << which.shape[1]
        which = which.T
        answers = (columns.take(features, axis=0) > borders[:, None]).view(np.uint8)
        leaf = answers.take(which[-1], axis=0).astype(np.uint8 if len(which) <= 8 else np.uint16)
        for level in reversed(range(len(which) - 1)):
            leaf += leaf
            leaf += answers.take(which[level], axis=0)
        sums: Matrix = self.leaves.ravel().take(leaf + starts).sum(axis=0)
        return sums


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
