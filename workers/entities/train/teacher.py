"""The accurate teacher: all-MiniLM-L6-v2 with a head that sees casing and gazetteers, the upper four of its six layers fine-tuned on the permissive sets.

The lower two layers and the embeddings stay as they are. `minilm` at run time is this model.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
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

#: How many of the lower layers are not trained.
FROZEN = 2
#: Sentences are padded to one of these numbers of pieces; longer ones are left out of training and cut when tagging.
LENGTHS = (16, 24, 32, 48, 64, 96, 128)
_PIECES = 768
_HEAD = 128
Array = Any
_WEIGHTS = {
    "wikiann_en_train": 0.3,
    "broad_twitter": 0.6,
    "wnut17_train": 0.8,
    "newswire": 0.7,
    "teacher": 0.7,
    "doubtful": 0.3,
}
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


def embedded(encoder: Params) -> Any:
    """The part that is not trained, compiled: piece ids and mask to what the trained layers read."""

    def reckon(ids: Array, mask: Array) -> Array:
        return run_layers(encoder["layers"][:FROZEN], embed(encoder["embeddings"], ids), mask)

    return jax.jit(reckon)


def teach(
    encoder: Params,
    pieces: WordPieces,
    draw: Callable[[int], Sequence[Example]],
    epochs: int,
    kept: Path | None = None,
    begin: Params | None = None,
    seed: int = 7,
    rate: float = 1.5e-4,
) -> Params:
    """Fine-tune the layers and the head on what `draw(epoch)` gives; the result goes to teacher_scores.

    `begin` is where it starts, otherwise the encoder with a fresh head. With `kept`, the state is written there after every epoch, and a run that finds one goes on from it.
    """
    packed = list(groups(draw(0), pieces))
    upper = begin or {"layers": encoder["layers"][FROZEN:LAYERS], "head": _head(np.random.default_rng(seed))}
    upper = jax.tree.map(jnp.array, upper)  # copies: what is given to a step is overwritten
    optimizer = _optimizer(rate, epochs * len(packed))
    state, begun = optimizer.init(upper), 0
    if kept is not None and kept.exists():
        begun, upper, state = _restored(kept, upper, state)
        sys.stderr.write(f"teacher: goes on after epoch {begun}\n")
    update = _update(encoder, optimizer)
    key = jax.random.key(seed, impl="rbg")
    for epoch in range(begun, epochs):
        packed = packed if epoch == 0 else list(groups(draw(epoch), pieces))
        losses: list[float] = []
        for number in np.random.default_rng(seed + epoch).permutation(len(packed)):
            group = packed[number]
            batch = (group.ids, group.mask, group.casing, group.allowed, group.weights)
            upper, state, value = update(upper, state, batch, jax.random.fold_in(key, epoch * 100_000 + len(losses)))
            losses.append(float(value))
            if len(losses) % 50 == 0:
                sys.stderr.write(f"teacher: {len(losses)} of {len(packed)} batches, loss {np.mean(losses[-50:]):.4f}\n")
        sys.stderr.write(f"teacher epoch {epoch + 1}: loss {np.mean(losses):.4f}\n")
        if kept is not None:
            _keep(kept, epoch + 1, upper, state)
    return upper


def _optimizer(rate: float, total: int) -> Any:
    """Layers learn slowly, the head fast; both warm up for a tenth of the steps and die down to zero."""
    schedule = optax.warmup_cosine_decay_schedule(0.0, rate, total // 10, total, 0.0)
    slow = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=0.01))
    fast = optax.adamw(optax.warmup_cosine_decay_schedule(0.0, 2e-3, total // 10, total, 0.0))
    return optax.multi_transform({"slow": slow, "fast": fast}, {"layers": "slow", "head": "fast"})


def _update(encoder: Params, optimizer: Any) -> Any:
    """One step, compiled."""
    base = embedded(encoder)

    def loss(upper: Params, batch: tuple[Array, ...], key: Array) -> Array:
        ids, mask, seen, allowed, weights = batch
        logs = jax.nn.log_softmax(apply(upper, base(ids, mask), mask, seen, key))
        each = -jax.nn.logsumexp(logs + jnp.log(allowed + 1e-9), axis=-1)
        return (each * weights).sum() / weights.sum()

    def step(upper: Params, state: Any, batch: tuple[Array, ...], key: Array) -> tuple[Params, Any, Array]:
        value, gradient = jax.value_and_grad(loss)(upper, batch, key)
        change, state = optimizer.update(gradient, state, upper)
        return optax.apply_updates(upper, change), state, value

    return jax.jit(step, donate_argnums=(0, 1))


def _keep(path: Path, epoch: int, upper: Params, state: Any) -> None:
    leaves = jax.tree.leaves((upper, state))
    half = path.with_suffix(".part.npz")
    arrays: dict[str, Any] = {f"a{number}": np.asarray(leaf) for number, leaf in enumerate(leaves)}
    np.savez(half, epoch=epoch, **arrays)
    half.replace(path)


def _restored(path: Path, upper: Params, state: Any) -> tuple[int, Params, Any]:
    with np.load(path) as stored:
        leaves, shape = jax.tree.flatten((upper, state))
        upper, state = jax.tree.unflatten(shape, [jnp.asarray(stored[f"a{number}"]) for number in range(len(leaves))])
        return int(stored["epoch"]), upper, state


def teacher_scores(
    encoder: Params, upper: Params, pieces: WordPieces, examples: Sequence[Example]
) -> list[Array | None]:
    """Log-probabilities of the tags for every word; None for a sentence that is too long."""
    base = embedded(encoder)
    run = jax.jit(lambda deep, mask, seen: jax.nn.log_softmax(apply(upper, deep, mask, seen)))
    found: list[Array | None] = [None] * len(examples)
    for group in groups(examples, pieces):
        scores = np.asarray(run(base(group.ids, group.mask), group.mask, group.casing))
        for row, number in enumerate(group.numbers):
            found[number] = scores[row][group.starts[row] > 0]
    return found
