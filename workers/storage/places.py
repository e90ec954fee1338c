"""Where an article's words stand, a byte for each word: so that PostgreSQL finds a phrase without reading what it indexed. Pure.

PostgreSQL's index knows which articles have two words, not whether they stand side by side; to tell, it reads nine thousand bytes of each. A word's
byte is a hash of it, and the bytes of a phrase's words, one after the other, are looked for in those of the article: a few hundred bytes beside the
row. Of the articles that have all words and not the phrase, about one in a hundred has these bytes too; those alone are read.

Nothing that PostgreSQL would find may be missed. Its words of letters are runs of letters here too, and what else stands between them is passed
over, as neighbours are what counts. What it passes over though it holds letters (tags, entities, the `http://` of an address), and names that end within letters, are not known here.
"""

import re
import zlib
from itertools import groupby

__all__ = ["MOST", "phrase_places", "places"]

#: So many characters of an article are searched, as in the column `search` (migrations.py).
MOST = 250_000
_ENTITY = re.compile(r"&#?\w+;")
#: Names of files, hosts and addresses are of ASCII and end before another letter, in the middle of what is one run of letters here.
_NAME, _END_OF_NAME = re.compile(r"[/.@:~]"), re.compile(r"[a-z0-9][^\W\x00-\x7f]")
_MOST_WORDS = 100_000


class _Unknown(Exception):  # noqa: N818  it is no error, but what we cannot tell
    """PostgreSQL may divide this otherwise."""


class _Bytes(dict[str, bytes]):
    """The bytes of what stands between spaces, made when it is seen first."""

    def __missing__(self, run: str) -> bytes:
        if not run.isascii() and (name := _NAME.search(run)) and _END_OF_NAME.search(run, name.end()):
            raise _Unknown
        words = [run] if run.isalpha() else ["".join(word) for is_word, word in groupby(run, str.isalpha) if is_word]
        made = bytes(zlib.crc32(word.encode()) & 0xFF for word in words)
        if len(self) < _MOST_WORDS:
            self[run] = made
        return made


_bytes = _Bytes()


def places(title: str | None, text: str) -> bytes | None:
    """A byte for each word of letters in title and text, in order; None where that cannot be told, and the article itself must be read."""
    searched = f"{title or ''} {text}"[:MOST]
    if "<" in searched or "://" in searched or ("&" in searched and _ENTITY.search(searched)):
        return None
    try:
        return b"".join(map(_bytes.__getitem__, searched.casefold().split()))
    except _Unknown:
        return None


def phrase_places(phrase: str) -> bytes | None:
    """The bytes that stand in `places` wherever the phrase does; None for one word, and where a word is not of letters alone."""
    words = phrase.split()
    if len(words) < 2 or not all(map(str.isalpha, words)):
        return None
    return b"".join(_bytes[word.casefold()] for word in words)
