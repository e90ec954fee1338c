"""Words and sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.entities.tokens import LONGEST, sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mr. Osei's car", ["Mr.", "Osei", "'s", "car"]),
        ("the U.S. envoy al-Rashid", ["the", "U.S.", "envoy", "al-Rashid"]),
        ("AT&T rose 3.5%", ["AT&T", "rose", "3.5", "%"]),
        ("see https://example.org/a-b, @desk #news", ["see", "https://example.org/a-b,", "@desk", "#news"]),
    ],
)
def test_words_keep_what_belongs_to_them(text: str, words: list[str]) -> None:
    assert [word for sentence in sentences(text) for word in sentence.words] == words


def test_a_point_after_a_title_or_an_initial_ends_no_sentence() -> None:
    assert len(sentences("Dr. K. Mbeki left. He was late.")) == 2


def test_a_line_break_ends_a_sentence() -> None:
    assert [sentence.words for sentence in sentences("Headline without a point\nFirst words")] == [
        ["Headline", "without", "a", "point"],
        ["First", "words"],
    ]


@given(st.text(max_size=300))
def test_every_word_stands_where_it_says(text: str) -> None:
    for sentence in sentences(text):
        assert 0 < len(sentence.words) <= LONGEST
        for word, start in zip(sentence.words, sentence.starts, strict=True):
            assert text[start : start + len(word)] == word
