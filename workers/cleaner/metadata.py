"""What a page says of itself: JSON-LD, OpenGraph, meta tags. Evidence, not truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser

from workers.cleaner.byline import author_names
from workers.cleaner.published import Candidate, parse_stamp
from workers.text.normalize import collapse

__all__ = ["Metadata", "read_metadata"]

_ARTICLE_TYPES = frozenset(
    {
        "NewsArticle",
        "Article",
        "BlogPosting",
        "ReportageNewsArticle",
        "LiveBlogPosting",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
    }
)
_MAX_JSON = 1_000_000


@dataclass(frozen=True, slots=True)
class Metadata:
    """Claims of the page about the article; empty where it makes none."""

    titles: tuple[str, ...] = ()
    page_title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    site: str | None = None
    url: str | None = None
    published: tuple[Candidate, ...] = ()
    modified: tuple[Candidate, ...] = ()


def read_metadata(content: str) -> tuple[LexborHTMLParser, Metadata]:
    """The parsed page and what it says of itself."""
    tree = LexborHTMLParser(content)
    meta = _meta_tags(tree)
    ld = next(_articles(tree), {})
    page_title = tree.css_first("title")
    titles = [_text(ld.get("headline")), meta.get("og:title"), meta.get("twitter:title")]
    canonical = tree.css_first("link[rel=canonical]")
    return tree, Metadata(
        titles=tuple(collapse(title) for title in titles if title),
        page_title=collapse(page_title.text()) if page_title is not None else None,
        subtitle=None,
        authors=_authors(ld, meta),
        site=meta.get("og:site_name") or _text(_first(ld.get("publisher"))),
        url=meta.get("og:url") or (canonical.attributes.get("href") if canonical is not None else None),
        published=_stamps(tree, meta, ld, ("datePublished",), _PUBLISHED_META),
        modified=_stamps(None, meta, ld, ("dateModified",), _MODIFIED_META),
    )


_PUBLISHED_META = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "date", "dc.date.issued", "dcterms.date",
    "parsely-pub-date", "sailthru.date", "article.published", "cxenseparse:recs:publishtime",
)  # fmt: skip
_MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")


def _meta_tags(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta")[:500]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            found.setdefault(name.lower(), content.strip()[:2000])
    return found


def _articles(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects that are articles."""
    for node in tree.css('script[type="application/ld+json"]')[:50]:
        text = node.text()
        if not text or len(text) > _MAX_JSON:
            continue
        try:
            parsed = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        yield from (item for item in _objects(parsed) if _ARTICLE_TYPES & set(_list(item.get("@type"))))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    for item in _list(value):
        if isinstance(item, dict):
            yield item
            for inner in _list(item.get("@graph")):
                if isinstance(inner, dict):
                    yield inner


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    item = next(iter(_list(value)), None)
    return item.get("name") if isinstance(item, dict) else item


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _authors(ld: dict[str, Any], meta: dict[str, str]) -> tuple[str, ...]:
    named = [_first([author]) for author in _list(ld.get("author"))]
    names = [name for text in named if isinstance(text, str) for name in author_names(text)]
    if not names:
        names = [*author_names(meta.get("author", "")), *author_names(meta.get("article:author", ""))]
    return tuple(dict.fromkeys(names))


def _stamps(
    tree: LexborHTMLParser | None,
    meta: dict[str, str],
    ld: dict[str, Any],
    keys: tuple[str, ...],
    names: tuple[str, ...],
) -> tuple[Candidate, ...]:
    found = [parse_stamp(text, "jsonld", 0.95) for key in keys if (text := _text(ld.get(key)))]
    found += [parse_stamp(meta[name], f"meta:{name}", 0.93) for name in names if name in meta]
    if tree is not None:
        times = [node.attributes.get("datetime") for node in tree.css("time[datetime]")[:20]]
        found += [parse_stamp(text, "time_element", 0.75 - 0.02 * place) for place, text in enumerate(times) if text]
    return tuple(candidate for candidate in found if candidate)
