"""The query language: what is read, what a wrong query is answered with, and that it means what a naive reading says."""

import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.articles import (
    ClusteredArticle,
    EnrichedArticle,
    Entity,
    Language,
    Published,
    Quote,
    Span,
    Story,
    TemporalExpression,
)
from workers.alerts.match import compile_rules
from workers.alerts.parse import QueryError, parse
from workers.alerts.query import (
    And,
    AtLeast,
    Between,
    In,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Term,
    Value,
    both,
    either,
    write,
)
from workers.alerts.rules import Rule

# -- random queries and articles ---------------------------------------------------------------------------------------
VOCABULARY = (
    "flood",
    "Flood",
    "flooding",
    "river",
    "River",
    "Turkey",
    "turkey",
    "café",
    "cafe",
    "a",
    "b",
    "AND",
    "NEAR",
)
words = st.sampled_from(VOCABULARY)
terms = st.builds(Term, words, st.booleans(), st.just(False)) | st.builds(
    Term, st.sampled_from(["flood", "Floo", "river", "turk"]), st.booleans(), st.just(True)
)
phrases = st.builds(
    Phrase, st.lists(words, min_size=2, max_size=4).map(tuple), st.sampled_from([0, 0, 1, 3]), st.booleans()
)
places = terms | phrases | st.lists(terms | phrases, min_size=2, max_size=3).map(either)
nears = st.builds(Near, places, places, st.integers(0, 4), st.booleans())
positional = places | nears | st.builds(AtLeast, st.integers(1, 4), places)


