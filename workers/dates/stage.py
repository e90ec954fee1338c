"""The dates stage: adds `dates` and `counts`."""

import re

from schemas.articles import AnnotatedArticle, CleanedArticle, Counts, EnrichedArticle
from workers.dates.find import find
from workers.ports import Stage, StageOptions
from workers.text.language import identify

__all__ = ["VERSION", "load"]

VERSION = "2.2.0"
_WORD = re.compile(r"\w+")
_LEAST_CONFIDENCE = 0.5


def load(options: StageOptions) -> Stage:
    """The stage; it refuses nothing."""
    return add_dates


def _language(article: CleanedArticle) -> str:
    """The article's language; of one that came without, what its text is in, and English where that cannot be told."""
    code = article.language.code
    if code == "und":
        guess = identify(article.text)
        code = guess.code if guess.confidence >= _LEAST_CONFIDENCE else "en"
    return code.split("-")[0].lower()


def add_dates(article: CleanedArticle) -> EnrichedArticle:
    """The article with its temporal expressions, counted from its publication time."""
    published = article.published.value if article.published else None
    dates = find(article.text, published, _language(article))
    annotated = article if isinstance(article, AnnotatedArticle) else AnnotatedArticle.model_construct(**dict(article))
    counts = Counts(
        characters=len(article.text),
        words=len(_WORD.findall(article.text)),
        paragraphs=len(article.paragraphs),
        mentions=len(annotated.mentions),
        entities=len(annotated.entities),
        dates=len(dates),
        quotes=len(annotated.quotes),
    )
    return EnrichedArticle.model_construct(**dict(annotated) | {"dates": dates, "counts": counts})
