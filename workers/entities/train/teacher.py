"""The accurate teacher: all-MiniLM-L6-v2 with a head that sees casing and gazetteers, its upper layers fine-tuned on the permissive sets.

The lower layers stay as they are; what they give is kept between epochs, which halves the work on a CPU. `minilm` at run time is this model.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from workers.entities.features import FLAGS, MARKS, flags_of, marks_of
from workers.entities.tagger import TAGS
from workers.entities.train.encoder import LAYERS, WIDTH, Params, WordPieces, embed, run_layers
from workers.entities.train.sets import Example

__all__ = ["FROZEN", "LENGTHS", "teach", "teacher_scores"]

FROZEN = 4
#: Sentences are padded to one of these numbers of pieces; longer ones are left out of training and cut when tagging.
LENGTHS = (16, 32, 48, 64, 96, 160)
_PIECES = 1536
_HEAD = 128
Array = Any
_WEIGHTS = {"wikiann_en_train": 0.3, "broad_twitter": 0.6, "wnut17_train": 0.8, "newswire": 0.7, "teacher": 0.5}
_UNKNOWN_MISC = [0, TAGS.index("B-MISC"), TAGS.index("I-MISC")]


@dataclass
class Group:
    """Sentences of one padded length: piece ids, masks, the pieces where words begin, their features and allowed tags."""

    ids: Array
    mask: Array
    starts: Array
    casing: Array
    allowed: Array
    weights: Array
    numbers: list[int]


def casing(words: Sequence[str]) -> Array:
    """Flags and marks of each word of a sentence, as 0 and 1."""
    found = np.zeros((len(words), FLAGS + MARKS), np.float32)
    for at, word in enumerate(words):
        found[at, flags_of(word)] = 1
    for at, mark in marks_of(words):
        found[at, FLAGS + mark] = 1
    return found


def groups(examples: Sequence[Example], pieces: WordPieces) -> Iterator[Group]:
    """Batches of about _PIECES pieces each."""
    by_length: dict[int, list[tuple[int, list[int], list[int]]]] = {length: [] for length in LENGTHS}
    for number, example in enumerate(examples):
        ids, starts = pieces.sentence(example.words)
        length = next((length for length in LENGTHS if len(ids) <= length), None)
        if length is not None:
            by_length[length].append((number, ids, starts))
    for length, lines in by_length.items():
        size = _PIECES // length
        for at in range(0, len(lines), size):
            chunk = lines[at : at + size]
            group = Group(
                np.zeros((size, length), np.int32), np.zeros((size, length), np.float32), np.zeros((size, length), np.float32),
                np.zeros((size, length, FLAGS + MARKS), np.float32), np.ones((size, length, len(TAGS)), np.float32), np.zeros((size, length), np.float32), [],
            )  # fmt: skip
            for row, (number, ids, starts) in enumerate(chunk):
                example = examples[number]
                group.ids[row, : len(ids)] = ids
                group.mask[row, : len(ids)] = 1
                group.starts[row, starts] = 1
                group.casing[row, starts] = casing(example.words)
                allowed = np.eye(len(TAGS), dtype=np.float32)
                if not example.misc:
                    allowed[0, _UNKNOWN_MISC] = 1
                group.allowed[row, starts] = allowed[example.tags]
                group.weights[row, starts] = _WEIGHTS.get(example.source, 1.0)
                group.numbers.append(number)
            yield group


def _head(rng: np.random.Generator) -> Params:
    def dense(rows: int, columns: int) -> Array:
        return jnp.asarray(rng.normal(0, np.sqrt(1.5 / rows), (rows, columns)).astype(np.float32))

    return {
        "w1": dense(WIDTH + FLAGS + MARKS, _HEAD),
        "b1": jnp.zeros(_HEAD),
        "w2": dense(_HEAD, len(TAGS)),
        "b2": jnp.zeros(len(TAGS)),
    }


def apply(upper: Params, deep: Array, mask: Array, seen: Array, key: Array | None = None) -> Array:
    """Scores of the tags for every piece; those where words begin count."""
    top = run_layers(upper["layers"], deep, mask, key)
    if key is not None:
        seen = seen * jax.random.bernoulli(jax.random.fold_in(key, 99), 0.85, (*seen.shape[:2], 1))
    hidden = jax.nn.relu(jnp.concatenate([top, seen], -1) @ upper["head"]["w1"] + upper["head"]["b1"])
    return hidden @ upper["head"]["w2"] + upper["head"]["b2"]


def lower(encoder: Params) -> Any:
    """The frozen part, compiled: piece ids and mask to what the upper layers read."""
    return jax.jit(lambda ids, mask: run_layers(encoder["layers"][:FROZEN], embed(encoder["embeddings"], ids), mask))


def teach(
    encoder: Params, pieces: WordPieces, examples: Sequence[Example], epochs: int, seed: int = 7, rate: float = 1.5e-4
) -> Params:
    """Fine-tune the upper layers and the head; the result goes to teacher_scores."""
    rng = np.random.default_rng(seed)
    packed = list(groups(examples, pieces))
    frozen = lower(encoder)
    kept = [np.asarray(frozen(group.ids, group.mask)).astype(np.float16) for group in packed]
    sys.stderr.write(f"teacher: {len(packed)} batches, lower layers done\n")
    upper: Params = {"layers": encoder["layers"][FROZEN:LAYERS], "head": _head(rng)}
    total = epochs * len(packed)
    schedule = optax.warmup_cosine_decay_schedule(0.0, rate, total // 10, total, 0.0)
    slow = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=0.01))
    fast = optax.adamw(optax.warmup_cosine_decay_schedule(0.0, 2e-3, total // 10, total, 0.0))
    optimizer = optax.multi_transform({"slow": slow, "fast": fast}, {"layers": "slow", "head": "fast"})
    state = optimizer.init(upper)

    def loss(upper: Params, deep: Array, mask: Array, seen: Array, allowed: Array, weights: Array, key: Array) -> Array:
        logs = jax.nn.log_softmax(apply(upper, deep, mask, seen, key))
        each = -jax.nn.logsumexp(logs + jnp.log(allowed + 1e-9), axis=-1)
        return (each * weights).sum() / weights.sum()

    def step_once(upper: Params, state: Any, deep: Array, *rest: Array) -> tuple[Params, Any, Array]:
        value, gradient = jax.value_and_grad(loss)(upper, deep.astype(jnp.float32), *rest)
        change, state = optimizer.update(gradient, state, upper)
        return optax.apply_updates(upper, change), state, value

    update = jax.jit(step_once)
    key, step = jax.random.PRNGKey(seed), 0
    for epoch in range(epochs):
        losses = []
        for number in rng.permutation(len(packed)):
            group = packed[number]
            upper, state, value = update(
                upper,
                state,
                kept[number],
                group.mask,
                group.casing,
                group.allowed,
                group.weights,
                jax.random.fold_in(key, step),
            )
            losses.append(float(value))
            step += 1
        sys.stderr.write(f"teacher epoch {epoch + 1}: loss {np.mean(losses):.4f}\n")
        sys.stderr.flush()
    return upper


def teacher_scores(
    encoder: Params, upper: Params, pieces: WordPieces, examples: Sequence[Example]
) -> list[Array | None]:
    """Log-probabilities of the tags for every word; None for a sentence that is too long."""
    frozen = lower(encoder)
    run = jax.jit(lambda deep, mask, seen: jax.nn.log_softmax(apply(upper, deep, mask, seen)))
    found: list[Array | None] = [None] * len(examples)
    for group in groups(examples, pieces):
        scores = np.asarray(run(frozen(group.ids, group.mask), group.mask, group.casing))
        for row, number in enumerate(group.numbers):
            found[number] = scores[row][group.starts[row] > 0]
    return found
