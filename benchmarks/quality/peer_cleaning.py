"""A peer's article extractor on the development pages; started by cleaning.py in the peers' environment: peer_cleaning.py NAME IN OUT.

Each page has 30 seconds and 2 GB: a native extractor that wants more (rs-trafilatura took 8.9 GB on one page) has found nothing there, and the
others go on.
"""

import gzip
import json
import multiprocessing
import resource
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

Extractor = Callable[[str], dict[str, str]]


def _trafilatura(**options: bool) -> Extractor:
    from trafilatura import bare_extraction

    def extract(page: str) -> dict[str, str]:
        found = bare_extraction(page, include_comments=False, with_metadata=True, **options)
        if found is None:
            return {"articleBody": ""}
        return {"articleBody": found.text or "", "title": found.title or "", "author": found.author or ""}

    return extract


def _readability() -> Extractor:
    import lxml.html
    from readability import Document

    def extract(page: str) -> dict[str, str]:
        document = Document(page)
        tree = lxml.html.fromstring(document.summary())
        blocks = [" ".join(node.text_content().split()) for node in tree.iter("p", "li", "h2", "h3", "h4", "td", "pre")]
        return {"articleBody": "\n".join(filter(None, blocks)), "title": document.short_title() or ""}

    return extract


def _newspaper() -> Extractor:
    import newspaper

    def extract(page: str) -> dict[str, str]:
        article = newspaper.article("http://example.com/a", input_html=page)
        return {"articleBody": article.text, "title": article.title or "", "author": ", ".join(article.authors)}

    return extract


def _rs_trafilatura() -> Extractor:
    from rs_trafilatura import extract as extract_page

    def extract(page: str) -> dict[str, str]:
        found = extract_page(page, page_type="article")
        return {"articleBody": found.main_content or "", "title": found.title or "", "author": found.author or ""}

    return extract


def _resiliparse() -> Extractor:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(page: str) -> dict[str, str]:
        tree = HTMLTree.parse(page)
        return {"articleBody": extract_plain_text(tree, main_content=True, alt_texts=False), "title": tree.title or ""}

    return extract


PEERS: dict[str, Callable[[], Extractor]] = {
    "trafilatura": _trafilatura,
    "trafilatura_precision": lambda: _trafilatura(favor_precision=True),
    "readability": _readability,
    "newspaper": _newspaper,
    "resiliparse": _resiliparse,
    "rs_trafilatura": _rs_trafilatura,
}
_LONGEST_S, _MOST_BYTES = 30.0, 2 << 30


def _serve(name: str, pipe: Connection) -> None:
    """Answer page after page, under the limit of memory; a failure is an answer without a body."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    extract = PEERS[name]()
    while True:
        page = pipe.recv()
        try:
            pipe.send(extract(page))
        except Exception as error:  # noqa: BLE001  a peer that fails has found nothing
            pipe.send({"articleBody": "", "failed": repr(error)})


class _Bounded:
    """An extractor in a process of its own, started again after a page that was too much for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(self._name, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def extract(self, page: str) -> dict[str, str]:
        try:
            self._pipe.send(page)
            if self._pipe.poll(_LONGEST_S):
                answered: dict[str, str] = self._pipe.recv()
                return answered
            failed = f"more than {_LONGEST_S:g} s"
        except (EOFError, OSError):
            failed = "ended"
        self._process.kill()
        self._process.join()
        self._start()
        return {"articleBody": "", "failed": failed}


def main() -> None:
    """Read html/ID.html.gz in the folder IN, write {id: {articleBody, title?, author?}} to OUT."""
    name, pages, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    peer = _Bounded(name)
    found = {}
    for path in sorted(pages.glob("*.html.gz")):
        answered = peer.extract(gzip.decompress(path.read_bytes()).decode())
        if "failed" in answered:
            print(f"{name} {path.name}: {answered.pop('failed')}", file=sys.stderr)
        found[path.name.removesuffix(".html.gz")] = answered
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
