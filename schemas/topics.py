"""Every topic once: its name, what it carries, how long it keeps it. `dateline topics create` makes them so."""

from dataclasses import dataclass
from typing import Literal

from schemas.alerts import Alert, AlertStep
from schemas.articles import AnnotatedArticle, CleanedArticle, ClusteredArticle, EnrichedArticle, Message, RawArticle
from schemas.rules import AlertRule
from schemas.sources import SourceLines, SourceProfile

__all__ = [
    "ALERTS", "ALERT_MATCHES", "ALERT_RULES", "ANNOTATED", "CLEANED", "CLUSTERED", "DEAD_LETTERS", "DEAD_LETTER_STATUS", "ENRICHED", "MAX_VALUE_BYTES",
    "RAW", "SOURCE_LINES", "SOURCE_PROFILES", "TOPICS", "Topic", "topic_named",
]  # fmt: skip

DAY_MS = 24 * 3600 * 1000

#: The largest value accepted anywhere, bytes. News pages reach some megabytes; 20 MB bodies have been seen.
MAX_VALUE_BYTES = 24 * 1024 * 1024
#: Room for the key, the headers and the batch around the largest value, bytes.
OVERHEAD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic's contract. `key` says in words what the Kafka key is; `model` is None where the value is untouched bytes."""

    name: str
    model: type[Message] | None
    summary: str
    key: str = "article id"
    partitions: int = 6
    retention_ms: int = 7 * DAY_MS
    cleanup: Literal["delete", "compact", "compact,delete"] = "delete"
    compression: str = "zstd"
    max_message_bytes: int = MAX_VALUE_BYTES + OVERHEAD_BYTES
    #: For so long every version of a compacted key can still be read, milliseconds.
    compaction_lag_ms: int = 0


RAW = Topic(
    "articles.raw.v1", RawArticle, "Pages as crawlers and aggregators leave them", key="article id, or anything"
)
CLEANED = Topic("articles.cleaned.v1", CleanedArticle, "The article alone, and what was cut")
ANNOTATED = Topic("articles.annotated.v1", AnnotatedArticle, "With entities and quotes")
ENRICHED = Topic("articles.enriched.v1", EnrichedArticle, "Finished: with dates and counts", retention_ms=30 * DAY_MS)
CLUSTERED = Topic(
    "articles.clustered.v1", ClusteredArticle, "With the story each article belongs to", retention_ms=30 * DAY_MS
)
ALERTS = Topic(
    "alerts.v1", Alert, "What alert rules fired", key="alert id", retention_ms=90 * DAY_MS, cleanup="compact,delete"
)
ALERT_MATCHES = Topic(
    "alert-matches.v1", AlertStep, "What the alerts worker tells itself: matches by rule, and the clock", key="rule id",
    retention_ms=3 * DAY_MS,
)  # fmt: skip
ALERT_RULES = Topic(
    "alert-rules.v1", AlertRule, "Alert rules; a rule without a value is removed", key="rule id; `RULE#mute` mutes it",
    partitions=1, cleanup="compact",
)  # fmt: skip
DEAD_LETTERS = Topic(
    "dead-letters.v1", None, "What could not be processed, untouched, with the reason in its headers",
    key="the original key", retention_ms=90 * DAY_MS, max_message_bytes=MAX_VALUE_BYTES + 2 * OVERHEAD_BYTES,
)  # fmt: skip
DEAD_LETTER_STATUS = Topic(
    "dead-letter-status.v1", None, "Which dead letters were sent back to their topic", key="dead letter id",
    partitions=1, retention_ms=90 * DAY_MS, cleanup="compact,delete",
)  # fmt: skip
SOURCE_LINES = Topic(
    "source-lines.v1", SourceLines, "Fingerprints of each page's lines, for the memory of its source", key="source",
    retention_ms=DAY_MS,
)  # fmt: skip
#: Every version stays as long as the raw articles, so that what was cleaned with it can be cleaned again alike.
SOURCE_PROFILES = Topic(
    "source-profiles.v1", SourceProfile, "The lines that each source repeats", key="source", cleanup="compact",
    compaction_lag_ms=RAW.retention_ms,
)  # fmt: skip

TOPICS = (
    RAW, CLEANED, ANNOTATED, ENRICHED, CLUSTERED, ALERTS, ALERT_MATCHES, ALERT_RULES, DEAD_LETTERS, DEAD_LETTER_STATUS,
    SOURCE_LINES, SOURCE_PROFILES,
)  # fmt: skip


def topic_named(name: str) -> Topic:
    """The topic of that name; raises KeyError with the names there are."""
    for topic in TOPICS:
        if topic.name == name:
            return topic
    raise KeyError(f"no topic {name!r}; there are {', '.join(topic.name for topic in TOPICS)}")
