"""Asking a store: SQLite and PostgreSQL give the same answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import Store, article, make_store

from schemas.articles import EnrichedArticle, Entity, TemporalExpression
from workers.errors import Misconfigured, Refused, Unavailable
from workers.storage.query import Filters
from workers.storage.read import Reader, open_reader


def entity(name: str, **fields: Any) -> Entity:
    return Entity(id="e1", type="PER", name=name, count=1, salience=0.5, first_start=0, **fields)


def told(
    identity: str,
    text: str,
    published: str,
    *,
    entities: tuple[Entity, ...] = (),
    day: str = "2025-10-15",
    **fields: Any,
) -> EnrichedArticle:
    when = article().published
    assert when is not None
    date = TemporalExpression.model_validate(
        {"start": 0, "end": 1, "text": "x", "type": "DATE", "value": day, "from": day, "to": day, "confidence": 1}
    )
    return article(
        identity,
        text,
        published=when.model_copy(update={"value": published}),
        entities=entities,
        dates=(date,),
        **fields,
    )


CORPUS = [
    told("talks", "Talks on grain go on in Istanbul.", "2025-07-30T10:00:00Z", entities=(entity("Sergey Lavrov", country="RU", wikidata="Q58217"),), source="a.example"),
    told("storm", "A storm crossed Istanbul; the grain harvest is lost.", "2025-07-31T23:30:00-05:00", day="2025-08-02"),
    told("peace", "Peace talks: a grain deal.", "2025-08-01", entities=(entity("Anna Example", country="TR"), entity("sergey  lavrov")), source="a.example"),
    told("привет", "Переговоры о зерне в Стамбуле.", "2025-08-02", title="ПРИВЕТ"),
    told("undated", "Nothing of that, 100% sure.", "soon", day="2026-01-01"),
]  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with five articles."""
    with make_store(request.param, request, tmp_path) as made:
        sink = made.sink()
        sink.write(CORPUS)
        sink.close()
        yield made


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    opened = open_reader(store.address)
    yield opened
    opened.close()


def found(reader: Reader, **filters: str) -> list[str]:
    return [row["id"] for row in reader.search(Filters(**filters)).rows]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("grain", ["storm", "peace", "talks"]),
        ("GRAIN talks", ["peace", "talks"]),
        ('"peace talks"', ["peace"]),
        ("grain -talks", ["storm"]),
        ("harv*", ["storm"]),
        ("переговоры", ["привет"]),
        ("привет", ["привет"]),
        ("grain'; DROP TABLE articles; --", []),
        ('"', ["привет", "storm", "peace", "talks", "undated"]),
        ("100%", ["undated"]),
        ("AND", []),
    ],
)
def test_words_find_the_articles_that_have_them(reader: Reader, words: str, ids: list[str]) -> None:
    assert found(reader, words=words) == ids


