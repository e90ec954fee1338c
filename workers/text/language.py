"""What language a text is in: py3langid, whose model lies in its wheel, on a thousand characters from three places of the text."""

from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from schemas.articles import Language
from workers.text import native

__all__ = ["identify", "load_identifier"]

_CHARACTERS, _PLACES = 1000, 3
_LEAST_LETTERS = 6
#: Languages in which newspapers are common. The model knows some seventy more; a short text is rather in one of these.
_COMMON_CODES = (
    "af am ar az be bg bn bs ca cs da de el en es et fa fi fr gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my ne nl no pa pl "
    "ps pt ro ru si sk sl so sq sr sv sw ta te tg th tl tr uk ur uz vi zh"
)
#: How much less likely the others are beforehand (natural logarithm). Of 0, 2, 4, 8 and 12 it does best on five words over 75 languages
#: (benchmarks/quality/language.py); on a paragraph or more it decides nothing.
_RARE = 4.0


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  the model loads in a second, when first needed

    class Compiled(LanguageIdentifier):  # type: ignore[misc]  # the package has no types
        """The same by the compiled core, which walks a text and adds up what it finds thirty times faster."""

        __slots__ = ("automaton",)

        def _raw_score(self, text: bytes) -> Any:
            if native.LIBRARY is None:
                return super()._raw_score(text)
            scores = self.nb_pc.copy()
            found = native.language_scores(self.automaton, text, scores)
            return scores if found else np.zeros_like(scores)

    identifier = Compiled.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.automaton = native.Automaton(
        np.frombuffer(identifier.tk_nextmove, np.uint32), np.frombuffer(identifier.tk_row, np.uint16),
        np.array(identifier.tk_output, np.int32), identifier.nb_ptc.view(np.uint16),
    )  # fmt: skip
    common = frozenset(_COMMON_CODES.split())
    prior = [0.0 if code in common else _RARE for code in identifier.nb_classes]
    identifier.nb_pc = (identifier.nb_pc - prior).astype(identifier.nb_pc.dtype)
    return identifier


def load_identifier() -> None:
    """Load the model now (it is unpacked into a temporary file of 100 MB on the way), so that no message waits or fails for it."""
    _identifier()


def identify(text: str) -> Language:
    """The language of the text (ISO 639, as py3langid names it), and how sure that is, 0 to 1; of a text in two languages that of most of it. `und`
    with confidence 0 where fewer than 6 letters tell too little."""
    sample = _sample(text)
    letters = islice(filter(str.isalpha, sample), _LEAST_LETTERS)
    if sum(1 for _ in letters) < _LEAST_LETTERS:
        return Language(code="und", confidence=0.0)
    code, confidence = _identifier().classify(sample)
    return Language(code=code, confidence=round(min(1.0, max(0.0, float(confidence))), 3))


def _sample(text: str) -> str:
    """The text, or where it is long as many characters from its start, middle and end: a foreign notice or quotation at the top is not all."""
    if len(text) <= _CHARACTERS:
        return text
    size = _CHARACTERS // _PLACES
    step = (len(text) - size) // (_PLACES - 1)
    return " ".join(text[place * step : place * step + size] for place in range(_PLACES))
