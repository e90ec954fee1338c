"""The article as it travels: raw, cleaned, annotated, enriched, clustered. Readers ignore unknown fields; offsets are code points."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

__all__ = [
    "AnnotatedArticle",
    "CleanedArticle",
    "ClusteredArticle",
    "Counts",
    "EnrichedArticle",
    "Entity",
    "Language",
    "Mention",
    "Message",
    "Provenance",
    "Published",
    "Quality",
    "Quote",
    "RawArticle",
    "RawOrigin",
    "Removed",
    "Span",
    "StageRun",
    "Story",
    "TemporalExpression",
]

Offset = Annotated[int, Field(ge=0, description="Unicode code points from the start of `text`; an end is exclusive")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Message(BaseModel):
    """The base of every message: frozen, and deaf to fields it does not know (a newer writer never breaks an older reader)."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


class RawArticle(Message):
    """A page as a crawler or an aggregator left it. Only the content is required: `content`, or `content_b64`."""

    id: str | None = Field(
        None, min_length=1, max_length=512, description="Default: a stable hash of the url, else of the content"
    )
    url: str | None = Field(None, max_length=8192)
    source: str | None = Field(None, max_length=512, description="Who published it; default: the host name of the url")
    fetched_at: datetime | None = None
    content: str | None = Field(None, description="The page: HTML or plain text")
    content_b64: str | None = Field(None, description="The page as base64 of its bytes, in `charset`")
    charset: str | None = Field(
        None, max_length=64, description="Charset of `content_b64`; detected when absent or wrong"
    )
    media_type: str | None = Field(None, max_length=128, description="text/html or text/plain; guessed when absent")
    language_hint: str | None = Field(None, max_length=35)
    title_hint: str | None = None
    published_hint: str | None = Field(None, max_length=128)
    authors_hint: tuple[str, ...] | None = None
    _encoded: tuple[str | None, bytes] | None = PrivateAttr(default=None)

    def keep_utf8(self, encoded: bytes) -> None:
        """Remember `content` in UTF-8, where who read the message has that at hand: encoding a page takes longer than a fifth of its parsing."""
        self._encoded = (self.content, encoded)

    @property
    def utf8(self) -> bytes:
        """`content` in UTF-8, without what UTF-8 cannot say (lone surrogates)."""
        if self._encoded is not None and self._encoded[0] is self.content:  # not of what a copy was made from
            return self._encoded[1]
        return (self.content or "").encode("utf-8", "ignore")

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if self.content is None and self.content_b64 is None:
            raise ValueError("give the page in `content` (text) or in `content_b64` (base64 of its bytes)")
        return self


class Span(Message):
    """A stretch of `text`: `text[start:end]`."""

    start: Offset
    end: Offset


class Language(Message):
    """What language the text is in: an ISO 639-1 code (639-3 where there is none), `und` when it cannot be told."""

    code: str
    confidence: Share


class Published(Message):
    """When the article appeared (or was changed), how exactly that is known, and how we know it."""

    value: str = Field(
        description="ISO 8601 at the known precision: 2025-07, 2025-07-31, 2025-07-31T08:02:06, with an offset where one is known"
    )
    precision: Literal["year", "month", "day", "minute", "second"]
    tz_status: Literal["explicit", "assumed", "unknown"]
    method: str = Field(description="The rule that found it, such as `jsonld` or `visible_stamp`")
    raw: str = Field(description="The characters it was read from")
    confidence: Share
    reasons: Annotated[
        tuple[str, ...],
        Field(
            description="What spoke for it, as short codes: right_below_title, same_day_as_url_or_id, stated_by_metadata; and doubts: day_month_order_assumed"
        ),
    ] = ()


class Removed(Message):
    """A piece of the page's visible text that is not part of the article, and the rule that cut it."""

    text: str
    reason: str
    score: Share | None = None


class Quality(Message):
    """How much to trust the cleaning: a score and the doubts as short codes."""

    score: Share
    flags: tuple[str, ...] = ()


class RawOrigin(Message):
    """Where the raw message lies: its topic, partition and offset, and the SHA-256 of its value."""

    topic: str
    partition: int
    offset: int
    sha256: str


class StageRun(Message):
    """One stage's work on the article."""

    name: str
    version: str
    milliseconds: float


class Provenance(Message):
    """How the article came to be: its raw message and the stages it went through, in order."""

    raw: RawOrigin | None = None
    stages: tuple[StageRun, ...] = ()


