"""An alert to deliver."""

from datetime import UTC, datetime

from schemas.alerts import Alert, AlertArticle

__all__ = ["alert"]


def alert(identity: str = "a1") -> Alert:
    """An alert with that id."""
    article = AlertArticle(id="x", url="https://example.org/1", title="Überschwemmung – 洪水", lead="A flood.")
    return Alert(
        id=identity, rule="Floods", severity="high", article=article, fired_at=datetime(2025, 7, 31, tzinfo=UTC)
    )
