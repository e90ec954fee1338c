"""Absurdly deep pages are flattened, all others reach the parser byte for byte."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.cleaner import bounds
from workers.cleaner.bounds import flattened
from workers.errors import Refused
from workers.text import native

_TAGS = st.sampled_from(
    ("<div>", "</div>", "<DIV class=a>", "<b>", "</b>", "<p>", "<br>", "<", "</", "</ b>", "<1>", "<x-y>", "<İ>", "<!-- <i> -->", "text", "</x")
)  # fmt: skip
DEEP = "<div>" * 3_000 + "<p>Deep down.</p>" + "</div>" * 3_000


def test_a_common_page_is_left_alone() -> None:
    page = "<div><p>The harbour is closed.</p></div>" * 4_000
    assert flattened(page, page.encode()) == page.encode()


def test_what_nests_too_deep_is_flattened() -> None:
    shallow = flattened(DEEP, DEEP.encode())
    assert b"<div" not in shallow
    assert b"<p>Deep down.</p>" in shallow


def test_too_many_tags_are_refused() -> None:
    page = "<p>" * 600_001
    with pytest.raises(Refused, match="600000 tags"):
        flattened(page, page.encode())


def test_more_kinds_of_elements_than_the_core_counts_are_counted_too() -> None:
    page = "".join(f"<x{number}>" for number in range(300)) + DEEP
    assert b"<div" not in flattened(page, page.encode())


@pytest.mark.parametrize("limits", [(0, 20, 3), (8, 1_000, 4), (0, 1_000, 1)])
@given(tags=st.lists(_TAGS, max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_the_core_and_its_twin_agree(limits: tuple[int, int, int], tags: str) -> None:
    few, most, deepest = limits
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_FEW_TAGS", few), ("_MAX_TAGS", most), ("_DEEPEST", deepest)):
            patch.setattr(bounds, name, value)
        told = bounds._may_be_deep(tags.encode())
        patch.setattr(native, "LIBRARY", None)
        try:
            deep = bool(bounds._may_be_deep(tags.encode()) and bounds._deep_names(tags))
        except Refused:
            deep = True
    assert told == deep
