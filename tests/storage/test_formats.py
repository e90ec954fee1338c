"""Articles as ninjs 3.1 and as schema.org NewsArticle."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ninjs_schema import errors
from stores import article

from schemas.articles import Entity, Published
from workers.storage.formats import to_jsonld, to_ninjs

#: Properties that schema.org gives these types, themselves or from Thing, CreativeWork and Article.
SCHEMA_ORG = {
    "NewsArticle": {
        "identifier", "url", "headline", "alternativeHeadline", "articleBody", "inLanguage", "datePublished", "dateModified", "author", "publisher",
        "sourceOrganization", "dateline", "wordCount", "copyrightNotice", "mentions",
    },
    "Person": {"name", "alternateName", "sameAs", "jobTitle"}, "Organization": {"name", "alternateName", "sameAs"},
    "Place": {"name", "alternateName", "sameAs", "geo"}, "Event": {"name", "alternateName", "sameAs"}, "GeoCoordinates": {"latitude", "longitude"},
}  # fmt: skip


def unknown(item: Any) -> list[str]:
    """Properties that schema.org does not give the type, at any depth."""
    if isinstance(item, list):
        return [name for one in item for name in unknown(one)]
    if not isinstance(item, dict):
        return []
    own = {name for name in item if not name.startswith("@")} - SCHEMA_ORG[item["@type"]]
    return sorted(own) + [name for value in item.values() for name in unknown(value)]


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
    agency="Example News Agency",
    dateline="GENEVA, July 31 -",
    rights="All rights reserved",
    published=Published(
        value="2025-07-31T08:02:06Z", precision="second", tz_status="explicit", method="jsonld", raw="x", confidence=1
    ),
)


def test_ninjs_is_valid() -> None:
    assert errors(to_ninjs(FULL)) == []
    assert {"people", "organisations", "places", "events", "versionCreated", "by"} <= set(to_ninjs(FULL))


def test_the_check_of_ninjs_finds_what_is_wrong() -> None:
    good = to_ninjs(FULL)
    for wrong in (
        {"uri": "no uri"}, {"uri": "http://a.example/a b"}, {"versionCreated": "2025-07-31"}, {"versionCreated": "2025-07-31T08:02:06"}, {"other": 1}, {"type": "story"},
        {"bodies": [{"role": "main"}]}, {"people": [{"name": "A", "role": "minister"}]}, {"places": [{"geoJSON": {"type": "Point", "coordinates": [46.2, 106.1]}}]},
    ):  # fmt: skip
        assert errors(good | wrong), wrong
    assert errors({name: value for name, value in good.items() if name != "uri"})


@given(
    url=st.one_of(st.none(), st.text(max_size=40), st.builds("https://a.example/{}".format, st.text(max_size=40))),
    identity=st.text(min_size=1, max_size=20),
    published=st.sampled_from(["2025", "2025-07", "2025-07-31", "2025-07-31T08:02", "2025-07-31T08:02:06", "2025-07-31T08:02:06Z", "2025-07-31T08:02:06+03:00"]),
    zone=st.sampled_from(["explicit", "assumed", "unknown"]),
    texts=st.lists(st.text(max_size=10), min_size=5, max_size=5),
)  # fmt: skip
def test_any_article_is_valid_ninjs(url: str | None, identity: str, published: str, zone: Any, texts: list[str]) -> None:  # fmt: skip
    precision: Any = {4: "year", 7: "month", 10: "day", 16: "minute"}.get(len(published), "second")
    when = Published(value=published, precision=precision, tz_status=zone, method="jsonld", raw="x", confidence=1)
    title, source, agency, author, name = texts
    odd = article(identity, url=url, title=title, source=source, agency=agency, authors=(author,), published=when, modified=when, entities=(entity("PER", name),))  # fmt: skip
    assert errors(to_ninjs(odd)) == []


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


def test_jsonld_has_only_properties_of_schema_org() -> None:
    item = to_jsonld(FULL)
    assert unknown(item) == []
    assert unknown(item | {"title": "x"}) == ["title"]
    assert item["mentions"][1]["geo"] == {"@type": "GeoCoordinates", "latitude": 46.2, "longitude": 6.1}
    assert (item["dateline"], item["sourceOrganization"]["name"]) == ("GENEVA, July 31 -", "Example News Agency")


def test_an_address_is_escaped_where_it_has_to_be() -> None:
    odd = article(url="https://a.example/новини/a b?q=[1]#x")
    assert to_jsonld(odd)["@id"] == "https://a.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/a%20b?q=%5B1%5D#x"
    assert to_ninjs(article("an id", url="no address"))["uri"] == "urn:dateline:an%20id"
    assert to_ninjs(article("a", url="https://a.example/100%/%C3%A9"))["uri"] == "https://a.example/100%25/%C3%A9"


def test_jsonld_is_a_news_article_with_its_mentions() -> None:
    item = to_jsonld(FULL)
    assert (item["@type"], item["headline"], item["datePublished"]) == (
        "NewsArticle",
        "A title",
        "2025-07-31T08:02:06Z",
    )
    assert item["mentions"][0] == {"@type": "Person", "name": "Anna Example", "alternateName": ["Example"], "jobTitle": "minister"}  # fmt: skip
    assert [mention["@type"] for mention in item["mentions"]] == ["Person", "Place", "Organization", "Event"]
