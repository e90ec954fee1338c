"""How well names, entities, places and speakers are found: `python benchmarks/quality/entities.py [--json] [--minilm FOLDER]`.

Token sets are read as documents of 20 sentences in their order (and, beside it, sentence by sentence), words joined by blanks. wikigold and
UNER are scored with networks that never saw the set (held_out/, written by `python -m workers.entities.train --hold-out SET...`); the last
fifth of WNUT-17's training part was never trained on. spaCy's en_core_web_sm runs on the same texts in .venv-peers.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from schemas.articles import AnnotatedArticle, CleanedArticle, Language
from workers.entities.backends import load_recognizer
from workers.entities.link import kilometres
from workers.entities.places import Place
from workers.entities.recognise import embedded
from workers.entities.refine import refine
from workers.entities.stage import load
from workers.entities.tagger import Scorer, Tagger, load_tagger, stored_networks
from workers.ports import StageOptions

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BENCH = ROOT.parent / "shared" / "bench"
BARS = {
    "wikigold": 0.76,
    "uner_ewt_dev": 0.70,
    "geovirus_within_161_km": 0.85,
    "wikinews_bcubed_f1": 0.90,
    "wikinews_speaker_accuracy": 0.85,
}
BLOCK = 20
TYPES = ("PER", "ORG", "LOC")
OUTER = " \t\r\n.,;:!?()[]{}\"'“”‘’"
Spans = set[tuple[int, int, str]]
Finder = Callable[[str], Spans]


def rows(name: str) -> list[dict[str, Any]]:
    """The lines of a set."""
    lines = (BENCH / "entities" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def spans_of(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(first word, end, type) of BIO tags."""
    start, kind = -1, ""
    for at, tag in enumerate([*tags, "O"]):
        here = tag[2:]
        if start >= 0 and (here != kind or tag.startswith("B-")):
            yield start, at, kind
            start = -1
        if here and start < 0:
            start, kind = at, here


def blocks(sentences: Sequence[dict[str, Any]], size: int) -> Iterator[tuple[str, Spans]]:
    """(text, gold names by character) for every `size` sentences, one a line."""
    for first in range(0, len(sentences), size):
        text, gold = "", set()
        for row in sentences[first : first + size]:
            places = []
            for word in row["tokens"]:
                places.append((len(text), len(text) + len(word)))
                text += word + " "
            gold |= {
                (places[start][0], places[end - 1][1], kind)
                for start, end, kind in spans_of(row["tags"])
                if kind in TYPES
            }
            text = text[:-1] + "\n"
        yield text, gold


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without outer marks and a leading article, as the scorer beside the sets counts."""
    while start < end and text[start] in OUTER:
        start += 1
    while end > start and text[end - 1] in OUTER:
        end -= 1
    return (start + 4, end) if text[start : start + 4].lower() == "the " else (start, end)


class Score:
    """Counts of right, wrong and missed names, over all and by type."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(self, text: str, gold: Spans, found: Spans) -> None:
        """One text."""
        want = {(*trimmed(text, start, end), kind) for start, end, kind in gold}
        got = {(*trimmed(text, start, end), kind) for start, end, kind in found}
        for name in want | got:
            slot = 0 if name in want and name in got else 1 if name in got else 2
            for key in ("all", name[2]):
                self.counts[key][slot] += 1

    def f1(self, key: str = "all") -> dict[str, float]:
        """Precision, recall and F1, rounded."""
        right, wrong, missed = self.counts[key]
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
        }

    def figures(self) -> dict[str, Any]:
        """Over all, and F1 by type."""
        return self.f1() | {kind: self.f1(kind)["f1"] for kind in TYPES}


def _plain(names: Any) -> Spans:
    """Names as (start, end, type); only the three types count."""
    found = {(name.start, name.end, "LOC" if name.type == "GPE" else name.type) for name in names}
    return {name for name in found if name[2] in TYPES}


def held_out(name: str) -> Tagger:
    """The shipped vectors with the weights of networks that were trained without the set."""
    weights = []
    for network, stored in zip(("mm", "sm"), stored_networks(), strict=True):
        with np.load(HERE / "held_out" / f"{network}_{name}.npz") as own:
            weights.append(stored | dict(own))
    return Tagger(weights)


def ours(tagger: Scorer) -> Finder:
    """Our recogniser as the stage runs it, with this tagger."""
    return lambda text: _plain(refine(text, embedded(tagger, text)))


def peer(texts: Sequence[str]) -> list[Spans]:
    """spaCy's names in all of the texts."""
    python = ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        sys.exit("the peers are not installed: make peers")
    done = subprocess.run(
        [python, HERE / "peer_spacy.py"],
        input=json.dumps({"texts": list(texts)}),
        capture_output=True,
        text=True,
        check=True,
    )
    return [{(start, end, kind) for start, end, kind in names} for names in json.loads(done.stdout)["names"]]


