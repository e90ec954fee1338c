"""What every store promises about what it holds, asked of each: written once, whole, and as it came."""

import json

import pytest
from contract import everything, messages, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import TABLES, Store, alert, article

from schemas.articles import EnrichedArticle, Entity
from workers.errors import StoreRefused

#: With surrogates, which hypothesis leaves out unless asked.
ANY_CHARACTER = st.characters(exclude_categories=()) | st.sampled_from("\0\ud800\\u")


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
    (stored,) = messages(store)
    assert EnrichedArticle.model_validate(stored) == article()


def test_the_same_batch_twice_leaves_what_one_left(store: Store) -> None:
    batch = [article("a1"), article("a2", offset=1), alert()]
    write(store, batch)
    once = everything(store)
    write(store, batch, batch)
    assert everything(store) == once
    assert [len(once[table]) for table in TABLES] == [2, 2, 2, 2, 2, 2, 1, 0]


@pytest.mark.parametrize("many", [1, 63, 64, 65, 200])
def test_all_that_was_found_is_stored_however_much_it_is(store: Store, many: int) -> None:
    mention = article().mentions[0]
    found = tuple(mention.model_copy(update={"start": place, "end": place + 6}) for place in range(many))
    write(store, [article("a1", mentions=found), article("a2", offset=1, mentions=found[:1])])
    assert store.rows("SELECT position, start_at, end_at FROM mentions WHERE article_key = 1 ORDER BY position") == [
        (place, place, place + 6) for place in range(many)
    ]
    assert store.rows("SELECT count(*) FROM mentions") == [(many + 1,)]


def test_an_alert_is_one_row_and_the_first_firing_stays(store: Store) -> None:
    write(store, [alert(hour=1), alert(hour=2), alert("alert-2")], [alert(hour=3)])
    found = store.rows("SELECT id, rule, severity, article_id, title, published, document FROM alerts ORDER BY id")
    assert [row[:6] for row in found] == [
        (name, "Lavrov", "high", "a1", "A title", "2025-07-31") for name in ("alert-1", "alert-2")
    ]
    fired = found[0][6]
    assert (fired if isinstance(fired, dict) else json.loads(fired))["fired_at"] in {
        "2025-07-31T01:00:00Z",
        "2025-07-31T02:00:00Z",
    }


def test_an_empty_batch_writes_nothing(store: Store) -> None:
    write(store, [])
    assert everything(store) == {table: [] for table in TABLES}


def test_nul_is_left_out_everywhere_and_the_words_for_it_are_kept(store: Store) -> None:
    entity = Entity(id="e\0" + "1", type="PER", name="La\0vrov", aliases=("L\0",), count=1, salience=0.5, first_start=0)
    odd = article("n\0ul", "one\0two \\u0000 \\\\u0000 three", title="t\0", url="u\0", source="s\0", entities=(entity,))
    write(store, [odd])
    assert store.rows("SELECT id, text, title, url, source FROM articles") == [
        ("nul", "onetwo \\u0000 \\\\u0000 three", "t", "u", "s")
    ]
    assert store.rows("SELECT entity, name FROM entities") == [("e1", "Lavrov")]
    (stored,) = messages(store)
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
    assert messages(store)[0]["entities"][0]["name"] == name


def test_a_megabyte_of_text_is_stored(store: Store) -> None:
    write(store, [article(text="слово " * 200_000)])
    assert store.rows("SELECT length(text) FROM articles") == [(1_200_000,)]
