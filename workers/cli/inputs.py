"""Reading what people hand to `enrich` and `publish`: HTML and text files, JSON, JSON lines, WARC, standard input."""

import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import orjson
from warcio.archiveiterator import ArchiveIterator

from workers.errors import Refused
from workers.ports import Headers

__all__ = ["Input", "read_inputs"]

_JSON = (".json", ".json.gz")
_JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_WARC = (".warc", ".warc.gz")


class Input(NamedTuple):
    """One raw value, the name to call it by, and headers that say what it is."""

    name: str
    value: bytes
    headers: Headers = ()


def read_inputs(paths: list[str]) -> Iterator[Input | Refused]:
    """Every document in order; a file that cannot be read is a Refused in its place, and the rest goes on."""
    for path in paths:
        try:
            yield from _read(path)
        except (OSError, EOFError) as error:
            yield Refused("unreadable", f"{path}: {getattr(error, 'strerror', None) or error}")


def _read(path: str) -> Iterator[Input | Refused]:
    if path == "-":
        yield from _standard_input()
    elif path.endswith(_JSON_LINES):
        with _open(path) as stream:
            yield from _json_lines(path, stream)
    elif path.endswith(_JSON):
        with _open(path) as stream:
            yield from _json(path, stream.read())
    elif path.endswith(_WARC):
        with Path(path).open("rb") as stream:
            yield from _warc(path, stream)
    else:
        with _open(path) as stream:
            yield Input(path, stream.read(), _media_type(path.removesuffix(".gz")))


def _open(path: str) -> IO[bytes]:
    stream: Any = gzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb")  # noqa: SIM115  the callers close it
    return cast("IO[bytes]", stream)


def _media_type(path: str) -> Headers:
    kinds = {".html": b"text/html", ".htm": b"text/html", ".xhtml": b"text/html", ".txt": b"text/plain"}
    kind = kinds.get(Path(path).suffix.lower())
    return (("content-type", kind),) if kind else ()


def _standard_input() -> Iterator[Input | Refused]:
    """JSON lines when the first line is a JSON object by its looks, else one document."""
    stream = sys.stdin.buffer
    first = stream.readline()
    while first and not first.strip():
        first = stream.readline()
    if first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        yield Input("-:1", first.strip())
        yield from _json_lines("-", stream, start=2)
    else:
        yield Input("-", first + stream.read())


def _json_lines(path: str, stream: IO[bytes], start: int = 1) -> Iterator[Input | Refused]:
    """Each line an article. What does not begin like an object would pass for the text of a page, so it is refused here."""
    for number, line in enumerate(stream, start):
        value = line.removeprefix(b"\xef\xbb\xbf").strip()
        if value.startswith(b"{"):
            yield Input(f"{path}:{number}", value)
        elif value:
            yield Refused("malformed_json", f"{path}:{number}: a JSON object is needed, one a line")


def _json(path: str, value: bytes) -> Iterator[Input | Refused]:
    """One article, or an array of them."""
    try:
        found = orjson.loads(value.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        yield Refused("malformed_json", f"{path}: not JSON: {error}")
        return
    for number, article in enumerate(found if isinstance(found, list) else [found]):
        name = f"{path}[{number}]" if isinstance(found, list) else path
        if isinstance(article, dict):
            yield Input(name, orjson.dumps(article))
        else:
            yield Refused("wrong_type", f"{name}: a JSON object is needed, this is a {type(article).__name__}")


def _warc(path: str, stream: IO[bytes]) -> Iterator[Input]:
    for record in ArchiveIterator(stream):
        if record.rec_type not in {"response", "resource"}:
            continue
        kind = (record.http_headers or record.rec_headers).get_header("Content-Type") or ""
        if kind.split(";")[0].strip().lower() not in {"text/html", "text/plain", "application/xhtml+xml"}:
            continue
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        fetched = record.rec_headers.get_header("WARC-Date") or ""
        headers = (("content-type", kind.encode()), ("url", url.encode()), ("fetched_at", fetched.encode()))
        yield Input(url or path, io.BytesIO(record.content_stream().read()).getvalue(), headers)
