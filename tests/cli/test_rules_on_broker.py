"""`dateline rules` on a broker: rules are put there, tried on what the topic holds, muted and removed."""

import json
from pathlib import Path

import orjson
import pytest
from kafka_tools import fresh_topics, produce
from typer.testing import CliRunner

from schemas.topics import ENRICHED
from workers.cli.main import app
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka

RULES = """
rules:
  - {name: Floods, id: floods, query: flood*, severity: high}
  - {name: Often, keywords: [flood], frequency: {count: 3, window: 1h}}
"""


@pytest.mark.broker
def test_rules_live_on_the_topic(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)

    def rules(*arguments: object) -> tuple[int, str]:
        environment = {"COLUMNS": "200", "DATELINE_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
        done = CliRunner().invoke(app, ["rules", *map(str, arguments)], env=environment)
        return done.exit_code, done.stdout if done.exit_code == 0 else done.output

    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    texts = ["A flood.", "Flooding again.", "A dry day."]
    made = [{"id": f"a{n}", "text": texts[n % 3] + f" {n}"} for n in range(30)]
    produce(settings, ENRICHED.name, [Outgoing(one["id"].encode(), orjson.dumps(one)) for one in made])

    assert rules("add", file) == (0, "2 rules are on alert-rules.v1\n")
    code, said = rules("list")
    assert (code, "floods" in said, "frequency" in said) == (0, True, True), said
    code, said = rules("check", "topic", "topic")
    assert "floods: 20 of 30 articles, 66.7%; too broad?" in said
    assert "Often: 10 of 30 articles, 33.3%" in said
    code, said = rules("test", "topic", "topic", "--limit", "12", "--rule", "floods")
    assert "[Flooding] again" in said
    assert "of 12 articles" in said

    assert rules("mute", "floods", "--for", "8h")[1].startswith("floods is muted until 20")
    assert "T" in next(line for line in rules("list")[1].splitlines() if line.strip().startswith("floods")).split("high")[1]  # fmt: skip
    assert rules("mute", "floods", "--off") == (0, "floods speaks again\n")
    code, said = rules("remove", "nothing")
    assert (code != 0, "there are floods, Often" in said) == (True, True), said
    assert rules("remove", "Often") == (0, "removed 1\n")
    assert "frequency" not in rules("list")[1]

    file.write_text(json.dumps({"rules": [{"name": "Never", "query": "a AND NOT a"}]}))
    assert "never matches" in rules("add", file)[1]
    assert "Never" not in rules("list")[1]