class CleanedArticle(Message):
    """The article alone: title, byline, time, body; and what was cut, with the reason."""

    id: str = Field(min_length=1, max_length=512)
    url: str | None = None
    source: str | None = None
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = Field(None, description="The news agency credited, such as Reuters")
    dateline: str | None = Field(
        None, description="Place and agency before the first sentence: `MOSCOW, July 31 (Reuters) -`"
    )
    text: str = Field(description="The body; paragraphs are joined by one blank line")
    paragraphs: tuple[Span, ...] = ()
    language: Language = Language(code="und", confidence=0.0)
    published: Published | None = None
    modified: Published | None = None
    document_ids: tuple[str, ...] = ()
    rights: str | None = None
    removed: tuple[Removed, ...] = ()
    quality: Quality = Quality(score=0.0)
    source_profile: str | None = Field(
        None,
        description="What was known of the source when the page was cleaned, as source@version; null without memory",
    )
    fetched_at: datetime | None = None
    provenance: Provenance = Provenance()


class Mention(Message):
    """A name in the text: `text[start:end] == mention.text`; `entity` is the id of the entity it stands for."""

    start: Offset
    end: Offset
    text: str
    type: str = Field(description="PER, ORG, GPE, LOC, NORP, EVENT or MISC")
    entity: str
    confidence: Share
    metonym: bool | None = Field(
        None, description="True for a capital that stands for its government: `Moscow denied it`"
    )


class Entity(Message):
    """Someone or something the article speaks of, under all its names."""

    id: str = Field(description="Unique within the article: e1, e2, ...")
    type: str
    name: str = Field(description="The canonical name: the fullest form in the article")
    aliases: tuple[str, ...] = ()
    count: int = Field(ge=1)
    salience: Share
    first_start: Offset
    role: str | None = None
    country: str | None = Field(None, description="ISO 3166-1 alpha-2")
    geonames_id: int | None = None
    wikidata: str | None = None
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    link_confidence: Share | None = Field(
        None, description="How sure the link to the place is; null where nothing is linked"
    )
    in_title: bool = False


class Quote(Message):
    """Words given as somebody's: `text[start:end] == quote.text`, without the quotation marks."""

    start: Offset
    end: Offset
    text: str
    speaker: str | None = Field(None, description="The id of the entity who said it, or null when it cannot be told")
    speaker_text: str | None = Field(
        None, description="The words that name the speaker: `Lavrov`, `the diplomat`, `he`"
    )
    cue: str | None = Field(None, description="The verb of saying: `stated`")


class AnnotatedArticle(CleanedArticle):
    """A cleaned article with its names, the entities behind them, and the quotes."""

    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    quotes: tuple[Quote, ...] = ()
    statements: tuple[Quote, ...] = Field(
        (), description="What somebody is said to have said, in indirect speech: `Lavrov said that ...`"
    )
    entities_level: Literal["full", "basic", "gazetteer"] | None = Field(
        None,
        description="How names were found: by a model of the language, by patterns and gazetteers of it, by gazetteers alone",
    )


class TemporalExpression(Message):
    """A time named in the text, typed and normalised as in TIMEX3 (ISO-TimeML), with what it spans in calendar time."""

    start: Offset
    end: Offset
    text: str
    type: Literal["DATE", "TIME", "DURATION", "SET"]
    value: str = Field(description="TIMEX3 value: 2025-10-15, 2025-W31, P3D, 2025-Q3, PRESENT_REF")
    mod: str | None = None
    from_: str | None = Field(None, alias="from", description="First day or instant it covers, ISO 8601")
    to: str | None = Field(None, description="Last day or instant it covers, ISO 8601, inclusive")
    granularity: str | None = None
    anchor: str | None = Field(
        None, description="The ISO date or instant that it was counted from, or null for an absolute time"
    )
    confidence: Share


class Counts(Message):
    """Sizes, for filters and charts. Words are runs of letters and digits."""

    characters: int = Field(ge=0)
    words: int = Field(ge=0)
    paragraphs: int = Field(ge=0)
    mentions: int = Field(ge=0)
    entities: int = Field(ge=0)
    dates: int = Field(ge=0)
    quotes: int = Field(ge=0)


class EnrichedArticle(AnnotatedArticle):
    """The finished article: clean text, entities, quotes and dates."""

    dates: tuple[TemporalExpression, ...] = ()
    counts: Counts | None = None


class Story(Message):
    """The story an article belongs to, and its part in it."""

    id: str
    size: int = Field(ge=1)
    role: Literal["first", "development", "duplicate"]
    duplicate_of: str | None = None
    similarity: Share | None = None
    sources: tuple[str, ...] = ()
    first_seen: datetime | None = None


class ClusteredArticle(EnrichedArticle):
    """An enriched article with its story."""

    story: Story
