"""`dateline dead-letters`: what could not be processed; look at it, and send it back once the cause is mended."""

from collections import Counter
from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workers.cli._shared import STDOUT, fail, run, settings_or_exit, write_line
from workers.errors import Misconfigured
from workers.runtime.dead_letters import DeadLetter
from workers.runtime.redrive import pending_dead_letters, redrive
from workers.runtime.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="What could not be processed.", no_args_is_help=True)
Reason = Annotated[str | None, typer.Option(help="Only those with this reason, such as malformed_json")]
Stage = Annotated[str | None, typer.Option(help="Only those of this stage")]


@app.command(name="list")
def list_(
    reason: Reason = None, stage: Stage = None, limit: Annotated[int, typer.Option("--limit", "-n", min=1)] = 50
) -> None:
    """Dead letters that were not sent back yet, and a count by reason.

    Example: dateline dead-letters list --reason malformed_json
    """
    letters = run(_collect(settings_or_exit(log_level="warning"), _chosen(None, reason, stage)))
    table = Table("id", "stage", "reason", "attempt", "first failed", "error", box=None)
    for letter in letters[:limit]:
        table.add_row(
            letter.id,
            letter.stage,
            letter.reason,
            str(letter.attempt),
            letter.first_failed_at,
            Text(letter.message[:100]),
        )
    if letters:
        STDOUT.print(table)
    counts = ", ".join(f"{count} {name}" for name, count in Counter(letter.reason for letter in letters).most_common())
    STDOUT.print(f"{len(letters)} dead letter{'' if len(letters) == 1 else 's'}" + (f": {counts}" if counts else ""))


@app.command()
def show(letter_id: Annotated[str, typer.Argument(help="As in the list: TOPIC-PARTITION-OFFSET")]) -> None:
    """One dead letter: why it failed, and its untouched value.

    Example: dateline dead-letters show articles.raw.v1-0-17
    """
    letters = run(_collect(settings_or_exit(log_level="warning"), _chosen([letter_id], None, None)))
    if not letters:
        raise fail(
            Misconfigured(
                f"no dead letter {letter_id}: redriven, expired, or never there; see `dateline dead-letters list`"
            )
        )
    for name, value in letters[0].headers:
        STDOUT.print(Text(f"{name}: {value.decode(errors='replace')}"), soft_wrap=True)
    write_line(letters[0].value if letters[0].value is not None else b"(null)")


@app.command(name="redrive")
def redrive_command(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids as in the list")] = None,
    reason: Reason = None,
    stage: Stage = None,
    all_: Annotated[bool, typer.Option("--all", help="Every dead letter")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing")] = False,
) -> None:
    """Send dead letters back to the topics they came from, each exactly once, also if the command dies half-way.

    Example: dateline dead-letters redrive --reason store_refused --dry-run
    """
    if not (ids or reason or stage or all_):
        raise fail(Misconfigured("say which: ids, --reason, --stage, or --all"))
    settings = settings_or_exit(log_level="warning")
    letters = run(_collect(settings, _chosen(ids, reason, stage)))
    if dry_run:
        for letter in letters:
            STDOUT.print(Text(f"{letter.id} -> {letter.topic} ({letter.reason})"), soft_wrap=True)
        STDOUT.print(f"would redrive {len(letters)}")
        return
    STDOUT.print(f"redrove {run(redrive(settings, letters))}")
    missing = set(ids or ()) - {letter.id for letter in letters}
    if missing:
        raise fail(Misconfigured(f"not found (redriven before, expired, or never there): {', '.join(sorted(missing))}"))


async def _collect(settings: Settings, wanted: Callable[[DeadLetter], bool]) -> list[DeadLetter]:
    return [letter async for letter in pending_dead_letters(settings, wanted)]


def _chosen(ids: list[str] | None, reason: str | None, stage: str | None) -> Callable[[DeadLetter], bool]:
    def wanted(letter: DeadLetter) -> bool:
        return (
            (not ids or letter.id in ids)
            and (not reason or letter.reason == reason)
            and (not stage or letter.stage == stage)
        )

    return wanted
