"""`dateline erase`: articles that must go, out of the store and, by tombstones, out of what reads the topics."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from schemas.topics import ALERTS, ENRICHED
from workers.cli._shared import STDOUT, fail, run, settings_or_exit
from workers.errors import DatelineError, Misconfigured
from workers.ports import Tombstone
from workers.runtime.clients import publish_tombstones
from workers.runtime.settings import Settings
from workers.storage.find import open_finder
from workers.storage.query import Filters
from workers.storage.sink import DropsMonths, open_sink

__all__ = ["erase"]

_BATCH = 500


def erase(
    article: Annotated[str | None, typer.Option(help="The article with this id")] = None,
    source: Annotated[str | None, typer.Option(help="Every article of this source")] = None,
    person: Annotated[
        str | None,
        typer.Option(
            help="Every article that names this person (or other entity) by this name or alias, or a Wikidata id"
        ),
    ] = None,
    older_than_days: Annotated[
        int | None, typer.Option(min=1, help="Retention: every article published longer ago; sends no tombstones")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it the articles are only listed")] = False,
    store_only: Annotated[bool, typer.Option("--store-only", help="Send no tombstones")] = False,
) -> None:
    """Erase articles with their versions, child rows and alerts. Give one of --article, --source, --person, --older-than-days.

    Tombstones go to the topics first, then the rows are deleted: run it again if it was broken off. What lies in the topics themselves goes
    when their retention ends.

    Example: dateline erase --person "Anna Example" --yes
    """
    given = [value for value in (article, source, person, older_than_days) if value is not None]
    if len(given) != 1 or not given[0]:
        raise fail(Misconfigured("give one of --article, --source, --person, --older-than-days"))
    settings = settings_or_exit(log_level="warning")
    try:
        articles, alerts = _chosen(settings, article, source, person, older_than_days)
        if not yes:
            for name in articles:
                STDOUT.print(Text(name), soft_wrap=True)
            STDOUT.print(f"would erase {len(articles)} articles and {len(alerts)} alerts; add --yes to do it")
            return
        tombstones = [Tombstone(ALERTS.name, name) for name in alerts] + [Tombstone(ENRICHED.name, name) for name in articles]  # fmt: skip
        if older_than_days is None and not store_only:
            run(publish_tombstones(settings, tombstones))
        _delete(settings.storage_url, tombstones, _last_day(older_than_days))
    except DatelineError as error:
        raise fail(error) from None
    STDOUT.print(f"erased {len(articles)} articles and {len(alerts)} alerts")


def _chosen(
    settings: Settings, article: str | None, source: str | None, person: str | None, older_than_days: int | None
) -> tuple[list[str], list[str]]:
    reader = open_finder(settings.storage_url)
    try:
        if article is not None:
            ids = [article]  # a tombstone is also due where the store has not seen the article
        elif older_than_days is not None:
            ids = reader.ids(Filters(published_to=_last_day(older_than_days)))
        else:
            ids = reader.ids(Filters(source=source, entity=person))
        return ids, reader.alerts_of(ids)
    finally:
        reader.close()


def _last_day(older_than_days: int | None) -> str | None:
    """The last day of what is older."""
    if older_than_days is None:
        return None
    return (datetime.now(UTC) - timedelta(days=older_than_days + 1)).date().isoformat()


def _delete(url: str, tombstones: list[Tombstone], last_day: str | None) -> None:
    """Delete by id; months that end before the last day go as a whole first, where the store has its tables by month."""
    sink = open_sink(url)
    try:
        if last_day and isinstance(sink, DropsMonths):
            sink.drop_before(last_day)
        for start in range(0, len(tombstones), _BATCH):
            sink.write(tombstones[start : start + _BATCH])
    finally:
        sink.close()
