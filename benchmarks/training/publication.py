"""Fit the weights of workers/cleaner/models/publication.json: `make train-publication`. The same data give the same file.

Data: the cleaning development pages (../shared/bench/cleaning), each as web page, as three kinds of text dump with its url known and unknown, and as
its bare body text, where the right answer is that nothing tells. A conditional logit over the dates of a page and over "no date" (McFadden 1974),
with a quadratic penalty. Pages are left out by domain in five parts to print what the weights are worth on sites they have not seen. The
publication-date pages of ../shared/bench/dates are not read.
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from schemas.articles import RawArticle
from workers.cleaner.body_model import load_models
from workers.cleaner.clean import choose
from workers.cleaner.dated_page import heading_of, page_of
from workers.cleaner.evidence import no_date, options_of

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "cleaning"
SHIPPED = ROOT / "workers" / "cleaner" / "models" / "publication.json"
DUMPS = ("block", "nodes", "raw")
#: What is taken for granted where the pages show too little of it: news pages have few comments and copyright lines with full dates. Round
#: numbers, set before any fit; the penalty draws to them instead of to zero.
PRIOR = {
    "comments": -1.5, "related": -1.0, "label_other": -2.0, "label_published": 1.0, "label_after": 1.0, "label_updated": -0.5, "url_day": 2.0,
    "url_only": 0.5, "url_other": -1.0, "url_month": 0.5, "url_near": -0.5, "clock": -1.0, "ahead": -1.0, "prose": -1.5, "sentence": -1.5, "low": -1.0,
    "crowd_3": -1.0, "short_year": -0.5, "byline_near": 0.5, "meta_line": 0.5, "reason_bad": -1.0,
    "leads": -0.5,
}  # fmt: skip
_FOLDS = 5
_STEPS = 500
_RATE = 0.05
#: A page's variants count together as one page; its bare body a little.
_WEIGHTS = {"html": 0.25, "dump": 0.125, "bare": 0.25}


class Example(NamedTuple):
    """A page in one form: the features of each date and, last, of none; which of them are right; how much it counts."""

    kind: str
    fold: int
    rows: list[Sequence[str]]
    right: list[bool]
    weight: float


def fold_of(domain: str) -> int:
    """The part a domain is left out in."""
    return int(hashlib.sha256(f"publication:{domain}".encode()).hexdigest(), 16) % _FOLDS


def example(kind: str, content: str, url: str | None, day: str, fold: int) -> Example:
    """A page's dates as the cleaner sees them."""
    html = kind == "html"
    raw = RawArticle(id="x", content=content, url=url, media_type="text/html" if html else "text/plain")
    choice = choose(raw, load_models())
    lines = [block.text for block in choice.blocks]
    title = choice.title_index if html else heading_of(lines)
    page = page_of(lines, title if title >= 0 else choice.title_index, url or "", choice.reasons)
    options = options_of(page)
    right = [option.candidate.day == day for option in options]
    rows = [*(option.features for option in options), no_date(page)]
    return Example(kind, fold, rows, [*right, not any(right)], _WEIGHTS[kind])


def examples() -> Iterator[Example]:
    """Every dated page in every form."""
    gold = json.loads((BENCH / "gold.json").read_text("utf-8"))
    dumps = [json.loads(gzip.decompress((BENCH / f"dump-{kind}.json.gz").read_bytes())) for kind in DUMPS]
    for key in sorted(gold):
        page = gold[key]
        day, fold, url = (page.get("date") or "")[:10], fold_of(page["domain"]), page.get("url")
        if len(day) == 10:
            yield example(
                "html", gzip.decompress((BENCH / "html" / f"{key}.html.gz").read_bytes()).decode(), url, day, fold
            )
            for dump in dumps:
                for known in (url, None):
                    yield example("dump", dump[key], known, day, fold)
        yield example("bare", page["articleBody"], None, "", fold)


class Table(NamedTuple):
    """All rows as numbers: a row's features, where each example begins, what is right, what it counts."""

    rows: np.ndarray
    begins: np.ndarray
    right: np.ndarray
    weight: np.ndarray


def table_of(found: Sequence[Example], names: Sequence[str]) -> Table:
    """The examples as one table."""
    place = {name: at for at, name in enumerate(names)}
    rows = np.zeros((sum(len(one.rows) for one in found), len(names)))
    begins, at = [], 0
    for one in found:
        begins.append(at)
        for features in one.rows:
            rows[at, [place[name] for name in features if name in place]] = 1
            at += 1
    right = np.array([true for one in found for true in one.right])
    weight = np.repeat([one.weight for one in found], [len(one.rows) for one in found])
    return Table(rows, np.array(begins), right, weight)


def fit(table: Table, names: Sequence[str], penalty: float) -> np.ndarray:
    """The weights, by gradient steps with momentum (Adam) from what is taken for granted."""
    sizes = np.diff([*table.begins, len(table.rows)])
    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    weights, first, second = prior.copy(), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, _STEPS + 1):
        points = table.rows @ weights
        masses = np.exp(points - np.repeat(np.maximum.reduceat(points, table.begins), sizes))
        share = masses / np.repeat(np.add.reduceat(masses, table.begins), sizes)
        held = masses * table.right
        target = held / np.repeat(np.add.reduceat(held, table.begins), sizes)
        gradient = table.rows.T @ ((share - target) * table.weight) + penalty * (weights - prior)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def right_of(found: Sequence[Example], names: Sequence[str], weights: np.ndarray) -> Counter[str]:
    """How many examples of each kind are answered right, by the most likely day or none."""
    worth = dict(zip(names, weights, strict=True))
    counts: Counter[str] = Counter()
    for one in found:
        points = [sum(worth.get(name, 0.0) for name in features) for features in one.rows]
        best = int(np.argmax(points))
        counts[one.kind] += one.right[best]
        counts[f"{one.kind} told"] += best < len(points) - 1
        counts[f"{one.kind} all"] += 1
        counts[f"{one.kind} possible"] += any(one.right[:-1])
    return counts


def main() -> None:
    """Cross-validate, print, fit on all, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--penalty", type=float, default=2.0)
    parser.add_argument("--least", type=int, default=20, help="features of fewer rows get no weight")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    found = list(examples())
    seen = Counter(name for one in found for features in one.rows for name in features)
    names = sorted({name for name, count in seen.items() if count >= options.least} | set(PRIOR))
    counts: Counter[str] = Counter()
    for fold in range(_FOLDS):
        weights = fit(table_of([one for one in found if one.fold != fold], names), names, options.penalty)
        counts += right_of([one for one in found if one.fold == fold], names, weights)
    for kind in _WEIGHTS:
        print(
            f"{kind:5s} sites not seen: {counts[kind] / counts[f'{kind} all']:.3f} right of {counts[f'{kind} all']}, "
            f"{counts[f'{kind} told']} answered, {counts[f'{kind} possible']} could be"
        )
    weights = fit(table_of(found, names), names, options.penalty)
    fitted = {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
    if not options.dry:
        SHIPPED.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    json.dump(fitted, sys.stdout)
    print()


if __name__ == "__main__":
    main()
