"""The rows of a lake in Arrow: an article is one row, with what was found in it as lists. Pure.

The columns are those of every store (rows.py), but that `published_on` and `fired_on` are told by the folder, hive style; that the child tables
are lists of structs; and that `document` leaves out `text`, which is a column beside it: half the bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import pyarrow as pa

from workers.storage.children import CHILDREN
from workers.storage.rows import COLUMNS, Row

__all__ = ["ALERTS", "ARTICLES", "PARTITIONS", "VERSIONS", "Unfit", "alerts_table", "articles_table", "day_of_row", "versions_table"]  # fmt: skip

#: Tables by name, and the day that their folders are named by.
PARTITIONS = {"articles": "published_on", "versions": "published_on", "alerts": "fired_on"}
_INTEGERS = {"raw_partition", "raw_offset", "start_at", "end_at", "count", "geonames_id", "number"}
_STAMP = pa.timestamp("us", tz="UTC")


class Unfit(Exception):  # noqa: N818  it names what the value is
    """A row holds a value that its column cannot hold."""


def _type(name: str) -> pa.DataType:
    if name in _INTEGERS:
        return pa.int64()
    if name == "published_at":
        return pa.timestamp("ms", tz="UTC")
    if name.endswith("_at"):
        return _STAMP
    return pa.float64() if name == "salience" else pa.string()


_PLAIN = tuple(name for name in COLUMNS["articles"] if name not in {"published_on", "document"})
_LISTS = {child: pa.list_(pa.struct([(name, _type(name)) for name in names])) for child, names in CHILDREN.items()}

ARTICLES: pa.Schema = pa.schema([
    *((name, _type(name)) for name in _PLAIN), ("stored_at", _STAMP), ("updated_at", _STAMP),
    *_LISTS.items(), ("document", pa.string()),
])  # fmt: skip
_KEPT = ("id", "content_sha256", "raw_topic", "raw_partition", "raw_offset", "title", "published", "text", "document")
VERSIONS: pa.Schema = pa.schema([("id", pa.string()), ("number", pa.int64()), *((name, _type(name)) for name in _KEPT[1:]), ("written_at", _STAMP), ("replaced_at", _STAMP)])  # fmt: skip
ALERTS: pa.Schema = pa.schema([*((name, _type(name)) for name in COLUMNS["alerts"]), ("stored_at", _STAMP)])


def day_of_row(row: Row) -> str | None:
    """The day of the folder that the row belongs in, or None for an article that tells no day."""
    if row.table == "alerts":
        return str(row.values[COLUMNS["alerts"].index("fired_at")])[:10]
    day: str | None = row.values[COLUMNS["articles"].index("published_on")]
    return day


def articles_table(rows: Sequence[Row], stored_at: Sequence[datetime], updated_at: Sequence[datetime]) -> pa.Table:
    """The rows as ARTICLES. Raises Unfit."""
    columns = dict(zip(COLUMNS["articles"], _columns([row.values for row in rows]), strict=True))
    columns["published_at"] = [value or None for value in columns["published_at"]]
    arrays = [_array(name, columns[name]) for name in _PLAIN]
    arrays += [pa.array(stored_at, _STAMP), pa.array(updated_at, _STAMP)]
    found = [row.children() for row in rows]
    arrays += [_typed([one[child] for one in found], kind) for child, kind in _LISTS.items()]
    return pa.Table.from_arrays([*arrays, _array("document", columns["document"])], schema=ARTICLES)


def alerts_table(rows: Sequence[Row], stored_at: datetime) -> pa.Table:
    """The rows as ALERTS. Raises Unfit."""
    if not rows:
        return ALERTS.empty_table()
    columns = dict(zip(COLUMNS["alerts"], _columns([row.values for row in rows]), strict=True))
    columns["fired_at"] = [datetime.fromisoformat(value) for value in columns["fired_at"]]
    arrays = [_array(name, columns[name]) for name in COLUMNS["alerts"]]
    return pa.Table.from_arrays([*arrays, pa.array([stored_at] * len(rows), _STAMP)], schema=ALERTS)


def versions_table(articles: pa.Table, numbers: Sequence[int], replaced_at: datetime) -> pa.Table:
    """What ARTICLES rows were before they were replaced, as VERSIONS; `numbers` are their places in the history of each article, from 1."""
    arrays = {name: articles[name] for name in _KEPT} | {
        "number": pa.array(numbers, pa.int64()),
        "written_at": articles["updated_at"],
        "replaced_at": pa.array([replaced_at] * len(numbers), _STAMP),
    }
    return pa.Table.from_arrays([arrays[name] for name in VERSIONS.names], schema=VERSIONS)


def _array(name: str, values: Iterable[Any]) -> pa.Array:
    kind = _type(name)
    if name == "published_at":
        return _typed(values, pa.string()).cast(kind)
    return _typed(values, kind)


def _typed(values: Iterable[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except (pa.ArrowException, OverflowError, UnicodeError) as error:
        raise Unfit(str(error)) from None


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """The columns of rows. By strides: `zip(*rows)` makes an iterator a row, and takes ten times as long."""
    values = list(chain.from_iterable(rows))
    width = len(rows[0])
    return [values[place::width] for place in range(width)]
