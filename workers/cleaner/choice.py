"""What became of a page's blocks: the cleaner's working state, from which text, fields and times are read."""

from dataclasses import dataclass

from workers.cleaner.blocks import Block
from workers.cleaner.metadata import Metadata

__all__ = ["Choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of the blocks: `reasons[i]` is None where block i is body, else why it was cut."""

    blocks: tuple[Block, ...]
    reasons: tuple[str | None, ...]
    title: str | None
    title_index: int
    metadata: Metadata
