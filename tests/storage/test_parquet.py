"""A lake on its own: killed at every step, merged, moved from day to day, full, damaged; and what a plain glob sees meanwhile."""

import errno
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from stores import Parquet, alert, article, duck

from schemas.articles import EnrichedArticle
from schemas.topics import ENRICHED
from workers.errors import Unavailable
from workers.ports import Tombstone
from workers.storage import lake, lake_files, parquet
from workers.storage.lake_files import DataFile
from workers.storage.parquet import ParquetSink


def on(day: str | None, identity: str, text: str = "Some words.", offset: int = 0) -> EnrichedArticle:
    """An article published on that day."""
    published = article().published
    assert published is not None
    when = published.model_copy(update={"value": day}) if day else None
    return article(identity, text, offset=offset, published=when)


def seen(path: Path) -> list[tuple[str, str]]:
    """Id and text of every row, as the plain glob gives them."""
    if not any(path.glob("articles/**/*.parquet")):
        return []
    with duck() as connection:
        return connection.execute(f"SELECT id, text FROM read_parquet('{path}/articles/**/*.parquet') ORDER BY id, text").fetchall()  # fmt: skip


def files(path: Path, table: str = "articles") -> list[str]:
    return sorted(str(file.relative_to(path)) for file in path.glob(f"{table}/**/*.parquet"))


def content(path: Path) -> dict[str, list[Any]]:
    """All that is stored but the times of storing."""
    store = Parquet(path)
    columns = {
        "articles": "id, content_sha256, raw_topic, raw_partition, raw_offset, published_on, text, document, mentions, entities, dates, quotes",
        "alerts": "id, rule, article_id, fired_at, document",
    }
    found = {table: sorted(store.rows(f"SELECT {names} FROM {table}"), key=str) for table, names in columns.items()}
    return found | {"versions": sorted(store.rows("SELECT a.id, v.number, v.raw_offset, v.document, v.text FROM versions v JOIN articles a ON a.key = v.article_key"), key=str)}  # fmt: skip


FIRST = [on("2025-07-30", "stays"), on("2025-07-30", "moves", offset=1), on("2025-07-30", "goes", offset=2), on(None, "dayless", offset=3), alert()]  # fmt: skip
SECOND = [
    on("2025-07-30", "stays", "Changed.", offset=5), on("2025-07-31", "moves", "Another day.", offset=6), Tombstone(ENRICHED.name, "goes"),
    *(on("2025-07-31", f"new{number}", offset=10 + number) for number in range(3)), alert("alert-2"),
]  # fmt: skip


def write(path: Path, *batches: list[Any]) -> None:
    sink = ParquetSink(path)
    sink.open()
    for batch in batches:
        sink.write(batch)
    sink.close()


class Dies:
    """Ends the process, without a word, at the nth of the calls that change the disk."""

    def __init__(self, at: int) -> None:
        self.left = at

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                os._exit(9)
            return call(*arguments, **named)

        return counted


def die_at(step: int, work: Callable[[], None]) -> bool:
    """Do the work in a child that dies at that step; whether it died."""
    child = os.fork()
    if child == 0:
        dies = Dies(step)
        for name in ("replace", "fsync", "link", "unlink", "rmdir", "mkdir"):
            setattr(os, name, dies.before(getattr(os, name)))
        for module, name in ((lake_files, "_exchange"), (lake, "write"), (lake, "do")):
            setattr(module, name, dies.before(getattr(module, name)))
        lake.Lake.commit = dies.before(lake.Lake.commit)  # type: ignore[method-assign]
        try:
            work()
        except BaseException:  # noqa: BLE001  the parent must see it
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, 9}, code
    return code == 9


