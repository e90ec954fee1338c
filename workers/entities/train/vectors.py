"""Static word vectors: those distilled from the encoder (each word alone through its lower layers, after Tulkens & van Dongen 2024, Model2Vec),
and those of spaCy's en_core_web_md (Explosion Vectors, CC0: learned from news, Wikipedia and subtitles, 20,000 rows that similar words share)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from workers.entities.train.encoder import WordPieces, embed, encoder_params, run_layers

__all__ = ["WordTable", "distil_vectors", "shared_vectors"]

_DEPTH = 4
_BATCH = 512
#: Rarer words (Zipf scale of the package wordfreq: 1.5 is 3 in 100 million words) are left out of the shared vectors.
_RAREST = 1.5
Array = np.ndarray[Any, Any]


class WordTable(NamedTuple):
    """Vectors, and the row of each word in small letters."""

    rows: dict[str, int]
    vectors: Array


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
    return _reduced(np.concatenate(rows), width)


def shared_vectors(model: Path, width: int) -> WordTable:
    """The vectors of a spaCy model's folder for words of letters alone."""
    from spacy.strings import StringStore  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  training only
    from spacy.vectors import Vectors  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from wordfreq import zipf_frequency  # noqa: PLC0415

    strings = StringStore().from_disk(model / "vocab" / "strings.json")
    stored = Vectors().from_disk(model / "vocab")
    rows: dict[str, int] = {}
    for key, row in stored.key2row.items():
        word = strings[key].lower()
        if word.isalpha() and word not in rows and zipf_frequency(word, "en") >= _RAREST:
            rows[word] = int(row)
    return WordTable(rows, _reduced(np.asarray(stored.data, np.float32), width))


def _reduced(full: Array, width: int) -> Array:
    """The first principal components, evened out."""
    full = (full - full.mean(0)) / (full.std(0) + 1e-6)
    _, basis = np.linalg.eigh(np.cov(full.T))
    reduced = full @ basis[:, ::-1][:, :width]
    return np.asarray(reduced / (np.sqrt(np.arange(width) / width + 0.25) * reduced.std(0)), dtype=np.float32)
