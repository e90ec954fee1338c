"""The stage on articles as they come."""

from schemas.articles import CleanedArticle, Language
from workers.dates.stage import add_dates


def test_an_article_without_a_language_is_read_in_its_own() -> None:
    texts = {
        "The summit that ministers discussed last week is due to be held again next month in Geneva.": [
            "2025-W30",
            "2025-08",
        ],
        "Der Minister erklärte gestern, dass die Verhandlungen seit zwei Jahren ohne Ergebnis geblieben sind.": [
            "2025-07-30",
            "P2Y",
        ],
        "Hm. Last week.": ["2025-W30"],
    }
    for text, values in texts.items():
        article = CleanedArticle.model_validate({"id": "x", "text": text, "published": _on("2025-07-31")})
        assert [found.value for found in add_dates(article).dates] == values


def test_a_region_of_the_language_does_not_matter() -> None:
    article = CleanedArticle(id="x", text="It ended last week.", language=Language(code="en-GB", confidence=1.0))
    assert [found.value for found in add_dates(article).dates] == ["XXXX-WXX"]


def _on(day: str) -> dict[str, object]:
    return {"value": day, "precision": "day", "tz_status": "unknown", "method": "hint", "raw": day, "confidence": 1.0}
