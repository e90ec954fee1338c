"""Names that go on where the model stopped, and those whose administration tells of them."""

import pytest

from workers.entities.extended import administrations, extended
from workers.entities.recognise import Name


def seen(text: str, *names: tuple[str, str]) -> list[Name]:
    return [Name(text.index(words), text.index(words) + len(words), kind, 0.9) for words, kind in names]


@pytest.mark.parametrize(
    ("text", "names", "wanted"),
    [
        ("Omar al - Tarni spoke", [("Omar", "PER"), ("Tarni", "PER")], [("Omar al - Tarni", "PER")]),
        ("the al - Tarni family", [("Tarni", "PER")], [("al - Tarni", "PER")]),
        ("cells of al - Qaida there", [("Qaida", "PER")], [("al - Qaida", "ORG")]),
        ("a deal - Tarni said", [("Tarni", "PER")], [("Tarni", "PER")]),
        ("judges gave Mary Quarry the prize", [("Mary", "PER")], [("Mary Quarry", "PER")]),
        ("they saw Mary Monday", [("Mary", "PER")], [("Mary", "PER")]),
        ("Mary The Rock Orlo won", [("Mary", "PER")], [("Mary", "PER")]),
        ("Mary Orlo won", [("Mary", "PER"), ("Orlo", "LOC")], [("Mary", "PER"), ("Orlo", "LOC")]),
        ("Mary German won", [("Mary", "PER")], [("Mary", "PER")]),
        ("heard on BBC Radio 4 today", [("BBC Radio", "ORG")], [("BBC Radio 4", "ORG")]),
        ("BBC Radio 4.5 million heard", [("BBC Radio", "ORG")], [("BBC Radio", "ORG")]),
        ("Orlo Bank 4 clerks", [("Orlo Bank", "ORG")], [("Orlo Bank", "ORG")]),
    ],
)
def test_names_go_on_where_the_text_shows_it(
    text: str, names: list[tuple[str, str]], wanted: list[tuple[str, str]]
) -> None:
    assert [(text[one.start : one.end], one.type) for one in extended(text, seen(text, *names))] == wanted


def test_an_administration_is_a_persons_where_the_name_is_a_familys() -> None:
    text = "The Clinton administration ended. The Kabul administration, the German administration and the new administration stayed."
    assert [text[start:end] for start, end in administrations(text, [])] == ["Clinton"]


def test_an_administration_is_a_persons_where_the_text_has_that_person() -> None:
    text = "Jonas Welkaaq won. The Welkaaq administration begins."
    assert [text[start:end] for start, end in administrations(text, seen(text, ("Jonas Welkaaq", "PER")))] == [
        "Welkaaq"
    ]
