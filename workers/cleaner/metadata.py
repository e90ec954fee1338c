"""What a page says of itself: JSON-LD, OpenGraph, meta tags. Evidence, not truth."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers.cleaner.byline import agency_in, author_names
from workers.cleaner.published import Candidate, parse_stamp
from workers.text.normalize import collapse, normalize

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
_MAX_BODY = 200_000
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Claims of the page about the article; empty where it makes none."""

    titles: tuple[str, ...] = ()
    page_title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    site: str | None = None
    url: str | None = None
    published: tuple[Candidate, ...] = ()
    modified: tuple[Candidate, ...] = ()
    body: str = ""
    body_paragraphs: tuple[str, ...] = ()
    summary: str = ""
    headline: str = ""
    og_title: str = ""
    twitter_title: str = ""


def read_metadata(content: str | bytes) -> tuple[LexborHTMLParser, Metadata]:
    """The parsed page (text, or bytes in UTF-8) and what it says of itself."""
    tree = LexborHTMLParser(content)
    told = _telling_nodes(tree)
    meta = _meta_tags(told["meta"])
    ld = _article(_linked_data(told["script"]))
    page_title = next(iter(told["title"]), None)
    paragraphs = _claimed_body(ld)
    titles = [_text(ld.get("headline")), meta.get("og:title"), meta.get("twitter:title")]
    links = (node.attributes for node in told["link"])
    canonical = next((link for link in links if link.get("rel") == "canonical"), {})
    return tree, Metadata(
        titles=tuple(filter(None, map(_plain, titles))),
        page_title=_plain(page_title.text()) or None if page_title is not None else None,
        subtitle=None,
        authors=_authors(ld, meta),
        agency=next(
            (agency for text in _author_claims(ld, meta) if len(text) < 80 and (agency := agency_in(text))), None
        ),
        site=meta.get("og:site_name") or _text(_first(ld.get("publisher"))),
        url=meta.get("og:url") or canonical.get("href"),
        published=_stamps(told["time"], meta, ld, ("datePublished",), _PUBLISHED_META),
        modified=_stamps((), meta, ld, ("dateModified",), _MODIFIED_META),
        body=" ".join(paragraphs),
        body_paragraphs=paragraphs,
        headline=_plain(_text(ld.get("headline"))),
        og_title=_plain(meta.get("og:title")),
        twitter_title=_plain(meta.get("twitter:title")),
        summary=collapse(meta.get("og:description") or meta.get("description") or _text(ld.get("description")) or ""),
    )


_PUBLISHED_META = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "date", "dc.date.issued", "dcterms.date",
    "parsely-pub-date", "sailthru.date", "article.published", "cxenseparse:recs:publishtime",
)  # fmt: skip
_MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")


#: What metadata is read from, in one selector: a walk over a page's tree costs up to a fifth of its parsing.
_TELLING = 'meta, title, link[rel="canonical" i], script[type="application/ld+json" i], time[datetime]'


