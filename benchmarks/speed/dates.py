"""Speed of dates: documents a second beside HeidelTime and dateparser on the same texts, and the cost against length. `--json` ends with one object."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "quality"))

import dates as quality  # noqa: E402
import peers_dates as peers  # noqa: E402

from workers.dates.find import find  # noqa: E402

DOCUMENT = 1800
GOAL = 5000.0
HOSTILE = (
    "two years ago, on Monday, March 3-5, 2024 and ",
    "the first twenty-four and a half ",
    "1 2 3 4 5 6 7 8 ",
    "aaaa ",
    "May the march of ",
)
Figures = dict[str, object]


def best_of(work: Callable[[], object], rounds: int = 5) -> float:
    """The least processor time of some rounds, in seconds: other work on the machine counts little."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print documents a second, then microseconds a character by length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    documents = quality.load("te3_timebank") + quality.load("te3_aquaint")
    characters = sum(len(document["text"]) for document in documents)
    work = lambda: [find(document["text"], document["dct"]) for document in documents]  # noqa: E731
    work()
    rates = {"dateline": characters / DOCUMENT / best_of(work)}
    for name, run in (("heideltime", peers.heideltime(documents)), ("dateparser", peers.dateparser(documents))):
        if run:
            rates[name] = characters / DOCUMENT / run["seconds"]
    for name, rate in rates.items():
        print(f"{name:11s} {rate:9.1f} documents of {DOCUMENT} characters a second on one core")
    cost: dict[str, float] = {}
    for piece in HOSTILE:
        for size in (1_000, 10_000, 100_000, 1_000_000):
            text = (piece * (size // len(piece) + 1))[:size]
            cost[f"{piece[:16]!r} {size}"] = best_of(lambda text=text: find(text, "2024-01-01"), 1) / size * 1e6
            print(f"{piece[:16]!r:20} {size:9d} characters: {cost[f'{piece[:16]!r} {size}']:.3f} microseconds each")
    linear = all(cost[f"{piece[:16]!r} 1000000"] < 4 * cost[f"{piece[:16]!r} 10000"] + 0.05 for piece in HOSTILE)
    result: Figures = {
        "documents_per_second": rates,
        "goal": GOAL,
        "linear": linear,
        "met": rates["dateline"] >= GOAL and linear,
    }
    if options.json:
        print(json.dumps(result))


main()
