"""Running prose of Wikipedia, as unlabelled text: the articles that the PyPI wheel gensim 4.4.0 carries among its test data.

    pip download --no-deps --python-version 3.11 --only-binary :all: gensim==4.4.0   # unzip the wheel

About a hundred articles of the English Wikipedia of 2016, all under A, by its editors, CC BY-SA 3.0. The texts are read where they are and teach
through labels alone: none of them is in the repository or in a model. Sentences that a held-out set has too are left out.
"""

import bz2
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

__all__ = ["ARTICLES", "encyclopedia_texts", "prose", "unshared"]

#: Where the articles stand in the unpacked wheel.
ARTICLES = Path("gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2")
_SHA256 = "a53f4648dec40467ebdcbc7a1307eddb51fe6e28e9309f6ebde81ba0d04bea2d"
#: Pages that are lists.
_LISTS = re.compile(r"^List of |\(disambiguation\)$")
_DASHES = frozenset({"spaced ndash", "snd", "ndash", "spndash", "mdash"})
_MEDIA = re.compile(r"^(?:file|image|category|media|[a-z-]{2,12}):", re.IGNORECASE)
_NOTE = re.compile(r"<ref[^>]*/>|<ref.*?</ref\s*>", re.DOTALL | re.IGNORECASE)
#: What templates and references leave behind.
_LEFT = (
    (re.compile(r"\(\s*[,;:\s]*(?:or|and)?[,;:\s]*\)"), ""),
    (re.compile(r"\(\s*[,;:]\s*"), "("),
    (re.compile(r"\s*[,;:]\s*\)"), ")"),
    (re.compile(r"[ \t\xa0]+"), " "),
    (re.compile(r" ([,.;:)])"), r"\1"),
)
#: A paragraph has so many characters at least and ends like a sentence; what begins with one of the marks is a list, a table or markup.
_SHORTEST, _ENDS, _MARKS = 80, (".", "!", "?", '."', ".”", ".)"), tuple("*#:;|!{}<[=")
#: So many words in a row make a sentence one that the held-out set has too.
_RUN = 6


def encyclopedia_texts(package: Path) -> Iterator[str]:
    """The prose of each article, a paragraph a line, from the folder of the unpacked wheel; raises ValueError where the file is not the pinned one."""
    data = (package / ARTICLES).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != _SHA256:
        raise ValueError(f"{ARTICLES.name} is not the file that the model was made from: SHA-256 {found}")
    for page in ElementTree.fromstring(bz2.decompress(data)).iterfind("{*}page"):  # noqa: S314  pinned by hash
        plain = page.findtext("{*}ns") == "0" and page.find("{*}redirect") is None
        if plain and not _LISTS.search(page.findtext("{*}title") or ""):
            yield prose(page.findtext("{*}revision/{*}text") or "")


def prose(wikitext: str) -> str:
    """The paragraphs of an article: no headings, tables, lists, notes, templates, pictures."""
    import mwparserfromhell  # noqa: PLC0415  training only

    code: Any = mwparserfromhell.parse(_NOTE.sub("", wikitext))
    for kind in (code.ifilter_comments, code.ifilter_headings):
        for node in list(kind(recursive=False)):
            code.replace(node, "\n")
    for tag in list(code.ifilter_tags(recursive=False)):
        if str(tag.tag) not in {"i", "b"}:
            code.replace(tag, "*" if tag.wiki_markup in {"*", "#", ":", ";"} else "")
    for link in list(code.ifilter_wikilinks(recursive=False)):
        if _MEDIA.match(str(link.title)):
            code.remove(link)
    for template in list(code.ifilter_templates(recursive=False)):
        code.replace(template, _written(template))
    text = str(code.strip_code(normalize=True, collapse=False))
    lines = (_tidy(line) for line in text.split("\n"))
    return "\n".join(
        line
        for line in lines
        if len(line) >= _SHORTEST and line.endswith(_ENDS) and not line.startswith(_MARKS) and "ISBN" not in line
    )


def _written(template: Any) -> str:
    """What a template stands for within a sentence, where that is plain: measures and dashes."""
    name = str(template.name).strip().lower()
    if name in {"convert", "cvt"} and len(template.params) > 1:
        return f"{template.params[0].value} {template.params[1].value}"
    return " – " if name in _DASHES else ""


def _tidy(line: str) -> str:
    for pattern, instead in _LEFT:
        line = pattern.sub(instead, line)
    return line.strip()


def unshared(documents: Sequence[list[list[str]]], held_out: Collection[Sequence[str]]) -> list[list[list[str]]]:
    """The documents (sentences as lists of words) without the sentences that have six words in a row, or all their words if fewer, with a held-out one."""
    known = {run for words in held_out for run in _runs(words)}
    kept = ([words for words in document if not known.intersection(_runs(words))] for document in documents)
    return [document for document in kept if document]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """All runs of six words of letters and digits, in small letters; a shorter sentence is one run."""
    plain = [low for word in words if (low := "".join(filter(str.isalnum, word)).lower())]
    for at in range(max(1, len(plain) - _RUN + 1)):
        yield tuple(plain[at : at + _RUN])
