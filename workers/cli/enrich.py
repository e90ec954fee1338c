"""`dateline enrich`: the whole pipeline on files, without Kafka."""

import json
import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Annotated, NamedTuple

import orjson
import typer

from schemas.articles import CleanedArticle, EnrichedArticle
from schemas.topics import RAW
from workers.cli._shared import STDERR, STDOUT, fail, settings_or_exit, write_line
from workers.cli.inputs import Input, read_inputs
from workers.cli.show import show_article
from workers.errors import Misconfigured, Refused
from workers.pipeline import in_pipeline_order, stages_named
from workers.ports import Bury, Forward, Received, StageOptions, StageSpec
from workers.runtime.handle import Handler

__all__ = ["enrich"]


class Result(NamedTuple):
    """What became of one input: the article's JSON, or an error."""

    name: str
    value: bytes | None
    reason: str = ""
    error: str = ""


def enrich(
    files: Annotated[
        list[str], typer.Argument(help="HTML or text files, .json, .jsonl, .warc(.gz); `-` is standard input")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per article, in the order of the input")
    ] = False,
    stages: Annotated[
        str, typer.Option(help="Which stages to run: any of cleaner,entities,dates")
    ] = "cleaner,entities,dates",
    from_: Annotated[
        str, typer.Option("--from", help="`raw` pages, or `cleaned` articles (id, text, published)")
    ] = "raw",
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes")] = 1,
) -> None:
    """Clean and enrich files; no Kafka needed.

    Example: dateline enrich page.html --json | jq .title
    """
    settings = settings_or_exit(log_level="warning")
    try:
        specs = _specs(stages, from_)
        handle = partial(_handle, specs, settings.stage_options())
        results = _run(handle, read_inputs(files), workers)
        failed = sum(_show(result, as_json=as_json) for result in results)
    except Misconfigured as error:
        raise fail(error) from None
    if failed:
        STDERR.print(f"{failed} input{'s' if failed > 1 else ''} failed", style="red")
        raise typer.Exit(1)


def _specs(stages: str, from_: str) -> tuple[StageSpec, ...]:
    if from_ not in {"raw", "cleaned"}:
        raise Misconfigured(f"--from {from_}: it is `raw` or `cleaned`")
    specs = in_pipeline_order(stages_named(stages))
    if not specs:
        raise Misconfigured("--stages: name at least one of cleaner, entities, dates")
    if from_ == "cleaned":
        if specs[0].reads is RAW:
            raise Misconfigured("--from cleaned: the input is clean already; leave `cleaner` out of --stages")
    elif specs[0].reads is not RAW:
        raise Misconfigured("--from raw needs the stage `cleaner` first; for cleaned input say --from cleaned")
    return specs


_HANDLER: Handler | None = None


def _handle(specs: tuple[StageSpec, ...], options: StageOptions, item: Input | Refused) -> Result:
    global _HANDLER  # noqa: PLW0603  loaded once per process
    if isinstance(item, Refused):
        return Result(str(item).split(": ", 1)[0], None, item.reason, str(item))
    if _HANDLER is None:
        _HANDLER = Handler(specs, options)
    outcome = _HANDLER(Received("files", 0, 0, None, item.value, item.headers))
    match outcome:
        case Forward():
            return Result(item.name, outcome.value)
        case Bury():
            return Result(_identity(item), None, outcome.reason, outcome.message)
        case _:
            return Result(_identity(item), None, "unavailable", outcome.reason)


def _identity(item: Input) -> str:
    """The id that the input itself gives, else its name: the file, or file and line."""
    try:
        fields = orjson.loads(item.value)
    except orjson.JSONDecodeError:
        return item.name
    identity = fields.get("id") if isinstance(fields, dict) else None
    return identity if isinstance(identity, str) and identity else item.name


def _run(
    handle: Callable[[Input | Refused], Result], items: Iterable[Input | Refused], workers: int
) -> Iterator[Result]:
    if workers == 1:
        yield from map(handle, items)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from _in_order(pool, handle, items, ahead=workers * 8)


def _in_order(
    pool: ProcessPoolExecutor, handle: Callable[[Input | Refused], Result], items: Iterable[Input | Refused], ahead: int
) -> Iterator[Result]:
    """Like map, but never more than `ahead` inputs in memory."""
    waiting = []
    for item in items:
        waiting.append(pool.submit(handle, item))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _show(result: Result, *, as_json: bool) -> int:
    """Print one result; 1 when it failed."""
    if result.value is None:
        line = orjson.dumps({"id": result.name, "error": {"reason": result.reason, "message": result.error}})
        if as_json:
            write_line(line)
        else:
            STDERR.print(f"{result.name}: {result.reason}: {result.error}", style="red", markup=False, soft_wrap=True)
        return 1
    if as_json:
        write_line(result.value)
    else:
        fields = json.loads(result.value)
        model = EnrichedArticle if "counts" in fields else CleanedArticle
        show_article(STDOUT, EnrichedArticle.model_validate(model.model_validate(fields).model_dump()))
        sys.stdout.flush()
    return 0
