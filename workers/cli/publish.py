"""`dateline publish`: files onto the raw topic."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from schemas.topics import RAW
from workers.cli._shared import STDERR, run, settings_or_exit
from workers.cli.inputs import read_inputs
from workers.errors import Refused
from workers.runtime.clients import Outgoing, publish

__all__ = ["publish_command"]


def publish_command(
    files: Annotated[
        list[str], typer.Argument(help="HTML or text files, .json, .jsonl, .warc(.gz); `-` is standard input")
    ],
    topic: Annotated[str, typer.Option(help="The topic to publish to")] = RAW.name,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar")] = False,
) -> None:
    """Publish raw articles.

    Example: dateline publish pages/*.html crawl.warc.gz articles.jsonl
    """
    settings = settings_or_exit(log_level="warning")
    failures: list[str] = []
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=STDERR, disable=quiet or not STDERR.is_terminal, transient=True) as progress:
        task = progress.add_task(f"publishing to {topic}", total=None)
        sent = run(
            publish(
                settings,
                topic,
                _messages(files, failures),
                on_sent=lambda count: progress.advance(task, count),
                on_refused=lambda message, refusal: failures.append(f"{_name(message)}: {refusal.reason}: {refusal}"),
            )
        )
    for failure in failures:
        STDERR.print(failure, style="red", markup=False, soft_wrap=True)
    STDERR.print(f"published {sent} to {topic}")
    if failures:
        raise typer.Exit(1)


def _messages(files: list[str], failures: list[str]) -> Iterator[Outgoing]:
    for item in read_inputs(files):
        if isinstance(item, Refused):
            failures.append(f"{item.reason}: {item}")
        else:
            yield Outgoing(item.name.encode(errors="replace")[-256:], item.value, item.headers)


def _name(message: Outgoing) -> str:
    return (message.key or b"").decode(errors="replace")
