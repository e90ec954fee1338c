"""`dateline search` and `dateline export`: what the store holds, found by words, names, places and days."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from schemas.articles import EnrichedArticle
from workers.cli._shared import STDERR, STDOUT, fail, settings_or_exit, write_line
from workers.errors import DatelineError, Misconfigured, Refused
from workers.storage.formats import FORMATS
from workers.storage.query import Filters, read_day
from workers.storage.read import Reader, open_reader

__all__ = ["export", "search"]

_Words = Annotated[str | None, typer.Argument(help='Words that must be there; "a phrase", -not, begin*')]
_Entity = Annotated[str | None, typer.Option(help="Who or what: a canonical name in any case, or a Wikidata id")]
_Country = Annotated[str | None, typer.Option(help="Where: ISO 3166-1 alpha-2, of a place in the article")]
_Source = Annotated[str | None, typer.Option(help="Who published it, such as example.org")]
_Language = Annotated[str | None, typer.Option(help="ISO 639-1 code")]
_From = Annotated[str | None, typer.Option("--from", help="First day of publication, YYYY-MM-DD")]
_To = Annotated[str | None, typer.Option("--to", help="Last day of publication")]
_Since = Annotated[str | None, typer.Option("--mentions-from", help="First day of a time named in the text")]
_Until = Annotated[str | None, typer.Option("--mentions-to", help="Last day of a time named in the text")]

#: The options that take a day, and the filters they set.
_DAYS = {"--from": "published_from", "--to": "published_to", "--mentions-from": "mentioned_from", "--mentions-to": "mentioned_to"}  # fmt: skip
#: Columns of a table that no terminal shows.
_WIDE = 2000


def search(
    words: _Words = None,
    entity: _Entity = None,
    country: _Country = None,
    source: _Source = None,
    language: _Language = None,
    published_from: _From = None,
    published_to: _To = None,
    mentioned_from: _Since = None,
    mentioned_to: _Until = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500)] = 20,
    output: Annotated[str, typer.Option("--format", "-f", help="table, jsonl, ninjs or jsonld")] = "table",
) -> None:
    """Articles in the store, newest first.

    Example: dateline search "grain deal" --country TR --mentions-from 2025-10-01
    """
    filters = Filters(words, entity, country, source, language, published_from, published_to, mentioned_from, mentioned_to)  # fmt: skip
    with _asked(filters, output, ("table", *FORMATS)) as reader:
        page = reader.search(filters, limit)
        if output == "table":
            _print(page.rows, more=page.next is not None)
            return
        for row in page.rows:
            found = reader.article(row["id"])
            if found is not None:
                write_line(orjson.dumps(_formatted(found[0], output)))


def export(
    words: _Words = None,
    entity: _Entity = None,
    country: _Country = None,
    source: _Source = None,
    language: _Language = None,
    published_from: _From = None,
    published_to: _To = None,
    mentioned_from: _Since = None,
    mentioned_to: _Until = None,
    output: Annotated[str, typer.Option("--format", "-f", help="jsonl, ninjs, jsonld or parquet")] = "jsonl",
    into: Annotated[Path | None, typer.Option(help="The file that --format parquet writes")] = None,
) -> None:
    """All articles that have what is asked for, one JSON object a line, or as one Parquet file; every article without filters.

    Example: dateline export --from 2025-07-01 --to 2025-07-31 --format ninjs > july.jsonl
    """
    filters = Filters(words, entity, country, source, language, published_from, published_to, mentioned_from, mentioned_to)  # fmt: skip
    with _asked(filters, output, (*FORMATS, "parquet")) as reader:
        if output == "parquet":
            _write_parquet(into, reader.documents(filters))
            return
        for document in reader.documents(filters):
            write_line(orjson.dumps(_formatted(document, output)))


def _write_parquet(into: Path | None, documents: Iterator[dict[str, Any]]) -> None:
    if into is None:
        raise Misconfigured("--format parquet needs a file: --into articles.parquet")
    try:
        from workers.storage.export import write_parquet  # noqa: PLC0415  its library is large, and optional
    except ModuleNotFoundError as error:
        raise Misconfigured(f"--format parquet needs {error.name}: pip install 'dateline[lake]'") from None
    count = write_parquet(into, map(EnrichedArticle.model_validate, documents))
    STDERR.print(f"{into}: {count} articles")


@contextlib.contextmanager
def _asked(filters: Filters, output: str, outputs: Sequence[str]) -> Iterator[Reader]:
    """The store's reader, for a question in order; what is wrong with the question or the store ends the command with a line that says so."""
    try:
        _check(filters, output, outputs)
        reader = open_reader(settings_or_exit(log_level="warning").storage_url)
        with contextlib.closing(reader):
            yield reader
    except DatelineError as error:
        raise fail(error) from None


def _check(filters: Filters, output: str, outputs: Sequence[str]) -> None:
    """Raises Misconfigured for what would find nothing, whatever the store holds."""
    if output not in outputs:
        raise Misconfigured(f"--format: there are {', '.join(outputs)}")
    if filters.country and not re.fullmatch("[A-Za-z]{2}", filters.country):
        raise Misconfigured("--country: give two letters (ISO 3166-1), such as TR")
    if filters.language and not re.fullmatch("[a-z]{2,3}", filters.language):
        raise Misconfigured("--language: give a code (ISO 639), such as en")
    for option, name in _DAYS.items():
        try:
            read_day(getattr(filters, name), option)
        except Refused as error:
            raise Misconfigured(str(error)) from None


def _formatted(document: dict[str, Any], output: str) -> dict[str, Any]:
    return FORMATS[output](EnrichedArticle.model_validate(document))


def _print(rows: list[dict[str, Any]], *, more: bool) -> None:
    """A line an article on a terminal of its width, cut at the title; whole where a program reads it."""
    published, source, identity = (Column(name, no_wrap=True) for name in ("published", "source", "id"))
    table = Table(published, source, Column("title", overflow="ellipsis"), identity, box=None)
    for row in rows:
        title = Text(row["title"] or "", no_wrap=True)
        table.add_row(Text(row["published"] or ""), Text(row["source"] or ""), title, Text(row["id"]))
    if rows:
        console = STDOUT if STDOUT.is_terminal else Console(width=_WIDE)
        console.print(table)
    else:
        STDERR.print("nothing found")
    if more:
        STDERR.print("there is more: --limit, or narrow it down")
