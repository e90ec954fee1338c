"""Which names are one."""

from collections.abc import Callable

import pytest

from schemas.articles import AnnotatedArticle, Entity
from workers.entities.acronyms import spells
from workers.entities.people import parse_person, same_person
from workers.entities.roles import role_after, role_before

Annotate = Callable[..., AnnotatedArticle]


def entity(article: AnnotatedArticle, name: str) -> Entity:
    """The entity with that form among its names."""
    return next(one for one in article.entities if name in (one.name, *one.aliases))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Sergei Baranov", "Sergey Baranov", True),
        ("Ahmad al-Khatib", "Ahmed Khatib", True),
        ("Ahmad al-Khatib", "Ahmad Al-Khatib", True),
        ("J. Okafor", "James Okafor", True),
        ("James Okafor", "Mary Okafor", False),
        ("Maria da Silva", "Maria Silva", True),
        ("George Walker Hall", "George Hall", True),
    ],
)
def test_forms_of_one_person(one: str, other: str, same: bool) -> None:
    assert same_person(parse_person(one), parse_person(other)) is same


def test_two_people_with_one_surname_stay_two(annotate: Annotate) -> None:
    article = annotate(
        "Daniel Okafor met his sister Grace Okafor on Monday. Mrs Okafor said nothing. Mr Okafor smiled."
    )
    daniel, grace = entity(article, "Daniel Okafor"), entity(article, "Grace Okafor")
    assert daniel.id != grace.id
    by_start = {
        article.text[mention.start - 4 : mention.start].strip(): mention.entity
        for mention in article.mentions
        if mention.text == "Okafor"
    }
    assert by_start == {"Mrs": grace.id, "Mr": daniel.id}


def test_particles_and_capitals_make_no_new_person(annotate: Annotate) -> None:
    article = annotate(
        "Foreign Minister Hassan al-Rubaie arrived in Baghdad. Al-Rubaie met reporters, and Rubaie later flew home."
    )
    assert entity(article, "Hassan al-Rubaie").count == 3


def test_an_acronym_is_what_it_was_defined_for(annotate: Annotate) -> None:
    article = annotate(
        "The National Election Board (NEB) met on Friday. A recount was ordered, the NEB said in a statement."
    )
    board = entity(article, "NEB")
    assert board.name == "National Election Board"
    assert board.count == 3
    assert board.type == "ORG"


def test_an_acronym_may_stand_apart_from_its_brackets(annotate: Annotate) -> None:
    article = annotate(
        "Tenants of the Harbour Authority of East Marnholm ( HAEM ) wait . On Friday HAEM asked for time ."
    )
    authority = entity(article, "HAEM")
    assert (authority.name, authority.type, authority.count) == ("Harbour Authority of East Marnholm", "ORG", 3)


def test_one_country_under_its_names(annotate: Annotate) -> None:
    article = annotate(
        "Officials in Türkiye said the border was open. Turkey closed it in May, and the United States asked Turkey why. The U.S. had no reply."
    )
    assert {(one.name, one.country) for one in article.entities if one.type == "GPE"} == {
        ("Turkey", "TR"),
        ("United States", "US"),
    }


def test_peoples_carry_their_country(annotate: Annotate) -> None:
    article = annotate("Kenyan officials met a Danish delegation.")
    assert {(one.type, one.name, one.country) for one in article.entities} == {
        ("NORP", "Kenyan", "KE"),
        ("NORP", "Danish", "DK"),
    }


def test_a_capital_may_stand_for_its_government(annotate: Annotate) -> None:
    article = annotate(
        "Moscow denied the report. The train from Moscow was late. Talks between Tehran and Moscow failed."
    )
    assert [mention.metonym for mention in article.mentions if mention.text == "Moscow"] == [True, None, True]


@pytest.mark.parametrize(
    ("text", "name", "words", "country"),
    [
        ("Then Ghanaian Foreign Minister Ama Boateng spoke.", "Ama Boateng", "Ghanaian Foreign Minister", "GH"),
        ("former prime minister Ama Boateng spoke", "Ama Boateng", "former prime minister", None),
    ],
)
def test_a_role_before_a_name(text: str, name: str, words: str, country: str | None) -> None:
    role = role_before(text, text.index(name))
    assert role is not None
    assert (role.words, role.country) == (words, country)


def test_a_role_after_a_name() -> None:
    text = "said Ama Boateng, the health minister of Ghana, on Monday"
    role = role_after(text, text.index(","))
    assert role is not None
    assert (role.words, role.country) == ("health minister of Ghana", "GH")


@pytest.mark.parametrize(
    ("letters", "words", "right"),
    [
        ("WHO", "World Health Organization", True),
        ("UNHCR", "United Nations High Commissioner for Refugees", True),
        ("NEB", "National Road Board", False),
    ],
)
def test_letters_spell_words(letters: str, words: str, right: bool) -> None:
    assert spells(letters, words) is right
