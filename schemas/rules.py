"""Alert rules as they travel on `alert-rules.v1` and stand in YAML files. What a rule means is checked in workers/alerts/rules.py."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.articles import Message

__all__ = [
    "AlertRule", "Cardinality", "Digest", "Duration", "Flatline", "Frequency", "Limit", "New", "Property", "Quiet", "Severity", "Spike", "Subject",
]  # fmt: skip

Severity = Literal["info", "low", "medium", "high", "critical"]
Duration = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,5}[smhdw]$", description="A number and s, m, h, d or w, such as 90s, 15m, 6h, 7d"),
]
#: What articles are told apart by.
Property = Literal[
    "source", "language", "country", "entity", "person", "org", "place", "author", "agency", "story",
]  # fmt: skip
#: What can be counted or be new: a property, or the words that matched.
Subject = Literal[
    "source", "language", "country", "entity", "person", "org", "place", "author", "agency", "story", "term",
]  # fmt: skip
_By = Annotated[Property | None, Field(description="Each value of this for itself; without it, all articles together")]


class Frequency(Message):
    """So many articles within a time."""

    count: int = Field(ge=2, le=500)
    window: Duration = "1h"
    by: _By = None


class Cardinality(Message):
    """So many different sources, countries, people within a time."""

    count: int = Field(ge=2, le=100)
    of: Subject = "source"
    window: Duration = "1d"
    by: _By = None


class Spike(Message):
    """Far more articles in a time than the rule's own past would lead one to expect."""

    window: Duration = "1h"
    factor: float = Field(3.0, gt=1, le=1000, description="So many times the mean of the past windows")
    least: int = Field(5, ge=2, le=100_000, description="And at least so many articles")
    past: int = Field(24, ge=2, le=200, description="Windows that the mean is taken over")
    warm_up: int | None = Field(
        None, ge=1, le=200, description="Windows that must have passed since the rule began; default: `past`"
    )
    by: _By = None


class Flatline(Message):
    """No article for a time."""

    window: Duration = "6h"
    by: _By = None


class New(Message):
    """Something in an article of the rule that no article of the rule had before."""

    of: Subject
    learn: Duration = Field("7d", description="At first it only learns what is known, for so long")
    remember: Duration = Field("52w", description="What was not seen for so long is new again")


class Digest(Message):
    """Alerts are gathered and delivered as one."""

    every: Duration = "1h"
    by: _By = None


class Quiet(Message):
    """Hours in which alerts are held back; when they end, what was held is delivered as one."""

    from_: str = Field(alias="from", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    to: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    zone: str = Field("UTC", description="Time zone of the tz database, such as Europe/Berlin")
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), description="Days on which the quiet hours begin"
    )
    unless: tuple[Severity, ...] = Field((), description="Severities that are told at once all the same")


class Limit(Message):
    """The most alerts of a rule in a time. What is above it is warned of, and with `pause` the rule rests."""

    alerts: int = Field(ge=1, le=1_000_000)
    per: Duration = "1h"
    pause: Duration | None = Field(None, description="The rule rests for so long, or until it is changed")


class AlertRule(Message):
    """What is looked for, when that is worth an alert, and how often it may tell."""

    name: str = Field(min_length=1, max_length=200)
    id: str | None = Field(
        None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description="Default: the name. With an id the name can change"
    )  # fmt: skip
    severity: Severity = "medium"
    owner: str | None = Field(None, max_length=200, description="Who is told when the rule is too broad")
    labels: dict[str, str] = Field(default_factory=dict, max_length=30)
    query: str | None = Field(None, max_length=20_000, description="A query; see docs/alerts.md for its language")
    keywords: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    without: tuple[str, ...] = Field((), description="Words or phrases that keep the rule from firing")
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    match: Literal["any", "all"] = "any"
    frequency: Frequency | None = None
    cardinality: Cardinality | None = None
    spike: Spike | None = None
    flatline: Flatline | None = None
    new: New | None = None
    lateness: Duration | None = Field(
        None, description="How much later than the newest article one may come and still count; default: the window, at least 10m, at most 1d"
    )  # fmt: skip
    similar: Literal["once", "all"] | None = Field(
        None, description="Near-identical texts: `once` counts the first; default: once, but all for rules with a window"
    )  # fmt: skip
    similar_for: Duration = Field("3d", description="How long a text is remembered")
    story: Literal["growing", "once", "all"] = Field(
        "growing", description="Where an article carries its story: once per story and again at 3, 10, 30 articles; once; or each article"
    )  # fmt: skip
    realert: Duration | None = Field(
        None, description="At most one alert in so long; the next tells how many were left out"
    )
    digest: Digest | None = None
    quiet: Quiet | None = None
    mute: str | None = Field(None, description="Nothing is told before this time, ISO 8601 with a time zone")
    limit: Limit | None = None

    @property
    def key(self) -> str:
        """The id, else the name."""
        return self.id or self.name
