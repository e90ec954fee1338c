"""What must hold for any text at all, and what the stage adds to an article."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schemas.articles import AnnotatedArticle

Annotate = Callable[..., AnnotatedArticle]
PIECES = st.one_of(
    st.text(max_size=40),
    st.sampled_from((
        "President Amara Diallo", " said ", '"We will not leave,"', "\n\n", " the UN (", "WHO)", "Al-Khatib's ", "U.S. ", "Mr. ", "“", "”", "« ", " »",
        "Paris, Texas", " according to ", "New York City ", "İstanbul", "الرئيس ", "Москва ", "ǅ", "e\u0301", "\u200b", "😀", "he added", "O'Neill", "(", ")", "$",
    )),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(text=TEXTS, language=st.sampled_from(("en", "de", "fr", "es", "ru", "uk", "ar", "fi", "zh", "und")))
@example(text="", language="en")
@example(text="\ud800 lone surrogate", language="en")
@example(text="Von Von Präsident von von", language="de")
def test_any_text_gives_mentions_that_are_the_text(annotate: Annotate, text: str, language: str) -> None:
    article = annotate(text, language)
    for piece in (*article.mentions, *article.quotes, *article.statements):
        assert text[piece.start : piece.end] == piece.text
        assert piece.text
    ids = {entity.id for entity in article.entities}
    assert {mention.entity for mention in article.mentions} == ids
    assert len(ids) == len(article.entities)
    assert all(quote.speaker in ids | {None} for quote in (*article.quotes, *article.statements))


@SLOW
@given(text=TEXTS)
def test_mentions_come_in_order_and_do_not_overlap(annotate: Annotate, text: str) -> None:
    mentions = annotate(text).mentions
    assert all(one.end <= other.start for one, other in pairwise(mentions))


@SLOW
@given(text=TEXTS)
def test_the_same_text_gives_the_same_again(annotate: Annotate, text: str) -> None:
    first = annotate(text)
    annotate("Something else by Maria Oliveira in Lisbon.")
    assert annotate(text) == first


def test_the_order_of_sentences_changes_no_place_named_in_them(annotate: Annotate) -> None:
    sentences = ["Heavy rain fell in Nairobi.", "The bridge at Mombasa was closed.", "Flights to Kampala were late."]
    forward, backward = annotate(" ".join(sentences)), annotate(" ".join(reversed(sentences)))
    assert {entity.name for entity in forward.entities} == {entity.name for entity in backward.entities}
    assert {"Nairobi", "Mombasa", "Kampala"} <= {entity.name for entity in forward.entities}


def test_counts_and_first_places_are_those_of_the_mentions(annotate: Annotate) -> None:
    article = annotate(
        "Lena Fischer spoke first. Later Fischer left. In Hamburg, Fischer had no comment.", title="Fischer leaves"
    )
    fischer = next(entity for entity in article.entities if entity.name == "Lena Fischer")
    assert (fischer.count, fischer.first_start, fischer.in_title) == (3, 0, True)
    assert fischer.aliases == ("Fischer",)


def test_a_long_text_is_read_to_its_end(annotate: Annotate) -> None:
    filler = "Nothing of note happened on the road that day, and the shops were closed. " * 4000
    article = annotate(filler + "Then Kofi Mensah arrived from Accra.")
    assert {"Kofi Mensah", "Accra"} <= {entity.name for entity in article.entities}


def test_the_article_says_how_well_its_language_is_known(annotate: Annotate) -> None:
    levels = {code: annotate("Berlin.", code).entities_level for code in ("en", "de", "ar", "fi")}
    assert levels == {"en": "full", "de": "basic", "ar": "basic", "fi": "gazetteer"}


def test_the_agency_that_was_credited_is_found(annotate: Annotate) -> None:
    article = annotate(
        "Quillfeather reported it first, and later Quillfeather withdrew the report.", agency="Quillfeather"
    )
    assert [mention.type for mention in article.mentions if mention.text == "Quillfeather"] == ["ORG", "ORG"]


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize(
    "piece",
    [
        "A B ",
        "Smith ",
        '"',
        '"x ',
        "(ABC) ",
        "President ",
        "X",
        "al-",
        "Smith and ",
        "U.S.",
        "the village of ",
        "Paris\n",
        '"a b c d" said X. ',
    ],
)
def test_hostile_texts_are_read_to_their_end(annotate: Annotate, piece: str, language: str) -> None:
    text = piece * (20_000 // len(piece))
    assert annotate(text, language).text == text


def test_a_long_run_of_one_abbreviation_is_read_to_its_end(annotate: Annotate) -> None:
    text = "U.S. " * 20_000
    article = annotate(text)
    assert all(text[mention.start : mention.end] == mention.text for mention in article.mentions)
