"""The all-MiniLM-L6-v2 encoder (Apache-2.0) in JAX: six BERT layers of width 384, uncased WordPiece. For training only."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

__all__ = ["LAYERS", "WIDTH", "Params", "WordPieces", "embed", "encoder_params", "run_layers"]

WIDTH = 384
LAYERS = 6
_HEADS = 12
Params = dict[str, Any]
Array = Any


class WordPieces:
    """Words to WordPiece ids; `first` is where each word's first piece stands."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._known: dict[str, list[int]] = {}

    def pieces(self, word: str) -> list[int]:
        """The ids of one word, at most six; a word that has none is [UNK]."""
        found = self._known.get(word)
        if found is None:
            found = self._tokenizer.encode(word, add_special_tokens=False).ids[:6] or [100]
            self._known[word] = found
        return found

    def sentence(self, words: list[str]) -> tuple[list[int], list[int]]:
        """(ids with [CLS] and [SEP], the place of each word's first piece)."""
        ids, first = [101], []
        for word in words:
            first.append(len(ids))
            ids += self.pieces(word)
        return [*ids, 102], first


def encoder_params(folder: Path) -> Params:
    """The weights as a nested dict; `layers` is a list from the lowest."""
    raw = load_file(str(folder / "model.safetensors"))
    raw = {name.removeprefix("bert."): value.astype(np.float32) for name, value in raw.items()}
    layers = []
    for number in range(LAYERS):
        at = f"encoder.layer.{number}."
        names = {
            "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
            "n1": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "n2": "output.LayerNorm",
        }  # fmt: skip
        layer = {}
        for short, long in names.items():
            weight, bias = raw[f"{at}{long}.weight"], raw[f"{at}{long}.bias"]
            layer[short] = {"w": weight if short.startswith("n") else weight.T.copy(), "b": bias}
        layers.append(layer)
    embeddings = {
        "word": raw["embeddings.word_embeddings.weight"],
        "place": raw["embeddings.position_embeddings.weight"],
        "type": raw["embeddings.token_type_embeddings.weight"][0],
        "norm": {"w": raw["embeddings.LayerNorm.weight"], "b": raw["embeddings.LayerNorm.bias"]},
    }
    placed: Params = jax.tree.map(jnp.asarray, {"embeddings": embeddings, "layers": layers})
    return placed


def _norm(params: Params, x: Array) -> Array:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(spread + 1e-12) * params["w"] + params["b"]


def _dense(params: Params, x: Array) -> Array:
    return x @ params["w"] + params["b"]


def embed(params: Params, ids: Array) -> Array:
    """The input of the first layer, shape (batch, length, 384)."""
    x = params["word"][ids] + params["place"][: ids.shape[1]] + params["type"]
    return _norm(params["norm"], x)


def run_layers(layers: list[Params], x: Array, mask: Array, key: Array | None = None, drop: float = 0.1) -> Array:
    """The layers' output; `mask` is 1 where there is a piece. With a key, with dropout."""
    batch, length, width = x.shape
    bias = (1.0 - mask[:, None, None, :]) * -1e9

    def dropped(x: Array) -> Array:
        nonlocal key
        if key is None:
            return x
        key, now = jax.random.split(key)
        return jnp.where(jax.random.bernoulli(now, 1 - drop, x.shape), x / (1 - drop), 0.0)

    def heads(x: Array) -> Array:
        return x.reshape(batch, length, _HEADS, width // _HEADS).transpose(0, 2, 1, 3)

    for layer in layers:
        q, k, v = (heads(_dense(layer[name], x)) for name in "qkv")
        weights = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) / np.sqrt(width // _HEADS) + bias, axis=-1)
        mixed = (weights @ v).transpose(0, 2, 1, 3).reshape(batch, length, width)
        x = _norm(layer["n1"], x + dropped(_dense(layer["o"], mixed)))
        x = _norm(
            layer["n2"], x + dropped(_dense(layer["down"], jax.nn.gelu(_dense(layer["up"], x), approximate=False)))
        )
    return x
