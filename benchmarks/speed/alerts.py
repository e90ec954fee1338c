"""Alert matching: articles per second at 1,000, 10,000 and 100,000 rules, beside lucene-monitor (Maven Central) in the same run, with the hits compared.

The rules are a seeded mix over the words of the articles themselves. One thread each; both get the text and give the numbers of the rules that hold.
The ratio is of articles per second of CPU time, of Lucene's matching thread alone (what collects garbage and compiles beside it is not counted), of the
whole process of ours: on a machine that others use too the clock says little. Both rates by the clock stand beside it.
Needs Java, javac, mvn and the development data.

    .venv/bin/python benchmarks/speed/alerts.py --json
"""

import argparse
import gc
import gzip
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from schemas.articles import EnrichedArticle  # noqa: E402
from workers.alerts.match import compile_rules  # noqa: E402
from workers.alerts.query import And, Near, Not, Or, Phrase, Query, Term, write  # noqa: E402
from workers.alerts.rules import Rule  # noqa: E402
from workers.alerts.words import words_of  # noqa: E402

LUCENE = Path(__file__).parent / "lucene"
STREAM = ROOT.parent / "shared" / "bench" / "stories" / "story-stream30.jsonl.gz"
SEED, WARM, LEAST_CHARACTERS = 7, 220, 1200
GOALS = {10_000: 8.0, 100_000: 3.0}


@dataclass(slots=True)
class Figures:
    """One candidate with so many rules. `hits` is taken out before printing."""

    registered_s: float
    per_second: float
    per_cpu_second: float
    bytes_per_rule: float
    hits: list[list[int]]


def texts() -> list[str]:
    """The longer articles of the development stream, on one line each."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as file:
        found = [" ".join(json.loads(line)["text"].split()) for line in file]
    found = [text for text in found if len(text) >= LEAST_CHARACTERS]
    random.Random(SEED).shuffle(found)
    return found


class Mix:
    """The seeded mix of rules."""

    def __init__(self, articles: Sequence[str]) -> None:
        self._random = random.Random(SEED)
        rows = [[word.text for word in words_of(text) if word.text.isascii()] for text in articles]
        counts = Counter(word for row in rows for word in set(row) if len(word) > 1 and not word.isdigit())
        # Words as common as each other in order of the alphabet: the mix is the same in every run.
        self._ranked = sorted(counts, key=lambda word: (-counts[word], word))
        self._rows = [row for row in rows if len(row) > 20]

    def word(self) -> str:
        """From a random rank, half of the time drawn towards common words, never one of the hundred commonest."""
        share = self._random.random() ** self._random.choice((1, 3))
        return self._ranked[100 + int(share * (len(self._ranked) - 100))]

    def pair(self, apart: int) -> tuple[str, str]:
        """Two different words that stand so near each other somewhere."""
        while True:
            row = self._random.choice(self._rows)
            at = self._random.randrange(len(row) - apart - 1)
            left, right = row[at], row[at + 1 + self._random.randrange(apart + 1)]
            if left != right and min(len(left), len(right)) > 1:
                return left, right

    def rule(self) -> Query:
        """35 % two words, 10 % three, 15 % phrases, 15 % with OR, 10 % with NOT, 10 % near, 5 % prefixes."""
        dice, terms = self._random.random(), [Term(self.word()) for _ in range(3)]
        if dice < 0.45:
            return And(tuple(terms[: 2 if dice < 0.35 else 3]))
        if dice < 0.60:
            return Phrase(self.pair(0))
        if dice < 0.75:
            return And((Or((terms[0], terms[1])), terms[2]))
        if dice < 0.85:
            return And((terms[0], Not(terms[1])))
        if dice < 0.95:
            left, right = self.pair(5)
            return Near(Term(left), Term(right), 5, ordered=dice > 0.9)
        long = next(word for word in iter(self.word, None) if len(word) >= 6)
        return And((Term(long[:5], prefix=True), terms[0]))


def for_java(query: Query) -> str:
    """The query in prefix notation, for LuceneMonitor.java."""
    match query:
        case Term(text, _, prefix):
            return f"{'prefix' if prefix else 'term'} {text}"
        case Phrase(words):
            return f"phrase {' '.join(words)}"
        case Near(Term(left), Term(right), distance, ordered):
            return f"{'onear' if ordered else 'near'} {distance} {left} {right}"
        case Or(parts):
            return f"or {len(parts)} {' '.join(map(for_java, parts))}"
        case And((left, Not(right))):
            return f"andnot 2 {for_java(left)} {for_java(right)}"
        case And(parts):
            return f"and {len(parts)} {' '.join(map(for_java, parts))}"
    raise TypeError(query)


def ours(queries: list[str], articles: list[str], warm: int) -> Figures:
    """In a process of its own."""
    read = [EnrichedArticle(id=str(number), text=text) for number, text in enumerate(articles)]
    process = psutil.Process()
    gc.collect()
    before, started = process.memory_info().rss, time.perf_counter()
    matcher = compile_rules([Rule(name=f"r{number}", query=query) for number, query in enumerate(queries)])
    registered = time.perf_counter() - started
    gc.collect()
    held = process.memory_info().rss - before
    for article in read[:warm]:
        matcher.hits(article)
    started, cpu = time.perf_counter(), time.process_time()
    hits = [matcher.hits(article) for article in read[warm:]]
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    return Figures(registered, len(hits) / seconds, len(hits) / cpu_s, held / len(queries), hits)


def jars() -> Path:
    """lucene-monitor and our main beside it, resolved and compiled once."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline" / "lucene-monitor"
    if not (folder / "lucene-monitor-9.11.1.jar").is_file():
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
        subprocess.run(["mvn", "-q", "-B", "-f", LUCENE / "pom.xml", goal, f"-DoutputDirectory={folder}"], check=True)
    subprocess.run(["javac", "-cp", f"{folder}/*", "-d", folder, LUCENE / "LuceneMonitor.java"], check=True)
    return folder


