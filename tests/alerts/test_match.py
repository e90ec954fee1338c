"""The matcher finds what a naive reading of the rules finds, and shows where."""

import unicodedata
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.articles import EnrichedArticle, Entity, Language, Mention
from workers.alerts.match import MOST_SPANS, compile_rules, fold, words_of
from workers.alerts.rules import Rule
from workers.alerts.words import split_words

VOCABULARY = (
    "Lavrov",
    "lavrov",
    "LAVROV",
    "Syria",
    "talks",
    "peace",
    "Café",
    "cafe",
    "Straße",
    "İstanbul",
    "и",
    "мир",
    "2025",
    "a",
)
COUNTRIES = ("SY", "RU", "NO")


def article(text: str = "", title: str | None = None, **fields: Any) -> EnrichedArticle:
    return EnrichedArticle(id="a1", text=text, title=title, **fields)


def rule(**fields: Any) -> Rule:
    return Rule.model_validate({"name": "R"} | fields)


def fires(rule: Rule, article: EnrichedArticle) -> bool:
    return bool(compile_rules([rule]).match(article))


# -- the naive reading -------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def plain_words(text: str) -> list[str]:
    words, word = [], ""
    for character in text + " ":
        if character.isalnum() or character == "_":
            word += character
        elif word:
            words.append(plain(word))
            word = ""
    return words


def says(text: str, phrase: str) -> bool:
    words, wanted = plain_words(text), plain_words(phrase)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def naively_fires(rule: Rule, article: EnrichedArticle) -> bool:
    places = [article.title or "", article.text]
    if any(says(place, phrase) for place in places for phrase in rule.without):
        return False
    if rule.sources and (article.source or "").lower() not in {source.lower() for source in rule.sources}:
        return False
    if rule.languages and article.language.code not in rule.languages:
        return False
    names = {plain(name) for entity in article.entities for name in (entity.name, *entity.aliases)}
    codes = {entity.country for entity in article.entities if entity.type in {"GPE", "LOC"}}
    held = {
        "words": any(says(place, phrase) for place in places for phrase in (*rule.keywords, *rule.phrases)),
        "entities": any(plain(name) in names for name in rule.entities),
        "countries": any(code.upper() in codes for code in rule.countries),
    }
    asked = {"words": rule.keywords or rule.phrases, "entities": rule.entities, "countries": rule.countries}
    return (all if rule.match == "all" else any)(held[kind] for kind, wanted in asked.items() if wanted)


word = st.sampled_from(VOCABULARY)
phrases = st.lists(st.lists(word, min_size=1, max_size=3).map(" ".join), max_size=2).map(tuple)
entity = st.builds(
    Entity,
    id=st.sampled_from(["e1", "e2"]),
    type=st.sampled_from(["PER", "GPE", "LOC", "ORG"]),
    name=word,
    aliases=st.lists(word, max_size=2).map(tuple),
    count=st.just(1),
    salience=st.just(0.5),
    first_start=st.just(0),
    country=st.sampled_from([None, *COUNTRIES]),
)
articles = st.builds(
    article,
    text=st.lists(word | st.sampled_from([".", ",", "-", "\n\n", "x"]), max_size=25).map(" ".join),
    title=st.none() | st.lists(word, max_size=5).map(" ".join),
    source=st.sampled_from([None, "example.org", "other.net"]),
    language=st.sampled_from([Language(code=code, confidence=1) for code in ("en", "de")]),
    entities=st.lists(entity, max_size=3, unique_by=lambda one: one.id).map(tuple),
)
rules = st.builds(
    dict,
    keywords=phrases,
    phrases=phrases,
    entities=st.lists(word, max_size=2).map(tuple),
    countries=st.lists(st.sampled_from([*COUNTRIES, "sy"]), max_size=2).map(tuple),
    without=st.just(()) | phrases,
    sources=st.sampled_from([(), ("example.org",), ("Example.ORG",)]),
    languages=st.sampled_from([(), ("en",)]),
    match=st.sampled_from(["any", "all"]),
).filter(lambda fields: any(fields[kind] for kind in ("keywords", "phrases", "entities", "countries")))


@settings(max_examples=150, deadline=None)
@given(article=articles, fields=st.lists(rules, min_size=1, max_size=5))
def test_many_rules_at_once_fire_as_a_naive_reading_of_each_says(
    article: EnrichedArticle, fields: list[dict[str, Any]]
) -> None:
    made = [Rule.model_validate({"name": f"rule {number}"} | one) for number, one in enumerate(fields)]
    matches = compile_rules(made).match(article)
    assert [match.rule.name for match in matches] == [one.name for one in made if naively_fires(one, article)]


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200), phrase=st.text(min_size=1, max_size=3))
def test_any_text_and_any_phrase_agree_with_the_naive_reading(text: str, phrase: str) -> None:
    if not plain_words(unicodedata.normalize("NFC", phrase)):
        return
    assert fires(Rule.model_construct(name="R", keywords=(phrase,)), article(text)) == says(
        text, unicodedata.normalize("NFC", phrase)
    )


