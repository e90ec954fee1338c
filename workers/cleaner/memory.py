"""What many documents of one source repeat: a bounded, fading memory of its lines. Pure: documents in, a new profile out.

A line that a source showed in several of its documents is its furniture and not the article. A profile counts, for the fingerprint of each
line, in how many documents it stood; counts fade by half every 200 documents, so that a redesign is forgotten, and only the 2,000 heaviest
lines are kept. An empty profile says nothing: a cold start is the same as no memory.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from workers.text.normalize import comparable

__all__ = ["Profile", "empty_profile", "fingerprints", "remember", "repeated", "repeating"]

_HALF_LIFE = 200
_FADING = 0.5 ** (1 / _HALF_LIFE)
_MOST_LINES = 2_000
#: Documents (faded) in which a line must have stood.
_LEAST_DOCUMENTS = 1.5
_MOST_PER_DOCUMENT = 1_000
_DIGITS = re.compile(r"\d+")


class Profile(NamedTuple):
    """What is known of a source after `version` documents: fingerprint to faded number of documents."""

    source: str
    version: int
    lines: dict[str, float]

    @property
    def name(self) -> str:
        """What an article's result names: the source and the version."""
        return f"{self.source}@{self.version}"


def empty_profile(source: str) -> Profile:
    """Of a source that nobody has read yet."""
    return Profile(source, 0, {})


def fingerprint(line: str) -> str:
    """Eight bytes, in hexadecimal, of a line's words; numbers (dates, counters) are all alike. Empty for a line without words."""
    words = _DIGITS.sub("0", comparable(line))
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest() if words else ""


def fingerprints(lines: Iterable[str]) -> frozenset[str]:
    """Of all lines of a document; of an absurdly long one, of its first 1,000 different lines."""
    found: dict[str, None] = {}
    for line in lines:
        found[fingerprint(line)] = None
        if len(found) > _MOST_PER_DOCUMENT:
            break
    found.pop("", None)
    return frozenset(found)


def remember(profile: Profile, document: frozenset[str]) -> Profile:
    """The profile after one more document."""
    lines = {line: count * _FADING for line, count in profile.lines.items()}
    for line in document:
        lines[line] = lines.get(line, 0.0) + 1.0
    if len(lines) > _MOST_LINES:
        heaviest = sorted(lines.items(), key=lambda item: (-item[1], item[0]))[:_MOST_LINES]
        lines = dict(heaviest)
    return Profile(profile.source, profile.version + 1, lines)


def repeated(profile: Profile, lines: Sequence[str]) -> list[bool]:
    """Which lines the source has shown in two documents or more."""
    if not profile.lines:
        return [False] * len(lines)
    return [profile.lines.get(fingerprint(line), 0.0) >= _LEAST_DOCUMENTS for line in lines]


def repeating(profile: Profile) -> Profile:
    """The same profile with nothing but the lines that are repeated: all that a cleaner asks, and a twentieth of the size."""
    heavy = sorted(line for line, count in profile.lines.items() if count >= _LEAST_DOCUMENTS)
    return Profile(profile.source, profile.version, dict.fromkeys(heavy, _LEAST_DOCUMENTS))
