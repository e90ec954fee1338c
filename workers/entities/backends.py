"""Which recogniser: the embedded one, or a spaCy model that the deployment installed."""

from typing import Any

from workers.entities.recognise import Name, Recognizer, embedded
from workers.entities.tagger import load_model
from workers.errors import Misconfigured

__all__ = ["load_recognizer"]

_SPACY_TYPES = {
    "PERSON": "PER",
    "PER": "PER",
    "ORG": "ORG",
    "GPE": "LOC",
    "LOC": "LOC",
    "FAC": "LOC",
    "NORP": "NORP",
    "EVENT": "EVENT",
    "MISC": "MISC",
}


def load_recognizer(backend: str) -> Recognizer:
    """The recogniser of that name; raises Misconfigured with what to install or set."""
    if backend == "embedded":
        load_model()
        return embedded
    kind, _, model = backend.partition(":")
    if kind == "spacy" and model:
        return _spacy(model)
    raise Misconfigured(
        f"DATELINE_ENTITIES_BACKEND: {backend!r} is none of `embedded`, `spacy:NAME` (such as spacy:en_core_web_sm)"
    )


def _spacy(model: str) -> Recognizer:
    try:
        import spacy  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  optional

        pipeline: Any = spacy.load(model, exclude=["parser", "lemmatizer", "attribute_ruler", "tagger"])
    except ImportError:
        raise Misconfigured(
            "DATELINE_ENTITIES_BACKEND asks for spaCy, which is not installed: `pip install dateline[spacy]`"
        ) from None
    except OSError:
        raise Misconfigured(
            f"the spaCy model {model} is not installed: install its package, or set DATELINE_ENTITIES_BACKEND=embedded"
        ) from None

    def recognize(text: str, language: str) -> list[Name]:
        found = pipeline(text[: pipeline.max_length]).ents
        return [
            Name(ent.start_char, ent.end_char, _SPACY_TYPES[ent.label_], 0.8)
            for ent in found
            if ent.label_ in _SPACY_TYPES
        ]

    return recognize
