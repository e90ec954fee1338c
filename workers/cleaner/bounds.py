"""Pages that are built to be expensive: what nests absurdly deep is flattened before it is parsed.

Parsing HTML takes time with the square of the depth (each tag may look at every open one: HTML standard, 13.2.4.2): 100,000 nested elements
cost half a minute in any tree builder. A browser stops at about 512; what people write stays under 100.
"""

import re
from functools import lru_cache

from workers.errors import Refused
from workers.text import native

__all__ = ["flattened"]

#: Fewer tags than this cannot nest deep enough to matter.
_FEW_TAGS = 4_000
_DEEPEST = 1_500
_MAX_TAGS = 600_000
#: Their end tags may be left out, or they have none: they do not nest by themselves.
_CLOSED_BY_THE_NEXT = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "colgroup",
        "option",
        "optgroup",
        "rp",
        "rt",
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")


def flattened(content: str, encoded: bytes) -> bytes:
    """The page for the parser, without the tags of elements that nest more than 1,500 deep; `encoded` is the content in UTF-8. Raises Refused("too_expensive") above 600,000 tags."""
    deep = _deep_names(content) if _may_be_deep(encoded) else None
    if not deep:
        return encoded
    names = "|".join(sorted(map(re.escape, deep)))
    shallow = re.sub(rf"</?(?:{names})\b[^<>]{{0,2000}}>?", " ", content, flags=re.IGNORECASE)
    return shallow.encode("utf-8", "ignore")


def _may_be_deep(source: bytes) -> bool:
    """What the compiled core denies of nearly all pages; without it, whether there are tags enough."""
    if native.LIBRARY is None:
        return source.count(b"<") >= _FEW_TAGS
    _give_tags()
    return native.nests_deeper(source, _FEW_TAGS, _MAX_TAGS, _DEEPEST)


@lru_cache(maxsize=1)
def _give_tags() -> None:
    native.load_closing(_CLOSED_BY_THE_NEXT)


def _deep_names(content: str) -> set[str]:
    open_now: dict[str, int] = {}
    deep: set[str] = set()
    depth = tags = 0
    for match in _TAG.finditer(content):
        tags += 1
        if tags > _MAX_TAGS:
            raise Refused("too_expensive", f"more than {_MAX_TAGS} tags")
        name = match[2].lower()
        if name in _CLOSED_BY_THE_NEXT:
            continue
        if match[1]:
            if open_now.get(name, 0):
                open_now[name] -= 1
                depth -= 1
            continue
        open_now[name] = open_now.get(name, 0) + 1
        depth += 1
        if depth > _DEEPEST:
            deep.add(name)
    if deep:
        deep |= {name for name, count in open_now.items() if count > 50}
    return deep
