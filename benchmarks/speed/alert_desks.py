"""What comes after the match: matches a second through a desk, by kind of rule; and how long a changed rule takes to run among many.

In one process, without a broker: a match is written and read as on its topic, decided on, and its rows are written as in the Table. No peer does the
same work; the goal for changes is the issue's (under a second).

    .venv/bin/python benchmarks/speed/alert_desks.py --json
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from schemas.alerts import AlertStep  # noqa: E402
from schemas.articles import EnrichedArticle, Entity, Language  # noqa: E402
from schemas.codec import decode, encode  # noqa: E402
from workers.alerts.desk import Desk  # noqa: E402
from workers.alerts.fire import matches_of  # noqa: E402
from workers.alerts.live import LiveMatcher, RuleSet  # noqa: E402
from workers.alerts.rules import Rule, load_rules  # noqa: E402

GOAL_CHANGE_S = 1.0
KINDS = {
    "match": "",
    "match, once each hour": "realert: 1h",
    "match, digest": "digest: {every: 1h}",
    "frequency by source": "frequency: {count: 10, window: 1h, by: source}",
    "cardinality by country": "cardinality: {count: 10, of: source, window: 1h, by: country}",
    "spike": "spike: {window: 10m}",
    "flatline by source": "flatline: {window: 1h, by: source}",
    "new": "new: {of: country, learn: 1h}",
}
_START = datetime(2025, 7, 28, tzinfo=UTC).timestamp()


def articles(count: int) -> list[EnrichedArticle]:
    """One every two seconds, of fifty sources and twenty countries."""
    codes = [
        "DE",
        "FR",
        "IT",
        "ES",
        "GB",
        "PL",
        "TR",
        "SY",
        "IQ",
        "IR",
        "EG",
        "US",
        "CA",
        "MX",
        "BR",
        "AR",
        "CN",
        "JP",
        "IN",
        "AU",
    ]
    return [
        EnrichedArticle(
            id=f"n{number}",
            source=f"s{number * 7 % 50}.example",
            text=f"The flood {number} rose. " + f"Word{number} and word{number * 3} were said. " * 60,
            language=Language(code="en", confidence=1.0),
            fetched_at=datetime.fromtimestamp(_START + 2 * number, UTC),
            entities=(
                Entity(id="e1", type="GPE", name="Place", country=codes[number * 11 % 20], count=1, salience=0.5, first_start=0),
            ),
        )
        for number in range(count)
    ]  # fmt: skip


def through_a_desk(kind: str, stream: list[EnrichedArticle]) -> dict[str, float]:
    """Matches a second, and what is remembered at the end."""
    matcher = LiveMatcher(load_rules(f"- {{name: R, keywords: [flood]{', ' if kind else ''}{kind}}}", "rules"))
    desk, alerts = Desk(), 0
    written = [(one, encode(AlertStep(match=matches_of(matcher, one, _START + 2 * number)[0]))) for number, one in enumerate(stream)]  # fmt: skip
    started = time.perf_counter()
    for number, (_, value) in enumerate(written):
        match = decode(AlertStep, value).match
        assert match is not None
        for alert in desk.take(match, _START + 2 * number).alerts:
            alerts += 1
            encode(alert)
        for key, row in desk.changes().items():
            orjson.dumps([key, row])
    seconds = time.perf_counter() - started
    return {"per_second": round(len(stream) / seconds), "alerts": alerts, "rows": len(desk), "bytes": len(written[0][1])}  # fmt: skip


def a_change(count: int) -> dict[str, float]:
    """Seconds until one changed rule among `count` runs: by the topic, and by the file, which is read whole."""
    fields = [{"name": f"rule {number}", "query": f"flood{number} AND (river OR rain{number})"} for number in range(count)]  # fmt: skip
    rules = tuple(Rule.model_validate(one) for one in fields)
    known = RuleSet().with_file(rules)
    matcher = LiveMatcher(known.rules())
    started = time.perf_counter()
    matcher.changed(known.with_entry("rule 1", Rule.model_validate({"name": "rule 1", "query": "storm"})).rules())
    topic_s = time.perf_counter() - started
    fields[1]["query"] = "storm"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"rules": fields}, file)
        file.flush()
        started = time.perf_counter()
        matcher.changed(known.with_file(load_rules(Path(file.name).read_text(encoding="utf-8"), file.name)).rules())
        file_s = time.perf_counter() - started
    return {"topic_s": round(topic_s, 3), "file_s": round(file_s, 3)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--articles", type=int, default=3000)
    given = parser.parse_args()
    stream = articles(given.articles)
    desks = {name: through_a_desk(kind, stream) for name, kind in KINDS.items()}
    for name, figures in desks.items():
        print(f"{name:24} {figures}")
    changes = {count: a_change(count) for count in (100, 1000, 10_000)}
    for count, figures in changes.items():
        print(f"a change among {count:6,} rules {figures}")
    met = changes[1000]["topic_s"] < GOAL_CHANGE_S and changes[1000]["file_s"] < GOAL_CHANGE_S
    if given.json:
        print(json.dumps({"desks": desks, "changes": changes, "goals": {"change_among_1000_s": GOAL_CHANGE_S}, "met": met}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
