"""Which articles are to go: the ids of a source, of a person, of old days, and the alerts they set off, asked of any store."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from workers.errors import Misconfigured, Unavailable
from workers.storage.query import Filters, checked
from workers.storage.read import open_reader

__all__ = ["Finder", "open_finder"]

#: What can be asked of a store that has no search of ours.
_ASKED = {"source", "entity", "published_to"}


class Finder(Protocol):
    """Answers for `dateline erase`. Raises Unavailable while the store is away."""

    def ids(self, filters: Filters) -> list[str]:
        """The ids of all articles that have what is asked for."""

    def alerts_of(self, articles: Sequence[str]) -> list[str]:
        """The ids of the alerts that these articles set off."""

    def close(self) -> None:
        """Let go of the store."""


class LakeFinder:
    """Asks a lake's index, and its files where that does not tell."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not (path / "_state" / "index.db").exists():
            raise Unavailable(f"{path}: there is no lake; has a storage worker or `dateline rebuild` written it?")

    def ids(self, filters: Filters) -> list[str]:
        """The ids, by source, entity or last day of publication."""
        asked = _plain(filters)
        if asked.published_to and not (asked.source or asked.entity):
            return self._index("SELECT a.id FROM articles a JOIN files f ON f.number = a.file WHERE f.day <= ? ORDER BY a.id", [asked.published_to])  # fmt: skip
        return sorted(self._scan(asked))

    def alerts_of(self, articles: Sequence[str]) -> list[str]:
        """By the index."""
        return sorted(name for one in articles for name in self._index("SELECT id FROM alerts WHERE article_id = ?", [one]))  # fmt: skip

    def close(self) -> None:
        """Nothing is held."""

    def _index(self, statement: str, values: Sequence[str]) -> list[str]:
        try:
            with contextlib.closing(sqlite3.connect(self._path / "_state" / "index.db", timeout=10)) as index:
                return [row[0] for row in index.execute(statement, values)]
        except sqlite3.Error as error:
            raise Unavailable(f"{self._path}: {error}") from None

    def _scan(self, asked: Filters) -> Iterator[str]:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  only for lakes

        wanted = {asked.entity}
        for path in sorted(self._path.glob("articles/*/*.parquet")):
            try:
                rows = parquet.ParquetFile(path).read(columns=["id", "source", "entities", "aliases"]).to_pylist()
            except FileNotFoundError:
                raise Unavailable(f"{self._path}: files were merged meanwhile; ask again") from None
            except ArrowException as error:
                raise Unavailable(f"{path}: {error}") from None
            for row in rows:
                names = {one[name] for one in row["entities"] for name in ("name_key", "wikidata")}
                names |= {one["alias_key"] for one in row.get("aliases") or ()}
                if (not asked.source or row["source"] == asked.source) and (not asked.entity or wanted & names):
                    yield row["id"]


def _plain(filters: Filters) -> Filters:
    """The filters as they are kept; raises Misconfigured for those that only a database answers."""
    asked = checked(filters)
    others = [name for name, value in asked._asdict().items() if value and name not in _ASKED]
    if others or not any(asked):
        raise Misconfigured(f"this store can be asked by {', '.join(sorted(_ASKED))} only")
    return asked


def open_finder(url: str) -> Finder:
    """The finder for the store that `url` names, as in DATELINE_STORAGE_URL; raises Misconfigured for others."""
    if url.startswith("parquet:///") and len(url) > len("parquet:///"):
        return LakeFinder(Path(url.removeprefix("parquet:///")))
    if url.startswith(("opensearch://", "opensearch+http://")):
        from workers.storage.opensearch import OpenSearchSink  # noqa: PLC0415  only the store in use is loaded

        return OpenSearchSink(url)
    return open_reader(url)
