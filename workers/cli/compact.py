"""`dateline compact`: the small files of a lake as few large ones."""

from typing import Annotated

import typer

from workers.cli._shared import STDOUT, fail, settings_or_exit
from workers.errors import DatelineError, Misconfigured
from workers.storage.sink import open_sink

__all__ = ["compact"]


def compact(
    lake: Annotated[str | None, typer.Option(help="parquet:///folder; default: DATELINE_STORAGE_URL")] = None,
) -> None:
    """Merge the small files of every day in a Parquet lake. Readers and the storage worker may go on meanwhile; broken off, it loses nothing.

    Example: dateline compact --lake parquet:///lake
    """
    url = lake or settings_or_exit(log_level="warning").storage_url
    try:
        if not url.startswith("parquet:"):
            raise Misconfigured("only a Parquet lake has files to merge: --lake parquet:///folder")
        sink = open_sink(url)
        fewer = sink.compact()  # type: ignore[attr-defined]
        sink.close()
    except DatelineError as error:
        raise fail(error) from None
    STDOUT.print(f"{fewer} files fewer")
