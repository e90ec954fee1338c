"""What a batch changes in a lake: which version of an article stays, which files are written anew, which rows become history.

An article that stays on its day is changed in its own file, so that a reader sees the one or the other. One that moves to another day is first
taken out there, then put in here. What is new goes into a new file of its day.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from workers.storage.lake import Lake
from workers.storage.lake_files import DataFile
from workers.storage.lake_rows import alerts_table, articles_table, day_of_row, versions_table
from workers.storage.rows import COLUMNS, Batch, Row
from workers.storage.versions import Version, meet, version_of

__all__ = ["apply"]

_ARTICLE = COLUMNS["alerts"].index("article_id")
Leaving = dict[int, set[str]]  # ids by the number of the file that they leave
Days = set[tuple[str, str | None]]


@dataclass(slots=True)
class _Article:
    """An article while the batch is looked at: the file it lies in, what it is now, and what it was, each with its place in the history.

    A version has a row where it came with this batch.
    """

    file: int | None
    now: Version
    row: Row | None = None
    versions: int = 0
    before: list[tuple[int, Row | None]] = field(default_factory=list)

    def meet(self, new: Version, row: Row) -> None:
        """Take the new version, if it is to stay."""
        outcome = meet(self.now, new)
        if outcome == "stays":
            return
        if outcome == "changed":
            self.versions += 1
            self.before.append((self.versions, self.row))
        self.now, self.row = new, row


def apply(lake: Lake, batch: Batch, now: datetime) -> Days:
    """Stage what the batch changes, inside a transaction of the lake; the tables and days that got new files.

    Raises Unfit; the transaction then undoes what was staged.
    """
    erased = batch.erased["articles"]
    articles = _resolve(lake, batch.rows["articles"], set(erased))
    changed = {name: one for name, one in articles.items() if one.row is not None}
    alerts = _new_alerts(lake, batch, erased)
    alert_rows = alerts_table(alerts, now)

    leaving = _lying(lake, "articles", "id", erased)
    for name, one in changed.items():
        if one.file is not None:
            leaving[one.file].add(name)
    out = _TakenOut(lake, "articles", leaving)
    versions = _history(articles, out, now)

    days: Days = set()
    forgotten = _TakenOut(lake, "versions", _lying(lake, "versions", "id", erased))
    lake.index.executemany("DELETE FROM versions WHERE id = ?", [(name,) for name in erased])
    lake.index.executemany("DELETE FROM articles WHERE id = ?", [(name,) for name in erased])
    forgotten.put_back({})
    for day, found in versions:
        number = lake.put("versions", day, found)
        days.add(("versions", day))
        marks = zip(found["id"].to_pylist(), found["number"].to_pylist(), strict=True)
        lake.index.executemany(f"INSERT INTO versions (id, number, file) VALUES (?, ?, {number})", marks)
    days |= _put_articles(lake, changed, out, now)
    days |= _put_alerts(lake, batch, erased, alerts, alert_rows)
    return days


def _resolve(lake: Lake, rows: Sequence[Row], erased: set[str]) -> dict[str, _Article]:
    """Each article that the batch names, after all its rows were met in their order."""
    wanted = orjson.dumps(list({row.id for row in rows} - erased)).decode() if rows else "[]"
    known = lake.index.execute(
        "SELECT id, file, versions, content_sha256, raw_topic, raw_partition, raw_offset FROM articles WHERE id IN (SELECT value FROM json_each(?))", (wanted,)
    )  # fmt: skip
    found = {name: _Article(file, Version(*version), versions=versions) for name, file, versions, *version in known}
    for row in rows:
        version, there = version_of(row), found.get(row.id)
        if there is None:
            found[row.id] = _Article(None, version, row)
        else:
            there.meet(version, row)
    return found


def _new_alerts(lake: Lake, batch: Batch, erased: Sequence[str]) -> list[Row]:
    """The alerts that are not there yet; one that is never changes."""
    rows = {row.id: row for row in reversed(batch.rows["alerts"])}
    if not rows:
        return []
    there = lake.index.execute(
        "SELECT id, article_id FROM alerts WHERE id IN (SELECT value FROM json_each(?))", (orjson.dumps(list(rows)).decode(),)
    )  # fmt: skip
    gone = {*batch.erased["alerts"]}
    stays = {name for name, article in there if name not in gone and article not in erased}
    return [row for name, row in reversed(rows.items()) if name not in stays]


def _lying(lake: Lake, table: str, column: str, ids: Sequence[str]) -> Leaving:
    """Which ids of the table lie in which file, for those whose `column` is one of `ids`."""
    found: Leaving = defaultdict(set)
    if ids:
        statement = f"SELECT file, id FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"
        for file, name in lake.index.execute(statement, (orjson.dumps(list(ids)).decode(),)):
            found[file].add(name)
    return found


class _TakenOut:
    """Rows taken out of their files. A file is read twice, so that no more than one is held at a time, however many a batch touches."""

    def __init__(self, lake: Lake, table: str, leaving: Leaving) -> None:
        self._lake, self._leaving = lake, leaving
        #: The files that are there, by number; of those that somebody took away nothing is known.
        self.files: dict[int, DataFile] = {}
        self._gone: list[DataFile] = []
        self.days: list[str | None] = []
        left: list[pa.Table] = []
        for number in sorted(leaving):
            file = lake.file(number)
            rows = lake.read(file)
            if rows is None:
                self._gone.append(file)
                continue
            self.files[number] = file
            left.append(rows.filter(self._goes(rows, number)))
            self.days += [file.day] * left[-1].num_rows
        self.left = pa.concat_tables(left, promote_options="default") if left else None
        ids = self.left["id"].to_pylist() if self.left is not None else []
        self.places = {name: place for place, name in enumerate(ids)}

    def put_back(self, instead: dict[int, pa.Table]) -> None:
        """Write each file anew, with `instead` of what left it; one that has no rows any more goes."""
        for file in self._gone:
            self._lake.replace(file, None)
        for number, file in self.files.items():
            rows = self._lake.read(file)
            rest = rows.filter(pc.invert(self._goes(rows, number))) if rows is not None else None
            parts = [found for found in (rest, instead.get(number)) if found is not None and found.num_rows]
            self._lake.replace(file, pa.concat_tables(parts, promote_options="default") if parts else None)

    def _goes(self, rows: pa.Table, number: int) -> pa.ChunkedArray:
        return pc.is_in(rows["id"], value_set=pa.array(sorted(self._leaving[number]), pa.string()))


def _stamps(changed: dict[str, _Article], out: _TakenOut, now: datetime) -> list[tuple[datetime, datetime]]:
    """When each of the articles was first stored, and when its content came to be what it is from now on."""
    if out.left is None:
        return [(now, now)] * len(changed)
    stored, updated = out.left["stored_at"].to_pylist(), out.left["updated_at"].to_pylist()
    found = []
    for name, one in changed.items():
        at = out.places.get(name) if one.file is not None else None
        found.append((now, now) if at is None else (stored[at], now if one.before else updated[at]))
    return found


def _history(articles: dict[str, _Article], out: _TakenOut, now: datetime) -> Iterator[tuple[str | None, pa.Table]]:
    """What was replaced, by the day that it was published on."""
    by_day: dict[str | None, list[pa.Table]] = defaultdict(list)
    for name, one in articles.items():
        for number, row in one.before:
            if row is not None:
                was, day = articles_table([row], [now], [now]), day_of_row(row)
            elif out.left is not None and name in out.places:
                place = out.places[name]
                was, day = out.left.slice(place, 1), out.days[place]
            else:
                continue
            by_day[day].append(versions_table(was, [number], now))
    return ((day, pa.concat_tables(tables)) for day, tables in by_day.items())


def _put_articles(lake: Lake, changed: dict[str, _Article], out: _TakenOut, now: datetime) -> Days:
    """A day's rows are made while the file of the day before is being written."""
    homes: dict[Any, list[tuple[str, _Article, Row, tuple[datetime, datetime]]]] = defaultdict(list)
    for (name, one), stamps in zip(changed.items(), _stamps(changed, out, now), strict=True):
        if one.row is None:
            continue
        day = day_of_row(one.row)
        stays = one.file is not None and one.file in out.files and out.files[one.file].day == day
        homes[one.file if stays else (day, one.file is not None)].append((name, one, one.row, stamps))
    out.put_back({home: _table(found) for home, found in homes.items() if isinstance(home, int)})
    days: Days = set()
    for home, found in homes.items():
        number = home
        if not isinstance(home, int):
            day, moved = home
            number = lake.put("articles", day, _table(found), moved=moved)
            days.add(("articles", day))
        marks = ((name, number, *one.now, one.versions) for name, one, _, _ in found)
        lake.index.executemany(
            "INSERT OR REPLACE INTO articles (id, file, content_sha256, raw_topic, raw_partition, raw_offset, versions) VALUES (?, ?, ?, ?, ?, ?, ?)", marks
        )  # fmt: skip
    return days


