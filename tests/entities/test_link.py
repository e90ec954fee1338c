"""Which place of the world is meant."""

from collections.abc import Callable

import pytest

from schemas.articles import AnnotatedArticle, Entity
from workers.entities.lexicon import identities
from workers.entities.places import fold, load_places
from workers.entities.source import country_of_source

Annotate = Callable[..., AnnotatedArticle]


def place(article: AnnotatedArticle, name: str) -> Entity:
    return next(one for one in article.entities if name in (one.name, *one.aliases))


def test_a_large_city_is_meant_when_nothing_else_is_said(annotate: Annotate) -> None:
    found = place(annotate("The museum in Paris is closed."), "Paris")
    assert (found.geonames_id, found.country) == (2988507, "FR")
    assert found.link_confidence is not None
    assert found.link_confidence > 0.8


def test_what_stands_after_a_place_decides(annotate: Annotate) -> None:
    found = place(annotate("A tornado hit Paris, Texas, on Tuesday night, police said."), "Paris")
    assert (found.country, found.lat) == ("US", pytest.approx(33.66, abs=0.1))


def test_the_other_places_of_the_article_decide(annotate: Annotate) -> None:
    article = annotate(
        "Crews from Hartford, New Haven and Bridgeport in Connecticut helped after the fire in Waterbury, Connecticut."
    )
    assert place(article, "Waterbury").lat == pytest.approx(41.56, abs=0.1)


def test_countries_have_ids_and_a_point(annotate: Annotate) -> None:
    found = place(annotate("Syria and Iraq share a border."), "Syria")
    assert (found.geonames_id, found.country) == (163843, "SY")
    assert found.lat is not None


def test_an_unknown_place_gets_no_id(annotate: Annotate) -> None:
    article = annotate("The village of Xyqqerholm in Norway was cut off.")
    assert all(one.geonames_id is None for one in article.entities if "Xyqqerholm" in one.name)


def test_a_known_person_has_a_wikidata_id_and_an_unknown_one_has_none(annotate: Annotate) -> None:
    article = annotate("Minister Sergey Lavrov thanked Ama Boateng of the Lindqvist Foundation.")
    ids = {one.name: one.wikidata for one in article.entities}
    assert ids["Sergey Lavrov"] == "Q58217"
    assert ids["Ama Boateng"] is None


def test_an_id_that_nothing_has_confirmed_is_not_given_out() -> None:
    ids = [entry.wikidata for entry in identities().values()]
    assert any(one is None for one in ids)
    assert all(one is None or (one[0] == "Q" and one[1:].isdigit()) for one in ids)


@pytest.mark.parametrize(
    ("name", "country"),
    [("Москва", "RU"), ("Bexar County", "US"), ("Türkiye", ""), ("MÜNCHEN", "DE"), ("Guangdong", "CN")],
)
def test_the_table_knows_names_in_several_writings(name: str, country: str) -> None:
    found = load_places().named(name)
    assert (found[0].country if found else "") == country


def test_folding_is_idempotent() -> None:
    assert fold(fold("São  Tomé-Øst’s")) == fold("São  Tomé-Øst’s") == "sao tome ost's"


@pytest.mark.parametrize(
    ("url", "source", "country"),
    [
        ("https://news.example.de/a", None, "DE"),
        ("http://example.co.uk", None, "GB"),
        ("https://example.com", None, None),
        ("http://[bad", None, None),
        (None, "example.fr", "FR"),
        (None, "The Daily", None),
    ],
)
def test_where_a_source_is_from(url: str | None, source: str | None, country: str | None) -> None:
    assert country_of_source(url, source) == country
