"""What the cleaner's models learn from: the development pages and dumps as rows of features, each piece labelled by aligning it with the gold body.

Beside each page as it is stand two variants with little around the body, since aggregators often leave just that.
"""

import difflib
import gzip
import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from workers.cleaner.blocks import Page, read_page
from workers.cleaner.body_model import line_rows, line_second_rows, page_rows, page_second_rows
from workers.cleaner.headlines import body_start, headline_candidates, headline_rows
from workers.cleaner.metadata import Metadata, read_metadata
from workers.cleaner.segments import Segment, split_dump
from workers.cleaner.titles import candidates, headline_anchor, title_rows
from workers.cleaner.trees import load_trees
from workers.cleaner.wording import Matrix
from workers.text.normalize import normalize

__all__ = ["DUMPS", "Example", "Gold", "data_hash", "examples_of", "load_gold"]

BENCH = Path(__file__).resolve().parents[3] / "shared" / "bench" / "cleaning"
DUMPS = ("block", "nodes", "raw")
Gold = dict[str, dict[str, str]]
_FOLD_COUNT = 5
#: How much a thinned variant weighs beside the whole page.
_THINNED = 0.3
#: The most a page weighs, where its body weighs 1: precision is lost once, however much clutter stands around the body.
_MOST_WEIGHT = 4.0
#: A page that shows less than this of its gold body (in words) cannot teach what body is.
_LEAST_SHOWN = 0.5
#: This share of the variants with the whole body has nothing else.
_ONLY_BODY = 0.4
_TOKEN = re.compile(r"\w+")


class Example(NamedTuple):
    """A page or a dump: the rows of its first look, which pieces are body, how much each weighs, its fold, how to make second rows, and
    whether it is the page as it was found or a variant."""

    rows: Matrix
    right: np.ndarray
    weight: np.ndarray
    fold: int
    second: Callable[[Matrix], Matrix]
    whole: bool = True


class Thinning(NamedTuple):
    """How short variants are drawn: how many, the most pieces of body in one, whether they begin where the body does; the share of the
    stretches of clutter that stay, and what stays of one (start, end, chooser)."""

    short_variants: int
    longest_body: int
    from_start: bool
    kept_stretches: float
    some: Callable[[int, int, random.Random], range]


def _few(start: int, end: int, chooser: random.Random) -> range:
    first = chooser.randrange(start, end)
    return range(first, min(end, first + chooser.randrange(1, 8)))


def _more(start: int, end: int, chooser: random.Random) -> range:
    """Up to twelve, in half of the cases those right before or after the body."""
    size = min(end - start, chooser.randrange(1, 13))
    first = chooser.randrange(start, end - size + 1)
    if chooser.random() < 0.5:
        first = end - size if start == 0 else start
    return range(first, first + size)


#: Dumps need many short variants, or the last sentence of a short story looks like the first line below a long one. For pages as many cost
#: .003 of F1 (.955 to .952, each page by a model that had not seen its domain).
OF_PAGES, OF_DUMPS = Thinning(1, 6, True, 0.5, _few), Thinning(3, 10, False, 0.6, _more)


def fold_of(domain: str) -> int:
    """Which fifth of the data a domain belongs to."""
    return int(hashlib.sha256(domain.encode()).hexdigest(), 16) % _FOLD_COUNT


def load_gold() -> Gold:
    """The gold fields of each page."""
    loaded: Gold = json.loads((BENCH / "gold.json").read_text(encoding="utf-8"))
    return loaded


def data_hash() -> str:
    """Of the names and contents of all files that are read, in order."""
    total = hashlib.sha256()
    for path in [
        BENCH / "gold.json",
        *(BENCH / f"dump-{kind}.json.gz" for kind in DUMPS),
        *sorted((BENCH / "html").iterdir()),
    ]:
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def aligned_shares(texts: Sequence[str], body: str) -> np.ndarray:
    """For each text the share of its words that the gold body holds at the matching place (longest matching blocks, difflib)."""
    words = [_TOKEN.findall(text) for text in texts]
    flat = [word for piece in words for word in piece]
    hit = np.zeros(len(flat) + 1, np.int64)
    for start, _, size in difflib.SequenceMatcher(
        None, flat, _TOKEN.findall(body), autojunk=False
    ).get_matching_blocks():
        hit[start : start + size] = 1
    ends = np.cumsum([len(piece) for piece in words])
    sums = np.concatenate([[0], np.cumsum(hit)])
    return np.array(
        [
            (sums[end] - sums[end - len(piece)]) / len(piece) if piece else 0.0
            for end, piece in zip(ends, words, strict=True)
        ]
    )


