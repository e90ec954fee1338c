"""Nothing is lost: what became text and what was removed, in order, give back what a reader sees of the page."""

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from schemas.articles import RawArticle
from workers.cleaner.blocks import INVISIBLE
from workers.cleaner.body_model import load_models
from workers.cleaner.choice import Choice
from workers.cleaner.clean import body_paragraphs, choose, clean
from workers.cleaner.intake import read_raw
from workers.text.normalize import normalize

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


def _plain(text: str) -> str:
    return _bare(normalize(text))


def _bare(text: str) -> str:
    """Without white space. What the cleaner gives is not normalised again: "Â" at the end of a line and "¡" on the next are no mojibake."""
    return "".join(text.split())


def _visible(content: str) -> str:
    """Every text node of the body outside of invisible elements, read node by node: another way than the cleaner's own."""
    tree = LexborHTMLParser(content)
    pieces: list[str] = []
    stack: list[LexborNode] = [tree.body] if tree.body is not None else []
    while stack:
        node = stack.pop()
        if node.tag == "-text":
            pieces.append(node.text_content or "")
        elif (
            node.tag not in INVISIBLE
            and "hidden" not in node.attributes
            and not _HIDDEN.search(node.attributes.get("style") or "")
        ):
            children = []
            child = node.child
            while child is not None:
                children.append(child)
                child = child.next
            stack.extend(reversed(children))
    return _plain("".join(pieces))


def _accounted(choice: Choice) -> str:
    return _bare("".join(block.text for block in choice.blocks))


def _check(raw: RawArticle, visible: str) -> None:
    choice = choose(raw, load_models())
    said = _accounted(choice)
    # "Ð" in a block and "¡Â¡" in the next is mojibake only where both are read as one, as `visible` was.
    assert visible in {said, _plain(said)}
    article = clean(raw)
    cut = [block.text for block, reason in zip(choice.blocks, choice.reasons, strict=True) if reason is not None]
    assert [piece.text for piece in article.removed] == cut
    assert all(piece.score is not None and piece.reason for piece in article.removed)
    if "body_from_metadata" not in article.quality.flags:
        kept = "".join(
            block.text for block, reason in zip(choice.blocks, choice.reasons, strict=True) if reason is None
        )
        assert _bare("".join(body_paragraphs(choice))) == _bare(kept)
        assert _bare((article.dateline or "") + article.text) == _bare(kept)


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
_TAGS = st.sampled_from(
    [
        "p",
        "div",
        "span",
        "a",
        "b",
        "li",
        "ul",
        "h1",
        "h2",
        "section",
        "td",
        "em",
        "aside",
        "button",
        "pre",
        "article",
        "time",
    ]
)
_NODES = st.recursive(
    st.one_of(
        _WORDS, st.sampled_from(["<br>", "<hr>", "<br><br>", "<img src=x alt=y>", "<!-- note -->", "<script>var a = '<p>'</script>", "&nbsp;", "&shy;x"])
    ),
    lambda inner: st.builds(lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", _TAGS, st.lists(inner, max_size=4)),
    max_leaves=25,
)  # fmt: skip


@example(nodes=["Ð", "<p>¡Â¡</p>"])
@settings(max_examples=150, deadline=None)
@given(st.lists(_NODES, min_size=1, max_size=6))
def test_every_visible_character_of_any_page_is_accounted_for(nodes: list[str]) -> None:
    content = f"<html><body>{''.join(nodes)}</body></html>"
    raw = read_raw(content.encode("utf-8", "replace"), (("content-type", b"text/html"),))
    _check(raw, _visible(raw.content or ""))


@example(lines=["Â", "¡Â¡"], joint="\n")
@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=30), st.sampled_from(["\n", "\n\n", "\n   ", ". "]))
def test_every_character_of_any_dump_is_accounted_for(lines: list[str], joint: str) -> None:
    content = "Head\n" + joint.join(lines)
    raw = read_raw(content.encode("utf-8", "replace"), (("content-type", b"text/plain"),))
    _check(raw, _plain(raw.content or ""))


@pytest.mark.parametrize("kind", ["html", "block", "nodes", "raw"])
def test_every_visible_character_of_the_development_pages_is_accounted_for(bench: Path, kind: str) -> None:
    folder = bench / "cleaning"
    names = sorted(json.loads((folder / "gold.json").read_text(encoding="utf-8")))[:: 5 if kind == "html" else 9]
    dumps = {} if kind == "html" else json.loads(gzip.decompress((folder / f"dump-{kind}.json.gz").read_bytes()))
    for name in names:
        if kind == "html":
            raw = read_raw(
                gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), (("content-type", b"text/html"),)
            )
            choice = choose(raw, load_models())
            assert _accounted(choice) in {_visible(raw.content or ""), _all_text(raw.content or "")}, name
        else:
            raw = read_raw(dumps[name].encode(), (("content-type", b"text/plain"),))
            assert _accounted(choose(raw, load_models())) == _plain(raw.content or ""), name


def _all_text(content: str) -> str:
    """With what hidden elements hold: what the cleaner reads where a page shows nothing else."""
    tree = LexborHTMLParser(content)
    for node in tree.css("[hidden]"):
        node.attrs["hidden"] = None  # type: ignore[assignment]
        del node.attrs["hidden"]
    for node in tree.css("[style]"):
        del node.attrs["style"]
    return _visible(tree.html or "")
