"""Raw values that break things: each must end enriched or in the dead letters, once, and the worker must live."""

import base64
import gzip

import orjson

__all__ = ["POISON"]

POISON: dict[str, bytes | None] = {
    "bad json": b'{"content": ',
    "null": None,
    "empty": b"",
    "wrong types": b'{"content": ["x"]}',
    "array": b"[1, 2]",
    "20 MB": b"x" * 20_000_000,
    "NUL bytes": b"\x00" * 5000,
    "lone surrogate": b'{"content": "\\ud800 text"}',
    "zip bomb": orjson.dumps({"content_b64": base64.b64encode(gzip.compress(b"0" * 200_000_000)).decode()}),
    "10,000 deep": b"<html><body>" + b"<div>" * 10_000 + b"deep text here" + b"</div>" * 10_000,
    "1 MB line": b"word " * 200_000,
    "random bytes": bytes(range(256)) * 20,
}