def _nested(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(both) | several.map(either) | inner.map(Not)


texts = st.recursive(positional, _nested, max_leaves=5)
facts = (
    st.builds(Value, st.just("country"), st.sampled_from(["SY", "tr"]))
    | st.builds(Value, st.sampled_from(["person", "org", "place", "quoteby"]), st.sampled_from(["Ada", "Ada Lovelace", "Turkey"]))
    | st.builds(Value, st.just("lang"), st.sampled_from(["en", "de"]))
    | st.builds(Value, st.just("source"), st.just("Example.org"))
    | st.builds(Value, st.just("duplicate"), st.sampled_from(["true", "false"]))
    | st.builds(Between, st.just("story.size"), st.sampled_from([None, "1", "3"]), st.sampled_from([None, "3", "9"]))
    | st.builds(Between, st.sampled_from(["published", "event"]), st.sampled_from([None, "2025-07-01"]), st.sampled_from([None, "2025-07-31"]))
)  # fmt: skip
queries = st.recursive(
    positional | facts | st.builds(In, st.sampled_from(["title", "lead", "text"]), texts), _nested, max_leaves=6
)
entities = st.builds(
    Entity, id=st.sampled_from(["e1", "e2"]), type=st.sampled_from(["PER", "ORG", "GPE"]), name=st.sampled_from(["Ada Lovelace", "Ada", "Turkey"]),
    count=st.just(1), salience=st.just(0.5), first_start=st.just(0), country=st.sampled_from([None, "SY", "TR"]),
)  # fmt: skip
days = st.sampled_from(["2025", "2025-07", "2025-07-31", "2025-08-01T08:00:00+02:00", "2024-12-31"])


def _published(value: str) -> Published:
    return Published(value=value, precision="day", tz_status="unknown", method="test", raw=value, confidence=1)


def _date(value: str) -> TemporalExpression:
    return TemporalExpression(start=0, end=0, text="", type="DATE", value=value, from_=value, to=value, confidence=1)


_article = {
    "id": st.just("a1"),
    "title": st.none() | st.lists(words, max_size=5).map(" ".join),
    "text": st.lists(words | st.sampled_from([".", "\n\n", "x", "x"]), max_size=30).map(" ".join),
    "language": st.sampled_from([Language(code=code, confidence=1) for code in ("en", "de")]),
    "source": st.sampled_from([None, "example.org", "other.net"]),
    "paragraphs": st.sampled_from([(), (Span(start=0, end=20),)]),
    "entities": st.lists(entities, max_size=2, unique_by=lambda one: one.id).map(tuple),
    "quotes": st.lists(st.builds(Quote, start=st.just(0), end=st.just(0), text=st.just(""), speaker=st.sampled_from([None, "e1"]), speaker_text=st.sampled_from([None, "Ada"])), max_size=1).map(tuple),
    "published": st.none() | days.map(_published),
    "dates": st.lists(days.map(_date), max_size=2).map(tuple),
}  # fmt: skip
stories = st.builds(Story, id=st.just("s"), size=st.integers(1, 10), role=st.sampled_from(["first", "duplicate"]))
articles = st.builds(EnrichedArticle, **_article) | st.builds(ClusteredArticle, story=stories, **_article)


# -- the naive reading: every stretch of every part, tried one by one --------------------------------------------------


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _row(text: str) -> list[tuple[str, int]]:
    row, start = [], None
    for at, character in enumerate(text + " "):
        if character.isalnum() or character == "_":
            start = at if start is None else start
        elif start is not None:
            row.append((text[start:at], start))
            start = None
    return row


def _parts(article: EnrichedArticle, field: str | None) -> list[list[str]]:
    title, text = _row(article.title or ""), _row(article.text)
    end = article.paragraphs[0].end if article.paragraphs else 300
    rows = {"title": [title], "text": [text], "lead": [[one for one in text if one[1] < end]], None: [title, text]}
    return [[word for word, _ in row] for row in rows[field]]


def _same(wanted: str, word: str, exact: bool, prefix: bool = False) -> bool:
    wanted, word = (wanted, word) if exact else (_plain(wanted), _plain(word))
    return word.startswith(wanted) if prefix else word == wanted


def _is_there(query: Query, row: list[str]) -> bool:
    """Whether exactly this row of words is the word or the phrase."""
    match query:
        case Term(text, exact, prefix):
            return len(row) == 1 and _same(text, row[0], exact, prefix)
        case Phrase(wanted, 0, exact):
            return len(row) == len(wanted) and all(map(lambda a, b: _same(a, b, exact), wanted, row))
        case Or(parts):
            return any(_is_there(part, row) for part in parts)
    return False


def _stretches(query: Query, row: list[str]) -> list[tuple[int, int]]:
    if isinstance(query, Or):
        return sorted({one for part in query.any_of for one in _stretches(part, row)})
    pairs = [(a, b) for a in range(len(row)) for b in range(a + 1, len(row) + 1)]
    if isinstance(query, Phrase) and query.slop:
        wide = len(query.words) + query.slop
        return _shortest([(a, b) for a, b in pairs if b - a <= wide and _scattered(query, row[a:b])])
    return [(a, b) for a, b in pairs if _is_there(query, row[a:b])]


def _scattered(query: Phrase, row: list[str]) -> bool:
    for word in query.words:
        needed = sum(_same(word, other, query.exact) for other in query.words)
        if sum(_same(word, other, query.exact) for other in row) < needed:
            return False
    return True


def _shortest(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [one for one in found if not any(o != one and o[0] >= one[0] and o[1] <= one[1] for o in found)]


def naively_holds(query: Query, article: EnrichedArticle, field: str | None = None) -> bool:
    match query:
        case And(parts):
            return all(naively_holds(part, article, field) for part in parts)
        case Or(parts):
            return any(naively_holds(part, article, field) for part in parts)
        case Not(part):
            return not naively_holds(part, article, field)
        case In(name, part):
            return naively_holds(part, article, name)
        case AtLeast(least, part):
            return sum(len(_stretches(part, row)) for row in _parts(article, field)) >= least
        case Near(left, right, distance, ordered):
            pairs = [pair for row in _parts(article, field) for pair in itertools.product(_stretches(left, row), _stretches(right, row))]  # fmt: skip
            return any(0 <= r[0] - l[1] <= distance or (not ordered and 0 <= l[0] - r[1] <= distance) for l, r in pairs)  # noqa: E741
        case Term() | Phrase():
            return any(_stretches(query, row) for row in _parts(article, field))
        case _:
            return _naively_known(query, article)


def _naively_known(query: Query, article: EnrichedArticle) -> bool:
    story = article.story if isinstance(article, ClusteredArticle) else None
    match query:
        case Between("story.size", low, high):
            return story is not None and int(low or 0) <= story.size <= int(high or 10**9)
        case Between(field, low, high):
            times = [article.published.value] if field == "published" and article.published else []
            times = [one.value for one in article.dates] if field == "event" else times
            spans = [(one[:10].ljust(10, "0") if len(one) >= 10 else one + "-01-01"[len(one) - 4 :], one[:10] if len(one) >= 10 else one + "-12-31"[len(one) - 4 :]) for one in times]  # fmt: skip
            return any((low is None or last >= low) and (high is None or first <= high) for first, last in spans)
        case Value("country", code):
            return any(one.country == code.upper() for one in article.entities if one.type == "GPE")
        case Value("lang", code):
            return article.language.code == code
        case Value("source", name):
            return (article.source or "").lower() == name.lower()
        case Value("duplicate", said):
            return story is not None and (story.role == "duplicate") == (said == "true")
        case Value("quoteby", name):
            speakers = {quote.speaker for quote in article.quotes}
            names = [one.name for one in article.entities if one.id in speakers]
            names += [quote.speaker_text for quote in article.quotes if quote.speaker_text]
        case Value(kind, name):
            wanted = {"person": "PER", "org": "ORG", "place": "GPE"}[kind]
            names = [one.name for one in article.entities if one.type == wanted]
        case _:
            raise AssertionError(query)
    return any(f" {_plain(name)} " in f" {_plain(one)} " for one in names)


@settings(max_examples=400, deadline=None)
@given(query=queries)
def test_a_query_that_is_written_and_read_is_the_same(query: Query) -> None:
    assert parse(write(query)) == query


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet='ab"()[]:*~=<>/-5 ANDORT', max_size=25) | st.text(max_size=25))
def test_any_text_is_read_or_refused_with_a_column(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        column = error.column
    else:
        assert parse(write(query)) == query
        return
    assert 1 <= column <= len(unicodedata.normalize("NFC", text)) + 1


@settings(max_examples=400, deadline=None)
@given(asked=st.lists(queries, min_size=1, max_size=4), articles=st.lists(articles, min_size=1, max_size=3))
def test_the_matcher_finds_what_a_naive_reading_finds(asked: list[Query], articles: list[EnrichedArticle]) -> None:
    rules = [Rule(name=f"r{number}", query=write(query)) for number, query in enumerate(asked)]
    matcher = compile_rules(rules)
    for article in articles:
        expected = [number for number, query in enumerate(asked) if naively_holds(query, article)]
        assert matcher.hits(article) == expected
        for match in matcher.match(article):
            for span in match.spans:
                source = article.title or "" if span.field == "title" else article.text
                assert source[span.start : span.end] == span.text


def test_what_the_index_learns_changes_no_hit() -> None:
    asked = ["flood AND river", '"river a"~2 OR turkey', "NOT flood", "flood* NEAR/3 river"]
    matcher = compile_rules([Rule(name=one, query=one) for one in asked])
    article = EnrichedArticle(id="a", text="The flood came and the river rose")
    before = matcher.hits(article)
    assert before == [0, 3]
    for _ in range(300):
        assert matcher.hits(article) == before


# -- what is read ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a OR b AND NOT c", Or((Term("a"), And((Term("b"), Not(Term("c"))))))),
        ("a NOT b", And((Term("a"), Not(Term("b"))))),
        ("NOT a AND b", And((Not(Term("a")), Term("b")))),
        ("NOT a NEAR/2 b", Not(Near(Term("a"), Term("b"), 2))),
        ("a AND b NEAR/2 c", And((Term("a"), Near(Term("b"), Term("c"), 2)))),
        ("COVID-19", Phrase(("COVID", "19"))),
        ("=Turkey", Term("Turkey", exact=True)),
        ("title:flood AND rain", And((In("title", Term("flood")), Term("rain")))),
        ("country:(SY OR TR)", Or((Value("country", "SY"), Value("country", "TR")))),
        ("published:>=2025-07-01", Between("published", "2025-07-01", None)),
        ("ATLEAST/3 (flood OR rain)", AtLeast(3, Or((Term("flood"), Term("rain"))))),
    ],
)
def test_what_a_query_means(text: str, tree: Query) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "something is missing"),
        ("flood AND", 10, "something is missing"),
        ("OR flood", 1, "missing before OR"),
        ("flood storm", 7, "put AND or OR before 'storm'"),
        ("flood and storm", 7, "did you mean AND?"),
        ("flood AND -storm", 11, "write NOT storm"),
        ("flood NEAR storm", 7, "NEAR needs a number: NEAR/5"),
        ("flood NAER/5 storm", 7, "did you mean NEAR/n?"),
        ("flood NEAR/500 storm", 7, "up to 100"),
        ("a NEAR/2 b NEAR/2 c", 12, "takes two sides"),
        ("a NEAR/2 (b AND c)", 3, "takes words and phrases"),
        ("(flood OR storm", 1, "never closed"),
        ("flood)", 6, "never opened"),
        ('"flood', 1, "never closed"),
        ("titel:flood", 1, "did you mean title?"),
        ("zzz:red", 1, "there are title"),
        ("flo*", 1, "at least 4 letters"),
        ("fl*od", 1, "only at its end"),
        ("country:Syria", 9, "such as SY"),
        ("published:yesterday", 11, "a day such as 2025-07-31"),
        ("event:[2025-08-01 TO 2025-07-01]", 7, "never matches"),
        ("ATLEAST/0 flood", 1, "counts from 1"),
        ("title:(country:SY)", 1, "put other fields outside"),
        ('"!!"', 1, "no letter or digit"),
        ("(" * 60 + "a" + ")" * 60, 51, "levels"),
    ],
)
def test_a_wrong_query_is_answered_with_the_column_and_what_was_meant(text: str, column: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.column == column, caught.value
    assert says in str(caught.value)
