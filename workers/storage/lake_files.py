"""The files of a lake: their names, how they are written, and how they are put in place so that doing it twice is doing it once."""

import contextlib
import ctypes
import errno
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from workers.storage.lake_rows import PARTITIONS

__all__ = [
    "NO_DAY",
    "TARGET_BYTES",
    "WRITER_OPTIONS",
    "WRITE_OPTIONS",
    "DataFile",
    "Task",
    "begin",
    "carry_over",
    "do",
    "folder_of",
    "forget_retired",
    "sync",
    "sync_folders",
    "write",
]

#: Size of a file that is merged no further.
TARGET_BYTES = 16 * 1024**2
#: How hive names the folder of rows without a day; DuckDB, Spark and Arrow read it as null.
NO_DAY = "__HIVE_DEFAULT_PARTITION__"
#: Few different values: worth a dictionary. Texts, documents and ids are not.
_DICTIONARY = ["source", "language", "raw_topic", "severity", "rule", *(f"{child}.list.element.{name}" for child, names in {"mentions": ("type", "entity"), "entities": ("type", "country", "entity"), "dates": ("type", "text", "value", "from_value", "to_value"), "quotes": ("speaker",)}.items() for name in names)]  # fmt: skip

#: What a reader skips files by.
_STATISTICS = ["id", "source", "language", "published_at", "raw_offset", "article_id", "rule", "fired_at"]
WRITE_OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": _DICTIONARY,
    "write_statistics": _STATISTICS,
    "row_group_size": 8192,
}
#: The same for a file that is written bit by bit.
WRITER_OPTIONS = {name: value for name, value in WRITE_OPTIONS.items() if name != "row_group_size"}
#: For renameat2: paths are taken as they are (AT_FDCWD), and change names (RENAME_EXCHANGE).
_HERE, _EXCHANGE = -100, 2


class Task(NamedTuple):
    """Something to do after a commit: `put` the staged `source` in place as the file `target`, or `swap` it with the folder `target`, which holds the
    file `leaving` as long as that has not been done."""

    kind: str
    source: str
    target: str
    leaving: str


class DataFile(NamedTuple):
    """A Parquet file of the lake: the number stays when it is written anew, the generation grows."""

    number: int
    generation: int
    table: str
    day: str | None
    rows: int
    bytes: int

    @property
    def path(self) -> str:
        """Where it lies, below the lake's folder."""
        return f"{folder_of(self.table, self.day)}/{self.name}"

    @property
    def name(self) -> str:
        """What it is called in its folder."""
        return f"{self.number:012d}-{self.generation}.parquet"


def folder_of(table: str, day: str | None) -> str:
    """The folder of that day, below the lake's."""
    return f"{table}/{PARTITIONS[table]}={day or NO_DAY}"


def begin(path: Path, schema: pa.Schema) -> parquet.ParquetWriter:
    """A new file for rows of that schema."""
    return parquet.ParquetWriter(path, schema, **WRITER_OPTIONS)


def write(file: parquet.ParquetWriter, rows: pa.Table) -> None:
    """All rows of the file, which is whole then, but not synced."""
    with file:
        file.write_table(rows, WRITE_OPTIONS["row_group_size"])


def do(root: Path, tasks: Sequence[Task]) -> None:
    """Put and swap in order, each whether or not it was done before."""
    staged = root / "_state" / "staged"
    there = {path.name for path in staged.iterdir()}
    for task, source, name, leaving in tasks:
        if source not in there:
            continue
        coming, target = staged / source, root / name
        if task == "put":
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(coming, target)  # noqa: PTH105  tests count the calls of os
            continue
        if (target / leaving).exists() or not target.exists():
            _exchange(coming, target)
            sync(target.parent)
            sync(staged)
            with contextlib.suppress(OSError):  # a day without files
                target.rmdir()
        if coming.exists():
            os.replace(coming, root / "_state" / "retired" / source)  # noqa: PTH105  likewise


def carry_over(stays: Path, into: Path) -> None:
    """The same file under another name too: a link, or a copy where the file system has none."""
    try:
        os.link(stays, into)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}:
            raise
        shutil.copyfile(stays, into)
        with into.open("rb") as copied:
            os.fsync(copied.fileno())


def forget_retired(root: Path, after_s: float) -> None:
    """Delete the folders that were replaced so long ago. A query that has one open lists what it held; were it emptied at once, the query would
    find a day without rows, while now it finds names that are gone, and says so."""
    now = time.time()
    for folder in (root / "_state" / "retired").iterdir():
        if now - folder.stat().st_ctime >= after_s:
            shutil.rmtree(folder, ignore_errors=True)


def sync_folders(root: Path, tasks: Sequence[Task]) -> None:
    """What was put in place, and what folders were made for it, last."""
    places = {root / name for task, _, name, _ in tasks if task == "swap"}
    places |= {(root / name).parent for task, _, name, _ in tasks if task == "put"}
    for folder in sorted(places | {place.parent for place in places} | {root}):
        if folder.is_dir():
            sync(folder)


def _exchange(new: Path, old: Path) -> None:
    """Two folders change names at once."""
    library = ctypes.CDLL(None, use_errno=True)
    rename: Any = getattr(library, "renameat2", None)
    if rename and rename(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE) == 0:
        return
    aside = new.with_name(f"{new.name}.old")
    old.parent.mkdir(parents=True, exist_ok=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    if aside.exists():
        aside.rename(new)


def sync(path: Path) -> None:
    """The folder's entries, or the file's content, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
