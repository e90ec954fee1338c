"""Finds known names in a text by their first word: one pass over the capitalised words, however many names are known."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

__all__ = ["Phrases"]

_CAPITALISED = re.compile(r"(?<![\w-])[^\W\d_a-z]\w*")
_FIRST = re.compile(r"\w+")


class Phrases:
    """Names in lower case, each with a label; a match begins with a capital and ends at a word's end."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, label in names:
            first = _FIRST.match(name)
            if first is not None:
                self._by_first[first.group()].append((name, label))
        for known in self._by_first.values():
            known.sort(key=lambda one: -len(one[0]))

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, label) of the longest known name at each capitalised word."""
        known = self._by_first
        for match in _CAPITALISED.finditer(text):
            candidates = known.get(match.group().lower())
            if candidates is None:
                continue
            start = match.start()
            for name, label in candidates:
                end = start + len(name)
                if text[start:end].lower().replace("’", "'") == name and not (
                    end < len(text) and (text[end].isalnum() or text[end] in "-_")
                ):
                    yield start, end, label
                    break
