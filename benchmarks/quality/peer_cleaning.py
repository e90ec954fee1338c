"""A peer's article extractor on the development pages; started by cleaning.py in the peers' environment: peer_cleaning.py NAME IN OUT.

Each page has 30 seconds of CPU and 2 GB: a native extractor that wants more (rs-trafilatura took 8.9 GB on one page) has found nothing there, and the
others go on. What it failed at is told in `failed`. No page may fetch anything: newspaper4k would load a page's pictures, and wait for each.
"""

import gzip
import json
import multiprocessing
import resource
import signal
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
        article = newspaper.article("http://example.com/a", input_html=page, fetch_images=False)
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
_LONGEST_START_S, _LONGEST_WAIT_S = 120.0, 300.0
_READY = "ready"
_NOTHING = "<html><head><title>None</title></head><body><p>Nothing is to be found on this page.</p></body></html>"


def _serve(name: str, pipe: Connection, not_mine: Connection) -> None:
    """Answer page after page, under the limit of memory, until the other side is gone; a failure is an answer without a body."""
    not_mine.close()  # else this process would keep its own pipe open, and outlive a parent that was killed
    extract = PEERS[name]()
    extract(_NOTHING)  # loads what the peer loads late, before memory is bounded
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    pipe.send(_READY)
    while True:
        try:
            page = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, _LONGEST_S)  # ends the process, native code too
        try:
            answer = extract(page)
        except Exception as error:  # noqa: BLE001  a peer that fails has found nothing
            answer = {"articleBody": "", "failed": repr(error)}
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(answer)


class _Bounded:
    """An extractor in a process of its own, started again after a page that was too much for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(self._name, theirs, self._pipe), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_LONGEST_START_S) or self._pipe.recv() != _READY:
            raise RuntimeError(f"{self._name} does not start")

    def extract(self, page: str) -> dict[str, str]:
        try:
            self._pipe.send(page)
            if self._pipe.poll(_LONGEST_WAIT_S):
                answered: dict[str, str] = self._pipe.recv()
                return answered
            failed = f"idle for {_LONGEST_WAIT_S:g} s"
        except (EOFError, OSError):
            self._process.join(_LONGEST_S)
            too_long = self._process.exitcode == -signal.SIGPROF
            failed = f"more than {_LONGEST_S:g} s of CPU" if too_long else f"ended with {self._process.exitcode}"
        self._process.kill()
        self._process.join()
        self._start()
        return {"articleBody": "", "failed": failed}


def main() -> None:
    """Read html/ID.html.gz in the folder IN, write {id: {articleBody, title?, author?, failed?}} to OUT."""
    name, pages, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    peer = _Bounded(name)
    found = {}
    for path in sorted(pages.glob("*.html.gz")):
        answered = peer.extract(gzip.decompress(path.read_bytes()).decode())
        found[path.name.removesuffix(".html.gz")] = answered
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
