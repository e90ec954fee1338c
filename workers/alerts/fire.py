"""From a match to an alert, whose id is always the same for the same rule and article."""

import hashlib
from datetime import datetime

from schemas.alerts import Alert, AlertArticle
from schemas.articles import EnrichedArticle
from workers.alerts.match import Matcher

__all__ = ["alert_id", "fire"]

_LEAD = 300


def alert_id(rule: str, article: str) -> str:
    """`a` and 31 hex digits of the SHA-256 of both."""
    return "a" + hashlib.sha256(f"{rule}\0{article}".encode("utf-8", "replace")).hexdigest()[:31]


def fire(matcher: Matcher, article: EnrichedArticle, fired_at: datetime) -> tuple[Alert, ...]:
    """The alerts of an article. `fired_at` is with time zone."""
    summary = AlertArticle(
        id=article.id,
        url=article.url,
        source=article.source,
        title=article.title,
        published=article.published.value if article.published else None,
        lead=article.text[:_LEAD],
    )
    return tuple(
        Alert(
            id=alert_id(match.rule.name, article.id),
            rule=match.rule.name,
            severity=match.rule.severity,
            matched=match.spans,
            article=summary,
            fired_at=fired_at,
        )
        for match in matcher.match(article)
    )
