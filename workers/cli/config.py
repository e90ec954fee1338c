"""`dateline config check`: are the settings right, and what are they."""

from typing import Annotated

import typer
from pydantic import SecretStr
from rich.table import Table

from workers.cli._shared import STDERR, STDOUT, settings_or_exit
from workers.runtime.settings import Settings
from workers.text import native

__all__ = ["app"]

app = typer.Typer(help="The settings.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """The settings."""


@app.command()
def check(
    list_: Annotated[bool, typer.Option("--list", help="Every setting, its meaning and its value")] = False,
) -> None:
    """Check the settings, from the environment (DATELINE_*) and the file (DATELINE_CONFIG), without starting anything.

    Example: DATELINE_POOL_PROCESSES=many dateline config check
    """
    if list_:
        _table()
    settings_or_exit(log_level="warning")
    STDOUT.print("the settings are fine")
    if native.FAULT:
        told = f"the compiled core is not used, so cleaning takes twice the time or more: {native.FAULT}; {native.MEND}"
        STDERR.print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _table() -> None:
    table = Table("variable", "default", "meaning", box=None)
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None or isinstance(field.default, SecretStr) else str(field.default)
        table.add_row(f"DATELINE_{name.upper()}", default, field.description or "")
    STDOUT.print(table)
