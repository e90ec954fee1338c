"""Rules while they change: which hold, and that a matcher that took a change over is as good as one made anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import EnrichedArticle
from schemas.codec import decode, encode
from schemas.rules import AlertRule
from workers.alerts.live import LiveMatcher, RuleSet
from workers.alerts.rules import Rule, state_of, version_of

WORDS = ("flood", "storm", "fire", "quake")


def rule(name: str, word: str = "flood", **more: object) -> Rule:
    return Rule.model_validate({"name": name, "keywords": (word,), **more})


def names(rules: RuleSet) -> dict[str, str]:
    return {one.key: one.keywords[0] for one in rules.rules()}


def test_a_rule_of_the_topic_holds_over_one_of_the_file_and_its_tombstone_gives_it_back() -> None:
    rules = RuleSet().with_file([rule("A"), rule("B")])
    rules = rules.with_entry("A", rule("A", "storm")).with_entry("C", rule("C", "fire"))
    assert names(rules) == {"A": "storm", "B": "flood", "C": "fire"}
    assert names(rules.with_entry("A", None).with_entry("C", None)) == {"A": "flood", "B": "flood"}


def test_a_mute_holds_for_rules_of_either_and_through_their_changes() -> None:
    until = "2026-01-01T00:00:00+00:00"
    mute = AlertRule.model_validate({"name": "A", "mute": until})
    rules = RuleSet().with_entry("A#mute", mute).with_file([rule("A"), rule("B")])
    assert [one.mute for one in rules.rules()] == [until, None]
    assert [one.mute for one in rules.with_entry("A", rule("A", "storm")).rules()] == [None, until][::-1]
    assert [one.mute for one in rules.with_entry("A#mute", None).rules()] == [None, None]


def test_a_rule_travels_whole() -> None:
    whole = rule(
        "A",
        frequency={"count": 3, "window": "1h"},
        quiet={"from": "22:00", "to": "06:00"},
        labels={"desk": "weather"},
        digest={"every": "1h"},
    )
    assert RuleSet().with_entry("A", decode(AlertRule, encode(whole))).rules() == (whole,)
    assert version_of(decode(AlertRule, encode(whole))) == version_of(whole)


@pytest.mark.parametrize(
    "wrong", [{"name": "A"}, {"name": "A", "query": "flood AND"}, {"name": "B", "keywords": ("x",)}]
)
def test_a_rule_that_is_wrong_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"A|query|key"):
        RuleSet().with_entry("A", AlertRule.model_validate(wrong))


def test_the_version_is_of_every_field_and_the_state_of_those_that_decide() -> None:
    one = rule("A", frequency={"count": 3})
    louder = one.model_copy(update={"severity": "high"})
    assert version_of(one) != version_of(louder)
    assert state_of(one) == state_of(louder)
    assert state_of(one) != state_of(rule("A", frequency={"count": 4}))
    assert version_of(one) == version_of(one.model_copy(update={"mute": "2026-01-01T00:00:00Z"}))


@given(st.lists(st.dictionaries(st.integers(0, 6), st.sampled_from(WORDS), min_size=1), min_size=1, max_size=6))
def test_a_matcher_that_took_changes_over_matches_as_one_made_anew(changes: list[dict[int, str]]) -> None:
    articles = [EnrichedArticle(id=word, text=f"A {word} came.") for word in WORDS]
    matcher = LiveMatcher([rule("r0")])
    for change in changes:
        rules = [rule(f"r{number}", word) for number, word in change.items()]
        matcher = matcher.changed(rules)
        fresh = LiveMatcher(rules)
        for article in articles:
            assert {(one.match.rule.key, one.version) for one in matcher.match(article)} == {(one.match.rule.key, one.version) for one in fresh.match(article)}  # fmt: skip
        assert matcher.rules == fresh.rules


def test_few_changes_among_many_rules_do_not_compile_the_others_again() -> None:
    rules = [rule(f"r{number}") for number in range(300)]
    matcher = LiveMatcher(rules)
    changed = matcher.changed([*rules[1:], rule("new", "storm")])
    assert changed._base is matcher._base
    assert {one.match.rule.key for one in changed.match(EnrichedArticle(id="a", text="A storm."))} == {"new"}
    assert len(changed.match(EnrichedArticle(id="a", text="A flood."))) == 299
    assert len(matcher.match(EnrichedArticle(id="a", text="A flood."))) == 300, "the one before stays as it was"
