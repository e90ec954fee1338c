"""Everyday expressions of news, by language; the sentences are our own. Published on Wednesday, 12 November 2025."""

import pytest

from workers.dates.find import find

WEDNESDAY = "2025-11-12"
#: language: sentences, each with its expressions as (words, value).
EVERYDAY: dict[str, list[tuple[str, list[tuple[str, str]]]]] = {
    "en": [
        ("It opens on Dec. 3 and 4.", [("Dec. 3", "2025-12-03"), ("4", "2025-12-04")]),
        ("On March 10 and 11 people died.", [("March 10", "2025-03-10")]),
        ("On May 3 and 5 p.m. trains stopped.", [("May 3", "2025-05-03"), ("5 p.m.", "2025-05-03T17:00")]),
        ("The vote is set for a week from Tuesday.", [("a week from Tuesday", "2025-11-25")]),
        ("It is due two weeks from tomorrow.", [("two weeks from tomorrow", "2025-11-27")]),
        ("It leaves three days from now.", [("three days from now", "2025-11-15")]),
        ("It began a week ago Monday and ended a month ago today.", [("a week ago Monday", "2025-11-03"), ("a month ago today", "2025-10-12")]),
        ("He came a fortnight ago, the week before last.", [("a fortnight ago", "2025-W45"), ("the week before last", "2025-W44")]),
        ("They begin the week after next.", [("the week after next", "2025-W48")]),
        ("It will reopen in two weeks' time.", [("in two weeks' time", "2025-W48")]),
        ("It was built half a century ago.", [("half a century ago", "1975")]),
        ("It snowed in the week of March 3 and on the night of 5 May.", [("the week of March 3", "2025-W10"), ("the night of 5 May", "2025-05-05TNI")]),
        ("It is expected early next week, by the end of the month.", [("early next week", "2025-W47"), ("the end of the month", "2025-11")]),
        ("They march on the first of May.", [("the first of May", "2025-05-01")]),
        ("It is open from Monday to Friday, but not Saturday-Sunday.", [("Monday", "2025-11-10"), ("Friday", "2025-11-14"), ("Saturday", "2025-11-08"), ("Sunday", "2025-11-09")]),
        ("Prices have risen since January.", [("January", "2025-01")]),
        ("Music of the 1990s, science of the 1800s, at the turn of the 20th century.", [("the 1990s", "199"), ("the 1800s", "18"), ("the turn of the 20th century", "19")]),
        ("At the turn of the century it grew; in mid-2024 it fell.", [("the turn of the century", "20"), ("mid-2024", "2024")]),
        ("Profit rose in Q3 FY2025 and in Q1 of FY24.", [("Q3 FY2025", "2025-Q3"), ("Q1 of FY24", "2024-Q1")]),
        ("In H1 2026 or the first half of next year.", [("H1 2026", "2026-H1"), ("the first half of next year", "2026-H1")]),
        ("The park is closed until further notice.", []),
        ("The shop is open 24/7.", [("24/7", "P1D")]),
        ("After 9/11 the law changed.", [("9/11", "2001-09-11")]),
        ("It is on 24/7/2025 and 9/11/2025.", [("24/7/2025", "2025-07-24"), ("9/11/2025", "2025-09-11")]),
    ],
}  # fmt: skip
CASES = [(language, sentence, right) for language, listed in EVERYDAY.items() for sentence, right in listed]


@pytest.mark.parametrize(
    ("language", "sentence", "right"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_everyday_expression_is_read_right(language: str, sentence: str, right: list[tuple[str, str]]) -> None:
    assert [(found.text, found.value) for found in find(sentence, WEDNESDAY, language)] == right
