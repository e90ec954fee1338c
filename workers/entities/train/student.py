"""The student: word features through a small network, then convolutions over the sentence; trained in JAX, exported for NumPy.

One long row of words holds many sentences with gaps between, as at run time: a gap is zeros, so nothing leaks across.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from workers.entities.features import BUCKETS, FLAGS, MARKS, flags_of, marks_of, parts_of
from workers.entities.tagger import TAGS
from workers.entities.train.sets import Example
from workers.entities.train.vectors import WordTable

__all__ = ["GAP", "SOURCES", "Design", "Lexicon", "scores_of", "train_student"]

GAP = 4
SOURCES = (
    "wikigold",
    "uner_ewt_dev",
    "wnut17_train",
    "broad_twitter",
    "wikiann_en_train",
    "newswire",
    "teacher",
    "doubtful",
)
_WEIGHTS = {
    "wikiann_en_train": 0.25,
    "broad_twitter": 0.6,
    "wnut17_train": 0.8,
    "newswire": 0.6,
    "teacher": 0.5,
    "doubtful": 0.5,
}
#: What a word weighs whose shares of the tags the MiniLM tells.
_SHARES_WEIGH = 0.8
Array = Any
Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Design:
    """The shape of the network and how it is trained. `hidden`: the width of a layer over the word alone, beside the linear one; 0: none."""

    vectors: tuple[int, ...] = (64, 64)
    hashed: int = 48
    hidden: int = 0
    width: int = 96
    dilations: tuple[int, ...] = (1, 1, 2)
    crf: bool = False
    epochs: int = 3
    batch: int = 2048
    rate: float = 2e-3
    drop: float = 0.25
    seed: int = 7


class Lexicon:
    """Numbers for words, and what each word's features are; a word has at most one row in each table of vectors."""

    def __init__(self, tables: Sequence[WordTable]) -> None:
        self.tables = [
            np.concatenate([np.zeros((1, table.vectors.shape[1]), np.float32), table.vectors]).astype(np.float32)
            for table in tables
        ]
        self._rows = [table.rows for table in tables]
        self._numbers: dict[str, int] = {}
        self.rows: list[list[int]] = [[0] * len(tables)]
        self.parts: list[list[int]] = [[0] * 8]
        self.flags: list[list[int]] = [[]]

    def number(self, word: str) -> int:
        """The word's number; 0 is the gap."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.rows)
            low = word.lower()
            self.rows.append([rows.get(low, -1) + 1 for rows in self._rows])
            self.parts.append(parts_of(word))
            self.flags.append(flags_of(word))
        return found

    def arrays(self) -> tuple[Array, Array, Array]:
        """(a row in each table of vectors, spelling buckets, flags as 0 and 1) by word number."""
        flags = np.zeros((len(self.flags), FLAGS), np.float32)
        for at, on in enumerate(self.flags):
            flags[at, on] = 1
        return np.asarray(self.rows, np.int32), np.asarray(self.parts, np.int32), flags


@dataclass(frozen=True, slots=True)
class Batch:
    """One row of words: numbers, marks, the tags that are right (1 where allowed), a teacher's shares of the tags (0 where none), weights, sources."""

    words: Array
    marks: Array
    allowed: Array
    shares: Array
    weights: Array
    sources: Array


_ALLOWED = np.eye(len(TAGS), dtype=np.float32)
_UNKNOWN_MISC = _ALLOWED.copy()
_UNKNOWN_MISC[0, [TAGS.index("B-MISC"), TAGS.index("I-MISC")]] = 1


def batches(examples: Sequence[Example], lexicon: Lexicon, size: int) -> Iterator[Batch]:
    """The examples in their order, packed into rows of `size` words."""

    def fresh() -> Batch:
        return Batch(
            np.zeros(size, np.int32),
            np.zeros((size, MARKS), np.float32),
            np.ones((size, len(TAGS)), np.float32),
            np.zeros((size, len(TAGS)), np.float32),
            np.zeros(size, np.float32),
            np.zeros((size, len(SOURCES)), np.float32),
        )

    batch, at = fresh(), GAP
    for example in examples:
        count = len(example.words)
        if count > size - 2 * GAP:
            continue
        if at + count + GAP > size:
            yield batch
            batch, at = fresh(), GAP
        batch.words[at : at + count] = [lexicon.number(word) for word in example.words]
        for word, mark in marks_of(example.words):
            batch.marks[at + word, mark] = 1
        table = _ALLOWED if example.misc else _UNKNOWN_MISC
        if example.shares is None:
            batch.allowed[at : at + count] = table[example.tags]
        else:
            batch.shares[at : at + count] = example.shares
        batch.weights[at : at + count] = _WEIGHTS.get(example.source, 1.0) if example.shares is None else _SHARES_WEIGH
        batch.sources[at : at + count, SOURCES.index(example.source)] = 1
        at += count + GAP
    yield batch


