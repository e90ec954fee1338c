"""What every store does when it cannot write, asked of each: all or nothing, clear words, and on again."""

import contextlib
from typing import Any

import pytest
from contract import LOCKED, everything, too_large, write
from stores import TABLES, OpenSearch, Store, alert, article

from workers.errors import StoreRefused, Unavailable
from workers.storage.rows import culprit


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


def test_a_locked_store_is_unavailable_and_the_write_passes_once_it_is_free(store: Store) -> None:
    sink = store.sink()
    sink.write([article("before")])
    with store.locked(), pytest.raises(Unavailable) as away:
        sink.write([article("after")])
    assert "lock" in str(away.value)
    sink.write([article("after")])
    sink.close()
    assert sorted(store.rows("SELECT id FROM articles")) == [("after",), ("before",)]


@LOCKED
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
