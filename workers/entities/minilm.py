"""The accurate backend: all-MiniLM-L6-v2 fine-tuned for names, as an ONNX file that `python -m workers.entities.train --export FOLDER` writes.

It needs the packages of `dateline[minilm]` (onnxruntime, tokenizers) and the folder's `model.onnx` and `tokenizer.json`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workers.entities.features import FLAGS, MARKS, flags_of, marks_of
from workers.entities.recognise import Name, names_of
from workers.entities.tokens import Sentence, sentences
from workers.errors import Misconfigured

__all__ = ["load_minilm"]

_MOST_PIECES = 6
_LONGEST = 254
_BATCH = 32
Array = np.ndarray[Any, Any]


def load_minilm(folder: str) -> Callable[[str], list[Name]]:
    """The recogniser for English text; raises Misconfigured with what is missing."""
    try:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415  optional
        from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  optional
    except ImportError:
        raise Misconfigured(
            "DATELINE_ENTITIES_BACKEND asks for minilm, whose packages are not installed: `pip install dateline[minilm]`"
        ) from None
    path = Path(folder)
    for name in ("model.onnx", "tokenizer.json"):
        if not (path / name).is_file():
            raise Misconfigured(
                f"DATELINE_ENTITIES_BACKEND=minilm:{folder}: there is no {name} in that folder; `python -m workers.entities.train` writes it"
            )
    settings: Any = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session: Any = onnxruntime.InferenceSession(str(path / "model.onnx"), settings, providers=["CPUExecutionProvider"])
    tokenizer: Any = Tokenizer.from_file(str(path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def recognize(text: str) -> list[Name]:
        window = [part for sentence in sentences(text) for part in _short(sentence, tokenizer)]
        order = sorted(range(len(window)), key=lambda number: len(window[number][1]))
        scores: list[Array] = [np.empty(0)] * len(window)
        for at in range(0, len(order), _BATCH):
            chunk = order[at : at + _BATCH]
            for number, found in zip(chunk, _run(session, [window[number] for number in chunk]), strict=True):
                scores[number] = found
        if not window:
            return []
        return names_of([sentence for sentence, _ in window], np.concatenate(scores))

    return recognize


def _short(sentence: Sentence, tokenizer: Any) -> list[tuple[Sentence, list[list[int]]]]:
    """The sentence with its word pieces, in parts that the model can read."""
    parts: list[tuple[Sentence, list[list[int]]]] = []
    begin, count = 0, 0
    pieces = [tokenizer.encode(word, add_special_tokens=False).ids[:_MOST_PIECES] or [100] for word in sentence.words]
    for at, ids in enumerate(pieces):
        if count + len(ids) > _LONGEST:
            parts.append((Sentence(sentence.words[begin:at], sentence.starts[begin:at]), pieces[begin:at]))
            begin, count = at, 0
        count += len(ids)
    parts.append((Sentence(sentence.words[begin:], sentence.starts[begin:]), pieces[begin:]))
    return parts


def _run(session: Any, parts: Sequence[tuple[Sentence, list[list[int]]]]) -> list[Array]:
    length = max(sum(map(len, pieces)) for _, pieces in parts) + 2
    ids = np.zeros((len(parts), length), np.int64)
    mask = np.zeros((len(parts), length), np.float32)
    seen = np.zeros((len(parts), length, FLAGS + MARKS), np.float32)
    firsts: list[list[int]] = []
    for row, (sentence, pieces) in enumerate(parts):
        at = 1
        first = []
        ids[row, 0] = 101
        for word, piece in zip(sentence.words, pieces, strict=True):
            first.append(at)
            ids[row, at : at + len(piece)] = piece
            seen[row, at, flags_of(word)] = 1
            at += len(piece)
        for word_at, mark in marks_of(sentence.words):
            seen[row, first[word_at], FLAGS + mark] = 1
        ids[row, at] = 102
        mask[row, : at + 1] = 1
        firsts.append(first)
    scores = session.run(None, {"ids": ids, "mask": mask, "seen": seen})[0]
    return [scores[row, first] for row, first in enumerate(firsts)]