def initial(design: Design, seed: int) -> Params:
    """Random weights."""
    rng = np.random.default_rng(seed)

    def dense(rows: int, columns: int, scale: float = 1.0) -> Array:
        return jnp.asarray(rng.normal(0, scale * np.sqrt(2.0 / rows), (rows, columns)).astype(np.float32))

    width, features = design.width, sum(design.vectors) + design.hashed + FLAGS
    params: Params = {
        "hashed": jnp.asarray(rng.normal(0, 0.1, (BUCKETS, design.hashed)).astype(np.float32)),
        "in_w": dense(features, width), "in_b": jnp.zeros(width),
        "marks": dense(MARKS, width, 0.1), "sources": dense(len(SOURCES), width, 0.05),
        "layers": [{"w": dense(3 * width, width, 0.7), "b": jnp.zeros(width)} for _ in design.dilations],
    }  # fmt: skip
    if design.hidden:
        params |= {"deep_w": dense(features, design.hidden), "deep_b": jnp.zeros(design.hidden)}
        params["deep_out"] = dense(design.hidden, width, 0.5)
    out = {"out_w": dense(width, len(TAGS), 0.5), "out_b": jnp.zeros(len(TAGS))}
    return params | out | {"moves": jnp.zeros((len(TAGS) + 1, len(TAGS)))}


def shifted(x: Array, by: int) -> Array:
    """Row t holds what row t - by held; zeros come in."""
    pad = jnp.zeros((abs(by), x.shape[1]), x.dtype)
    return jnp.concatenate([pad, x[:-by]]) if by > 0 else jnp.concatenate([x[-by:], pad])


def forward(
    params: Params,
    design: Design,
    features: tuple[Sequence[Array], Array, Array],
    present: Array,
    marks: Array,
    sources: Array,
    key: Array | None,
) -> Array:
    """Scores of the tags for every word of the row."""
    vectors, parts, flags = features
    hashed = params["hashed"][parts]
    if key is not None:
        keys = jax.random.split(key, 8)
        vectors = [
            table * jax.random.bernoulli(jax.random.fold_in(keys[0], number), 0.85, (len(table), 1))
            for number, table in enumerate(vectors)
        ]
        hashed = (
            hashed
            * jax.random.bernoulli(keys[1], 0.85, (*hashed.shape[:2], 1))
            * jax.random.bernoulli(keys[6], 0.9, (len(parts), 1, 1))
        )
        gazetteers = jnp.concatenate(
            [
                jnp.ones((len(flags), 14)),
                jnp.repeat(jax.random.bernoulli(keys[2], 0.85, (len(flags), 1)), FLAGS - 14, 1),
            ],
            1,
        )
        flags = flags * gazetteers
        marks = marks * jax.random.bernoulli(keys[3], 0.8, (len(marks), 1))
        sources = sources * jax.random.bernoulli(keys[4], 0.5, (len(sources), 1))
    word = jnp.concatenate([*vectors, hashed.sum(1), flags], 1)
    alone = word @ params["in_w"] + params["in_b"]
    if "deep_w" in params:
        alone += jax.nn.relu(word @ params["deep_w"] + params["deep_b"]) @ params["deep_out"]
    x = jax.nn.relu(alone + marks @ params["marks"] + sources @ params["sources"])
    if key is not None:
        x = x * jax.random.bernoulli(keys[5], 1 - design.drop, x.shape) / (1 - design.drop)
    x = x * present
    for number, (layer, dilation) in enumerate(zip(params["layers"], design.dilations, strict=True)):
        around = jnp.concatenate([shifted(x, dilation), x, shifted(x, -dilation)], 1)
        new = jax.nn.relu(around @ layer["w"] + layer["b"])
        if key is not None:
            new = (
                new
                * jax.random.bernoulli(jax.random.fold_in(keys[7], number), 1 - design.drop, new.shape)
                / (1 - design.drop)
            )
        x = (x + new) * present
    return x @ params["out_w"] + params["out_b"]


