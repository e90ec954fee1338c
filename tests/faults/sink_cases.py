"""Fault cases of the stores: the sink is killed in the middle of batches, its file is locked, its disk is full, a row is refused.

Each article has child rows, so that a partial one would be seen; what is on the topic must be in the store, whole and once.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb
import orjson
from cases import Bench, Result, _kill_and_restart, _running, _sent, _until, count
from kafka_tools import Worker, fresh_topics, produce, read_topic

from schemas.topics import DEAD_LETTERS, ENRICHED
from workers.runtime.clients import Outgoing

__all__ = ["SINK_CASES", "can_mount"]

_MENTIONS, _ENTITIES = 4, 2
_SMALL = {"batch_records": 50, "chunk_records": 25}
_DISK_MB = 96
_READS = 20


def _articles(names: Iterable[str], *, padding: int = 0, **changed: object) -> Iterator[Outgoing]:
    for number, name in enumerate(names):
        text = f"Anna Example said a thing, number {number}. " + "word " * padding
        entities = [{"id": f"e{one}", "type": "PER", "name": f"Anna {one}", "count": 1, "salience": 0.5, "first_start": 0} for one in range(_ENTITIES)]  # fmt: skip
        mentions = [{"start": 0, "end": 4, "text": "Anna", "type": "PER", "entity": f"e{one % _ENTITIES}", "confidence": 1.0} for one in range(_MENTIONS)]  # fmt: skip
        fields = {"id": name, "text": text, "entities": entities, "mentions": mentions} | changed
        yield Outgoing(name.encode(), orjson.dumps(fields))


def _in_sqlite(folder: Path) -> list[str]:
    """The ids, that of a partial article twice: it is neither there nor gone."""
    with contextlib.closing(sqlite3.connect(folder / "store.db", timeout=60)) as store:
        rows = store.execute(
            "SELECT id, (SELECT count(*) FROM mentions WHERE article_key = key), (SELECT count(*) FROM entities WHERE article_key = key),"
            " (SELECT count(*) FROM articles_search WHERE articles_search MATCH 'Anna' AND rowid = key) FROM articles"
        ).fetchall()
    return [name for name, *found in rows for _ in range(1 if found == [_MENTIONS, _ENTITIES, 1] else 2)]


def _in_lake(folder: Path) -> list[str]:
    """As a plain glob gives them."""
    if not any((folder / "lake").glob("articles/**/*.parquet")):
        return []
    query = f"SELECT id, len(mentions), len(entities) FROM read_parquet('{folder}/lake/articles/**/*.parquet')"
    for attempt in range(_READS):
        try:
            with duckdb.connect() as connection:
                rows = connection.execute(query).fetchall()
            break
        except (
            duckdb.IOException
        ):  # a file was replaced between listing and opening: docs/lake.md tells readers to ask again
            if attempt == _READS - 1:
                raise
            time.sleep(0.2)
    return [name for name, *found in rows for _ in range(1 if found == [_MENTIONS, _ENTITIES] else 2)]


STORES: dict[str, tuple[str, Callable[[Path], list[str]]]] = {
    "sqlite": ("sqlite:///{}/store.db", _in_sqlite),
    "lake": ("parquet:///{}/lake", _in_lake),
}


def _fresh(bench: Bench, name: str) -> Path:
    folder = bench.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _settled(one: Worker, articles: int, timeout_s: float = 180) -> None:
    _until(lambda: _sent(one) >= articles or not one.running(), "the sink has committed all", timeout_s)


_KILLS = 3


def _killed(kind: str) -> Callable[[Bench], Result]:
    url, ids = STORES[kind]

    def case(bench: Bench) -> Result:
        """kill -9 of the sink three times; one row in the middle is refused by the store and buried with the store's reason."""
        started = time.monotonic()
        folder = _fresh(bench, f"killed-{kind}")
        settings = fresh_topics(bench.kafka.bootstrap_servers)
        names = [f"n{number}" for number in range(bench.articles)]
        half = len(names) // 2
        bad = [{"id": "e0", "type": "GPE", "name": "X", "count": 1, "salience": 0.5, "first_start": 0, "geonames_id": 2**63}]  # fmt: skip
        # What each new process is to commit comes while none runs: a quick store may have done all the rest before it is killed.
        share = bench.articles // 10
        first = len(names) - _KILLS * share
        produce(settings, ENRICHED.name, [*_articles(names[:half]), *_articles(["refused"], entities=bad), *_articles(names[half:first])])  # fmt: skip
        later = iter([_articles(names[start : start + share]) for start in range(first, len(names), share)])
        with _running(bench, "storage", storage_url=url.format(folder), **_SMALL) as (one,):
            recovery_s = [
                _kill_and_restart(one, share, lambda: produce(settings, ENRICHED.name, next(later)))
                for _ in range(_KILLS)
            ]
            _until(lambda: len(set(ids(folder))) >= len(names), "all are there", 180)
            time.sleep(2)
            lost, doubled = count(names, ids(folder))
        letters = read_topic(settings, DEAD_LETTERS.name)
        reasons = {(letter.key, dict(letter.headers)["x-error-reason"]) for letter in letters}
        if reasons != {(b"refused", b"store_refused")}:
            raise RuntimeError(f"the refused row is not buried as it should be: {reasons}")
        return Result(f"kill -9 x3: storage into {kind}", bench.articles, lost, doubled, recovery_s, round(time.monotonic() - started, 1))  # fmt: skip

    return case


