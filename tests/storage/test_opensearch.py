"""OpenSearch on its own: what it is sent, and what each of its answers leads to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from opensearch_stub import OpenSearchStub
from stores import alert, article

from schemas.articles import Entity
from schemas.topics import ENRICHED
from workers.errors import Misconfigured, StoreRefused, Unavailable
from workers.ports import Tombstone
from workers.storage import opensearch
from workers.storage.opensearch import OpenSearchSink


@pytest.fixture
def stub() -> Iterator[OpenSearchStub]:
    with OpenSearchStub("writer", "secret") as server:
        yield server


@pytest.fixture
def sink(stub: OpenSearchStub) -> Iterator[OpenSearchSink]:
    made = OpenSearchSink(stub.url)
    yield made
    made.close()


def texts(stub: OpenSearchStub) -> dict[str, str]:
    return {one["id"]: one["text"] for one in stub.documents("articles").values()}


def bulks(stub: OpenSearchStub) -> list[tuple[dict[str, str], bytes]]:
    return [(headers, body) for _, path, headers, body in stub.requests if path == "/_bulk"]


def test_a_bulk_is_lines_of_json_compressed_and_signed(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    sink.write([article("a1", offset=4), article("a2", offset=5)])
    ((headers, body),) = bulks(stub)
    assert headers["content-type"] == "application/x-ndjson"
    assert headers["content-encoding"] == "gzip"
    assert headers["authorization"].startswith("Basic ")
    lines = [json.loads(line) for line in body.splitlines()]
    assert lines[0] == {"index": {"_index": "test-articles", "_id": "a1", "version": 1, "version_type": "external"}}
    assert lines[1]["entities"] == [{"entity": "e1", "type": "PER", "name": "Lavrov", "count": 1, "salience": 0.5, "role": None, "country": "RU", "geonames_id": None, "wikidata": None, "name_key": "lavrov"}]  # fmt: skip
    assert "text" not in lines[1]["document"]
    assert len(lines) == 4


def test_the_templates_are_put_at_the_start_and_again(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    sink.open()
    sink.open()
    assert set(stub.templates) == {"test-articles", "test-versions", "test-alerts"}
    mappings = stub.templates["test-articles"]["template"]["mappings"]
    assert mappings["dynamic"] is False
    assert mappings["properties"]["entities"]["type"] == "nested"
    assert mappings["properties"]["text"] == {"type": "text"}
    assert mappings["properties"]["published_at"] == {"type": "date"}
    assert mappings["properties"]["document"] == {"type": "object", "enabled": False}
    assert [path for method, path, _, _ in stub.requests if path.endswith("_mapping")] == [f"/{name}/_mapping" for name in ("test-articles", "test-versions", "test-alerts")]  # fmt: skip


def test_a_replay_sends_nothing(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    sink.write([article("a1"), alert()])
    sent = len(bulks(stub))
    sink.write([article("a1")])
    assert len(bulks(stub)) == sent


def test_what_the_mapping_refuses_is_named_in_the_servers_words_and_the_rest_is_written(stub: OpenSearchStub, sink: OpenSearchSink) -> None:  # fmt: skip
    entity = Entity(id="e1", type="GPE", name="X", count=1, salience=0.1, first_start=0, geonames_id=2**63)
    batch = [article("a1"), article("bad", entities=(entity,)), article("a3")]
    with pytest.raises(
        StoreRefused, match=r"mapper_parsing_exception: failed to parse.*out of range for a long"
    ) as refused:
        sink.write(batch)
    assert refused.value.index == 1
    assert set(texts(stub)) == {"a1", "a3"}


def test_a_body_that_is_too_large_goes_in_halves(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    stub.max_bytes = 30_000
    sink.write([article(f"a{number}", "word " * 1000, offset=number) for number in range(20)])
    assert len(texts(stub)) == 20
    assert len(bulks(stub)) > 10


def test_a_large_batch_is_cut_before_it_is_sent(stub: OpenSearchStub, sink: OpenSearchSink, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(opensearch, "_BULK_BYTES", 30_000)
    sink.write([article(f"a{number}", "word " * 1000, offset=number) for number in range(20)])
    assert len(texts(stub)) == 20
    assert max(len(body) for _, body in bulks(stub)) <= 30_000


def test_an_article_that_is_too_large_alone_is_refused(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    stub.max_bytes = 30_000
    with pytest.raises(StoreRefused, match="413") as refused:
        sink.write([article("a1"), article("big", "word " * 10_000, offset=1)])
    assert refused.value.index == 1
    assert set(texts(stub)) == {"a1"}


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_server_is_unavailable_for_as_long_as_it_says(stub: OpenSearchStub, sink: OpenSearchSink, status: int) -> None:  # fmt: skip
    stub.answers = [(status, {"retry-after": "7"}, {"error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}})]  # fmt: skip
    with pytest.raises(Unavailable, match="queue is full") as away:
        sink.write([article("a1")])
    assert getattr(away.value, "retry_after_s", None) == 7
    sink.write([article("a1")])
    assert set(texts(stub)) == {"a1"}


def test_one_document_that_finds_the_queue_full_makes_the_batch_wait_and_no_one_is_blamed(stub: OpenSearchStub, sink: OpenSearchSink) -> None:  # fmt: skip
    stub.items = [(429, "a2", "es_rejected_execution_exception")]
    batch = [article("a1"), article("a2", offset=1), article("a3", offset=2)]
    with pytest.raises(Unavailable, match="es_rejected_execution_exception"):
        sink.write(batch)
    assert set(texts(stub)) == {"a1", "a3"}
    sink.write(batch)
    assert set(texts(stub)) == {"a1", "a2", "a3"}


def test_a_refusal_is_told_before_a_wait_so_that_it_cannot_wait_for_ever(stub: OpenSearchStub, sink: OpenSearchSink) -> None:  # fmt: skip
    stub.items = [(429, "a1", "es_rejected_execution_exception"), (400, "a2", "mapper_parsing_exception")]
    with pytest.raises(StoreRefused) as refused:
        sink.write([article("a1"), article("a2", offset=1)])
    assert refused.value.index == 1


def test_a_disk_that_is_nearly_full_is_waited_for(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    sink.open()
    stub.blocked = True
    with pytest.raises(Unavailable, match="read-only"):
        sink.write([article("a1"), alert()])
    stub.blocked = False
    sink.write([article("a1"), alert()])
    assert set(texts(stub)) == {"a1"}


@pytest.mark.parametrize(
    ("ours", "stays", "history"),
    [((2, "Second."), "Third.", ["First."]), ((5, "Fifth."), "Fifth.", ["First.", "Third."])],
    ids=["older", "newer"],
)
@pytest.mark.parametrize("moment", [0, 1], ids=["after the first read", "after the second"])
def test_another_writer_that_comes_between_is_met_by_the_same_order_and_kept(
    stub: OpenSearchStub, sink: OpenSearchSink, ours: tuple[int, str], stays: str, history: list[str], moment: int
) -> None:
    sink.write([article("a1", "First.", offset=1)])
    other = OpenSearchSink(stub.url)
    read = sink._read
    turns = iter([lambda: None] * moment + [lambda: other.write([article("a1", "Third.", offset=3)])])

    def read_and_be_overtaken(*arguments: Any) -> Any:
        found = read(*arguments)
        if arguments[1]:
            next(turns, lambda: None)()
        return found

    sink._read = read_and_be_overtaken  # type: ignore[method-assign]
    sink.write([article("a1", ours[1], offset=ours[0])])
    assert texts(stub) == {"a1": stays}
    kept = sorted((one["number"], one["text"]) for one in stub.documents("versions").values())
    assert kept == list(enumerate(history, 1))
    other.close()


def test_writers_that_meet_a_new_article_at_once_both_tell_of_it(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    sink.open()
    other = OpenSearchSink(stub.url)
    read = sink._read
    turns = iter([lambda: other.write([article("a1", "Third.", offset=3)])])

    def read_and_be_overtaken(*arguments: Any) -> Any:
        found = read(*arguments)
        next(turns, lambda: None)()
        return found

    sink._read = read_and_be_overtaken  # type: ignore[method-assign]
    sink.write([article("a1", "Fifth.", offset=5)])
    assert texts(stub) == {"a1": "Fifth."}
    assert [one["text"] for one in stub.documents("versions").values()] == ["Third."]
    other.close()


def test_an_article_comes_back_after_its_deletion_though_the_server_remembers_the_version(stub: OpenSearchStub, sink: OpenSearchSink) -> None:  # fmt: skip
    sink.write([article("a1", "Before.", offset=50)])
    sink.write([Tombstone(ENRICHED.name, "a1")])
    assert stub.documents("articles") == {}
    sink.write([article("a1", "After.", offset=2)])
    assert texts(stub) == {"a1": "After."}


def test_a_deletion_takes_history_and_alerts(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    sink.write([article("a1", "One.", offset=1), article("a1", "Two.", offset=2), article("a1", "Three.", offset=3), alert()])  # fmt: skip
    assert len(stub.documents("versions")) == 2
    sink.write([Tombstone(ENRICHED.name, "a1")])
    assert not any(stub.documents(name) for name in ("articles", "versions", "alerts"))


def test_an_id_longer_than_the_server_takes_is_stored_under_its_hash(
    stub: OpenSearchStub, sink: OpenSearchSink
) -> None:
    name = "ї" * 500
    sink.write([article(name, "One.", offset=1)])
    sink.write([article(name, "Two.", offset=2)])
    assert texts(stub) == {name: "Two."}
    assert [key[:7] for key in stub.documents("articles")] == ["sha256:"]
    sink.write([Tombstone(ENRICHED.name, name)])
    assert not texts(stub)


def test_a_wrong_password_stops_the_worker_with_what_is_wrong(stub: OpenSearchStub) -> None:
    with pytest.raises(Misconfigured, match="gives no access") as wrong:
        OpenSearchSink(stub.url.replace("secret", "guess")).open()
    assert "guess" not in str(wrong.value)


def test_a_server_that_is_not_there_is_unavailable_and_the_password_stays_unsaid() -> None:
    with pytest.raises(Unavailable, match="OpenSearch at http://127") as away:
        OpenSearchSink("opensearch+http://writer:secret@127.0.0.1:9/x").open()
    assert "secret" not in str(away.value)


def test_an_answer_that_is_no_json_is_unavailable(stub: OpenSearchStub, sink: OpenSearchSink) -> None:
    stub.answers = [(200, {}, "<html>")]
    with pytest.raises(Unavailable):
        sink.write([article("a1")])


@pytest.mark.parametrize(
    ("url", "address", "prefix"),
    [
        ("opensearch://host", "https://host:9200", "dateline"),
        ("opensearch+http://u:p%40@host:9201/news", "http://host:9201", "news"),
    ],
)
def test_the_url_says_where_with_what_and_under_which_name(url: str, address: str, prefix: str) -> None:
    sink = OpenSearchSink(url)
    assert (sink._address, sink._prefix) == (address, prefix)
    assert sink._auth in {None, ("u", "p@")}
