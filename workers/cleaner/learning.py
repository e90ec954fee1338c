"""How the memory of a source grows: an article's lines in, the new state out, and a profile when there is news to tell. Pure.

An article counts once, however often its lines come (a worker that died repeats some), so that a crash changes nothing. What is told
is told seldom: whenever the repeated lines changed for a source's first ten documents, then once in ten documents at most. Of a source
that is well known, one article in four is counted.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from workers.cleaner.memory import Profile, empty_profile, remember, repeating

__all__ = ["Learned", "learn", "learned_from", "nothing_learned", "state_of"]

_EVERY = 10
_WELL_KNOWN = 100
_SAMPLE = 4
#: Articles remembered as counted: more than a worker that died can repeat of one source.
_SEEN = 500


class Learned(NamedTuple):
    """What the memory holds of a source: its profile, the articles counted last (marks of their ids), what was told last."""

    profile: Profile
    seen: tuple[str, ...]
    told_version: int
    told_lines: str


def nothing_learned(source: str) -> Learned:
    """Of a source that nobody has read yet."""
    return Learned(empty_profile(source), (), 0, _digest(""))


def learn(known: Learned, article_id: str, lines: frozenset[str]) -> tuple[Learned, Profile | None]:
    """The state after one more article, and the profile to tell the cleaners, or None where there is no news."""
    mark = _digest(article_id)
    if mark in known.seen or (known.profile.version >= _WELL_KNOWN and int(mark, 16) % _SAMPLE):
        return known, None
    profile = remember(known.profile, lines)
    state = known._replace(profile=profile, seen=(*known.seen[1 - _SEEN :], mark))
    if _EVERY < profile.version < known.told_version + _EVERY:
        return state, None
    told = repeating(profile)
    digest = _digest(" ".join(told.lines))
    if digest == known.told_lines:
        return state, None
    return state._replace(told_version=profile.version, told_lines=digest), told


def state_of(known: Learned) -> dict[str, Any]:
    """The state as JSON keeps it. Counts are rounded to a ten-thousandth; a rounded state rounds to itself."""
    lines = {line: round(count, 4) for line, count in known.profile.lines.items()}
    return {
        "version": known.profile.version,
        "lines": lines,
        "seen": list(known.seen),
        "told_version": known.told_version,
        "told_lines": known.told_lines,
    }


def learned_from(source: str, state: Mapping[str, Any] | None) -> Learned:
    """The state that `state_of` made; of None, nothing learned."""
    if not state:
        return nothing_learned(source)
    profile = Profile(source, state["version"], dict(state["lines"]))
    return Learned(profile, tuple(state["seen"]), state["told_version"], state["told_lines"])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
