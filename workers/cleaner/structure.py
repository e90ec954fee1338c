"""What the place of a block in the page tells: the elements around it, how much prose they hold, what repeats, where the headline is."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workers.cleaner.blocks import Block, Page
from workers.cleaner.groups import PLACES
from workers.cleaner.metadata import Metadata
from workers.cleaner.wording import Matrix, codes_of
from workers.text import native
from workers.text.normalize import comparable, which_say

__all__ = [
    "CONTAINER_COLUMNS",
    "NAMES",
    "container_chances",
    "container_chances_into",
    "describe_into",
    "describe_places",
]

#: A number for all texts, or one for each.
_Claim: TypeAlias = float | Sequence[float]

_TAGS = (
    "p",
    "div",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "td",
    "span",
    "blockquote",
    "figcaption",
    "a",
    "section",
    "article",
    "button",
    "pre",
    "dd",
)
_TAG_NUMBERS = {tag: number for number, tag in enumerate(_TAGS)}
_HEADINGS = frozenset({"h2", "h3", "h4"})
_CLUTTER = np.array([PLACES.index(place) for place in (
    "nav", "header", "footer", "side", "related", "teaser", "share", "caption", "ad", "subscribe", "overlay", "tags", "widget", "media", "form",
    "legal", "unseen", "correction",
)])  # fmt: skip
_CLUTTER_BITS = sum(1 << int(number) for number in _CLUTTER)
#: For the number of each tag whether it is a heading.
_HEADING_NUMBERS = np.array([*(tag in _HEADINGS for tag in _TAGS), False], np.uint8)
#: Said before, said at all, in the claimed body, in the claimed summary, a claimed title.
_CLAIM_COLUMNS = 5
_FAR = 30
#: Tags of lists and tables, and tags that begin anew within them.
_UNIT, _ANEW = 1, 2
_UNIT_TAGS = {**dict.fromkeys(("ul", "ol", "dl", "table"), _UNIT), **dict.fromkeys(("article", "section"), _ANEW)}
CONTAINER_COLUMNS = 11
_LEVELS = 4
#: A text of so many characters or fewer is said by chance.
_SHORT = 20
_PLACES = len(PLACES)

#: The columns of `describe_places`, in order.
NAMES: tuple[str, ...] = (
    *(f"near_{place}" for place in PLACES), *(f"inline_{place}" for place in PLACES[:12]),
    "tag", "depth", "linked", "bold",
    *(f"{what}_{level}" for level in range(1, _LEVELS + 1) for what in ("prose", "density", "blocks")),
    "in_best", "below_best", "above_best", "from_best", "share_best", "kind_blocks", "kind_prose", "kind_density",
    "from_title", "position", "repeats", "copies", "in_claimed_body", "in_claimed_summary", "is_title", "under_heading", "fresh_parent",
)  # fmt: skip


def describe_places(page: Page, wording: Matrix, metadata: Metadata, title_index: int) -> Matrix:
    """A row for each block of the page, with the columns `NAMES`."""
    blocks = page.blocks
    if not blocks:
        return np.zeros((0, len(NAMES)), np.float32)
    if native.LIBRARY is None:
        return _describe(page, wording, metadata, title_index)
    columns = np.empty((len(NAMES), len(blocks)), np.float32)
    texts = [block.text for block in blocks]
    describe_into(page, (texts, codes_of(texts)), np.ascontiguousarray(wording.T), metadata, title_index, columns)
    return columns.T


def describe_into(
    page: Page,
    said: tuple[Sequence[str], NDArray[np.uint32]],
    wording: Matrix,
    metadata: Metadata,
    title_index: int,
    columns: Matrix,
) -> None:
    """The same by the compiled core, into the first columns of a matrix (a row of `wording` and `columns` is a column of `describe_places`).
    `said`: the texts of the blocks, and their codes (wording.py)."""
    read = _read_again(page)
    numbers = np.fromiter(map(_TAG_NUMBERS.get, page.tags, repeat(len(_TAGS))), np.uint8, len(page.tags))[
        read.layout.at
    ]
    texts, codes = said
    claims = np.empty((_CLAIM_COLUMNS, len(texts)), np.float32)
    native.count_repeats(codes, len(texts), claims[0], claims[1])
    for column, told in zip(claims[2:], _claims(texts, metadata), strict=True):
        column[:] = told
    native.describe_places(
        read, wording, (numbers, _HEADING_NUMBERS[numbers]), claims, len(PLACES), _CLUTTER_BITS, title_index, columns
    )


def _read_again(page: Page) -> native.Reading:
    """The page as arrays: as it was read, or anew where blocks were left out since."""
    blocks = page.blocks
    if page.read is not None and len(page.read.layout.at) == len(blocks):
        return page.read
    at = np.array([block.element for block in blocks], np.int32)
    layout = native.Containers(at, *(np.array(numbers, np.int32) for numbers in (page.parents, page.ends, page.depths)))
    linked, bold = (np.array(shares) for shares in zip(*((block.linked, block.bold) for block in blocks), strict=True))
    bits = np.array([block.bits for block in blocks], np.uint64)
    return native.Reading(
        [], page.tags, layout, linked, bold, bits, np.array(page.bits, np.uint64), np.array(page.kinds, np.int32)
    )


def _describe(page: Page, wording: Matrix, metadata: Metadata, title_index: int) -> Matrix:
    """The same in Python."""
    blocks = page.blocks
    at = np.array([block.element for block in blocks], np.int64)
    elements = _Elements(page, at)
    size = wording[:, 0]
    linked = np.array([block.linked for block in blocks], np.float32)
    prose = _prose(wording, linked)
    masses = elements.masses([size, size * linked, prose, np.ones_like(size)])
    inline = np.array([block.bits for block in blocks], np.uint64)
    columns: list[NDArray[Any]] = [
        elements.nearest(page, masses[:, 2] > 0.5 * max(1.0, float(masses[0, 2])))[at], _bits(inline, 12),
        np.array([_TAG_NUMBERS.get(block.tag, len(_TAGS)) for block in blocks], np.float32)[:, None],
        elements.depths[at][:, None], linked[:, None], np.array([block.bold for block in blocks], np.float32)[:, None],
        _around(elements, masses), _best(elements, masses, prose), _kinds(page, at, size, linked, prose),
        _whereabouts(blocks, size, metadata, title_index, at),
    ]  # fmt: skip
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _prose(wording: Matrix, linked: Matrix) -> Matrix:
    """Characters of running text: long pieces with punctuation or function words, and little of it linked."""
    running = (wording[:, 1] >= 12) & (linked < 0.4)
    result: Matrix = wording[:, 0] * running
    return result


def _bits(numbers: NDArray[np.uint64], count: int) -> NDArray[np.uint8]:
    """The lowest bits of each number, a row of zeros and ones a number."""
    octets = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, count=count, bitorder="little")


class _Elements:
    """The elements of a page as arrays, and sums over their contents."""

    def __init__(self, page: Page, at: NDArray[np.int64]) -> None:
        self.at = at
        self.parents = np.array(page.parents, np.int64)
        self.ends = np.array(page.ends, np.int64)
        self.depths = np.array(page.depths, np.int64)

    def nearest(self, page: Page, whole: NDArray[np.bool_]) -> NDArray[np.int8]:
        """For each element and place: how many steps up to the nearest element that names the place; 30 where there is none. An element that
        holds most of the page's prose names no clutter, whatever its class says."""
        own = _bits(np.array(page.bits, np.uint64), _PLACES)
        own[np.ix_(whole, _CLUTTER)] = 0
        order = np.argsort(self.depths, kind="stable")
        counts = np.bincount(self.depths)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        above = rank[self.parents[order]]  # of the body: itself or another, never asked
        steps = np.where(own[order], np.int8(0), np.int8(_FAR))
        start = int(counts[0])
        for count in counts[1:].tolist():
            end = start + count
            here = steps[start:end]
            np.minimum(here, steps[above[start:end]] + np.int8(1), out=here)
            start = end
        result: NDArray[np.int8] = steps[rank]
        return result

    def masses(self, values: Sequence[Matrix]) -> Matrix:
        """The sum of the values (one number a block) of all blocks in each element, a column for each of the values."""
        count = len(self.parents)
        total = np.zeros((len(values), count + 1), np.float64)
        for row, one in zip(total, values, strict=True):
            np.cumsum(np.bincount(self.at, one, count), out=row[1:])
        result: Matrix = (total[:, self.ends] - total[:, :-1]).T.astype(np.float32)
        return result

    def up(self, levels: int) -> list[NDArray[np.int64]]:
        """The element of each block, its parent, and so on up to the body."""
        found = [self.at]
        for _ in range(levels - 1):
            found.append(np.maximum(0, self.parents[found[-1]]))
        return found