@pytest.mark.parametrize("rare", [0, 2000], ids=["along the newest", "from the rare"])
@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"entity": "SERGEY lavrov"}, ["peace", "talks"]),
        ({"entity": "Q58217"}, ["talks"]),
        ({"country": "ru"}, ["talks"]),
        ({"source": "a.example"}, ["peace", "talks"]),
        ({"language": "en", "words": "deal"}, ["peace"]),
        ({"published_from": "2025-07-31", "published_to": "2025-07-31"}, ["storm"]),
        ({"published_to": "2025-07-30"}, ["talks"]),
        ({"mentioned_from": "2025-08-01", "mentioned_to": "2025-09-30"}, ["storm"]),
        ({"entity": "sergey lavrov", "words": "grain", "country": "TR", "published_from": "2025-08-01"}, ["peace"]),
    ],
)
def test_filters_narrow_what_is_found(
    reader: Reader, filters: dict[str, str], ids: list[str], rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_RARE", "_RARE_TOGETHER"):
        monkeypatch.setattr(f"workers.storage.read.{name}", rare)
    assert found(reader, **filters) == ids


def test_an_entity_is_found_by_any_of_its_names(store: Store, reader: Reader) -> None:
    minister = entity("Sergey Lavrov", aliases=("Lavrov", "the  Minister", "Sergey Lavrov"), wikidata="Q58217")
    sink = store.sink()
    sink.write([told("named", "He spoke.", "2025-08-03", entities=(minister,))])
    sink.close()
    for name in ("LAVROV", "The Minister"):
        assert found(reader, entity=name) == ["named"]
        assert reader.entity(name)["name"] == "Sergey Lavrov"
        assert reader.ids(Filters(entity=name)) == ["named"]
    assert found(reader, entity="sergey lavrov") == ["named", "peace", "talks"]
    assert found(reader, entity="minister") == []


@pytest.mark.parametrize("rare", [0, 2000], ids=["along the newest", "from the rare"])
@pytest.mark.parametrize(
    ("words", "ids"),
    [('"grain deal" peace', ["peace"]), ('grain -"peace talks"', ["storm", "talks"]), ('"in istanbul" talks', ["talks"]), ("grain", ["storm", "peace", "talks"])],
)  # fmt: skip
def test_phrases_are_found_however_common_their_words_are(
    reader: Reader, words: str, ids: list[str], rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_RARE", "_RARE_TOGETHER"):
        monkeypatch.setattr(f"workers.storage.read.{name}", rare)
    assert found(reader, words=words) == ids
    first = reader.search(Filters(words=words), 1)
    assert [row["id"] for row in first.rows] == ids[:1]
    if first.next:
        assert [row["id"] for row in reader.search(Filters(words=words), 9, first.next).rows] == ids[1:]


def test_a_span_is_found_by_a_day_within_it(store: Store, reader: Reader) -> None:
    span = TemporalExpression.model_validate(
        {"start": 0, "end": 1, "text": "x", "type": "DURATION", "value": "P2W", "from": "2025-09-20", "to": "2025-10-04", "confidence": 1}
    )  # fmt: skip
    sink = store.sink()
    sink.write([told("fair", "A fair.", "2025-08-03").model_copy(update={"dates": (span,)})])
    sink.close()
    assert found(reader, mentioned_from="2025-10-01", mentioned_to="2025-10-02") == ["fair"]
    assert found(reader, mentioned_from="2025-10-05", mentioned_to="2025-10-06") == []
    assert found(reader, mentioned_to="2025-09-21") == ["fair", "storm"]


def test_pages_hold_every_article_once_in_order(reader: Reader) -> None:
    cursor, seen = None, []
    while True:
        page = reader.search(Filters(), 2, cursor)
        seen += [row["id"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["привет", "storm", "peace", "talks", "undated"]
    assert [document["id"] for document in reader.documents(Filters())] == seen


@pytest.mark.parametrize(
    "filters", [{"words": "-grain"}, {"words": "x" * 2000}, {"published_from": "yesterday"}, {"words": "a " * 40}]
)
def test_what_is_no_question_is_refused(reader: Reader, filters: dict[str, str]) -> None:
    with pytest.raises(Refused):
        found(reader, **filters)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("\"'*-:()^\0%?\\"), max_size=30))
def test_no_question_whatever_breaks_the_store(reader: Reader, text: str) -> None:
    for name in Filters._fields:
        try:
            reader.search(Filters(**{name: text}), 1)
            reader.search(Filters(), 1, text)
        except Refused:
            pass
    reader.article(text)
    reader.versions(text)


def test_an_article_comes_back_as_it_was_published_with_its_versions(store: Store, reader: Reader) -> None:
    sink = store.sink()
    newer = CORPUS[0].model_copy(update={"text": "Corrected."})
    sink.write([newer])
    sink.close()
    back = reader.article("talks")
    assert back is not None
    assert EnrichedArticle.model_validate(back[0]) == newer
    (version,) = reader.versions("talks")
    assert EnrichedArticle.model_validate(version["document"]) == CORPUS[0]
    assert version["number"] == 1
    assert found(reader, words="Istanbul") == ["storm"]
    assert reader.article("never there") is None


def test_an_entity_page_says_how_often_with_whom_and_when(reader: Reader) -> None:
    page = reader.entity("Sergey Lavrov")
    assert (page["articles"], page["type"], page["mentions"]) == (2, "PER", 2)
    assert page["together_with"] == [{"name": "Anna Example", "type": "PER", "articles": 1}]
    assert page["by_month"] == [{"month": "2025-07", "articles": 1}, {"month": "2025-08", "articles": 1}]
    assert reader.entity("nobody")["articles"] == 0


def test_the_calendar_holds_the_days_that_are_announced(reader: Reader) -> None:
    days = [(row["from"], row["article_id"]) for row in reader.calendar("2025-08-01", "2025-12-31")]
    assert days == [("2025-08-02", "storm"), ("2025-10-15", "peace"), ("2025-10-15", "talks"), ("2025-10-15", "привет")]


def test_a_reader_writes_nothing(store: Store, reader: Reader) -> None:
    with pytest.raises(Unavailable):
        reader._store.run("DELETE FROM articles", [])
    assert len(store.rows("SELECT 1 FROM articles")) == len(CORPUS)


def test_a_store_that_is_not_there_is_unavailable_and_another_url_misconfigured(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        open_reader(f"sqlite:///{tmp_path}/none.db").search(Filters())
    assert not list(tmp_path.iterdir())
    with pytest.raises(Misconfigured):
        open_reader("mysql://x")
