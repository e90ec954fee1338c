"""What is known of sources: which lines their documents repeat. Lines travel as fingerprints, never as text."""

from typing import Annotated

from pydantic import Field

from schemas.articles import Message

__all__ = ["SourceLines", "SourceProfile"]

Fingerprint = Annotated[
    str, Field(pattern=r"^[0-9a-f]{16}$", description="Eight bytes of a line's BLAKE2b, in hexadecimal")
]


class SourceLines(Message):
    """The different lines of one article's page, kept and cut alike."""

    id: str = Field(
        min_length=1, max_length=512, description="The article's id: an article counts once, however often it comes"
    )
    source: str = Field(min_length=1, max_length=512)
    lines: tuple[Fingerprint, ...] = ()


class SourceProfile(Message):
    """The lines that a source repeats. The cleaner cuts them, and an article names the version it was cleaned with."""

    source: str = Field(min_length=1, max_length=512)
    version: int = Field(ge=1, description="How many documents of the source were counted")
    lines: tuple[Fingerprint, ...] = ()
