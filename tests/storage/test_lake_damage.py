"""A lake whose index or files are lost or damaged, and on a disk that is full or read-only."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lakes import FIRST, SECOND, content, files, on, seen, write
from small_disks import disk_of
from stores import Parquet, article

from workers.errors import Unavailable
from workers.storage.parquet import ParquetSink


def test_an_index_that_was_lost_is_made_anew_from_the_files(tmp_path: Path) -> None:
    write(tmp_path, FIRST, SECOND)
    wanted = content(tmp_path)
    shutil.rmtree(tmp_path / "_state")
    write(tmp_path, SECOND)
    assert content(tmp_path) == wanted
    write(tmp_path, [on("2025-07-30", "stays", "Third.", 40)])
    versions = Parquet(tmp_path).rows("SELECT number FROM versions ORDER BY number")
    assert versions == [(1,), (1,), (2,)]


def test_a_day_that_somebody_took_away_is_gone_and_the_writer_goes_on(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    shutil.rmtree(tmp_path / "articles" / "published_on=2025-07-30")
    write(tmp_path, SECOND)
    assert [name for name, _ in seen(tmp_path)] == ["dayless", "moves", "new0", "new1", "new2", "stays"]


def test_a_file_that_somebody_took_away_does_not_keep_its_neighbour_from_being_replaced(tmp_path: Path) -> None:
    write(tmp_path, [on("2025-07-30", "a")], [on("2025-07-30", "b", offset=1)])
    (tmp_path / files(tmp_path)[0]).unlink()
    write(tmp_path, [on("2025-07-30", "a", "Again.", 5), on("2025-07-30", "b", "Changed.", 6)])
    assert seen(tmp_path) == [("a", "Again."), ("b", "Changed.")]


def test_a_damaged_file_is_unavailable_and_no_row_is_blamed(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    damaged = tmp_path / files(tmp_path)[0]
    damaged.write_bytes(b"These are no rows.")
    sink = ParquetSink(tmp_path)
    with pytest.raises(Unavailable, match="damaged"):
        sink.write(SECOND)
    sink.close()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable, match="DATELINE_STORAGE_URL"):
        ParquetSink(tmp_path / "file" / "lake").open()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of(3, tmp_path / "disk") as folder:
        yield folder


def test_a_full_disk_is_unavailable_at_every_size_and_the_write_passes_once_there_is_space(small_disk: Path) -> None:
    path = small_disk / "lake"
    write(path, FIRST)
    wanted = content(path)
    filler = small_disk / "filler"
    for free in range(0, 400_000, 40_000):
        filler.write_bytes(b"")
        room = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"x" * (room - free))
        sink = ParquetSink(path)
        big = [article(f"big{free}-{number}", os.urandom(20_000).hex(), offset=number) for number in range(20)]
        with pytest.raises(Unavailable, match=r"(?i)space|full"):
            sink.write(big)
        sink.close()
        filler.unlink()
        assert content(path) == wanted, "none of it"
        assert not list((path / "_state" / "staged").iterdir()), "and nothing of it keeps the disk full"
    write(path, SECOND)
    write(small_disk / "other", FIRST, SECOND)
    assert content(path) == content(small_disk / "other")


def test_a_read_only_disk_is_unavailable(small_disk: Path) -> None:
    path = small_disk / "lake"
    write(path, FIRST)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(Unavailable, match=r"(?i)read-?only"):
        ParquetSink(path).write(SECOND)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    write(path, SECOND)
    assert len(seen(path)) == 6
