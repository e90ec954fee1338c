"""`dateline compact` and `dateline snapshot`: the small files of a lake as few large ones; a lake as it was at one moment."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers.cli._shared import STDOUT, fail, settings_or_exit
from workers.errors import DatelineError, Misconfigured
from workers.storage.sink import open_sink

if TYPE_CHECKING:
    from workers.storage.parquet import ParquetSink  # its library is large, and optional

__all__ = ["compact", "snapshot"]


_Lake = Annotated[str | None, typer.Option(help="parquet:///folder; default: DATELINE_STORAGE_URL")]


def compact(lake: _Lake = None) -> None:
    """Merge the small files of every day in a Parquet lake. Readers and the storage worker may go on meanwhile; broken off, it loses nothing.

    Example: dateline compact --lake parquet:///lake
    """
    STDOUT.print(f"{_asked(lake, lambda sink: sink.compact())} files fewer")


def snapshot(
    into: Annotated[Path, typer.Argument(help="A new folder on the lake's file system")],
    lake: _Lake = None,
) -> None:
    """A Parquet lake as it is at this moment: links in a new folder, which nothing changes any more. It takes no space until the lake moves on.

    Example: dateline snapshot /lake-today --lake parquet:////lake
    """
    STDOUT.print(f"{into}: {_asked(lake, lambda sink: sink.snapshot(into))} files")


def _asked(lake: str | None, question: "Callable[[ParquetSink], int]") -> int:
    url = lake or settings_or_exit(log_level="warning").storage_url
    try:
        if not url.startswith("parquet:"):
            raise Misconfigured("this is about a Parquet lake: --lake parquet:///folder")
        sink: Any = open_sink(url)
        try:
            return question(sink)
        finally:
            sink.close()
    except DatelineError as error:
        raise fail(error) from None
