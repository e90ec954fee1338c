"""The dates stage: adds `dates` and `counts`."""

import re

from schemas.articles import AnnotatedArticle, CleanedArticle, Counts, EnrichedArticle
from workers.dates.find import find
from workers.ports import Stage, StageOptions

__all__ = ["VERSION", "load"]

VERSION = "2.0.0"
_WORD = re.compile(r"\w+")


def load(options: StageOptions) -> Stage:
    """The stage; it refuses nothing."""
    return add_dates


def add_dates(article: CleanedArticle) -> EnrichedArticle:
    """The article with its temporal expressions, counted from its publication time."""
    published = article.published.value if article.published else None
    dates = find(article.text, published, article.language.code)
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
