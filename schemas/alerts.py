"""What an alert rule fires, and what the alerts worker tells itself on the way there."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas.articles import Message, Span, Story
from schemas.rules import AlertRule, Severity

__all__ = ["Alert", "AlertArticle", "AlertMatch", "AlertStep", "AlertWindow", "MatchedSpan", "StreamClock"]


class MatchedSpan(Span):
    """Characters that made the rule fire, in the article's `title` or `text`."""

    field: Literal["title", "text"]
    text: str


class AlertArticle(Message):
    """Enough of the article to understand the alert without fetching it."""

    id: str
    url: str | None = None
    source: str | None = None
    title: str | None = None
    published: str | None = None
    lead: str = ""


class AlertWindow(Message):
    """The time that a frequency, cardinality, spike or flatline speaks of."""

    start: datetime
    end: datetime


class Alert(Message):
    """One rule fired. The id is a hash of the rule and of what it fired for (an article, a window, a value), so the same alert always has the same id."""

    id: str
    rule: str = Field(description="The rule's name")
    severity: Severity = "medium"
    matched: tuple[MatchedSpan, ...] = ()
    article: AlertArticle = Field(description="The article that made it fire; of a flatline the last one before")
    fired_at: datetime
    kind: Literal["match", "frequency", "cardinality", "spike", "flatline", "new", "digest", "limit"] = "match"
    rule_id: str | None = None
    rule_version: Annotated[
        str | None, Field(description="Which wording of the rule fired: a hash of all its fields")
    ] = None
    owner: str | None = None
    labels: dict[str, str] | None = None
    reason: Annotated[str | None, Field(description="Why, in words: `5 articles within 1h, 5 needed`")] = None
    group: Annotated[
        str | None,
        Field(description="The source, country, story ... that it is about, where the rule tells these apart"),
    ] = None
    count: Annotated[int | None, Field(description="Articles or values counted; of a digest the alerts in it")] = None
    window: AlertWindow | None = None
    values: Annotated[tuple[str, ...], Field(description="What was counted, or what is new; at most 50")] = ()
    story: Annotated[str | None, Field(description="The story's id, where the article carries one")] = None
    growth: Annotated[int | None, Field(description="The size that the story has reached: 3, 10, 30")] = None
    left_out: Annotated[
        int | None, Field(description="Alerts of the rule left out since the last one, by its realert interval")
    ] = None
    articles: Annotated[tuple[AlertArticle, ...], Field(description="Of a digest: all that it gathers")] = ()


class AlertMatch(Message):
    """An article that a rule's query holds for, with the rule as it was then: whoever reads it again comes to the same alerts."""

    rule: AlertRule
    version: str
    state: str = Field(description="Hash of what decides whether the rule fires; windows begin anew when it changes")
    mute_until: datetime | None = None
    at: datetime = Field(
        description="Event time: when it was published, else fetched, else enriched; never later than that"
    )
    article: AlertArticle
    matched: tuple[MatchedSpan, ...] = ()
    groups: Annotated[
        tuple[str, ...], Field(description="Values of the property that the rule tells articles apart by")
    ] = ()
    values: Annotated[tuple[str, ...], Field(description="Values of what the rule counts or calls new")] = ()
    gather: Annotated[
        str | None, Field(description="Which digest it belongs into, where the rule has one by something")
    ] = None
    fingerprint: str | None = None
    story: Story | None = None


class StreamClock(Message):
    """How far the articles have come: the newest event time, in seconds since the epoch, by partition of their topic."""

    of: int = Field(ge=1, description="Partitions that the topic has")
    partitions: dict[int, float | None]
    idle: Annotated[
        tuple[int, ...], Field(description="Those where all was read and nothing has come for a while")
    ] = ()


class AlertStep(Message):
    """A match, or the clock."""

    match: AlertMatch | None = None
    clock: StreamClock | None = None
