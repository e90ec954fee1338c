"""Speed of dates: documents a second beside HeidelTime and dateparser on the same texts, and the cost against length. `--json` ends with one object."""

import argparse
import json
import math
import re
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
PEERS_DOCUMENTS = 60
GOAL = 5000.0
#: What any reader of the text must at least do: a measure of the machine, beside which the other figures can be read on another day.
REFERENCE = "one tokenising regex"
TOKEN = re.compile(r"\w+|\W")
HOSTILE = (
    "two years ago, on Monday, March 3-5, 2024 and ",
    "the first twenty-four and a half ",
    "1 2 3 4 5 6 7 8 ",
    "aaaa ",
    "May the march of ",
)
Figures = dict[str, object]


def best_of(work: Callable[[], object], clock: Callable[[], float] = time.process_time, rounds: int = 7) -> float:
    """The least time of some rounds, in seconds: other work on the machine counts little."""
    times = []
    for _ in range(rounds):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def least_of_each(
    work: Callable[[quality.Document], object], documents: list[quality.Document], rounds: int = 9
) -> float:
    """Seconds of processor time for all documents, of each the least of some rounds: on a crowded machine a whole round is never undisturbed."""
    least = [math.inf] * len(documents)
    for _ in range(rounds):
        for number, document in enumerate(documents):
            start = time.process_time()
            work(document)
            least[number] = min(least[number], time.process_time() - start)
    return sum(least)


def documents_a_second() -> dict[str, float]:
    """Documents of `DOCUMENT` characters a second, by system; all are run now, the slow peers on the first documents."""
    documents = quality.load("te3_timebank") + quality.load("te3_aquaint")
    work = lambda: [find(document["text"], document["dct"]) for document in documents]  # noqa: E731
    rates = {
        "dateline": _documents(documents)
        / least_of_each(lambda document: find(document["text"], document["dct"]), documents),
        "dateline, wall time": _documents(documents) / best_of(work, time.perf_counter),
        REFERENCE: _documents(documents) / least_of_each(lambda document: TOKEN.findall(document["text"]), documents),
    }
    some = documents[:PEERS_DOCUMENTS]
    for name, run in (
        ("heideltime, wall time", peers.heideltime(some, anew=True)),
        ("dateparser, wall time", peers.dateparser(some, anew=True)),
    ):
        if run:
            rates[name] = _documents(some) / run["seconds"]
    return rates


def _documents(documents: list[quality.Document]) -> float:
    return sum(len(document["text"]) for document in documents) / DOCUMENT


def main() -> None:
    """Print documents a second, then microseconds a character by length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rates = documents_a_second()
    for name, rate in rates.items():
        print(f"{name:22s} {rate:9.1f} documents of {DOCUMENT} characters a second on one core")
    share = rates["dateline"] / rates[REFERENCE]
    print(f"{share:.2f} of the rate of {REFERENCE}")
    cost: dict[str, float] = {}
    for piece in HOSTILE:
        for size in (1_000, 10_000, 100_000, 1_000_000):
            text = (piece * (size // len(piece) + 1))[:size]
            cost[f"{piece[:16]!r} {size}"] = best_of(lambda text=text: find(text, "2024-01-01"), rounds=1) / size * 1e6
            print(f"{piece[:16]!r:20} {size:9d} characters: {cost[f'{piece[:16]!r} {size}']:.3f} microseconds each")
    linear = all(cost[f"{piece[:16]!r} 1000000"] < 4 * cost[f"{piece[:16]!r} 10000"] + 0.05 for piece in HOSTILE)
    result: Figures = {
        "documents_per_second": rates,
        f"of {REFERENCE}": share,
        "goal": GOAL,
        "linear": linear,
        "met": rates["dateline"] >= GOAL and linear,
    }
    if options.json:
        print(json.dumps(result))


main()
