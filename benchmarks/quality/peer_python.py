"""Runs in .venv-peers: `peer_python.py dateparser|htmldate LANGUAGE`, documents as JSON lines in, {documents, seconds} out."""

import json
import re
import sys
import time
from datetime import datetime

_UNIT = re.compile(r"\d+ (?:minute|hour|second)s? ago|now", re.IGNORECASE)


def _dateparser(language):
    from dateparser.search import search_dates

    def find(document):
        base = datetime.fromisoformat(document["dct"][:10])
        settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}
        found, at = [], 0
        for words, when in search_dates(document["text"], languages=[language], settings=settings) or []:
            start = document["text"].find(words, at)
            if start < 0:
                continue
            at = start + len(words)
            timed = (when.hour, when.minute) != (0, 0) or _UNIT.search(words)
            value = when.strftime("%Y-%m-%dT%H:%M" if timed else "%Y-%m-%d")
            found.append({"start": start, "end": at, "type": "TIME" if timed else "DATE", "value": value})
        return found

    return find


def _htmldate(_):
    import html

    from htmldate import find_date

    def find(document):
        if "html" in document:
            return find_date(document["html"], url=document.get("url"), original_date=True)
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in document["text"].split("\n") if line.strip())
        return find_date(f"<html><body>{lines}</body></html>", url=document.get("url"), original_date=True)

    return find


def main():
    find = {"dateparser": _dateparser, "htmldate": _htmldate}[sys.argv[1]](sys.argv[2])
    documents = [json.loads(line) for line in sys.stdin]
    start = time.perf_counter()
    found = {}
    for document in documents:
        try:
            found[document["id"]] = find(document)
        except Exception as error:  # noqa: BLE001  a peer's fault counts as no answer
            print(error, file=sys.stderr)
    print(json.dumps({"documents": found, "seconds": time.perf_counter() - start}))


main()
