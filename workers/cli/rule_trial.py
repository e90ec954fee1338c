"""A trial of rules over articles: who matches, how often, and what would have been told."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.text import Text

from schemas.alerts import Alert, MatchedSpan, StreamClock
from schemas.articles import ClusteredArticle, EnrichedArticle
from schemas.codec import DecodeError, decode
from schemas.rules import AlertRule
from schemas.topics import ALERT_RULES
from workers.alerts.desk import Desk, RunningRule
from workers.alerts.fire import event_time, matches_of
from workers.alerts.live import LiveMatch, LiveMatcher, RuleSet
from workers.alerts.rules import Rule, kind_of, state_of, version_of
from workers.cli._shared import STDERR
from workers.cli.inputs import read_inputs
from workers.errors import Refused
from workers.runtime.clients import read_all
from workers.runtime.settings import Settings

__all__ = ["Given", "Trial", "excerpt", "from_files", "from_topic", "rules_of_topic"]

_AROUND = 40
#: How far the clock goes on after the last article, so that digests and silences end: seconds.
_AFTER_S = 2 * 86_400


class Given(NamedTuple):
    """An article, and when its record was written, seconds since the epoch; 0 where it comes from a file."""

    article: EnrichedArticle
    received_s: float


class Trial:
    """Runs rules over articles as the worker would, without telling anybody."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.articles = 0
        self.hits: Counter[str] = Counter()
        self.alerts: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self._matcher = LiveMatcher(tuple(rules))
        self._desk = Desk()
        self._running = {
            key: RunningRule(rule, version_of(rule), state_of(rule))
            for key, rule in self._matcher.rules.items()
            if kind_of(rule) is not None
        }
        self._now_s = self._newest_s = 0.0

    def take(self, given: Given) -> tuple[tuple[LiveMatch, ...], tuple[Alert, ...]]:
        """The matches of one article, and the alerts that would have been sent then."""
        self.articles += 1
        received_s = given.received_s or event_time(given.article, float("inf")) or self._now_s
        received_s = received_s if received_s != float("inf") else self._now_s
        self._now_s = max(self._now_s, received_s)
        self._newest_s = max(self._newest_s, event_time(given.article, received_s))
        found = self._matcher.match(given.article)
        self.hits.update(one.match.rule.key for one in found)
        alerts: list[Alert] = []
        for match in matches_of(self._matcher, given.article, received_s):
            outcome = self._desk.take(match, self._now_s)
            alerts += outcome.alerts
            self.left_out.update(outcome.left_out)
        return found, (*self._count(alerts), *self.tick(self._now_s))

    def tick(self, now_s: float, idle: tuple[int, ...] = ()) -> tuple[Alert, ...]:
        """The clock goes on; with `idle` although no article comes."""
        outcome = self._desk.tick(StreamClock(of=1, partitions={0: self._newest_s}, idle=idle), now_s, self._running)
        self.left_out.update(outcome.left_out)
        return self._count(outcome.alerts)

    def end(self) -> tuple[Alert, ...]:
        """What is told after the last article: digests, silences."""
        return self.tick(self._now_s + _AFTER_S, (0,))

    def _count(self, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
        told = tuple(alerts)
        self.alerts.update(alert.rule_id or alert.rule for alert in told)
        return told


def from_files(paths: list[str]) -> Iterator[Given]:
    """The articles of files; what is none is told on standard error, and the rest goes on."""
    for given in read_inputs(paths):
        if isinstance(given, Refused):
            STDERR.print(Text(str(given)))
            continue
        try:
            yield Given(_article(given.value), 0.0)
        except DecodeError as error:
            STDERR.print(Text(f"{given.name}: {error}"))


async def from_topic(settings: Settings, since_s: float, limit: int) -> list[Given]:
    """The last `limit` articles of the topic that were written since then, in the order in which they were. Raises Unavailable."""
    last: list[tuple[int, Given]] = []
    async for received in read_all(settings, settings.alerts_read, since_s=since_s):
        if received.value is None:
            continue
        try:
            last.append((received.timestamp_ms, Given(_article(received.value), received.timestamp_ms / 1000)))
        except DecodeError as error:
            STDERR.print(Text(f"{received.topic} {received.partition}:{received.offset}: {error}"))
        if len(last) > 2 * limit:  # partitions come one after the other
            last = sorted(last, key=lambda one: one[0])[-limit:]
    return [given for _, given in sorted(last, key=lambda one: one[0])[-limit:]]


async def rules_of_topic(settings: Settings) -> RuleSet:
    """The rules and mutes that the topic holds now. Raises Unavailable."""
    found = RuleSet()
    async for received in read_all(settings, ALERT_RULES.name):
        key = (received.key or b"").decode(errors="replace")
        try:
            found = found.with_entry(key, decode(AlertRule, received.value) if received.value is not None else None)
        except (DecodeError, ValueError) as error:
            STDERR.print(Text(f"{ALERT_RULES.name}, rule {key!r}: {' '.join(str(error).split())}"))
    return found


def excerpt(span: MatchedSpan, article: EnrichedArticle) -> Text:
    """The words around a match, the match itself highlighted."""
    text = (article.title or "") if span.field == "title" else article.text
    before = text[max(0, span.start - _AROUND) : span.start].replace("\n", " ")
    after = text[span.end : span.end + _AROUND].replace("\n", " ")
    return Text.assemble(f"  {span.field}: …{before}", (f"[{span.text}]", "bold reverse"), f"{after}…")


def _article(value: bytes) -> EnrichedArticle:
    """With its story where it has one."""
    try:
        return decode(ClusteredArticle, value)
    except DecodeError:
        return decode(EnrichedArticle, value)
