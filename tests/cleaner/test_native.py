"""The compiled core does what its Python twin does, to the bit; and it is there."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from workers.cleaner import blocks, body_model, line_facts, signs, wording
from workers.cleaner import page as page_module
from workers.cleaner.blocks import Page, read_page
from workers.cleaner.metadata import Metadata, read_metadata
from workers.cleaner.segments import split_dump
from workers.cleaner.titles import headline_anchor
from workers.errors import Refused
from workers.text import language, native, normalize

_LIBRARY = native.LIBRARY
_NAMES = (
    "body",
    "p",
    "div",
    "a",
    "b",
    "span",
    "li",
    "ul",
    "table",
    "td",
    "h1",
    "h2",
    "br",
    "hr",
    "pre",
    "section",
    "article",
    "aside",
    "x-y",
    "font",
)
_ATTRIBUTES = (
    'class="story-body teaser"', 'class="relatedLinks Card3x"', "hidden", 'style="display : none"', 'style="color:red;visibility:hidden"', 'id="комментарии comment"',
    'itemprop="articleBody"', 'data-type="nav"', 'x-class="footer"', 'rel=next', 'class="İtem Kelvin"', 'title="class= a"', 'href="/a?b=none&c=hidden"', "aria-hidden=true",
)  # fmt: skip
_TEXTS = (
    "A sentence, of some words.", " ", "\n\n", "&nbsp;", "&amp;copy; &lt;b&gt;", "Über die Straße", "ΤΗΣ ΟΔΟΣ της", "读者评论", "\x1e", "a\u2028b", "<!-- a -->", "<!--", "-->",
    "© 2025 Example", "word " * 40, "|", "𝔘 emoji 🎉 text", "İstanbul'da", "l\u0301 e\u0301", "خبر جديد، اليوم", "١٢٣ 123",
)  # fmt: skip
_PIECES = st.one_of(
    st.sampled_from(_TEXTS),
    st.builds("<{} {}>".format, st.sampled_from(_NAMES), st.sampled_from(_ATTRIBUTES)),
    st.sampled_from([f"<{name}>" for name in _NAMES] + [f"</{name}>" for name in _NAMES]),
    st.text(max_size=20),
)
_WORDS = st.lists(
    st.one_of(
        st.sampled_from([text for text in _TEXTS if "\0" not in text]),
        st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=30),
    ),
    min_size=1,
    max_size=12,
)


@contextmanager
def _python() -> Iterator[None]:
    native.LIBRARY = None
    try:
        yield
    finally:
        native.LIBRARY = _LIBRARY


def _both(work: Callable[[], Any]) -> tuple[Any, Any]:
    """What the core gives, and what the Python gives."""
    compiled = work()
    with _python():
        return compiled, work()


def _told(page: Page) -> list[Any]:
    return [
        [block[:6] for block in page.blocks],
        page.tags,
        page.parents,
        page.depths,
        page.bits,
        page.ends,
        page.kinds,
    ]


def _same_page(source: str) -> Page:
    compiled, plain = _both(lambda: read_page(LexborHTMLParser(source)))
    assert _told(compiled) == _told(plain)
    return compiled


def _same_chances(page: Page, metadata: Metadata) -> None:
    anchor = headline_anchor(page.blocks, metadata)
    compiled, plain = _both(lambda: body_model.page_rows(page, metadata, anchor))
    np.testing.assert_array_equal(compiled, plain)
    chance = np.linspace(0, 1, len(page.blocks), dtype=np.float32)
    compiled, plain = _both(lambda: body_model.page_second_rows(page, np.ascontiguousarray(plain), chance))
    np.testing.assert_array_equal(compiled, plain)
    compiled, plain = _both(lambda: page_module._places_of(page))
    assert compiled == plain
    compiled, plain = _both(lambda: body_model.page_chances(page, metadata, anchor, body_model.load_models()))
    np.testing.assert_allclose(compiled, plain, rtol=1e-6)  # of one row NumPy adds up in another order


def test_the_core_is_compiled() -> None:
    assert _LIBRARY is not None, "make builds it; see deploy/build_core.py"


@given(st.lists(_PIECES, max_size=60).map("".join))
@settings(max_examples=400, deadline=None)
def test_pages_are_read_alike(source: str) -> None:
    page = _same_page(f"<body>{source}</body>")
    if page.blocks:
        _same_chances(
            page,
            Metadata(
                titles=(page.blocks[0].text,), body="A sentence, of some words.", summary=page.blocks[-1].text * 3
            ),
        )


@pytest.mark.parametrize(
    "source",
    [
        "<p>" * 30_000 + "deep",
        "<div class=teaser>" * 400 + "deep",
        f"<p class='{'story ' * 60_000}'>long attribute",
        "<p><a href=/x>Read" + "<p>The ferry will sail again from Monday, the company said in the afternoon.</p>" * 40,
        f"<body><div hidden>{'This page shows its story when a script has run. ' * 20}</div><p>Loading",
        f"<p style='{'x' * 495}display:none'>seen</p><p style='{'x' * 520}display:none'>seen too</p>",
        "<pre>one\n\ntwo\n \nthree</pre><p>a<br><br>b<br>c",
        "<a href=/1>one</a> " * 5_000,
        "",
    ],
)  # fmt: skip
def test_odd_pages_are_read_alike(source: str) -> None:
    _same_page(source)


@pytest.mark.parametrize("source", ["<b></b>" * 250_000, "<p>a</p>" * 8_001])
def test_too_much_is_refused_alike(source: str) -> None:
    said = []
    for reader in (blocks._read_compiled, blocks._read_pieces):
        with pytest.raises(Refused) as refused:
            reader(f"<body>{source}</body>")
        said.append(str(refused.value))
    assert said[0] == said[1]


@given(_WORDS)
@settings(max_examples=300, deadline=None)
def test_wording_is_described_alike(texts: Sequence[str]) -> None:
    compiled, plain = _both(lambda: wording.describe(texts))
    np.testing.assert_array_equal(compiled, plain)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                _TEXTS + signs._LEGAL_SIGNS + signs._PROMOTION_SIGNS + signs._CAPTION_SIGNS + signs._ID_SIGNS
            ),
            st.text(max_size=30),
        ).map(lambda text: text.replace("\n", " ")),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_signs_are_found_alike(texts: Sequence[str]) -> None:
    compiled, plain = _both(lambda: signs.signs_of(texts))
    assert compiled == plain


_LINES = st.lists(
    st.one_of(
        st.sampled_from((*_TEXTS, "3 Comments", "By Ann Hill", "_by", "Read more", "on 5 May 2024", "8 May, 17:05", "5.6.24", "2024-06-05", "12 Kommentare", "harbour CLOSED", "Harbour  closed!")),
        st.text("0129 .,:/-aByMcoments年é_", max_size=40), st.text(max_size=30),
    ).map(lambda text: text.replace("\n", " ")),
    max_size=12,
)  # fmt: skip


@given(_LINES)
@settings(max_examples=500, deadline=None)
def test_line_facts_are_found_alike(texts: Sequence[str]) -> None:
    compiled, plain = _both(lambda: line_facts.line_facts(texts))
    assert compiled == plain


@given(
    _LINES,
    st.lists(st.sampled_from(("Harbour closed", "by ann hill", "", "über", "読者", "x" * 5_000)), max_size=3),
    st.integers(0, 30),
)
@settings(max_examples=500, deadline=None)
def test_who_says_the_same_is_found_alike(texts: Sequence[str], said: Sequence[str], longest: int) -> None:
    things = {normalize.comparable(text) for text in (*said, *texts[:2])}
    compiled, plain = _both(lambda: normalize.which_say(texts, things, longest))
    assert compiled == plain == [len(text) <= longest and normalize.comparable(text) in things for text in texts]


def test_an_empty_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        wording.describe(["a", ""])


def test_real_pages_and_dumps_are_read_alike(bench: Path) -> None:
    names = sorted(json.loads((bench / "cleaning" / "gold.json").read_text("utf-8")))[::12]
    dumps = json.loads(gzip.decompress((bench / "cleaning" / "dump-raw.json.gz").read_bytes()))
    for name in names:
        content = gzip.decompress((bench / "cleaning" / "html" / f"{name}.html.gz").read_bytes()).decode()
        _, metadata = read_metadata(content)
        page = _same_page(content)
        if page.blocks:
            _same_chances(page, metadata)
        segments = split_dump(dumps[name])
        compiled, plain = _both(lambda segments=segments: body_model.line_rows(segments))
        np.testing.assert_array_equal(compiled, plain)
        compiled, plain = _both(lambda segments=segments: line_facts.line_facts([one.text for one in segments]))
        assert compiled == plain


@given(st.lists(_PIECES, min_size=1, max_size=60).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_languages_are_scored_alike(text: str) -> None:
    compiled, plain = _both(lambda: language.identify(text))
    assert compiled.code == plain.code
    assert compiled.confidence == pytest.approx(plain.confidence, abs=0.0011)


def test_an_array_with_gaps_is_refused() -> None:
    numbers = np.zeros((4, 4), np.float32)[:, ::2]
    numbers_read_only = numbers.view()
    numbers_read_only.flags.writeable = False
    for gaps in (numbers, numbers_read_only):
        with pytest.raises(TypeError, match="contiguous"):
            native._at(gaps)
