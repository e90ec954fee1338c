"""`dateline schema`: the contract of a topic."""

from typing import Annotated

import orjson
import typer

from schemas.generate import asyncapi, json_schema
from schemas.topics import TOPICS
from workers.cli._shared import fail
from workers.cli.tail import full_name
from workers.errors import Misconfigured

__all__ = ["schema"]


def schema(
    topic: Annotated[
        str, typer.Argument(help="A topic (enriched, articles.raw.v1, ...), or `asyncapi` for all")
    ] = "enriched",
) -> None:
    """Print the JSON Schema of what a topic carries, or the AsyncAPI document.

    Example: dateline schema enriched > enriched.schema.json
    """
    typer.echo(orjson.dumps(_document(topic), option=orjson.OPT_INDENT_2).decode())


def _document(name: str) -> dict[str, object]:
    if name == "asyncapi":
        return asyncapi()
    wanted = full_name(name)
    for topic in TOPICS:
        if topic.name == wanted and topic.model is not None:
            return json_schema(topic.model, topic)
    known = ", ".join(topic.name for topic in TOPICS if topic.model is not None)
    raise fail(Misconfigured(f"no schema for {name}; there are asyncapi, {known}"))