@pytest.fixture
def ram(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the system has one: syncing costs nothing there."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="dateline-lake-", dir=memory) as name:
        yield Path(name)


def test_a_writer_that_is_killed_at_any_step_loses_nothing_and_doubles_nothing(ram: Path) -> None:
    tmp_path = ram
    write(tmp_path / "whole", FIRST, SECOND)
    wanted = content(tmp_path / "whole")
    write(tmp_path / "first", FIRST)
    before = {name for name, _ in seen(tmp_path / "first")}
    for step in range(200):
        path = tmp_path / f"lake{step}"
        shutil.copytree(tmp_path / "first", path)
        died = die_at(step, lambda path=path: write(path, SECOND))
        found = [name for name, _ in seen(path)]
        assert len(found) == len(set(found)), (step, found)
        assert set(found) >= before - {"goes", "moves"}, (step, "only what moves or is erased may be on its way")
        write(path, [])
        found = [name for name, _ in seen(path)]
        assert set(found) in (
            {"stays", "moves", "goes", "dayless"},
            {"stays", "moves", "dayless", "new0", "new1", "new2"},
        ), step
        write(path, SECOND)
        assert content(path) == wanted, step
        assert not list((path / "_state" / "staged").iterdir())
        shutil.rmtree(path)
        if not died:
            assert step > 20, "so many steps there are at least"
            return
    pytest.fail("it never came to the end")


def test_a_merge_that_is_killed_at_any_step_changes_no_row(ram: Path) -> None:
    tmp_path = ram
    write(tmp_path / "small", *([on("2025-07-30", f"a{number}", offset=number)] for number in range(5)), [on("2025-07-30", "a0", "Changed.", 9)])  # fmt: skip
    wanted = content(tmp_path / "small")
    for step in range(100):
        path = tmp_path / f"lake{step}"
        shutil.copytree(tmp_path / "small", path)
        died = die_at(step, lambda path=path: compact(path))
        assert [name for name, _ in seen(path)] == [f"a{number}" for number in range(5)], step
        compact(path)
        assert content(path) == wanted, step
        assert len(files(path)) == 1
        assert not list((path / "_state" / "staged").iterdir())
        write(path, [on("2025-07-30", "a3", "Changed.", 20), Tombstone(ENRICHED.name, "a4")])
        assert dict(seen(path))["a3"] == "Changed.", "the index knows where the rows lie now"
        assert len(seen(path)) == 4
        shutil.rmtree(path)
        if not died:
            assert step > 5
            return
    pytest.fail("it never came to the end")


def compact(path: Path) -> int:
    sink = ParquetSink(path)
    fewer = sink.compact()
    sink.close()
    return fewer


def test_without_an_exchange_of_names_a_merge_still_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        """A C library that has no renameat2."""

    monkeypatch.setattr(lake_files.ctypes, "CDLL", lambda *_, **__: Old())
    write(tmp_path, *([on("2025-07-30", f"a{number}", offset=number)] for number in range(4)))
    assert compact(tmp_path) == 3
    assert len(seen(tmp_path)) == 4


def test_without_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(lake_files.os, "link", refused)
    write(tmp_path, *([on("2025-07-30", f"a{number}", offset=number)] for number in range(3)), [on("2025-07-30", "a1", "Changed.", 9)])  # fmt: skip
    assert [text for _, text in seen(tmp_path)] == ["Some words.", "Changed.", "Some words."]


def test_small_files_of_a_day_are_merged_by_the_sink_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_MERGE_FILES", 4)
    write(tmp_path, *([on("2025-07-30", f"a{number}", offset=number)] for number in range(9)))
    assert len(seen(tmp_path)) == 9
    assert len(files(tmp_path)) <= 3


def test_files_are_merged_by_size_class_up_to_the_size_aimed_at() -> None:
    def files_of(*sizes: tuple[int, int]) -> list[DataFile]:
        return [DataFile(number, 0, "articles", None, rows, size) for number, (rows, size) in enumerate(sizes)]

    tiny, middle, large = (5, 20_000), (500, 1_700_000), (4000, 14_000_000)
    assert parquet._small(files_of(*[tiny] * 15, large), 16) == []
    assert len(parquet._small(files_of(*[tiny] * 16, large), 16)) == 16
    assert len(parquet._small(files_of(*[middle] * 16), 16)) == 9, "more would not fit"
    assert parquet._small(files_of(*[tiny] * 10, *[middle] * 10), 16) == [], "neither class is full"
    assert len(parquet._small(files_of(tiny, middle, large), 2)) == 2
    assert parquet._small(files_of(tiny, large, large), 2) == []


def test_the_day_is_a_folder_that_duckdb_reads_as_a_date(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    assert [name.split("/")[1] for name in files(tmp_path)] == [
        "published_on=2025-07-30",
        "published_on=__HIVE_DEFAULT_PARTITION__",
    ]
    query = (
        f"SELECT id FROM read_parquet('{tmp_path}/articles/**/*.parquet', hive_partitioning = true) WHERE published_on "
    )
    assert len(duckdb.sql(query + "= DATE '2025-07-30'").fetchall()) == 3
    assert duckdb.sql(query + "IS NULL").fetchall() == [("dayless",)]


def test_lists_are_asked_without_a_join(tmp_path: Path) -> None:
    write(tmp_path, FIRST)
    found = duckdb.sql(f"SELECT DISTINCT e.name FROM (SELECT unnest(entities) AS e FROM read_parquet('{tmp_path}/articles/**/*.parquet'))")  # fmt: skip
    assert found.fetchall() == [("Some w",)]


def test_the_document_and_the_text_are_the_whole_message(tmp_path: Path) -> None:
    odd = article("odd", 'Words "text":"x", \\ and \u2028 \x7f é 😀\n', offset=4, title='"text":"Words')
    write(tmp_path, [odd])
    row = duckdb.sql(f"SELECT text, document FROM read_parquet('{tmp_path}/articles/**/*.parquet')").fetchall()[0]
    assert len(row[1]) < len(odd.model_dump_json())
    import orjson

    assert EnrichedArticle.model_validate(orjson.loads(row[1]) | {"text": row[0]}) == odd


def test_the_same_messages_in_other_batches_give_the_same_rows(tmp_path: Path) -> None:
    messages = [
        *FIRST,
        *SECOND,
        on("2025-07-30", "stays", "Once more.", 30),
        on("2025-07-31", "stays", "And moved.", 31),
    ]
    write(tmp_path / "one", messages)
    write(tmp_path / "each", *([message] for message in messages))
    assert content(tmp_path / "one") == content(tmp_path / "each")


def test_replaying_writes_no_file(tmp_path: Path) -> None:
    write(tmp_path, FIRST, SECOND)
    stamps = {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)}
    write(tmp_path, SECOND)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)} == stamps


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
    """A file system of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a full disk is made by mounting a small tmpfs, which needs root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=False, capture_output=True)  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"a full disk is made by mounting a small tmpfs: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


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