def lucene(queries: Sequence[Query], articles: Sequence[str], warm: int) -> Figures:
    """In a JVM of its own, with one thread for garbage and compilation as little as the JVM lets."""
    with tempfile.TemporaryDirectory() as made:
        rules, texts, hits = (Path(made) / name for name in ("rules", "articles", "hits"))
        rules.write_text("".join(for_java(query) + "\n" for query in queries), "utf-8")
        texts.write_text("".join(text + "\n" for text in articles), "utf-8")
        command = ["java", "-Xmx3g", "-XX:+UseSerialGC", "-cp", f"{jars()}:{jars()}/*", "LuceneMonitor", rules, texts, hits, str(warm)]  # fmt: skip
        run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        registered, per_second, per_cpu_second, held = map(float, run.stdout.split())
        found = [[int(one) for one in line.split()] for line in hits.read_text().split("\n")[: len(articles) - warm]]
    return Figures(registered, per_second, per_cpu_second, held / len(queries), found)


def compare(size: int, articles: list[str]) -> dict[str, object]:
    """Both with so many rules, one after the other."""
    mix = Mix(articles)
    queries = [mix.rule() for _ in range(size)]
    theirs = lucene(queries, articles, WARM)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as own:
        mine = own.submit(ours, [write(query) for query in queries], articles, WARM).result()
    differences = [
        {"article": at, "rule": write(queries[number]), "only": "dateline" if number in set(left) else "lucene"}
        for at, (left, right) in enumerate(zip(mine.hits, theirs.hits, strict=True))
        for number in sorted(set(left) ^ set(right))
    ]
    hits = sum(map(len, mine.hits))
    figures = {name: {key: round(value, 2) for key, value in asdict(one).items() if key != "hits"} for name, one in (("dateline", mine), ("lucene", theirs))}  # fmt: skip
    ratio = round(mine.per_cpu_second / theirs.per_cpu_second, 2)
    return {
        "rules": size,
        **figures,
        "times_lucene": ratio,
        "times_lucene_by_the_clock": round(mine.per_second / theirs.per_second, 2),
        "hits": hits,
        "differences": len(differences),
        "examples": differences[:5],
    }


def main() -> int:
    """Run, print, and say whether the goals are met."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true")
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--articles", type=int, default=200)
    asked = options.parse_args()
    if not STREAM.is_file() or not all(map(shutil.which, ("java", "javac", "mvn"))):
        sys.exit("needs java, javac, mvn and the development data (../shared/bench)")
    articles = texts()[: WARM + asked.articles]
    mean = sum(map(len, articles)) / len(articles)
    print(f"{len(articles) - WARM} articles of {mean:.0f} characters in the mean, after {WARM} to warm up")
    results = []
    for size in asked.sizes:
        results.append(compare(size, articles))
        print(json.dumps(results[-1]), flush=True)
    goals = [one for one in results if one["rules"] in GOALS]
    met = all(one["times_lucene"] >= GOALS[one["rules"]] and not one["differences"] for one in goals)
    if asked.json:
        print(json.dumps({"articles": len(articles) - WARM, "mean_characters": round(mean), "results": results, "goals": GOALS, "met": bool(goals) and met}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
