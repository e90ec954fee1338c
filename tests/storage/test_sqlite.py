"""SQLite on its own: a file that cannot be written, a disk that is full, a file that is damaged."""

import contextlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disks import disk_of
from stores import article

from workers.errors import Unavailable
from workers.storage.sqlite import SqliteSink


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of(2, tmp_path / "disk") as folder:
        yield folder


def ids(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY id")]


def test_a_full_disk_is_unavailable_and_the_write_passes_once_there_is_space(small_disk: Path) -> None:
    path = small_disk / "store.db"
    sink = SqliteSink(path)
    sink.write([article("before")])
    filler = small_disk / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(b"x" * 2_100_000)
    big = [article("after", text="word " * 20_000)]
    with pytest.raises(Unavailable, match=r"full.*give it space"):
        sink.write(big)
    with pytest.raises(Unavailable):
        sink.write(big)
    filler.unlink()
    sink.write(big)
    sink.close()
    assert ids(path) == ["after", "before"]


def test_a_disk_that_is_full_at_the_start_is_unavailable(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(b"x" * 2_100_000)
    sink = SqliteSink(small_disk / "store.db")
    with pytest.raises(Unavailable):
        sink.open()
    filler.unlink()
    sink.open()
    sink.close()


def test_a_read_only_disk_is_unavailable_and_says_what_to_do(small_disk: Path) -> None:
    path = small_disk / "store.db"
    first = SqliteSink(path)
    first.write([article("before")])
    first.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    sink = SqliteSink(path)
    with pytest.raises(Unavailable, match=r"readonly|read-only|unable to open"):
        sink.write([article("after")])
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    sink.write([article("after")])
    sink.close()
    assert ids(path) == ["after", "before"]


def test_a_folder_in_place_of_the_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="DATELINE_STORAGE_URL"):
        SqliteSink(tmp_path).open()


def test_a_file_that_is_no_database_is_unavailable_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are somebody's notes. " * 200)
    with pytest.raises(Unavailable, match="not a database"):
        SqliteSink(path).write([article()])
    assert path.read_text() == "These are somebody's notes. " * 200


def test_a_damaged_database_is_unavailable_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sink = SqliteSink(path)
    sink.write([article(f"a{number}", text="word " * 2000) for number in range(50)])
    sink.close()
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 20] = b"\xff" * (4096 * 18)
    path.write_bytes(data)
    with pytest.raises(Unavailable):
        SqliteSink(path).write([article(f"a{number}") for number in range(50)])


def test_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    sink = SqliteSink(path)
    sink.write([article("x")])
    sink.close()
    assert ids(path) == ["x"]


def test_a_worker_that_dies_in_the_middle_of_a_batch_leaves_none_of_it(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sink = SqliteSink(path)
    sink.write([article("whole")])
    pid = os.fork()
    if pid == 0:
        end = 10
        with contextlib.suppress(sqlite3.Error):
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            columns = "id, content_sha256, published_at, text, document"
            connection.execute(f"INSERT INTO articles ({columns}) VALUES ('half', 'x', '', 'x', '{{}}')")
            end = 9
        os.kill(os.getpid(), end)
    assert os.waitpid(pid, 0)[1] == 9, "it died with half a batch written"
    sink.write([article("next")])
    sink.close()
    assert ids(path) == ["next", "whole"]


def test_readers_see_articles_while_the_worker_writes(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sink = SqliteSink(path)
    sink.write([article("a")])
    with contextlib.closing(sqlite3.connect(path)) as reader:
        cursor = reader.execute("SELECT id FROM articles")
        sink.write([article("b")])
        assert cursor.fetchall() == [("a",)]
    sink.close()


def test_an_article_whose_words_cannot_be_indexed_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sink = SqliteSink(path)
    sink.write([article("before")])
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE articles_search_data")
    with pytest.raises(Unavailable):
        sink.write([article("after")])
    sink.close()
    assert ids(path) == ["before"]


def test_what_is_written_is_on_disk_before_it_is_said_to_be(tmp_path: Path) -> None:
    """No test can pull the plug; what keeps the data then is told to SQLite at each start."""
    sink = SqliteSink(tmp_path / "store.db")
    sink.open()
    connection = sink._connected()
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    sink.close()


def test_a_replay_changes_no_row(tmp_path: Path) -> None:
    sink = SqliteSink(tmp_path / "store.db")
    batch = [article(f"a{number}", offset=number) for number in range(3)]
    sink.write(batch)
    connection = sink._connected()
    before = connection.total_changes
    sink.write(batch)
    assert connection.total_changes == before
    sink.close()
