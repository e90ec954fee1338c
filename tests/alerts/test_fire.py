"""From an article to matches, and to alerts: ids, summary, bounds, event time, values."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import Alert, AlertMatch, MatchedSpan
from schemas.articles import EnrichedArticle, Entity, Published
from schemas.codec import decode, encode
from workers.alerts.desk import Desk
from workers.alerts.fire import alert_id, event_time, matches_of, values_of
from workers.alerts.live import LiveMatcher
from workers.alerts.rules import Rule

NOW = datetime(2025, 7, 31, 8, 2, 6, tzinfo=UTC)
RULE = Rule(name="Floods", severity="high", keywords=("flood",), similar="all")


def fire(article: EnrichedArticle, now: datetime = NOW) -> tuple[Alert, ...]:
    """What one article fires at a fresh desk."""
    desk, now_s = Desk(), now.timestamp()
    matches = matches_of(LiveMatcher([RULE]), article, now_s)
    return tuple(alert for match in matches for alert in desk.take(decode(AlertMatch, encode(match)), now_s).alerts)


def test_the_id_is_the_same_whenever_and_wherever_it_is_made() -> None:
    """Written down once: a change of the id would send every alert again."""
    assert alert_id("Floods", "u0a1") == "ac7edbddae79468420be9379f3f04c52"


def test_the_same_article_fires_the_same_alert_at_another_time_and_after_a_change_of_text() -> None:
    first = fire(EnrichedArticle(id="a1", text="A flood."))
    later = fire(EnrichedArticle(id="a1", text="The flood is over."), NOW.replace(year=2026))
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


def test_an_article_with_fields_without_end_gives_a_small_match() -> None:
    word = "flood" + "d" * 2_000_000
    article = EnrichedArticle(
        id="a1",
        url="https://x.example/" + word,
        source=word,
        title=f"flood {word} " * 3,
        text=f"flood {word} " * 3,
        authors=(word,) * 3,
    )
    rule = Rule.model_validate(
        {"name": "Floods", "query": "flood*", "frequency": {"count": 2, "within": "1h", "by": "author"}}
    )
    (match,) = matches_of(LiveMatcher([rule]), article, NOW.timestamp())
    assert len(encode(match)) < 40_000
    assert match.matched[0].text == "flood"
    assert match.matched[1].end - match.matched[1].start == len(word)
    assert (match.matched[1].text, match.groups) == (word[:300], (word[:300],))
    assert match.article.url is None


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
    alert = fire(article)[0]
    assert (alert.rule, alert.severity, alert.fired_at) == ("Floods", "high", NOW)
    assert alert.article.model_dump() == {
        "id": "a1", "url": "https://x.example/1", "source": "x.example", "title": "Rain", "published": "2025-07-31", "lead": ("A flood. " * 100)[:300],
    }  # fmt: skip
    assert len(alert.matched) == 50
    assert decode(Alert, encode(alert)) == alert


def test_nothing_fires_for_an_article_that_says_nothing() -> None:
    assert fire(EnrichedArticle(id="a1", text="")) == ()


def published(value: str, precision: str, tz_status: str) -> Published:
    return Published.model_validate({"value": value, "precision": precision, "tz_status": tz_status, "method": "m", "raw": "r", "confidence": 1})  # fmt: skip


def test_event_time_is_when_it_was_published_where_that_is_known_well() -> None:
    fetched, received = datetime(2025, 7, 31, 9, tzinfo=UTC), datetime(2025, 7, 31, 10, tzinfo=UTC).timestamp()

    def hour(when: Published | None) -> float:
        article = EnrichedArticle(id="a", text="x", published=when, fetched_at=fetched)
        return (event_time(article, received) - received) / 3600

    assert hour(published("2025-07-31T08:30:00+00:00", "second", "explicit")) == -1.5
    assert hour(published("2025-07-31T08:30:00", "second", "unknown")) == -1, "an hour somewhere on earth is none"
    assert hour(published("2025-07-31", "day", "unknown")) == -1
    assert hour(published("2027-01-01T00:00:00Z", "second", "explicit")) == 0, "nobody publishes in the future"
    assert event_time(EnrichedArticle(id="a", text="x"), received) == received


def test_values_are_those_of_the_article_each_once() -> None:
    entities = [("e1", "GPE", "Munich", "DE", None), ("e2", "GPE", "Berlin", "DE", "Q64"), ("e3", "PER", "Ada Example", "FR", None)]  # fmt: skip
    article = EnrichedArticle(
        id="a",
        text="x",
        source="news.example",
        entities=tuple(
            Entity(
                id=one, type=kind, name=name, country=country, wikidata=wikidata, count=1, salience=0.1, first_start=0
            )
            for one, kind, name, country, wikidata in entities
        ),
    )
    assert values_of(article, "country") == ("DE",), "the country of a person is no place of the article"
    assert values_of(article, "place") == ("Munich", "Q64")
    assert values_of(article, "person") == ("Ada Example",)
    assert values_of(article, "source") == ("news.example",)
    assert values_of(article, "story") == ()
    spans = [MatchedSpan(start=0, end=1, field="text", text=text) for text in ("Flooding", "flooding", "Floods")]
    assert values_of(article, "term", spans) == ("flooding", "floods")
