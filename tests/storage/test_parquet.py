"""What a lake holds, and in which files."""

from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from lakes import FIRST, SECOND, content, files, on, seen, write
from stores import article

from schemas.articles import EnrichedArticle
from workers.storage import parquet
from workers.storage.lake_files import DataFile


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


def test_an_article_redated_moves_to_the_folder_of_its_new_day_whole_and_once(tmp_path: Path) -> None:
    def lying() -> list[tuple[Any, ...]]:
        return duckdb.sql(
            f"SELECT published_on::text, id, text, len(mentions), len(quotes) FROM read_parquet('{tmp_path}/articles/**/*.parquet') ORDER BY id"
        ).fetchall()  # fmt: skip

    write(tmp_path, [on("2025-07-30", "redated"), on("2025-07-30", "stays", offset=1)])
    write(tmp_path, [on("2025-08-02", "redated", "Another month.", offset=2)])
    stays = ("2025-07-30", "stays", "Some words.", 1, 1)
    assert lying() == [("2025-08-02", "redated", "Another month.", 1, 1), stays]
    write(tmp_path, [on("2025-09-01", "redated", "It comes late.", offset=1)])
    assert lying() == [("2025-08-02", "redated", "Another month.", 1, 1), stays]
    write(tmp_path, [on("2025-07-30", "redated", "And back.", offset=3)])
    assert lying() == [("2025-07-30", "redated", "And back.", 1, 1), stays]
    assert {name.split("/")[1] for name in files(tmp_path)} == {"published_on=2025-07-30"}
    history = (
        f"SELECT published_on::text, number, text FROM read_parquet('{tmp_path}/versions/**/*.parquet') ORDER BY number"
    )
    assert duckdb.sql(history).fetchall() == [("2025-07-30", 1, "Some words."), ("2025-08-02", 2, "Another month.")]
