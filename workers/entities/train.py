"""Trains the embedded recogniser: `python -m workers.entities.train --bench ../shared/bench`. One command, the same result each time."""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson

from workers.entities.features import BUCKETS, featurize
from workers.entities.tagger import TAGS, Array, Model, viterbi

__all__ = ["SETS", "evaluate", "main", "read_set", "train"]

#: The permissive training sets, and the first hex digits of the SHA-256 of each file.
SETS = ("wikigold", "wnut17_train", "broad_twitter", "uner_ewt_dev")
_OUT = Path(__file__).parent / "data" / "tagger.npz"
_INDEX = {tag: number for number, tag in enumerate(TAGS)}
_KEEP = 3.0
Sentence = tuple[list[str], list[int]]


def read_set(bench: Path, name: str) -> list[Sentence]:
    """The sentences of a set; tags that we do not have read as O."""
    rows = (
        orjson.loads(line) for line in (bench / "entities" / f"{name}.jsonl").read_bytes().splitlines() if line.strip()
    )
    return [(row["tokens"], [_INDEX.get(tag, 0) for tag in row["tags"]]) for row in rows if row["tokens"]]


def train(sentences: Sequence[Sentence], epochs: int, seed: int = 7) -> tuple[Array, Array]:
    """Averaged structured perceptron; (emissions, transitions), the last row of which is the start."""
    emissions = np.zeros((BUCKETS, len(TAGS)), dtype=np.float32)
    totals = np.zeros_like(emissions)
    transitions = np.zeros((len(TAGS) + 1, len(TAGS)), dtype=np.float32)
    transition_totals = np.zeros_like(transitions)
    prepared = [(np.asarray(featurize(words)), tags) for words, tags in sentences]
    order = list(range(len(prepared)))
    shuffle = np.random.default_rng(seed)
    step = 1
    for epoch in range(epochs):
        shuffle.shuffle(order)
        wrong = 0
        for number in order:
            rows, gold = prepared[number]
            path = viterbi(emissions[rows].sum(axis=1), transitions)
            if path != gold:
                wrong += 1
                for at, (want, got) in enumerate(zip(gold, path, strict=True)):
                    if want != got:
                        np.add.at(emissions[:, want], rows[at], 1)
                        np.add.at(emissions[:, got], rows[at], -1)
                        np.add.at(totals[:, want], rows[at], step)
                        np.add.at(totals[:, got], rows[at], -step)
                for sequence, sign in ((gold, 1), (path, -1)):
                    for before, after in zip([-1, *sequence], sequence, strict=False):
                        transitions[before, after] += sign
                        transition_totals[before, after] += sign * step
            step += 1
        sys.stderr.write(f"epoch {epoch + 1}: {wrong} of {len(order)} sentences wrong\n")
    return emissions - totals / step, transitions - transition_totals / step


def quantize(emissions: Array, transitions: Array) -> dict[str, Array]:
    """Whole numbers; rows that hardly matter are left out."""
    scale = 127.0 / max(1e-6, float(np.quantile(np.abs(emissions[np.abs(emissions) > 0]), 0.999)))
    whole = np.clip(np.rint(emissions * scale), -127, 127).astype(np.int8)
    rows = np.flatnonzero(np.abs(whole).max(axis=1) >= _KEEP).astype(np.uint32)
    return {
        "shape": np.asarray(whole.shape),
        "rows": rows,
        "values": whole[rows],
        "transitions": np.rint(transitions * scale).astype(np.int32),
    }


def model_of(stored: dict[str, Array]) -> Model:
    """The model as it will be loaded."""
    emissions = np.zeros(tuple(stored["shape"]), dtype=np.int16)
    emissions[stored["rows"]] = stored["values"]
    return Model(emissions, stored["transitions"].astype(np.float32))


def evaluate(model: Model, sentences: Sequence[Sentence]) -> tuple[float, float, float]:
    """Precision, recall, F1 over exact spans of PER, ORG, LOC."""
    right = found = gold = 0
    for words, tags in sentences:
        want = _spans([TAGS[tag] for tag in tags])
        got = _spans([tag for tag, _ in model.tag(words)])
        right, found, gold = right + len(want & got), found + len(got), gold + len(want)
    precision, recall = right / max(1, found), right / max(1, gold)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    spans: set[tuple[int, int, str]] = set()
    start, kind = None, ""
    for at, tag in enumerate([*tags, "O"]):
        if start is not None and (tag == "O" or tag.startswith("B-") or tag[2:] != kind):
            spans.add((start, at, kind))
            start = None
        if tag != "O" and start is None:
            start, kind = at, tag[2:]
    return {span for span in spans if span[2] != "MISC"}


def main(arguments: list[str] | None = None) -> int:
    """Train and write the model; with --hold-out NAME train without that set, score on it, and write nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--hold-out", choices=SETS)
    options = parser.parse_args(arguments)
    sentences = []
    for name in SETS:
        data = (options.bench / "entities" / f"{name}.jsonl").read_bytes()
        sys.stderr.write(f"{name}: sha256 {hashlib.sha256(data).hexdigest()[:16]}\n")
        if name != options.hold_out:
            sentences += read_set(options.bench, name)
    stored = quantize(*train(sentences, options.epochs))
    if options.hold_out:
        precision, recall, f1 = evaluate(model_of(stored), read_set(options.bench, options.hold_out))
        sys.stderr.write(f"{options.hold_out} held out: P {precision:.4f} R {recall:.4f} F1 {f1:.4f}\n")
        return 0
    _OUT.parent.mkdir(exist_ok=True)
    np.savez_compressed(_OUT, **stored)  # type: ignore[arg-type]  # its stub takes the names for options
    sys.stderr.write(f"written {_OUT.name}: {_OUT.stat().st_size} bytes, {len(stored['rows'])} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
