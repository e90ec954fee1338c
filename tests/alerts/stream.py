"""A stream of articles for the desk: made of times and sources, taken in any order, with crashes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from schemas.alerts import Alert, AlertMatch, StreamClock
from schemas.articles import ClusteredArticle, EnrichedArticle, Entity, Language, Story
from workers.alerts.desk import Desk, Outcome, RunningRule
from workers.alerts.fire import matches_of
from workers.alerts.live import LiveMatcher
from workers.alerts.memory import Key
from workers.alerts.rules import Rule, load_rules, state_of, version_of
from workers.alerts.windows import Row

__all__ = ["HOUR", "START", "Bench", "Step", "article", "rule_of"]

HOUR = 3600
#: Some Monday, 00:00 UTC.
START = int(datetime(2025, 7, 28, tzinfo=UTC).timestamp())


def rule_of(text: str) -> Rule:
    """The one rule of a YAML text."""
    return load_rules(f"- {text}", "rules.yaml")[0]


def article(
    identity: str,
    at_s: float,
    source: str = "a.example",
    country: str | None = None,
    text: str | None = None,
    story: tuple[str, int] | None = None,
) -> EnrichedArticle:
    """An article that the word `flood` is in, published `at_s` seconds after START."""
    fields = {
        "id": identity,
        "source": source,
        "title": "News",
        "text": text or f"A flood, {identity}.",
        "language": Language(code="en", confidence=1.0),
        "fetched_at": datetime.fromtimestamp(START + at_s, UTC),
        "entities": tuple(
            Entity(id="e1", type="GPE", name=code, count=1, salience=0.5, first_start=0, country=code)
            for code in ([country] if country else [])
        ),
    }
    if story is None:
        return EnrichedArticle(**fields)
    return ClusteredArticle(**fields, story=Story(id=story[0], size=story[1], role="development"))


class Step(NamedTuple):
    """A record of the topic of matches: an article that was taken, or (None) the clock, in seconds after START."""

    article: EnrichedArticle | None
    at_s: float
    #: When the record was written.
    now_s: float


class Bench:
    """One rule at one desk, whose rows are kept as the Table keeps them: as JSON."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._matcher = LiveMatcher([rule])
        self._running = {rule.key: RunningRule(rule, version_of(rule), state_of(rule))}
        self.kept: dict[Key, Row] = {}
        self.desk = Desk()
        self.alerts: list[Alert] = []
        self.left_out: dict[str, int] = {}

    def matches(self, one: EnrichedArticle, now_s: float) -> Sequence[AlertMatch]:
        return matches_of(self._matcher, one, START + now_s)

    def take(self, step: Step) -> list[Alert]:
        """The alerts of one step."""
        if step.article is None:
            clock = StreamClock(of=1, partitions={0: START + step.at_s})
            return self._note(self.desk.tick(clock, START + step.now_s, self._running))
        return [alert for match in self.matches(step.article, step.now_s) for alert in self._note(self.desk.take(match, START + step.now_s))]  # fmt: skip

    def _note(self, outcome: Outcome) -> list[Alert]:
        for reason, count in outcome.left_out.items():
            self.left_out[reason] = self.left_out.get(reason, 0) + count
        self.alerts += outcome.alerts
        return list(outcome.alerts)

    def write(self, most: int | None = None) -> None:
        """Write the changed rows, or only the first `most` of them: then the worker died."""
        for key, row in list(self.desk.changes().items())[:most]:
            if row is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = orjson.loads(orjson.dumps(row))

    def restart(self) -> None:
        """A new process, with what was written."""
        self.desk = Desk(self.kept.items())

    def ids(self, steps: Iterable[Step]) -> set[str]:
        """The ids of all alerts of these steps."""
        return {alert.id for step in steps for alert in self.take(step)}
