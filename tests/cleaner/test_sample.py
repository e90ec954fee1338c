"""The aggregator's dump, field by field."""

from pathlib import Path

import pytest

from schemas.articles import EnrichedArticle
from schemas.codec import decode
from workers.ports import Forward
from workers.testing import MemoryPipeline

SAMPLE = Path(__file__).resolve().parents[2] / "workers" / "cli" / "samples" / "aggregator-dump.txt"


@pytest.fixture(scope="module")
def article() -> EnrichedArticle:
    outcome = next(iter(MemoryPipeline().run([SAMPLE.read_bytes()])))
    assert isinstance(outcome, Forward)
    return decode(EnrichedArticle, outcome.value)


def test_title_is_found_once(article: EnrichedArticle) -> None:
    assert article.title == "Russia, Syria Confirms Strengthening Dialogue"
    assert article.title not in article.text


def test_publication_time_is_the_stamp_and_not_the_stale_clock(article: EnrichedArticle) -> None:
    assert article.published is not None
    assert (article.published.value, article.published.tz_status) == ("2025-07-31T08:02:06", "unknown")


def test_text_is_the_body_alone(article: EnrichedArticle) -> None:
    assert article.text.startswith("(MENAFN) Russian Foreign Minister")
    assert article.text.endswith("he affirmed.")
    for clutter in ("Oil&Energy", "MENAFN3107", "Disclaimer", "warranty", "No comment", "12:17"):
        assert clutter not in article.text


def test_clutter_is_removed_with_a_reason(article: EnrichedArticle) -> None:
    reasons = {piece.text: piece.reason for piece in article.removed}
    assert reasons["Search"] == "widget_label"
    assert reasons["MENAFN31072025000045017167ID1109867835"] == "document_id"
    assert reasons["Legal Disclaimer:"] == "legal_notice"
    assert any("12:17 GMT" in text and reason == "clock" for text, reason in reasons.items())
    assert article.document_ids == ("MENAFN31072025000045017167ID1109867835",)


def test_dates_are_anchored_at_publication(article: EnrichedArticle) -> None:
    values = [(date.text, date.value) for date in article.dates]
    assert ("Thursday", "2025-07-31") in values
    assert values.count(("October 15", "2025-10-15")) == 2
    assert ("January of this year", "2025-01") in values


def test_people_places_and_organisations_have_exact_offsets(article: EnrichedArticle) -> None:
    assert all(article.text[mention.start : mention.end] == mention.text for mention in article.mentions)
    names = {entity.name: entity for entity in article.entities}
    assert "Lavrov" in names["Sergey Lavrov"].aliases
    assert names["Sergey Lavrov"].country == "RU"
    assert names["Asaad al-Shaibani"].type == "PER"
    assert names["Moscow"].geonames_id == 524901
    assert names["Türkiye"].country == "TR"
    assert "Al-Sharaa" in names["Ahmad al-Sharaa"].aliases


def test_quotes_have_their_speakers(article: EnrichedArticle) -> None:
    names = {entity.id: entity.name for entity in article.entities}
    speakers = [(quote.text[:12], names.get(quote.speaker or "")) for quote in article.quotes]
    assert speakers == [
        ("The talks ar", "Sergey Lavrov"),
        ("will overcom", "Sergey Lavrov"),
        ("I remember o", "Sergey Lavrov"),
        ("challenges a", "Asaad al-Shaibani"),
        ("We are keen ", "Asaad al-Shaibani"),
    ]
