"""The same sentences in other clothes: capitals, headlines, small letters, other people and places in the same roles."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workers.entities.lexicon import word_set
from workers.entities.tagger import TAGS
from workers.entities.train.newswire import Namer
from workers.entities.train.sets import Example, spans_of

__all__ = ["vary"]

_INDEX = {tag: number for number, tag in enumerate(TAGS)}
#: Sources whose sentences keep their names: what a teacher said of them holds for these.
_AS_THEY_ARE = frozenset({"wikiann_en_train", "teacher", "doubtful"})
_SMALL = word_set("a an the of in on at to for and or by with from as is are be")


def vary(examples: Sequence[Example], rng: np.random.Generator) -> list[Example]:
    """Each example as it is or changed, by chance; teacher and wikiann sentences keep their names."""
    namer = Namer(rng)
    varied = []
    for original in examples:
        example = original
        if example.source not in _AS_THEY_ARE and namer.chance(0.35):
            example = _renamed(example, namer)
        dice = rng.random()
        words = example.words
        if dice < 0.05:
            words = [word.upper() for word in words]
        elif dice < 0.10:
            words = [word if word.lower() in _SMALL or not word.islower() else word.capitalize() for word in words]
        elif dice < 0.12:
            words = [word.lower() for word in words]
        varied.append(example if words is example.words else replace(example, words=words))
    return varied


def _renamed(example: Example, namer: Namer) -> Example:
    """People and places replaced by others of the same length class, half of them."""
    words: list[str] = []
    tags: list[int] = []
    at = 0
    for start, end, kind in spans_of([TAGS[tag] for tag in example.tags]):
        words += example.words[at:start]
        tags += example.tags[at:start]
        at = end
        old = example.words[start:end]
        new = old
        if namer.chance(0.5) and old[0][:1].isupper():
            if kind == "PER":
                new = (namer.surname() if end - start == 1 else namer.person()).split()
            elif kind == "LOC":
                new = namer.place().split()
        if new is not old and old[0].isupper() and len(old[0]) > 3:
            new = [word.upper() for word in new]
        words += new
        tags += [_INDEX[f"B-{kind}"], *[_INDEX[f"I-{kind}"]] * (len(new) - 1)]
    words += example.words[at:]
    tags += example.tags[at:]
    return Example(words, tags, example.misc, example.source)
