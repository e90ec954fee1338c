"""Makes data/companies.txt: names of listed companies, from the PyPI package pytickersymbols 1.17.10 (MIT; made from Wikipedia's lists of stock indices).

    pip download --no-deps pytickersymbols==1.17.10                                   # unzip the wheel
    python -m workers.entities.train.companies --bench ../shared/bench --package FOLDER

Left out are one-word names that are also a place, a person's name, or a word that texts write small (`Target`, `Gap`).
"""

import argparse
import hashlib
import re
import runpy
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from workers.entities.lexicon import (
    EVENT_WORDS,
    ORG_WORDS,
    PLACE_WORDS,
    TIME_WORDS,
    countries,
    demonyms,
    name_marks,
    organisations,
)
from workers.entities.places import load_places
from workers.entities.train.sets import SETS

__all__ = ["main", "plain_names"]

_SHA256 = "3860cc394d157bbacb383b195c48dc9c9fc90770d004b96831931402b01b341a"
_OUT = Path(__file__).resolve().parents[1] / "data" / "companies.txt"
_FORM = re.compile(
    r"(?:,? (?:inc|corp|corporation|incorporated|ltd|limited|plc|company|companies|co|ag|se|sa|s\.a|nv|n\.v|asa|ab|oyj|group|groupe|holdings?|the"
    r"|class [a-c]|kgaa|spa|s\.p\.a|& co|llc|lp|trust|reit|kg|gmbh|a/s|oy|abp|publ|adr|\([^)]*\))\.?)+$",
    re.IGNORECASE,
)
_COMMON_WORDS = ORG_WORDS | PLACE_WORDS | EVENT_WORDS | TIME_WORDS
#: Zipf scale of the package wordfreq: a one-word name as frequent as that is a common word; one as frequent as the second must be seen with a capital.
_COMMON, _KNOWN = 4.2, 3.0
_HEAD = (
    "# Names of listed companies, from pytickersymbols 1.17.10 (MIT), made by workers/entities/train/companies.py\n"
    "[company]\n"
)


def plain_names(name: str) -> Iterator[str]:
    """A company's name, and the same without what tells its legal form."""
    whole = re.sub(r" \(.*", "", " ".join(name.split())).removeprefix("The ").strip()
    if "," not in whole:
        yield whole
    yield _FORM.sub("", whole).strip(" ,&")


def _means_a_company(name: str, written: Mapping[str, int]) -> bool:
    from wordfreq import zipf_frequency  # noqa: PLC0415  training only

    low = name.lower()
    words = low.split()
    if len(name) < 4 or not name[0].isalpha() or len(words) > 5 or tuple(words) in organisations():
        return False
    if low in countries() or low in demonyms() or load_places().named(name):
        return False
    if len(words) > 1:
        return len(words) > 2 or not all(name_marks().get(word) for word in words)
    frequency = zipf_frequency(low, "en")
    if name_marks().get(low) or low in _COMMON_WORDS or frequency > _COMMON:
        return False
    return written.get(low, 0) <= written.get(name, 0) / 4 and (frequency <= _KNOWN or bool(written.get(name)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--package", type=Path, required=True, help="folder with pytickersymbols/indices_data.py")
    options = parser.parse_args(arguments)
    source = options.package / "pytickersymbols" / "indices_data.py"
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != _SHA256:
        raise ValueError(f"{source} is not the pinned file: SHA-256 {found}")
    _OUT.write_text(_HEAD, encoding="utf-8")  # what an earlier run wrote must not count as known
    organisations.cache_clear()
    written: Counter[str] = Counter()
    for name in SETS:
        for line in (options.bench / "entities" / f"{name}.jsonl").read_bytes().splitlines():
            written.update(orjson.loads(line)["tokens"])
    listed = {
        plain
        for index in runpy.run_path(str(source))["INDICES"].values()
        for company in index.get("companies", ())
        for plain in plain_names(company["name"])
    }
    kept = sorted(name for name in listed if _means_a_company(name, written))
    _OUT.write_text(_HEAD + "".join(f"{name}\n" for name in kept), encoding="utf-8")
    sys.stderr.write(f"written {_OUT.name}: {len(kept)} names\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
