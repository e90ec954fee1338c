"""What every store promises, asked of each: written once, newest wins, all or nothing, and clear words when it cannot."""

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import TABLES, OpenSearch, Sqlite, Store, alert, article, make_store

from schemas.articles import EnrichedArticle, Entity, RawOrigin
from schemas.codec import encode
from schemas.topics import ALERTS, ENRICHED
from workers.errors import Refused, StoreRefused, Unavailable
from workers.ports import Tombstone
from workers.storage.query import Filters
from workers.storage.read import open_reader
from workers.storage.rows import culprit
from workers.storage.sink import open_sink

#: With surrogates, which hypothesis leaves out unless asked.
ANY_CHARACTER = st.characters(exclude_categories=()) | st.sampled_from("\0\ud800\\u")
CHILDREN = ("mentions", "entities", "dates", "quotes", "aliases")
_SQL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
#: For tests that speak SQL to the store; a lake has had one version yet.
DATABASES = pytest.mark.parametrize("store", _SQL, indirect=True)


@pytest.fixture(params=["parquet", "opensearch", *_SQL])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind; locks are waited for a moment only."""
    with make_store(request.param, request, tmp_path) as made:
        yield made


def write(store: Store, *batches: Sequence[Any]) -> None:
    sink = store.sink()
    sink.open()
    for batch in batches:
        sink.write(batch)
    sink.close()


def everything(store: Store) -> dict[str, list[Any]]:
    return {table: sorted(store.rows(f"SELECT * FROM {table}"), key=str) for table in TABLES}


def document(value: Any) -> dict[str, Any]:
    """PostgreSQL gives JSON as objects, SQLite as text."""
    return value if isinstance(value, dict) else json.loads(value)


def test_article_is_stored_with_its_rows(store: Store) -> None:
    write(store, [article()])
    assert store.rows("SELECT id, raw_topic, raw_partition, raw_offset, title, language, published, text FROM articles") == [
        ("a1", "articles.raw.v1", 3, 0, "A title", "en", "2025-07-31", "Lavrov spoke.")
    ]  # fmt: skip
    assert store.rows("SELECT article_key, position, start_at, end_at, text, type, entity FROM mentions") == [
        (1, 0, 0, 6, "Lavrov", "PER", "e1")
    ]
    assert store.rows("SELECT name, country, salience FROM entities") == [("Lavrov", "RU", 0.5)]
    assert store.rows("SELECT value, from_value, to_value FROM dates") == [("2025", "2025-01-01", "2025-12-31")]
    assert store.rows("SELECT text, speaker FROM quotes") == [("abc", "e1")]
    assert store.rows("SELECT position, alias_key FROM aliases") == [(0, "the minister")]
    stored = document(store.rows("SELECT document FROM articles")[0][0])
    assert EnrichedArticle.model_validate(stored) == article()


def test_the_same_batch_twice_leaves_what_one_left(store: Store) -> None:
    batch = [article("a1"), article("a2", offset=1), alert()]
    write(store, batch)
    once = everything(store)
    write(store, batch, batch)
    assert everything(store) == once
    assert [len(once[table]) for table in TABLES] == [2, 2, 2, 2, 2, 2, 1, 0]


def test_a_newer_version_replaces_the_older_with_all_its_rows(store: Store) -> None:
    write(
        store,
        [article(offset=1), article("other", offset=2)],
        [article(text="Nobody.", offset=5, mentions=(), quotes=())],
    )
    assert store.rows("SELECT text, raw_offset FROM articles WHERE id = 'a1'") == [("Nobody.", 5)]
    counts = [store.rows(f"SELECT count(*) FROM {table} WHERE article_key = 1")[0][0] for table in CHILDREN]
    assert counts == [0, 1, 1, 0, 1]
    assert store.rows("SELECT name FROM entities WHERE article_key = 1") == [("Nobody",)]
    assert store.rows("SELECT count(*) FROM mentions WHERE article_key = 2") == [(1,)]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two batches"])
def test_an_older_version_that_comes_late_changes_nothing(store: Store, *, together: bool) -> None:
    newer, older = article(text="Newer text.", offset=9), article(text="Older text.", offset=4)
    write(store, *([[newer, older]] if together else [[newer], [older]]))
    assert store.rows("SELECT text FROM articles") == [("Newer text.",)]
    assert store.rows("SELECT text FROM mentions") == [("Newer ",)]


def test_the_same_raw_message_enriched_anew_replaces_what_the_older_worker_wrote(store: Store) -> None:
    write(store, [article(text="Old rules.", offset=4)], [article(text="New rules.", offset=4)])
    assert store.rows("SELECT text FROM articles") == [("New rules.",)]


def test_an_article_of_unknown_origin_is_replaced_by_the_later_write(store: Store) -> None:
    write(store, [article(text="First.", offset=None)], [article(text="Second.", offset=None)])
    assert store.rows("SELECT text FROM articles") == [("Second.",)]


def test_an_article_of_another_partition_replaces_by_the_later_write(store: Store) -> None:
    elsewhere = RawOrigin(topic="articles.raw.v1", partition=0, offset=1, sha256="0" * 64)
    moved = article(text="Moved.").model_copy(
        update={"provenance": article().provenance.model_copy(update={"raw": elsewhere})}
    )
    write(store, [article(offset=70)], [moved])
    assert store.rows("SELECT text, raw_partition, raw_offset FROM articles") == [("Moved.", 0, 1)]


def test_a_page_that_came_again_unchanged_is_as_new_as_its_last_coming(store: Store) -> None:
    write(store, [article(text="Same.", offset=1)])
    before = store.rows("SELECT stored_at, updated_at FROM articles")
    write(store, [article(text="Same.", offset=5)], [article(text="Between.", offset=3)])
    assert store.rows("SELECT text, raw_offset FROM articles") == [("Same.", 5)]
    assert store.rows("SELECT stored_at, updated_at FROM articles") == before


def test_what_a_newer_version_replaces_is_kept(store: Store) -> None:
    write(store, [article(text="First.", offset=1)], [article(text="Second.", offset=2)])
    write(
        store,
        [article(text="Late.", offset=0)],
        [article(text="Second.", offset=2)],
        [article(text="Second.", offset=3)],
    )
    write(store, [article(text="Third.", offset=4)])
    kept = store.rows("SELECT article_key, number, raw_offset, document FROM versions ORDER BY number")
    assert [row[:3] for row in kept] == [(1, 1, 1), (1, 2, 3)]
    assert [document(row[3])["text"] for row in kept] == ["First.", "Second."]


def test_versions_that_come_together_are_kept_as_if_they_came_apart(store: Store) -> None:
    write(
        store,
        [
            article(text=text, offset=offset)
            for text, offset in (("First.", 1), ("Second.", 2), ("Late.", 0), ("Third.", 3))
        ],
    )
    assert store.rows("SELECT number, raw_offset FROM versions ORDER BY number") == [(1, 1), (2, 2)]
    assert store.rows("SELECT text, raw_offset FROM articles") == [("Third.", 3)]
    assert store.rows("SELECT count(*) FROM mentions") == [(1,)]


def test_a_tombstone_takes_the_article_with_all_that_hangs_on_it(store: Store) -> None:
    write(store, [article("a1"), article("kept", offset=1), alert()], [article("a1", "Changed.", offset=2)])
    write(store, [Tombstone(ENRICHED.name, "a1"), Tombstone(ENRICHED.name, "never there")])
    assert [len(everything(store)[table]) for table in TABLES] == [1, 1, 1, 1, 1, 1, 0, 0]
    assert store.rows("SELECT id FROM articles") == [("kept",)]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in several batches"])
def test_what_comes_after_a_tombstone_is_stored_and_what_came_before_is_not(store: Store, *, together: bool) -> None:
    batch = [
        article("gone", offset=1), article("back", "Before.", offset=2), alert("gone-alert"), Tombstone(ENRICHED.name, "gone"),
        Tombstone(ENRICHED.name, "back"), Tombstone(ALERTS.name, "gone-alert"), article("back", "After.", offset=3), alert("stays"),
    ]  # fmt: skip
    write(store, *([batch] if together else [[message] for message in batch]))
    assert store.rows("SELECT id, text FROM articles") == [("back", "After.")]
    assert store.rows("SELECT id FROM alerts") == [("stays",)]
    assert store.rows("SELECT count(*) FROM versions") == [(0,)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 5)), min_size=1, max_size=12),
    cut=st.integers(1, 4),
)
def test_in_any_order_and_any_batches_the_newest_version_stays(
    store: Store, arrivals: list[tuple[str, int]], cut: int
) -> None:
    sink = store.sink()
    sink.open()
    store.execute(["DELETE FROM articles"])
    assert not any(store.rows(f"SELECT 1 FROM {table}") for table in TABLES), "a deleted article leaves nothing"
    articles = [article(name, f"{name} at {offset}", offset=offset) for name, offset in arrivals]
    for start in range(0, len(articles), cut):
        sink.write(articles[start : start + cut])
    sink.close()
    newest = {name: max(offset for other, offset in arrivals if other == name) for name, _ in arrivals}
    assert dict(store.rows("SELECT id, text FROM articles")) == {name: f"{name} at {at}" for name, at in newest.items()}
    assert len(store.rows("SELECT 1 FROM mentions")) == len(newest)


def test_an_alert_is_one_row_and_the_first_firing_stays(store: Store) -> None:
    write(store, [alert(hour=1), alert(hour=2), alert("alert-2")], [alert(hour=3)])
    found = store.rows("SELECT id, rule, severity, article_id, title, published, document FROM alerts ORDER BY id")
    assert [row[:6] for row in found] == [
        (name, "Lavrov", "high", "a1", "A title", "2025-07-31") for name in ("alert-1", "alert-2")
    ]
    assert document(found[0][6])["fired_at"] in {"2025-07-31T01:00:00Z", "2025-07-31T02:00:00Z"}


def test_an_empty_batch_writes_nothing(store: Store) -> None:
    write(store, [])
    assert everything(store) == {table: [] for table in TABLES}


def too_large(identity: str) -> EnrichedArticle:
    """Its number has more bits than any store's integer."""
    entity = Entity(id="e1", type="GPE", name="X", count=1, salience=0.1, first_start=0, geonames_id=2**63)
    return article(identity, entities=(entity,))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_row_that_the_store_refuses_is_named_and_the_others_can_be_written(store: Store, place: int) -> None:
    batch: list[Any] = [article("a"), alert()]
    batch.insert(place, too_large("bad"))
    sink = store.sink()
    sink.open()
    with pytest.raises(StoreRefused) as refused:
        sink.write(batch)
    assert (refused.value.index, refused.value.reason) == (place, "store_refused")
    if not isinstance(store, OpenSearch):  # where each document stands for itself
        assert everything(store) == {table: [] for table in TABLES}, "all or nothing"
    sink.write([item for item in batch if item is not batch[place]])
    sink.close()
    assert store.rows("SELECT id FROM articles") == [("a",)]
    assert store.rows("SELECT count(*) FROM alerts") == [(1,)]


