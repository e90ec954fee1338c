"""The normal form of texts, and telling quickly which of many texts says something."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.normalize import comparable, normalize, says, which_say

_PIECES = st.sampled_from(
    ["plain words", "e\u0301", "\u212b", "\u2260", "=\u0338", "\r\n", "\r", "\u00ad", "\u00a0", "\x07", "\u2028", "\ufeff", "\ud800", "Привіт", "日本", "é", "  ", "’", "\ufb01", "\u1100\u1161"]
)  # fmt: skip
_WORDS = st.text(st.sampled_from("aB İß_.–7 é"), max_size=12)


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_a_long_text_is_brought_to_the_same_form_as_a_short_one(text: str) -> None:
    rest = "." + "x" * 2_000
    assert normalize(text + rest) == normalize(text) + rest


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_the_normal_form_is_nfc_and_stays_as_it_is(text: str) -> None:
    once = normalize(text)
    assert once == unicodedata.normalize("NFC", once) == normalize(once)


@pytest.mark.parametrize("rest", ["", "\n" + "x" * 2_000])
def test_mojibake_is_mended_line_by_line(rest: str) -> None:
    assert normalize("Er sagte â€žJaâ€œ.\nSchÃ¶n, fÃ¼r alle." + rest) == "Er sagte „Ja“.\nSchön, für alle." + rest


@given(st.lists(_WORDS, max_size=6), st.lists(_WORDS, max_size=3), st.integers(0, 12))
def test_telling_quickly_is_telling_by_all_words(texts: list[str], claims: list[str], longest: int) -> None:
    said = {comparable(claim) for claim in claims}
    assert which_say(texts, said, longest) == [len(text) <= longest and comparable(text) in said for text in texts]
    for text in texts:
        for words in said:
            assert says(text, words) == (comparable(text) == words)
