"""Bytes to text: declared charset, byte order mark, HTML's meta tag, else detected. Never fails; says how it decided."""

import codecs
import re

from charset_normalizer import from_bytes

__all__ = ["decode_text"]

#: WHATWG Encoding, section 4.2: labels that mean windows-1252 in practice.
_LABELS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,8}=\s{0,8}["']?\s{0,8}([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s{0,8}=\s{0,8}["']([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_SNIFF_BYTES = 4096
_DETECT_BYTES = 64 * 1024


def decode_text(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text, and the charset it was read in. Bytes that do not fit become U+FFFD."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    head = data[:_SNIFF_BYTES]
    if head[1::2].count(0) > len(head) * 0.3:
        return data.decode("utf-16-le", "replace"), "utf-16-le"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for label in (declared, *_in_page(head)):
        charset = _known(label)
        if charset and charset != "utf-8":
            text = data.decode(charset, "replace")
            if text.count("\ufffd") * 100 <= len(text):
                return text, charset
    if _nearly_utf8(data):
        return data.decode("utf-8", "replace"), "utf-8"
    best = from_bytes(data[:_DETECT_BYTES]).best()
    detected = best.encoding if best is not None else "cp1252"
    return data.decode(detected, "replace"), detected


def _in_page(head: bytes) -> list[str]:
    return [found.group(1).decode("ascii") for found in (_META.search(head), _XML.search(head)) if found]


def _known(label: str | None) -> str | None:
    if not label:
        return None
    name = label.strip().lower()
    try:
        return _LABELS.get(name) or codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _nearly_utf8(data: bytes) -> bool:
    """UTF-8 with a few broken bytes, such as a page cut in the middle of a character."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 200 < sum(character > "\x7f" for character in text[:_DETECT_BYTES])
