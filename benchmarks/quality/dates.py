"""Quality of dates: expressions beside HeidelTime and dateparser, publication day beside htmldate. `--json` ends with one JSON object."""

import argparse
import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).resolve().parent))

import peers_dates as peers  # noqa: E402

from schemas.articles import RawArticle  # noqa: E402
from workers.cleaner.clean import clean  # noqa: E402
from workers.cleaner.published import find_stamps  # noqa: E402
from workers.dates.find import find  # noqa: E402

BENCH = ROOT.parent / "shared" / "bench" / "dates"
CLEANING = BENCH.parent / "cleaning"
#: name: (file, language code, HeidelTime's language and document type)
SETS = {
    "timebank": ("te3_timebank", "en", "english", "NEWS"),
    "aquaint": ("te3_aquaint", "en", "english", "NEWS"),
    "meantime": ("meantime_en_dev", "en", "english", "NEWS"),
    "wikiwars": ("wikiwars_train", "en", "english", "NARRATIVES"),
    "dolomiten": ("krauts_dolomiten100_de", "de", "german", "NEWS"),
    "traps": ("news_traps_dev", None, None, None),
    "wikiwarsua": ("wikiwarsua_dev", "uk", None, None),
}
NEWS = ("timebank", "aquaint", "meantime")
#: The least share of pages whose publication day is right, with the url known and without.
PUBLICATION_GOAL = 0.88
GOALS = {"news": {"value": 82.0, "relaxed": 91.0}, "dolomiten": {"value": 72.0}, "wikiwars": {"value": 80.0}}
Document = dict[str, Any]


def load(name: str) -> list[Document]:
    """The documents of a development file."""
    return [json.loads(line) for line in (BENCH / f"{name}.jsonl").read_text(encoding="utf-8").split("\n") if line]