def _table(found: Sequence[tuple[str, _Article, Row, tuple[datetime, datetime]]]) -> pa.Table:
    _, _, rows, stamps = zip(*found, strict=True)
    return articles_table(rows, *zip(*stamps, strict=True))


def _some(rows: pa.Table, places: Sequence[int]) -> pa.Table:
    """The rows at these places, which ascend; without a copy where they lie side by side, as those of a day mostly do."""
    first, last = places[0], places[-1]
    return rows.slice(first, len(places)) if last - first == len(places) - 1 else rows.take(places)


def _put_alerts(lake: Lake, batch: Batch, erased: Sequence[str], rows: Sequence[Row], table: pa.Table) -> Days:
    leaving = _lying(lake, "alerts", "id", batch.erased["alerts"])
    for file, names in _lying(lake, "alerts", "article_id", erased).items():
        leaving[file] |= names
    out = _TakenOut(lake, "alerts", leaving)
    lake.index.executemany("DELETE FROM alerts WHERE id = ?", [(name,) for name in out.places])
    out.put_back({})
    days: Days = set()
    by_day: dict[str | None, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_day[day_of_row(row)].append(place)
    for day, places in by_day.items():
        number = lake.put("alerts", day, _some(table, places))
        days.add(("alerts", day))
        lake.index.executemany("INSERT INTO alerts (id, file, article_id) VALUES (?, ?, ?)", [(rows[place].id, number, rows[place].values[_ARTICLE]) for place in places])  # fmt: skip
    return days
