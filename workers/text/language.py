"""What language a text is in: py3langid, whose model lies in its wheel, on the first 1,000 characters."""

from functools import lru_cache
from typing import Any

from schemas.articles import Language

__all__ = ["identify", "load_identifier"]

_CHARACTERS = 1000
_LEAST_LETTERS = 20


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  the model loads in a second, when first needed

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load_identifier() -> None:
    """Load the model now (it is unpacked into a temporary file of 100 MB on the way), so that no message waits or fails for it."""
    _identifier()


def identify(text: str) -> Language:
    """The language of the text; `und` with confidence 0 where fewer than 20 letters tell too little."""
    sample = text[:_CHARACTERS]
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return Language(code="und", confidence=0.0)
    code, confidence = _identifier().classify(sample)
    return Language(code=code, confidence=round(min(1.0, max(0.0, float(confidence))), 3))
