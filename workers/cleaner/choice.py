"""What became of a page's blocks: the cleaner's working state, from which text, fields and times are read."""

from dataclasses import dataclass

from workers.cleaner.blocks import Block
from workers.cleaner.metadata import Metadata

__all__ = ["Choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of the blocks: `reasons[i]` is None where block i is body, else why it was cut, and `scores[i]` how sure that is (0 to 1;
    1 for a fixed rule). `paragraphs` are the body's, where they are not simply the body blocks."""

    blocks: tuple[Block, ...]
    reasons: tuple[str | None, ...]
    title: str | None
    title_index: int
    metadata: Metadata
    scores: tuple[float, ...] = ()
    paragraphs: tuple[str, ...] | None = None
    flags: tuple[str, ...] = ()
