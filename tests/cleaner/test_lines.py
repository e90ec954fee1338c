"""What a line that is no prose is, and the quick ways of asking it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.cleaner.lines import classify
from workers.cleaner.signs import signs_of

_LINES = st.lists(
    st.sampled_from(
        ["Sign up now", "All rights reserved", "İstanbul", "", "Log in", "a plain line", "Privacy policy", "x" * 701 + " privacy", "Read more İİ", "CLICK HERE"]
    ),
    max_size=8,
)  # fmt: skip


@given(_LINES)
def test_the_signs_of_many_lines_are_the_signs_of_each(lines: list[str]) -> None:
    assert signs_of(lines) == [signs_of([line])[0] for line in lines]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("© 2024 The Harbour Post. All rights reserved.", "legal_notice"),
        ("Subscribe to our newsletter", "promotion"),
        ("Home | News | Sport", "navigation"),
        ("Photo: Ann Hill / The Harbour Post", "caption"),
        ("HRB20240731000045017167", "document_id"),
        ("31 July 2024, 09:15", "timestamp"),
        ("The ferry will sail again from Monday.", None),
    ],
)
def test_a_line_is_named_by_its_words(line: str, reason: str | None) -> None:
    assert classify(line) == reason
    assert classify(line, signs_of(["Log in", line, "Terms of use"])[1]) == reason