def _example(
    texts: Sequence[str],
    rows: Matrix,
    right: np.ndarray,
    gold: dict[str, str],
    second: Callable[[Matrix], Matrix],
    weight: float = 1.0,
) -> Example:
    words = np.array([len(_TOKEN.findall(text)) for text in texts], np.float32)
    # A page counts once however long it is, as in the score; a piece counts by its words.
    weights = (words + 3) / ((words * right).sum() + 30)
    weights *= weight * min(1.0, _MOST_WEIGHT / float(weights.sum()))
    return Example(rows, right, weights, fold_of(gold["domain"]), second, weight == 1.0)


def _shows_body(texts: Sequence[str], right: np.ndarray, body: str) -> bool:
    """Whether the pieces taken for body hold enough of the gold: some pages were saved without their text, or as a single line."""
    shown = sum(len(_TOKEN.findall(text)) for text, is_body in zip(texts, right.tolist(), strict=True) if is_body)
    return shown >= _LEAST_SHOWN * len(_TOKEN.findall(body))


def page_examples(content: str, gold: dict[str, str]) -> list[Example]:
    """A web page, whole and thinned; none where its body is not shown."""
    tree, metadata = read_metadata(normalize(content))
    page = read_page(tree)
    texts, body = [block.text for block in page.blocks], normalize(gold["articleBody"])
    right = aligned_shares(texts, body) >= 0.5
    if not texts or not _shows_body(texts, right, body):
        return []
    return [_page_example(page, metadata, right, gold), *(
        _page_example(replace(page, blocks=[page.blocks[number] for number in kept]), metadata, right[kept], gold, _THINNED)
        for kept in thinned(right, gold["articleBody"], OF_PAGES)
    )]  # fmt: skip


def _page_example(
    page: Page, metadata: Metadata, right: np.ndarray, gold: dict[str, str], weight: float = 1.0
) -> Example:
    rows = page_rows(page, metadata, headline_anchor(page.blocks, metadata))
    return _example(
        [block.text for block in page.blocks],
        rows,
        right,
        gold,
        lambda chance: page_second_rows(page, rows, chance),
        weight,
    )


def thinned(right: np.ndarray, seed: str, way: Thinning) -> list[np.ndarray]:
    """Which pieces are left of a page that came with little around its body, or with nothing: aggregators often leave just that. One variant
    with the whole body and some with a stretch of it, chosen by the hash of the body; none where there is no body."""
    if not right.any():
        return []
    chooser = random.Random(seed)
    variants = [_thinned(right, chooser, way, only_body=chooser.random() < _ONLY_BODY)]
    body = np.flatnonzero(right)
    for _ in range(way.short_variants):
        start = 0 if way.from_start else chooser.randrange(len(body))
        short = np.zeros(len(right), bool)
        short[body[start : start + chooser.randrange(1, way.longest_body + 1)]] = True
        left = np.flatnonzero(short | ~right)
        variants.append(left[_thinned(short[left], chooser, way, only_body=False)])
    return variants


def _thinned(right: np.ndarray, chooser: random.Random, way: Thinning, *, only_body: bool) -> np.ndarray:
    """The body, and of the stretches of clutter some or none, a few pieces of each."""
    kept, number = [], 0
    while number < len(right):
        end = number
        while end < len(right) and right[end] == right[number]:
            end += 1
        if right[number]:
            kept += range(number, end)
        elif not only_body and chooser.random() < way.kept_stretches:
            kept += way.some(number, end, chooser)
        number = end
    return np.array(kept)


def title_examples(content: str, gold: dict[str, str]) -> list[Example]:
    """The candidates for the headline of a web page; none where the gold names none."""
    tree, metadata = read_metadata(normalize(content))
    blocks = read_page(tree).blocks
    found = candidates(blocks, metadata)
    if not gold.get("title") or not found:
        return []
    rows = title_rows(blocks, metadata, found)
    right = np.array([folded(one.text) == folded(gold["title"]) for one in found])
    return [Example(rows, right, np.ones(len(found)), fold_of(gold["domain"]), lambda _: rows)]


