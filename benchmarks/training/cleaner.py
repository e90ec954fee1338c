"""Train the cleaner's models: `make train-cleaner`. The same data and code give the same files.

For web pages, and for text dumps of three kinds together: a first look, then a second look that reads what first looks gave that had not seen
the page. Beside the shipped models (trained on all pages) five are kept that each left out a fifth of the domains; the quality benchmark and
its floors read every page with the one that has not seen its domain.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from cleaner_examples import Example, Gold, data_hash, examples_of, load_gold

from workers.cleaner.trees import Trees, load_trees
from workers.cleaner.wording import Matrix

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "workers" / "cleaner" / "models" / "body.npz"
FOLDS = ROOT / "benchmarks" / "quality" / "cleaning_folds.npz"
#: What the models in the repository were trained on; other data needs --any-data.
DATA_SHA256 = "64a8cf3d6dc8d0c3a059f8f67843ec5658b3a80bf046f74428f6abbb4ac5b877"
#: Of each look: how many trees, how deep, how much of each is taken.
_TREES = {
    "page.1": (300, 6, 0.06),
    "page.2": (200, 6, 0.06),
    "line.1": (200, 6, 0.08),
    "line.2": (120, 6, 0.08),
    "title.1": (80, 4, 0.08),
    "headline.1": (150, 5, 0.08),
}
_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


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


def train(kind: str, gold: Gold, folder: Path) -> None:
    """Both looks of one kind of input; leaves KIND.1.npz and KIND.2.npz in the folder."""
    examples = examples_of(kind, gold, folder)
    print(f"{kind}: {len(examples)} examples, {sum(len(example.rows) for example in examples)} pieces", flush=True)
    first = _fit(f"{kind}.1", examples, [example.rows for example in examples], folder)
    if f"{kind}.2" not in _TREES:
        return
    unseen = [first[f"fold{example.fold}"].chances(example.rows) for example in examples]
    rows = [example.second(chance) for example, chance in zip(examples, unseen, strict=True)]
    second = _fit(f"{kind}.2", examples, rows, folder)
    again = [second[f"fold{example.fold}"].chances(part) for example, part in zip(examples, rows, strict=True)]
    if kind == "page":
        again = [(one + other) / 2 for one, other in zip(unseen, again, strict=True)]
    _show_thresholds(kind, examples, again)


def _show_thresholds(kind: str, examples: Sequence[Example], chances: Sequence[Matrix]) -> None:
    """What each threshold would give, every whole page by a model that had not seen its domain: F1 of the mean precision and recall, in words and
    without any rule. page.py and dump.py hold the thresholds that are used; they should lie on the plateau."""
    whole = [(one, chance) for one, chance in zip(examples, chances, strict=True) if one.whole]
    print(f"{kind}: F1 by threshold", end="")
    for threshold in _THRESHOLDS:
        scores = [_precision_recall(example, chance >= threshold) for example, chance in whole]
        precision, recall = np.mean(scores, axis=0)
        print(f"  {threshold:.2f} {2 * precision * recall / (precision + recall):.4f}", end="")
    print(flush=True)


def _precision_recall(example: Example, chosen: np.ndarray) -> tuple[float, float]:
    hit = float(example.weight[chosen & example.right].sum())
    return hit / max(1e-9, float(example.weight[chosen].sum())), hit / float(example.weight[example.right].sum())


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
    parser.add_argument("--work", type=Path, help="keep the parts here; the files are written once all parts are there")
    parser.add_argument("--kinds", default="title,page,line,headline", help="what to train, in this order")
    arguments = parser.parse_args()
    found = data_hash()
    print(f"data {found}")
    if DATA_SHA256 and found != DATA_SHA256 and not arguments.any_data:
        sys.exit(
            f"the data is not what the shipped models were trained on ({DATA_SHA256}); --any-data trains on it all the same"
        )
    gold = load_gold()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.work or Path(temporary)
        for kind in arguments.kinds.split(","):
            train(kind, gold, folder)
        if all((folder / f"{look}.npz").is_file() for look in _TREES):
            _collect(folder, SHIPPED, lambda model: model == "all")
            _collect(folder, FOLDS, lambda model: model != "all")
            for path in (SHIPPED, FOLDS):
                print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
