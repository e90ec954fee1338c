"""What stands around a place's name says which place it is."""

import pytest

from workers.entities.link import link_places
from workers.entities.place_cues import called_country, called_state, qualifiers, state_peers
from workers.entities.places import Place, load_places
from workers.entities.recognise import Name
from workers.entities.resolve import resolve


def linked(text: str, *names: str) -> dict[str, Place | None]:
    """The places that these names of the text are linked to."""
    found = [Name(text.index(name), text.index(name) + len(name), "GPE", 0.9) for name in names]
    groups, _ = resolve(text, found)
    links = link_places(text, groups, None)
    return {group.canonical: links[id(group)].place if id(group) in links else None for group in groups}


def mention(text: str, name: str) -> list[Name]:
    return [Name(text.index(name), text.index(name) + len(name), "GPE", 0.9)]


def test_a_state_after_a_state_is_the_next_of_a_list() -> None:
    text = "Cases rose in Oregon, Washington, West Virginia and Wyoming."
    states = load_places().named("Washington")
    assert qualifiers(text, mention(text, "Washington"), states) == (set(), set())
    assert state_peers(text, mention(text, "Washington"), "US") == 2
    found = linked(text, "Oregon", "Washington", "West Virginia", "Wyoming")["Washington"]
    assert found is not None
    assert (found.level, found.division) == ("state", "WA")


@pytest.mark.parametrize(
    ("text", "state", "country"),
    [
        ("the state of Washington voted", True, False),
        ("Washington state voted", True, False),
        ("the Prime Minister of Washington", False, True),
        ("a street in Washington", False, False),
    ],
)
def test_offices_and_class_words(text: str, state: bool, country: bool) -> None:
    names = mention(text, "Washington")
    assert (called_state(text, names), called_country(text, names)) == (state, country)


def test_a_prime_minister_has_a_country() -> None:
    found = linked("The Prime Minister of Georgia resigned on Friday.", "Georgia")["Georgia"]
    assert found is not None
    assert found.country == "GE"


def test_a_town_in_another_state_than_ours_is_not_linked() -> None:
    assert linked("The trial in Bradford, Ontario, goes on.", "Bradford")["Bradford"] is None


def test_divisions_of_the_world_are_known() -> None:
    found = next(place for place in load_places().named("Tocantins") if place.level == "state")
    assert (found.country, found.geonames_id) == ("BR", 3474575)
    assert found.lat == pytest.approx(-9.3, abs=0.5)
