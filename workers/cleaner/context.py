"""What stands before and after a piece: the telling columns of its neighbours, and of the page as a whole, beside its own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.wording import Matrix
from workers.text import native

__all__ = ["SECOND_COLUMNS", "second_look", "second_look_into", "width_with_neighbours", "with_neighbours"]

_REACH = 3
_WINDOWS = (5, 15)
#: How many columns the second look adds.
SECOND_COLUMNS = 22


def width_with_neighbours(own: int, telling: int) -> int:
    """How many columns `with_neighbours` gives."""
    return own + telling * (2 * _REACH + len(_WINDOWS) + 1) + 1


def with_neighbours(own: Matrix, telling: Sequence[int]) -> Matrix:
    """The rows, each with the telling columns of the three rows before and after it (-1 beyond the ends), their means over windows of
    eleven and thirty-one rows, and their means over the page."""
    count = len(own)
    if native.LIBRARY is not None and count:
        columns = np.empty((width_with_neighbours(own.shape[1], len(telling)), count), np.float32)
        columns[: own.shape[1]] = own.T
        native.neighbours(columns, own.shape[1], np.array(telling, np.int64))
        return columns.T
    chosen = own[:, list(telling)]
    padded = np.full((count + 2 * _REACH, chosen.shape[1]), -1, np.float32)
    padded[_REACH : _REACH + count] = chosen
    shifted = [padded[_REACH + step : _REACH + step + count] for step in range(-_REACH, _REACH + 1) if step]
    means = [_window_mean(chosen, reach) for reach in _WINDOWS]
    whole = np.broadcast_to(chosen.mean(axis=0), chosen.shape)
    size = np.full((count, 1), count, np.float32)
    return np.concatenate([own, *shifted, *means, whole, size], axis=1, dtype=np.float32)


def _window_mean(values: Matrix, reach: int) -> Matrix:
    sums = np.zeros((len(values) + 1, values.shape[1]), np.float64)
    np.cumsum(values, axis=0, out=sums[1:])
    at = np.arange(len(values))
    low, high = np.maximum(0, at - reach), np.minimum(len(values), at + reach + 1)
    result: Matrix = ((sums[high] - sums[low]) / (high - low)[:, None]).astype(np.float32)
    return result


def second_look(own: Matrix, chance: Matrix, sizes: Matrix) -> Matrix:
    """The rows beside what a first look gave for the piece and for those around it: the second look sees where the body begins and ends."""
    if native.LIBRARY is not None and len(own):
        columns = np.empty((own.shape[1] + SECOND_COLUMNS, len(own)), np.float32)
        columns[: own.shape[1]] = own.T
        second_look_into(chance, sizes, columns[own.shape[1] :])
        return columns.T
    return np.concatenate([own, _second_look(chance, sizes)], axis=1, dtype=np.float32)


def second_look_into(chance: Matrix, sizes: Matrix, columns: Matrix) -> None:
    """What the second look adds, by the compiled core, into the first columns of a matrix (a row of `columns` is a column of `second_look`)."""
    native.second_look(np.ascontiguousarray(chance), np.ascontiguousarray(sizes), columns)


def _second_look(chance: Matrix, sizes: Matrix) -> Matrix:
    """The same in Python."""
    count = len(chance)
    reach = 5
    padded = np.full(count + 2 * reach, -1, np.float32)
    padded[reach : reach + count] = chance
    rows: list[NDArray[Any]] = [padded[reach + step : reach + step + count] for step in range(-reach, reach + 1)]
    weight = chance * sizes
    before = np.cumsum(weight) - weight
    total = max(1e-6, float(weight.sum()))
    solid = np.flatnonzero((chance > 0.5) & (sizes > 60))
    first, last = (solid[0], solid[-1]) if len(solid) else (0, count - 1)
    at = np.arange(count)
    since, until = _nearest_solid(solid, count)
    rows += [
        before / total, np.full(count, total), at - first, last - at, since, until,
        _window_mean(chance[:, None], 5)[:, 0], _window_mean(chance[:, None], 15)[:, 0],
        _window_mean(weight[:, None], 8)[:, 0], np.full(count, chance.max()), np.full(count, len(solid)),
    ]  # fmt: skip
    return np.stack(rows, axis=1).astype(np.float32)


def _nearest_solid(solid: "np.ndarray[tuple[int], np.dtype[np.int64]]", count: int) -> tuple[Matrix, Matrix]:
    """Rows since the last sure body row, and until the next; 99 where there is none."""
    at = np.arange(count)
    if not len(solid):
        return np.full(count, 99, np.float32), np.full(count, 99, np.float32)
    place = np.searchsorted(solid, at, side="left")
    before = np.where(place > 0, at - solid[np.maximum(0, place - 1)], 99)
    after = np.where(place < len(solid), solid[np.minimum(place, len(solid) - 1)] - at, 99)
    return np.minimum(before, 99).astype(np.float32), np.minimum(after, 99).astype(np.float32)
