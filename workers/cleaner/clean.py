"""The cleaner's core: blocks in, the article out; every block ends in the text, in a field, or in `removed` with its reason."""

from collections.abc import Sequence

from schemas.articles import CleanedArticle, Published, Quality, RawArticle, Removed, Span
from workers.cleaner.blocks import html_blocks, line_blocks, looks_like_html
from workers.cleaner.byline import split_dateline
from workers.cleaner.choice import Choice
from workers.cleaner.dump import choose_lines
from workers.cleaner.lines import DOCUMENT_ID
from workers.cleaner.metadata import Metadata, read_metadata
from workers.cleaner.page import choose_blocks
from workers.cleaner.publication import publication_times
from workers.text.language import identify
from workers.text.normalize import comparable

__all__ = ["clean"]

_LEGAL_REASONS = {"legal_notice"}


def clean(raw: RawArticle) -> CleanedArticle:
    """Turn a raw article (with `content` and `id` set) into the cleaned one. Raises Refused("too_expensive") for absurd pages."""
    choice = _choose(raw)
    bodies = [block.text for block, reason in zip(choice.blocks, choice.reasons, strict=True) if reason is None]
    dateline, agency, bodies = split_dateline(bodies)
    text = "\n\n".join(bodies)
    removed = tuple(
        Removed(text=block.text, reason=reason)
        for block, reason in zip(choice.blocks, choice.reasons, strict=True)
        if reason is not None
    )
    title = raw.title_hint or choice.title
    document_ids = tuple(
        dict.fromkeys(
            piece.text for piece in removed if piece.reason == "document_id" and DOCUMENT_ID.match(piece.text)
        )
    )
    published, modified = publication_times(raw, choice, document_ids)
    language = identify(text or title or "")
    return CleanedArticle(
        id=raw.id or "",
        url=raw.url or choice.metadata.url,
        source=raw.source or choice.metadata.site,
        title=title,
        subtitle=choice.metadata.subtitle,
        authors=raw.authors_hint or choice.metadata.authors,
        agency=agency,
        dateline=dateline,
        text=text,
        paragraphs=_spans(bodies),
        language=language,
        published=published,
        modified=modified,
        document_ids=document_ids,
        rights=next(
            (piece.text[:500] for piece in removed if piece.reason in _LEGAL_REASONS and "©" in piece.text), None
        ),
        removed=removed,
        quality=_quality(text, title, published),
        fetched_at=raw.fetched_at,
    )


def _choose(raw: RawArticle) -> Choice:
    content = raw.content or ""
    if looks_like_html(content, raw.media_type):
        tree, metadata = read_metadata(content)
        blocks = html_blocks(tree)
        reasons, title, index = choose_blocks(content, blocks, metadata)
        return Choice(tuple(blocks), tuple(reasons), title, index, metadata)
    blocks = line_blocks(content)
    reasons, title, index = choose_lines([block.text for block in blocks], raw.title_hint)
    return Choice(tuple(blocks), tuple(reasons), title, index, Metadata())


def _spans(paragraphs: Sequence[str]) -> tuple[Span, ...]:
    spans, start = [], 0
    for paragraph in paragraphs:
        spans.append(Span(start=start, end=start + len(paragraph)))
        start += len(paragraph) + 2
    return tuple(spans)


def _quality(text: str, title: str | None, published: Published | None) -> Quality:
    flags = []
    if not text:
        flags.append("no_body")
    elif len(text) < 300:
        flags.append("short_body")
    if not title:
        flags.append("no_title")
    if published is None:
        flags.append("no_date")
    elif published.confidence < 0.5:
        flags.append("doubtful_date")
    score = (
        (0.6 if text else 0.0) * min(1.0, len(text) / 600 + 0.3) + (0.2 if title else 0.0) + (0.2 if published else 0.0)
    )
    return Quality(score=round(min(1.0, score), 3), flags=tuple(flags))


def repeats(one: str, other: str | None) -> bool:
    """Whether two pieces say the same words."""
    return other is not None and comparable(one) == comparable(other)
