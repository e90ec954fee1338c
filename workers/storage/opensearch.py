"""OpenSearch 2 or newer (and what speaks its `_bulk`), over plain HTTP.

Guarantee: `write` returns after OpenSearch has acknowledged every document of the batch, which its translog then holds on disk; each document by
itself, so what a broken-off batch has written stays, and writing it again changes nothing. The same message twice changes no document; an older
version of an article (a smaller offset of the same raw partition) does not replace a newer one; what is replaced is kept in `PREFIX-versions`.

Documents are read before they are written, and written with the external version after the one that was read: a writer that came between makes a
conflict (409), after which they are read again. Sources: the OpenSearch documentation of the bulk, multi-get, index template and delete-by-query APIs.
"""

import gzip
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import httpx
import orjson

from workers.errors import Misconfigured, StoreRefused, Unavailable
from workers.storage.opensearch_index import INDEXES, article_source, template, version_source
from workers.storage.query import Filters, checked
from workers.storage.rows import COLUMNS, Row, Storable, to_batch, waves
from workers.storage.versions import ORDERING, Version, meet, version_of

__all__ = ["OpenSearchSink"]

_TIMEOUT_S = 30.0
#: Largest body of a bulk before it is compressed; the server's own limit (http.max_content_length) is 100 MB unless it is set lower.
_BULK_BYTES = 8 * 1024**2
#: Longest `_id`, bytes; a longer one is replaced by its hash. The history's ids have a number behind.
_ID_BYTES = 490
_CONFLICTS = 5
_PAGE = 1000
#: The place of a deletion: no message of the batch can be blamed for it.
_NOBODY = -1
#: What heals: the server is busy, or closed to writing while its disk is nearly full.
_AWAY = {429}
_BLOCKED = "cluster_block_exception"
_CURRENT = re.compile(r"current version \[(\d+)\]")


class _Action(NamedTuple):
    """One line of a bulk, or two, and the place in the batch of what it is about."""

    place: int
    name: str
    body: bytes


class _Found(NamedTuple):
    """A document that is there."""

    version: int
    source: dict[str, Any]

    @property
    def order(self) -> Version:
        """What orders it among others."""
        sha256, topic, partition, offset = (self.source.get(name) for name in ORDERING)
        return Version(str(sha256), topic, partition, offset)


