"""Checks data/wikidata.tsv against an export of Wikidata (CC0), so that no id stands there that means somebody else.

python -m workers.entities.train.wikidata --query               prints the SPARQL query for the ids of the table
python -m workers.entities.train.wikidata --export result.json  compares its result (SPARQL 1.1 JSON) with the table; 1 when they differ
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from workers.entities.lexicon import table
from workers.entities.places import fold

__all__ = ["main", "problems", "query"]


def query() -> str:
    """SPARQL for labels and aliases, in English, of every id of the table."""
    ids = " ".join(f"wd:{row[4].lstrip('?')}" for row in table("wikidata.tsv"))
    return (
        f"SELECT ?item ?name WHERE {{ VALUES ?item {{ {ids} }} ?item rdfs:label|skos:altLabel ?name ."
        ' FILTER(LANG(?name) = "en") }'
    )


def problems(names: Mapping[str, Sequence[str]]) -> list[str]:
    """The rows whose name is none of those that Wikidata gives for their id."""
    found = []
    for name, _, _, _, written, *_ in table("wikidata.tsv"):
        identifier = written.lstrip("?")
        known = {fold(one).replace(".", "") for one in names.get(identifier, ())}
        if fold(name).replace(".", "") not in known:
            found.append(f"{identifier} is not called {name!r}: {', '.join(sorted(known)) or 'unknown id'}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the query, or what is wrong with the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--query", action="store_true")
    parser.add_argument("--export", type=Path)
    options = parser.parse_args(arguments)
    if options.export is None:
        sys.stdout.write(query() + "\n")
        return 0
    names: dict[str, list[str]] = defaultdict(list)
    for row in orjson.loads(options.export.read_bytes())["results"]["bindings"]:
        names[row["item"]["value"].rsplit("/", 1)[-1]].append(row["name"]["value"])
    found = problems(names)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
