"""The memory of sources on a real broker: learned from what was cleaned, told to the cleaners, counted once through kill -9."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from kafka_tools import Worker, delete_topics, fresh_topics, produce, read_topic, wait_for

from schemas.topics import CLEANED, RAW, SOURCE_LINES, SOURCE_PROFILES
from workers.cleaner.memory import fingerprints
from workers.runtime.clients import Outgoing
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.remembering import lines_of
from workers.runtime.settings import Settings

SOURCE = "harbour-times.example"
FURNITURE = "Our reporters write from forty towns along the coast every day of the year."
_WORDS = [
    "harbour",
    "bridge",
    "school",
    "market",
    "river",
    "council",
    "forest",
    "mill",
    "tower",
    "library",
    "station",
    "garden",
]


def page(number: int) -> str:
    one, two = _WORDS[number % 12], _WORDS[(number // 12) % 12]
    return "\n".join([
        f"The {one} near the {two} opens again",
        f"The {one} beside the old {two} opened again on Tuesday after works of {number + 2} months, its keeper told the paper.",
        FURNITURE,
        f"People from the {two} quarter had waited for the {one} since the spring, and many of them came in the morning to see it.",
        f"The works cost less than the council had feared, and the {two} will be next, according to a plan of {number + 5} pages.",
    ])  # fmt: skip


def raw(first: int, last: int) -> Iterator[Outgoing]:
    for number in range(first, last):
        value = {"id": f"a{number}", "source": SOURCE, "content": page(number)}
        yield Outgoing(f"a{number}".encode(), orjson.dumps(value))


def newest(settings: Settings) -> int:
    return max(
        (orjson.loads(message.value or b"{}")["version"] for message in read_topic(settings, SOURCE_PROFILES.name)),
        default=0,
    )


def cleaned(settings: Settings) -> dict[str, dict[str, object]]:
    return {
        (message.key or b"").decode(): orjson.loads(message.value or b"{}")
        for message in read_topic(settings, CLEANED.name)
    }


def passed_on(settings: Settings) -> set[str]:
    return {orjson.loads(message.value or b"{}")["id"] for message in read_topic(settings, SOURCE_LINES.name)}


@pytest.mark.broker
def test_what_a_source_repeats_is_learned_and_cut_and_counted_once_through_kills(
    kafka: EmbeddedKafka, tmp_path: Path
) -> None:
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)
    cleaner = Worker("cleaner", kafka.bootstrap_servers, tmp_path, pool_processes=1, partitions=3)
    memory = Worker("memory", kafka.bootstrap_servers, tmp_path, partitions=3)

    def whats_there() -> str:
        found = f"{len(cleaned(settings))} cleaned, lines of {len(passed_on(settings))}, version {newest(settings)}"
        return f"{found}\ncleaner: {cleaner.tail()}\nmemory: {memory.page('/readyz')} {memory.tail()}"

    try:
        cleaner.start()
        memory.start().wait_ready()
        cleaner.wait_ready()
        produce(settings, RAW.name, raw(0, 8))
        wait_for(lambda: newest(settings) >= 2, 90, whats_there)
        assert any(FURNITURE in str(article["text"]) for article in cleaned(settings).values()), (
            "nothing was known at first"
        )

        memory.kill()
        produce(settings, RAW.name, raw(8, 40))
        memory.start().wait_ready()
        wait_for(lambda: len(passed_on(settings)) == 40, 90, whats_there)
        produce(settings, RAW.name, raw(40, 60))
        wait_for(lambda: newest(settings) >= 2 and len(cleaned(settings)) == 60, 90, whats_there)
        late = [cleaned(settings)[f"a{number}"] for number in range(50, 60)]
        assert all(FURNITURE not in str(article["text"]) for article in late)
        assert all(str(article["source_profile"]).startswith(f"{SOURCE}@") for article in late)
        assert all(
            {"text": FURNITURE, "reason": "source_repeats"}.items() <= piece.items()
            for article in late
            for piece in article["removed"]
            if piece["text"] == FURNITURE
        )  # type: ignore[attr-defined]

        # All the first articles again, under the ids that were counted: the versions do not grow beyond the articles.
        produce(settings, RAW.name, raw(0, 60))
        wait_for(lambda: len(read_topic(settings, CLEANED.name)) == 120, 90, whats_there)
        time.sleep(2)
        assert newest(settings) <= 60
        assert b"dateline_source_profiles 1.0" in cleaner.page("/metrics")[1].encode()
    finally:
        cleaner.stop()
        memory.stop()


@pytest.mark.broker
def test_a_broker_without_the_topic_is_a_cold_start(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """An older deployment whose topics were not made again: pages are cleaned, and the log says what to do."""
    settings = fresh_topics(kafka.bootstrap_servers, partitions=1)
    delete_topics(settings, SOURCE_PROFILES.name)
    cleaner = Worker("cleaner", kafka.bootstrap_servers, tmp_path, pool_processes=1)
    try:
        cleaner.start().wait_ready()
        produce(settings, RAW.name, raw(0, 3))
        wait_for(lambda: len(cleaned(settings)) == 3, why=cleaner.tail)
        assert "dateline topics create" in cleaner.log.read_text()
    finally:
        cleaner.stop()


def test_lines_are_those_of_the_text_and_of_what_was_cut() -> None:
    article = {
        "id": "a",
        "source": SOURCE,
        "text": "One line.\n\nAnother line.",
        "removed": [{"text": "Menu", "reason": "navigation"}],
    }
    told = lines_of(orjson.dumps(article))
    assert told is not None
    assert set(told.lines) == fingerprints(["One line.", "Another line.", "Menu"])


@pytest.mark.parametrize(
    "value",
    [None, b"", b"{", b"[]", b"7", b'{"id":"a","text":"x"}', b'{"id":"a","source":null,"text":"x"}', b'{"id":"a","source":"s","text":7}',
     b'{"id":"a","source":"s","text":"x","removed":[7]}', b'{"id":"a","source":"s","text":""}', b'{"id":7,"source":"s","text":"x"}'],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_left(value: bytes | None) -> None:
    assert lines_of(value) is None


@pytest.mark.broker
def test_what_comes_while_the_worker_seeks_its_offsets_is_not_lost(kafka: EmbeddedKafka, tmp_path: Path) -> None:
    """With state to recover faust fetches before it seeks, and clears its queues after."""
    settings = fresh_topics(kafka.bootstrap_servers, partitions=3)
    text = "The harbour opened again on Tuesday after works."
    articles = [
        Outgoing(f"a{number}".encode(), orjson.dumps({"id": f"a{number}", "source": SOURCE, "text": text}))
        for number in range(2000)
    ]
    command = [sys.executable, str(Path(__file__).parent / "slow_seek_worker.py")]
    memory = Worker("memory", kafka.bootstrap_servers, tmp_path, command, partitions=3).start()
    try:
        memory.wait_ready()
        produce(settings, CLEANED.name, articles[:10])
        wait_for(lambda: newest(settings) >= 2, 60, memory.tail)
        memory.kill()
        produce(settings, CLEANED.name, articles[10:])
        memory.start().wait_ready()
        wait_for(lambda: len(passed_on(settings)) == 2000, 90, lambda: f"{len(passed_on(settings))}: {memory.tail()}")
    finally:
        memory.stop()
