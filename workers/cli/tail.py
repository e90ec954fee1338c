"""`dateline tail`: what passes on a topic."""

import json
from typing import Annotated

import orjson
import typer
from rich.text import Text

from schemas.articles import EnrichedArticle
from schemas.topics import ALERTS, ANNOTATED, CLEANED, CLUSTERED, DEAD_LETTERS, ENRICHED, TOPICS
from workers.cli._shared import STDERR, STDOUT, run, settings_or_exit, write_line
from workers.cli.show import show_article
from workers.ports import Received
from workers.runtime.clients import follow
from workers.runtime.dead_letters import read_dead_letter
from workers.runtime.settings import Settings

__all__ = ["full_name", "tail"]

_ARTICLES = {CLEANED.name, ANNOTATED.name, ENRICHED.name, CLUSTERED.name}


def tail(
    topic: Annotated[
        str, typer.Argument(help="A topic's name, or its short form: enriched, raw, alerts, dead-letters")
    ] = ENRICHED.name,
    as_json: Annotated[bool, typer.Option("--json", help="The values, one a line")] = False,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", "-b", help="All that the topic still holds, too")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Stop after so many; 0 goes on")] = 0,
    timeout: Annotated[
        float, typer.Option(min=0, help="Stop after so many seconds without a message; 0 waits for ever")
    ] = 0,
) -> None:
    """Follow a topic.

    Example: dateline tail enriched --json --from-beginning --timeout 2 | jq .title
    """
    settings = settings_or_exit(log_level="warning")
    run(
        _tail(
            settings, full_name(topic), as_json=as_json, from_beginning=from_beginning, limit=limit, timeout_s=timeout
        )
    )


def full_name(topic: str) -> str:
    """`enriched` is articles.enriched.v1; a name that is no topic of ours is taken as it is."""
    for known in TOPICS:
        if topic in {
            known.name,
            known.name.removesuffix(".v1"),
            known.name.removesuffix(".v1").removeprefix("articles."),
        }:
            return known.name
    return topic


async def _tail(
    settings: Settings, topic: str, *, as_json: bool, from_beginning: bool, limit: int, timeout_s: float
) -> None:
    if not as_json and not from_beginning:
        STDERR.print(f"waiting for messages on {topic} (Ctrl-C ends)", style="dim")
    shown = 0
    async for received in follow(settings, topic, from_beginning=from_beginning, stop_after_s=timeout_s or None):
        _show(received, as_json=as_json)
        shown += 1
        if shown == limit:
            return


def _show(received: Received, *, as_json: bool) -> None:
    if as_json:
        write_line(_line(received))
    elif received.topic in _ARTICLES:
        show_article(STDOUT, EnrichedArticle.model_validate_json(received.value or b"{}"))
    elif received.topic == ALERTS.name:
        alert = json.loads(received.value or b"{}")
        STDOUT.print(
            f"{alert['fired_at']}  [{alert['severity']}]  {alert['rule']}: {alert['article'].get('title')}",
            markup=False,
        )
    elif received.topic == DEAD_LETTERS.name:
        letter = read_dead_letter(received.key, received.value, received.headers)
        STDOUT.print(Text(f"{letter.id}  {letter.stage}  {letter.reason}: {letter.message}"), soft_wrap=True)
    else:
        start = (received.value or b"(null)")[:200].decode(errors="replace")
        STDOUT.print(Text(f"{received.partition}:{received.offset}  {' '.join(start.split())}"), soft_wrap=True)


def _line(received: Received) -> bytes:
    """The value where it is one line of JSON; anything else wrapped in an object."""
    value = received.value or b"null"
    try:
        return orjson.dumps(orjson.loads(value))
    except orjson.JSONDecodeError:
        return orjson.dumps(
            {"partition": received.partition, "offset": received.offset, "value": value.decode(errors="replace")}
        )