def scorer() -> ModuleType:
    """The development kit's scorer, as it lies there."""
    spec = importlib.util.spec_from_file_location("timex_score", BENCH / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ours(documents: list[Document], language: str | None) -> dict[str, list[Document]]:
    """What the dates stage finds."""
    return {
        document["id"]: [
            {"start": found.start, "end": found.end, "type": found.type, "value": found.value}
            for found in find(document["text"], document["dct"], language or document["lang"])
        ]
        for document in documents
    }


def score(documents: list[Document], found: dict[str, list[Document]], errors: Path | None = None) -> dict[str, float]:
    """Strict, relaxed and value F1. Equal spellings of a value count as one (the scorer's --norm); `exact` is without that."""
    module = scorer()
    gold = {document["id"]: document for document in documents}
    given = {key: {"timexes": value} for key, value in found.items()}
    handle = errors.open("w", encoding="utf-8") if errors else None
    normed, exact = module.score(gold, given, donorm=True, err=handle), module.score(gold, given)
    return {
        "strict": normed["strict_f1"], "relaxed": normed["relaxed_f1"], "value": normed["value_f1"],
        "type": normed["type_f1"], "exact": exact["value_f1"], "gold": normed["gold"], "found": normed["sys"],
    }  # fmt: skip


def main() -> None:
    """Score every set and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--no-peers", action="store_true", help="only our own figures")
    parser.add_argument("--no-publication", dest="publication", action="store_false", help="leave out publication days")
    parser.add_argument("--errors", type=Path, help="a folder for lists of errors")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS, help="only these sets")
    options = parser.parse_args()
    result = expressions(options)
    if options.publication:
        result["publication_day"] = publication(peers_too=not options.no_peers)
        result["publication_html"] = publication_html(peers_too=not options.no_peers)
        result["met"] = result["met"] and result["publication_day"]["dateline"] >= PUBLICATION_GOAL
    if options.json:
        print(json.dumps(result))


def publication_day(document: Document, *, url: bool = True) -> str | None:
    """The day that the cleaner finds for a page's plain text."""
    raw = RawArticle(id="x", content=document["text"], media_type="text/plain", url=document["url"] if url else None)
    published = clean(raw).published
    return published.value[:10] if published else None


def publication(*, peers_too: bool) -> dict[str, float]:
    """The share of the pages whose publication day is right, from their plain text."""
    documents = load("pubdate_text_dev")
    right = {
        "dateline": sum(publication_day(document) == document["date"] for document in documents),
        "dateline, url unknown": sum(
            publication_day(document, url=False) == document["date"] for document in documents
        ),
        "first date of the text": sum(_first_day(document["text"]) == document["date"] for document in documents),
    }
    if peers_too and (run := peers.htmldate(documents)):
        right["htmldate"] = sum(run["documents"].get(document["id"]) == document["date"] for document in documents)
    shares = {name: round(count / len(documents), 4) for name, count in right.items()}
    for name, share in shares.items():
        print(f"publication day, {len(documents)} pages as text: {name:24s} {share:.3f}")
    return shares


def publication_html(*, peers_too: bool) -> dict[str, float]:
    """Shares of the dated cleaning pages, as web pages: day right, none given, with a time of day, with an explicit zone."""
    gold = json.loads((CLEANING / "gold.json").read_text("utf-8"))
    pages = [
        {"id": key, "url": page["url"], "date": page["date"][:10], "html": gzip.decompress((CLEANING / "html" / f"{key}.html.gz").read_bytes()).decode()}
        for key, page in gold.items()
        if len(page.get("date") or "") >= 10
    ]  # fmt: skip
    found = {
        page["id"]: clean(RawArticle(id="x", content=page["html"], media_type="text/html", url=page["url"])).published
        for page in pages
    }
    told = [stamp for stamp in found.values() if stamp]
    counts = {
        "dateline": sum(
            (stamp := found[page["id"]]) is not None and stamp.value[:10] == page["date"] for page in pages
        ),
        "dateline, none given": len(pages) - len(told),
        "dateline, with time of day": sum("T" in stamp.value for stamp in told),
        "dateline, with explicit zone": sum(stamp.tz_status == "explicit" for stamp in told),
    }
    if peers_too and (run := peers.htmldate(pages)):
        counts["htmldate"] = sum(run["documents"].get(page["id"]) == page["date"] for page in pages)
        counts["htmldate, none given"] = sum(not run["documents"].get(page["id"]) for page in pages)
    shares = {name: round(count / len(pages), 4) for name, count in counts.items()}
    for name, share in shares.items():
        print(f"publication day, {len(pages)} web pages: {name:28s} {share:.3f}")
    return shares


def _first_day(text: str) -> str | None:
    stamps = find_stamps(text, "visible_stamp", 0.5)
    return stamps[0].day if stamps else None


def expressions(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of each system on each set, and on the three news sets together."""
    figures: dict[str, dict[str, dict[str, float]]] = {}
    pooled: dict[str, tuple[list[Document], dict[str, list[Document]]]] = {}
    for name in options.sets:
        file, language, heidel, kind = SETS[name]
        documents = load(file)
        answers: dict[str, dict[str, list[Document]]] = {"dateline": ours(documents, language)}
        if not options.no_peers and heidel and kind and language:
            for peer, run in (
                ("heideltime", peers.heideltime(documents, heidel, kind)),
                ("dateparser", peers.dateparser(documents, language)),
            ):
                if run:
                    answers[peer] = run["documents"]
        for system, found in answers.items():
            path = options.errors / f"{name}-{system}.txt" if options.errors else None
            figures.setdefault(name, {})[system] = score(documents, found, path)
            if name in NEWS:
                docs, all_found = pooled.setdefault(system, ([], {}))
                docs += documents
                all_found |= found
    figures["news"] = {system: score(docs, found) for system, (docs, found) in pooled.items()}
    for name, systems in figures.items():
        for system, line in systems.items():
            print(f"{name:11s} {system:11s} " + "  ".join(f"{key} {value:6.2f}" for key, value in line.items()))
    met = set(options.sets) >= set(GOALS) - {"news"} | set(NEWS) and all(
        figures[name]["dateline"][key] >= bar for name, bars in GOALS.items() for key, bar in bars.items()
    )
    return {"figures": figures, "goals": GOALS, "met": met}


if __name__ == "__main__":
    main()
