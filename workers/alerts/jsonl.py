"""Alerts into a file, one JSON object a line.

Guarantee: each alert once; ids already in the file are left out, and a line is on disk before its offset is committed.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import orjson

from schemas.alerts import Alert
from schemas.codec import encode
from workers.errors import Unavailable

__all__ = ["JsonLinesSink"]


class JsonLinesSink:
    """Appends alerts to a file."""

    guarantee = "each alert once, by id"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: set[str] | None = None

    def open(self) -> None:
        """Read which alerts the file has; a last line cut short by a crash is cut off."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._known = self._read()
        except OSError as error:
            raise Unavailable(f"{self._path}: {error.strerror}") from None

    def write(self, batch: Sequence[Alert], /) -> None:
        """Append what is new, and sync."""
        if self._known is None:
            self.open()
        known = self._known or set()
        new = {alert.id: alert for alert in batch if alert.id not in known}
        try:
            with self._path.open("ab") as file:
                file.writelines(encode(alert) + b"\n" for alert in new.values())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self._known = None
            raise Unavailable(
                f"{self._path}: {error.strerror}; give it space and write access, and the worker goes on by itself"
            ) from None
        known |= new.keys()
        self._known = known

    def close(self) -> None:
        """Nothing is held open."""

    def _read(self) -> set[str]:
        if not self._path.exists():
            return set()
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            with self._path.open("r+b") as file:
                file.truncate(whole)
        return {identity for line in data[:whole].split(b"\n") if (identity := _identity(line))}


def _identity(line: bytes) -> str | None:
    """The id of the alert on the line; None where somebody else wrote it or a crash left it damaged."""
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    identity = fields.get("id") if isinstance(fields, dict) else None
    return identity if isinstance(identity, str) else None
