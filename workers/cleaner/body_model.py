"""How likely each piece of a page is body: two looks by learned trees, the second with what the first gave for the pieces around.

The models lie in `models/body.npz` beside their card; benchmarks/training/cleaner.py makes them.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from workers.cleaner import outline, structure, wording
from workers.cleaner.blocks import Page
from workers.cleaner.context import (
    SECOND_COLUMNS,
    second_look,
    second_look_into,
    width_with_neighbours,
    with_neighbours,
)
from workers.cleaner.metadata import Metadata
from workers.cleaner.segments import Segment
from workers.cleaner.trees import Trees, load_trees
from workers.cleaner.wording import Matrix
from workers.text import native

__all__ = [
    "Models",
    "line_chances",
    "line_rows",
    "line_second_rows",
    "load_models",
    "page_chances",
    "page_rows",
    "page_second_rows",
]

Models = dict[str, Trees]
_SIZE = 0

_PAGE_NAMES = (*wording.NAMES, *structure.NAMES)
_PAGE_TELLING = tuple(map(_PAGE_NAMES.index, (
    "characters", "words", "linked", "share_function", "stops", "commas", "ends_sentence", "capitalized", "digits", "tag", "bold",
    "count_related", "count_share", "count_byline", "count_legal", "in_best", "share_best", "kind_prose", "kind_density", "prose_1", "prose_2",
    "from_title", "under_heading", "near_related", "near_body", "near_teaser", "near_comment",
)))  # fmt: skip
_LINE_NAMES = (*wording.NAMES, *outline.NAMES)
_LINE_TELLING = tuple(map(_LINE_NAMES.index, (
    "characters", "words", "share_function", "stops", "commas", "ends_sentence", "capitalized", "first_class", "last_class", "digits",
    "count_related", "count_share", "count_byline", "count_legal", "count_date", "count_sections", "bullet", "blanks_before", "glue", "copies",
    "kind_share",
)))  # fmt: skip


@lru_cache(maxsize=1)
def load_models() -> Models:
    """The shipped models: `page.1`, `page.2`, `line.1`, `line.2` (kind of input, look)."""
    return load_trees(Path(__file__).parent / "models" / "body.npz")


def page_rows(page: Page, metadata: Metadata, title_index: int) -> Matrix:
    """The features of the first look, a row for each block."""
    texts = [block.text for block in page.blocks]
    if native.LIBRARY is not None and texts:
        words, own = len(wording.NAMES), len(_PAGE_NAMES)
        columns = np.empty((width_with_neighbours(own, len(_PAGE_TELLING)), len(texts)), np.float32)
        codes = wording.codes_of(texts)
        wording.describe_into(codes, columns)
        structure.describe_into(page, (texts, codes), columns[:words], metadata, title_index, columns[words:])
        native.neighbours(columns, own, np.array(_PAGE_TELLING, np.int64))
        return columns.T
    described = wording.describe(texts)
    places = structure.describe_places(page, described, metadata, title_index)
    return with_neighbours(np.concatenate([described, places], axis=1), _PAGE_TELLING)


def page_second_rows(page: Page, rows: Matrix, chance: Matrix) -> Matrix:
    """The features of the second look."""
    sizes = rows[:, _SIZE]
    if native.LIBRARY is not None and len(rows):
        first = rows.shape[1]
        columns = np.empty((first + SECOND_COLUMNS + structure.CONTAINER_COLUMNS, len(rows)), np.float32)
        columns[:first] = rows.T
        second_look_into(chance, sizes, columns[first:])
        structure.container_chances_into(page, chance, np.ascontiguousarray(sizes), columns[first + SECOND_COLUMNS :])
        return columns.T
    return np.concatenate([second_look(rows, chance, sizes), structure.container_chances(page, chance, sizes)], axis=1)


def page_chances(page: Page, metadata: Metadata, title_index: int, models: Models) -> Matrix:
    """The chance of each block to be body: the mean of both looks."""
    if not page.blocks:
        return np.zeros(0, np.float32)
    rows = page_rows(page, metadata, title_index)
    first = models["page.1"].chances(rows)
    mean: Matrix = ((first + models["page.2"].chances(page_second_rows(page, rows, first))) / 2).astype(np.float32)
    return mean


def line_rows(segments: Sequence[Segment]) -> Matrix:
    """The features of the first look, a row for each piece of a dump."""
    words = wording.describe([segment.text for segment in segments])
    return with_neighbours(np.concatenate([words, outline.describe_lines(segments, words)], axis=1), _LINE_TELLING)


def line_second_rows(rows: Matrix, chance: Matrix) -> Matrix:
    """The features of the second look."""
    return second_look(rows, chance, rows[:, _SIZE])


def line_chances(segments: Sequence[Segment], models: Models) -> Matrix:
    """The chance of each piece of a dump to be body, as the second look sees it."""
    if not segments:
        return np.zeros(0, np.float32)
    rows = line_rows(segments)
    return models["line.2"].chances(line_second_rows(rows, models["line.1"].chances(rows)))
