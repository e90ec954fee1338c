"""What a value on the raw topic means: our JSON, JSON with only `content`, or the page itself as bytes in some charset."""

import base64
import binascii
import hashlib
import zlib
from typing import Any
from urllib.parse import urlsplit

import orjson
from pydantic import ValidationError

from schemas.articles import RawArticle
from schemas.codec import DecodeError, decode, explain
from workers.cleaner.blocks import looks_like_html
from workers.errors import Refused
from workers.ports import Headers
from workers.text.charset import decode_text
from workers.text.normalize import normalize

__all__ = ["article_id", "read_raw"]

#: Magic numbers of what is certainly no text: zip (and office files), PDF, PNG, JPEG, GIF, ELF.
_BINARY = (b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF")
_GZIP = b"\x1f\x8b"
_INFLATE_BYTES = 32 * 1024 * 1024
_HEADER_FIELDS = ("url", "source", "fetched_at", "title_hint", "published_hint", "language_hint", "id")
_SHORT_BYTES = 64


def read_raw(value: bytes | None, headers: Headers = ()) -> RawArticle:
    """The raw article, with `content` and `id` set. Raises Refused: null_value, empty_value, malformed_json, wrong_type,
    invalid_fields, malformed_base64, not_text, too_large."""
    if value is None:
        raise Refused("null_value", "the value is null; publish the page, or a JSON object with `content`")
    if not value or value.isspace():
        raise Refused("empty_value", "the value is empty; publish the page, or a JSON object with `content`")
    told = {name.lower(): content.decode("utf-8", "replace") for name, content in headers}
    media_type, charset = _content_type(told.get("content-type", ""))
    if media_type not in {"text/html", "text/plain", "application/xhtml+xml"}:
        fields = _json_object(value)
        if fields is not None:
            return _complete(_from_json(value))
    return _complete(_from_page(value, told, media_type, charset))


def article_id(url: str | None, content: str) -> str:
    """A stable id: of the url where there is one, else of the content."""
    if url:
        return "u" + hashlib.sha256(_plain_url(url).encode("utf-8", "replace")).hexdigest()[:31]
    return "c" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:31]


def _plain_url(url: str) -> str:
    """Without fragment; scheme and host in lower case."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), fragment="").geturl()


def _json_object(value: bytes) -> bool | None:
    """True for what must be our JSON; None for a page. Raises Refused for other JSON."""
    start = value.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return True
    if start.startswith((b"[", b'"')) or len(start) <= _SHORT_BYTES:
        try:
            parsed = orjson.loads(start)
        except orjson.JSONDecodeError:
            return None
        raise Refused("wrong_type", f"a JSON object or a page is needed, this is a JSON {type(parsed).__name__}")
    return None


def _from_json(value: bytes) -> RawArticle:
    try:
        return decode(RawArticle, value.removeprefix(b"\xef\xbb\xbf"))
    except DecodeError as error:
        raise Refused(error.reason, str(error)) from None


def _from_page(value: bytes, told: dict[str, str], media_type: str | None, charset: str | None) -> RawArticle:
    fields: dict[str, Any] = {name: told[name] for name in _HEADER_FIELDS if told.get(name)}
    plain = _plain_bytes(value)
    text, read_as = decode_text(plain, charset)
    try:
        raw = RawArticle.model_validate({**fields, "content": text, "media_type": media_type})
    except ValidationError as error:
        raise Refused("invalid_fields", f"in the headers: {explain(error)}") from None
    if read_as == "utf-8" and "\ufffd" not in text:
        raw.keep_utf8(plain)
    return raw


def _content_type(header: str) -> tuple[str | None, str | None]:
    media_type, _, rest = header.partition(";")
    charset = next(
        (
            part.split("=", 1)[1].strip(" \"'")
            for part in rest.split(";")
            if part.strip().lower().startswith("charset=")
        ),
        None,
    )
    return media_type.strip().lower() or None, charset


def _plain_bytes(data: bytes) -> bytes:
    """Inflate gzip up to a bound; refuse what is no text."""
    if data.startswith(_GZIP):
        try:
            inflater = zlib.decompressobj(wbits=31)
            data = inflater.decompress(data, _INFLATE_BYTES)
        except zlib.error as error:
            raise Refused("not_text", f"gzip that cannot be read: {error}") from None
        if inflater.unconsumed_tail:
            raise Refused("too_large", f"more than {_INFLATE_BYTES} bytes when inflated")
    if data.startswith(_BINARY):
        raise Refused("not_text", "a binary file (zip, PDF or image), not a page")
    return data


def _complete(raw: RawArticle) -> RawArticle:
    content = raw.content
    if content is None:
        content = _from_base64(raw.content_b64 or "", raw.charset)
    if not ((raw.id or raw.url) and looks_like_html(content, raw.media_type)):
        # Of a web page a third at most is text: the cleaner brings that to normal form, once it has it.
        content = normalize(content)
    changes: dict[str, Any] = {"content": content, "content_b64": None}
    changes["id"] = normalize(raw.id) if raw.id else article_id(raw.url, content)
    if not raw.source and raw.url:
        changes["source"] = _host(raw.url)
    for name in ("url", "title_hint", "published_hint"):
        if getattr(raw, name):
            changes[name] = normalize(getattr(raw, name))
    return raw.model_copy(update=changes)


def _from_base64(encoded: str, charset: str | None) -> str:
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("malformed_base64", f"content_b64: {error}") from None
    return decode_text(_plain_bytes(data), charset)[0]


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
