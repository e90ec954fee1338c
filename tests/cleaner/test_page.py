"""The rules over the model for web pages."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import CleanedArticle
from workers.cleaner.clean import clean
from workers.cleaner.intake import read_raw
from workers.cleaner.page import thousandths

STORY = [
    f"The harbour council is wrong about the bridge, and the {word} reason is plain: nobody who lives by the canal has been asked, and nobody will be."
    for word in ("first", "second", "third", "fourth")
]
COMMENTS = [
    f"I could not agree more with the writer, and my neighbour in house number {number} says the same about it."
    for number in range(4)
]


def _clean(body: str) -> CleanedArticle:
    page = f"<html><head><title>Ask the people</title></head><body>{body}</body></html>"
    return clean(read_raw(page.encode(), (("content-type", b"text/html"),)))


def _paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_comments_go() -> None:
    found = _clean(
        f"<main><h1>Ask the people</h1><article>{_paragraphs(STORY)}</article>"
        f'<div class="comments"><h2>Comments</h2>{_paragraphs(COMMENTS)}</div></main>'
    )
    assert all(text in found.text for text in STORY)
    assert not any(text in found.text for text in COMMENTS)


def test_an_opinion_piece_that_names_its_kind_is_no_comment_on_itself() -> None:
    """German pages call an opinion piece "Kommentar"; teasers beside it must not take its place."""
    teaser = "The ferry company carried more people than ever before last year, and it wants to buy a second ship by the end of May."
    found = _clean(
        f'<main><article class="kommentar"><h1>Ask the people</h1>{_paragraphs(STORY)}</article></main><div>{_paragraphs([teaser] * 3)}</div>'
    )
    assert all(text in found.text for text in STORY)


def test_an_opinion_piece_below_a_headline_of_its_own_stays_too() -> None:
    found = _clean(
        f'<main><h1>Ask the people</h1><div class="kommentar">{_paragraphs(STORY)}</div>'
        f'<section class="kommentare">{_paragraphs(COMMENTS)}</section></main>'
    )
    assert all(text in found.text for text in STORY)


@given(st.lists(st.floats(0, 1, width=32), max_size=50))
def test_scores_are_rounded_as_python_rounds(chances: list[float]) -> None:
    left = 1.0 - np.array(chances, np.float32).astype(np.float64)
    assert thousandths(left) == [round(one, 3) for one in left.tolist()]
