"""What language a text is in: py3langid, whose model lies in its wheel, on a thousand characters from three places of the text."""

import math
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np

from schemas.articles import Language

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

#: The longest byte sequence that is a feature of py3langid's model (tests/text/test_language.py holds it against the library).
_LONGEST_FEATURE = 6


class _Identifier:
    """py3langid's model (n-grams of bytes found by an automaton, weighed by naive Bayes), with a walk of our own: its state after a byte depends on
    the `_LONGEST_FEATURE` bytes up to there alone, so that all places of a text are walked side by side in so many steps."""

    def __init__(self, model: Any, prior: "np.ndarray[Any, Any]") -> None:
        self._classes: list[str] = model.nb_classes
        self._moves = np.asarray(model.tk_nextmove)
        self._rows = np.asarray(model.tk_row).astype(np.intp) << 8
        self._features = np.asarray(model.tk_output, np.int32)
        self._weights = model.nb_ptc.astype(np.float32)
        self._prior = (model.nb_pc - prior).astype(model.nb_pc.dtype)
        first: dict[str, int] = {}
        #: A language that stands twice, in two scripts: (place, place of the second).
        self._twice = [
            (first[code], place) for place, code in enumerate(self._classes) if first.setdefault(code, place) != place
        ]

    def classify(self, text: str) -> tuple[str, float]:
        """(language, probability)."""
        plain = unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode("utf-8", "surrogatepass")
        scores = self._scores(Counter(self.features(plain)))
        scores *= 1.0 / math.sqrt(len(plain) or 1)  # keeps the softmax calibrated over lengths
        np.exp(scores - scores.max(), out=scores)
        scores /= scores.sum()
        for place, second in self._twice:
            scores[place] += scores[second]
            scores[second] = 0.0
        best = int(scores.argmax())
        return self._classes[best], float(scores[best])

    def features(self, text: bytes) -> list[int]:
        """The numbers of the features in the text, in order."""
        letters = np.frombuffer(text, np.uint8)
        states = np.zeros(len(letters), self._moves.dtype)
        for back in range(min(_LONGEST_FEATURE, len(letters)) - 1, -1, -1):
            states[back:] = self._moves.take(self._rows.take(states[back:]) + letters[: len(letters) - back])
        found = self._features.take(states)
        features: list[int] = found[found >= 0].tolist()
        return features

    def _scores(self, counts: Counter[int]) -> "np.ndarray[Any, Any]":
        if not counts:
            return np.zeros(len(self._classes), np.float32)
        places = np.fromiter(counts.keys(), np.intp, len(counts))
        times = np.fromiter(counts.values(), np.float32, len(counts))
        scores: np.ndarray[Any, Any] = np.log1p(times) @ self._weights.take(places, axis=0) + self._prior
        return scores


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  the model loads in a second, when first needed

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    common = frozenset(_COMMON_CODES.split())
    return _Identifier(model, np.array([0.0 if code in common else _RARE for code in model.nb_classes]))


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
    return Language(code=code, confidence=round(min(1.0, max(0.0, confidence)), 3))


def _sample(text: str) -> str:
    """The text, or where it is long as many characters from its start, middle and end: a foreign notice or quotation at the top is not all."""
    if len(text) <= _CHARACTERS:
        return text
    size = _CHARACTERS // _PLACES
    step = (len(text) - size) // (_PLACES - 1)
    return " ".join(text[place * step : place * step + size] for place in range(_PLACES))