def _around(elements: _Elements, masses: Matrix) -> Matrix:
    """Prose share, link density and number of blocks of the block's element, its parent, and so on up."""
    whole = max(1.0, float(masses[0, 2]))
    table = np.stack([masses[:, 2] / whole, masses[:, 1] / np.maximum(1.0, masses[:, 0]), masses[:, 3]], axis=1)
    return np.concatenate([table[here] for here in elements.up(_LEVELS)], axis=1)


def _best(elements: _Elements, masses: Matrix, prose: Matrix) -> Matrix:
    """Where the block stands to the element whose children hold most prose: inside or not, how far below, how far above both meet."""
    at, parents, depth = elements.at, elements.parents, elements.depths
    count = len(parents)
    own = np.bincount(at, prose, count)
    above = np.maximum(0, parents)
    score = np.bincount(above, own, count)
    score += np.bincount(above[above], own * 0.5, count)
    score += own
    best = int(np.argmax(score.astype(np.float32)))
    chain = []
    step = best
    while step >= 0:
        chain.append(step)
        step = int(parents[step])
    meets = np.zeros(count, np.int64)
    for step in reversed(chain):
        meets[step : elements.ends[step]] = depth[step]
    meets = meets[at]
    inside = meets >= depth[best]
    inside_at = np.flatnonzero(inside)
    first, last = (inside_at[0], inside_at[-1]) if len(inside_at) else (0, 0)
    number = np.arange(len(at))
    away = np.minimum(0, number - first) + np.maximum(0, number - last)
    columns = [
        inside, np.where(inside, depth[at] - depth[best], -1), depth[best] - meets, away,
        np.full(len(at), masses[best, 2] / max(1.0, float(masses[0, 2]))),
    ]  # fmt: skip
    return np.array(columns, np.float32).T


