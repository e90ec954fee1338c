"""A small server that answers as OpenSearch's documentation says: bulk with external versions, multi-get, templates, delete by query.

What it knows: a bulk answers 200 with a status for each item; `external` wants a version above the one that is there, `external_gte` at least that;
a deleted document's version is remembered; `create` refuses what is there; a query sees what was there at the last refresh; a number beyond 64 bits
is a mapper_parsing_exception; an `_id` beyond 512 bytes fails the whole bulk; a body beyond `max_bytes` is 413. `answers` are given instead, in turn.
"""

import base64
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["OpenSearchStub"]


class OpenSearchStub:
    """Started by `with`; `url` is what DATELINE_STORAGE_URL is set to."""

    def __init__(self, user: str = "", password: str = "") -> None:
        self.indexes: dict[str, dict[str, dict[str, Any]]] = {}
        self.templates: dict[str, Any] = {}
        self.remembered: dict[tuple[str, str], int] = {}
        self.refreshed: dict[str, set[str]] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], Any]] = []
        self.items: list[tuple[int, str, str]] = []
        self.blocked = False
        self.max_bytes = 100 * 1024**2
        self._credentials = f"{user}:{password}"
        self._user = f"{self._credentials}@" if user else ""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"opensearch+http://{self._user}127.0.0.1:{self._server.server_port}/test"

    def __enter__(self) -> "OpenSearchStub":
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def documents(self, name: str) -> dict[str, Any]:
        """The sources of an index by `_id`."""
        return {key: found["_source"] for key, found in self.indexes.get(f"test-{name}", {}).items()}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                with stub._lock:
                    status, headers, answer = stub._answer(
                        self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body
                    )
                data = b"" if self.command == "HEAD" else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in ({"content-type": "application/json", "content-length": str(len(data))} | headers).items():  # fmt: skip
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815  the library's names

            def log_message(self, *_: object) -> None: ...

        return Handler

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        self.requests.append((method, path, headers, body))
        if self._user and headers.get("authorization") != "Basic " + base64.b64encode(self._credentials.encode()).decode():  # fmt: skip
            return 401, {}, "Unauthorized"
        if path.startswith("/_bulk") and self.answers:
            return self.answers.pop(0)
        parts = path.partition("?")[0].strip("/").split("/")
        if parts[0] == "_bulk":
            return self._bulk(body)
        if parts[0] == "_index_template":
            self.templates[parts[1]] = json.loads(body)
            return 200, {}, {"acknowledged": True}
        index = self.indexes.get(parts[0])
        if len(parts) == 1:
            if method == "HEAD":
                return (404 if index is None else 200), {}, None
            if index is not None:
                return 400, {}, {"error": {"type": "resource_already_exists_exception", "reason": "it is there"}}
            self.indexes[parts[0]] = {}
            return 200, {}, {"acknowledged": True}
        return 200, {}, self._ask(parts[0], parts[1], json.loads(body) if body else {})

    def _ask(self, name: str, verb: str, body: Any) -> Any:
        index = self.indexes[name]
        match verb:
            case "_mget":
                return {"docs": [{"_id": one, "found": True, **index[one]} if one in index else {"_id": one, "found": False} for one in body["ids"]]}  # fmt: skip
            case "_refresh":
                self.refreshed[name] = set(index)
            case "_delete_by_query":
                ((field, values),) = body["query"]["terms"].items()
                for one in [one for one in self.refreshed.get(name, set()) if one in index and index[one]["_source"].get(field) in values]:  # fmt: skip
                    del index[one]
            case "_search":
                return self._search(name, body)
        return {"acknowledged": True}

    def _search(self, name: str, body: Any) -> Any:
        def fits(source: Any, clause: Any) -> bool:
            ((kind, what),) = clause.items()
            if kind == "nested":
                return any(fits(child, what["query"]) for child in source[what["path"]])
            if kind == "bool":
                return any(fits(source, one) for one in what["should"])
            if kind == "range":
                ((field, bounds),) = what.items()
                return bool(source.get(field)) and source[field] <= bounds["lte"]
            ((field, value),) = what.items()
            return source.get(field.rpartition(".")[2] if field not in source else field) in (value if kind == "terms" else [value])  # fmt: skip

        index = self.indexes[name]
        there = sorted((index[one]["_source"] for one in self.refreshed.get(name, set()) if one in index), key=lambda one: one["id"])  # fmt: skip
        clauses = body["query"]["bool"]["filter"]
        after = body.get("search_after", [""])[0]
        hits = [one for one in there if one["id"] > after and all(fits(one, clause) for clause in clauses)][: body["size"]]  # fmt: skip
        return {"hits": {"hits": [{"_source": {"id": one["id"]}, "sort": [one["id"]]} for one in hits]}}

    def _bulk(self, body: bytes) -> tuple[int, dict[str, str], Any]:
        if len(body) > self.max_bytes:
            return 413, {}, "Request Entity Too Large"
        assert body.endswith(b"\n"), "the last line ends too"
        lines = iter(body.splitlines())
        operations = []
        for line in lines:
            ((operation, meta),) = json.loads(line).items()
            operations.append((operation, meta, json.loads(next(lines)) if operation != "delete" else None))
        if any(len(meta["_id"].encode()) > 512 for _, meta, _ in operations):
            return 400, {}, {"error": {"type": "action_request_validation_exception", "reason": "id is too long"}}
        items = [{operation: self._item(operation, meta, source)} for operation, meta, source in operations]
        failed = any(next(iter(item.values()))["status"] >= 300 for item in items)
        return 200, {}, {"took": 1, "errors": failed, "items": items}

    def _item(self, operation: str, meta: Any, source: Any) -> Any:
        index, identity = self.indexes[meta["_index"]], meta["_id"]
        base = {"_index": meta["_index"], "_id": identity}
        if self.blocked:
            return base | {"status": 403, "error": {"type": "cluster_block_exception", "reason": "index blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];"}}  # fmt: skip
        if self.items and self.items[0][1] == identity:
            status, _, kind = self.items.pop(0)
            return base | {"status": status, "error": {"type": kind, "reason": "as the test asks"}}
        there = index.get(identity)
        current = there["_version"] if there else self.remembered.get((meta["_index"], identity), 0)
        if operation == "create" and there:
            return base | _conflict(current, 0)
        version = meta.get("version", current + 1)
        gte = meta.get("version_type") == "external_gte"
        if "version" in meta and (version < current if gte else version <= current):
            return base | _conflict(current, version)
        if operation == "delete":
            self.remembered[meta["_index"], identity] = version
            return base | {"status": 200 if index.pop(identity, None) else 404, "_version": version}
        if _too_large(source):
            cause = {"type": "illegal_argument_exception", "reason": "Value [9223372036854775808] is out of range for a long"}  # fmt: skip
            return base | {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "failed to parse field [entities.geonames_id] of type [long]", "caused_by": cause}}  # fmt: skip
        index[identity] = {"_version": version, "_source": source}
        return base | {"status": 200 if there else 201, "_version": version}


def _conflict(current: int, version: int) -> dict[str, Any]:
    reason = f"version conflict, current version [{current}] is higher or equal to the one provided [{version}]"
    return {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": reason}}


def _too_large(value: Any) -> bool:
    match value:
        case int():
            return abs(value) >= 2**63
        case dict():
            return any(_too_large(one) for name, one in value.items() if name != "document")
        case list():
            return any(map(_too_large, value))
    return False