def test_a_lone_surrogate_is_refused_and_not_raised_as_something_else(store: Store) -> None:
    sink = store.sink()
    with pytest.raises(StoreRefused) as refused:
        sink.write([article(), article("a2", text="half a \ud83d pair")])
    assert (refused.value.index, refused.value.reason) == (1, "not_storable")
    sink.close()


def test_nul_is_left_out_everywhere_and_the_words_for_it_are_kept(store: Store) -> None:
    entity = Entity(id="e\0" + "1", type="PER", name="La\0vrov", aliases=("L\0",), count=1, salience=0.5, first_start=0)
    odd = article("n\0ul", "one\0two \\u0000 \\\\u0000 three", title="t\0", url="u\0", source="s\0", entities=(entity,))
    write(store, [odd])
    assert store.rows("SELECT id, text, title, url, source FROM articles") == [
        ("nul", "onetwo \\u0000 \\\\u0000 three", "t", "u", "s")
    ]
    assert store.rows("SELECT entity, name FROM entities") == [("e1", "Lavrov")]
    stored = document(store.rows("SELECT document FROM articles")[0][0])
    assert stored["text"] == "onetwo \\u0000 \\\\u0000 three"
    assert stored["entities"][0]["aliases"] == ["L"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(ANY_CHARACTER, max_size=60), title=st.text(ANY_CHARACTER, max_size=20))
