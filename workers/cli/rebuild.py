"""`dateline rebuild`: the store anew from the topics."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from schemas.articles import Message
from schemas.codec import DecodeError, decode
from workers.cli._shared import STDERR, STDOUT, fail, run, settings_or_exit
from workers.errors import Misconfigured, StoreRefused
from workers.pipeline import SINKS
from workers.ports import Received, Sink, Tombstone
from workers.runtime.clients import read_all
from workers.runtime.settings import Settings
from workers.storage.sink import open_sink

__all__ = ["rebuild"]

_BATCH = 500


def rebuild(
    into: Annotated[
        str | None,
        typer.Option(help="Url of the store; default: DATELINE_STORAGE_URL. A new one holds what the topics hold"),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only messages from this time on, ISO 8601, UTC where no zone is given")
    ] = None,
) -> None:
    """Write everything that the topics of the storage worker hold into a store: again and again to the same content.

    Messages that cannot be read or stored are counted and left out; the storage worker has put them in the dead letters.

    Example: dateline rebuild --into sqlite:///again.db --since 2025-07-01
    """
    settings = settings_or_exit(log_level="warning")
    run(_rebuild(settings, into or settings.storage_url, _moment(since)))


def _moment(since: str | None) -> float | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise fail(Misconfigured("--since: give a time as 2025-07-01 or 2025-07-01T08:00:00+02:00")) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


async def _rebuild(settings: Settings, url: str, since_s: float | None) -> None:
    topics = {topic.name: topic.model for topic in SINKS["storage"] if topic.model is not None}
    sink = open_sink(url, search=settings.storage_search, monthly=settings.storage_partitions == "month")
    sink.open()
    read = left_out = 0
    batch: list[Message | Tombstone] = []
    try:
        async for received in read_all(settings, *topics, since_s=since_s):
            read += 1
            message = _message(received, topics)
            if message is None:
                left_out += 1
                continue
            batch.append(message)
            if len(batch) >= _BATCH:
                left_out += _write(sink, batch)
                batch = []
        left_out += _write(sink, batch)
    finally:
        sink.close()
    STDOUT.print(f"read {read} messages, stored {read - left_out}")
    if left_out:
        STDERR.print(f"left out {left_out}: `dateline dead-letters list` says why")


def _message(received: Received, models: dict[str, type[Message]]) -> Message | Tombstone | None:
    if received.value is None and received.key:
        return Tombstone(received.topic, received.key.decode(errors="replace"))
    try:
        return decode(models[received.topic], received.value)
    except DecodeError:
        return None


def _write(sink: Sink, batch: list[Message | Tombstone]) -> int:
    """Write all that the store takes; the number it refused."""
    refused = 0
    while batch:
        try:
            sink.write(batch)
            break
        except StoreRefused as error:
            batch.pop(error.index)
            refused += 1
    return refused
