"""Fit boosted oblivious trees with CatBoost, one model for each fold left out and one on all; started by cleaner.py in the peers' environment:
boost.py ROWS.npz MODELS.npz TREES DEPTH RATE. The same rows give the same models: fixed seed, one thread a model, two models at a time."""

import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier

_SEED = 7
_AT_ONCE = 2


def fit(rows, right, weight, trees: int, depth: int, rate: float) -> dict[str, np.ndarray]:
    """The model as arrays: features, borders (a row a tree), leaves, bias."""
    model = CatBoostClassifier(
        iterations=trees, depth=depth, learning_rate=rate, l2_leaf_reg=6, rsm=0.3, random_seed=_SEED, thread_count=1, border_count=64,
        bootstrap_type="Bernoulli", subsample=0.7, verbose=False, allow_writing_files=False,
    )  # fmt: skip
    model.fit(rows, right, sample_weight=weight)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        stored = json.loads(path.read_text(encoding="utf-8"))
    columns = [feature["flat_feature_index"] for feature in stored["features_info"]["float_features"]]
    grown = [tree for tree in stored["oblivious_trees"] if tree["splits"]]
    features = np.zeros((len(grown), depth), np.int16)
    borders = np.full((len(grown), depth), np.inf, np.float32)
    leaves = np.zeros((len(grown), 1 << depth), np.float32)
    scale, bias = stored["scale_and_bias"]
    bias = bias[0] if isinstance(bias, list) else bias
    for number, tree in enumerate(grown):
        for place, split in enumerate(tree["splits"]):
            features[number, place] = columns[split["float_feature_index"]]
            borders[number, place] = split["border"]
        leaves[number, : len(tree["leaf_values"])] = np.array(tree["leaf_values"]) * scale
    bias += sum(tree["leaf_values"][0] * scale for tree in stored["oblivious_trees"] if not tree["splits"])
    return {"features": features, "borders": borders, "leaves": leaves.astype(np.float16), "bias": np.float32(bias)}


def _without(source: str, left_out: int, settings: tuple[int, int, float]) -> dict[str, np.ndarray]:
    """The model of all rows but those of one fold; of all rows for -1."""
    with np.load(source) as stored:
        kept = stored["folds"] != left_out
        rows, right, weight = (stored[name][kept] for name in ("rows", "right", "weight"))
    return fit(rows, right, weight, *settings)


def main() -> None:
    """Models `all`, `fold0`, `fold1`, ... in one file."""
    source, target, trees, depth, rate = sys.argv[1:6]
    with np.load(source) as stored:
        folds = [-1, *sorted(set(stored["folds"].tolist()))]
    arrays = {}
    with ProcessPoolExecutor(_AT_ONCE) as pool:
        settings = (int(trees), int(depth), float(rate))
        for left_out, model in zip(
            folds, pool.map(_without, [source] * len(folds), folds, [settings] * len(folds)), strict=True
        ):
            name = "all" if left_out < 0 else f"fold{left_out}"
            arrays |= {f"{name}.{key}": value for key, value in model.items()}
            print(f"  {name}", file=sys.stderr, flush=True)
    np.savez_compressed(target, **arrays)


if __name__ == "__main__":
    main()
