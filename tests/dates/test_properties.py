"""What holds for any text: no crash, exact offsets, ordered spans and ranges, values that are TIMEX3, and no effect of what stands far away."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.articles import TemporalExpression
from workers.dates.find import find
from workers.dates.grammar import LANGUAGES

TIMEX3 = re.compile(
    r"(?:PRESENT|PAST|FUTURE)_REF|BC(?:\d{2,4}|\d{3})|P(?:T?(?:X|\d+(?:\.\d+)?)(?:S|M|H|D|W|Y|Q|DE|CE|ML))|(?:\d{2}|\d{3}|\d{4}|XXXX)"
    r"(?:-(?:\d\d|XX|Q[1-4X]|H[12X]|SP|SU|FA|WI|W(?:\d\d|XX)(?:-(?:WE|[1-7]))?)(?:-(?:\d\d|XX))?)?(?:T(?:\d\d(?::\d\d){0,2}|MO|AF|EV|NI))?"
)  # fmt: skip
PIECES = [
    "two", "days", "ago", "last", "Monday", "March", "May", "3", "2024", "the", "first", "quarter", "of", "1990s", "at", "8 p.m.", "GMT", "every",
    "week", "31.12.2023", "2024-02-30", "99", "0", "Uhr", "vor", "Jahren", "gestern", "15 октября", "٣١", "تموز", "2025年", "7月", "Christmas", "BC",
    "century", "next", "year", ",", ".", "-", "(", "'", "\n\n", " ", "İ", "ß", "half", "million", "0000-00-00", "9999", "24:00", "12:60", "24 hours",
]  # fmt: skip
texts = st.one_of(
    st.text(), st.lists(st.sampled_from(PIECES)).map(" ".join), st.lists(st.sampled_from(PIECES)).map("".join)
)
languages = st.sampled_from([*LANGUAGES, "nl", "und", "xx"])
published = st.sampled_from(
    [None, "2025-07-31", "2024-02-29T10:00:00+02:00", "2025-07", "0001-01-01", "9999-12-31", "nonsense"]
)


@settings(max_examples=300, deadline=None)
@given(texts, published, languages)
def test_any_text_gives_sound_expressions(text: str, when: str | None, language: str) -> None:
    end = 0
    for found in find(text, when, language):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        assert TIMEX3.fullmatch(found.value), found
        assert TemporalExpression.model_validate(found.model_dump(), strict=True) == found
        assert (found.from_ is None) == (found.to is None)
        assert found.from_ is None or found.from_ <= (found.to or "")
        end = found.end


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="bcdfghjklmnpqvwxz\n .,", max_size=200))
def test_what_stands_around_changes_nothing(around: str) -> None:
    sentence = "\n\nThe bank said on Monday that it was founded in May 1998.\n\n"
    alone = [(found.text, found.value) for found in find(sentence, "2025-07-31")]
    between = [(found.text, found.value) for found in find(around + sentence + around, "2025-07-31")]
    assert between == alone == [("Monday", "2025-07-28"), ("May 1998", "1998-05")]


@pytest.mark.parametrize(
    "piece", ["two years ago, on Monday, March 3-5, 2024 and ", "1 2 3 4 ", "the first twenty-four and a half ", "a"]
)
def test_cost_grows_with_the_length_only(piece: str) -> None:
    """Ten times the text takes about ten times as long: quadratic work would take a hundred times."""

    def cost(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        start = time.process_time()
        find(text, "2024-01-01")
        return time.process_time() - start

    cost(10_000)
    assert cost(200_000) < 60 * cost(20_000) + 0.2