def test_any_text_is_stored_as_it_is_or_refused(store: Store, text: str, title: str) -> None:
    sink = store.sink()
    if any("\ud800" <= character <= "\udfff" for character in text + title):
        with pytest.raises(StoreRefused, match="JSON"):
            sink.write([article("odd", text, title=title)])
    else:
        sink.write([article("odd", text, title=title)])
        assert store.rows("SELECT text, title FROM articles") == [(text.replace("\0", ""), title.replace("\0", ""))]
    sink.close()


def test_names_longer_than_an_index_takes_are_stored(store: Store) -> None:
    name = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(5000))
    entity = Entity(id="e1", type="PER", name=name, count=1, salience=0.5, first_start=0, country=name)
    published = article().published
    assert published is not None
    long = article("i" * 512, source=name, entities=(entity,), published=published.model_copy(update={"value": name}))
    write(store, [long])
    found = store.rows("SELECT name FROM entities")[0][0]
    assert name.startswith(found)
    assert len(found) >= 200
    assert document(store.rows("SELECT document FROM articles")[0][0])["entities"][0]["name"] == name


def test_a_megabyte_of_text_is_stored(store: Store) -> None:
    write(store, [article(text="слово " * 200_000)])
    assert store.rows("SELECT length(text) FROM articles") == [(1_200_000,)]


