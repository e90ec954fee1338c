"""`dateline demo`: the main job before your eyes: Kafka and the workers start, the samples go in, the enriched article comes out."""

import asyncio
import signal
import tempfile
import time
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from schemas.articles import EnrichedArticle
from schemas.codec import decode
from schemas.topics import ENRICHED, RAW
from workers.cli._shared import STDERR, STDOUT, run, settings_or_exit
from workers.cli.show import show_article
from workers.cli.up import running
from workers.errors import Unavailable
from workers.runtime.clients import Outgoing, follow, publish
from workers.runtime.settings import Settings

__all__ = ["demo"]

_WAIT_S = 60.0


def demo(keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards, until Ctrl-C")] = False) -> None:
    """Start everything, publish the sample pages, show an enriched article, stop.

    Example: dateline demo --keep
    """
    settings = settings_or_exit(log_level="error")
    with tempfile.TemporaryDirectory(prefix="dateline-demo-") as folder:
        run(_demo(settings, Path(folder), keep=keep))


async def _demo(settings: Settings, data: Path, *, keep: bool) -> None:
    rules = data / "alert-rules.yaml"
    rules.write_text(
        (files("workers.cli") / "samples" / "alert-rules.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    local = settings.model_copy(update={"alert_rules": rules, "storage_url": "sqlite:///dateline.db"})
    async with running(local, data, 0, separate=False) as (bootstrap, _):
        local = local.model_copy(update={"bootstrap_servers": bootstrap})
        samples = _samples()
        started = time.monotonic()
        await publish(local, RAW.name, samples)
        articles = [article async for article in _arriving(local, len(samples))]
        seconds = time.monotonic() - started
        shown = next((article for article in articles if article.document_ids), articles[0])
        show_article(STDOUT, shown)
        STDERR.print(
            f"{len(articles)} sample page{'' if len(articles) == 1 else 's'} went through Kafka {bootstrap} and came out enriched in {seconds:.1f} s."
        )
        STDERR.print(
            "Where to look next: `dateline enrich FILE` for a page of yours, `dateline up` to stay up, docs/messages.md for the fields."
        )
        if keep:
            STDERR.print(f"Still up (DATELINE_BOOTSTRAP_SERVERS={bootstrap}); Ctrl-C stops it.")
            stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
            await stop.wait()


def _samples() -> list[Outgoing]:
    folder = files("workers.cli") / "samples"
    kinds = {".txt": b"text/plain", ".html": b"text/html"}
    return [
        Outgoing(item.name.encode(), item.read_bytes(), (("content-type", kinds[Path(item.name).suffix]),))
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if Path(item.name).suffix in kinds
    ]


async def _arriving(settings: Settings, count: int):  # type: ignore[no-untyped-def]
    arrived = 0
    async for received in follow(settings, ENRICHED.name, from_beginning=True, stop_after_s=_WAIT_S):
        yield decode(EnrichedArticle, received.value)
        arrived += 1
        if arrived == count:
            return
    raise Unavailable(
        f"{arrived} of {count} samples came out within {_WAIT_S:.0f} s; the workers' logs lie beside the data folder"
    )