def _kinds(page: Page, at: NDArray[np.int64], size: Matrix, linked: Matrix, prose: Matrix) -> Matrix:
    """What the blocks of the same kind (tag, class, parent's tag and class) hold together."""
    _, inverse = np.unique(np.array(page.kinds, np.int64)[at], return_inverse=True)
    count = np.bincount(inverse)
    whole = max(1.0, float(prose.sum()))
    by_kind = np.bincount(inverse, prose) / whole
    density = np.bincount(inverse, size * linked) / np.maximum(1.0, np.bincount(inverse, size))
    return np.stack([count[inverse], by_kind[inverse], density[inverse]], axis=1).astype(np.float32)


def _whereabouts(
    blocks: Sequence[Block], size: Matrix, metadata: Metadata, title_index: int, at: NDArray[np.int64]
) -> Matrix:
    """Distance from the headline, position, repetition, and whether the page's own metadata claims the piece."""
    count = len(blocks)
    number = np.arange(count, dtype=np.float32)
    texts = [block.text for block in blocks]
    from_title = number - title_index if title_index >= 0 else np.full(count, -1000.0)
    before = np.cumsum(size) - size
    rows: list[NDArray[np.float64] | Matrix | list[float]] = [
        from_title,
        before / max(1.0, float(size.sum())),
        *_repeats(texts),
        *(np.broadcast_to(np.array(told, np.float64), count) for told in _claims(texts, metadata)),
    ]
    under = np.zeros(count)
    since = 99
    for index, block in enumerate(blocks):
        since = 0 if block.tag in _HEADINGS else since + 1
        under[index] = min(since, 99)
    fresh = np.ones(count)
    fresh[1:] = at[1:] != at[:-1]
    return np.stack([np.asarray(row, np.float64) for row in (*rows, under, fresh)], axis=1).astype(np.float32)


