"""Train the cleaner's models: `make train-cleaner`. The same data and code give the same files.

For web pages, and for text dumps of three kinds together: a first look, then a second look that reads what first looks gave that had not seen
the page. Beside the shipped models (trained on all pages) five are kept that each left out a fifth of the domains; the quality benchmark and
its floors read every page with the one that has not seen its domain.
"""

import argparse
import difflib
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
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
from workers.cleaner.trees import Trees, load_trees
from workers.cleaner.wording import Matrix
from workers.text.normalize import normalize

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "cleaning"
SHIPPED = ROOT / "workers" / "cleaner" / "models" / "body.npz"
FOLDS = ROOT / "benchmarks" / "quality" / "cleaning_folds.npz"
DUMPS = ("block", "nodes", "raw")
#: What the models in the repository were trained on; other data needs --any-data.
DATA_SHA256 = "64a8cf3d6dc8d0c3a059f8f67843ec5658b3a80bf046f74428f6abbb4ac5b877"
_FOLD_COUNT = 5
#: How much a thinned variant weighs beside the whole page.
_THINNED = 0.3
_TREES = {
    "page.1": (300, 6, 0.06),
    "page.2": (200, 6, 0.06),
    "line.1": (200, 6, 0.08),
    "line.2": (120, 6, 0.08),
    "title.1": (80, 4, 0.08),
    "headline.1": (150, 5, 0.08),
}
_TOKEN = re.compile(r"\w+")


class Example(NamedTuple):
    """A page or a dump: the rows of its first look, which pieces are body, how much each weighs, its fold, and how to make second rows."""

    rows: Matrix
    right: np.ndarray
    weight: np.ndarray
    fold: int
    second: Callable[[Matrix], Matrix]


def fold_of(domain: str) -> int:
    """Which fifth of the data a domain belongs to."""
    return int(hashlib.sha256(domain.encode()).hexdigest(), 16) % _FOLD_COUNT


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
    weights = weight * (words + 3) / ((words * right).sum() + 30)
    return Example(rows, right, weights, fold_of(gold["domain"]), second)


