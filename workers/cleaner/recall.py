"""What cleaners know of sources: a folder with one small file for each, which the runtime keeps up to date and every pool process reads.

A file is replaced whole (renamed over), so a reader sees the old or the new one. A source without a file, or with one that cannot be
read, is a source without memory: cleaning never waits for it and never fails by it.
"""

import hashlib
from collections import OrderedDict
from pathlib import Path

from schemas.codec import DecodeError, decode
from schemas.sources import SourceProfile
from workers.cleaner.memory import Profile

__all__ = ["Recall", "file_of"]

_KEPT = 2_000
_Stamp = tuple[int, int, int]


def file_of(folder: Path, source: str) -> Path:
    """Where the profile of a source lies, whatever characters its name has."""
    return folder / f"{hashlib.blake2b(source.encode('utf-8', 'replace'), digest_size=16).hexdigest()}.json"


class Recall:
    """The profiles in a folder. Keeps the last 2,000 that were asked for; a file that changed is read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: OrderedDict[str, tuple[_Stamp, Profile | None]] = OrderedDict()

    def __call__(self, source: str | None) -> Profile | None:
        """The newest profile of the source, or None where nothing is known."""
        if not source:
            return None
        path = file_of(self._folder, source)
        try:
            status = path.stat()
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            known = self._known.get(source)
            if known is None or known[0] != stamp:
                known = (stamp, _profile(path.read_bytes(), source))
                self._keep(source, known)
            return known[1]
        except OSError:
            return None

    def _keep(self, source: str, known: tuple[_Stamp, Profile | None]) -> None:
        self._known[source] = known
        self._known.move_to_end(source)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)


def _profile(value: bytes, source: str) -> Profile | None:
    try:
        told = decode(SourceProfile, value)
    except DecodeError:
        return None
    return Profile(told.source, told.version, dict.fromkeys(told.lines, 2.0)) if told.source == source else None