@settings(max_examples=100, deadline=None)
@given(article=articles, fields=rules)
def test_every_span_is_the_text_that_it_names(article: EnrichedArticle, fields: dict[str, Any]) -> None:
    for match in compile_rules([rule(**fields)]).match(article):
        for span in match.spans:
            source = article.title or "" if span.field == "title" else article.text
            assert source[span.start : span.end] == span.text


# -- what people rely on -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("flood", "Floods and a flood.", True),
        ("flood", "Flooding, floods, bloodflood.", False),
        ("FLOOD", "a flood", True),
        ("cafe", "Le Café", True),
        ("Cafe\u0301 Tu\u0308rkiye", "café türkiye", True),
        ("İstanbul", "istanbul", True),
        ("Straße", "STRASSE", True),
        ("video game", "video-game", True),
        ("video game", "video\n\ngame", True),
        ("video game", "video of a game", False),
        ("мир", "Мир!", True),
    ],
)
def test_whole_words_whatever_their_case_and_accents(phrase: str, text: str, *, found: bool) -> None:
    assert fires(rule(keywords=[phrase]), article(text)) is found


def test_the_title_counts_and_is_named_as_the_field() -> None:
    match = compile_rules([rule(keywords=["flood"])]).match(article("No word of it.", "Great flood"))[0]
    assert [(span.field, span.text, span.start) for span in match.spans] == [("title", "flood", 6)]


def test_an_entity_is_found_by_its_alias_with_all_its_mentions() -> None:
    mentions = tuple(
        Mention(start=at, end=at + 6, text="Lavrov", type="PER", entity="e1", confidence=1) for at in (0, 12)
    )
    someone = Entity(id="e1", type="PER", name="Sergey Lavrov", aliases=("Lavrov",), count=2, salience=1, first_start=0)
    found = compile_rules([rule(entities=["LAVROV"])]).match(
        article("Lavrov met  Lavrov", entities=(someone,), mentions=mentions)
    )
    assert [span.start for span in found[0].spans] == [0, 12]


def test_a_person_of_a_country_is_not_the_country() -> None:
    someone = Entity(id="e1", type="PER", name="Lavrov", count=1, salience=1, first_start=0, country="RU")
    assert not fires(rule(countries=["RU"]), article("Lavrov", entities=(someone,)))


def test_match_all_needs_one_of_each_kind_and_not_each_word() -> None:
    some = rule(keywords=["flood", "storm"], countries=["SY"], match="all")
    syria = Entity(id="e1", type="GPE", name="Syria", count=1, salience=1, first_start=0, country="SY")
    assert fires(some, article("A storm in Syria", entities=(syria,)))
    assert not fires(some, article("A storm and a flood"))
    assert not fires(some, article("Syria", entities=(syria,)))


def test_without_in_the_title_bars_what_the_text_says() -> None:
    assert not fires(rule(keywords=["flood"], without=["film"]), article("The flood", "A film"))


@given(st.text(st.characters(codec="ascii"), max_size=50) | st.text(max_size=50))
@example("".join(map(chr, range(128))) + "".join(f"x{chr(sign)}y" for sign in range(128)))
def test_words_are_runs_of_letters_and_digits(text: str) -> None:
    assert split_words(text) == [text[found.start : found.end] for found in words_of(text)]


@given(st.text(max_size=300))
def test_words_stand_where_they_say(text: str) -> None:
    for found in words_of(text):
        assert fold(text[found.start : found.end]) == found.text


def test_ten_thousand_rules_and_a_megabyte_take_seconds_and_not_minutes() -> None:
    many = [rule(name=f"r{number}", keywords=[f"word{number} tail"]) for number in range(10_000)]
    matches = compile_rules(many).match(article("word7 tail " + "word word7 " * 90_000))
    assert [match.rule.name for match in matches] == ["r7"]


def test_one_word_said_very_often_by_very_many_rules_stays_bounded() -> None:
    same = [rule(name=f"r{number}", keywords=["war", "war war"]) for number in range(100)]
    matches = compile_rules(same).match(article("war " * 200_000))
    assert len(matches) == 100
    assert all(len(match.spans) == MOST_SPANS for match in matches)


def test_spans_are_told_once_and_in_order_those_of_the_title_first() -> None:
    some = rule(keywords=["flood", "big"], phrases=["big flood", "flood"])
    spans = compile_rules([some]).match(article("A big flood, flood.", "flood"))[0].spans
    assert [(span.field, span.text) for span in spans] == [
        ("title", "flood"), ("text", "big"), ("text", "big flood"), ("text", "flood"), ("text", "flood"),
    ]  # fmt: skip
