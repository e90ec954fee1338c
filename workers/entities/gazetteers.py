"""A deployment's own names: CSV or JSON-lines files, read again when they change.

Columns or keys: `name` (required); `type` (PER, ORG, GPE, LOC, EVENT, MISC; default ORG), `aliases` (in CSV separated by `|`), `wikidata`,
`geonames_id`, `lat`, `lon`, `country` (ISO 3166-1 alpha-2). Names are found as written, whole words; a name in small letters also matches
with capitals. Their ids win over ours. A file that is broken after a change is not taken: the last good reading stays.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from workers.entities.link import PlaceLink
from workers.entities.places import Place, fold
from workers.entities.recognise import Name
from workers.entities.resolve import Group, family_of
from workers.errors import Misconfigured

__all__ = ["Entry", "Gazetteers", "read_gazetteer"]

_TYPES = frozenset({"PER", "ORG", "GPE", "LOC", "EVENT", "MISC", "NORP"})
_SURE = 0.99


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a gazetteer with all its spellings."""

    names: tuple[str, ...]
    type: str
    wikidata: str | None
    place: Place | None


def read_gazetteer(path: Path) -> list[Entry]:
    """The entries of a file; raises Misconfigured with the line that is wrong and how to mend it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"DATELINE_GAZETTEERS: {path} cannot be read ({error}); name UTF-8 files that exist"
        ) from None
    rows: Iterable[tuple[int, Any]]
    if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        rows = _json_rows(path, text)
    else:
        rows = enumerate(csv.DictReader(text.splitlines()), 2)
    return [_entry(path, number, row) for number, row in rows]


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise Misconfigured(f"DATELINE_GAZETTEERS: {path}, line {number} is not JSON: {error}") from None


def _entry(path: Path, number: int, row: Any) -> Entry:
    where = f"DATELINE_GAZETTEERS: {path}, line {number}"
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"].strip():
        raise Misconfigured(f"{where}: give a `name`")
    kind = str(row.get("type") or "ORG").upper()
    if kind not in _TYPES:
        raise Misconfigured(f"{where}: type {kind!r} is none of {', '.join(sorted(_TYPES))}")
    aliases = row.get("aliases") or []
    aliases = aliases.split("|") if isinstance(aliases, str) else list(map(str, aliases))
    names = tuple(dict.fromkeys(name.strip() for name in (row["name"], *aliases) if name.strip()))
    return Entry(names, kind, str(row["wikidata"]) if row.get("wikidata") else None, _place(where, row, kind))


def _place(where: str, row: dict[str, Any], kind: str) -> Place | None:
    if not row.get("geonames_id") and not row.get("lat"):
        return None
    try:
        latitude, longitude = float(row.get("lat") or 0), float(row.get("lon") or 0)
        identity = int(row.get("geonames_id") or 0)
    except ValueError:
        raise Misconfigured(f"{where}: geonames_id, lat and lon are numbers") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Misconfigured(f"{where}: lat is -90 to 90, lon -180 to 180")
    return Place(
        identity,
        latitude,
        longitude,
        0,
        str(row.get("country") or "").upper(),
        "",
        "city" if kind == "GPE" else "area",
        main=True,
    )


class Gazetteers:
    """The files' entries, and a pattern that finds them all."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = [Path(path) for path in paths]
        self._stamps: list[tuple[int, int]] = []
        self._entries: dict[tuple[str, str], Entry] = {}
        self._types: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        if self._paths:
            self._read()

    def refresh(self) -> None:
        """Read the files again when one has changed; a broken one is left, and the last good reading stays."""
        if self._paths and self._stamp() != self._stamps:
            try:
                self._read()
            except Misconfigured:
                self._stamps = self._stamp()

    def _stamp(self) -> list[tuple[int, int]]:
        stamps = []
        for path in self._paths:
            try:
                found = path.stat()
                stamps.append((found.st_mtime_ns, found.st_size))
            except OSError:
                stamps.append((0, 0))
        return stamps

    def _read(self) -> None:
        stamps = self._stamp()
        entries = [entry for path in self._paths for entry in read_gazetteer(path)]
        names = sorted({name for entry in entries for name in entry.names}, key=lambda name: (-len(name), name))
        self._entries = {
            (family_of(entry.type), fold(name)): entry for entry in reversed(entries) for name in entry.names
        }
        self._types = {fold(name): entry.type for entry in reversed(entries) for name in entry.names}
        self._pattern = (
            re.compile(rf"(?<!\w)(?:{'|'.join(_spelling(name) for name in names)})(?!\w)") if names else None
        )
        self._stamps = stamps

    def apply(self, text: str, names: Sequence[Name]) -> list[Name]:
        """The names with those of the gazetteers, which win where they overlap a shorter or an equal one."""
        if self._pattern is None:
            return list(names)
        ours = [Name(*match.span(), self._types[fold(match.group())], _SURE) for match in self._pattern.finditer(text)]
        kept: list[Name] = []
        for name in names:
            over = [one for one in ours if one.start < name.end and name.start < one.end]
            if any(one.end - one.start < name.end - name.start for one in over):
                ours = [one for one in ours if one not in over]
                kept.append(name)
            elif not over:
                kept.append(name)
        return sorted([*kept, *ours])

    def link(self, groups: Sequence[Group], links: dict[int, PlaceLink]) -> None:
        """Give the entities that the gazetteers know the ids and the place that stand there."""
        if not self._entries:
            return
        for group in groups:
            found = next(
                (entry for form in group.forms if (entry := self._entries.get((family_of(group.type), fold(form))))),
                None,
            )
            if found is not None:
                group.known = found.wikidata or group.known
                if found.place is not None:
                    links[id(group)] = PlaceLink(found.place, _SURE)


def _spelling(name: str) -> str:
    """A name in small letters may begin with a capital."""
    escaped = re.escape(name)
    return f"(?i:{escaped})" if name.islower() else escaped
