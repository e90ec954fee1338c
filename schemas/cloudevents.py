"""CloudEvents 1.0, Kafka binding, binary mode: the event's attributes in the headers, the article in the value."""

from datetime import UTC, datetime
from functools import lru_cache

from schemas.topics import Topic

__all__ = ["event_headers", "event_type"]

Headers = tuple[tuple[str, bytes], ...]


def event_type(topic: Topic) -> str:
    """The `type` attribute of what a topic carries: `dateline.articles.enriched.v1`."""
    return f"dateline.{topic.name}"


def event_headers(topic: Topic, *, event_id: str, stage: str, subject: str, now_s: float) -> Headers:
    """The headers of one event; `now_s` is seconds since the epoch. The id is unique per source, and the same when work is repeated."""
    version, source, kind, schema, content = _same_for_all(topic.name, stage)
    return (
        version,
        ("ce_id", event_id.encode()),
        source,
        kind,
        ("ce_time", _stamp(int(now_s * 1000))),
        ("ce_subject", subject.encode(errors="replace")),
        schema,
        content,
    )


@lru_cache(maxsize=256)
def _same_for_all(topic: str, stage: str) -> Headers:
    return (
        ("ce_specversion", b"1.0"),
        ("ce_source", f"/dateline/{stage}".encode()),
        ("ce_type", f"dateline.{topic}".encode()),
        ("ce_dataschema", f"urn:dateline:schema:{topic}".encode()),
        ("content-type", b"application/json"),
    )


@lru_cache(maxsize=16)
def _stamp(now_ms: int) -> bytes:
    text = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z").encode()
