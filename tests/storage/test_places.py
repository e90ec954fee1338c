"""The places of words: whatever PostgreSQL finds as a phrase has the phrase's bytes; what has none is told to be read."""

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres_server import PostgresServer
from stores import article

from workers.storage.places import MOST, phrase_places, places
from workers.storage.postgresql import PostgresqlSink
from workers.storage.query import Filters
from workers.storage.read import open_reader

PHRASE = "Grain  DEAL"
_FOUND = (
    "SELECT to_tsvector('simple', lower(left(%(text)s, 250000) COLLATE \"und-x-icu\"))"
    " @@ phraseto_tsquery('simple', lower(%(phrase)s COLLATE \"und-x-icu\"))"
)
WORDS = ["grain", "DEAL", "İstanbul", "straße", "ΛΌΓΟΣ", "zürich", "Zu\u0308rich", "хлеб", "谷物", "a"]
PIECES = [*WORDS, " ", " ", " ", " ", ", ", "-", "_", "'", "’", "—", ".", "/", "@", "²", "½", "①", "7", "1.5", "1e5", "\n", "\u00a0", "\u200b", ":", "~", "?", "=", ";", "&", "x.org", "/a", "+", "#", "%", "(", "€", "Ⅷ", "ª"]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["the grain deal.", "a grain-deal", "grain (7) deal", "GRAIN\n\nDeal²", "1.5grain, deal", "on grain\u00a0deal_2", "x" * 9 + " grain 12 deal"],
)  # fmt: skip
def test_words_side_by_side_have_the_bytes_of_their_phrase(text: str) -> None:
    wanted, there = phrase_places(PHRASE), places(None, text)
    assert wanted is not None
    assert there is not None
    assert len(wanted) == 2
    assert wanted in there


def test_words_that_do_not_stand_side_by_side_have_not() -> None:
    wanted = phrase_places(PHRASE)
    assert wanted is not None
    assert wanted not in (places("Deal", "grain and a deal") or b"")
    assert wanted in (places("Of grain", "deal done") or b"")


@pytest.mark.parametrize("phrase", ["grain", "", "covid-19 cases", "deal 7", "don't go"])
def test_what_is_no_phrase_of_letters_alone_has_no_bytes(phrase: str) -> None:
    assert phrase_places(phrase) is None


@pytest.mark.parametrize(
    "text", ["grain <b>deal</b>", "grain &amp; deal", "grain&#32;deal", "grain http://deal", "a < b", "/grainхлеб-deal"]
)
def test_texts_with_what_postgresql_passes_over_are_to_be_read(text: str) -> None:
    assert places("", text) is None


def test_no_more_is_known_than_is_searched() -> None:
    assert places(None, "x " * MOST) == places(None, "x " * (MOST // 2))


@pytest.mark.postgres
def test_what_postgresql_finds_is_never_missed(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:

        @settings(max_examples=1500, deadline=None, database=None)
        @given(
            st.lists(st.sampled_from(PIECES), min_size=2, max_size=9), st.sampled_from(WORDS), st.sampled_from(WORDS)
        )
        def holds(pieces: list[str], first: str, second: str) -> None:
            text, phrase = "".join(pieces), f"{first} {second}"
            wanted, there = phrase_places(phrase), places("", text)
            found = connection.execute(_FOUND, {"text": f" {text}", "phrase": phrase}).fetchone()
            assert found is not None
            if wanted is not None and there is not None and found[0]:
                assert wanted in there

        holds()


@pytest.mark.postgres
def test_articles_without_places_are_found_as_before(url: str) -> None:
    """Those of an earlier version, those that were stored while search was off, and those that somebody changed by hand."""
    off = PostgresqlSink(url, search=False)
    off.write([article("off", "All of a grain deal.")])
    off.close()
    on = PostgresqlSink(url, search=True)
    on.write(
        [
            article("new", "The grain deal."),
            article("hand", "Nothing."),
            article("apart", "A deal on grain, a grain of a deal."),
        ]
    )
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE articles SET text = 'Of the grain deal' WHERE id = 'hand'")
        rows = connection.execute("SELECT id FROM articles WHERE places IS NULL ORDER BY id").fetchall()
    on.close()
    assert rows == [("hand",), ("off",)]
    reader = open_reader(url)
    assert sorted(row["id"] for row in reader.search(Filters(words='"grain deal"')).rows) == ["hand", "new", "off"]
    assert reader.ids(Filters(words='"grain deal"')) == ["hand", "new", "off"]
    reader.close()