def _crf_loss(scores: Array, moves: Array, allowed: Array, weights: Array) -> Array:
    """Negative log-likelihood of all allowed paths, sentence by sentence along the row; a word of weight 0 is a gap."""

    def step(carry: Array, at: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        free, bound = carry
        score, mask, present = at
        new_free = jax.nn.logsumexp(free[:, None] + moves, axis=0) + score
        new_bound = jax.nn.logsumexp(bound[:, None] + moves, axis=0) + score + jnp.log(mask + 1e-10)
        start = jnp.concatenate([jnp.full(len(TAGS), -1e9), jnp.zeros(1)])
        padded_free = jnp.where(present, jnp.concatenate([new_free, jnp.full(1, -1e9)]), start)
        padded_bound = jnp.where(present, jnp.concatenate([new_bound, jnp.full(1, -1e9)]), start)
        was = jnp.where(present, 0.0, jax.nn.logsumexp(free) - jax.nn.logsumexp(bound))
        return (padded_free, padded_bound), was

    start = jnp.concatenate([jnp.full(len(TAGS), -1e9), jnp.zeros(1)])
    _, lost = jax.lax.scan(step, (start, start), (scores, allowed, weights > 0))
    return lost.sum()


def _look_up(lexicon: Lexicon, design: Design) -> Callable[[Array], list[Array]]:
    tables = [jnp.asarray(table[:, :width]) for table, width in zip(lexicon.tables, design.vectors, strict=True)]
    return lambda rows: [table[rows[:, number]] for number, table in enumerate(tables)]


def train_student(
    draw: Callable[[int], Sequence[Example]],
    lexicon: Lexicon,
    design: Design,
    check: Callable[[int, Params], None] | None = None,
) -> Params:
    """Train on what `draw(epoch)` gives; returns the averaged weights of the last epochs."""
    params = initial(design, design.seed)
    first = list(batches(draw(0), lexicon, design.batch))
    total = design.epochs * len(first)
    schedule = optax.warmup_cosine_decay_schedule(0.0, design.rate, total // 20, total, design.rate * 0.02)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=0.01))
    state = optimizer.init(params)
    looked_up = _look_up(lexicon, design)

    def loss(params: Params, batch: tuple[Array, ...], key: Array) -> Array:
        rows, parts, flags, present, marks, allowed, shares, weights, sources = batch
        scores = forward(params, design, (looked_up(rows), parts, flags), present[:, None], marks, sources, key)
        if design.crf:
            return (
                _crf_loss(scores, params["moves"], allowed, weights) / weights.sum()
                + 1e-4 * (params["moves"] ** 2).sum()
            )
        logs = jax.nn.log_softmax(scores)
        each = -jax.nn.logsumexp(logs + jnp.log(allowed + 1e-9), axis=1) - (shares * logs).sum(1)
        return (each * weights).sum() / weights.sum()

    def step_once(
        params: Params, state: Any, average: Params, batch: tuple[Array, ...], key: Array
    ) -> tuple[Params, Any, Params, Array]:
        value, gradient = jax.value_and_grad(loss)(params, batch, key)
        change, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, change)
        average = jax.tree.map(lambda old, new: 0.995 * old + 0.005 * new, average, params)
        return params, state, average, value

    update = jax.jit(step_once)
    average, key, step = params, jax.random.key(design.seed, impl="rbg"), 0
    for epoch in range(design.epochs):
        packed = first if epoch == 0 else list(batches(draw(epoch), lexicon, design.batch))
        rows, parts, flags = lexicon.arrays()
        order = np.random.default_rng(design.seed + epoch).permutation(len(packed))
        losses = []
        for number in order:
            one = packed[number]
            words = one.words
            batch = (
                rows[words],
                parts[words],
                flags[words],
                (words > 0).astype(np.float32),
                one.marks,
                one.allowed,
                one.shares,
                one.weights,
                one.sources,
            )
            params, state, average, value = update(params, state, average, batch, jax.random.fold_in(key, step))
            losses.append(float(value))
            step += 1
            if step == 200:
                average = params
        sys.stderr.write(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}\n")
        sys.stderr.flush()
        if check is not None:
            check(epoch, average)
    return average


def scores_of(
    params: Params, design: Design, lexicon: Lexicon, examples: Sequence[Example], source: str | None = None
) -> list[np.ndarray[Any, Any]]:
    """The scores of each example's words."""
    found: list[np.ndarray[Any, Any]] = []
    looked_up = _look_up(lexicon, design)
    run = jax.jit(
        lambda rows, parts, flags, present, marks, sources: forward(
            params, design, (looked_up(rows), parts, flags), present[:, None], marks, sources, None
        )
    )
    for batch in batches(examples, lexicon, 4096):
        rows, parts, flags = lexicon.arrays()
        words = batch.words
        sources = np.zeros_like(batch.sources)
        if source:
            sources[:, SOURCES.index(source)] = 1
        scores = np.asarray(
            run(rows[words], parts[words], flags[words], (words > 0).astype(np.float32), batch.marks, sources)
        )
        starts = np.flatnonzero((batch.weights[1:] > 0) & (batch.weights[:-1] == 0)) + 1
        ends = np.flatnonzero((batch.weights[:-1] > 0) & (batch.weights[1:] == 0)) + 1
        found += [scores[start:end] for start, end in zip(starts, ends, strict=True)]
    return found
