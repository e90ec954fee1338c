"""`dateline topics`: create, list, describe with lag."""

from typing import Annotated

import typer
from rich.table import Table

from schemas.topics import TOPICS, topic_named
from workers.cli._shared import STDOUT, run, settings_or_exit
from workers.runtime.topics import create_topics, describe_topics

__all__ = ["app"]

app = typer.Typer(help="The topics on the broker.", no_args_is_help=True)


@app.command()
def create(
    widen: Annotated[
        bool, typer.Option("--widen", help="Also give topics with fewer partitions as many as DATELINE_PARTITIONS says")
    ] = False,
) -> None:
    """Create the topics that are missing and bring the settings of the others up to date. Again and again, harmlessly.

    Kafka takes no partition away again, and keys move: before --widen let the lag fall to zero, and start all workers again after it.

    Example: DATELINE_PARTITIONS=12 dateline topics create
    """
    settings = settings_or_exit(log_level="warning")
    made = run(create_topics(settings, widen=widen))
    widened = f", widened {len(made.widened)}" if widen else ""
    STDOUT.print(f"created {len(made.created)}, already there {len(made.kept)}{widened}")
    if made.narrow:
        STDOUT.print(
            f"fewer than {settings.partitions} partitions (DATELINE_PARTITIONS): {', '.join(made.narrow)}; "
            "--widen adds what is missing"
        )


@app.command(name="list")
def list_() -> None:
    """The topics that Dateline knows, and what they carry.

    Example: dateline topics list
    """
    table = Table("topic", "carries", "key", "kept", box=None)
    for topic in TOPICS:
        table.add_row(topic.name, topic.summary, topic.key, f"{topic.retention_ms // 86_400_000} days")
    STDOUT.print(table)


@app.command()
def describe(names: Annotated[list[str] | None, typer.Argument(help="Topics; all when none is named")] = None) -> None:
    """Partitions, messages and what each worker has still to do.

    Example: dateline topics describe articles.raw.v1
    """
    states = run(describe_topics(settings_or_exit(log_level="warning"), names or []))
    table = Table("topic", "partitions", "messages (at most)", "lag by group", box=None)
    for state in states:
        lag = ", ".join(f"{group}: {count}" for group, count in sorted(state.lag.items()))
        table.add_row(state.name, str(len(state.partitions)), str(state.messages), lag or "-")
    STDOUT.print(table)
    missing = {name for name in names or [] if name not in {state.name for state in states}}
    for name in sorted(missing):
        STDOUT.print(f"{name}: not on the broker" + ("" if _known(name) else ", and no topic of ours"), style="red")
    if missing:
        raise typer.Exit(1)


def _known(name: str) -> bool:
    try:
        return bool(topic_named(name))
    except KeyError:
        return False
