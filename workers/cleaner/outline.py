"""What the place of a piece in a text dump tells: blank lines, bullets, glue, repetition, position."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.segments import Segment
from workers.cleaner.wording import Matrix

__all__ = ["NAMES", "describe_lines"]

#: The columns of `describe_lines`, in order.
NAMES: tuple[str, ...] = (
    "blanks_before", "blanks_after", "indent", "bullet", "glue", "glue_after", "seen_before", "copies", "position", "lines_before",
    "lines_after", "starts_alike", "kind_share",
)  # fmt: skip
_MOST_BLANKS = 12


def describe_lines(segments: Sequence[Segment], wording: Matrix) -> Matrix:
    """A row for each piece, with the columns `NAMES`."""
    count = len(segments)
    if not count:
        return np.zeros((0, len(NAMES)), np.float32)
    blanks = np.minimum(_MOST_BLANKS, np.array([segment.blanks for segment in segments], np.float32))
    glue = np.array([segment.glue for segment in segments], np.float32)
    sizes = wording[:, 0]
    times = Counter(segment.text for segment in segments)
    seen: Counter[str] = Counter()
    before = np.zeros(count, np.float32)
    for number, segment in enumerate(segments):
        before[number] = seen[segment.text]
        seen[segment.text] += 1
    starts = Counter(segment.text[:12] for segment in segments)
    shape = [(segment.indent, segment.bullet, segment.blanks) for segment in segments]
    by_shape: Counter[tuple[int, bool, int]] = Counter()
    for kind, size in zip(shape, sizes.tolist(), strict=True):
        by_shape[kind] += int(size)
    total = max(1.0, float(sizes.sum()))
    place = np.arange(count, dtype=np.float32)
    columns: list[Matrix | NDArray[np.float64]] = [
        blanks, np.append(blanks[1:], _MOST_BLANKS), np.array([segment.indent for segment in segments], np.float32),
        np.array([segment.bullet for segment in segments], np.float32), glue, np.append(glue[1:], 0), before,
        np.array([times[segment.text] for segment in segments], np.float32), (np.cumsum(sizes) - sizes) / total, place, count - place,
        np.array([starts[segment.text[:12]] for segment in segments], np.float32),
        np.array([by_shape[kind] for kind in shape], np.float32) / total,
    ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)
