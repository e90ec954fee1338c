"""What teachers say of the unlabelled sentences: spaCy's en_core_web_md, our own first network that reads whole documents, the fine-tuned MiniLM.

The MiniLM learns from the gold and from what the first network says; where that is what en_core_web_md says too, it weighs more. The second
network learns from the MiniLM's shares of the tags.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workers.entities.recognise import embedded
from workers.entities.refine import refine
from workers.entities.tagger import TAGS, Scorer
from workers.entities.train.sets import Example, spans_of

__all__ = ["agreed", "own_tags", "with_shares"]

_PLAIN = {"NORP": "MISC", "EVENT": "MISC", "GPE": "LOC"}
_INDEX = {tag: number for number, tag in enumerate(TAGS)}


def own_tags(tagger: Scorer, document: Sequence[list[str]]) -> list[list[int]]:
    """The tags of a document's sentences by our recogniser, with its refinement and memory."""
    text, starts = "", []
    for words in document:
        for word in words:
            starts.append(len(text))
            text += word + " "
        text = text[:-1] + "\n"
    tags = [0] * len(starts)
    for name in refine(text, embedded(tagger, text)):
        kind = _PLAIN.get(name.type, name.type)
        first, last = (bisect_right(starts, at) - 1 for at in (name.start, name.end - 1))
        tags[first : last + 1] = [_INDEX[f"B-{kind}"], *[_INDEX[f"I-{kind}"]] * (last - first)]
    found, at = [], 0
    for words in document:
        found.append(tags[at : at + len(words)])
        at += len(words)
    return found


def agreed(labelled: Sequence[Example], own: Sequence[list[int]]) -> list[Example]:
    """Sentences with our own tags; those that spaCy's model tags otherwise are doubtful."""
    return [
        replace(example, tags=tags, misc=True, source="teacher" if _names(tags) == _names(example.tags) else "doubtful")
        for example, tags in zip(labelled, own, strict=True)
    ]


def _names(tags: Sequence[int]) -> list[tuple[int, int, str]]:
    return spans_of([TAGS[tag] for tag in tags])


def with_shares(
    examples: Sequence[Example], logs: Sequence[np.ndarray[tuple[int, int], np.dtype[np.float32]] | None]
) -> list[Example]:
    """The sentences with the shares of the tags that a teacher's logarithms tell; those that were too long for it stay as they are."""
    return [
        example if scores is None else replace(example, shares=np.exp(scores).astype(np.float16))
        for example, scores in zip(examples, logs, strict=True)
    ]
