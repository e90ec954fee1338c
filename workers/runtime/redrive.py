"""Reading dead letters back, and sending them to where they came from: exactly once, in one transaction with the mark that says so."""

import time
from collections.abc import AsyncIterator, Callable, Iterable

import orjson

from schemas.topics import DEAD_LETTER_STATUS, DEAD_LETTERS
from workers.ports import Headers
from workers.runtime.clients import producing, read_all
from workers.runtime.dead_letters import DeadLetter, read_dead_letter
from workers.runtime.settings import Settings

__all__ = ["pending_dead_letters", "redrive"]

_BATCH = 100
_DROPPED = ("x-original-", "x-stage", "x-error-")


async def pending_dead_letters(
    settings: Settings, wanted: Callable[[DeadLetter], bool] = lambda _: True
) -> AsyncIterator[DeadLetter]:
    """Dead letters that were not sent back yet, oldest first in each partition. Raises Unavailable."""
    redriven = {received.key.decode() async for received in read_all(settings, DEAD_LETTER_STATUS.name) if received.key}
    async for received in read_all(settings, DEAD_LETTERS.name):
        letter = read_dead_letter(received.key, received.value, received.headers)
        if letter.id not in redriven and wanted(letter):
            yield letter


async def redrive(settings: Settings, letters: Iterable[DeadLetter], now: Callable[[], float] = time.time) -> int:
    """Send letters back to their topics; the number sent.

    Each transaction holds the messages and their marks in dead-letter-status.v1, so one that dies half-way is as if it had not
    begun, and running the command again sends nothing twice. Two commands at once fence each other. Raises Unavailable.
    """
    waiting = list(letters)
    async with producing(settings, transactional_id=f"{settings.group_prefix}-redrive") as producer:
        for start in range(0, len(waiting), _BATCH):
            async with producer.transaction():
                for letter in waiting[start : start + _BATCH]:
                    await producer.send(letter.topic, letter.value, key=letter.key, headers=list(_headers(letter)))
                    mark = orjson.dumps({"status": "redriven", "at": now(), "reason": letter.reason})
                    await producer.send(DEAD_LETTER_STATUS.name, mark, key=letter.id.encode())
    return len(waiting)


def _headers(letter: DeadLetter) -> Headers:
    """The message's own headers, with the attempts so far; what the failure added is left out."""
    kept = tuple((key, value) for key, value in letter.headers if not key.startswith(_DROPPED))
    return (*kept, ("x-redriven-from", letter.id.encode()))
