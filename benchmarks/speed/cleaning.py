"""How fast pages are cleaned, side by side with peers: documents and megabytes a CPU second, time per document, peak memory.

Each contender reads the same development pages in a process of its own, one thread, in three rounds that take turns; the best round counts, so
that other work on the machine weighs on all alike. Ours takes raw bytes and gives the whole cleaned article (charset, body, title, authors,
times, language, account of what was cut); trafilatura gets decoded text and gives body and metadata. Both are told the page's url, as a crawler
would tell it. The dumps are the three kinds of text dump of the same pages; nobody else reads those.
"""

import argparse
import gc
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "bench" / "cleaning"
ROUNDS = 3
#: The goal of the issue: ours beside trafilatura with metadata.
GOAL = 6.0
#: A document and its url.
Document = tuple[bytes, str]
Clean = Callable[[bytes, str], object]


def _ours(media_type: bytes = b"text/html") -> Clean:
    from workers.cleaner.intake import read_raw
    from workers.cleaner.stage import load
    from workers.ports import StageOptions

    stage = load(StageOptions())
    return lambda page, url: stage(read_raw(page, (("content-type", media_type), ("url", url.encode()))))


def _trafilatura(metadata: bool) -> Clean:
    from trafilatura import bare_extraction

    return lambda page, url: bare_extraction(page.decode(), url=url, include_comments=False, with_metadata=metadata)


def _resiliparse() -> Clean:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    return lambda page, _: extract_plain_text(HTMLTree.parse(page.decode()), main_content=True)


def _lexbor() -> Clean:
    from selectolax.lexbor import LexborHTMLParser

    return lambda page, _: LexborHTMLParser(page.decode())


#: Name, whether it runs in the peers' environment, how it is loaded.
CONTENDERS: dict[str, tuple[bool, Callable[[], Clean]]] = {
    "ours": (False, _ours),
    "trafilatura_with_metadata": (True, lambda: _trafilatura(metadata=True)),
    "trafilatura_body_only": (True, lambda: _trafilatura(metadata=False)),
    "resiliparse_body_only": (True, _resiliparse),
    "lexbor_parse_only": (False, _lexbor),
    "ours_dumps": (False, lambda: _ours(b"text/plain")),
}


def read_pages(every: int) -> list[Document]:
    """The development pages, every n-th of them."""
    gold = json.loads((DATA / "gold.json").read_text(encoding="utf-8"))
    return [
        (gzip.decompress((DATA / "html" / f"{name}.html.gz").read_bytes()), gold[name]["url"])
        for name in sorted(gold)[::every]
    ]


def read_dumps(every: int) -> list[Document]:
    """The three dumps of each of the development pages, every n-th of them."""
    gold = json.loads((DATA / "gold.json").read_text(encoding="utf-8"))
    kinds = [
        json.loads(gzip.decompress((DATA / f"dump-{kind}.json.gz").read_bytes())) for kind in ("block", "nodes", "raw")
    ]
    found = [(dumps[name].encode(), gold[name]["url"]) for name in sorted(gold)[::every] for dumps in kinds]
    return [(dump, url) for dump, url in found if dump.strip()]  # a page that shows nothing has an empty dump


def work(name: str, every: int) -> None:
    """In the child: time each page, print the figures as JSON."""
    pages = read_dumps(every) if name.endswith("dumps") else read_pages(every)
    clean = CONTENDERS[name][1]()
    for page in pages[:5]:
        clean(*page)
    gc.freeze()  # what is loaded stays; collections are as rare as in the workers' processes, for all contenders alike
    gc.set_threshold(50_000, 20, 50)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for page in pages:
        started = time.process_time()
        clean(*page)
        times.append(time.process_time() - started)
    total = sum(times)
    times.sort()
    print(json.dumps({
        "documents_per_s": len(pages) / total, "megabytes_per_s": sum(len(page) for page, _ in pages) / total / 1e6,
        "p50_ms": times[len(times) // 2] * 1e3, "p99_ms": times[int(len(times) * 0.99)] * 1e3, "max_ms": times[-1] * 1e3,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "grown_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }))  # fmt: skip


def measure(every: int) -> dict[str, dict[str, Any]]:
    """The best of the rounds for each contender."""
    best: dict[str, dict[str, Any]] = {}
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for _ in range(ROUNDS):
        for name, (is_peer, _load) in CONTENDERS.items():
            python = ROOT / ".venv-peers" / "bin" / "python" if is_peer else Path(sys.executable)
            if not python.exists():
                sys.exit("the peers are not installed: make peers")
            done = subprocess.run(
                [str(python), __file__, "--contender", name, "--every", str(every)],
                check=True,
                capture_output=True,
                text=True,
                env=environment,
            )
            figures = json.loads(done.stdout.splitlines()[-1])
            if name not in best or figures["documents_per_s"] > best[name]["documents_per_s"]:
                best[name] = figures
    return best


def main() -> None:
    """Measure and print; with --json the figures as one object, last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="read every n-th page only")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not DATA.is_dir():
        sys.exit("the development data (../shared/bench/cleaning) is not here")
    if arguments.contender:
        work(arguments.contender, arguments.every)
        return
    figures = measure(arguments.every)
    ratio = figures["ours"]["documents_per_s"] / figures["trafilatura_with_metadata"]["documents_per_s"]
    for name, one in figures.items():
        print(
            f"{name:26} {one['documents_per_s']:8.0f} documents/s {one['megabytes_per_s']:7.1f} MB/s  p50 {one['p50_ms']:6.2f} ms"
            f"  p99 {one['p99_ms']:7.2f} ms  peak {one['peak_mb']:5.0f} MB"
        )
    print(f"ours / trafilatura with metadata: {ratio:.1f} (goal {GOAL:g})")
    if arguments.json:
        print(json.dumps({"figures": figures, "ratio": ratio, "goal": GOAL, "met": ratio >= GOAL}))


if __name__ == "__main__":
    main()
