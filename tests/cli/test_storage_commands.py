"""search, export, erase, rebuild as programs: on a store alone, and with the topics behind it."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from kafka_tools import fresh_topics, produce, read_topic, worker

from schemas.articles import EnrichedArticle, Entity, Provenance, Published, RawOrigin
from schemas.codec import encode
from schemas.topics import DEAD_LETTERS, ENRICHED
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.storage.sink import open_sink
from workers.storage.sqlite import SqliteSink

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

from opensearch_stub import OpenSearchStub

ROOT = Path(__file__).parents[2]


def told(
    identity: str, text: str, *, offset: int = 0, source: str = "a.example", person: str = "Anna Example"
) -> EnrichedArticle:
    entity = Entity(id="e1", type="PER", name=person, count=1, salience=0.5, first_start=0)
    raw = RawOrigin(topic="articles.raw.v1", partition=0, offset=offset, sha256="0" * 64)
    return EnrichedArticle(id=identity, text=text, title=f"Title of {identity}", source=source, entities=(entity,), provenance=Provenance(raw=raw))  # fmt: skip


def dateline(store: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", *arguments], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
        env={**clean, "DATELINE_STORAGE_URL": f"sqlite:///{store}", "COLUMNS": "200", **environment},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def content(path: Path) -> dict[str, list[Any]]:
    """All that is stored but the keys and the times of storing."""
    queries = {
        "articles": "SELECT id, content_sha256, raw_topic, raw_partition, raw_offset, title, text, document FROM articles ORDER BY id",
        "versions": "SELECT a.id, v.number, v.content_sha256, v.document, v.text FROM versions v JOIN articles a ON a.key = v.article_key ORDER BY a.id, v.number",
        "entities": "SELECT a.id, e.position, e.name FROM entities e JOIN articles a ON a.key = e.article_key ORDER BY a.id, e.position",
        "search": "SELECT a.id FROM articles a WHERE a.key IN (SELECT rowid FROM articles_search WHERE articles_search MATCH 'words') ORDER BY a.id",
    }
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    sink = SqliteSink(path)
    sink.write([told("a1", "Some words."), told("a2", "Other words.", offset=1, source="b.example", person="Ben Other"), told("a3", "Nothing.", offset=2)])  # fmt: skip
    sink.close()
    return path


@pytest.mark.parametrize(
    ("option", "value"), [("--country", "Turkey"), ("--language", "English"), ("--from", "yesterday"), ("--mentions-to", "2025-13-01"), ("--format", "xml")]
)  # fmt: skip
def test_what_can_find_nothing_is_refused_by_the_name_of_its_option(store: Path, option: str, value: str) -> None:
    code, _, err = dateline(store, "search", option, value)
    assert code == 78
    assert option in err


def test_a_program_reads_whole_lines(store: Path) -> None:
    lines = dateline(store, "search")[1].splitlines()
    assert len(lines) == 1 + len(dateline(store, "search", "--format", "jsonl")[1].splitlines())
    assert not any("…" in line for line in lines)


def test_search_prints_a_table_and_every_format(store: Path) -> None:
    code, out, _ = dateline(store, "search", "words", "--source", "b.example")
    assert (code, "Title of a2" in out, "a1" in out) == (0, True, False)
    code, out, _ = dateline(store, "search", "words", "--format", "jsonl")
    assert [EnrichedArticle.model_validate_json(line).id for line in out.splitlines()] == ["a2", "a1"]
    assert (
        json.loads(dateline(store, "search", "--entity", "ben other", "-f", "ninjs")[1])["people"][0]["name"]
        == "Ben Other"
    )
    assert json.loads(dateline(store, "search", "Nothing", "-f", "jsonld")[1])["@type"] == "NewsArticle"
    code, _, err = dateline(store, "search", "--", "-words")
    assert (code, "at least one word" in err) == (1, True)
    assert dateline(store, "search", "--format", "xml")[0] == 78


def test_export_writes_a_parquet_file_that_duckdb_reads(store: Path, tmp_path: Path) -> None:
    assert dateline(store, "export", "--format", "parquet")[0] == 78
    code, _, err = dateline(store, "export", "--format", "parquet", "--into", str(tmp_path / "out.parquet"))
    assert (code, "3 articles" in err) == (0, True)
    found = duckdb.sql(f"SELECT id, text, entities[1].name, published_on FROM '{tmp_path}/out.parquet' ORDER BY id")
    assert found.fetchall()[1] == ("a2", "Other words.", "Ben Other", None)
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def in_lake(lake: Path) -> dict[str, str]:
    """Id and text of every article, as a plain glob gives them."""
    if not any(lake.glob("articles/**/*.parquet")):
        return {}
    return dict(duckdb.sql(f"SELECT id, text FROM read_parquet('{lake}/articles/**/*.parquet')").fetchall())


def published(day: str) -> Published:
    return Published(value=day, precision="day", tz_status="unknown", method="jsonld", raw=day, confidence=0.9)


@pytest.mark.parametrize("kind", ["parquet", "opensearch"])
def test_erasing_and_retention_reach_every_store(kind: str, tmp_path: Path) -> None:
    with OpenSearchStub() as stub:
        url = stub.url if kind == "opensearch" else f"parquet:///{tmp_path}/lake"

        def left() -> set[str]:
            return {one["id"] for one in stub.documents("articles").values()} if kind == "opensearch" else set(in_lake(tmp_path / "lake"))  # fmt: skip

        yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        sink = open_sink(url)
        sink.write([
            told("old", "Old.").model_copy(update={"published": published("2020-01-01")}), told("new", "New.", offset=1).model_copy(update={"published": published(yesterday)}),
            told("by-b", "B.", offset=2, source="b.example"), told("of-ben", "Ben.", offset=3, person="Ben Other"), told("stays", "Stays.", offset=4),
        ])  # fmt: skip
        sink.close()

        def erase(*arguments: str) -> str:
            code, out, err = dateline(tmp_path, "erase", *arguments, "--yes", DATELINE_STORAGE_URL=url)
            assert code == 0, err
            return out

        assert "erased 1 articles" in erase("--older-than-days", "365")
        assert left() == {"new", "by-b", "of-ben", "stays"}
        assert "erased 1 articles" in erase("--source", "b.example", "--store-only")
        assert "erased 1 articles" in erase("--person", "ben other", "--store-only")
        assert left() == {"new", "stays"}
        erase("--article", "new", "--store-only")
        assert left() == {"stays"}


def test_compact_merges_the_files_of_a_lake(tmp_path: Path) -> None:
    sink = open_sink(f"parquet:///{tmp_path}/lake")
    for number in range(5):
        sink.write([told(f"a{number}", "Words.", offset=number)])
    sink.close()
    code, out, _ = dateline(tmp_path, "compact", "--lake", f"parquet:///{tmp_path}/lake")
    assert (code, "4 files fewer" in out) == (0, True)
    assert len(in_lake(tmp_path / "lake")) == 5
    code, out, _ = dateline(tmp_path, "snapshot", str(tmp_path / "then"), "--lake", f"parquet:///{tmp_path}/lake")
    assert (code, "1 files" in out, len(in_lake(tmp_path / "then"))) == (0, True, 5)
    assert dateline(tmp_path / "x.db", "compact")[0] == 78


def test_export_writes_every_article_once(store: Path) -> None:
    code, out, _ = dateline(store, "export")
    assert (code, sorted(json.loads(line)["id"] for line in out.splitlines())) == (0, ["a1", "a2", "a3"])
    assert len(dateline(store, "export", "--entity", "Anna Example", "--format", "ninjs")[1].splitlines()) == 2


def test_erase_lists_first_and_then_takes_the_articles_of_a_person(store: Path) -> None:
    code, out, _ = dateline(store, "erase", "--person", "anna example", "--store-only")
    assert (code, "would erase 2 articles" in out, len(content(store)["articles"])) == (0, True, 3)
    code, out, err = dateline(store, "erase", "--person", "anna example", "--store-only", "--yes")
    assert (code, "erased 2 articles" in out) == (0, True), err
    assert [row[0] for row in content(store)["articles"]] == ["a2"]
    assert content(store)["entities"] == [("a2", 0, "Ben Other")]
    assert dateline(store, "erase", "--yes")[0] == 78


@pytest.mark.broker
def test_what_is_rebuilt_from_the_topics_is_what_the_worker_stored_and_erased_stays_erased(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)
    articles = [told(f"n{number}", f"Some words, {number}.", offset=number) for number in range(40)]
    corrected = [told(f"n{number}", f"Better words, {number}.", offset=100 + number) for number in range(0, 40, 4)]
    late = [told("n0", "Words that come late.", offset=50)]
    produce(settings, ENRICHED.name, (Outgoing(one.id.encode(), encode(one)) for one in [*articles, *corrected, *late]))
    path, again = tmp_path / "store.db", tmp_path / "again.db"
    broker = {"DATELINE_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    with worker("storage", kafka.bootstrap_servers, tmp_path, storage_url=f"sqlite:///{path}", partitions=3):
        until(lambda: path.exists() and len(content(path)["versions"]) == 10 and len(content(path)["articles"]) == 40)
        code, out, err = dateline(path, "erase", "--article", "n7", "--yes", **broker)
        assert (code, "erased 1 articles" in out) == (0, True), err
        code, out, err = dateline(path, "rebuild", "--into", f"sqlite:///{again}", **broker)
        assert (code, "read 52 messages, stored 52" in out) == (0, True), (out, err)
        until(lambda: content(again) == content(path))
    assert content(again) == content(path)
    assert len(content(path)["articles"]) == 39
    assert len(content(path)["search"]) == 39
    assert [received.value for received in read_topic(settings, ENRICHED.name) if received.key == b"n7"][-1] is None
    assert read_topic(settings, DEAD_LETTERS.name) == []
    before = content(again)
    assert dateline(again, "rebuild", **broker)[0] == 0
    assert content(again)["articles"] == before["articles"], "again and again to the same content"


def lake_content(path: Path) -> list[Any]:
    """All that a lake holds but the times of storing, in an order of its own."""
    return [
        duckdb.sql(
            f"SELECT * EXCLUDE ({times}) FROM read_parquet('{path}/{table}/**/*.parquet') ORDER BY ALL"
        ).fetchall()
        for table, times in (("articles", "stored_at, updated_at"), ("versions", "written_at, replaced_at"))
        if any(path.glob(f"{table}/**/*.parquet"))
    ]


@pytest.mark.broker
def test_a_lake_is_rebuilt_from_the_topics_to_the_same_content(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)
    articles = [told(f"n{number}", f"Some words, {number}.", offset=number).model_copy(update={"published": published(f"2025-07-{number % 5 + 1:02}")}) for number in range(40)]  # fmt: skip
    corrected = [told(f"n{number}", f"Better words, {number}.", offset=100 + number).model_copy(update={"published": published("2025-07-09")}) for number in range(0, 40, 4)]  # fmt: skip
    produce(settings, ENRICHED.name, (Outgoing(one.id.encode(), encode(one)) for one in [*articles, *corrected]))
    lake, again = tmp_path / "lake", tmp_path / "again"
    broker = {"DATELINE_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "DATELINE_STORAGE_URL": f"parquet:///{lake}"}
    with worker("storage", kafka.bootstrap_servers, tmp_path, storage_url=f"parquet:///{lake}", partitions=3):
        until(lambda: len(in_lake(lake)) == 40 and sum("Better" in text for text in in_lake(lake).values()) == 10)
        code, out, err = dateline(lake, "erase", "--article", "n8", "--yes", **broker)
        assert (code, "erased 1 articles" in out) == (0, True), err
        code, out, err = dateline(lake, "rebuild", "--into", f"parquet:///{again}", **broker)
        assert (code, "read 51 messages, stored 51" in out) == (0, True), (out, err)
        until(lambda: lake_content(again) == lake_content(lake))
    assert [len(rows) for rows in lake_content(again)] == [39, 9]
    assert dateline(again, "rebuild", **broker)[0] == 0
    assert [len(rows) for rows in lake_content(lake)] == [39, 9]


def until(condition: Any, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        with contextlib.suppress(sqlite3.Error, duckdb.IOException):
            if condition():
                return
        assert time.monotonic() < deadline
        time.sleep(0.2)
