"""Dead letters go back to where they came from exactly once, also when the command dies half-way."""

import asyncio
import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from kafka_tools import fresh_topics, produce, read_topic

from schemas.topics import DEAD_LETTERS, RAW
from workers.ports import Bury, Received
from workers.runtime.clients import Outgoing
from workers.runtime.dead_letters import DeadLetter, bury
from workers.runtime.embedded_kafka import EmbeddedKafka
from workers.runtime.redrive import pending_dead_letters, redrive
from workers.runtime.settings import Settings

pytestmark = pytest.mark.broker
LETTERS = 250


def buried(settings: Settings) -> None:
    letters = []
    for number in range(LETTERS):
        headers = (("traceparent", b"00-1-2-01"), ("x-mine", b"kept"))
        received = Received(RAW.name, 0, number, f"k{number}".encode(), b"\xffvalue %d" % number, headers)
        reason = "stage_failed" if number % 2 else "too_large"
        letter = bury(received, Bury(reason, "ValueError", "a bug", "cleaner", "1"), 1.0)
        letters.append(Outgoing(letter.key, letter.value or b"", letter.headers))
    produce(settings, DEAD_LETTERS.name, letters)


async def waiting(settings: Settings) -> list[DeadLetter]:
    return [letter async for letter in pending_dead_letters(settings)]


def test_every_letter_goes_back_once_with_its_value_and_headers(kafka: EmbeddedKafka) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    buried(settings)
    assert asyncio.run(_redrive_all(settings)) == LETTERS
    assert asyncio.run(_redrive_all(settings)) == 0
    back = read_topic(settings, RAW.name)
    assert sorted(message.value or b"" for message in back) == sorted(b"\xffvalue %d" % n for n in range(LETTERS))
    headers = dict(back[0].headers)
    assert headers["x-mine"] == b"kept"
    assert headers["x-attempt"] == b"1"
    assert not any(name.startswith(("x-original-", "x-error-", "x-stage")) for name in headers)


async def _redrive_all(settings: Settings) -> int:
    return await redrive(settings, await waiting(settings))


def test_a_redrive_that_dies_half_way_sends_nothing_twice(kafka: EmbeddedKafka) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    buried(settings)
    clock = itertools.count()

    def dying() -> float:
        if next(clock) == 150:  # in the middle of the second transaction
            raise KeyboardInterrupt
        return 0.0

    async def die() -> None:
        await redrive(settings, await waiting(settings), now=dying)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(die())
    assert len(read_topic(settings, RAW.name)) == 100
    assert asyncio.run(_redrive_all(settings)) == LETTERS - 100
    keys = [message.key for message in read_topic(settings, RAW.name)]
    assert len(keys) == len(set(keys)) == LETTERS


def command(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "dead-letters", *arguments],
        capture_output=True, text=True, errors="replace", timeout=60, check=False, cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "DATELINE_BOOTSTRAP_SERVERS": settings.bootstrap_servers, "COLUMNS": "200"},
    )  # fmt: skip


def test_the_command_lists_shows_tries_and_redrives_by_reason(kafka: EmbeddedKafka) -> None:
    settings = fresh_topics(kafka.bootstrap_servers)
    buried(settings)
    listed = command(settings, "list")
    assert "too_large" in listed.stdout
    assert "stage_failed" in listed.stdout
    shown = command(settings, "show", "articles.raw.v1-0-7")
    assert "a bug" in shown.stdout, shown.stderr
    tried = command(settings, "redrive", "--reason", "too_large", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert not read_topic(settings, RAW.name), "a dry run sends nothing"
    done = command(settings, "redrive", "--reason", "too_large")
    assert done.returncode == 0, done.stderr
    assert len(read_topic(settings, RAW.name)) == LETTERS // 2
