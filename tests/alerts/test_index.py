"""The index: what it has learnt changes nothing, and no rule is too wide for its columns. (test_query.py holds it against a naive reading.)"""

import random

import pytest
from test_query import naively_holds

from schemas.articles import EnrichedArticle
from workers.alerts import index as index_module
from workers.alerts import pairs as pairs_module
from workers.alerts.document import Document
from workers.alerts.evaluate import holds
from workers.alerts.index import Index
from workers.alerts.match import compile_rules
from workers.alerts.parse import parse
from workers.alerts.query import Query
from workers.alerts.rules import Rule, query_of

WORDS = [f"word{number}" for number in range(30)]


def article(text: str, title: str | None = None) -> EnrichedArticle:
    return EnrichedArticle(id="a1", text=text, title=title)


def holding(index: Index, several: list[Query], one: EnrichedArticle) -> list[int]:
    document = Document(one)
    hold, open_ = index.candidates(document)
    assert not any(hold[number] for number in open_), "what surely holds is not evaluated again"
    return [
        number for number, query in enumerate(several) if hold[number] or (number in open_ and holds(query, document))
    ]


def random_query(dice: random.Random) -> str:
    a, b, c = dice.sample(WORDS, 3)
    form = dice.choice([
        "{a} AND {b}", "{a} AND {b} AND {c}", '"{a} {b}"', '"{a} {b} {c}"', "({a} OR {b}) AND {c}", "{a} NOT {b}", "{a} NEAR/2 {b}",
        "{a} ONEAR/3 {b}", "word1* AND {a}", "NOT {a}", "({a} AND {b}) OR ({c} AND {a})", "{a} NOT ({b} OR {c})", "title:{a} OR {b} NEAR/1 {a}",
        '({a} OR "{b} {c}") AND ({b} OR {c})', "lang:en AND {a}", "ATLEAST/2 {a}", "={a} AND {b}", '"{a} {b}"~2', "{a} NEAR/1 {a}",
    ])  # fmt: skip
    return form.format(a=a, b=b, c=c)


def test_what_was_learnt_changes_no_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among random rules and articles, with the rows put under other keys after every third article."""
    monkeypatch.setattr(index_module, "_FIRST_CHOICE", 3)
    monkeypatch.setattr(index_module, "_LATER", 2)
    dice = random.Random(1)
    several = [parse(random_query(dice)) for _ in range(400)]
    index = Index(several)
    found = 0
    for _ in range(60):
        one = article(" ".join(dice.choices(WORDS, k=12)), " ".join(dice.choices(WORDS, k=2)))
        hits = holding(index, several, one)
        assert hits == [at for at, query in enumerate(several) if naively_holds(query, one)]
        found += len(hits)
    assert found > 1000


def test_pairs_are_looked_for_in_pieces_when_there_are_very_many_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs_module, "_AT_ONCE", 5)
    asked = ["a NEAR/1 b", "a ONEAR/1 b", "b ONEAR/1 a", '"b c"', '"c a"', "c NEAR/2 a"]
    matcher = compile_rules([Rule(name=one, query=one) for one in asked])
    hits = matcher.hits(article("a x x a x x x x x b a a a a x x x x c x b c"))
    assert [asked[number] for number in hits] == ["a NEAR/1 b", "b ONEAR/1 a", '"b c"']


def test_a_pair_does_not_reach_from_the_title_into_the_text() -> None:
    matcher = compile_rules([Rule(name="far", query="a NEAR/100 b"), Rule(name="row", query='"a b"')])
    assert matcher.hits(article("b", "a")) == []
    assert matcher.hits(article("b", "a b")) == [0, 1]


@pytest.mark.parametrize("many", [9, 40])
def test_more_words_than_a_row_has_columns_are_all_needed(many: int) -> None:
    words = [f"w{number}" for number in range(many)]
    asked = [
        " AND ".join(words),
        "x NOT (" + " OR ".join(words) + ")",
        "x AND " + " AND ".join(f"({w} OR y{w})" for w in words),
    ]
    matcher = compile_rules([Rule(name=one[:20], query=one) for one in asked])
    assert matcher.hits(article(" ".join(words))) == [0]
    assert matcher.hits(article(" ".join(words[1:]))) == []
    assert matcher.hits(article("x")) == [1]
    assert matcher.hits(article("x " + words[-1])) == []
    assert matcher.hits(article("x " + " ".join(f"y{w}" for w in words))) == [1, 2]


def test_no_rules_and_no_words_are_no_error() -> None:
    assert compile_rules([]).hits(article("a flood")) == []
    assert compile_rules([Rule(name="r", query="flood OR storm AND NOT film")]).hits(article("")) == []


def test_a_query_is_read_once() -> None:
    rule = Rule(name="r", query="flood OR storm")
    assert query_of(rule) is parse("flood OR storm")
