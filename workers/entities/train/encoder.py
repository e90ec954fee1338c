"""The encoders all-MiniLM-L6-v2 and all-mpnet-base-v2 (both Apache-2.0) in JAX, uncased WordPiece. For training only.

MPNet (Song et al. 2020) differs from BERT in that each pair of pieces also gets a learnt bias for how far apart they stand, the same in all layers.
"""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

__all__ = ["Params", "WordPieces", "embed", "encoder_params", "nearness", "run_layers"]

_HEADS = 12
Params = dict[str, Any]
Array = Any


class WordPieces:
    """Words to WordPiece ids; `first` is where each word's first piece stands."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        known = self._tokenizer.get_vocab()
        self._begin, self._end = (known["<s>"], known["</s>"]) if "<s>" in known else (known["[CLS]"], known["[SEP]"])
        self._unknown = known["[UNK]"]
        self._known: dict[str, list[int]] = {}

    def pieces(self, word: str) -> list[int]:
        """The ids of one word, at most six; a word that has none is [UNK]."""
        found = self._known.get(word)
        if found is None:
            found = self._tokenizer.encode(word, add_special_tokens=False).ids[:6] or [self._unknown]
            self._known[word] = found
        return found

    def sentence(self, words: list[str]) -> tuple[list[int], list[int]]:
        """(ids with [CLS] and [SEP], the place of each word's first piece)."""
        ids, first = [self._begin], []
        for word in words:
            first.append(len(ids))
            ids += self.pieces(word)
        return [*ids, self._end], first


_BERT = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
    "n1": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "n2": "output.LayerNorm",
}  # fmt: skip
_MPNET = _BERT | {
    "q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v", "o": "attention.attn.o", "n1": "attention.LayerNorm",
}  # fmt: skip
_NEAR = "encoder.relative_attention_bias.weight"
#: MPNet counts places from 2: 0 and 1 are kept for padding.
_FIRST_PLACE = 2


def encoder_params(folder: Path) -> Params:
    """The weights as a nested dict; `layers` is a list from the lowest, `near` is None where distance has no bias."""
    raw = load_file(str(folder / "model.safetensors"))
    raw = {name.removeprefix("bert."): value for name, value in raw.items()}
    mpnet = _NEAR in raw
    layers: list[Params] = []
    while f"encoder.layer.{len(layers)}.output.dense.weight" in raw:
        at = f"encoder.layer.{len(layers)}."
        layer: Params = {}
        for short, long in (_MPNET if mpnet else _BERT).items():
            weight, bias = raw[f"{at}{long}.weight"], raw[f"{at}{long}.bias"]
            layer[short] = {"w": weight if short.startswith("n") else weight.T.copy(), "b": bias}
        layers.append(layer)
    places, width = raw["embeddings.position_embeddings.weight"], raw["embeddings.LayerNorm.bias"].shape
    embeddings = {
        "word": raw["embeddings.word_embeddings.weight"],
        "place": places[_FIRST_PLACE:] if mpnet else places,
        "type": np.zeros(width, np.float32) if mpnet else raw["embeddings.token_type_embeddings.weight"][0],
        "norm": {"w": raw["embeddings.LayerNorm.weight"], "b": raw["embeddings.LayerNorm.bias"]},
    }
    placed: Params = jax.tree.map(
        lambda array: jnp.asarray(array, jnp.float32),
        {"embeddings": embeddings, "layers": layers, "near": raw.get(_NEAR)},
    )
    return placed


def nearness(params: Params, length: int) -> Array:
    """The bias of every pair of places, shape (heads, length, length); 0 for BERT. The 32 steps of distance are those of T5 (Raffel et al. 2020)."""
    if params["near"] is None:
        return 0.0
    half, exact, farthest = 16, 8, 128
    apart = np.arange(length)[:, None] - np.arange(length)[None, :]
    far = np.abs(apart)
    steps = exact + (np.log(np.maximum(far, 1) / exact) / np.log(farthest / exact) * (half - exact)).astype(int)
    bucket = (apart < 0) * half + np.where(far < exact, far, np.minimum(steps, half - 1))
    return params["near"][bucket].transpose(2, 0, 1)


def _norm(params: Params, x: Array) -> Array:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(spread + 1e-12) * params["w"] + params["b"]


def _dense(params: Params, x: Array) -> Array:
    return x @ params["w"] + params["b"]


def embed(params: Params, ids: Array) -> Array:
    """The input of the first layer, shape (batch, length, width)."""
    x = params["word"][ids] + params["place"][: ids.shape[1]] + params["type"]
    return _norm(params["norm"], x)


def run_layers(
    layers: list[Params], x: Array, mask: Array, near: Array = 0.0, key: Array | None = None, drop: float = 0.1
) -> Array:
    """The layers' output; `mask` is 1 where there is a piece, `near` is that of nearness(). With a key, with dropout."""
    batch, length, width = x.shape
    bias = (1.0 - mask[:, None, None, :]) * -1e9 + near

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
