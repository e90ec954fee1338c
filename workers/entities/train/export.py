"""The student's weights as the run-time file: whole numbers of eight bits with a scale per column, small arrays as 16-bit floats."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workers.entities.tagger import word_key
from workers.entities.train.student import Design
from workers.entities.train.vectors import WordTable

__all__ = ["in_eight_bits", "stored_weights", "write_minilm", "write_model"]

Array = np.ndarray[Any, Any]


def _quantized(name: str, values: Array) -> dict[str, Array]:
    scale = np.abs(values).max(axis=0) / 127.0 + 1e-12
    return {name: np.rint(values / scale).astype(np.int8), f"{name}/scale": scale.astype(np.float32)}


def stored_weights(params: dict[str, Any], design: Design, tables: Sequence[WordTable]) -> dict[str, Array]:
    """The arrays that `workers.entities.tagger.Tagger` reads. The sources' bias is that of none: zero."""
    found: dict[str, Array] = {
        "dilations": np.asarray(design.dilations, np.uint8),
        **_quantized("hashed", np.asarray(params["hashed"])),
    }
    for number, (table, width) in enumerate(zip(tables, design.vectors, strict=True)):
        keys = np.asarray([word_key(word) for word in table.rows], np.uint32)
        order = np.argsort(keys, kind="stable")
        found[f"keys{number}"] = keys[order]
        found[f"rows{number}"] = np.asarray(list(table.rows.values()), np.uint16)[order]
        found |= _quantized(f"vectors{number}", np.asarray(table.vectors[:, :width], np.float32))
    deep = ("deep_w", "deep_b", "deep_out") if design.hidden else ()
    for name in ("in_w", "in_b", "marks", "out_w", "out_b", *deep):
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


def in_eight_bits(path: Path) -> int:
    """Turn an ONNX model's weights into whole numbers of eight bits, a scale for each column; returns its size in bytes."""
    from onnxruntime.quantization import (  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415  training only
        QuantType,
        quantize_dynamic,
    )

    full = path.with_suffix(".full.onnx")
    path.replace(full)
    quantize_dynamic(full, path, per_channel=True, weight_type=QuantType.QInt8)
    full.unlink()
    return path.stat().st_size


def write_minilm(path: Path, encoder: dict[str, Any], upper: dict[str, Any]) -> int:
    """Write the fine-tuned encoder as ONNX (inputs ids, mask, seen; output the scores of the tags); returns its size in bytes."""
    graph = _Graph()
    embeddings = encoder["embeddings"]
    x = graph.add("Gather", [graph.weight("word", embeddings["word"]), "ids"])
    length = graph.add("Slice", [graph.add("Shape", ["ids"]), graph.whole([1]), graph.whole([2])])
    places = graph.add(
        "Slice", [graph.weight("place", embeddings["place"]), graph.whole([0]), length, graph.whole([0])]
    )
    x = graph.add("Add", [graph.add("Add", [x, places]), graph.weight("type", embeddings["type"])])
    x = graph.norm(x, embeddings["norm"])
    gap = graph.add("Sub", [graph.number(1.0), graph.add("Unsqueeze", ["mask", graph.whole([1, 2])])])
    bias = graph.add("Mul", [gap, graph.number(-1e9)])
    frozen = len(encoder["layers"]) - len(upper["layers"])
    for layer in [*encoder["layers"][:frozen], *upper["layers"]]:
        x = graph.layer(x, layer, bias)
    head = upper["head"]
    both = graph.add("Concat", [x, "seen"], axis=-1)
    hidden = graph.add("Relu", [graph.dense(both, {"w": head["w1"], "b": head["b1"]})])
    graph.dense(hidden, {"w": head["w2"], "b": head["b2"]}, out="scores")
    return graph.write(path, int(np.asarray(head["w1"]).shape[0]) - int(np.asarray(embeddings["word"]).shape[1]))


class _Graph:
    """An ONNX graph in the making; names are made up as it grows."""

    def __init__(self) -> None:
        import onnx  # noqa: PLC0415  training only

        self._onnx: Any = onnx
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def _name(self, stem: str) -> str:
        return f"{stem}{len(self._nodes) + len(self._weights)}"

    def weight(self, stem: str, values: Any) -> str:
        """A constant array of 32-bit floats."""
        name = self._name(stem)
        self._weights.append(self._onnx.numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def whole(self, values: Sequence[int]) -> str:
        """A constant list of whole numbers."""
        name = self._name("whole")
        self._weights.append(self._onnx.numpy_helper.from_array(np.asarray(values, np.int64), name))
        return name

    def number(self, value: float) -> str:
        """A constant number."""
        return self.weight("number", np.float32(value))

    def add(self, operator: str, inputs: Sequence[str], out: str | None = None, **attributes: Any) -> str:
        """A node; the name of its output."""
        name = out or self._name(operator.lower())
        self._nodes.append(self._onnx.helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def dense(self, x: str, params: dict[str, Any], out: str | None = None) -> str:
        """x times weights, plus a bias."""
        product = self.add("MatMul", [x, self.weight("w", params["w"])])
        return self.add("Add", [product, self.weight("b", params["b"])], out)

    def norm(self, x: str, params: dict[str, Any]) -> str:
        """Layer normalisation."""
        return self.add(
            "LayerNormalization",
            [x, self.weight("w", params["w"]), self.weight("b", params["b"])],
            axis=-1,
            epsilon=1e-12,
        )

    def layer(self, x: str, params: dict[str, Any], bias: str) -> str:
        """One layer of BERT with 12 heads of width 32."""
        heads = self.whole([0, 0, 12, 32])

        def split(name: str, order: list[int]) -> str:
            return self.add("Transpose", [self.add("Reshape", [self.dense(x, params[name]), heads])], perm=order)

        q, k, v = split("q", [0, 2, 1, 3]), split("k", [0, 2, 3, 1]), split("v", [0, 2, 1, 3])
        score = self.add("Mul", [self.add("MatMul", [q, k]), self.number(32.0**-0.5)])
        share = self.add("Softmax", [self.add("Add", [score, bias])], axis=-1)
        mixed = self.add("Transpose", [self.add("MatMul", [share, v])], perm=[0, 2, 1, 3])
        mixed = self.add("Reshape", [mixed, self.whole([0, 0, 384])])
        x = self.norm(self.add("Add", [x, self.dense(mixed, params["o"])]), params["n1"])
        up = self.dense(x, params["up"])
        inner = self.add("Erf", [self.add("Mul", [up, self.number(0.5**0.5)])])
        gelu = self.add("Mul", [self.add("Mul", [up, self.number(0.5)]), self.add("Add", [inner, self.number(1.0)])])
        return self.norm(self.add("Add", [x, self.dense(gelu, params["down"])]), params["n2"])

    def write(self, path: Path, seen: int) -> int:
        """Check and write the model; returns its size in bytes."""
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        inputs = [
            helper.make_tensor_value_info("ids", kinds.INT64, ["batch", "length"]),
            helper.make_tensor_value_info("mask", kinds.FLOAT, ["batch", "length"]),
            helper.make_tensor_value_info("seen", kinds.FLOAT, ["batch", "length", seen]),
        ]
        outputs = [helper.make_tensor_value_info("scores", kinds.FLOAT, ["batch", "length", None])]
        graph = helper.make_graph(self._nodes, "minilm", inputs, outputs, self._weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        self._onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())
        return path.stat().st_size
