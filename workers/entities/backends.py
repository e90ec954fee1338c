"""Which recogniser: ours, a spaCy or GLiNER model that the deployment installed, or the exported MiniLM model. Chosen by DATELINE_ENTITIES_BACKEND."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workers.entities.foreign import BASIC, by_gazetteer, by_patterns
from workers.entities.foreign_words import WORDS
from workers.entities.minilm import load_minilm
from workers.entities.recognise import Name, Recognizer, embedded
from workers.entities.tagger import load_tagger
from workers.errors import Misconfigured

__all__ = ["LICENCES", "Backend", "Level", "load_recognizer"]

Level = Literal["full", "basic", "gazetteer"]
#: Under which terms each backend's model may be used.
LICENCES = {
    "embedded": "Apache-2.0; trained on wikigold, WNUT-17, Broad Twitter (CC BY 4.0), Universal NER English (CC BY-SA 4.0), WikiANN (ODC-BY)",
    "minilm": "Apache-2.0 (all-MiniLM-L6-v2), fine-tuned on the same data",
    "spacy": "that of the model's package; spaCy's own models are MIT",
    "gliner": "that of the model; the medium and large v2.1 models are Apache-2.0, the v1 ones CC BY-NC 4.0",
}
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
_GLINER_TYPES = {"person": "PER", "organization": "ORG", "location": "LOC", "event": "EVENT"}
_WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class Backend:
    """A recogniser with its licence note, and how well it knows a language."""

    name: str
    licence: str
    recognize: Recognizer
    languages: frozenset[str] | None = None

    def level(self, language: str) -> Level:
        """`full`: by a model of the language; `basic`: by patterns and gazetteers of it; `gazetteer`: places alone."""
        if self.languages is None or language in self.languages:
            return "full"
        return "basic" if language in BASIC else "gazetteer"


def load_recognizer(backend: str, extra: Mapping[str, str] | None = None) -> Backend:
    """The backend of that name; raises Misconfigured with what to install or set."""
    kind, _, model = backend.partition(":")
    if backend == "embedded":
        tagger = load_tagger()
        return Backend(
            "embedded", LICENCES["embedded"], _english_or_patterns(lambda text: embedded(tagger, text)), _ENGLISH
        )
    if kind == "minilm" and model:
        return Backend("minilm", LICENCES["minilm"], _english_or_patterns(load_minilm(model)), _ENGLISH)
    if kind == "spacy" and model:
        return Backend("spacy", LICENCES["spacy"], *_spacy(model))
    if kind == "gliner" and model:
        return Backend("gliner", LICENCES["gliner"], _gliner(model))
    raise Misconfigured(
        f"DATELINE_ENTITIES_BACKEND: {backend!r} is none of `embedded`, `minilm:FOLDER` (what `python -m workers.entities.train` exported),"
        " `spacy:NAME` (such as spacy:en_core_web_sm), `gliner:NAME` (a model's folder or cached name)"
    )


_ENGLISH = frozenset({"en", "und"})


def _english_or_patterns(english: Callable[[str], list[Name]]) -> Recognizer:
    """English by a model; other languages by patterns or by gazetteers."""

    def recognize(text: str, language: str) -> list[Name]:
        if language in _ENGLISH:
            return english(text)
        return by_patterns(text, language) if language in WORDS else by_gazetteer(text)

    return recognize


def _spacy(model: str) -> tuple[Recognizer, frozenset[str]]:
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
        return [
            Name(at + ent.start_char, at + ent.end_char, _SPACY_TYPES[ent.label_], 0.8)
            for at in range(0, len(text), _WINDOW)
            for ent in pipeline(text[at : at + _WINDOW]).ents
            if ent.label_ in _SPACY_TYPES
        ]

    return recognize, frozenset({str(pipeline.lang)})


def _gliner(model: str) -> Recognizer:
    try:
        from gliner import GLiNER  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415  optional
    except ImportError:
        raise Misconfigured(
            "DATELINE_ENTITIES_BACKEND asks for GLiNER, which is not installed: `pip install gliner`, and put the model on this machine"
        ) from None
    try:
        loaded: Any = GLiNER.from_pretrained(model, local_files_only=True)
    except Exception as error:  # noqa: BLE001  whatever the library raises, the model cannot be used
        raise Misconfigured(
            f"the GLiNER model {model} cannot be loaded ({error}): name a folder that holds it; nothing is downloaded"
        ) from None

    def recognize(text: str, language: str) -> list[Name]:
        names: list[Name] = []
        for at, part in _parts(text, 1200):
            found = loaded.predict_entities(part, list(_GLINER_TYPES), threshold=0.5)
            names += [
                Name(at + one["start"], at + one["end"], _GLINER_TYPES[one["label"]], float(one["score"]))
                for one in found
            ]
        return names

    return recognize


def _parts(text: str, most: int) -> list[tuple[int, str]]:
    """The text in pieces of about so many characters, cut at line breaks or blanks."""
    parts, at = [], 0
    while at < len(text):
        end = min(len(text), at + most)
        if end < len(text):
            cut = max(text.rfind("\n", at, end), text.rfind(". ", at, end) + 1, text.rfind(" ", at, end))
            end = cut if cut > at else end
        parts.append((at, text[at:end]))
        at = end
    return parts
