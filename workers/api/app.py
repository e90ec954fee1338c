"""The HTTP API: articles, their versions, entities, the calendar. Read-only; every answer is JSON, every refusal a problem with its reason.

Answers carry an ETag; asked again with If-None-Match they are 304. A question that the store cannot answer now is 503 with Retry-After.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from schemas.articles import EnrichedArticle
from workers.errors import Refused, Unavailable
from workers.storage.formats import FORMATS
from workers.storage.query import Filters
from workers.storage.read import Reader

__all__ = ["make_api"]

_MEDIA = {"jsonl": "application/json", "ninjs": "application/json", "jsonld": "application/ld+json"}
_RETRY_AFTER_S = "2"
_SHORT = 1000

_Text = Annotated[str | None, Query(max_length=_SHORT)]
_Day = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", description="YYYY-MM-DD")]
_Identity = Annotated[str, Path(min_length=1, max_length=2048)]


class Problem(BaseModel):
    """Why there is no answer: a short fixed code, and what to do."""

    reason: str
    detail: str


class Item(BaseModel):
    """An article in a list."""

    id: str
    url: str | None
    source: str | None
    title: str | None
    language: str | None
    published: str | None
    published_at: str
    content_sha256: str
    lead: str


class ArticlePage(BaseModel):
    """Articles, newest first, and the cursor of the next page."""

    articles: list[Item]
    next: str | None


class Version(BaseModel):
    """What an article was before."""

    number: int
    content_sha256: str
    written_at: str
    replaced_at: str
    document: dict[str, Any]


class Companion(BaseModel):
    """Who is named in the same articles."""

    name: str
    type: str
    articles: int


class Month(BaseModel):
    """How many articles of a month name the entity."""

    month: str
    articles: int


class EntityPage(BaseModel):
    """Who or what it is, how often it is named, with whom and when."""

    name: str
    type: str | None
    articles: int
    mentions: int
    together_with: list[Companion]
    by_month: list[Month]


class Announced(BaseModel):
    """A day to come that an article names."""

    from_: str = Field(alias="from")
    to: str | None
    text: str
    article_id: str
    title: str | None
    source: str | None
    published: str | None


def _filters(
    q: Annotated[str | None, Query(max_length=_SHORT, description='Words; "a phrase", -not, begin*')] = None,
    entity: _Text = None,
    country: Annotated[str | None, Query(pattern="^[A-Za-z]{2}$", description="ISO 3166-1 alpha-2")] = None,
    source: _Text = None,
    language: Annotated[str | None, Query(max_length=35)] = None,
    published_from: _Day = None,
    published_to: _Day = None,
    mentioned_from: _Day = None,
    mentioned_to: _Day = None,
) -> Filters:
    return Filters(q, entity, country, source, language, published_from, published_to, mentioned_from, mentioned_to)


def make_api(reader: Reader) -> FastAPI:
    """The API over this store; its OpenAPI document is at /openapi.json."""
    refusals: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": what}
        for status, what in ((400, "no such question"), (404, "not there"), (422, "a parameter is wrong"), (503, "the store is away; try again"))
    }  # fmt: skip
    api = FastAPI(title="Dateline", version="1", summary="What was published, found again.", docs_url=None, redoc_url=None, responses=refusals)  # fmt: skip
    _add_refusals(api)

    @api.get("/articles", response_model=ArticlePage)
    def articles(
        request: Request,
        filters: Annotated[Filters, Depends(_filters)],
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(max_length=2000)] = None,
    ) -> Response:
        """Articles that have all that is asked for, newest first."""
        page = reader.search(filters, limit, cursor)
        return _answer(request, {"articles": page.rows, "next": page.next})

    @api.get("/articles/{identity:path}")
    def article(
        request: Request, identity: _Identity, output: Annotated[Literal["jsonl", "ninjs", "jsonld"], Query(alias="format")] = "jsonl"
    ) -> Response:  # fmt: skip
        """One article as it was published on the topic, or as ninjs 3.1 or JSON-LD."""
        found = reader.article(identity)
        if found is None:
            return _problem(404, "not_found", "there is no such article")
        document = found[0] if output == "jsonl" else FORMATS[output](EnrichedArticle.model_validate(found[0]))
        return _answer(request, document, _MEDIA[output])

    @api.get("/versions/{identity:path}", response_model=list[Version])
    def versions(request: Request, identity: _Identity) -> Response:
        """What the article was before, oldest first."""
        return _answer(request, reader.versions(identity))

    @api.get("/entities/{name:path}", response_model=EntityPage)
    def entity(
        request: Request,
        name: Annotated[str, Path(min_length=1, max_length=_SHORT)],
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Response:
        """An entity by its name in any case, or by its Wikidata id."""
        return _answer(request, reader.entity(name, limit))

    @api.get("/calendar", response_model=list[Announced])
    def calendar(
        request: Request,
        start: Annotated[str, Query(alias="from", pattern=r"^\d{4}-\d{2}-\d{2}$")],
        end: Annotated[str, Query(alias="to", pattern=r"^\d{4}-\d{2}-\d{2}$")],
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        """Days to come that articles announce, in order of time."""
        return _answer(request, reader.calendar(start, end, limit))

    @api.get("/healthz")
    def healthz() -> dict[str, str]:
        """Whether the store answers."""
        reader.article("")
        return {"status": "ok"}

    return api


def _answer(request: Request, value: Any, media_type: str = "application/json") -> Response:
    body = orjson.dumps(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    asked = request.headers.get("if-none-match", "")
    if asked.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in asked.split(",")}:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type=media_type, headers={"ETag": tag, "Cache-Control": "no-cache"})


def _problem(status: int, reason: str, detail: str) -> Response:
    headers = {"Retry-After": _RETRY_AFTER_S} if status == 503 else None
    return Response(orjson.dumps({"reason": reason, "detail": detail}), status, headers, "application/json")


def _add_refusals(api: FastAPI) -> None:
    """Each error of ours as an answer."""

    def refused(_: Request, error: Exception) -> Response:
        return _problem(400, error.reason if isinstance(error, Refused) else "bad_query", str(error))

    def away(_: Request, error: Exception) -> Response:
        return _problem(503, "store_away", str(error))

    def wrong(_: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        return _problem(
            422, "bad_parameter", "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in faults)
        )

    handlers: tuple[tuple[type[Exception], Callable[[Request, Exception], Response]], ...] = (
        (Refused, refused), (Unavailable, away), (RequestValidationError, wrong),
    )  # fmt: skip
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)