def _telling_nodes(tree: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """The elements that tell something, by tag, each in the order of the page."""
    found: dict[str, list[LexborNode]] = {"meta": [], "title": [], "link": [], "script": [], "time": []}
    for node in tree.css(_TELLING):
        found[node.tag or ""].append(node)
    return found


def _meta_tags(nodes: Sequence[LexborNode]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes[:500]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content and (name := name.lower()) in _ASKED and name not in found:
            found[name] = normalize(content.strip()[:2000])
    return found


def _linked_data(scripts: Sequence[LexborNode]) -> list[dict[str, Any]]:
    """All JSON-LD objects of the page, those in graphs too."""
    found: list[dict[str, Any]] = []
    for node in scripts[:50]:
        text = node.text()
        if text and len(text) <= _MAX_JSON:
            found += _objects(_parsed(text))
    return found


def _parsed(text: str) -> Any:
    """The JSON, with line breaks inside strings forgiven; None where it cannot be read."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return None


def _article(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """The first object that is an article; an author that is only referred to is put in its place."""
    for item in objects:
        if any(isinstance(name, str) and name in _ARTICLE_TYPES for name in _list(item.get("@type"))):
            named = (one for one in objects if isinstance(one.get("@id"), str) and one["@id"] and "name" in one)
            people = {one["@id"]: one for one in named}
            authors = [people.get(_reference(author), author) for author in _list(item.get("author"))]
            return {**item, "author": authors}
    return {}


def _reference(author: Any) -> str:
    """The id of an author object that says no more than that; empty for others."""
    reference = author.get("@id") if isinstance(author, dict) and "name" not in author else None
    return reference if isinstance(reference, str) else ""


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    for item in _list(value):
        if isinstance(item, dict):
            yield item
            for inner in _list(item.get("@graph")):
                if isinstance(inner, dict):
                    yield inner


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(text: str | None) -> str:
    """One line without markup; entities that were escaped twice are read."""
    if not text:
        return ""
    if "&" in text or "<" in text:
        text = _TAG.sub("", unescape(text))
    return collapse(normalize(text))


def _claimed_body(ld: dict[str, Any]) -> tuple[str, ...]:
    """The paragraphs of the body that the page's JSON-LD claims."""
    body = (_text(ld.get("articleBody")) or "")[:_MAX_BODY]
    if "&" in body:
        body = unescape(body)
    if "<" in body:
        body = _TAG.sub("", _BREAK.sub("\n", body))
    return tuple(filter(None, map(collapse, normalize(body).split("\n")))) if body else ()


def _first(value: Any) -> Any:
    item = next(iter(_list(value)), None)
    return item.get("name") if isinstance(item, dict) else item


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


_AUTHOR_META = (
    "author",
    "article:author",
    "sailthru.author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "cxenseparse:author",
)


#: How a card for Twitter and Slack names its author beside `twitter:label1` or 2 (the WordPress plugin Yoast SEO writes them, in the site's language).
_WRITTEN_BY = frozenset(
    (
        "written by", "author", "verfasst von", "geschrieben von", "autor", "autorin", "écrit par", "auteur", "escrito por", "scritto da", "autore",
        "geschreven door", "skriven av", "skrevet av", "skrevet af", "napisane przez", "написано автором", "автор", "yazan",
    )
)  # fmt: skip
#: The same where a page is made from what that plugin tells other programs.
_CARD_AUTHOR = "twitter:misc:written by"


#: The meta tags that are read.
_ASKED = frozenset({
    *_PUBLISHED_META, *_MODIFIED_META, *_AUTHOR_META, _CARD_AUTHOR, *(f"twitter:{part}{number}" for part in ("label", "data") for number in "12"),
    "og:title", "twitter:title", "og:site_name", "og:url", "og:description", "description",
})  # fmt: skip


def _authors(ld: dict[str, Any], meta: dict[str, str]) -> tuple[str, ...]:
    """The names in JSON-LD, else those in the first meta tag that holds any; the site's own name is none."""
    claims = [_ld_authors(ld), *([meta[name]] for name in _AUTHOR_META if name in meta), _card_authors(meta)]
    site = (meta.get("og:site_name") or _text(_first(ld.get("publisher"))) or "").casefold()
    own: list[str] = []
    for claim in claims:
        names = [name for text in claim for name in author_names(text)]
        others = [name for name in names if name.casefold() not in site]
        if others:
            return tuple(dict.fromkeys(others))
        own = own or names  # a site may bear its author's name
    return tuple(dict.fromkeys(own))


def _card_authors(meta: dict[str, str]) -> list[str]:
    """The names on the card that a page has made for Twitter and Slack."""
    numbers = [
        number for number in "12" if meta.get(f"twitter:label{number}", "").casefold().strip(" :") in _WRITTEN_BY
    ]
    return [meta[name] for name in (*(f"twitter:data{number}" for number in numbers), _CARD_AUTHOR) if name in meta]


def _ld_authors(ld: dict[str, Any]) -> list[str]:
    named = [(_first([author]) or _joined_name(author), author) for author in _list(ld.get("author"))]
    return [_capitalized(text, author) for text, author in named if isinstance(text, str)]


def _joined_name(author: Any) -> str | None:
    """The name of a person whose given and family name stand apart."""
    parts = [_text(author.get(part)) for part in ("givenName", "familyName")] if isinstance(author, dict) else []
    return " ".join(filter(None, parts)) or None


def _capitalized(name: str, author: Any) -> str:
    """A person's name that the page writes without capitals ("ann hill"), with them."""
    is_person = isinstance(author, dict) and author.get("@type") == "Person"
    return name.title() if is_person and " " in name and name.islower() and name.replace(" ", "").isalpha() else name


def _author_claims(ld: dict[str, Any], meta: dict[str, str]) -> list[str]:
    return [*_ld_authors(ld), *(meta[name] for name in _AUTHOR_META if name in meta)]


def _stamps(
    times: Sequence[LexborNode],
    meta: dict[str, str],
    ld: dict[str, Any],
    keys: tuple[str, ...],
    names: tuple[str, ...],
) -> tuple[Candidate, ...]:
    found = [parse_stamp(text, "jsonld", 0.95) for key in keys if (text := _text(ld.get(key)))]
    found += [parse_stamp(meta[name], f"meta:{name}", 0.93) for name in names if name in meta]
    stated = [node.attributes["datetime"] for node in times[:20]]
    found += [parse_stamp(text, "time_element", 0.75 - 0.02 * place) for place, text in enumerate(stated) if text]
    return tuple(candidate for candidate in found if candidate)
