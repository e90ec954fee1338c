"""PostgreSQL in monthly partitions: the same content as without, an existing store divided in place, retention that drops tables."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer
from stores import TABLES, alert, article

from schemas.articles import EnrichedArticle
from schemas.topics import ENRICHED
from workers.errors import Misconfigured
from workers.ports import Tombstone
from workers.storage.migrations import POSTGRESQL
from workers.storage.partitions import UNDATED, month_of
from workers.storage.postgresql import PostgresqlSink
from workers.storage.query import Filters
from workers.storage.read import open_reader
from workers.storage.sink import open_sink

pytestmark = pytest.mark.postgres


@pytest.fixture
def new_url(postgres: PostgresServer) -> Iterator[Callable[[], str]]:
    """Makes schemas of the test's own."""
    names = []

    def make() -> str:
        names.append(f"t{uuid.uuid4().hex}")
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {names[-1]}".encode())
        return f"{postgres.url}?options=-csearch_path%3D{names[-1]}"

    yield make
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


def on(day: str | None, identity: str, text: str = "Lavrov spoke.", **fields: Any) -> EnrichedArticle:
    """An article published on that day."""
    when = article().published
    assert when is not None
    return article(identity, text, published=when.model_copy(update={"value": day}) if day else None, **fields)


def write(url: str, *batches: list[Any], monthly: bool = False) -> None:
    sink = PostgresqlSink(url, monthly=monthly)
    sink.open()
    for batch in batches:
        sink.write(batch)
    sink.close()


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def content(url: str) -> dict[str, list[Any]]:
    """All rows, by the article's id instead of its key, without the times of storing."""
    left_out = {"key", "article_key", "stored_at", "updated_at", "written_at", "replaced_at"}
    found = {}
    for table in TABLES:
        names = [row[0] for row in rows(url, f"SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY 1") if row[0] not in left_out]  # fmt: skip
        picked = ", ".join(f"t.{name}::text" for name in names)
        joined = "" if table in {"articles", "alerts"} else " JOIN articles a ON a.key = t.article_key"
        owner = "a.id" if joined else "t.id"
        found[table] = sorted(rows(url, f"SELECT {owner}, {picked} FROM {table} t{joined}"), key=str)
    return found


def months(url: str) -> list[str]:
    return [
        row[0]
        for row in rows(url, "SELECT relid::regclass::text FROM pg_partition_tree('articles') WHERE isleaf ORDER BY 1")
    ]


DAYS = (None, "2025-06-30", "2025-07-01", "2025-07-31", "1066-10-14", "2025-12")
MESSAGES = st.one_of(
    st.builds(lambda number, day, text, offset: on(day, f"a{number}", text, offset=offset), st.integers(0, 3), st.sampled_from(DAYS), st.sampled_from(["One.", "Two words."]), st.integers(0, 9)),
    st.builds(lambda number: Tombstone(ENRICHED.name, f"a{number}"), st.integers(0, 3)),
    st.just(alert()),
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(MESSAGES, max_size=5), max_size=4))
def test_partitions_hold_what_whole_tables_hold(new_url: Callable[[], str], batches: list[list[Any]]) -> None:
    whole, divided = new_url(), new_url()
    write(whole, *batches)
    write(divided, *batches, monthly=True)
    once = content(divided)
    assert once == content(whole)
    assert sorted(rows(divided, "SELECT id, key FROM article_ids")) == sorted(
        rows(divided, "SELECT id, key FROM articles")
    )
    reader, other = open_reader(whole), open_reader(divided)
    for filters in (
        Filters(),
        Filters(words="two"),
        Filters(entity="lavrov", published_from="2025-07-01"),
        Filters(country="RU"),
    ):
        assert reader.search(filters) == other.search(filters)
    reader.close()
    other.close()


def test_a_store_in_use_is_divided_in_place_and_goes_on(new_url: Callable[[], str]) -> None:
    url = new_url()
    batch = [on("2025-06-30", "june"), on("2025-07-31", "july", offset=1), on(None, "undated", offset=2), alert()]
    write(url, batch, [on("2025-07-31", "july", "Corrected.", offset=3)])
    before = content(url)
    write(url, [], monthly=True)
    assert content(url) == before
    assert {"articles_2025_06", "articles_2025_07", "articles_undated"} < set(months(url))
    write(url, batch, [on("2025-08-01", "august", offset=5)])
    write(url, [on("2025-07-31", "july", "Corrected again.", offset=6)])
    assert "articles_2025_08" in months(url)
    assert rows(url, "SELECT count(*) FROM versions") == [(2,)]
    assert rows(
        url, "SELECT count(*) FROM mentions m JOIN articles a ON a.key = m.article_key WHERE a.id = 'july'"
    ) == [(1,)]


