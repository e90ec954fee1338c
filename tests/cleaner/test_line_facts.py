"""What is told of lines at once leaves out nothing that the rules would find."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.cleaner import date_patterns, dated_page, published
from workers.cleaner.line_facts import BYLINE, COMMENTS, DATED, PROSE, RELATED, line_facts, may_date
from workers.cleaner.published import find_stamps, stamps_in
from workers.text.calendars import jalali_month_names

_DATES = (
    "{d} {m} {y}", "{d}. {m} {y}", "{d}{m}{y}", "{d}th {m}, {y}", "{d} de {m} del {y}", "{d} {m}, {y}", "{m} {d}, {y}", "{m}. {d}rd, {y}", "{y} {m} {d}", "{y}. m. {m} {d}",
    "{d} {m} năm {y}", "on {d}-{m}-{y} at 10:05", "{d} {m} '24",
)  # fmt: skip
_FIGURES = (
    "5.6.2024",
    "05/06/24",
    "5. 6. 24",
    "2024-06-05",
    "2024. 6. 5",
    "2024年6月5日",
    "2024년 6월 5일",
    "٥ مارس ٢٠٢٣",
    "1403/3/16",
    "5 خرداد 1403",
)
_PIECES = st.one_of(
    st.sampled_from(("5", "12", "17", "2024", "1999", "24", "May", "mai", "mars", "tháng", "th", "de", " ", ". ", ", ", "/", "-", ":", "年", "월", "’", "(", "x")),
    st.text(max_size=3),
)  # fmt: skip


@pytest.mark.parametrize("form", _DATES)
def test_every_month_is_told_of(form: str) -> None:
    names = [*date_patterns.months(), *jalali_month_names()]
    dates = [form.format(d=day, m=name, y=year) for name, day, year in product(names, (5, 12), (2024,))]
    assert [text for text in dates if _all_stamps(text) and not may_date(text)] == []
    assert [text for text in dates if _all_stamps(text) and not stamps_in(text, "visible_stamp", 0.5)] == []


@pytest.mark.parametrize("text", _FIGURES)
def test_figures_are_told_of(text: str) -> None:
    assert find_stamps(f"The port closed on {text}.", "visible_stamp", 0.5)


@given(st.lists(_PIECES, max_size=12).map("".join))
@settings(max_examples=1000, deadline=None)
def test_what_may_hold_no_date_holds_none(text: str) -> None:
    if not may_date(text):
        assert not [stamp for stamp in _all_stamps(text) if not _follows_comma(stamp)]


def _all_stamps(text: str) -> list[str]:
    """What the patterns find when they are asked everywhere."""
    small = text.replace("İ", "i").lower()
    patterns = (date_patterns._NUMERIC, date_patterns.ISO, *date_patterns.patterns())
    matches = [match for pattern in patterns for match in pattern.finditer(small)]
    return [match[0] for match in matches if published._read(match, small, "visible_stamp", 0.5)]


def _follows_comma(stamp: str) -> bool:
    """`8 May, 17:05`: two figures behind a comma are the hour."""
    return "," in stamp and "20" not in stamp and "19" not in stamp


def test_lines_are_told_apart() -> None:
    lines = [
        "3 Comments", "By Ann Hill", "Read more", "Harbour closed on 3 May 2024",
        "The ferry will sail again from Monday, the company said in the afternoon.", "8 May, 17:05", "Von der Leyen", "",
    ]  # fmt: skip
    assert line_facts(lines) == [COMMENTS, BYLINE, RELATED, DATED, PROSE, 0, BYLINE, 0]
    assert line_facts([]) == []
    assert line_facts(["By Ann\nHill", "x"]) == [BYLINE, 0]


@pytest.mark.parametrize(
    ("bit", "pattern", "heads"),
    [
        (COMMENTS, dated_page._COMMENTS, ("Comment", "3 comments", "Kommentare (4)", "Leave a reply", "Leave a comment", "Commentaires", "Comentario", "Responses", "Antworten", "Reaktionen", "обсуждения", "Diskussion")),
        (BYLINE, dated_page._BYLINE, ("by A", "Von B", "par C", "por D", "di E", "From F", "Author G", "autor H", "autor:in I", "text J", "автор K", "Posted by L", "written by M", "Redaktion", "Editor", "geschrieben")),
        (RELATED, dated_page._RELATED, ("Related", "More from", "more news", "latest", "Recent", "Most read", "You may", "Read also", "aktuelle", "Neueste", "letzte", "weitere", "mehr zum", "auch interessant", "lesen sie", "lies auch", "Meistgelesen", "Das könnte", "ähnliche", "verwandte", "à lire", "Articles récents", "derniers", "Les plus lus", "últimas", "más leíd", "leggi anche", "похожие", "читайте", "Archives", "archiv")),
    ],
)  # fmt: skip
def test_every_opener_is_told_of(bit: int, pattern: re.Pattern[str], heads: tuple[str, ...]) -> None:
    assert [head for head in heads if pattern.match(head) and not line_facts([head])[0] & bit] == []
    assert all(pattern.match(head) for head in heads)
