"""CloudEvents 1.0, Kafka binding, binary mode: the event's attributes in the headers, the article in the value."""

from datetime import UTC, datetime

from schemas.topics import Topic

__all__ = ["event_headers", "event_type"]

Headers = tuple[tuple[str, bytes], ...]


def event_type(topic: Topic) -> str:
    """The `type` attribute of what a topic carries: `dateline.articles.enriched.v1`."""
    return f"dateline.{topic.name}"


def event_headers(topic: Topic, *, event_id: str, stage: str, subject: str, now_s: float) -> Headers:
    """The headers of one event; `now_s` is seconds since the epoch. The id is unique per source, and the same when work is repeated."""
    time = datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", f"/dateline/{stage}".encode()),
        ("ce_type", event_type(topic).encode()),
        ("ce_time", time.encode()),
        ("ce_subject", subject.encode(errors="replace")),
        ("ce_dataschema", f"urn:dateline:schema:{topic.name}".encode()),
        ("content-type", b"application/json"),
    )
