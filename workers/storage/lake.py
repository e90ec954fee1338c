"""A folder of Parquet files that is changed by whole commits, and survives being killed anywhere.

    articles/published_on=2025-07-31/000000000007-0.parquet   what readers read: articles/**/*.parquet, versions/**, alerts/**
    _state/index.db                                           which id lies in which file, and what is still to be done
    _state/staged/, _state/retired/                           files and folders on their way in; folders on their way out

A file never changes; its successor has another name. A commit writes its files into `staged`, syncs them, and notes in one SQLite transaction
where they belong and what they hold. That transaction is the commit. Then they are put in place: a new file by a rename; where files of a day are
replaced, a folder with the new ones, and links to those that stay, changes names with the day's folder at once (renameat2, RENAME_EXCHANGE; where
the system has none, the folder is missing for an instant). So a glob finds the files of before or of after. What was committed and not yet in
place when the process died is put there by whoever opens the lake next; what was not committed is thrown away. What is to be done stays noted
until the folders are synced too, which is done for many commits at once.

One writer at a time: an exclusive lock on `_state/lock`, which ends with its process.
"""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from workers.errors import Unavailable
from workers.storage.lake_files import (
    NO_DAY,
    DataFile,
    Task,
    begin,
    carry_over,
    do,
    folder_of,
    forget_retired,
    sync,
    sync_folders,
    write,
)
from workers.storage.lake_rows import PARTITIONS

__all__ = ["STEPS", "Lake"]

#: How long a write waits for another writer.
_LOCK_MS = 5000
#: How long a folder that was replaced is kept for the queries that are reading its names.
_GRACE_S = 10.0
#: Files that are written at once.
_WRITERS = 4
_FILES = "SELECT number, generation, tbl, day, rows, bytes FROM files"
#: Tasks that are kept until the folders are synced.
_MANY_TASKS = 200


#: The index, as steps that are only ever added to.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE files (number INTEGER PRIMARY KEY AUTOINCREMENT, generation INTEGER NOT NULL, tbl TEXT NOT NULL, day TEXT, rows INTEGER NOT NULL, bytes INTEGER NOT NULL)",
        "CREATE INDEX files_day ON files (tbl, day, number)",
        "CREATE TABLE articles (id TEXT PRIMARY KEY, file INTEGER NOT NULL, content_sha256 TEXT NOT NULL, raw_topic TEXT, raw_partition INTEGER, raw_offset INTEGER, versions INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE versions (id TEXT NOT NULL, number INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (id, number)) WITHOUT ROWID",
        "CREATE TABLE alerts (id TEXT PRIMARY KEY, file INTEGER NOT NULL, article_id TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX alerts_article ON alerts (article_id)",
        "CREATE TABLE pending (number INTEGER PRIMARY KEY, task TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, leaving TEXT NOT NULL)",
    ),
)


