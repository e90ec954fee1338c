"""What every store promises about versions and tombstones, asked of each: newest wins, in whatever order they come."""

import pytest
from contract import CHILDREN, everything, messages, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import TABLES, Store, alert, article

from schemas.articles import RawOrigin
from schemas.topics import ALERTS, ENRICHED
from workers.ports import Tombstone


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


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in three batches"])
def test_of_many_versions_of_unknown_origin_the_last_stays(store: Store, *, together: bool) -> None:
    batch = [article(text=text, offset=None) for text in ("First.", "Second.", "First.")]
    write(store, *([batch] if together else [[one] for one in batch]))
    assert store.rows("SELECT text FROM articles") == [("First.",)]
    assert [one["text"] for one in messages(store, "versions", "number")] == ["First.", "Second."]


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
    kept = store.rows("SELECT article_key, number, raw_offset FROM versions ORDER BY number")
    assert kept == [(1, 1, 1), (1, 2, 3)]
    assert [one["text"] for one in messages(store, "versions", "number")] == ["First.", "Second."]


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
