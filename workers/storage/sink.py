"""Which store: by the url in DATELINE_STORAGE_URL."""

from pathlib import Path
from typing import Protocol, runtime_checkable

from workers.errors import Misconfigured
from workers.ports import Sink

__all__ = ["DropsMonths", "open_sink"]


@runtime_checkable
class DropsMonths(Protocol):
    """A store that may have a table for each month, and gets rid of it as one."""

    def drop_before(self, day: str) -> int:
        """Drop the months all of whose articles were published before that day (YYYY-MM-DD); returns how many articles went."""


def open_sink(url: str, *, search: bool | None = None, monthly: bool = False) -> Sink:
    """The sink for `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://...`; raises Misconfigured for others.

    `search` puts the full-text index on or takes it away; None leaves it as it is, on in a new store. `monthly` asks for monthly partitions,
    which only PostgreSQL has.
    """
    if monthly and not url.startswith(("postgresql://", "postgres://")):
        raise Misconfigured("DATELINE_STORAGE_PARTITIONS: only PostgreSQL has partitions; leave it at none")
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from workers.storage.sqlite import SqliteSink  # noqa: PLC0415  only the store in use is loaded

        return SqliteSink(Path(url.removeprefix("sqlite:///")), search=search)
    if url.startswith(("postgresql://", "postgres://")):
        from workers.storage.postgresql import PostgresqlSink  # noqa: PLC0415  likewise

        return PostgresqlSink(url, search=search, monthly=monthly)
    raise Misconfigured(
        "DATELINE_STORAGE_URL: give sqlite:///dateline.db (a relative path), sqlite:////abs/path.db, or postgresql://user:password@host/db"
    )