def folded(text: str) -> str:
    """As the scorer compares titles: words only, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(_TOKEN.findall("".join(mark for mark in decomposed if not unicodedata.combining(mark))))


def dump_examples(content: str, gold: dict[str, str]) -> list[Example]:
    """A text dump, whole and thinned; none where its body is not in it."""
    segments = split_dump(normalize(content))
    texts, body = [segment.text for segment in segments], normalize(gold["articleBody"])
    right = aligned_shares(texts, body) >= 0.5
    if not texts or not _shows_body(texts, right, body):
        return []
    _mend_split_words(segments, right)
    return [_dump_example(segments, right, gold), *(
        _dump_example([segments[number] for number in kept], right[kept], gold, _THINNED) for kept in thinned(right, gold["articleBody"], OF_DUMPS)
    )]  # fmt: skip


def _dump_example(segments: Sequence[Segment], right: np.ndarray, gold: dict[str, str], weight: float = 1.0) -> Example:
    rows = line_rows(segments)
    return _example(
        [segment.text for segment in segments], rows, right, gold, lambda chance: line_second_rows(rows, chance), weight
    )


def _mend_split_words(segments: Sequence[Segment], right: np.ndarray) -> None:
    """The halves of a name such as "BioNTech" match no gold word; between body on both sides they are body."""
    for number in range(1, len(segments) - 1):
        if segments[number].glue == 2 and segments[number + 1].glue == 2 and len(segments[number].text) < 20:
            right[number] |= right[number - 1] and right[number + 1]


def headline_examples(gold: Gold, folder: Path) -> list[Example]:
    """The candidates for the headline of each dump, around the body that line models which had not seen the domain found."""
    first_look, second_look = load_trees(folder / "line.1.npz"), load_trees(folder / "line.2.npz")
    found = []
    for kind in DUMPS:
        for name, text in _read_dump(kind, gold):
            segments, title, fold = split_dump(normalize(text)), gold[name].get("title"), fold_of(gold[name]["domain"])
            if not segments or not title:
                continue
            rows = line_rows(segments)
            chances = second_look[f"fold{fold}"].chances(
                line_second_rows(rows, first_look[f"fold{fold}"].chances(rows))
            )
            right = aligned_shares([segment.text for segment in segments], normalize(gold[name]["articleBody"])) >= 0.5
            for kept in (np.arange(len(segments)), *thinned(right, gold[name]["articleBody"], OF_DUMPS)):
                found += _headline_example([segments[number] for number in kept], chances[kept], title, fold)
    return found


def _headline_example(segments: Sequence[Segment], chances: Matrix, title: str, fold: int) -> list[Example]:
    chosen = (chances >= 0.5).tolist()
    first = body_start(segments, chosen, chances)
    found = headline_candidates(segments, [None] * len(segments), first)
    if not found:
        return []
    rows = headline_rows(segments, found, chosen, chances, first)
    right = np.array([folded(one.text) == folded(title) for one in found])
    return [Example(rows, right, np.ones(len(found)), fold, lambda _: rows)]


def examples_of(kind: str, gold: Gold, folder: Path) -> list[Example]:
    """All examples of a kind ("page", "line", "title", "headline"), in a fixed order; headlines need the line models in the folder."""
    if kind == "headline":
        return headline_examples(gold, folder)
    if kind == "line":
        return [
            example
            for dump in DUMPS
            for name, text in _read_dump(dump, gold)
            for example in dump_examples(text, gold[name])
        ]
    read = page_examples if kind == "page" else title_examples
    return [example for name in sorted(gold) for example in read(_read_page(name), gold[name])]


def _read_page(name: str) -> str:
    return gzip.decompress((BENCH / "html" / f"{name}.html.gz").read_bytes()).decode()


def _read_dump(kind: str, gold: Gold) -> list[tuple[str, str]]:
    texts = json.loads(gzip.decompress((BENCH / f"dump-{kind}.json.gz").read_bytes()))
    return [(name, texts[name]) for name in sorted(gold)]