class Lake:
    """The files and their index. All work is done in `transaction`; file system and SQLite errors come out as they are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: What the transaction does: files that are being written, by number; files that leave and come, by table and day; new files; new files of
        #: rows that left elsewhere.
        self._writing: list[tuple[int, Path, Future[None]]] = []
        self._leaving: dict[tuple[str, str | None], tuple[list[DataFile], list[tuple[DataFile, Path]]]] = {}
        self._put: list[tuple[Path, DataFile]] = []
        self._moved: list[tuple[Path, DataFile]] = []
        self._writers = ThreadPoolExecutor(_WRITERS, "lake")
        self._state = path / "_state"
        self._staged = self._state / "staged"
        self._staged.mkdir(parents=True, exist_ok=True)
        (self._state / "retired").mkdir(exist_ok=True)
        self._lock = os.open(self._state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with self._locked():
                fresh = not (self._state / "index.db").exists()
                self.index = sqlite3.connect(
                    self._state / "index.db", timeout=_LOCK_MS / 1000, isolation_level=None, check_same_thread=False
                )
                self.index.execute("PRAGMA journal_mode=WAL")
                self.index.execute("PRAGMA synchronous=FULL")
                self._migrate()
            with self.transaction():
                self._finish(0)
                self._clean()
                if fresh or self.index.execute("SELECT count(*) FROM files").fetchone() == (0,):
                    self._index_files()
                self.commit()
        except BaseException:
            self.close()
            raise

    def snapshot(self, into: Path) -> int:
        """Links to all files as of now in a new folder on the same file system; how many. Raises FileExistsError where it is there already."""
        unfinished = into.with_name(f"{into.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with self.transaction():
            found = [DataFile(*row) for row in self.index.execute(_FILES)]
            for file in found:
                target = unfinished / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):  # somebody has taken the day away
                    carry_over(self.path / file.path, target)
        if into.exists():
            raise FileExistsError(f"{into} is there already")
        unfinished.rename(into)
        return len(found)

    def release(self) -> None:
        """Give back all space that can be: what was replaced goes at once."""
        with contextlib.suppress(OSError):
            forget_retired(self.path, 0)

    def close(self) -> None:
        """Let go of the index and the lock."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
            self._writers.shutdown()
        if hasattr(self, "index"):
            self.index.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Alone with the lake until the end; what is not committed by then is undone. Raises Unavailable while another writer is at work."""
        with self._locked():
            self.index.execute("BEGIN IMMEDIATE")
            finished = False
            try:
                self._finish(_MANY_TASKS)
                forget_retired(self.path, _GRACE_S)
                self._writing, self._leaving, self._put, self._moved = [], {}, [], []
                finished = True
                yield
            finally:
                wait([written for _, _, written in self._writing])
                if self.index.in_transaction:
                    self.index.execute("ROLLBACK")
                    if finished:  # so nothing that is staged belongs to a commit
                        self._clean()

    def commit(self) -> None:
        """Make what was put, replaced and merged last, then visible."""
        self._written()
        for (table, day), leaving in self._leaving.items():
            self._stage_folder(table, day, leaving, f"folder-{uuid.uuid4().hex}")
        for staged, file in (*self._put, *self._moved):
            self._note("put", staged.name, file.path, "")
        if self._leaving or self._put or self._moved:
            sync(self._staged)
        self.index.execute("COMMIT")
        do(self.path, self._pending())

    def files(self, table: str, day: str | None) -> list[DataFile]:
        """The files of that day, oldest first."""
        return [DataFile(*row) for row in self.index.execute(f"{_FILES} WHERE tbl = ? AND day IS ? ORDER BY number", (table, day))]  # fmt: skip

    def file(self, number: int) -> DataFile:
        """The file of that number."""
        return DataFile(*self.index.execute(f"{_FILES} WHERE number = ?", (number,)).fetchone())

    def read(self, file: DataFile) -> pa.Table | None:
        """All rows of the file; None where somebody has taken it away. Raises Unavailable for one that is damaged."""
        try:
            return parquet.ParquetFile(self.path / file.path).read()
        except FileNotFoundError:
            return None
        except pa.ArrowException as error:
            raise Unavailable(f"{self.path / file.path}: {error}; it is damaged: restore it, or move it away") from None

    def put(self, table: str, day: str | None, rows: pa.Table, *, moved: bool = False) -> int:
        """Stage a new file; its number. Rows that were `moved` from other days come in place after those were taken out there."""
        file, staged = self._stage(table, day, rows)
        (self._moved if moved else self._put).append((staged, file))
        return file.number

    def replace(self, file: DataFile, rows: pa.Table | None) -> None:
        """Stage the file's next generation; None or no rows: it goes."""
        leaving, coming = self._changed(file.table, file.day)
        leaving.append(file)
        if rows is None or not rows.num_rows:
            self.index.execute("DELETE FROM files WHERE number = ?", (file.number,))
        else:
            coming.append(self._stage(file.table, file.day, rows, file))
            self._written()  # it may be much larger than the batch: one at a time is held

    def merge(self, files: Sequence[DataFile]) -> None:
        """Stage files of one day as one, and move their rows to its number in the index."""
        table, day = files[0].table, files[0].day
        rows = pa.concat_tables([found for file in files if (found := self.read(file)) is not None], promote_options="default")  # fmt: skip
        leaving, coming = self._changed(table, day)
        leaving += files
        self.index.executemany("DELETE FROM files WHERE number = ?", [(file.number,) for file in files])
        coming.append(self._stage(table, day, rows))
        self._written()
        number = coming[-1][0].number
        if table == "versions":
            marks = list(zip(rows["id"].to_pylist(), rows["number"].to_pylist(), strict=True))
            self.index.executemany(f"UPDATE versions SET file = {number} WHERE id = ? AND number = ?", marks)
        else:
            self.index.executemany(f"UPDATE {table} SET file = {number} WHERE id = ?", [(name,) for name in rows["id"].to_pylist()])  # fmt: skip

    def _changed(self, table: str, day: str | None) -> tuple[list[DataFile], list[tuple[DataFile, Path]]]:
        return self._leaving.setdefault((table, day), ([], []))

    def _stage(self, table: str, day: str | None, rows: pa.Table, old: DataFile | None = None) -> tuple[DataFile, Path]:
        """The rows as a file in `staged`, and in the index as a new file or the next generation of an old one. It is written while the caller goes on,
        which Python's lock allows for all but the beginning: so that is made here."""
        if old is None:
            cursor = self.index.execute("INSERT INTO files (generation, tbl, day, rows, bytes) VALUES (0, ?, ?, 0, 0)", (table, day))  # fmt: skip
            number, generation = int(cursor.lastrowid or 0), 0
        else:
            number, generation = old.number, old.generation + 1
        staged = self._staged / f"{number}-{generation}.new"
        self._writing.append((number, staged, self._writers.submit(write, begin(staged, rows.schema), rows)))
        self.index.execute("UPDATE files SET generation = ?, rows = ? WHERE number = ?", (generation, rows.num_rows, number))  # fmt: skip
        return DataFile(number, generation, table, day, rows.num_rows, 0), staged

    def _written(self) -> None:
        """Wait until what is staged is written, have it on disk, and note how large it is. Files that are synced together share the file system's
        own commit."""
        for _, _, written in self._writing:
            written.result()
        list(self._writers.map(sync, [path for _, path, _ in self._writing]))
        sizes = ((path.stat().st_size, number) for number, path, _ in self._writing)
        self.index.executemany("UPDATE files SET bytes = ? WHERE number = ?", sizes)
        self._writing = []

    def _stage_folder(
        self, table: str, day: str | None, change: tuple[list[DataFile], list[tuple[DataFile, Path]]], name: str
    ) -> None:
        """The day's next folder: what stays as links, what comes; noted to change names with the folder of now."""
        leaving, coming = change
        there, next_one = self.path / folder_of(table, day), self._staged / name
        present = [file.name for file in leaving if (there / file.name).exists()]
        if not present:  # somebody has taken them away: there is nothing to replace
            for file, staged in coming:
                self._note("put", staged.name, file.path, "")
            return
        shutil.rmtree(next_one, ignore_errors=True)
        next_one.mkdir()
        goes = {file.name for file in leaving}
        for stays in there.iterdir() if there.is_dir() else ():
            if stays.name not in goes:
                carry_over(stays, next_one / stays.name)
        for file, staged in coming:
            os.replace(staged, next_one / file.name)  # noqa: PTH105  tests count the calls of os
        sync(next_one)
        self._note("swap", name, folder_of(table, day), present[0])

    def _note(self, task: str, source: str, target: str, leaving: str) -> None:
        self.index.execute("INSERT INTO pending (task, source, target, leaving) VALUES (?, ?, ?, ?)", (task, source, target, leaving))  # fmt: skip

    def _pending(self) -> list[Task]:
        return list(
            map(Task._make, self.index.execute("SELECT task, source, target, leaving FROM pending ORDER BY number"))
        )

    def _finish(self, most: int) -> None:
        """Do what an earlier commit left to be done, and forget it once there is more of it than `most`."""
        left = self._pending()
        if left:
            do(self.path, left)
        if len(left) > most:
            sync_folders(self.path, left)
            self.index.execute("DELETE FROM pending")

    def _clean(self) -> None:
        """Throw away what was staged and never committed."""
        for left in self._staged.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _index_files(self) -> None:
        """The index anew from the files: for a lake whose `_state` was lost."""
        for table, partition in PARTITIONS.items():
            for path in sorted(self.path.glob(f"{table}/{partition}=*/*.parquet")):
                day = path.parent.name.partition("=")[2]
                self._index_file(table, None if day == NO_DAY else day, path)
        self.index.execute("UPDATE articles SET versions = (SELECT coalesce(max(number), 0) FROM versions v WHERE v.id = articles.id)")  # fmt: skip

    def _index_file(self, table: str, day: str | None, path: Path) -> None:
        columns = {"articles": ["id", "content_sha256", "raw_topic", "raw_partition", "raw_offset"], "versions": ["id", "number"], "alerts": ["id", "article_id"]}[table]  # fmt: skip
        found = parquet.ParquetFile(path).read(columns=columns)
        number, generation = map(int, path.stem.split("-"))
        self.index.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", (number, generation, table, day, found.num_rows, path.stat().st_size))  # fmt: skip
        more = ", versions" if table == "articles" else ""
        rows = zip(*(found[name].to_pylist() for name in columns), strict=True)
        self.index.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}, file{more}) VALUES ({', '.join('?' * len(columns))}, {number}{', 0' if more else ''})", rows
        )  # fmt: skip

    def _migrate(self) -> None:
        self.index.execute("BEGIN IMMEDIATE")
        self.index.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at TEXT DEFAULT CURRENT_TIMESTAMP)")  # fmt: skip
        present = self.index.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()[0]
        for version, statements in enumerate(STEPS, 1):
            if version > present:
                for statement in statements:
                    self.index.execute(statement)
                self.index.execute("INSERT INTO schema_version (version) VALUES (?)", (version,))
        self.index.execute("COMMIT")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        deadline = time.monotonic() + _LOCK_MS / 1000
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Unavailable(f"{self.path}: another writer holds the lock; the worker waits and goes on by itself") from None  # fmt: skip
                time.sleep(0.02)
        try:
            yield
        finally:
            if self._lock >= 0:
                fcntl.flock(self._lock, fcntl.LOCK_UN)
