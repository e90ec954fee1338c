"""Articles as ninjs 3.1 and as schema.org NewsArticle."""

from typing import Any

from stores import article

from schemas.articles import Entity, Published
from workers.storage.formats import to_jsonld, to_ninjs

#: Names that the published schema of ninjs 3.1 allows here; it allows no others.
ITEM = {"uri", "type", "standard", "language", "headlines", "bodies", "by", "firstCreated", "versionCreated", "copyrightNotice", "infoSources", "altIds", "people", "organisations", "places", "events"}  # fmt: skip
PARTS = {
    "headlines": {"role", "contentType", "value"}, "bodies": {"role", "contentType", "charCount", "wordCount", "value"},
    "infoSources": {"name", "role", "uri", "literal", "contactInfo"}, "altIds": {"role", "value"}, "people": {"name", "rel", "uri", "literal", "contactInfo"},
    "places": {"name", "rel", "uri", "literal", "contactInfo", "geoJSON"}, "organisations": {"name", "rel", "uri", "literal", "symbols", "contactInfo"},
    "events": {"id", "name", "rel", "uri", "literal"},
}  # fmt: skip


def entity(kind: str, name: str, **fields: Any) -> Entity:
    return Entity(id=name, type=kind, name=name, count=1, salience=0.5, first_start=0, **fields)


FULL = article(
    entities=(
        entity("PER", "Anna Example", aliases=("Example",), role="minister"),
        entity("GPE", "Geneva", wikidata="Q71", lat=46.2, lon=6.1),
        entity("ORG", "Example Agency"),
        entity("EVENT", "Example Games"),
        entity("NORP", "Swiss"),
    ),
    subtitle="More",
    authors=("A. Writer", "B. Writer"),
    rights="All rights reserved",
    published=Published(
        value="2025-07-31T08:02:06Z", precision="second", tz_status="explicit", method="jsonld", raw="x", confidence=1
    ),
)


def test_ninjs_has_only_the_names_of_the_schema() -> None:
    item = to_ninjs(FULL)
    assert set(item) == ITEM
    for name, allowed in PARTS.items():
        assert all(set(part) <= allowed for part in item[name]), name


def test_ninjs_tells_who_and_where_and_the_whole_text() -> None:
    item = to_ninjs(FULL)
    assert item["bodies"][0]["value"] == FULL.text
    assert [person["name"] for person in item["people"]] == ["Anna Example"]
    assert item["places"] == [
        {"name": "Geneva", "rel": "mentions", "uri": "https://www.wikidata.org/entity/Q71", "geoJSON": {"type": "Point", "coordinates": [6.1, 46.2]}}
    ]  # fmt: skip
    assert item["versionCreated"] == "2025-07-31T08:02:06Z"


def test_a_time_that_is_not_known_to_the_second_is_no_date_time_of_ninjs() -> None:
    assert not {"firstCreated", "versionCreated"} & set(to_ninjs(article()))


def test_an_article_with_nothing_but_text_has_what_is_required() -> None:
    bare = article(url=None, source=None, title=None, entities=(), published=None)
    assert to_ninjs(bare)["uri"] == "urn:dateline:a1"
    assert to_jsonld(bare) == {
        "@context": "https://schema.org", "@type": "NewsArticle", "@id": "urn:dateline:a1", "identifier": "a1", "articleBody": bare.text, "inLanguage": "en",
    }  # fmt: skip


def test_jsonld_is_a_news_article_with_its_mentions() -> None:
    item = to_jsonld(FULL)
    assert (item["@type"], item["headline"], item["datePublished"]) == (
        "NewsArticle",
        "A title",
        "2025-07-31T08:02:06Z",
    )
    assert item["mentions"][0] == {"@type": "Person", "name": "Anna Example", "alternateName": ["Example"], "jobTitle": "minister"}  # fmt: skip
    assert [mention["@type"] for mention in item["mentions"]] == ["Person", "Place", "Organization", "Event"]
