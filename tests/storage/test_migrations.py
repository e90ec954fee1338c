"""How stores come to their tables, and from every earlier version to this one."""

import contextlib
import threading
from typing import Any

import pytest
from contract import DATABASES, everything, write
from stores import TABLES, Sqlite, Store, alert, article

from schemas.articles import EnrichedArticle
from schemas.codec import encode
from schemas.topics import ENRICHED
from workers.errors import Refused
from workers.ports import Tombstone
from workers.storage.query import Filters
from workers.storage.read import open_reader
from workers.storage.sink import open_sink


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


def as_of(store: Store, earlier: int, stored: EnrichedArticle) -> None:
    """Make the store as an earlier version had it, with an article that the first release wrote."""
    store.clear()
    stamp, default = ("TEXT", "CURRENT_TIMESTAMP") if isinstance(store, Sqlite) else ("TIMESTAMPTZ", "now()")
    store.execute(
        [
            f"CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at {stamp} DEFAULT {default})",
            *(statement for step in store.steps[: min(earlier, 2)] for statement in step),
            *as_written_before(store, stored),
            *(statement for step in store.steps[2:earlier] for statement in step),
            *(f"INSERT INTO schema_version (version) VALUES ({number})" for number in range(1, earlier + 1)),
        ]
    )


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
    for earlier in range(1, len(store.steps)):
        as_of(store, earlier, old)
        write(store, batch[1:])
        assert store.columns() == columns
        found = without_times(store)
        assert found["articles"] != rows["articles"], "its hash is made when it comes again"
        assert [row[:2] + row[3:] for row in found["articles"]] == [row[:2] + row[3:] for row in rows["articles"]]
        assert found | {"articles": []} == rows | {"articles": []}
        write(store, batch)
        assert without_times(store) == rows, "and no version of it is kept, since it is the same"


@DATABASES
def test_what_was_stored_with_its_text_in_the_document_is_read_and_kept_as_before(store: Store) -> None:
    first, second, third = (article("old", f"{nth} text.", offset=nth) for nth in range(3))
    as_of(store, 4, second)  # the last that both stores had
    columns = "article_key, number, content_sha256, raw_topic, raw_partition, raw_offset, written_at, document"
    values = f"1, 1, 'first', 'articles.raw.v1', 3, 0, '2025-07-31 08:00:00', '{encode(first).decode()}'"
    store.execute([f"INSERT INTO versions ({columns}) VALUES ({values})"])
    write(store, [])
    with contextlib.closing(open_reader(store.address)) as reader:
        for stored, before in ((second, [first]), (third, [first, second])):
            found, versions = reader.article("old"), reader.versions("old")
            assert found is not None
            assert EnrichedArticle.model_validate(found[0]) == stored
            assert [EnrichedArticle.model_validate(one["document"]) for one in versions] == before
            write(store, [third])


@DATABASES
@pytest.mark.parametrize(
    ("text", "title", "kept"),
    [("Old text.", "A title", 0), ("Old text, corrected.", "A title", 1), ("Old text.", "Another", 1)],
)
def test_what_the_first_release_wrote_is_a_version_if_it_said_something_else(
    store: Store, text: str, title: str, kept: int
) -> None:
    as_of(store, 1, article("old", "Old text."))
    write(store, [article("old", text, title=title, offset=1)])
    assert store.rows("SELECT count(*) FROM versions") == [(kept,)]


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
