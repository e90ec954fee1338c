"""What faust's agents and Tables need on the broker before they start: faust starts all the same, and goes wrong in silence.

A topic that an agent reads and that is not there is left out of the assignment: the worker says that it is ready and reads nothing. faust
makes the changelogs of its Tables itself, and joins the group without waiting for them: on a busy broker the new topic has no partitions
yet, and the first change of a Table fails ("the changelog topic has 0 partitions"). It fails too where the topics became wider.
"""

from typing import Any

from schemas.topics import Topic
from workers.errors import Misconfigured, Unavailable
from workers.runtime.settings import Settings
from workers.runtime.topics import missing_topics, partitions_of, provide_partitions

__all__ = ["provide_topics"]


async def provide_topics(app: Any, settings: Settings, state_of: str | None) -> None:
    """Make sure that what the agents read is there, and make the changelogs of the Tables, as wide as the topic `state_of`.

    Raises Unavailable where something is not there yet, Misconfigured where a changelog is wider than that topic.
    """
    read = {name for agent in app.agents.values() for name in agent.channel.topics}
    if missing := await missing_topics(settings, sorted(read)):
        raise Unavailable(
            f"there is no topic {', '.join(missing)} at {settings.bootstrap_servers}: make it with `dateline topics create`"
        )
    if state_of is None:
        return
    width, _ = await partitions_of(settings, state_of)
    changelogs = [_changelog(table) for table in app.tables.values()]
    await provide_partitions(settings.model_copy(update={"partitions": width}), changelogs)
    for changelog in changelogs:
        await _whole(settings, changelog.name, state_of, width)


def _changelog(table: Any) -> Topic:
    return Topic(table.changelog_topic_name, None, f"Changes of {table.name}", key="row", cleanup="compact")


async def _whole(settings: Settings, name: str, state_of: str, width: int) -> None:
    partitions, led = await partitions_of(settings, name)
    if partitions > width:
        raise Misconfigured(
            f"{name} has {partitions} partitions, and {state_of}, whose state it keeps, has {width}: delete {name} "
            "(the state begins anew), or widen with `dateline topics create --widen`"
        )
    if led < width:
        raise Unavailable(f"{name} has no leader for {width - led} of its partitions yet")