def test_a_divided_store_of_an_earlier_version_is_brought_up_to_date(
    new_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_url()
    with monkeypatch.context() as earlier:
        earlier.setattr("workers.storage.postgresql.POSTGRESQL", POSTGRESQL[:5])
        write(url, [on("2025-05-02", "a1", "First.")], monthly=True)
    write(url, [on("2025-05-02", "a1", "Second.", offset=1)])
    assert rows(url, "SELECT number, text FROM versions") == [(1, "First.")]
    assert rows(url, "SELECT text FROM articles") == [("Second.",)]


def test_this_month_and_the_next_are_made_ahead(new_url: Callable[[], str]) -> None:
    url = new_url()
    write(url, monthly=True)
    ahead = rows(
        url,
        "SELECT to_char(now() + make_interval(months => n), '\"articles_\"YYYY_MM') FROM generate_series(0, 1) AS n ORDER BY 1",
    )
    assert months(url) == [*(row[0] for row in ahead), "articles_undated"]


def test_retention_drops_the_months_that_are_over_and_no_other(new_url: Callable[[], str]) -> None:
    url = new_url()
    write(
        url,
        [
            on("2025-05-02", "may"),
            on("2025-06-30", "june", offset=1),
            on("2025-07-31", "july", offset=2),
            on(None, "undated", offset=3),
        ],
        [on("2025-05-03", "a1", offset=4), alert()],
        [on("2025-04-01", "redated", offset=5)],
        [on("2025-07-20", "redated", "It was July.", offset=6)],
        monthly=True,
    )
    sink = PostgresqlSink(url)
    assert sink.drop_before("2025-07-15") == 3
    assert sink.drop_before("2025-07-15") == 0
    assert "articles_2025_04" in months(url), "it holds an article that came to be of July"
    assert not {"articles_2025_05", "articles_2025_06"} & set(months(url))
    assert sorted(rows(url, "SELECT id FROM articles")) == [("july",), ("redated",), ("undated",)]
    assert sorted(rows(url, "SELECT id FROM article_ids")) == [("july",), ("redated",), ("undated",)]
    assert rows(url, "SELECT count(*) FROM alerts") == [(0,)]
    assert rows(url, "SELECT count(DISTINCT article_key) FROM mentions") == [(3,)]
    sink.write([on("2025-05-02", "may")])
    assert "articles_2025_05" in months(url), "an article of a dropped month makes it again"
    sink.close()


@pytest.mark.parametrize(("corrected", "stays"), [("2025-07-14", False), ("2025-07-15", True), (None, True)])
def test_a_month_whose_article_was_redated_is_dropped_only_before_its_new_day(new_url: Callable[[], str], corrected: str | None, stays: bool) -> None:  # fmt: skip
    url = new_url()
    write(url, [on("2025-04-01", "redated")], [on(corrected, "redated", "It was another day.", offset=1)], monthly=True)
    sink = PostgresqlSink(url)
    assert sink.drop_before("2025-07-15") == (0 if stays else 1)
    sink.close()
    assert rows(url, "SELECT id FROM articles") == ([("redated",)] if stays else [])


def test_an_article_redated_into_another_month_keeps_its_partition_is_there_once_and_is_found_under_its_new_day(new_url: Callable[[], str]) -> None:  # fmt: skip
    url = new_url()
    write(
        url, [on("2025-06-30", "redated", "Lavrov spoke in June."), on("2025-07-02", "other", offset=1)], monthly=True
    )
    write(url, [on("2025-07-31", "redated", "Lavrov spoke in July.", offset=2)], monthly=True)
    lies = "SELECT DISTINCT t.tableoid::regclass::text FROM {} t JOIN articles a ON a.key = {} WHERE a.id = 'redated'"
    assert rows(url, lies.format("articles", "t.key")) == [("articles_2025_06",)]
    for table in ("mentions", "entities", "dates", "quotes", "versions"):
        assert rows(url, lies.format(table, "t.article_key")) == [(f"{table}_2025_06",)]
        assert rows(url, f"SELECT count(*) FROM {table} t JOIN articles a ON a.key = t.article_key WHERE a.id = 'redated'") == [(1,)]  # fmt: skip
    assert rows(url, "SELECT id FROM articles ORDER BY id") == [("other",), ("redated",)]
    assert rows(url, "SELECT id, key FROM article_ids ORDER BY id") == rows(url, "SELECT id, key FROM articles ORDER BY id")  # fmt: skip
    reader = open_reader(url)
    for filters in (Filters(), Filters(words="spoke"), Filters(entity="lavrov")):
        july = reader.search(filters._replace(published_from="2025-07-01"))
        assert [row["id"] for row in july.rows] == ["redated", "other"]
        assert reader.search(filters._replace(published_to="2025-06-30")).rows == []
    reader.close()


def test_search_is_turned_off_and_on_in_partitions(new_url: Callable[[], str]) -> None:
    url = new_url()
    write(url, [on("2025-06-30", "june")], monthly=True)
    for search in (False, True):
        PostgresqlSink(url, search=search).open()
    reader = open_reader(url)
    assert [row["id"] for row in reader.search(Filters(words="spoke")).rows] == ["june"]
    reader.close()


@pytest.mark.parametrize(
    ("day", "month"), [("2025-07-31", 2025 * 12 + 6), (None, UNDATED), ("1066-10-14", UNDATED), ("9999-01-01", UNDATED)]
)
def test_a_month_is_a_number(day: str | None, month: int) -> None:
    assert month_of(day) == month


def test_only_postgresql_has_partitions() -> None:
    with pytest.raises(Misconfigured, match="DATELINE_STORAGE_PARTITIONS"):
        open_sink("sqlite:///x.db", monthly=True)
