"""A page as a list of visible text blocks in reading order, from HTML (lexbor, then one pass over its text) or from the lines of a dump."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import repeat
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from workers.cleaner.groups import NO_BITS, PROPERTY_BITS, TAG_BITS, TELLING, WORD_BITS, element_bits
from workers.errors import Refused
from workers.text import native
from workers.text.normalize import collapse, normalize, plain_characters

__all__ = ["MOST_BLOCKS", "Block", "Page", "looks_like_html", "read_page"]

#: Elements whose content no reader sees as text.
INVISIBLE = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "head",
    "object",
    "canvas",
    "math",
    "select",
    "textarea",
    "noembed",
    "noframes",
    "title",
    "datalist",
    "video",
    "audio",
)
#: Those that hold so much that writing them out costs more than taking them out of the tree; the core passes over the rest.
_BULKY = ["script", "style", "svg", "noscript"]
#: They show nothing as text and hold nothing; dropped in the parser, since each costs a turn of the reading.
_MUTE = ("img", "picture", "source", "link", "meta", "input", "track", "wbr")
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark",
    "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "nobr",
})  # fmt: skip
#: What a tag does to the reading; void elements first.
_SINGLE, _LINE, _RULE, _FLOWING, _STRONG, _LINK, _BLOCK = range(7)
_BOLD = frozenset({"b", "strong"})
_VOID = frozenset({
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param", "source",
    "track", "wbr",
})  # fmt: skip
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|div|p|meta|h[1-6]|span|table|ul)\b", re.IGNORECASE)
#: How a comment begins, behind the "<".
_COMMENT = "!--"
#: Elements whose text is written out as it stands, markup and all.
_RAW_TEXT = ("xmp", "plaintext", "listing")
_HIDDEN = re.compile(r"""\shidden(?:=|$)|\sstyle="[^"]{0,500}?(?:display\s*:\s*none|visibility\s*:\s*hidden)""")
_MAX_TAGS = 400_000
#: The longest live blogs and tables of the development pages have some 2,200.
MOST_BLOCKS = 8_000
_PROSE = 80
#: A link that holds more text than this (characters) was never closed: the parser carries it on through the page.
_LONGEST_LINK = 1_500
#: So much of their attributes (characters) makes two elements of one kind.
_KIND_HEAD = 80
_BR = "\x1e"
_PARAGRAPH_BREAK = re.compile("\x1e\\s*\x1e[\\s\x1e]*")
_BLANK_LINES = re.compile(r"\n\s*\n")


class Block(NamedTuple):
    """One visible piece: its text, the innermost block tag, the share of it in links, and the page and element that hold it."""

    text: str
    tag: str = "line"
    linked: float = 0.0
    bold: float = 0.0
    bits: int = 0
    element: int = -1
    page: "Page | None" = None


@dataclass(slots=True)
class Page:
    """The elements that hold the blocks, as parallel lists, in the order in which they open: the body is element 0, and element i and all inside it
    are the elements from i up to (not with) `ends[i]`. Elements of one kind (tag, attributes, places that the parent names) share a number."""

    blocks: list[Block] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    #: The same as arrays, where the compiled core read it; blocks may have been left out since.
    read: native.Reading | None = None


def looks_like_html(content: str, media_type: str | None) -> bool:
    """Whether to parse it: by the declared type, else by its first tags."""
    if media_type in {"text/html", "application/xhtml+xml"}:
        return True
    return media_type != "text/plain" and bool(_HTML.search(content[:5000]))


def read_page(tree: LexborHTMLParser) -> Page:
    """The visible blocks and their elements. It may strip the tree of what is invisible. Raises Refused("too_expensive") for a page of
    more than 400,000 tags or 8,000 blocks. Hidden elements are left out, unless they hold more running text than what is shown (a page whose script was
    to reveal it)."""
    page = None
    if native.LIBRARY is not None:
        tree.strip_tags(_BULKY, recursive=True)
        page = _read_compiled(_body(tree))
    if page is None:
        _strip(tree)
        page = _read_pieces(_body(tree))
    if page.read is None or not page.read.normal:
        _tidy(page.blocks)
    return page


def _body(tree: LexborHTMLParser) -> str:
    return (tree.body.html or "") if tree.body is not None else ""


def _strip(tree: LexborHTMLParser) -> None:
    """Take out of the tree what no reader sees; text with markup written out becomes plain text."""
    tree.strip_tags([*INVISIBLE, *_MUTE], recursive=True)
    for node in [node for name in _RAW_TEXT for node in tree.tags(name)]:
        node.replace_with(node.text() or " ")


@lru_cache(maxsize=1)
def _give_tables() -> None:
    native.load_reading_tables(WORD_BITS, TAG_BITS, {**_KINDS, **_NOT_READ}, TELLING, PROPERTY_BITS, plain_characters())


def _read_compiled(source: str) -> Page | None:
    """By the compiled core; None where the page holds what it does not read."""
    _give_tables()
    try:
        read = native.read(source.encode("utf-8", "surrogatepass"), _MAX_TAGS, MOST_BLOCKS)
    except native.TooMuchError as much:
        raise (_too_many_blocks() if much.blocks else _too_many_tags(much.pieces)) from None
    if read is None:
        return None
    layout = read.layout
    page = Page(
        tags=read.tags, parents=layout.parents.tolist(), depths=layout.depths.tolist(), bits=read.places.tolist(), ends=layout.ends.tolist(),
        kinds=read.kinds.tolist(), read=read,
    )  # fmt: skip
    elements: list[int] = layout.at.tolist()
    tags = map(read.tags.__getitem__, elements)
    page.blocks = list(map(Block._make, zip(
        read.texts, tags, read.linked.tolist(), read.bold.tolist(), read.bits.tolist(), elements, repeat(page)
    )))  # fmt: skip
    return page


def _read_pieces(source: str) -> Page:
    """The same in Python."""
    pieces = source.split("<")
    if _COMMENT in source:
        pieces = _without_comments(pieces)
    if len(pieces) > _MAX_TAGS:
        raise _too_many_tags(len(pieces))
    walker = _Walker(reveal=False)
    walker.walk(pieces)
    if len(walker.page.blocks) > MOST_BLOCKS:
        raise _too_many_blocks()
    reveal = walker.hidden > _text_size(walker.page)
    unclosed = frozenset(link for link, size in walker.links.items() if size > _LONGEST_LINK)
    if reveal or unclosed:
        walker = _Walker(reveal=reveal, not_links=unclosed)
        walker.walk(pieces)
    return walker.page


def _too_many_tags(count: int) -> Refused:
    return Refused("too_expensive", f"{count} tags; at most {_MAX_TAGS} are read")


def _too_many_blocks() -> Refused:
    return Refused("too_expensive", f"more than {MOST_BLOCKS} blocks of text")


def _without_comments(pieces: Sequence[str]) -> list[str]:
    """The pieces, where the text behind a comment goes on in the piece before it."""
    kept: list[str] = []
    in_comment = False
    for piece in pieces:
        if in_comment or piece[:3] == _COMMENT:
            _, end, text = piece.partition("-->")
            in_comment = not end
            if text:
                kept[-1] += text
        else:
            kept.append(piece)
    return kept


def _text_size(page: Page) -> int:
    return sum(len(block.text) for block in page.blocks if block.linked < 0.5 and len(block.text) > _PROSE)


def _tidy(blocks: list[Block]) -> None:
    """Bring the texts to normal form, all at once."""
    joined = "\n".join([block.text for block in blocks])
    tidied = normalize(joined)
    if tidied == joined:
        return
    lines = tidied.split("\n")
    if len(lines) != len(blocks):
        lines = [normalize(block.text) for block in blocks]
    changed = [
        block if line == block.text else block._replace(text=collapse(line))
        for block, line in zip(blocks, lines, strict=True)
    ]
    blocks[:] = [block for block in changed if block.text]


_KINDS = {
    **dict.fromkeys(_VOID, _SINGLE), "br": _LINE, "hr": _RULE, **dict.fromkeys(_INLINE, _FLOWING), **dict.fromkeys(_BOLD, _STRONG), "a": _LINK,
}  # fmt: skip

#: What the compiled core passes over, beside: elements with all in them, those whose text holds no tags, single tags; and what it leaves to Python.
_GONE, _GONE_RAW, _GONE_SINGLE, _ODD = range(7, 11)
_NOT_READ = {
    **dict.fromkeys((*INVISIBLE, "picture"), _GONE), **dict.fromkeys(("script", "style", "iframe", "noembed", "noframes"), _GONE_RAW),
    **{tag: _GONE_SINGLE for tag in _MUTE if tag in _VOID}, **dict.fromkeys(_RAW_TEXT, _ODD),
}  # fmt: skip


class _Walker:
    """One pass over the serialised body: well-formed, "<" and ">" escaped in texts and attributes (HTML standard, 13.3), so that each piece
    between two "<" is a tag and the text after it."""

    def __init__(self, *, reveal: bool, not_links: frozenset[str] = frozenset()) -> None:
        self.page = Page()
        self.hidden = 0
        #: How many characters each link (by the source of its attributes) holds.
        self.links: dict[str, int] = {}
        self._reveal, self._not_links = reveal, not_links
        self._texts: list[str] = []
        self._linked = 0
        self._bold = 0
        self._bits = NO_BITS
        #: Of each open block element: tag, attributes, its number on the page once a block needed it, else -1.
        self._open: list[tuple[str, str]] = []
        self._numbers: list[int] = []
        #: The first element of each kind.
        self._kinds: dict[tuple[str, str, int], int] = {}

    def walk(self, pieces: Sequence[str]) -> None:  # noqa: C901, PLR0912, PLR0915  one loop, as the compiled twin has it
        texts, opened, numbers, reveal = self._texts, self._open, self._numbers, self._reveal
        kind_of = _KINDS.get
        stack: list[int] = []
        not_links = self._not_links
        links = bolds = skip = 0
        link = ""
        for piece in pieces:
            head, _, text = piece.partition(">")
            if not head:
                continue
            if head[0] == "/":
                if not stack:
                    continue
                kind = stack.pop()
                if skip:
                    if len(stack) < skip:
                        skip = 0
                elif kind == _BLOCK:
                    if texts:
                        self._flush()
                    opened.pop()
                    if (number := numbers.pop()) >= 0:
                        self.page.ends[number] = len(self.page.ends)
                elif kind == _LINK:
                    links -= 1
                elif kind == _STRONG:
                    bolds -= 1
            else:
                name, _, attributes = head.partition(" ")
                kind = kind_of(name, _BLOCK)
                if kind == _LINK and attributes in not_links:
                    kind = _FLOWING
                if kind <= _RULE:
                    if kind == _LINE:
                        texts.append(_BR)
                    elif kind == _RULE and texts:
                        self._flush()
                elif skip:
                    stack.append(kind)
                elif (
                    attributes
                    and opened  # a body that a script is to reveal is read
                    and not reveal
                    and ("hidden" in attributes or "none" in attributes)
                    and _HIDDEN.search(head)
                ):
                    stack.append(kind)
                    texts.append(" ")
                    skip = len(stack)
                else:
                    stack.append(kind)
                    if kind == _BLOCK:
                        if texts:
                            self._flush()
                        opened.append((name, attributes))
                        numbers.append(-1)
                    elif kind == _LINK:
                        links += 1
                        link = attributes
                    else:
                        bolds += kind == _STRONG
                        if attributes:
                            self._bits |= element_bits(name, attributes)
            if not text:
                continue
            if skip:
                self.hidden += len(text) if len(text) > _PROSE else 0
            elif text.isspace():
                if texts:
                    texts.append(" ")
            else:
                texts.append(text)
                if links or bolds:
                    size = len(text.strip())
                    if links:
                        self._linked += size
                        self.links[link] = self.links.get(link, 0) + size
                    self._bold += size if bolds else 0
        if texts:
            self._flush()
        for number in numbers:
            if number >= 0:
                self.page.ends[number] = len(self.page.ends)

    def _flush(self) -> None:
        """End the block: what was read since the last boundary becomes one block, or several where two breaks stand together."""
        texts = self._texts
        joined = texts[0] if len(texts) == 1 else "".join(texts)
        texts.clear()
        linked, bold, bits = self._linked, self._bold, self._bits
        self._linked = self._bold = 0
        self._bits = NO_BITS
        if "&" in joined:
            joined = unescape(joined)
        tag = self._open[-1][0]
        parts = [joined]
        if _BR in joined:
            parts = [part.replace(_BR, " ") for part in _PARAGRAPH_BREAK.split(joined)]
        elif tag == "pre":
            parts = _BLANK_LINES.split(joined)
        for part in parts:
            text = collapse(part)
            if text:
                share = min(1.0, linked / len(text)) if linked else 0.0
                strong = min(1.0, bold / len(text)) if bold else 0.0
                self.page.blocks.append(Block(text, tag, share, strong, bits, self._element(), self.page))

    def _element(self) -> int:
        """The number of the innermost open element; it and those around it get a place on the page now, if they have none yet."""
        numbers, page = self._numbers, self.page
        if numbers[-1] >= 0:
            return numbers[-1]
        level = len(numbers) - 1
        while level > 0 and numbers[level - 1] < 0:
            level -= 1
        for place in range(level, len(numbers)):
            name, attributes = self._open[place]
            page.parents.append(numbers[place - 1] if place else -1)
            page.ends.append(0)
            page.depths.append(place)
            page.tags.append(name)
            page.bits.append(element_bits(name, attributes) if place else NO_BITS)
            numbers[place] = number = len(page.parents) - 1
            above = page.bits[page.parents[number]] if place else NO_BITS
            kind = (name, attributes[:_KIND_HEAD] if name != "a" else "", above)
            page.kinds.append(self._kinds.setdefault(kind, number))
        return numbers[-1]
