"""What an alert rule fires."""

from datetime import datetime
from typing import Literal

from schemas.articles import Message, Span

__all__ = ["Alert", "AlertArticle", "MatchedSpan"]


class MatchedSpan(Span):
    """Characters that made the rule fire, in the article's `title` or `text`."""

    field: Literal["title", "text"]
    text: str


class AlertArticle(Message):
    """Enough of the article to understand the alert without fetching it."""

    id: str
    url: str | None = None
    source: str | None = None
    title: str | None = None
    published: str | None = None
    lead: str = ""


class Alert(Message):
    """One rule fired for one article. The id is a hash of both, so the same alert always has the same id."""

    id: str
    rule: str
    severity: Literal["info", "low", "medium", "high", "critical"] = "medium"
    matched: tuple[MatchedSpan, ...] = ()
    article: AlertArticle
    fired_at: datetime
