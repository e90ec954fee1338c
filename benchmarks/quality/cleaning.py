"""How well pages are cleaned, side by side with peers: `make bench`, or this file alone; --json prints one JSON object last.

Every page is read by a model that has not seen its domain (cleaning_folds.npz, made by benchmarks/training/cleaner.py), so the figures are
cross-validated by domain. The score is that of ../shared/bench/cleaning/score.py: 4-word shingles, precision and recall averaged over pages, F1
of the averages; intervals by bootstrap over pages (95 %).
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from schemas.articles import RawArticle
from workers.cleaner.body_model import Models, load_models
from workers.cleaner.clean import agency_of, authors_of, body_paragraphs, choose
from workers.cleaner.intake import read_raw
from workers.cleaner.lines import is_prose
from workers.cleaner.memory import Profile, empty_profile, fingerprints, remember
from workers.cleaner.trees import load_trees

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "cleaning"
FOLDS = Path(__file__).with_name("cleaning_folds.npz")
FOLD_COUNT = 5
DUMPS = ("block", "nodes", "raw")
PEERS = ("trafilatura", "trafilatura_precision", "readability", "newspaper", "resiliparse", "rs_trafilatura")
#: The goals of the issue, for pages of domains that the model has not seen.
GOALS = {"html": 0.950, "block": 0.92, "nodes": 0.89, "raw": 0.86, "title": 0.88}
#: A peer that fails at more than this share of the pages was set up wrongly.
_MOST_FAILURES = 0.05
Prediction = dict[str, str]


def load_scorer() -> Any:
    """The development data's own scorer."""
    spec = importlib.util.spec_from_file_location("cleaning_score", BENCH / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_gold() -> dict[str, dict[str, str]]:
    """The gold fields of each page."""
    loaded: dict[str, dict[str, str]] = json.loads((BENCH / "gold.json").read_text(encoding="utf-8"))
    return loaded


def fold_models() -> list[Models]:
    """For each fold the models that have not seen it."""
    stored = load_trees(FOLDS)
    return [
        {name.removeprefix(f"fold{fold}/"): trees for name, trees in stored.items() if name.startswith(f"fold{fold}/")}
        for fold in range(FOLD_COUNT)
    ]


def fold_of(domain: str) -> int:
    """Which fifth of the data a domain belongs to; as in training."""
    return int(hashlib.sha256(domain.encode()).hexdigest(), 16) % FOLD_COUNT


def read_html(name: str) -> RawArticle:
    """A development page as it would come from the raw topic."""
    return read_raw(
        gzip.decompress((BENCH / "html" / f"{name}.html.gz").read_bytes()), (("content-type", b"text/html"),)
    )


def read_dumps(kind: str) -> dict[str, RawArticle]:
    """All text dumps of one kind."""
    texts = json.loads(gzip.decompress((BENCH / f"dump-{kind}.json.gz").read_bytes()))
    return {
        name: read_raw((text.strip() or ".").encode(), (("content-type", b"text/plain"),))
        for name, text in texts.items()
    }


def predict(raw: RawArticle, models: Models, profile: Profile | None = None) -> Prediction:
    """What the cleaner makes of a page. The byline is scored as most of the gold has it: people, or where there are none the agency."""
    choice = choose(raw, models, profile)
    people = list(authors_of(choice)) or [agency for agency in [agency_of(choice)] if agency]
    return {"articleBody": "\n".join(body_paragraphs(choice)), "title": choice.title or "", "author": "; ".join(people)}


def predict_all(pages: Iterable[tuple[str, RawArticle]], gold: dict[str, dict[str, str]]) -> dict[str, Prediction]:
    """Each page by the models that have not seen its domain."""
    models = fold_models()
    return {name: predict(raw, models[fold_of(gold[name]["domain"])]) for name, raw in pages}


def with_memory(kind: str, gold: dict[str, dict[str, str]]) -> dict[str, dict[str, Prediction]]:
    """The dumps of sources that have several, in order of time, without and with what the source's earlier documents taught."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for name in sorted(gold, key=lambda name: (str(gold[name].get("date")), name)):
        by_source[gold[name]["domain"]].append(name)
    dumps, models = read_dumps(kind), fold_models()
    found: dict[str, dict[str, Prediction]] = {"without": {}, "with": {}}
    for source, names in by_source.items():
        profile = empty_profile(source)
        for number, name in enumerate(names):
            known = models[fold_of(source)]
            if number >= 2:
                found["without"][name] = predict(dumps[name], known)
                found["with"][name] = predict(dumps[name], known, profile)
            choice = choose(dumps[name], known, profile)
            profile = remember(profile, fingerprints(block.text for block in choice.blocks))
    return found


def baselines(kind: str) -> dict[str, dict[str, Prediction]]:
    """Two simple ways with a dump: keep every line; keep lines that look like prose."""
    ways: dict[str, Callable[[str], bool]] = {"keep_all": bool, "prose_lines": is_prose}
    dumps = read_dumps(kind)
    return {
        way: {
            name: {"articleBody": "\n".join(filter(keep, (raw.content or "").split("\n")))}
            for name, raw in dumps.items()
        }
        for way, keep in ways.items()
    }


def peer_predictions(name: str) -> dict[str, Prediction]:
    """What a peer finds on the same pages, in its own process and environment; kept in the temporary folder for the next run."""
    script, python = Path(__file__).with_name("peer_cleaning.py"), ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        sys.exit("the peers are not installed: make peers")
    key = hashlib.sha256(script.read_bytes() + (ROOT / "requirements" / "peers.txt").read_bytes()).hexdigest()[:12]
    out = Path(tempfile.gettempdir()) / f"dateline-peer-{name}-{key}.json"
    if not out.is_file():
        print(f"{name} reads the pages", file=sys.stderr, flush=True)
        part = out.with_suffix(".part")
        subprocess.run([str(python), str(script), name, str(BENCH / "html"), str(part)], check=True)
        part.replace(out)
    loaded: dict[str, Prediction] = json.loads(out.read_text(encoding="utf-8"))
    if failures(loaded) > _MOST_FAILURES * len(loaded):
        out.unlink()
        reasons = Counter(one["failed"] for one in loaded.values() if "failed" in one)
        sys.exit(
            f"{name} failed at {failures(loaded)} of {len(loaded)} pages, which is no comparison: {reasons.most_common(3)}"
        )
    return loaded


def failures(found: dict[str, Prediction]) -> int:
    """The pages that a peer ended on, or that were too much for it."""
    return sum("failed" in one for one in found.values())


class Score:
    """Scores predictions against the gold, and pairs of predictions against each other."""

    def __init__(self, gold: dict[str, dict[str, str]], draws: int = 1000) -> None:
        self.gold, self.draws, self.scorer = gold, draws, load_scorer()

    def rows(self, found: dict[str, Prediction], names: Sequence[str]) -> list[Any]:
        """Hits and sizes, page by page."""
        return [self.scorer.page(self.gold[name]["articleBody"], found[name]["articleBody"]) for name in names]

    def summary(self, found: dict[str, Prediction]) -> dict[str, Any]:
        """F1, precision, recall, with the interval of F1."""
        rows = self.rows(found, sorted(found))
        total = self.scorer.summary(rows)
        interval = self.scorer.boot(rows, self.draws)["F1"]
        return {
            "f1": total["F1"],
            "precision": total["P"],
            "recall": total["R"],
            "interval": interval,
            "pages": len(rows),
        }

    def difference(self, found: dict[str, Prediction], other: dict[str, Prediction]) -> list[float]:
        """How much better in F1, and the interval of that, page by page paired."""
        names = sorted(found)
        mine, theirs = self.rows(found, names), self.rows(other, names)
        value = self.scorer.summary(mine)["F1"] - self.scorer.summary(theirs)["F1"]
        return [value, *self.scorer.boot(mine, self.draws, rows2=theirs)["F1"]]

    def fields(self, found: dict[str, Prediction]) -> dict[str, float]:
        """Share of exact titles, F1 of author names."""
        return {field: value for field, (value, _) in self.scorer.meta(self.gold, found).items() if field != "date"}

    def groups(self, found: dict[str, Prediction], field: str) -> dict[str, list[float]]:
        """F1 and pages for each value of a gold field."""
        values = sorted({self.gold[name][field] for name in found})
        chosen = {value: [name for name in found if self.gold[name][field] == value] for value in values}
        return {
            value: [self.scorer.summary(self.rows(found, names))["F1"], len(names)] for value, names in chosen.items()
        }


def measure_html(score: Score) -> dict[str, Any]:
    """Web pages: ours, the peers, the differences."""
    ours = predict_all(((name, read_html(name)) for name in sorted(score.gold)), score.gold)
    figures: dict[str, Any] = {
        "ours": score.summary(ours) | score.fields(ours), "by_collection": score.groups(ours, "src"), "by_language": score.groups(ours, "lang"),
    }  # fmt: skip
    for peer in PEERS:
        theirs = peer_predictions(peer)
        figures[peer] = (
            score.summary(theirs) | score.fields(theirs)
            | {"ours_better_by": score.difference(ours, theirs), "failed": failures(theirs)}
        )  # fmt: skip
    return figures


def measure_dump(score: Score, kind: str) -> dict[str, Any]:
    """Text dumps of one kind: ours, simple ways, and what the memory of a source adds."""
    dumps = read_dumps(kind)
    ours = predict_all(sorted(dumps.items()), score.gold)
    figures: dict[str, Any] = {"ours": score.summary(ours) | score.fields(ours)}
    for way, found in baselines(kind).items():
        figures[way] = score.summary(found) | {"ours_better_by": score.difference(ours, found)}
    memory = with_memory(kind, score.gold)
    figures["memory"] = {name: score.summary(found) for name, found in memory.items()}
    figures["memory"]["gain"] = score.difference(memory["with"], memory["without"])
    return figures


def verdict(figures: dict[str, Any]) -> dict[str, bool]:
    """Which goals are met."""
    html = figures["html"]
    met = {"html": html["ours"]["f1"] >= GOALS["html"], "title": html["ours"]["title"] >= GOALS["title"]}
    met["better_than_trafilatura"] = html["trafilatura"]["ours_better_by"][1] > 0
    return met | {kind: figures[kind]["ours"]["f1"] >= GOALS[kind] for kind in DUMPS}


def _line(name: str, one: dict[str, Any]) -> str:
    low, high = one["interval"]
    text = f"  {name:24} F1 {one['f1']:.4f} [{low:.4f}, {high:.4f}]  P {one['precision']:.4f}  R {one['recall']:.4f}"
    for field in ("title", "author"):
        text += f"  {field} {one[field]:.3f}" if field in one else ""
    if "ours_better_by" in one:
        value, low, high = one["ours_better_by"]
        text += f"  ours {value:+.4f} [{low:+.4f}, {high:+.4f}]"
    return text


def show(figures: dict[str, Any]) -> None:
    """The figures as tables."""
    for kind in ("html", *DUMPS):
        print(f"{kind} ({figures[kind]['ours']['pages']} pages)")
        for name, one in figures[kind].items():
            if name.startswith("by_"):
                print(f"  {name}: " + ", ".join(f"{value} {f1:.3f} ({count})" for value, (f1, count) in one.items()))
            elif name == "memory":
                gain, low, high = one["gain"]
                print(_line("third document on", one["without"]), _line("with memory", one["with"]), sep="\n")
                print(f"  memory adds {gain:+.4f} [{low:+.4f}, {high:+.4f}]")
            else:
                print(_line(name, one))


def main() -> None:
    """Measure, print, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit("the development data (../shared/bench/cleaning) is not here")
    load_models()
    score = Score(load_gold())
    figures: dict[str, Any] = {"html": measure_html(score)} | {kind: measure_dump(score, kind) for kind in DUMPS}
    met = verdict(figures)
    show(figures)
    print(", ".join(f"{name} {'met' if good else 'MISSED'}" for name, good in met.items()))
    if arguments.json:
        print(json.dumps({"figures": figures, "goals": GOALS, "met_each": met, "met": all(met.values())}))


if __name__ == "__main__":
    main()