def _repeats(texts: Sequence[str]) -> tuple[list[float], list[float]]:
    """How often each text was said before, and how often it is said at all."""
    times: dict[str, int] = {}
    repeats = []
    for text in texts:
        seen = times.get(text, 0)
        times[text] = seen + 1
        repeats.append(float(seen))
    return repeats, [float(times[text]) for text in texts]


def _claims(texts: Sequence[str], metadata: Metadata) -> tuple[_Claim, _Claim, _Claim]:
    """Whether the page's own metadata claims each text as part of the body, of the summary (-1: it is too short to tell), or as the title."""
    body, summary = metadata.body, metadata.summary
    claimed: _Claim = -1.0
    summed: _Claim = -1.0
    if body:
        claimed = [float(text[5:65] in body) if len(text) > _SHORT else -1.0 for text in texts]
    if len(summary) > 2 * _SHORT:
        start = summary[:50]
        summed = [float(text in summary or start == text[:50]) if len(text) > _SHORT else -1.0 for text in texts]
    return claimed, summed, which_say(texts, {comparable(title) for title in metadata.titles}, 299)


def container_chances(page: Page, chance: Matrix, sizes: Matrix) -> Matrix:
    """The mean chance, weighted by size, of what stands in the block's element, its parent, and so on up (six levels); then of what stands
    in its list, table or section; then the share of the page's whole chance that each of the three nearest hold."""
    if native.LIBRARY is None:
        return _container_chances(page, chance, sizes)
    columns = np.empty((CONTAINER_COLUMNS, len(page.blocks)), np.float32)
    container_chances_into(page, chance, sizes, columns)
    return columns.T


def container_chances_into(page: Page, chance: Matrix, sizes: Matrix, columns: Matrix) -> None:
    """The same by the compiled core, into the first columns of a matrix."""
    units = np.fromiter(map(_UNIT_TAGS.get, page.tags, repeat(0)), np.uint8, len(page.tags))
    native.container_chances(_read_again(page).layout, units, chance, sizes, columns)


def _container_chances(page: Page, chance: Matrix, sizes: Matrix) -> Matrix:
    """The same in Python."""
    at = np.array([block.element for block in page.blocks], np.int64)
    elements = _Elements(page, at)
    masses = elements.masses([chance * sizes, sizes])
    mean = masses[:, 0] / np.maximum(1.0, masses[:, 1])
    share = masses[:, 0] / max(1e-6, float(masses[0, 0]))
    columns: list[NDArray[Any]] = []
    for level, here in enumerate(elements.up(6)):
        columns.append(mean[here])
        if 0 < level < 4:
            columns.append(share[here])
    units = _units(page)[at]
    columns += [mean[units], masses[units, 1]]
    return np.stack(columns, axis=1).astype(np.float32)


def _units(page: Page) -> NDArray[np.int64]:
    """For each element the outermost list or table that it belongs to, or itself."""
    units: list[int] = []
    for number, (tag, parent) in enumerate(zip(page.tags, page.parents, strict=True)):
        inside = parent >= 0 and _UNIT_TAGS.get(page.tags[units[parent]]) == _UNIT
        units.append(units[parent] if inside and _UNIT_TAGS.get(tag) != _ANEW else number)
    return np.array(units, np.int64)
