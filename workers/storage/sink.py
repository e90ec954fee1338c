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
    """The sink for `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://...`, `parquet:///folder` or `opensearch://...`.

    Raises Misconfigured for others, and for a store whose library is not installed.

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
    if url.startswith("parquet:///") and len(url) > len("parquet:///"):
        try:
            from workers.storage.parquet import ParquetSink  # noqa: PLC0415  likewise
        except ModuleNotFoundError as error:
            raise Misconfigured(
                f"DATELINE_STORAGE_URL: a lake needs {error.name}: pip install 'dateline[lake]'"
            ) from None

        return ParquetSink(Path(url.removeprefix("parquet:///")))
    if url.startswith(("opensearch://", "opensearch+http://")):
        from workers.storage.opensearch import OpenSearchSink  # noqa: PLC0415  likewise

        return OpenSearchSink(url)
    raise Misconfigured(
        "DATELINE_STORAGE_URL: give sqlite:///dateline.db (a relative path), sqlite:////abs/path.db, postgresql://user:password@host/db,"
        " parquet:///folder, or opensearch://user:password@host:9200/prefix"
    )