def test_a_locked_store_is_unavailable_and_the_write_passes_once_it_is_free(store: Store) -> None:
    sink = store.sink()
    sink.write([article("before")])
    with store.locked(), pytest.raises(Unavailable) as away:
        sink.write([article("after")])
    assert "lock" in str(away.value)
    sink.write([article("after")])
    sink.close()
    assert sorted(store.rows("SELECT id FROM articles")) == [("after",), ("before",)]


@pytest.mark.parametrize("store", ["parquet", *_SQL], indirect=True)
def test_a_lock_that_comes_between_does_not_make_an_innocent_row_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search for the row that is refused meets a lock: the answer is to wait, not to blame."""
    sink = store.sink()
    sink.write([article("before")])
    locks = contextlib.ExitStack()

    def locked_culprit(*arguments: Any, **options: Any) -> int:
        locks.enter_context(store.locked())
        return culprit(*arguments, **options)

    for module in ("sqlite", "postgresql", "parquet"):
        monkeypatch.setattr(f"workers.storage.{module}.culprit", locked_culprit)
    with locks, pytest.raises(Unavailable):
        sink.write([article("innocent"), too_large("bad")])
    sink.close()


def test_what_was_written_is_there_after_a_restart(store: Store) -> None:
    write(store, [article("a1")])
    write(store, [article("a2")])
    assert sorted(store.rows("SELECT id FROM articles")) == [("a1",), ("a2",)]


def test_a_closed_sink_writes_again(store: Store) -> None:
    sink = store.sink()
    sink.write([article("a1")])
    sink.close()
    sink.close()
    sink.write([article("a2")])
    sink.close()
    assert len(store.rows("SELECT id FROM articles")) == 2


def test_workers_that_start_together_make_the_tables_once(store: Store) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.storage.sqlite._BUSY_MS", 20_000)
        patch.setattr("workers.storage.postgresql._LOCK_MS", 20_000)
        patch.setattr("workers.storage.lake._LOCK_MS", 20_000)
        errors: list[BaseException] = []

        def start(name: str) -> None:
            try:
                write(store, [article(name)])
            except BaseException as error:  # noqa: BLE001  whatever it is, the test shows it
                errors.append(error)

        threads = [threading.Thread(target=start, args=(f"a{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert not errors
    assert len(store.rows("SELECT id FROM articles")) == 4
    assert store.rows("SELECT version FROM schema_version ORDER BY version") == [
        (version,) for version in range(1, len(store.steps) + 1)
    ]


def test_migrating_again_changes_nothing(store: Store) -> None:
    write(store, [article()])
    tables, rows, versions = store.columns(), everything(store), store.rows("SELECT * FROM schema_version")
    write(store, [])
    assert (store.columns(), everything(store)) == (tables, rows)
    assert store.rows("SELECT * FROM schema_version") == versions


OLD = {
    "articles": "id, content_sha256, raw_topic, raw_partition, raw_offset, url, source, title, language, published, text, document",
    "mentions": "article_id, position, start_at, end_at, text, type, entity",
    "entities": "article_id, position, entity, type, name, count, salience, country",
    "dates": "article_id, position, start_at, end_at, text, type, value, from_value, to_value",
    "quotes": "article_id, position, start_at, end_at, text, speaker",
}


def as_written_before(store: Store, stored: EnrichedArticle) -> list[str]:
    """The statements that the first release wrote the article with."""

    def literal(value: Any) -> str:
        return (
            "NULL"
            if value is None
            else str(value)
            if isinstance(value, int | float)
            else "'" + str(value).replace("'", "''") + "'"
        )

    raw, published = stored.provenance.raw, stored.published
    assert raw is not None
    assert published is not None
    rows: dict[str, list[tuple[Any, ...]]] = {
        "articles": [(stored.id, "old", raw.topic, raw.partition, raw.offset, stored.url, stored.source, stored.title, stored.language.code, published.value, stored.text, encode(stored).decode())],
        "mentions": [(stored.id, n, m.start, m.end, m.text, m.type, m.entity) for n, m in enumerate(stored.mentions)],
        "entities": [(stored.id, n, e.id, e.type, e.name, e.count, e.salience, e.country) for n, e in enumerate(stored.entities)],
        "dates": [(stored.id, n, d.start, d.end, d.text, d.type, d.value, d.from_, d.to) for n, d in enumerate(stored.dates)],
        "quotes": [(stored.id, n, q.start, q.end, q.text, q.speaker) for n, q in enumerate(stored.quotes)],
    }  # fmt: skip
    return [
        f"INSERT INTO {table} ({OLD[table]}) VALUES ({', '.join(map(literal, row))})"
        for table, found in rows.items()
        for row in found
    ]


def without_times(store: Store) -> dict[str, list[Any]]:
    """All that is stored but the times of storing, and the versions that were replaced."""
    columns = {
        "articles": "key, id, content_sha256, raw_topic, raw_partition, raw_offset, url, source, title, language, published, published_on, published_at, text",
        "alerts": "id, rule, severity, article_id, title",
    }
    return {table: sorted(store.rows(f"SELECT {columns.get(table, '*')} FROM {table}"), key=str) for table in TABLES}


@DATABASES
@pytest.mark.parametrize(
    "published",
    ["2025", "2025-07", "2025-07-31", "2025-07-31T23:30", "2025-07-31T23:30:05-04:00", "2025-07-31T08:02:06Z"],
)
def test_every_earlier_version_is_brought_up_to_date_with_its_rows(store: Store, published: str) -> None:
    when = article().published
    assert when is not None
    old = article("old", "Old text.", published=when.model_copy(update={"value": published}))
    batch = [old, article("new", offset=1), alert()]
    write(store, batch)
    columns, rows = store.columns(), without_times(store)
    stamp, default = ("TEXT", "CURRENT_TIMESTAMP") if isinstance(store, Sqlite) else ("TIMESTAMPTZ", "now()")
    for earlier in range(1, len(store.steps)):
        store.clear()
        store.execute(
            [
                f"CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at {stamp} DEFAULT {default})",
                *(statement for step in store.steps[: min(earlier, 2)] for statement in step),
                *as_written_before(store, old),
                *(statement for step in store.steps[2:earlier] for statement in step),
                *(f"INSERT INTO schema_version (version) VALUES ({number})" for number in range(1, earlier + 1)),
            ]
        )
        write(store, batch[1:])
        assert store.columns() == columns
        found = without_times(store)
        assert found["articles"] != rows["articles"], "its hash is made when it comes again"
        assert [row[:2] + row[3:] for row in found["articles"]] == [row[:2] + row[3:] for row in rows["articles"]]
        assert found | {"articles": []} == rows | {"articles": []}
        write(store, batch)
        assert without_times(store) == rows, "and no version of it is kept, since it is the same"


@DATABASES
def test_a_failing_step_leaves_the_store_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, [article()])
    before = store.columns()
    broken = (*store.steps, ("CREATE TABLE half (id TEXT)", "CREATE TABLE articles (id TEXT)"))
    for module in ("sqlite.SQLITE", "postgresql.POSTGRESQL"):
        monkeypatch.setattr(f"workers.storage.{module}", broken)
    with pytest.raises(Exception, match="articles"):
        store.sink().open()
    assert store.columns() == before


@DATABASES
def test_search_is_turned_off_and_on_without_losing_an_article(store: Store) -> None:
    write(store, [article("a1", "Grain talks.")])
    open_sink(store.address, search=False).open()
    write(store, [article("a2", "More grain.", offset=1), article("a1", "Grain talks, corrected.", offset=2)])
    write(store, [article("a3", "Grain gone.", offset=3)], [Tombstone(ENRICHED.name, "a3")])
    with contextlib.closing(open_reader(store.address)) as reader:
        with pytest.raises(Refused) as refused:
            reader.search(Filters(words="grain"))
        assert refused.value.reason == "search_off"
        assert [row["id"] for row in reader.search(Filters(country="RU")).rows] == ["a2", "a1"]
    columns = store.columns()
    for search in (True, True, False, True):
        open_sink(store.address, search=search).open()
    assert store.columns() != columns
    write(store, [article("a4", "Late grain.", offset=4)], [article("a2", "No more.", offset=5)])
    with contextlib.closing(open_reader(store.address)) as reader:
        assert [row["id"] for row in reader.search(Filters(words="grain")).rows] == ["a4", "a1"]
