"""faust's agents start when their topics are there, whole: on a real broker, and with one that takes its time."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from kafka_tools import Worker, delete_topics, fresh_topics, produce, read_topic, settings_for, wait_for

from schemas.topics import CLEANED, SOURCE_LINES
from workers.errors import Misconfigured, Unavailable
from workers.runtime import faust_topics, topics
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.faust_topics import provide_topics
from workers.runtime.settings import Settings
from workers.runtime.topics import create_topics, partitions_of

_CHANGELOG = "dateline-memory-sources-changelog"


def app_of(*topics: str) -> Any:
    """What is asked of a faust App with one agent and one Table."""
    return SimpleNamespace(
        agents={"one": SimpleNamespace(channel=SimpleNamespace(topics=topics))},
        tables={"sources": SimpleNamespace(name="sources", changelog_topic_name=_CHANGELOG)},
    )


def _article(name: str, source: str) -> Outgoing:
    text = "The harbour opened again on Tuesday after works."
    return Outgoing(name.encode(), orjson.dumps({"id": name, "source": source, "text": text}))


class SlowAdmin:
    """One that takes a topic of three partitions, and tells of so many of them each time it is asked; the last number for ever."""

    def __init__(self, *told: int) -> None:
        self.told = list(told)

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        led = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        parts = [{"leader": 1 if number < led else -1} for number in range(3)]
        return [{"topic": name, "partitions": parts} for name in names]


async def test_new_topics_are_waited_for_until_all_their_partitions_have_leaders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topics, "_EVERY_S", 0)
    admin = SlowAdmin(0, 0, 2, 3)
    await topics._visible(admin, {"a": 3, "b": 3})  # type: ignore[arg-type]
    assert admin.told == [3]
    with pytest.raises(Unavailable, match="tells no leader"):
        await topics._visible(SlowAdmin(2), {"a": 3})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("there", "error", "said"),
    [
        ((6, 6), Misconfigured, rf"{_CHANGELOG} has 6 partitions, and {SOURCE_LINES.name}, .* has 3: delete"),
        ((3, 1), Unavailable, rf"{_CHANGELOG} has no leader for 2 of its partitions yet"),
    ],
)
async def test_a_changelog_that_does_not_fit_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, there: tuple[int, int], error: type[Exception], said: str
) -> None:
    async def nothing(settings: Settings, topics: object) -> list[str]:
        return []

    async def tell(settings: Settings, name: str) -> tuple[int, int]:
        return (3, 3) if name == SOURCE_LINES.name else there

    monkeypatch.setattr(faust_topics, "missing_topics", nothing)
    monkeypatch.setattr(faust_topics, "provide_partitions", nothing)
    monkeypatch.setattr(faust_topics, "partitions_of", tell)
    with pytest.raises(error, match=said):
        await provide_topics(app_of(CLEANED.name), settings_for("127.0.0.1:1"), SOURCE_LINES.name)


@pytest.mark.broker
def test_changelogs_are_made_compacted_and_whole_and_left_alone_after(kafka: EmbeddedKafka) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)
    asyncio.run(provide_topics(app_of(CLEANED.name), settings, SOURCE_LINES.name))
    assert asyncio.run(partitions_of(settings, _CHANGELOG)) == (3, 3)
    fewer = settings_for(kafka.bootstrap_servers, partitions=2)
    asyncio.run(provide_topics(app_of(CLEANED.name), fewer, SOURCE_LINES.name))
    assert asyncio.run(partitions_of(settings, _CHANGELOG)) == (3, 3)


@pytest.mark.broker
async def test_a_topic_that_an_agent_reads_and_nobody_made_is_named(kafka: EmbeddedKafka) -> None:
    with pytest.raises(Unavailable, match=r"no topic nobody.made.v1 at .*: make it with `dateline topics create`"):
        await provide_topics(app_of("nobody.made.v1"), settings_for(kafka.bootstrap_servers), None)


@pytest.mark.broker
def test_a_worker_started_before_its_topics_waits_for_them_and_says_so(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)
    delete_topics(settings, SOURCE_LINES.name, CLEANED.name)
    memory = Worker("memory", kafka.bootstrap_servers, tmp_path, partitions=3).start()
    try:
        wait_for(lambda: "make it with `dateline topics create`" in memory.tail(), why=memory.tail)
        assert memory.page("/readyz")[0] != 200
        asyncio.run(create_topics(settings))
        memory.wait_ready()
        produce(settings, CLEANED.name, [_article("a", "harbour-times.example")])
        wait_for(lambda: len(read_topic(settings, SOURCE_LINES.name)) == 1, why=memory.tail)
    finally:
        memory.stop()


@pytest.mark.broker
def test_topics_are_widened_on_demand_and_what_a_worker_remembers_with_them(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    narrow = fresh_topics(kafka.bootstrap_servers, partitions=2)
    memory = Worker("memory", kafka.bootstrap_servers, tmp_path, partitions=2).start().wait_ready()
    memory.stop()
    wide = settings_for(kafka.bootstrap_servers, partitions=4)
    left = asyncio.run(create_topics(wide))
    assert {CLEANED.name, SOURCE_LINES.name} <= set(left.narrow)
    assert not left.widened
    assert asyncio.run(partitions_of(wide, CLEANED.name)) == (2, 2)
    made = asyncio.run(create_topics(wide, widen=True))
    assert set(made.widened) == set(left.narrow)
    assert not made.narrow
    assert not asyncio.run(create_topics(wide, widen=True)).widened
    produce(narrow, CLEANED.name, [_article(f"a{number}", f"source-{number}.example") for number in range(20)])
    memory.start()
    try:
        memory.wait_ready()
        wait_for(lambda: len(read_topic(narrow, SOURCE_LINES.name)) == 20, why=memory.tail)
        wait_for(lambda: len(read_topic(narrow, _CHANGELOG)) == 20, why=memory.tail)
        assert {one.partition for one in read_topic(narrow, _CHANGELOG)} == {0, 1, 2, 3}
    finally:
        memory.stop()
