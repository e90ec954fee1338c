"""The commands that speak to a broker, as programs: topics, publish, tail, dead-letters, trace; and no broker at all."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kafka_tools import fresh_topics, produce, read_topic, worker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schemas.topics import DEAD_LETTERS, RAW, TOPICS
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka

ROOT = Path(__file__).parents[2]
PAGE = "<html><body><article><h1>Talks go on in Geneva</h1><p>The talks go on, said Anna Example on Monday.</p></article></body></html>"


def dateline(bootstrap: str, *arguments: str) -> tuple[int, str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", *arguments], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120,
        env={**clean, "DATELINE_BOOTSTRAP_SERVERS": bootstrap, "COLUMNS": "200"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.broker
def test_what_is_published_is_tailed_traced_buried_and_redriven(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    broker = kafka.bootstrap_servers
    settings = fresh_topics(broker, partitions=2)
    assert "already there" in dateline(broker, "topics", "create")[1]
    code, _, err = dateline(broker, "publish", *map(str, _files(tmp_path)))
    assert (code, "published 5 to articles.raw.v1" in err) == (0, True), err
    produce(settings, RAW.name, [Outgoing(b"bad", b"{broken")])
    with worker("cleaner+entities+dates", broker, tmp_path, pool_processes=1, partitions=2):
        code, out, _ = dateline(broker, "tail", "enriched", "--json", "--from-beginning", "--limit", "5")
        assert code == 0
        articles = [json.loads(line) for line in out.splitlines()]
        assert {article.get("title") for article in articles} == {"Talks go on in Geneva", None}
        assert {article["url"] for article in articles if article.get("url")} == {"https://example.org/warc"}
        code, out, _ = dateline(broker, "trace", "https://example.org/warc")
        assert [topic for topic in ("articles.raw.v1", "articles.enriched.v1") if topic not in out] == []
        _dead_letters(broker, settings)
    code, out, _ = dateline(broker, "topics", "describe", RAW.name, "nowhere")
    assert (code, "nowhere: not on the broker" in out, "dateline-cleaner-entities-dates: 0" in out) == (
        1,
        True,
        True,
    ), out


def _files(folder: Path) -> list[Path]:
    """One of each kind that `publish` reads; five articles."""
    (folder / "page.html").write_text(PAGE)
    (folder / "page.txt").write_text("The talks go on in Geneva, a reader writes without a title.")
    (folder / "two.jsonl.gz").write_bytes(
        gzip.compress(b"".join(json.dumps({"id": f"j{n}", "content": PAGE}).encode() + b"\n" for n in (1, 2)))
    )
    with (folder / "crawl.warc.gz").open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.0")
        record = writer.create_warc_record(
            "https://example.org/warc", "response", payload=io.BytesIO(PAGE.encode()), http_headers=http
        )
        writer.write_record(record)
    return [folder / name for name in ("page.html", "page.txt", "two.jsonl.gz", "crawl.warc.gz")]


def _dead_letters(broker: str, settings: object) -> None:
    code, out, _ = dateline(broker, "dead-letters", "list", "--reason", "malformed_json")
    assert "1 dead letter: 1 malformed_json" in out
    letter = next(word for word in out.split() if word.startswith("articles.raw.v1-"))
    assert "{broken" in dateline(broker, "dead-letters", "show", letter)[1]
    assert "would redrive 1" in dateline(broker, "dead-letters", "redrive", letter, "--dry-run")[1]
    assert len(read_topic(settings, DEAD_LETTERS.name)) == 1  # type: ignore[arg-type]
    assert "redrove 1" in dateline(broker, "dead-letters", "redrive", "--all")[1]
    code, _, err = dateline(broker, "dead-letters", "redrive", letter)
    assert (code, "redriven before" in err) == (78, True)
    assert dateline(broker, "dead-letters", "redrive")[0] == 78


def test_a_broker_that_is_not_there_is_named_with_what_to_do() -> None:
    for command in (["topics", "create"], ["tail", "raw"], ["dead-letters", "list"], ["trace", "x"]):
        code, _, err = dateline("127.0.0.1:9", *command)
        assert code == 1, command
        assert "127.0.0.1:9" in err
        assert "Traceback" not in err
    assert [topic.name for topic in TOPICS if topic.name not in dateline("127.0.0.1:9", "topics", "list")[1]] == []
