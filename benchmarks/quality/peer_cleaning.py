"""A peer's article extractor on the development pages; started by cleaning.py in the peers' environment: peer_cleaning.py NAME IN OUT."""

import gzip
import json
import sys
from collections.abc import Callable
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
}


def main() -> None:
    """Read html/ID.html.gz in the folder IN, write {id: {articleBody, title?, author?}} to OUT."""
    name, pages, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    extract = PEERS[name]()
    found = {}
    for path in sorted(pages.glob("*.html.gz")):
        page = gzip.decompress(path.read_bytes()).decode()
        try:
            found[path.name.removesuffix(".html.gz")] = extract(page)
        except Exception as error:  # noqa: BLE001  a peer that fails has found nothing
            print(f"{name} {path.name}: {error!r}", file=sys.stderr)
            found[path.name.removesuffix(".html.gz")] = {"articleBody": ""}
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
