"""Names in languages without a model: people, places and the speakers of quotes."""

from collections.abc import Callable

import pytest

from schemas.articles import AnnotatedArticle

Annotate = Callable[..., AnnotatedArticle]


@pytest.mark.parametrize(
    ("language", "text", "names", "speaker"),
    [
        ("de", "„Wir bauen weiter“, sagte Bürgermeisterin Anna Keller in Hamburg.", {"PER Anna Keller", "GPE Hamburg"}, "Anna Keller"),
        ("fr", "« Nous sommes prêts », a déclaré Claire Fontaine, maire de Lyon.", {"PER Claire Fontaine", "GPE Lyon"}, "Claire Fontaine"),
        ("es", "«Estamos listos», afirmó el alcalde Pedro Navarro en Zaragoza.", {"PER Pedro Navarro", "GPE Zaragoza"}, "Pedro Navarro"),
        ("ru", "«Мы готовы», — сказал мэр Иван Петров в Казани.", {"PER Иван Петров", "GPE Казани"}, "Иван Петров"),
        ("uk", "«Ми готові», — сказав мер Андрій Коваленко у Києві.", {"PER Андрій Коваленко", "GPE Києві"}, "Андрій Коваленко"),
        ("ar", 'وقال المدير سامر الخطيب: "نحن جاهزون للعمل غدا" في بيروت ومصر.', {"PER سامر الخطيب", "GPE بيروت", "GPE مصر"}, "سامر الخطيب"),
    ],
)  # fmt: skip
def test_people_places_and_speakers(
    annotate: Annotate, language: str, text: str, names: set[str], speaker: str
) -> None:
    article = annotate(text, language)
    assert {f"{one.type} {one.name}" for one in article.entities} == names
    by_id = {one.id: one.name for one in article.entities}
    assert [by_id[quote.speaker or ""] for quote in article.quotes] == [speaker]


def test_cases_of_russian_find_the_same_country(annotate: Annotate) -> None:
    article = annotate("Делегация из Сирии прибыла в Москву.", "ru")
    assert {one.country for one in article.entities} == {"SY", "RU"}
