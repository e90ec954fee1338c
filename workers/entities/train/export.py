"""The student's weights as the run-time file: whole numbers of eight bits with a scale per column, small arrays as 16-bit floats."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workers.entities.places import name_key
from workers.entities.train.student import Design

__all__ = ["stored_weights", "write_model"]

Array = np.ndarray[Any, Any]
_EIGHT_BITS = ("vectors", "hashed")


def _quantized(name: str, values: Array) -> dict[str, Array]:
    scale = np.abs(values).max(axis=0) / 127.0 + 1e-12
    return {name: np.rint(values / scale).astype(np.int8), f"{name}/scale": scale.astype(np.float32)}


def stored_weights(params: dict[str, Any], design: Design, words: Sequence[str], vectors: Array) -> dict[str, Array]:
    """The arrays that `workers.entities.tagger.Tagger` reads. The sources' bias is that of none: zero."""
    keys = np.asarray([name_key(word) for word in words], np.uint64)
    order = np.argsort(keys, kind="stable")
    found: dict[str, Array] = {
        "keys": keys[order],
        "order": order.astype(np.uint32),
        "dilations": np.asarray(design.dilations, np.uint8),
        **_quantized("vectors", np.asarray(vectors[:, : design.vector], np.float32)),
        **_quantized("hashed", np.asarray(params["hashed"])),
    }
    for name in ("in_w", "in_b", "marks", "out_w", "out_b"):
        found[name] = np.asarray(params[name]).astype(np.float16)
    found["moves"] = np.asarray(params["moves"] if design.crf else np.zeros_like(params["moves"])).astype(np.float16)
    for at, layer in enumerate(params["layers"]):
        found[f"layer{at}_w"] = np.asarray(layer["w"]).astype(np.float16)
        found[f"layer{at}_b"] = np.asarray(layer["b"]).astype(np.float16)
    return found


def write_model(path: Path, stored: dict[str, Array]) -> int:
    """Write the file; returns its size in bytes."""
    np.savez_compressed(path, **stored)  # type: ignore[arg-type]  # its stub takes the names for options
    return path.stat().st_size
