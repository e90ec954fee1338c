"""Where did my article go: every message about one article, on every topic, in the order of time."""

from dataclasses import dataclass
from typing import Any

import orjson

from schemas.topics import ALERTS, ANNOTATED, CLEANED, CLUSTERED, DEAD_LETTER_STATUS, DEAD_LETTERS, ENRICHED, RAW
from workers.ports import Received
from workers.runtime.clients import read_all
from workers.runtime.dead_letters import read_dead_letter
from workers.runtime.settings import Settings

__all__ = ["Hop", "trace_article"]

_TRACED = (
    RAW.name,
    CLEANED.name,
    ANNOTATED.name,
    ENRICHED.name,
    CLUSTERED.name,
    ALERTS.name,
    DEAD_LETTERS.name,
    DEAD_LETTER_STATUS.name,
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One message about the article; `stage_ms` is what its last stage took."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    stage: str
    stage_ms: float | None
    note: str


async def trace_article(settings: Settings, wanted: str) -> list[Hop]:
    """All hops of the article with that id, url, or raw message key. Raises Unavailable.

    Topics are read to their end: seconds for millions of small messages, minutes for very large topics.
    """
    hops: list[Hop] = []
    origins: set[str] = set()
    ids = {wanted}
    raw: dict[str, Received] = {}
    async for received in read_all(settings, *_TRACED):
        if received.topic == RAW.name:
            if _mentions(received, ids):
                hops.append(_hop(received, "published"))
            else:
                raw[f"{received.topic}-{received.partition}-{received.offset}"] = received._replace(value=None)
        elif received.topic == DEAD_LETTERS.name:
            letter = read_dead_letter(received.key, received.value, received.headers)
            if _mentions(received, ids) or letter.id in origins:
                hops.append(_hop(received, f"{letter.stage}: {letter.reason}: {letter.message}"))
        elif received.topic != DEAD_LETTER_STATUS.name and _mentions(received, ids):
            hops.append(_hop(received, ""))
            origins.add(_origin(received))
    hops += [_hop(raw[origin], "published") for origin in origins if origin in raw]
    return sorted(hops, key=lambda hop: (hop.timestamp_ms, _TRACED.index(hop.topic)))


def _mentions(received: Received, wanted: set[str]) -> bool:
    key = (received.key or b"").decode(errors="replace")
    if key in wanted:
        return True
    value = received.value or b""
    if not any(word.encode(errors="replace") in value for word in wanted):
        return False
    fields = _fields(value)
    article = fields.get("article", {})
    return bool(
        wanted
        & {str(fields.get("id")), str(fields.get("url")), str(article.get("id")) if isinstance(article, dict) else ""}
    )


def _hop(received: Received, note: str) -> Hop:
    stages = _fields(received.value).get("provenance", {}).get("stages") or []
    last = stages[-1] if stages else {}
    return Hop(
        received.topic,
        received.partition,
        received.offset,
        received.timestamp_ms,
        last.get("name", ""),
        last.get("milliseconds"),
        note,
    )


def _origin(received: Received) -> str:
    raw = _fields(received.value).get("provenance", {}).get("raw") or {}
    return f"{raw.get('topic')}-{raw.get('partition')}-{raw.get('offset')}"


def _fields(value: bytes | None) -> dict[str, Any]:
    try:
        fields = orjson.loads(value or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}
