"""An alert in words, for people."""

from schemas.alerts import Alert

__all__ = ["headline", "link", "passages"]

_LEAD, _MOST_PASSAGES = 300, 5


def headline(alert: Alert) -> str:
    """The article's title, else its url or id, on one line."""
    article = alert.article
    return _line(article.title or article.url or article.id)


def link(alert: Alert) -> str | None:
    """The article's url where it is one that a reader may click on."""
    url = _line(alert.article.url or "")
    return url if url.startswith(("https://", "http://")) and " " not in url else None


def passages(alert: Alert) -> list[str]:
    """The lead, and the words that made the rule fire."""
    words = list(dict.fromkeys(_line(span.text) for span in alert.matched))[:_MOST_PASSAGES]
    lead = _line(alert.article.lead)[:_LEAD]
    return [*([lead] if lead else []), *(["found: " + ", ".join(words)] if words else [])]


def _line(text: str) -> str:
    return " ".join(text.split())
