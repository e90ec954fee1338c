"""Near-identical texts: do fingerprints find the copies of the development data, and take nothing else for one? Beside it, equal texts only.

.venv/bin/python benchmarks/quality/similar.py --json
"""

import argparse
import gzip
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workers.alerts.fingerprint import NEAR_BITS, fingerprint, near  # noqa: E402

BENCH = ROOT.parent / "shared" / "bench"
#: A text wrongly called a copy hides an alert; the kinds are those that keep most of the text.
GOALS = {"precision": 0.99, "wire": 0.95, "british": 0.95, "newlead": 0.95, "mixed": 0.9}


def read(bench: Path) -> list[dict[str, Any]]:
    """The texts, with the group that each belongs to."""
    with gzip.open(bench / "stories" / "neardup.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def judge(texts: Sequence[dict[str, Any]], mark: Callable[[str], str | None] = fingerprint, same: Callable[[str, str], bool] = near) -> dict[str, Any]:  # fmt: skip
    """The scorer's figures for the pairs that are called copies."""
    marks = {one["id"]: mark(one["text"]) or "" for one in texts}
    pairs = [{"a": one, "b": other} for one, other in combinations(marks, 2) if same(marks[one], marks[other])]
    figures: dict[str, Any] = _scorer().neardup(list(texts), pairs)
    return figures


def _scorer() -> Any:
    spec = importlib.util.spec_from_file_location("story_score", BENCH / "stories" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    texts = read(BENCH)
    started = time.perf_counter()
    for one in texts:
        fingerprint(one["text"])
    milliseconds = (time.perf_counter() - started) / len(texts) * 1000
    ours = judge(texts)
    equal = judge(texts, mark=lambda text: text, same=lambda one, other: one == other)
    found = ours["variant_to_source_recall"]
    met = all((ours["precision"] if kind == "precision" else found[kind]) >= goal for kind, goal in GOALS.items())
    print(f"near: {NEAR_BITS} of 256 bits; {milliseconds:.2f} ms a text")
    for name, figures in (("dateline", ours), ("equal texts", equal)):
        print(f"{name:12} precision {figures['precision']:.3f}  recall {figures['recall']:.3f}  false {figures['false_pairs']}  {figures['variant_to_source_recall']}")  # fmt: skip
    if as_json:
        print(
            json.dumps({"ours": ours, "equal_texts": equal, "milliseconds": milliseconds, "goals": GOALS, "met": met})
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
