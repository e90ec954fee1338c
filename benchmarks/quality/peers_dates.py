"""The peers of the dates benchmarks, run as processes of their own; what they gave is kept in a temporary folder by content."""

import base64
import hashlib
import html
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Document", "Run", "dateparser", "heideltime", "htmldate"]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = Path(tempfile.gettempdir()) / "dateline-peers"
PEERS = ROOT / ".venv-peers" / "bin" / "python"
Document = dict[str, Any]
_TAG = re.compile(r"<TIMEX3 ([^>]*)>|</TIMEX3>|<TIMEX3INTERVAL[^>]*>|</TIMEX3INTERVAL>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


class Run(dict[str, Any]):
    """`documents`: {id: answer}; `seconds`: the time of the work, start-up left out."""


def heideltime(
    documents: Sequence[Document], language: str = "english", kind: str = "NEWS", *, anew: bool = False
) -> Run | None:
    """HeidelTime 2.2.1 from Maven Central, no part-of-speech tagger; None where Java or Maven is missing. `anew`: nothing kept is used."""

    def work() -> Run:
        jars = CACHE / "heideltime-jars"
        if not (jars / "heideltime-2.2.1.jar").is_file():
            subprocess.run(
                ["mvn", "-q", "-B", "-f", HERE / "heideltime" / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        peer = HERE / "heideltime"
        with subprocess.Popen(
            ["java", "-cp", f"{jars}/*", peer / "HeidelTimePeer.java", language, kind, peer / "config.props"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            assert process.stdin
            assert process.stdout

            def ask(document: Document) -> list[Document]:
                code = base64.b64encode(document["text"].encode()).decode()
                print(f"{document['dct'][:10]}\t{code}", file=process.stdin, flush=True)
                answer = base64.b64decode(process.stdout.readline()).decode()
                return _from_timeml(answer, document["text"])

            ask({"dct": "2020-01-01", "text": "Today is fine."})
            start = time.perf_counter()
            found = {document["id"]: ask(document) for document in documents}
            seconds = time.perf_counter() - start
            process.stdin.close()
        return Run(documents=found, seconds=seconds)

    return _kept(f"heideltime-{language}-{kind}", documents, work, ("java", "mvn"), anew=anew)


def dateparser(documents: Sequence[Document], language: str = "en", *, anew: bool = False) -> Run | None:
    """dateparser.search with the publication time as its base."""
    return _kept(
        f"dateparser-{language}", documents, lambda: _python_peer("dateparser", documents, language), anew=anew
    )


def htmldate(documents: Sequence[Document]) -> Run | None:
    """htmldate on a page (`html`), or on the lines of a `text` as paragraphs: {id: day}."""
    return _kept("htmldate", documents, lambda: _python_peer("htmldate", documents, "-"))


def _python_peer(name: str, documents: Sequence[Document], language: str) -> Run:
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    done = subprocess.run(
        [PEERS, HERE / "peer_python.py", name, language], input=lines, capture_output=True, text=True, check=True
    )
    return Run(json.loads(done.stdout.splitlines()[-1]))


def _kept(
    name: str, documents: Sequence[Document], work: Callable[[], Run], needs: Sequence[str] = (), *, anew: bool = False
) -> Run | None:
    digest = hashlib.sha256(json.dumps([name, *documents], sort_keys=True).encode()).hexdigest()[:16]
    path = CACHE / f"{name}-{digest}.json"
    if anew or not path.is_file():
        CACHE.mkdir(exist_ok=True)
        try:
            path.write_text(json.dumps(work()), encoding="utf-8")
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            print(f"{name} could not be run ({error}); it needs {' and '.join(needs) or 'make peers'}")
            return None
    return Run(json.loads(path.read_text(encoding="utf-8")))


def _from_timeml(timeml: str, text: str) -> list[Document]:
    """Spans in the text from inline tags. HeidelTime leaves the characters between its tags as they are."""
    body = timeml.split("<TimeML>\n", 1)[-1].rsplit("\n</TimeML>", 1)[0]
    found: list[Document] = []
    at = last = 0
    opened: dict[str, Any] | None = None
    for tag in _TAG.finditer(body):
        at += tag.start() - last
        last = tag.end()
        if tag.group(1):
            opened = {"start": at, **dict(_ATTRIBUTE.findall(tag.group(1)))}
        elif opened is not None and tag.group(0) == "</TIMEX3>":
            found.append(
                {"start": opened["start"], "end": at, "type": opened["type"], "value": html.unescape(opened["value"])}
            )
            opened = None
    assert not body or _TAG.sub("", body) == text, "HeidelTime changed the text"
    return found
