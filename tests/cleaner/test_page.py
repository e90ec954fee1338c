"""The rules over the model for web pages."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from schemas.articles import CleanedArticle
from workers.cleaner import page as page_module
from workers.cleaner.blocks import read_page
from workers.cleaner.clean import clean
from workers.cleaner.intake import read_raw
from workers.cleaner.memory import empty_profile, fingerprints, remember
from workers.cleaner.page import thousandths
from workers.cleaner.signs import signs_of

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


def _reasons(found: CleanedArticle) -> dict[str, str]:
    return {piece.text: piece.reason for piece in found.removed}


def test_a_theme_that_names_everything_comments_keeps_its_story() -> None:
    page = read_page(
        LexborHTMLParser(f'<body><div class="comments">{_paragraphs(STORY)}</div><p>Seen by 12 readers</p></body>')
    )
    chosen = np.ones(len(page.blocks), bool)
    page_module._cut_comments(page, chosen, -1)
    assert chosen.all()


@pytest.mark.parametrize("headline", [0, -1])
def test_only_a_container_around_the_headline_and_the_lead_is_the_story(headline: int) -> None:
    """The model takes all for body here: what the rule alone does."""
    outside = _paragraphs([text.replace("harbour", "market") for text in STORY])
    source = (
        f'<body><div class="kommentar"><h1>Ask the people</h1>{_paragraphs(STORY)}</div><div>{outside}</div></body>'
    )
    page = read_page(LexborHTMLParser(source))
    chosen = np.ones(len(page.blocks), bool)
    page_module._cut_comments(page, chosen, headline)
    kept = [block.text for block, is_body in zip(page.blocks, chosen, strict=True) if is_body]
    assert (STORY[0] in kept) == (headline == 0)
    assert STORY[0].replace("harbour", "market") in kept


def test_a_paragraph_that_is_said_twice_is_kept_once() -> None:
    found = _clean(f"<article><h1>Ask the people</h1>{_paragraphs([*STORY, STORY[1]])}</article>")
    assert found.text.count(STORY[1]) == 1
    assert _reasons(found)[STORY[1]] == "repeated_text"


def test_a_pointer_to_another_story_goes_though_the_model_takes_it_for_body() -> None:
    pointer = "Read also: The mayor of the old town resigns after nine years in office"
    found = _clean(f"<article><h1>Ask the people</h1>{_paragraphs([*STORY[:2], pointer, *STORY[2:]])}</article>")
    assert _reasons(found)[pointer] == "promotion"


@pytest.mark.parametrize(("chance", "reason"), [(0.99, None), (0.6, "legal_notice")])
def test_a_story_may_speak_of_a_privacy_policy(chance: float, reason: str | None) -> None:
    line = "He had read the privacy policy twice, he said on Monday."
    assert page_module._ruled(line, signs_of([line])[0], chance) == reason


def test_what_a_source_repeats_goes_from_a_page_too() -> None:
    furniture = "The Harbour Post is read by thirty thousand households between the two bridges every single morning."
    profile = empty_profile("example.org")
    for number in range(3):
        profile = remember(profile, fingerprints([furniture, f"story {'x' * number}"]))
    raw = read_raw(
        f"<html><body><article><h1>Ask the people</h1>{_paragraphs([*STORY, furniture])}</article></body></html>".encode(),
        (("content-type", b"text/html"),),
    )
    assert furniture in clean(raw).text
    found = clean(raw, profile)
    assert furniture not in found.text
    assert _reasons(found)[furniture] == "source_repeats"


def test_running_text_is_the_body_where_the_model_finds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "page_chances", lambda page, *_: np.zeros(len(page.blocks), np.float32))
    found = _clean(f"<h1>Ask the people</h1><p>{STORY[0]}</p><p>Menu</p><nav><p>{STORY[1]}</p></nav>")
    assert found.text == STORY[0]


def test_the_text_in_json_ld_is_the_body_of_a_page_that_shows_its_first_lines() -> None:
    told = json.dumps({"@type": "NewsArticle", "headline": "Ask the people", "articleBody": "\n\n".join(STORY * 2)})
    found = _clean(f'<script type="application/ld+json">{told}</script><h1>Ask the people</h1><p>{STORY[0]}</p>')
    assert all(text in found.text for text in STORY)
    assert "body_from_metadata" in found.quality.flags


@given(st.lists(st.floats(0, 1, width=32), max_size=50))
def test_scores_are_rounded_as_python_rounds(chances: list[float]) -> None:
    left = 1.0 - np.array(chances, np.float32).astype(np.float64)
    assert thousandths(left) == [round(one, 3) for one in left.tolist()]