class OpenSearchSink:
    """Writes enriched articles and alerts into three indexes: PREFIX-articles, PREFIX-versions, PREFIX-alerts."""

    guarantee = "each article and alert once, by id; acknowledged before its offset is committed"
    takes_tombstones = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not parts.hostname:
            raise Misconfigured("DATELINE_STORAGE_URL: give opensearch://user:password@host:9200/prefix, or opensearch+http:// without TLS")  # fmt: skip
        scheme = "http" if parts.scheme.endswith("+http") else "https"
        self._address = f"{scheme}://{parts.hostname}:{parts.port or 9200}"
        self._auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._prefix = parts.path.strip("/") or "dateline"
        self._http: httpx.Client | None = None
        self._opened = False

    def open(self) -> None:
        """Put the index templates, and make or extend the indexes. Raises Unavailable or Misconfigured."""
        for name in INDEXES:
            index, body = self._index(name), template(name)
            self._asked("PUT", f"/_index_template/{index}", {"index_patterns": [index], "priority": 200, "template": body})  # fmt: skip
            if self._call("HEAD", f"/{index}").status_code == 200:
                self._asked("PUT", f"/{index}/_mapping", body["mappings"])
            else:
                made = self._call("PUT", f"/{index}")
                if made.status_code != 200 and "resource_already_exists" not in made.text:
                    raise Misconfigured(f"DATELINE_STORAGE_URL: OpenSearch makes no index {index}: {_reason(made)}")
        self._opened = True

    def write(self, batch: Sequence[Storable], /) -> None:
        """Upsert the batch. Raises Unavailable (away, busy, full), Misconfigured (no access) or StoreRefused for a document it will not take."""
        writes = to_batch(batch)
        if not self._opened:
            self.open()
        self._erase(writes.erased["articles"], writes.erased["alerts"])
        for rows in waves(writes.rows["articles"]):
            self._put_articles(rows)
        self._put_alerts(writes.rows["alerts"])

    def ids(self, filters: Filters) -> list[str]:
        """The ids of all articles that have what is asked for: a source, an entity by name, alias or Wikidata id, a last day of publication."""
        asked = checked(filters)
        clauses: list[dict[str, Any]] = []
        if asked.source:
            clauses.append({"term": {"source": asked.source}})
        if asked.entity:
            named = ("entities.name_key", "aliases.alias_key")
            fields = ("entities.wikidata",) if re.fullmatch(r"Q\d+", asked.entity) else named
            clauses.append({"bool": {"should": [_nested(field, asked.entity) for field in fields]}})
        if asked.published_to:
            clauses.append({"range": {"published_on": {"lte": asked.published_to}}})
        return self._searched("articles", clauses)

    def alerts_of(self, articles: Sequence[str]) -> list[str]:
        """The ids of the alerts that these articles set off."""
        found: list[str] = []
        for start in range(0, len(articles), _PAGE):
            found += self._searched("alerts", [{"terms": {"article_id": list(articles[start : start + _PAGE])}}])
        return found

    def close(self) -> None:
        """Close the connections."""
        client, self._http, self._opened = self._http, None, False
        if client is not None:
            client.close()

    def _index(self, name: str) -> str:
        return f"{self._prefix}-{name}"

    def _put_articles(self, rows: Sequence[Row]) -> None:
        """One version of each article; those that another writer was faster with are looked at again."""
        least: dict[str, int] = {}
        for _ in range(_CONFLICTS):
            if not rows:
                return
            now = datetime.now(UTC).isoformat()
            actions, history = self._changes(rows, least, now)
            self._refuse_or_wait(self._bulk(history))
            answers = self._bulk(actions)
            conflicts = {action.place: answer for action, answer in answers if answer["status"] == 409}
            self._refuse_or_wait([one for one in answers if one[0].place not in conflicts])
            rows = [row for row in rows if row.place in conflicts]
            for row in rows:  # a deleted document's version is remembered for a minute, and read by nobody
                told = _CURRENT.search(_told(conflicts[row.place]))
                least[row.id] = int(told[1]) if told else 0
        if rows:
            raise Unavailable("OpenSearch: other writers change the same articles; the worker waits and goes on by itself")  # fmt: skip

    def _changes(self, rows: Sequence[Row], least: dict[str, int], now: str) -> tuple[list[_Action], list[_Action]]:
        """What is to be written, and what becomes history first."""
        known = self._read("articles", [row.id for row in rows], (*ORDERING, "versions", "stored_at", "updated_at"))
        outcomes = {}
        for row in rows:
            there = known.get(row.id)
            outcomes[row.id] = meet(there.order, version_of(row)) if there else "new"
        replaced = self._read("articles", [name for name, outcome in outcomes.items() if outcome == "changed"])
        actions, history = [], []
        for row in rows:
            outcome, there = outcomes[row.id], known.get(row.id)
            if outcome == "stays":
                continue
            old = replaced.get(row.id)
            source = article_source(row, now)
            if there is not None:
                source |= {"stored_at": there.source["stored_at"], "versions": there.source["versions"]}
                source["updated_at"] = there.source["updated_at"] if outcome == "again" else now
            if (
                there is not None and old is not None and old.version == there.version
            ):  # else the write makes a conflict
                source["versions"] = number = old.source["versions"] + 1
                history.append(self._action("index", "versions", f"{_id(row.id)}#{number}", row.place, version_source(old.source, number, now)))  # fmt: skip
            version = max(there.version if there else 0, least.get(row.id, 0)) + 1
            actions.append(self._action("index", "articles", _id(row.id), row.place, source, version))
        return actions, history

    def _put_alerts(self, rows: Sequence[Row]) -> None:
        """An alert never changes: one that is there stays."""
        names = COLUMNS["alerts"]
        now = datetime.now(UTC).isoformat()
        actions = []
        for row in rows:
            source = dict(zip(names, row.values, strict=True)) | {"stored_at": now}
            source["document"] = orjson.loads(source["document"])
            actions.append(self._action("create", "alerts", _id(row.id), row.place, source))
        self._refuse_or_wait([one for one in self._bulk(actions) if one[1]["status"] != 409])

    def _erase(self, articles: Sequence[str], alerts: Sequence[str]) -> None:
        """Documents, their history and their alerts. A version that came since it was read is not deleted, but read again."""
        actions = [self._action("delete", "alerts", _id(name), _NOBODY) for name in alerts]
        if articles:
            self._asked("POST", f"/{self._index('alerts')}/_refresh")
            body = {"query": {"terms": {"article_id": list(articles)}}}
            self._asked("POST", f"/{self._index('alerts')}/_delete_by_query?conflicts=proceed&refresh=true", body)
        for name, there in self._read("articles", articles, ("versions",)).items():
            numbers = range(1, there.source["versions"] + 1)
            actions += [self._action("delete", "versions", f"{_id(name)}#{number}", _NOBODY) for number in numbers]
            actions.append(self._action("delete", "articles", _id(name), _NOBODY, None, there.version, "external_gte"))
        answers = self._bulk(actions)
        if any(answer["status"] == 409 for _, answer in answers):
            raise Unavailable("OpenSearch: another writer changes what is erased; the worker waits and goes on by itself")  # fmt: skip
        self._refuse_or_wait([one for one in answers if one[1]["status"] != 404])

    def _read(self, name: str, ids: Sequence[str], fields: Sequence[str] | None = None) -> dict[str, _Found]:
        """The documents that are there, by article id, in real time."""
        if not ids:
            return {}
        only = f"?_source_includes={','.join(('id', *fields))}" if fields else ""
        answer = self._asked("POST", f"/{self._index(name)}/_mget{only}", {"ids": [_id(one) for one in ids]})
        lost = [one["error"] for one in answer["docs"] if "error" in one]
        if lost:
            raise Unavailable(f"OpenSearch: {_told({'error': lost[0]})}; the worker waits and goes on by itself")
        found = [one for one in answer["docs"] if one.get("found")]
        return {one["_source"]["id"]: _Found(one["_version"], one["_source"]) for one in found}

    def _searched(self, name: str, clauses: Sequence[dict[str, Any]]) -> list[str]:
        """The ids of all documents that match, a page at a time."""
        self._asked("POST", f"/{self._index(name)}/_refresh")
        body: dict[str, Any] = {"size": _PAGE, "query": {"bool": {"filter": list(clauses)}}, "sort": ["id"], "_source": ["id"]}  # fmt: skip
        found: list[str] = []
        while True:
            hits = self._asked("POST", f"/{self._index(name)}/_search", body)["hits"]["hits"]
            found += [hit["_source"]["id"] for hit in hits]
            if len(hits) < _PAGE:
                return found
            body["search_after"] = hits[-1]["sort"]

    def _action(
        self,
        operation: str,
        name: str,
        identity: str,
        place: int,
        source: dict[str, Any] | None = None,
        version: int | None = None,
        kind: str = "external",
    ) -> _Action:
        meta: dict[str, Any] = {"_index": self._index(name), "_id": identity}
        if version is not None:
            meta |= {"version": version, "version_type": kind}
        lines = [orjson.dumps({operation: meta}), *([orjson.dumps(source)] if source is not None else []), b""]
        return _Action(place, operation, b"\n".join(lines))

    def _bulk(self, actions: Sequence[_Action]) -> list[tuple[_Action, dict[str, Any]]]:
        """Each action with the server's answer. A body that is too large for it goes in halves."""
        if not actions:
            return []
        if len(actions) > 1 and sum(len(action.body) for action in actions) > _BULK_BYTES:
            return self._halves(actions)
        body = gzip.compress(b"".join(action.body for action in actions), 1)
        headers = {"content-type": "application/x-ndjson", "content-encoding": "gzip"}
        response = self._call("POST", "/_bulk", content=body, headers=headers)
        if response.status_code in {400, 413}:
            if len(actions) > 1:
                return self._halves(actions)
            raise StoreRefused("store_refused", f"OpenSearch: {_reason(response)}", actions[0].place)
        items = _json(response).get("items", [])
        if response.status_code != 200 or len(items) != len(actions):
            raise Unavailable(f"OpenSearch: {_reason(response)}")
        return [(action, next(iter(item.values()))) for action, item in zip(actions, items, strict=True)]

    def _halves(self, actions: Sequence[_Action]) -> list[tuple[_Action, dict[str, Any]]]:
        middle = len(actions) // 2
        return self._bulk(actions[:middle]) + self._bulk(actions[middle:])

    def _refuse_or_wait(self, answers: Sequence[tuple[_Action, dict[str, Any]]]) -> None:
        """Raises StoreRefused for the first document that can never be written, else Unavailable for one that can later."""
        away = None
        for action, answer in answers:
            if answer["status"] < 300:
                continue
            told = _told(answer)
            if answer["status"] >= 500 or answer["status"] in _AWAY or _BLOCKED in told or action.place == _NOBODY:
                away = away or told
            else:
                raise StoreRefused("store_refused", f"OpenSearch: {told}", action.place)
        if away:
            raise Unavailable(f"OpenSearch: {away}; the worker waits and goes on by itself")

    def _asked(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer to a question that must succeed."""
        response = self._call(method, path, content=orjson.dumps(body) if body is not None else None)
        if response.status_code >= 300:
            raise Misconfigured(f"DATELINE_STORAGE_URL: OpenSearch: {method} {path.partition('?')[0]}: {_reason(response)}")  # fmt: skip
        return _json(response)

    def _call(self, method: str, path: str, *, content: bytes | None = None, headers: dict[str, str] | None = None) -> httpx.Response:  # fmt: skip
        """Any answer but that the server is away (Unavailable) or gives no access (Misconfigured)."""
        if self._http is None:
            self._http = httpx.Client(base_url=self._address, auth=self._auth, timeout=_TIMEOUT_S, verify=self._address.startswith("https"))  # fmt: skip
        try:
            response = self._http.request(method, path, content=content, headers=headers or {"content-type": "application/json"})  # fmt: skip
        except httpx.HTTPError as error:
            raise Unavailable(f"OpenSearch at {self._address}: {str(error) or type(error).__name__}; the worker waits and goes on by itself") from None  # fmt: skip
        if response.status_code in {401, 403} and _BLOCKED not in response.text:
            raise Misconfigured(f"DATELINE_STORAGE_URL: OpenSearch gives no access: {_reason(response)}")
        if response.status_code >= 500 or response.status_code in {403, 429}:
            away = Unavailable(f"OpenSearch: {_reason(response)}; the worker waits and goes on by itself")
            after = response.headers.get("retry-after", "")
            away.retry_after_s = float(after) if after.isdigit() else None  # type: ignore[attr-defined]
            raise away
        return response


def _nested(field: str, value: str) -> dict[str, Any]:
    """A document that has the value in that field of a child."""
    return {"nested": {"path": field.partition(".")[0], "query": {"term": {field: value}}}}


def _id(identity: str) -> str:
    """The document's `_id`."""
    if len(identity.encode()) <= _ID_BYTES:
        return identity
    return "sha256:" + hashlib.sha256(identity.encode()).hexdigest()


def _told(answer: dict[str, Any]) -> str:
    """Why a document was not written, in the server's words."""
    error = answer.get("error") or {}
    if isinstance(error, str):
        return error
    cause = (error.get("caused_by") or {}).get("reason")
    return f"{error.get('type', answer.get('status'))}: {error.get('reason', '')}{f' ({cause})' if cause else ''}"


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable(f"OpenSearch: an answer that is no JSON object: {response.text[:200]!r}")
    return found


def _reason(response: httpx.Response) -> str:
    """The server's own words, or the status."""
    try:
        return f"{response.status_code} {_told(orjson.loads(response.content) | {'status': response.status_code})}"
    except (orjson.JSONDecodeError, TypeError, AttributeError):
        return f"{response.status_code} {response.text[:200]}"
