"""The embedded recogniser: a linear chain over hashed features, learned by the averaged structured perceptron (Collins 2002).

The weights are whole numbers of eight bits with one scale, in one file of some megabytes; NumPy is all it needs.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from workers.entities.features import featurize

__all__ = ["TAGS", "Model", "load_model", "viterbi"]

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
Array = np.ndarray[Any, Any]


class Model:
    """Emission weights by bucket, and transition weights between tags."""

    def __init__(self, emissions: Array, transitions: Array) -> None:
        self._emissions, self._transitions = emissions, transitions

    def tag(self, words: list[str]) -> list[tuple[str, float]]:
        """(tag, confidence 0 to 1) for each word."""
        if not words:
            return []
        scores = self._emissions[np.asarray(featurize(words))].sum(axis=1, dtype=np.float32)
        path = viterbi(scores, self._transitions)
        best = scores[np.arange(len(path)), path]
        scores[np.arange(len(path)), path] = -np.inf
        margin = best - scores.max(axis=1)
        sure = 1.0 / (1.0 + np.exp(-margin / 400.0))
        return [(TAGS[tag], float(confidence)) for tag, confidence in zip(path, sure, strict=True)]


def viterbi(scores: Array, transitions: Array) -> list[int]:
    """The best path through the tags."""
    count = len(scores)
    best = scores[0] + transitions[-1]
    back = np.zeros((count, len(TAGS)), dtype=np.int64)
    for at in range(1, count):
        through = best[:, None] + transitions[:-1]
        back[at] = through.argmax(axis=0)
        best = through.max(axis=0) + scores[at]
    path = [int(best.argmax())]
    for at in range(count - 1, 0, -1):
        path.append(int(back[at, path[-1]]))
    return path[::-1]


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The shipped model."""
    with (files("workers.entities") / "data" / "tagger.npz").open("rb") as stream, np.load(stream) as stored:
        emissions = np.zeros(tuple(stored["shape"]), dtype=np.int16)
        emissions[stored["rows"]] = stored["values"]
        return Model(emissions, stored["transitions"].astype(np.float32))
