"""One golden pair per kind of page: the raw bytes in pages/, what a reader must get in expected/.

Every section of an expectation lists what is `right`: an editor's word, not what the code happens to give. Where the pipeline does
not get there yet, `missed` and `wrong` say so, item by item; everything else must come out exactly. So an improvement passes, and a
new fault fails. `DATELINE_UPDATE_GOLDEN=1 pytest tests/golden` writes `missed` and `wrong` anew (and the whole expectation of a new
page, to be read and corrected by hand); `DATELINE_UPDATE_GOLDEN=dates,entities` does so for these sections only.
"""

import json
import os
from pathlib import Path

import pytest

from schemas.articles import EnrichedArticle, Published
from schemas.codec import decode
from workers.ports import Bury, Forward, Outcome
from workers.runtime.handle import Retry
from workers.testing import MemoryPipeline

HERE = Path(__file__).parent
PAGES = sorted((HERE / "pages").iterdir())
SECTIONS = ("head", "published", "text", "removed", "entities", "dates", "quotes")
CASES = [(page, section) for page in PAGES for section in SECTIONS]
Summary = dict[str, list[str]]
Expectation = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def found() -> dict[str, Summary]:
    """What the pipeline makes of every page; with DATELINE_UPDATE_GOLDEN the expectations are brought up to date with it."""
    results = MemoryPipeline().run([page.read_bytes() for page in PAGES])
    summaries = {page.name: _summary(outcome) for page, outcome in zip(PAGES, results, strict=True)}
    if asked := os.environ.get("DATELINE_UPDATE_GOLDEN"):
        for page in PAGES:
            _update(page, summaries[page.name], SECTIONS if asked == "1" else tuple(asked.split(",")))
    return summaries


def _summary(outcome: Outcome | Retry) -> Summary:
    """What a reader needs of the outcome, by section; of a refused page the reason is all there is."""
    if isinstance(outcome, Bury):
        return {section: [f"refused: {outcome.reason}"] if section == "head" else [] for section in SECTIONS}
    assert isinstance(outcome, Forward), outcome
    article = decode(EnrichedArticle, outcome.value)
    names = {entity.id: entity.name for entity in article.entities}
    return {
        "head": _head(article),
        "published": [*_stamp("published", article.published), *_stamp("modified", article.modified)],
        "text": [article.text[span.start : span.end] for span in article.paragraphs],
        "removed": [f"{piece.reason}: {piece.text}" for piece in article.removed],
        "entities": sorted(f"{entity.type} {entity.name}" for entity in article.entities),
        "dates": [f"{date.text} = {date.value}" for date in article.dates],
        "quotes": [f"{names.get(quote.speaker or '', '?')}: {quote.text}" for quote in article.quotes],
    }


def _head(article: EnrichedArticle) -> list[str]:
    single = ("id", "url", "source", "title", "agency", "dateline", "rights")
    lines = [f"{name}: {getattr(article, name)}" for name in single if getattr(article, name) is not None]
    lines += [f"author: {name}" for name in article.authors]
    lines += [f"document id: {name}" for name in article.document_ids]
    return [*lines, f"language: {article.language.code}", *(f"flag: {flag}" for flag in article.quality.flags)]


def _stamp(name: str, stamp: Published | None) -> list[str]:
    return [f"{name}: {stamp.value} ({stamp.precision}, zone {stamp.tz_status})"] if stamp else []


def _expected(page: Path) -> Expectation:
    path = HERE / "expected" / f"{page.name}.json"
    assert path.is_file(), f"no expectation for {page.name}: DATELINE_UPDATE_GOLDEN=1 pytest tests/golden, then read it"
    loaded: Expectation = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _update(page: Path, found: Summary, sections: tuple[str, ...]) -> None:
    """`right` is left to people where there is one; what was missed and what is wrong is written anew."""
    path = HERE / "expected" / f"{page.name}.json"
    path.parent.mkdir(exist_ok=True)
    expected = _expected(page) if path.is_file() else {}
    for section in SECTIONS:
        if section in sections or section not in expected:
            right = expected.get(section, {}).get("right", found[section])
            missed = [item for item in right if item not in found[section]]
            wrong = [item for item in found[section] if item not in right]
            expected[section] = {"right": right} | {
                name: items for name, items in (("missed", missed), ("wrong", wrong)) if items
            }
    ordered = {section: expected[section] for section in SECTIONS}
    path.write_text(json.dumps(ordered, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("page", "section"), CASES, ids=[f"{page.name}-{section}" for page, section in CASES])
def test_page_gives_what_a_reader_needs(page: Path, section: str, found: dict[str, Summary]) -> None:
    """In order, without a piece too few or too many, but for the faults that the expectation admits."""
    expected = _expected(page)[section]
    got = found[page.name][section]
    right, missed, wrong = expected["right"], expected.get("missed", []), expected.get("wrong", [])
    assert [item for item in got if item not in wrong] == [item for item in right if item in got or item not in missed]


def test_every_expectation_has_its_page() -> None:
    assert {path.name.removesuffix(".json") for path in (HERE / "expected").iterdir()} == {page.name for page in PAGES}


def test_fused_and_hop_by_hop_give_the_same(found: dict[str, Summary]) -> None:
    again = MemoryPipeline(fused=False).run([page.read_bytes() for page in PAGES])
    assert {page.name: _summary(outcome) for page, outcome in zip(PAGES, again, strict=True)} == found
