"""Who said what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.articles import AnnotatedArticle
from workers.entities.quotes import quote_spans

Annotate = Callable[..., AnnotatedArticle]


def said(article: AnnotatedArticle) -> list[tuple[str | None, str]]:
    names = {entity.id: entity.name for entity in article.entities}
    return [(names[quote.speaker] if quote.speaker else None, quote.text) for quote in article.quotes]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('"The road is open again," said Ama Boateng, the transport minister.', "Ama Boateng"),
        ('"The road is open again," Ama Boateng told reporters in Kumasi.', "Ama Boateng"),
        ('Ama Boateng said on Monday: "The road is open again."', "Ama Boateng"),
        ('According to Ama Boateng, the road is "open to all again".', "Ama Boateng"),
        ('Transport Minister Ama Boateng arrived late. "The road is open again," she said.', "Ama Boateng"),
        (
            'Ghanaian Transport Minister Ama Boateng met Kwame Asante. "The road is open again," the Ghanaian minister said.',
            "Ama Boateng",
        ),
        ('"The road is open again," said a police officer who did not want to be named.', None),
        ('Kwame Asante watched. "The road is open again," a spokesman said.', None),
        ("“The road is open again,” said Dr. Ama Boateng of the Lindqvist Foundation.", "Ama Boateng"),
        ('Kwame Asante asked about the road, but Ama Boateng replied that it was "open to all again".', "Ama Boateng"),
    ],
)
def test_the_speaker_of_a_quote(annotate: Annotate, text: str, speaker: str | None) -> None:
    assert [name for name, _ in said(annotate(text))] == [speaker]


def test_a_split_quote_has_one_speaker(annotate: Annotate) -> None:
    article = annotate('"The road is open," Ama Boateng said on Monday. "We worked on it all night."')
    assert said(article) == [("Ama Boateng", "The road is open,"), ("Ama Boateng", "We worked on it all night.")]


def test_a_quote_over_paragraphs_keeps_its_speaker(annotate: Annotate) -> None:
    text = '"The road is open again after a long week," said Ama Boateng. "Nobody was hurt in the slide.\n\n"We will build a wall before the rain comes."\n\nWork starts soon.'
    assert [name for name, _ in said(annotate(text))] == ["Ama Boateng"] * 3


def test_she_is_the_woman_who_spoke_last(annotate: Annotate) -> None:
    article = annotate(
        'Grace Mensah met Daniel Owusu. "It was a good talk," she said. "I agree with all of it," he added.'
    )
    assert [name for name, _ in said(article)] == ["Grace Mensah", "Daniel Owusu"]


def test_words_in_marks_that_nobody_says_are_no_quote(annotate: Annotate) -> None:
    assert said(annotate('The so-called "smart road" runs past the lake.')) == []


def test_indirect_speech_is_a_statement(annotate: Annotate) -> None:
    article = annotate("Ama Boateng said that the road would open in May. The lake is near.")
    names = {entity.id: entity.name for entity in article.entities}
    assert [(names[one.speaker or ""], one.text, one.cue) for one in article.statements] == [
        ("Ama Boateng", "the road would open in May", "said")
    ]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He said "yes" and “no”.', ["yes", "no"]),
        ("« Oui, demain », dit-il.", ["Oui, demain"]),
        ("„Ja, morgen“, sagte er.", ["Ja, morgen"]),
        ("»Ja, morgen«, sagte er.", ["Ja, morgen"]),
        ('It is 5" long.', []),
        ('"a line that is never closed in this text', ["a line that is never closed in this text"]),
    ],
)
def test_marks_of_many_kinds(text: str, inside: list[str]) -> None:
    assert [text[start:end] for start, end in quote_spans(text)] == inside


def test_every_quote_of_the_sample_has_its_speaker(annotate: Annotate) -> None:
    path = Path(__file__).resolve().parents[3] / "shared" / "samples" / "aggregator-dump.txt"
    if not path.is_file():
        pytest.skip("the sample (../shared/samples) is not here")
    dump = path.read_text(encoding="utf-8")
    body = dump[dump.index("Russian Foreign Minister Sergey") : dump.index("MENAFN3107")]
    assert [name for name, _ in said(annotate(body))] == ["Sergey Lavrov"] * 3 + ["Asaad al-Shaibani"] * 2
