"""The trees' arithmetic, against a plain reading of one tree after the other."""

import numpy as np

from workers.cleaner.trees import Trees


def _by_hand(trees: Trees, row: np.ndarray) -> float:
    total = trees.bias
    for features, borders, leaves in zip(trees.features, trees.borders, trees.leaves, strict=True):
        leaf = sum(
            int(row[feature] > border) << depth
            for depth, (feature, border) in enumerate(zip(features, borders, strict=True))
        )
        total += leaves[leaf]
    return 1 / (1 + np.exp(-total))


def test_chances_are_what_reading_tree_by_tree_gives() -> None:
    made = np.random.default_rng(3)
    trees = Trees(
        made.integers(0, 9, (20, 4)), made.normal(size=(20, 4)).astype(np.float32), made.normal(size=(20, 16)).astype(np.float32), 0.25
    )  # fmt: skip
    rows = made.normal(size=(31, 9)).astype(np.float32)
    expected = [_by_hand(trees, row) for row in rows]
    np.testing.assert_allclose(trees.chances(rows), expected, rtol=1e-4)


def test_no_rows_give_no_chances() -> None:
    trees = Trees(np.zeros((1, 1), np.int64), np.zeros((1, 1), np.float32), np.zeros((1, 2), np.float32), 0.0)
    assert trees.chances(np.zeros((0, 3), np.float32)).shape == (0,)
