"""A page as a list of visible text blocks in reading order, from HTML (lexbor, one pass) or from the lines of a dump."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from workers.errors import Refused
from workers.text.normalize import collapse

__all__ = ["Block", "html_blocks", "line_blocks", "looks_like_html"]

_SKIPPED = frozenset(
    {
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
    }
)
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark",
    "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|div|p|meta|h[1-6]|span|table|ul)\b", re.IGNORECASE)
_MAX_NODES = 400_000
_MAX_DEPTH = 600
_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One visible piece: its text, the innermost block tag, the tags and class words around it, and the share of it in links."""

    text: str
    tag: str = "line"
    around: frozenset[str] = frozenset()
    linked: float = 0.0


def looks_like_html(content: str, media_type: str | None) -> bool:
    """Whether to parse it: by the declared type, else by its first tags."""
    if media_type in {"text/html", "application/xhtml+xml"}:
        return True
    return media_type != "text/plain" and bool(_HTML.search(content[:5000]))


def line_blocks(content: str) -> list[Block]:
    """The non-empty lines."""
    return [Block(line.strip()) for line in content.split("\n") if line.strip()]


def html_blocks(tree: LexborHTMLParser) -> list[Block]:
    """The visible blocks. Raises Refused("too_expensive") for a page of absurd size; what is nested too deep is read as one block."""
    body = tree.body
    walker = _Walker()
    if body is not None:
        walker.walk(body)
    return walker.blocks


@dataclass(frozen=True, slots=True)
class _Context:
    tag: str
    around: frozenset[str]
    linked: bool


class _Walker:
    """An explicit stack, so that depth costs no recursion."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._context = _Context("body", frozenset(), linked=False)
        self._nodes = 0

    def walk(self, root: LexborNode) -> None:
        start = _Context("body", frozenset(), linked=False)
        stack: list[tuple[LexborNode | None, _Context, int]] = [(root, start, 0)]
        while stack:
            node, context, depth = stack.pop()
            if node is None:
                self._flush(context)
                continue
            self._nodes += 1
            if self._nodes > _MAX_NODES:
                raise Refused("too_expensive", f"more than {_MAX_NODES} elements and texts")
            self._visit(node, context, depth, stack)
        self._flush(start)

    def _visit(
        self, node: LexborNode, context: _Context, depth: int, stack: list[tuple[LexborNode | None, _Context, int]]
    ) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "", context)
        elif tag == "br":
            self._pieces.append("\n")
        elif tag and not tag.startswith(("-", "!")) and tag not in _SKIPPED and depth < _MAX_DEPTH:
            self._element(node, tag, context, depth, stack)

    def _element(
        self,
        node: LexborNode,
        tag: str,
        context: _Context,
        depth: int,
        stack: list[tuple[LexborNode | None, _Context, int]],
    ) -> None:
        attributes = node.attributes
        if "hidden" in attributes or _SHOWN.search((attributes.get("style") or "")[:500]):
            return
        inline = tag in _INLINE
        words = _words(attributes) if not inline else frozenset()
        inside = _Context(
            context.tag if inline else tag,
            context.around if inline else context.around | words | {tag},
            context.linked or tag == "a",
        )
        if not inline:
            self._flush(context)
            stack.append((None, inside, depth))
        children = []
        child = node.child
        while child is not None:
            children.append(child)
            child = child.next
        stack.extend((child, inside, depth + 1) for child in reversed(children))

    def _text(self, text: str, context: _Context) -> None:
        self._pieces.append(text)
        self._context = context
        if context.linked:
            self._linked += len(text.strip())

    def _flush(self, context: _Context) -> None:
        for piece in "".join(self._pieces).split("\n\n" if context.tag == "pre" else "\0"):
            text = collapse(piece)
            if text:
                self.blocks.append(Block(text, context.tag, context.around, min(1.0, self._linked / len(text))))
        self._pieces.clear()
        self._linked = 0


_SPLIT = re.compile(r"[^a-z0-9]+|(?<=[a-z])(?=[0-9])")


def _words(attributes: dict[str, str | None]) -> frozenset[str]:
    """The words of class, id and role; long lists are cut."""
    text = " ".join(filter(None, (attributes.get("class"), attributes.get("id"), attributes.get("role"))))[:300]
    return frozenset(word for word in _SPLIT.split(text.lower()) if word)