def _paused(one: Worker) -> bool:
    return "dateline_sink_paused 1.0" in one.page("/metrics")[1]


def _waits(one: Worker, word: str) -> None:
    """It says that it waits, and for what."""
    _until(lambda: _paused(one) and word in one.page("/readyz")[1].lower(), f"the worker says that it waits for {word}", 60)  # fmt: skip


def locked(bench: Bench) -> Result:
    """Somebody holds a lock on the SQLite file for 30 seconds."""
    started = time.monotonic()
    folder = _fresh(bench, "locked")
    settings = fresh_topics(bench.kafka.bootstrap_servers)
    names = [f"n{number}" for number in range(bench.articles)]
    with _running(bench, "storage", storage_url=f"sqlite:///{folder}/store.db", **_SMALL) as (one,):
        produce(settings, ENRICHED.name, _articles(names[:100]))
        _settled(one, 100)
        with contextlib.closing(sqlite3.connect(folder / "store.db", isolation_level=None, timeout=60)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            since = time.monotonic()
            produce(settings, ENRICHED.name, _articles(names[100:]))
            _waits(one, "locked")
            time.sleep(max(0.0, 30 - (time.monotonic() - since)))
            if not one.running() or not _paused(one):
                raise RuntimeError(f"the worker did not wait for the lock: {one.tail()}")
            holder.execute("ROLLBACK")
        free = time.monotonic()
        before = _sent(one)
        _until(lambda: _sent(one) > before, "it goes on by itself", 60)
        recovery_s = [round(time.monotonic() - free, 2)]
        _settled(one, bench.articles)
        if _paused(one):
            raise RuntimeError("it goes on, and says that it waits")
        lost, doubled = count(names, _in_sqlite(folder))
    lost += len(read_topic(settings, DEAD_LETTERS.name))
    return Result("a lock held for 30 s", bench.articles, lost, doubled, recovery_s, round(time.monotonic() - started, 1))  # fmt: skip


def can_mount() -> str | None:
    """Why no small file system can be mounted here, or None where it can."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return "a full disk is made by mounting a small tmpfs, which needs root"
    return None


def _full(kind: str) -> Callable[[Bench], Result]:
    url, ids = STORES[kind]

    def case(bench: Bench) -> Result:
        """The disk has no space left; then it has."""
        started = time.monotonic()
        folder = _fresh(bench, f"full-{kind}")
        settings = fresh_topics(bench.kafka.bootstrap_servers)
        names = [f"n{number}" for number in range(bench.articles)]
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "tmpfs", str(folder)], check=True)
        try:
            with _running(bench, "storage", storage_url=url.format(folder), **_SMALL) as (one,):
                produce(settings, ENRICHED.name, _articles(names[:100]))
                _settled(one, 100)
                filler = folder / "filler"
                filler.write_bytes(b"x" * (shutil.disk_usage(folder).free - 600_000))
                produce(settings, ENRICHED.name, _articles(names[100:], padding=200))
                _waits(one, "space" if kind == "lake" else "full")
                time.sleep(3)
                if not one.running():
                    raise RuntimeError(f"the worker ended when the disk was full: {one.tail()}")
                before = _sent(one)
                filler.unlink()
                free = time.monotonic()
                _until(lambda: _sent(one) > before, "it goes on by itself", 60)
                recovery_s = [round(time.monotonic() - free, 2)]
                _settled(one, bench.articles)
                lost, doubled = count(names, ids(folder))
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        lost += len(read_topic(settings, DEAD_LETTERS.name))
        return Result(f"disk full: storage into {kind}", bench.articles, lost, doubled, recovery_s, round(time.monotonic() - started, 1))  # fmt: skip

    return case


SINK_CASES: dict[str, Callable[[Bench], Result]] = {
    "sqlite-killed": _killed("sqlite"),
    "lake-killed": _killed("lake"),
    "sqlite-locked": locked,
    "sqlite-full": _full("sqlite"),
    "lake-full": _full("lake"),
}