def page_examples(content: str, gold: dict[str, str]) -> list[Example]:
    """A web page, whole and thinned; none where nothing is visible."""
    tree, metadata = read_metadata(normalize(content))
    page = read_page(tree)
    if not page.blocks:
        return []
    right = aligned_shares([block.text for block in page.blocks], normalize(gold["articleBody"])) >= 0.5
    return [_page_example(page, metadata, right, gold), *(
        _page_example(replace(page, blocks=[page.blocks[number] for number in kept]), metadata, right[kept], gold, _THINNED)
        for kept in thinned(right, gold["articleBody"])
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


def thinned(right: np.ndarray, seed: str) -> list[np.ndarray]:
    """Which pieces are left of a page that came with little around its body, or with nothing: aggregators often leave just that. One variant a
    page, chosen by the hash of the body; none where there is no body."""
    if not right.any():
        return []
    chooser = random.Random(seed)
    only_body = chooser.random() < 0.4
    kept, number = [], 0
    while number < len(right):
        end = number
        while end < len(right) and right[end] == right[number]:
            end += 1
        if right[number]:
            kept += range(number, end)
        elif not only_body and chooser.random() < 0.5:
            start = chooser.randrange(number, end)
            kept += range(start, min(end, start + chooser.randrange(1, 8)))
        number = end
    return [np.array(kept)]


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
    """A text dump, whole and thinned; none where it is empty."""
    segments = split_dump(normalize(content))
    if not segments:
        return []
    right = aligned_shares([segment.text for segment in segments], normalize(gold["articleBody"])) >= 0.5
    _mend_split_words(segments, right)
    return [_dump_example(segments, right, gold), *(
        _dump_example([segments[number] for number in kept], right[kept], gold, _THINNED) for kept in thinned(right, gold["articleBody"])
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


def headline_examples(gold: dict[str, dict[str, str]], folder: Path) -> list[Example]:
    """The candidates for the headline of each dump, around the body that line models which had not seen the domain found."""
    first_look, second_look = load_trees(folder / "line.1.npz"), load_trees(folder / "line.2.npz")
    found = []
    for kind in DUMPS:
        texts = json.loads(gzip.decompress((BENCH / f"dump-{kind}.json.gz").read_bytes()))
        for name in sorted(gold):
            segments, title, fold = (
                split_dump(normalize(texts[name])),
                gold[name].get("title"),
                fold_of(gold[name]["domain"]),
            )
            if not segments or not title:
                continue
            rows = line_rows(segments)
            chances = second_look[f"fold{fold}"].chances(
                line_second_rows(rows, first_look[f"fold{fold}"].chances(rows))
            )
            right = aligned_shares([segment.text for segment in segments], normalize(gold[name]["articleBody"])) >= 0.5
            for kept in (np.arange(len(segments)), *thinned(right, gold[name]["articleBody"])):
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


def _examples(kind: str, gold: dict[str, dict[str, str]]) -> list[Example]:
    if kind == "line":
        dumps = [json.loads(gzip.decompress((BENCH / f"dump-{dump}.json.gz").read_bytes())) for dump in DUMPS]
        return [
            example for texts in dumps for name in sorted(gold) for example in dump_examples(texts[name], gold[name])
        ]
    read = page_examples if kind == "page" else title_examples
    pages = (
        (gzip.decompress((BENCH / "html" / f"{name}.html.gz").read_bytes()).decode(), gold[name])
        for name in sorted(gold)
    )
    return [example for content, right in pages for example in read(content, right)]


def _fit(name: str, examples: Sequence[Example], rows: Sequence[Matrix], folder: Path) -> dict[str, Trees]:
    source, target = folder / f"{name}-rows.npz", folder / f"{name}.npz"
    weight = np.concatenate([example.weight for example in examples])
    np.savez(
        source, rows=np.concatenate(rows), right=np.concatenate([example.right for example in examples]).astype(np.int8),
        weight=weight / weight.mean(), folds=np.repeat([example.fold for example in examples], [len(part) for part in rows]),
    )  # fmt: skip
    python = ROOT / ".venv-peers" / "bin" / "python"
    subprocess.run(
        [str(python), str(Path(__file__).with_name("boost.py")), str(source), str(target), *map(str, _TREES[name])],
        check=True,
    )
    source.unlink()
    return load_trees(target)


def train(kind: str, gold: dict[str, dict[str, str]], folder: Path) -> None:
    """Both looks of one kind of input; leaves KIND.1.npz and KIND.2.npz in the folder."""
    examples = headline_examples(gold, folder) if kind == "headline" else _examples(kind, gold)
    print(f"{kind}: {len(examples)} examples, {sum(len(example.rows) for example in examples)} pieces", flush=True)
    first = _fit(f"{kind}.1", examples, [example.rows for example in examples], folder)
    if f"{kind}.2" not in _TREES:
        return
    unseen = [first[f"fold{example.fold}"].chances(example.rows) for example in examples]
    _fit(
        f"{kind}.2",
        examples,
        [example.second(chance) for example, chance in zip(examples, unseen, strict=True)],
        folder,
    )


def _collect(folder: Path, target: Path, wanted: Callable[[str], bool]) -> None:
    """The models whose name is wanted, of all kinds and looks, in one file: LOOK.ARRAY for the shipped, FOLD/LOOK.ARRAY for the others."""
    arrays = {}
    for look in _TREES:
        with np.load(folder / f"{look}.npz") as stored:
            for name, value in stored.items():
                model, _, array = name.partition(".")
                if wanted(model):
                    arrays[f"{look}.{array}" if model == "all" else f"{model}/{look}.{array}"] = value
    np.savez_compressed(target, **arrays)


def main() -> None:
    """Train and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--any-data", action="store_true", help="train on data other than what the shipped models saw")
    parser.add_argument("--work", type=Path, help="keep the parts here, and only train the kinds that are missing")
    parser.add_argument("--kinds", default="title,page,line,headline")
    arguments = parser.parse_args()
    found = data_hash()
    print(f"data {found}")
    if DATA_SHA256 and found != DATA_SHA256 and not arguments.any_data:
        sys.exit(
            f"the data is not what the shipped models were trained on ({DATA_SHA256}); --any-data trains on it all the same"
        )
    gold = json.loads((BENCH / "gold.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.work or Path(temporary)
        for kind in arguments.kinds.split(","):
            train(kind, gold, folder)
        if all((folder / f"{look}.npz").is_file() for look in _TREES):
            _collect(folder, SHIPPED, lambda model: model == "all")
            _collect(folder, FOLDS, lambda model: model != "all")


if __name__ == "__main__":
    main()
