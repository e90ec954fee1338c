"""Pages built to be expensive end in bounded time and memory: with a result, or with reason too_expensive."""

import resource
import time

import pytest

from schemas.articles import CleanedArticle, RawArticle
from workers.cleaner.intake import read_raw
from workers.cleaner.stage import load
from workers.errors import Refused
from workers.ports import StageOptions

#: What the issue allows one document: CPU seconds and bytes. The machine that runs the tests may be slow and shared: CPU time, not wall time.
_CPU_S = 1.0
_BYTES = 500 * 1024 * 1024

_BODY = "".join(
    f"<p>The council met on day {day} and agreed, after a long debate, to repair the bridge.</p>" for day in range(8)
)
PAGES = {
    "100,000 nested elements": "<div>" * 100_000 + _BODY,
    "100,000 nested and closed": "<div>" * 100_000 + _BODY + "</div>" * 100_000,
    "20,000 unclosed tags": "<b>" * 20_000 + _BODY,
    "20,000 unclosed of two kinds": "<span><font>" * 10_000 + _BODY,
    "closing tags that match nothing": "<span>" * 5_000 + "</x>" * 200_000 + _BODY,
    "a 2 MB attribute": f'<p title="{"x" * 2_000_000}">{_BODY}',
    "a 2 MB class": f'<div class="{"comment " * 250_000}">{_BODY}</div>',
    "50,000 links": '<a href="https://example.org/y">link</a> ' * 50_000 + _BODY,
    "5,000 blocks": "<p>A short line of text.</p>" * 5_000,
    "50,000 blocks": "<p>A short line of text.</p>" * 50_000,
    "a megabyte of <": "<" * 1_000_000,
    "a megabyte of <!--": "<!--" * 250_000 + _BODY,
    "one word of a megabyte": f"<p>{'a' * 1_000_000}</p>",
    "one line of a megabyte": "word " * 200_000,
    "a dump of 100,000 lines": "A line of text.\n" * 100_000,
    "glued words": "wordAnother" * 90_000,
    "20,000 nested tables": "<table><tr><td>" * 20_000 + _BODY,
    "nested lists": "<ul><li>" * 20_000 + _BODY,
    "unclosed comment in JSON-LD": '<script type="application/ld+json">' + '{"@graph":[' * 50_000 + "</script>" + _BODY,
    "50,000 break tags": "<p>" + "word<br><br>" * 50_000,
    "hidden elements": '<div hidden>' * 1_000 + _BODY,
    "entities": "<p>" + "&amp;nbsp;&#8203;&shy;" * 60_000,
    "100,000 stamps": "<p>" + "12 March 2024 09:30 GMT, " * 40_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def stage() -> object:
    loaded = load(StageOptions())
    loaded(read_raw(f"<html><body><h1>Bridge to be repaired</h1>{_BODY}</body></html>".encode()))
    return loaded


@pytest.mark.parametrize("name", PAGES)
def test_no_page_holds_the_cleaner_hostage(name: str, stage: object) -> None:
    media_type = b"text/plain" if "dump" in name or "line" in name or "glued" in name else b"text/html"
    raw: RawArticle = read_raw(PAGES[name].encode(), (("content-type", media_type),))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        article = stage(raw)  # type: ignore[operator]
    except Refused as refusal:
        assert refusal.reason == "too_expensive"  # noqa: PT017  either outcome is right
    else:
        assert isinstance(article, CleanedArticle)
    assert time.process_time() - started < _CPU_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024 < _BYTES
