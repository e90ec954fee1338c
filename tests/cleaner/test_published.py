"""Dates as pages write them: the quick search finds what trying every pattern at every place finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.cleaner import date_patterns, published
from workers.cleaner.published import find_stamps

_PIECES = st.sampled_from(
    ["12 March 2024", "March 3, 2021", "Sept. 30 2019, 9:15 pm", "2024-01-02T10:11:12Z", "31.12.2023", "3/4/21", "1. Mai 2020 um 8.30 Uhr", "5", "2020", "1403", "March",
     "12 خرداد 1403", "٥ مارس 2023", "2024年3月1日", "2021 May 5", "10 May", "31st of July 2025", "'24", ", ", " ", ".", "/", "-", "at 10:30", "x", "\n", "17:05", "МАРТА", "10th", "APRİL"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=9).map("".join))
def test_asking_only_where_a_date_can_begin_misses_none(text: str) -> None:
    small = published._plain(text).lower()
    patterns = (date_patterns.ISO, date_patterns._NUMERIC, *date_patterns.patterns())
    everywhere = sorted((match.span(), match[0]) for pattern in patterns for match in pattern.finditer(small))
    assert sorted((match.span(), match[0]) for match in date_patterns.matches(small)) == everywhere


def test_stamps_come_in_order_with_their_place_in_the_text() -> None:
    text = "Posted March 3, 2021, updated 4. Mai 2021"
    stamps = find_stamps(text, "visible_stamp", 0.5)
    assert [stamp.published.value for stamp in stamps] == ["2021-03-03", "2021-05-04"]
    assert [text[stamp.start : stamp.end].rstrip(" ,") for stamp in stamps] == ["March 3, 2021", "4. Mai 2021"]


def test_eastern_figures_are_read() -> None:
    assert [stamp.published.value for stamp in find_stamps("٥ مارس ٢٠٢٣", "visible_stamp", 0.5)] == ["2023-03-05"]


@pytest.mark.parametrize(
    "stamp",
    [
        "15 март 2024 г.", "15. marca 2024", "15. marec 2024", "15. март 2024.", "15 сакавіка 2024", "15 mars 2024", "2024 m. kovo 15 d.", "15. märts 2024",
        "15 Maret 2024", "15 Mac 2024", "15 tháng 3 năm 2024", "15 tháng 3, 2024", "15 במרץ 2024", "15 मार्च 2024", "१५ मार्च २०२४", "১৫ মার্চ ২০২৪", "15 مارچ 2024",
        "۱۵ مارس ۲۰۲۴", "15 mart 2024", "15 наурыз 2024", "15 მარტი 2024", "15 մարտի 2024", "15 de março de 2024", "15 marzo 2024",
    ],
)  # fmt: skip
def test_a_stamp_is_read_in_many_languages(stamp: str) -> None:
    assert [found.day for found in find_stamps(stamp, "visible_stamp", 0.5)] == ["2024-03-15"]


@pytest.mark.parametrize("text", ["8 May, 17:05", "8 мая 17:05", "10.99", "3-2"])
def test_what_is_no_year_makes_no_date(text: str) -> None:
    assert find_stamps(text, "visible_stamp", 0.5) == []
