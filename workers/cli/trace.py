"""`dateline trace`: where did my article go."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workers.cli._shared import STDOUT, fail, run, settings_or_exit
from workers.errors import Misconfigured
from workers.runtime.trace import trace_article

__all__ = ["trace"]


def trace(
    article: Annotated[str, typer.Argument(help="An article id, its url, or the key it was published under")],
) -> None:
    """Every message about one article, stage by stage, with times.

    Example: dateline trace https://example.org/story
    """
    hops = run(trace_article(settings_or_exit(log_level="warning"), article))
    if not hops:
        raise fail(
            Misconfigured(
                f"no message about {article}: not an id, url or key of any message that the topics still hold"
            )
        )
    start = hops[0].timestamp_ms
    table = Table("when (UTC)", "after", "topic", "partition:offset", "stage", "took", "", box=None)
    for hop in hops:
        when = datetime.fromtimestamp(hop.timestamp_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        took = f"{hop.stage_ms:.1f} ms" if hop.stage_ms is not None else ""
        after = f"+{hop.timestamp_ms - start} ms"
        table.add_row(when, after, hop.topic, f"{hop.partition}:{hop.offset}", hop.stage, took, Text(hop.note))
    STDOUT.print(table)
