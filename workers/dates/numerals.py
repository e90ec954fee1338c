"""Numbers in figures and in words."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

__all__ = ["amount", "numeral_classes"]

_LEAST_YEAR, _LAST_YEAR = 1000, 2199


@lru_cache(maxsize=4096)
def numeral_classes(token: str) -> Mapping[str, Any]:
    """The classes of a token in figures, with its value in each; empty for other tokens."""
    if not (token.isascii() and token.isdigit()) or len(token) > 4:
        return {}
    number, size = int(token), len(token)
    fits = {
        "number": True,
        "day": size <= 2 and 1 <= number <= 31,
        "monthnumber": size <= 2 and 1 <= number <= 12,
        "hour": size <= 2 and number <= 24,
        "two": size == 2,
        "minute": size == 2 and number < 60,
        "hhmm": size == 4 and number < 2400 and number % 100 < 60,
        "year": size == 4 and _LEAST_YEAR <= number <= _LAST_YEAR,
        "anyyear": size in {3, 4} and 100 <= number <= _LAST_YEAR,
        "decade": size == 4 and _LEAST_YEAR <= number <= _LAST_YEAR and number % 10 == 0,
        "shortdecade": size == 2 and number % 10 == 0,
        "jalaliyear": size == 4 and 1300 <= number <= 1499,
        "quarternumber": size == 1 and 1 <= number <= 4,
    }
    return {kind: number for kind, fit in fits.items() if fit}


def amount(words: Sequence[str], values: Mapping[str, Mapping[str, Any]]) -> float | None:
    """The value of a number's tokens (`two and a half`, `twenty-five`, `3.5`, `12,000`); None for a vague one (`several`).

    `values` are the classes of words; `numberword`, `magnitude` (hundred, dozen) and `one` (a, an) give a value, "X" for a vague one.
    """
    text = "".join(words).strip()
    plain = text.replace(",", "")
    if plain.replace(".", "", 1).isdigit() and plain[0] != "." and plain[-1] != ".":
        return float(plain)
    if "/" in plain:
        return _fraction(words)
    total, current = 0.0, 0.0
    for word in words:
        value = _worth(values.get(word, {})) if not word.isdigit() else float(word)
        if value is None:
            continue
        if value == "X":
            return None
        number = float(value)
        if number in {12, 2} and word in values and "magnitude" in values[word]:
            current = max(current, 1) * number
        elif number in {100, 1000, 1_000_000}:
            current = max(current, 1) * number
            if number > 100:
                total, current = total + current, 0
        elif not (current and word in values and "one" in values[word]):
            current += number
    return total + current


def _fraction(words: Sequence[str]) -> float | None:
    """`2 1/2`; None where it is no number."""
    figures = [int(word) for word in words if word.isdigit()]
    if len(figures) != 3 or not 0 < figures[1] < figures[2]:
        return None
    return figures[0] + figures[1] / figures[2]


def _worth(classes: Mapping[str, Any]) -> Any:
    """The value of a word of number."""
    return next((classes[kind] for kind in ("numberword", "halves", "magnitude", "one") if kind in classes), None)
