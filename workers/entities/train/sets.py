"""The training sets, pinned by hash, read into one convention: PER without titles, peoples as MISC, MISC unknown where a set has none."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from workers.entities.lexicon import TITLES, countries, demonyms
from workers.entities.tagger import TAGS

__all__ = ["SETS", "Example", "read_set", "spans_of", "wnut_parts"]

#: Permissive sets: the SHA-256 of the file, whether MISC is annotated, and how often an epoch repeats it.
SETS: dict[str, tuple[str, bool, int]] = {
    "wikigold": ("8f8b8948c05aaf74649f21a702f46c8a33d0d753d807374d7135fddd2ea24833", True, 3),
    "uner_ewt_dev": ("4940ffe69dc2480febd000e8d8716d6c5a9fdf915eb2204190382076d807c360", False, 3),
    "wnut17_train": ("e1895f6c518585f205a7f2e617638033f2d90b4d9f3e23cdeb7c5c95d0e007fa", True, 1),
    "broad_twitter": ("dfb97b57f95f2646837bedb5c41def44c2901a69bb0691335752c8fa72e966b4", False, 1),
    "wikiann_en_train": ("a6b91fc6446b93f30da994862c615b6b3e5cdee74a2209e171a0a800d90c0dd7", False, 1),
}
_INDEX = {tag: number for number, tag in enumerate(TAGS)}


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence: its words and tags. Where `misc` is False an O may hide a MISC name. `shares` (a row a word, a column a tag) are a teacher's
    and stand for the tags in a student's training."""

    words: list[str]
    tags: list[int]
    misc: bool
    source: str
    shares: np.ndarray[Any, Any] | None = None


def spans_of(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """(first word, end, type) of each name in BIO tags; an I- that continues nothing begins a name."""
    found: list[tuple[int, int, str]] = []
    start, kind = -1, ""
    for at, tag in enumerate([*tags, "O"]):
        here = tag[2:]
        if start >= 0 and (here != kind or tag.startswith("B-")):
            found.append((start, at, kind))
            start = -1
        if here and start < 0:
            start, kind = at, here
    return found


def _tags(count: int, spans: Sequence[tuple[int, int, str]]) -> list[int]:
    tags = ["O"] * count
    for start, end, kind in spans:
        tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return [_INDEX.get(tag, 0) for tag in tags]


def _in_our_convention(words: Sequence[str], spans: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Titles are no part of a person, `Russian` is no place, and a mention sign is no name."""
    for first, end, kind in spans:
        start = first
        while kind == "PER" and end - start > 1 and words[start].lower().rstrip(".") in TITLES:
            start += 1
        while end - start > 1 and words[start] in "@#'\"`":
            start += 1
        text = " ".join(words[start:end]).lower()
        if kind in {"LOC", "ORG"} and text in demonyms() and text not in countries():
            yield start, end, "MISC"
        elif any(character.isalnum() for character in text):
            yield start, end, kind


def read_set(bench: Path, name: str) -> list[Example]:
    """The sentences of a set; raises ValueError where the file is not the pinned one."""
    digest, misc, _ = SETS[name]
    data = (bench / "entities" / f"{name}.jsonl").read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if digest and found != digest:
        raise ValueError(f"{name}.jsonl is not the file that the model was trained on: SHA-256 {found}, want {digest}")
    examples = []
    for row in map(orjson.loads, data.splitlines()):
        words, tags = row["tokens"], row["tags"]
        if not words or (name == "broad_twitter" and _handles(words, tags)):
            continue
        spans = list(_in_our_convention(words, spans_of(tags)))
        if name == "wikiann_en_train" and not _worth_learning(words, spans):
            continue
        examples.append(Example(words, _tags(len(words), spans), misc, name))
    return examples


def _handles(words: Sequence[str], tags: Sequence[str]) -> bool:
    """Broad Twitter tags @handles as people: no use for news."""
    return any(tag != "O" and word.startswith("@") for word, tag in zip(words, tags, strict=True))


def _worth_learning(words: Sequence[str], spans: Sequence[tuple[int, int, str]]) -> bool:
    """WikiANN is made by rule: drop stray markup, names without a capital, and the common words it takes for names."""
    if any("''" in word or word in {"*", "|", "=="} for word in words) or len(words) < 3:
        return False
    return all(any(word[:1].isupper() for word in words[start:end]) for start, end, _ in spans)


def wnut_parts(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """(for training, for development): the last fifth of WNUT-17's training part is never trained on."""
    cut = len(examples) * 4 // 5
    return list(examples[:cut]), list(examples[cut:])
