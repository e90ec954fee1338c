"""Static word vectors distilled from the encoder: each word alone through its lower layers, reduced by PCA (after Tulkens & van Dongen 2024, Model2Vec)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from workers.entities.train.encoder import WordPieces, embed, encoder_params, run_layers

__all__ = ["distil_vectors"]

_DEPTH = 4
_BATCH = 512
Array = np.ndarray[Any, Any]


def distil_vectors(folder: Path, words: Sequence[str], width: int) -> Array:
    """One row of `width` floats for each word, of unit variance over all."""
    params, pieces = encoder_params(folder), WordPieces(folder)

    def reckon(ids: Any, mask: Any) -> Any:
        start = embed(params["embeddings"], ids)
        deep = run_layers(params["layers"][:_DEPTH], start, mask)
        inner = mask.at[:, 0].set(0.0)[..., None]
        mean = (deep * inner).sum(1) / jnp.maximum(1.0, inner.sum(1))
        return jnp.concatenate([mean, (start * inner).sum(1) / jnp.maximum(1.0, inner.sum(1))], axis=-1)

    vectors = jax.jit(reckon)
    rows: list[Array] = []
    for at in range(0, len(words), _BATCH):
        lines = [[101, *pieces.pieces(word), 102] for word in words[at : at + _BATCH]]
        ids, mask = np.zeros((_BATCH, 8), np.int32), np.zeros((_BATCH, 8), np.float32)
        mask[:, 0] = 1
        for number, line in enumerate(lines):
            ids[number, : len(line)], mask[number, : len(line)] = line, 1
            mask[number, len(line) - 1] = 0
        rows.append(np.asarray(vectors(ids, mask))[: len(lines)])
    full = np.concatenate(rows)
    full = (full - full.mean(0)) / (full.std(0) + 1e-6)
    _, basis = np.linalg.eigh(np.cov(full.T))
    reduced = full @ basis[:, ::-1][:, :width]
    return np.asarray(reduced / (np.sqrt(np.arange(width) / width + 0.25) * reduced.std(0)), dtype=np.float32)