def score_set(finder: Finder, documents: Sequence[tuple[str, Spans]]) -> dict[str, Any]:
    """A finder on documents."""
    score = Score()
    for text, gold in documents:
        score.add(text, gold, finder(text))
    return score.figures()


def finder_of(folder: str) -> Finder:
    """The `minilm` backend as the stage runs it."""
    backend = load_recognizer(f"minilm:{folder}")
    return lambda text: _plain(refine(text, backend.recognize(text, "en")))


def token_sets(minilm: Finder | None, unseen: Finder | None, with_peer: bool) -> dict[str, Any]:
    """The sets of tokens; `unseen` is the MiniLM that never saw wikigold and UNER."""
    wnut = rows("wnut17_train")
    sets = {
        "wikigold": (rows("wikigold"), held_out("wikigold")),
        "uner_ewt_dev": (rows("uner_ewt_dev"), held_out("uner_ewt_dev")),
        "wnut17_last_fifth": (wnut[len(wnut) * 4 // 5 :], load_tagger()),
    }
    figures: dict[str, Any] = {}
    for name, (sentences, tagger) in sets.items():
        documents = list(blocks(sentences, BLOCK))
        figures[name] = {
            "embedded": score_set(ours(tagger), documents),
            "embedded_by_sentence": score_set(ours(tagger), list(blocks(sentences, 1)))["f1"],
        }
        if with_peer:
            names = peer([text for text, _ in documents])
            score = Score()
            for (text, gold), found in zip(documents, names, strict=True):
                score.add(text, gold, found)
            figures[name]["en_core_web_sm"] = score.figures()
        finder = minilm if name == "wnut17_last_fifth" else unseen
        if finder is not None:
            figures[name]["minilm"] = score_set(finder, documents)
    return figures


CASES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "headline_capitals": lambda word: word if len(word) < 4 or not word.islower() else word.capitalize(),
    "small_letters": str.lower,
}


def other_cases(with_peer: bool) -> dict[str, Any]:
    """UNER's sentences, one by one, as headlines are written: in capitals, with a capital to each longer word, in small letters."""
    figures: dict[str, Any] = {}
    for name, change in CASES.items():
        changed = [row | {"tokens": [change(word) for word in row["tokens"]]} for row in rows("uner_ewt_dev")]
        documents = list(blocks(changed, 1))
        figures[name] = {"embedded": score_set(ours(held_out("uner_ewt_dev")), documents)["f1"]}
        if with_peer:
            score = Score()
            for (text, gold), found in zip(documents, peer([text for text, _ in documents]), strict=True):
                score.add(text, gold, found)
            figures[name]["en_core_web_sm"] = score.f1()["f1"]
    return figures


def annotate(texts: Sequence[str], backend: str = "embedded") -> list[AnnotatedArticle]:
    """The stage on bare texts."""
    stage = load(StageOptions(entities_backend=backend))
    found = []
    for text in texts:
        article = stage(CleanedArticle(id="benchmark", text=text, language=Language(code="en", confidence=1.0)))
        assert isinstance(article, AnnotatedArticle)
        found.append(article)
    return found


def places(articles: Sequence[AnnotatedArticle], gold: Sequence[dict[str, Any]]) -> dict[str, float]:
    """GeoVirus: the share of gold places that a mention overlaps, and whose entity lies within 161 km (100 miles; Gritta et al. 2018)."""
    total = found = near = 0
    for article, row in zip(articles, gold, strict=True):
        entities = {entity.id: entity for entity in article.entities}
        for place in row["places"]:
            total += 1
            over = [
                mention for mention in article.mentions if mention.start < place["end"] and place["start"] < mention.end
            ]
            found += bool(over)
            for mention in over:
                entity = entities[mention.entity]
                if entity.lat is not None and entity.lon is not None:
                    here, there = (
                        Place(0, lat, lon, 0, "", "", "city", main=True)
                        for lat, lon in ((entity.lat, entity.lon), (place["lat"], place["lon"]))
                    )
                    if kilometres(here, there) <= 161:
                        near += 1
                        break
    return {"places": total, "found": round(found / total, 4), "within_161_km": round(near / total, 4)}


def bcubed(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """B-cubed over mentions found by both: (our entity, gold entity), ids unique over all articles."""
    ours_: dict[str, set[int]] = defaultdict(set)
    theirs: dict[str, set[int]] = defaultdict(set)
    for number, (mine, gold) in enumerate(pairs):
        ours_[mine].add(number)
        theirs[gold].add(number)
    both = [(len(ours_[mine] & theirs[gold]), len(ours_[mine]), len(theirs[gold])) for mine, gold in pairs]
    precision = sum(shared / mine for shared, mine, _ in both) / max(1, len(both))
    recall = sum(shared / gold for shared, _, gold in both) / max(1, len(both))
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
    }


def wikinews(articles: dict[str, AnnotatedArticle], gold: dict[str, Any]) -> dict[str, Any]:
    """Names, entities and speakers of the hand-made set. A quote counts as found when half of it is covered; its speaker is right when
    the entity is the gold one (or none where there is none)."""
    score, pairs = Score(), []
    quotes = found = right = 0
    for key, row in gold.items():
        article = articles[key]
        entity_of = {
            (start, end): number for number, entity in enumerate(row["entities"]) for start, end in entity["mentions"]
        }
        score.add(
            article.text,
            {(start, end, row["entities"][number]["type"]) for (start, end), number in entity_of.items()},
            _plain(article.mentions),
        )
        gold_of: dict[str, set[int]] = defaultdict(set)
        for mention in article.mentions:
            at = trimmed(article.text, mention.start, mention.end)
            number = next(
                (number for (start, end), number in entity_of.items() if trimmed(article.text, start, end) == at), None
            )
            if number is not None:
                pairs.append((f"{key}/{mention.entity}", f"{key}/{number}"))
                gold_of[mention.entity].add(number)
        for start, end, speaker in row["quotes"]:
            quotes += 1
            best = max(article.quotes, key=lambda quote: min(end, quote.end) - max(start, quote.start), default=None)
            if best is None or min(end, best.end) - max(start, best.start) < (end - start) / 2:
                continue
            found += 1
            right += speaker in gold_of[best.speaker] if best.speaker else speaker is None
    return {
        "articles": len(gold),
        "names": score.figures(),
        "bcubed": bcubed(pairs),
        "quotes": quotes,
        "quotes_found": round(found / quotes, 4),
        "speaker_accuracy": round(right / quotes, 4),
    }


def wikinews_gold() -> dict[str, Any]:
    """The hand-made annotation (offsets only; the texts are GeoVirus' Wikinews articles, checked by hash)."""
    import hashlib

    gold: dict[str, Any] = json.loads((HERE / "wikinews_gold.json").read_text(encoding="utf-8"))
    for row in rows("geovirus_places"):
        if row["id"] in gold:
            gold[row["id"]]["text"] = row["text"]
            assert hashlib.sha256(row["text"].encode()).hexdigest().startswith(gold[row["id"]]["sha256"]), row["id"]
    return gold


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object, last")
    parser.add_argument("--minilm", help="folder that --export wrote; its held_out is scored on wikigold and UNER")
    parser.add_argument("--no-peer", action="store_true", help="leave spaCy out")
    options = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit("the development data (../shared/bench) is not here")
    minilm = finder_of(options.minilm) if options.minilm else None
    unseen = finder_of(f"{options.minilm}/held_out") if options.minilm else None
    figures: dict[str, Any] = token_sets(minilm, unseen, not options.no_peer)
    figures["uner_ewt_dev_in_other_cases"] = other_cases(not options.no_peer)
    geovirus = rows("geovirus_places")
    articles = annotate([row["text"] for row in geovirus])
    figures["geovirus"] = places(articles, geovirus)
    gold = wikinews_gold()
    figures["wikinews"] = wikinews({row["id"]: article for row, article in zip(geovirus, articles, strict=True)}, gold)
    documents = [
        (row["text"], {(start, end, entity["type"]) for entity in row["entities"] for start, end in entity["mentions"]})
        for row in gold.values()
    ]
    if minilm is not None:
        figures["wikinews"]["names_minilm"] = score_set(minilm, documents)
    if not options.no_peer:
        score = Score()
        for (text, names), found in zip(documents, peer([text for text, _ in documents]), strict=True):
            score.add(text, names, found)
        figures["wikinews"]["names_en_core_web_sm"] = score.figures()
    reached = {
        "wikigold": figures["wikigold"]["embedded"]["f1"],
        "uner_ewt_dev": figures["uner_ewt_dev"]["embedded"]["f1"],
        "geovirus_within_161_km": figures["geovirus"]["within_161_km"],
        "wikinews_bcubed_f1": figures["wikinews"]["bcubed"]["f1"],
        "wikinews_speaker_accuracy": figures["wikinews"]["speaker_accuracy"],
    }
    figures["bars"] = {
        name: {"bar": bar, "reached": reached[name], "met": reached[name] >= bar} for name, bar in BARS.items()
    }
    figures["met"] = all(bar["met"] for bar in figures["bars"].values())
    if not options.json:
        for name, value in figures.items():
            print(f"{name}: {json.dumps(value, indent=1)}")
    else:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
