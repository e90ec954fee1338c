"""From an article to the matches that the desk is told of, with all that it needs to know: the desk never sees the article."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from schemas.alerts import AlertArticle, AlertMatch, MatchedSpan
from schemas.articles import ClusteredArticle, EnrichedArticle
from schemas.rules import AlertRule, Subject
from workers.alerts.fingerprint import fingerprint
from workers.alerts.live import LiveMatcher
from workers.alerts.rules import kind_of, muted_until
from workers.alerts.words import fold

__all__ = ["alert_id", "event_time", "matches_of", "values_of"]

#: Characters of what an alert quotes. Offsets stay those of the article.
_LEAD, _TITLE, _QUOTED = 300, 1000, 300
#: Characters; a longer address is left out, as a part of it leads nowhere. Browsers and proxies take about 8,000 (RFC 9110, 4.1).
_URL = 8000
#: Most values of one property that one article counts for.
_MOST_VALUES = 50
_TYPES = {"entity": None, "person": {"PER"}, "org": {"ORG"}, "place": {"GPE", "LOC"}, "country": {"GPE", "LOC"}}


def alert_id(rule: str, *what: str) -> str:
    """`a` and 31 hex digits of the SHA-256 of a rule's key and what it fires for: an article's id, or kind and window."""
    return "a" + hashlib.sha256("\0".join((rule, *what)).encode("utf-8", "replace")).hexdigest()[:31]


def matches_of(matcher: LiveMatcher, article: EnrichedArticle, received_s: float) -> tuple[AlertMatch, ...]:
    """What the desk is told of an article. `received_s`: when its record was written, seconds since the epoch."""
    found = matcher.match(article)
    if not found:
        return ()
    summary = AlertArticle(
        id=article.id,
        url=article.url if len(article.url or "") <= _URL else None,
        source=article.source and article.source[:_QUOTED],
        title=article.title and article.title[:_TITLE],
        published=article.published.value if article.published else None,
        lead=article.text[:_LEAD],
    )
    at = datetime.fromtimestamp(event_time(article, received_s), UTC)
    mark = fingerprint(article.text) if any(_needs_mark(one.match.rule) for one in found) else None
    story = article.story if isinstance(article, ClusteredArticle) else None
    return tuple(
        AlertMatch(
            rule=one.match.rule,
            version=one.version,
            state=one.state,
            mute_until=muted_until(one.match.rule),
            at=at,
            article=summary,
            matched=tuple(map(_quoted, one.match.spans)),
            groups=_values(article, getattr(kind_of(one.match.rule), "by", None), one.match.spans),
            values=_values(article, getattr(kind_of(one.match.rule), "of", None), one.match.spans),
            gather=_gather(article, one.match.rule, one.match.spans),
            fingerprint=mark,
            story=story,
        )
        for one in found
    )


def event_time(article: EnrichedArticle, received_s: float) -> float:
    """When it was published, where that is known to the minute and with its zone; else fetched; else received. Never after `received_s`, never before 1970."""
    published = article.published
    times: list[datetime] = []
    if published and published.precision in {"minute", "second"} and published.tz_status != "unknown":
        with suppress(ValueError):
            times.append(datetime.fromisoformat(published.value))
    if article.fetched_at is not None:
        times.append(article.fetched_at)
    known = [time.timestamp() for time in times if time.tzinfo is not None]
    return max(0.0, min([*known[:1], received_s]))


def values_of(article: EnrichedArticle, subject: Subject, matched: Sequence[MatchedSpan] = ()) -> tuple[str, ...]:
    """The article's values of a property, each once, in the order of the article; at most 50, of at most 300 characters."""
    match subject:
        case "source":
            found = [article.source or ""]
        case "language":
            found = [article.language.code]
        case "author":
            found = list(article.authors)
        case "agency":
            found = [article.agency or ""]
        case "story":
            found = [article.story.id] if isinstance(article, ClusteredArticle) else []
        case "term":
            found = [fold(span.text) for span in matched]
        case _:
            found = _entities(article, subject)
    return tuple(dict.fromkeys(value[:_QUOTED] for value in found if value))[:_MOST_VALUES]


def _entities(article: EnrichedArticle, subject: str) -> list[str]:
    """Countries by their code; others by their Wikidata id where they have one, so that one is one under all its names."""
    types = _TYPES[subject]
    entities = [one for one in article.entities if types is None or one.type in types]
    if subject == "country":
        return [one.country for one in entities if one.country]
    return [one.wikidata or one.name for one in entities]


def _quoted(span: MatchedSpan) -> MatchedSpan:
    return span if len(span.text) <= _QUOTED else span.model_copy(update={"text": span.text[:_QUOTED]})


def _values(article: EnrichedArticle, subject: Subject | None, matched: Sequence[MatchedSpan]) -> tuple[str, ...]:
    return values_of(article, subject, matched) if subject else ()


def _gather(article: EnrichedArticle, rule: AlertRule, matched: Sequence[MatchedSpan]) -> str | None:
    values = _values(article, rule.digest.by, matched) if rule.digest else ()
    return values[0] if values else None


def _needs_mark(rule: AlertRule) -> bool:
    return rule.similar != "all" and (rule.similar == "once" or kind_of(rule) is None)
