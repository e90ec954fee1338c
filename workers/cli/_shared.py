"""What the commands share: settings with a clear error, consoles, and running a coroutine to a clean end."""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

import typer
from rich.console import Console

from workers.errors import DatelineError, Misconfigured
from workers.runtime.app import EXIT_FAILED, EXIT_MISCONFIGURED
from workers.runtime.logging import configure
from workers.runtime.settings import Settings, load_settings

__all__ = ["STDERR", "STDOUT", "fail", "run", "settings_or_exit", "write_line"]

STDOUT = Console()
STDERR = Console(stderr=True)
T = TypeVar("T")


def fail(error: Exception) -> typer.Exit:
    """Say what is wrong, without a traceback, and how to leave: `raise fail(error)`."""
    STDERR.print(f"dateline: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(EXIT_MISCONFIGURED if isinstance(error, Misconfigured) else EXIT_FAILED)


def settings_or_exit(log_level: str | None = None, **overrides: Any) -> Settings:
    """The checked settings; ends the command with what to mend when they are wrong."""
    try:
        settings = load_settings(**overrides)
    except Misconfigured as error:
        raise fail(error) from None
    configure(log_level or settings.log_level, settings.log_format)
    if log_level:  # a command that ends by itself tells in its own words what went wrong
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; an error of ours becomes one line, Ctrl-C ends quietly."""
    try:
        return asyncio.run(work)
    except DatelineError as error:
        raise fail(error) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def write_line(line: bytes) -> None:
    """One line to standard output, unbuffered, so that a pipe sees it at once. A closed pipe ends the command quietly."""
    try:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(0) from None
