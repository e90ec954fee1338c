"""What a text says a name is decides its type in the whole article."""

import pytest

from workers.entities.called import called
from workers.entities.recognise import Name
from workers.entities.refine import refine
from workers.entities.roles import people_after_roles


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They toured with the band Marrow Lane in spring.", [("Marrow Lane", "ORG")]),
        ("Tavoli is a small furniture maker based in Udine.", [("Tavoli", "ORG")]),
        ("Oberkamp, a village in the hills, was cut off.", [("Oberkamp", "LOC")]),
        ("Ilse Brandt (born 1951) taught there.", [("Ilse Brandt", "PER")]),
        ("The Harbour Club is a club for sailors.", [("Harbour Club", "ORG")]),
        ("40 Miles to Orlo is a rock band from Tarn.", [("40 Miles to Orlo", "ORG")]),
        ("7MH is a radio station in Marnholm.", [("7MH", "ORG")]),
        ("The Tarn Rail Safety Panel (TRSP) is an agency of two people.", [("Tarn Rail Safety Panel", "ORG")]),
        ("In 1990 was a village of tents.", []),
        ("He is a member of a team that won.", []),
        ("It was a village in name only.", []),
        ("Tavoli is a company director.", []),
    ],
)
def test_the_word_beside_a_name_says_what_it_is(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(text[start:end], kind) for start, end, kind in called(text)] == wanted


def test_what_is_said_once_holds_for_every_mention() -> None:
    text = "Tavoli cut jobs. Tavoli, a furniture maker in Udine, lost money. Nobody at Tavoli would talk."
    found = [(text[name.start : name.end], name.type) for name in refine(text, [Name(0, 6, "PER", 0.6)])]
    assert found.count(("Tavoli", "ORG")) == 3


def test_a_name_that_begins_with_a_number_is_found_again() -> None:
    text = "40 Miles to Orlo is a rock band from Tarn. The singer of 40 Miles to Orlo ran 140 Miles to Orlo."
    found = [name.start for name in refine(text, []) if text[name.start : name.end] == "40 Miles to Orlo"]
    assert found == [0, text.index("40 Miles", 1)]


def test_a_second_title_is_no_part_of_the_name() -> None:
    text = "Brigadier General Jonas Welk spoke."
    assert [text[start:end] for start, end in people_after_roles(text)] == ["Jonas Welk"]
