"""From a match to an alert: its id, its summary, its bounds."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import Alert
from schemas.articles import EnrichedArticle, Published
from schemas.codec import decode, encode
from workers.alerts.fire import alert_id, fire
from workers.alerts.match import compile_rules
from workers.alerts.rules import Rule

NOW = datetime(2025, 7, 31, 8, 2, 6, tzinfo=UTC)
RULE = Rule(name="Floods", severity="high", keywords=("flood",))


def test_the_id_is_the_same_whenever_and_wherever_it_is_made() -> None:
    """Written down once: a change of the id would send every alert again."""
    assert alert_id("Floods", "u0a1") == "ac7edbddae79468420be9379f3f04c52"


def test_the_same_article_fires_the_same_alert_at_another_time_and_after_a_change_of_text() -> None:
    matcher = compile_rules([RULE])
    first = fire(matcher, EnrichedArticle(id="a1", text="A flood."), NOW)
    later = fire(matcher, EnrichedArticle(id="a1", text="The flood is over."), NOW.replace(year=2026))
    assert [alert.id for alert in first] == [alert.id for alert in later]


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=5)), min_size=2, max_size=2, unique=True
    )
)
def test_other_rules_and_other_articles_have_other_ids(pairs: list[tuple[str, str]]) -> None:
    (rule, article), (other_rule, other_article) = pairs
    if "\0" not in "".join((rule, article, other_rule, other_article)):
        assert alert_id(rule, article) != alert_id(other_rule, other_article)


def test_an_alert_says_enough_of_the_article() -> None:
    published = Published(value="2025-07-31", precision="day", tz_status="unknown", method="m", raw="r", confidence=1)
    article = EnrichedArticle(
        id="a1",
        url="https://x.example/1",
        source="x.example",
        title="Rain",
        text="A flood. " * 100,
        published=published,
    )
    alert = fire(compile_rules([RULE]), article, NOW)[0]
    assert (alert.rule, alert.severity, alert.fired_at) == ("Floods", "high", NOW)
    assert alert.article.model_dump() == {
        "id": "a1", "url": "https://x.example/1", "source": "x.example", "title": "Rain", "published": "2025-07-31", "lead": ("A flood. " * 100)[:300],
    }  # fmt: skip
    assert len(alert.matched) == 50
    assert decode(Alert, encode(alert)) == alert


def test_nothing_fires_for_an_article_that_says_nothing() -> None:
    assert fire(compile_rules([RULE]), EnrichedArticle(id="a1", text=""), NOW) == ()
