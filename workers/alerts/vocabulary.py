"""The keys that rules speak of, as numbers, and which of them an article has. Every other word of the article is number 0."""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.alerts.document import GAP, Document
from workers.alerts.needs import NAMED, Fact, Key, Pair, Prefix
from workers.alerts.words import fold

__all__ = ["ALWAYS", "NEVER", "Flags", "Numbers", "Reading", "Vocabulary"]

Numbers = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: The numbers of a key that no article has and of one that every article has: they fill rows.
NEVER, ALWAYS = 0, 1
#: The most words, as written, whose number is remembered.
_MOST_WRITTEN = 200_000

_Key = TypeVar("_Key", str, Fact, Pair)


class Reading(NamedTuple):
    """An article by numbers: which keys it has, and the number of the word at each place."""

    has: Flags
    words: Numbers
    places: Numbers


class Vocabulary:
    """Numbers for keys, given out as rules come; read articles only when all rules are there."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._prefixes: dict[str, int] = {}
        self._facts: dict[Fact, int] = {}
        self.pairs: dict[Pair, int] = {}
        self._next = ALWAYS + 1
        self._written = _Written(self._words, self._prefixes)

    def __len__(self) -> int:
        return self._next

    def number(self, key: Key) -> int:
        """The key's number, a new one where it is new."""
        if isinstance(key, str):
            return self._given(self._words, key)
        if isinstance(key, Prefix):
            return self._given(self._prefixes, key.start)
        if isinstance(key, Fact):
            return self._given(self._facts, key)
        self._given(self._words, key.left)
        self._given(self._words, key.right)
        return self._given(self.pairs, key)

    def word(self, folded: str) -> int:
        """The number of a word that a rule speaks of."""
        return self._words[folded]

    def _given(self, numbers: dict[_Key, int], key: _Key) -> int:
        number = numbers.setdefault(key, self._next)
        self._next += number == self._next
        return number

    def freeze(self) -> None:
        """All keys are there: what was remembered of words is forgotten."""
        self._written = _Written(self._words, self._prefixes, self._next)
        self._named = sorted({fact.field for fact in self._facts})

    def read(self, document: Document) -> Reading:
        """The article by numbers; pairs of words are not looked for."""
        if len(self._written) > _MOST_WRITTEN:
            self._written = _Written(self._words, self._prefixes, self._next)
        number, title, text = self._written.__getitem__, document.title_words, document.text_words
        words = np.array([*map(number, title), *map(number, text)], np.int32)
        has = np.zeros(self._next, np.bool_)
        if self._written.several:
            words = self._split(words, has)
        has[words] = True
        has[self._known(document)] = True
        has[NEVER], has[ALWAYS] = False, True
        places = np.arange(len(words), dtype=np.int32)
        places[len(title) :] += GAP
        return Reading(has, words, places)

    def _split(self, words: Numbers, has: Flags) -> Numbers:
        """Set the prefixes of the words that have some, and put the words' own numbers in their places."""
        late = np.flatnonzero(words >= self._next)
        if not len(late):
            return words
        ranks = (words[late] - self._next).tolist()
        several = self._written.several
        words[late] = [several[rank][0] for rank in ranks]
        has[[prefix for rank in set(ranks) for prefix in several[rank][1]]] = True
        return words

    def _known(self, document: Document) -> list[int]:
        found = []
        for field in self._named:
            if field in NAMED:
                values = {word for _, words in document.names(field) for word in words}
            else:
                values = document.facts[field]
            found += [number for value in values if (number := self._facts.get(Fact(field, value)))]
        return found


class _Written(dict[str, int]):
    """Words as they are written, by number; filled when a word is first asked for. Words with prefixes have numbers above all keys."""

    def __init__(self, words: dict[str, int], prefixes: dict[str, int], above: int = 0) -> None:
        super().__init__()
        self._words, self._prefixes, self._above = words, prefixes, above
        self._lengths = sorted({len(prefix) for prefix in prefixes})
        #: The word's own number and those of its prefixes, for the numbers from `above` on.
        self.several: list[tuple[int, list[int]]] = []

    def __missing__(self, written: str) -> int:
        word = fold(written)
        number = self._words.get(word, NEVER)
        begins = [self._prefixes[start] for length in self._lengths if (start := word[:length]) in self._prefixes and len(start) == length]  # fmt: skip
        if begins:
            self.several.append((number, begins))
            number = self._above + len(self.several) - 1
        self[written] = number
        return number
