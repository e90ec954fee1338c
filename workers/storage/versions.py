"""Which of two versions of an article stays: the rule of UPSERT in rows.py, for stores that cannot be told it in SQL. Pure."""

from operator import itemgetter
from typing import Literal, NamedTuple

from workers.storage.rows import COLUMNS, Row

__all__ = ["ORDERING", "Version", "meet", "version_of"]

#: The columns that a Version is made of, in its order.
ORDERING = ("content_sha256", "raw_topic", "raw_partition", "raw_offset")
_ordering = itemgetter(*(COLUMNS["articles"].index(name) for name in ORDERING))


class Version(NamedTuple):
    """What an article says, by its hash, and the raw message that it came from, where that is known."""

    sha256: str
    topic: str | None
    partition: int | None
    offset: int | None


def version_of(row: Row) -> Version:
    """The version that a row of `articles` is."""
    return Version._make(_ordering(row.values))


def meet(old: Version, new: Version) -> Literal["stays", "again", "changed"]:
    """What the new version does to the old: nothing; it is the same content from a later message; it replaces it.

    Of one raw partition the later offset wins, whichever is written first; of others, and of the same offset, the later write.
    """
    same_lane = old.topic is not None and old.partition is not None and old[1:3] == new[1:3]
    earlier = later = False
    if same_lane and old.offset is not None and new.offset is not None:
        earlier, later = new.offset < old.offset, new.offset > old.offset
    if earlier:
        return "stays"
    if new.sha256 != old.sha256:
        return "changed"
    return "again" if later else "stays"
