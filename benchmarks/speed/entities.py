"""How fast names are found beside spaCy's en_core_web_sm (names only), on one core in the same run: `python benchmarks/speed/entities.py [--json]`.

Both read the English bodies of the cleaning set; rounds of the two alternate and the best round of each counts, in CPU seconds. Ours is
text to refined names (what the stage's recogniser does) and, beside it, the whole stage. Memory and load time are those of a fresh process.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BENCH = ROOT.parent / "shared" / "bench"
GOALS = {"times_faster": 10.0, "memory_mb": 400.0, "load_s": 2.0}
ARTICLES = 120
ROUNDS = 3
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def texts() -> list[str]:
    """English news bodies."""
    gold: dict[str, Any] = json.loads((BENCH / "cleaning" / "gold.json").read_text(encoding="utf-8"))
    return [gold[key]["articleBody"] for key in sorted(gold) if gold[key]["lang"].startswith("en")][:ARTICLES]


def measure() -> None:
    """In a process of its own: load, run once, then time one more round; print JSON."""
    import resource

    asked = json.load(sys.stdin)
    started = time.perf_counter()
    from workers.entities.backends import load_recognizer
    from workers.entities.refine import refine
    from workers.entities.stage import load
    from workers.ports import StageOptions

    stage = load(StageOptions())
    backend = load_recognizer("embedded")
    loaded = time.perf_counter() - started
    from schemas.articles import CleanedArticle, Language
    from workers.entities.tokens import sentences

    articles = [
        CleanedArticle(id="b", text=text, language=Language(code="en", confidence=1.0)) for text in asked["texts"]
    ]
    tokens = sum(len(sentence.words) for text in asked["texts"] for sentence in sentences(text))
    for article in articles[:20]:
        stage(article)
    seconds: dict[str, list[float]] = {"recogniser": [], "with_refinement": [], "stage": []}
    for _ in range(asked["repeat"]):
        for name, run in (
            ("recogniser", lambda article: backend.recognize(article.text, "en")),
            ("with_refinement", lambda article: refine(article.text, backend.recognize(article.text, "en"))),
            ("stage", stage),
        ):
            begun = time.process_time()
            for article in articles:
                run(article)
            seconds[name].append(time.process_time() - begun)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"tokens": tokens, "seconds": seconds, "load_s": loaded, "memory_mb": memory}, sys.stdout)


def child(command: list[str | Path], asked: dict[str, Any]) -> dict[str, Any]:
    """Run one side on one core and read its JSON."""
    core = min(os.sched_getaffinity(0))
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ | ONE_CORE,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print tokens per second of both, their ratio, memory and load time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object, last")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        measure()
        return
    if not BENCH.is_dir():
        sys.exit("the development data (../shared/bench) is not here")
    python = ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        sys.exit("the peers are not installed: make peers")
    asked = {"texts": texts(), "repeat": 1}
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    for _ in range(ROUNDS):
        ours.append(child([sys.executable, Path(__file__), "--child"], asked))
        theirs.append(child([python, HERE.parent / "quality" / "peer_spacy.py"], asked))
    best = {name: min(one["seconds"][name][0] for one in ours) for name in ours[0]["seconds"]}
    peer = min(one["seconds"][0] for one in theirs)
    per_second = {name: round(ours[0]["tokens"] / value) for name, value in best.items()}
    peer_per_second = round(theirs[0]["tokens"] / peer)
    figures: dict[str, Any] = {
        "articles": len(asked["texts"]),
        "tokens_per_second": per_second,
        "en_core_web_sm_tokens_per_second": peer_per_second,
        "times_faster": {name: round(value / peer_per_second, 1) for name, value in per_second.items()},
        "memory_mb": round(max(one["memory_mb"] for one in ours)),
        "load_s": round(min(one["load_s"] for one in ours), 2),
        "en_core_web_sm_load_s": round(min(one["load_s"] for one in theirs), 2),
    }
    figures["met"] = (
        figures["times_faster"]["with_refinement"] >= GOALS["times_faster"]
        and figures["memory_mb"] < GOALS["memory_mb"]
        and figures["load_s"] < GOALS["load_s"]
    )
    print(json.dumps(figures) if options.json else json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
