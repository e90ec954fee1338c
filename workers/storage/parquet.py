"""A lake of Parquet files in a local folder, one folder for each day of publication, hive style.

Guarantee: `write` returns after the batch is on disk and visible; whatever happens in between, the lake holds all or none of it once it is opened
again; the same message twice changes no row; an older version of an article (a smaller offset of the same raw partition) does not replace a newer
one; what is replaced is kept in `versions`. A reader of `articles/**/*.parquet` sees each article whole and never twice; docs/lake.md tells when it
may miss one for an instant, and `snapshot` gives a folder that never changes. How the files change is told in lake.py.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from workers.errors import StoreRefused, Unavailable
from workers.storage.lake import Lake
from workers.storage.lake_files import TARGET_BYTES, DataFile
from workers.storage.lake_plan import apply
from workers.storage.lake_rows import Unfit
from workers.storage.rows import Batch, Row, Storable, culprit, only, to_batch

__all__ = ["ParquetSink"]

#: Small files of a day from which they are merged.
_MERGE_FILES = 16


class ParquetSink:
    """Writes enriched articles and alerts into a lake."""

    guarantee = "each article and alert once, by id; on disk and visible before its offset is committed"
    takes_tombstones = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lake: Lake | None = None

    def open(self) -> None:
        """Make or open the lake, and finish what a killed writer had committed; raises Unavailable."""
        self._opened()

    def write(self, batch: Sequence[Storable], /) -> None:
        """Upsert the batch in one commit. Raises Unavailable (locked, full, read-only, damaged) or StoreRefused (a number too large)."""
        writes = to_batch(batch)
        try:
            self._transact(writes)
        except Unfit as error:
            raise StoreRefused("store_refused", f"{self._path}: {error}", culprit(batch, self._refuses)) from None

    def compact(self) -> int:
        """Merge the small files of every day; how many files there are fewer. Raises Unavailable."""
        with self._told() as lake:
            before = _count(lake)
            days = lake.index.execute("SELECT DISTINCT tbl, day FROM files ORDER BY tbl, day").fetchall()
            for table, day in days:
                _merge(lake, table, day, least=2)
            return before - _count(lake)

    def snapshot(self, into: Path) -> int:
        """The lake of this moment as links in a new folder, which nothing changes any more; how many files. Raises Unavailable."""
        with self._told() as lake:
            return lake.snapshot(into)

    def close(self) -> None:
        """Let go of the lake."""
        lake, self._lake = self._lake, None
        if lake is not None:
            lake.close()

    def _opened(self) -> Lake:
        if self._lake is None:
            try:
                self._lake = Lake(self._path)
            except (sqlite3.Error, OSError) as error:
                raise Unavailable(f"{self._path}: {_reason(error)}; name a folder that we may write in DATELINE_STORAGE_URL") from None  # fmt: skip
        return self._lake

    def _transact(self, batch: Batch, *, keep: bool = True) -> None:
        """Write the batch and commit, or undo it all. Raises Unfit or Unavailable."""
        with self._told() as lake:
            with lake.transaction():
                days = apply(lake, batch, datetime.now(UTC))
                if not keep:
                    return
                lake.commit()
                full = [one for one in sorted(days, key=str) if len(lake.files(*one)) >= _MERGE_FILES]
            with contextlib.suppress(OSError):  # small files are no reason not to write
                for table, day in full:
                    _merge(lake, table, day, least=_MERGE_FILES)

    @contextlib.contextmanager
    def _told(self) -> Iterator[Lake]:
        """The lake; what the file system and the index say against it becomes Unavailable, and it is opened anew the next time."""
        try:
            yield self._opened()
        except (sqlite3.Error, OSError, pa.ArrowException) as error:
            if self._lake is not None:
                self._lake.release()
            self.close()
            raise Unavailable(f"{self._path}: {_reason(error)}; {_mend(error)}") from None

    def _refuses(self, row: Row) -> bool:
        try:
            self._transact(only(row), keep=False)
        except Unfit:
            return True
        return False


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _mend(error: Exception) -> str:
    if "malformed" in str(error) or "not a database" in str(error):
        return "its index is damaged: move _state away, and it is made anew from the files"
    return "free it, give it space or write access, and the worker goes on by itself"


def _count(lake: Lake) -> int:
    return int(lake.index.execute("SELECT count(*) FROM files").fetchone()[0])


def _merge(lake: Lake, table: str, day: str | None, *, least: int) -> None:
    """Merge the small files of the day while there are so many."""
    while True:
        with lake.transaction():
            chosen = _small(lake.files(table, day), least)
            if not chosen:
                return
            lake.merge(chosen)
            lake.commit()


def _small(files: Sequence[DataFile], least: int) -> list[DataFile]:
    """Small files that together make one of the size aimed at, oldest first; [] where there are not `least` of one size class. Classes are powers
    of 16 in rows, so that a row is written anew a few times, not at each merge; two are merged whatever their size."""
    classes: dict[int, list[DataFile]] = {}
    for file in files:
        if file.bytes < TARGET_BYTES // 2:
            classes.setdefault(file.rows.bit_length() // 4 if least > 2 else 0, []).append(file)
    for found in classes.values():
        if len(found) >= least:
            sizes = accumulate(file.bytes for file in found)
            return [file for file, size in zip(found, sizes, strict=True) if size <= TARGET_BYTES]
    return []
