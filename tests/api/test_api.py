"""The HTTP API over both stores: pages, ETags, refusals; and nothing that can be asked is a 5xx."""

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from postgres_server import PostgresServer
from stores import Store, article, make_store

from schemas.articles import EnrichedArticle
from workers.api.app import make_api
from workers.errors import Unavailable
from workers.storage.read import Reader, open_reader
from workers.storage.read_postgresql import PostgresqlStore


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Three articles, one of them in two versions."""
    with make_store(request.param, request, tmp_path) as made:
        sink = made.sink()
        sink.write([article("a/1", "Talks on grain.", offset=1), article("a2", "Grain again.", offset=2)])
        sink.write([article("a3", "Nothing.", offset=3), article("a/1", "Talks on grain, corrected.", offset=4)])
        sink.close()
        yield made


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    reader = open_reader(store.address)
    with TestClient(make_api(reader), raise_server_exceptions=False) as opened:
        yield opened
    reader.close()


def test_articles_are_found_page_by_page(client: TestClient) -> None:
    first = client.get("/articles", params={"q": "grain", "limit": 1}).json()
    second = client.get("/articles", params={"q": "grain", "limit": 1, "cursor": first["next"]}).json()
    assert [page["articles"][0]["id"] for page in (first, second)] == ["a2", "a/1"]
    assert second["next"] is None


def test_an_article_is_given_whole_and_once_only_to_who_has_it(client: TestClient) -> None:
    answer = client.get("/articles/a/1")
    assert EnrichedArticle.model_validate(answer.json()).text == "Talks on grain, corrected."
    assert client.get("/articles/a/1", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.get("/articles/a/1", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/articles/a/1", params={"format": "ninjs"}).json()["type"] == "text"
    assert client.get("/articles/a/1", params={"format": "jsonld"}).headers["content-type"] == "application/ld+json"
    assert [one["document"]["text"] for one in client.get("/versions/a/1").json()] == ["Talks on grain."]


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/articles/none", 404, "not_found"),
        ("/articles?limit=1000", 422, "bad_parameter"),
        ("/articles?q=-grain", 400, "bad_query"),
        ("/articles?cursor=x", 400, "bad_cursor"),
        ("/articles?published_from=2025-99-99", 400, "bad_query"),
        ("/articles?q=" + "x" * 5000, 422, "bad_parameter"),
        ("/calendar", 422, "bad_parameter"),
    ],
)
def test_a_refusal_says_why(client: TestClient, path: str, status: int, reason: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


def test_entities_and_the_calendar_answer(client: TestClient) -> None:
    page = client.get("/entities/TALKS").json()
    assert (page["type"], page["articles"], page["by_month"]) == ("PER", 1, [{"month": "2025-07", "articles": 1}])
    assert client.get("/entities/nobody").json()["articles"] == 0
    assert client.get("/calendar", params={"from": "2025-01-01", "to": "2030-01-01"}).json() == []
    assert client.post("/articles").status_code == 405


def test_a_store_that_is_away_is_503_and_says_when_to_ask_again(tmp_path: Path) -> None:
    client = TestClient(make_api(open_reader(f"sqlite:///{tmp_path}/none.db")))
    answer = client.get("/articles")
    assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "store_away", "2")
    assert client.get("/healthz").status_code == 503


@pytest.mark.postgres
def test_more_questions_than_connections_are_503_and_not_a_queue_without_end(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.storage.read_postgresql._MOST", 1)
    monkeypatch.setattr("workers.storage.read_postgresql._WAIT_S", 0.2)
    store = PostgresqlStore(postgres.url)
    client = TestClient(make_api(Reader(store)))
    asking = threading.Thread(target=store.run, args=("SELECT pg_sleep(2)", []))
    asking.start()
    while not store.taken():
        time.sleep(0.01)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "store_away", "2")
    asking.join()
    assert client.get("/healthz").status_code == 503, "there are no tables here"
    store.close()


@pytest.mark.postgres
def test_a_question_that_takes_too_long_is_ended(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.storage.read_postgresql._SESSION", ("SET statement_timeout = 50",))
    store = PostgresqlStore(postgres.url)
    with pytest.raises(Unavailable, match="statement timeout"):
        store.run("SELECT pg_sleep(5)", [])
    assert store.run("SELECT 1", []) == [(1,)]
    store.close()


def test_nothing_that_can_be_asked_is_an_error_of_ours(store: Store) -> None:
    """Every operation of the OpenAPI document, with whatever its parameters allow and do not allow."""
    reader = open_reader(store.address)
    api = make_api(reader)
    document = schemathesis.openapi.from_dict(api.openapi())
    client = TestClient(api, raise_server_exceptions=False)
    asked = set()
    for result in document.get_all_operations():
        operation = result.ok()

        @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: object) -> None:
            arguments = case.as_transport_kwargs(base_url="http://testserver")  # type: ignore[attr-defined]
            arguments.pop("cookies", None)
            answer = client.request(**arguments)
            assert answer.status_code < 500, (arguments, answer.text)

        ask()
        asked.add(operation.path)
    reader.close()
    assert asked == {
        "/articles",
        "/articles/{identity}",
        "/versions/{identity}",
        "/entities/{name}",
        "/calendar",
        "/healthz",
    }
