"""What a plain glob and a snapshot of a lake see while it is being written."""

import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from lakes import on, seen, write

from workers.errors import Unavailable
from workers.storage.parquet import ParquetSink


def changing(path: Path, look: Callable[[], None], turns: int = 60) -> None:
    """Call `look` again and again while articles of one day are corrected and come on another."""
    write(path, [on("2025-07-30", f"a{number}", "At 0.", number) for number in range(20)])
    done = threading.Event()

    def keep_looking() -> None:
        while not done.is_set():
            look()

    reader = threading.Thread(target=keep_looking)
    reader.start()
    sink = ParquetSink(path)
    for turn in range(turns):
        sink.write([on("2025-07-30", f"a{turn % 20}", f"At {turn}.", 100 + turn), on("2025-07-31", f"b{turn}", "New.", 200 + turn)])  # fmt: skip
    sink.close()
    done.set()
    reader.join(60)
    assert not reader.is_alive()


CORRECTED = {f"a{number}" for number in range(20)}


def test_a_plain_glob_never_doubles_an_article_and_never_shows_a_part_of_a_file(tmp_path: Path) -> None:
    found: list[list[str]] = []

    def look() -> None:
        try:
            found.append([name for name, _ in seen(tmp_path)])
        except duckdb.IOException as error:  # the query met a file that has left since it listed them
            assert "No such file" in str(error) or "No files" in str(error)  # noqa: PT017

    changing(tmp_path, look)
    assert found
    for names in found:
        assert len(names) == len(set(names))
        assert CORRECTED & set(names) in (CORRECTED, set()), "DuckDB leaves out a file whose name is gone when it looks"


def test_a_snapshot_holds_each_article_once_and_stays_as_it_is(tmp_path: Path) -> None:
    lake_path = tmp_path / "lake"
    looks: list[tuple[Path, list[tuple[str, str]]]] = []

    def look() -> None:
        into = tmp_path / f"snapshot{len(looks)}"
        sink = ParquetSink(lake_path)
        sink.snapshot(into)
        sink.close()
        looks.append((into, seen(into)))

    changing(lake_path, look, 30)
    assert looks
    for into, rows in looks:
        names = [name for name, _ in rows]
        assert len(names) == len(set(names))
        assert set(names) >= CORRECTED
        assert seen(into) == rows
    with pytest.raises(Unavailable, match="there already"):
        ParquetSink(lake_path).snapshot(looks[0][0])
