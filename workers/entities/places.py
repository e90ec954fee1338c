"""Places of the world: GeoNames cities from 1,000 people (500 in the United States), countries, states, US counties, regions and seas.

The table is data/places.npz (made by train/places.py). Names are folded and kept as 64-bit hashes: a lookup is a binary search, loading
takes a fraction of a second, and nothing of it is text in memory. GeoNames is CC BY 4.0 (geonames.org).
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

import numpy as np

__all__ = ["LEVELS", "Place", "Places", "fold", "load_places", "name_key"]

#: What a place is; `area` is a sea, an island, or a region without a government.
LEVELS = ("city", "county", "state", "area", "world", "country")
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `geonames_id` is 0 where we have none; `country` is ISO 3166-1 alpha-2 or empty; `main` says whether the name looked up is its first."""

    geonames_id: int
    lat: float
    lon: float
    population: int
    country: str
    division: str
    level: str
    main: bool


def fold(name: str) -> str:
    """Small letters, no accents, one kind of hyphen and apostrophe: how names are compared."""
    plain = (
        name
        if name.isascii()
        else "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    )
    return " ".join(plain.lower().replace("-", " ").replace("’", "'").replace("ø", "o").replace("ł", "l").split())


def name_key(folded: str) -> int:
    """The hash that a folded name is found by."""
    return int.from_bytes(blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest(), "little")


class Places:
    """The table; `named` answers from a cache for the names that come often."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self._keys, self._rows = arrays["keys"], arrays["rows"]
        self._main = np.unpackbits(arrays["main"], count=len(self._keys))
        self._arrays = arrays
        self._countries = [str(code) for code in arrays["countries"]]
        self._divisions = [str(code).partition(".")[2] for code in arrays["divisions"]]
        self.named = lru_cache(maxsize=20_000)(self._named)

    def _named(self, name: str) -> tuple[Place, ...]:
        """The places of that name in any spelling that folds to the same, the largest first; `country:XX` gives the country."""
        key = np.uint64(name_key(fold(name)))
        first, last = np.searchsorted(self._keys, key, "left"), np.searchsorted(self._keys, key, "right")
        found = [self._place(int(self._rows[at]), bool(self._main[at])) for at in range(first, last)]
        return tuple(
            sorted(found, key=lambda place: (-LEVELS.index(place.level), -place.population, place.geonames_id))
        )

    def _place(self, row: int, main: bool) -> Place:
        arrays = self._arrays
        return Place(
            int(arrays["ids"][row]), float(arrays["latitudes"][row]) / 100, float(arrays["longitudes"][row]) / 100, int(arrays["populations"][row]),
            self._countries[arrays["country"][row]], self._divisions[arrays["division"][row]], LEVELS[arrays["level"][row]], main,
        )  # fmt: skip


@lru_cache(maxsize=1)
def load_places() -> Places:
    """The shipped table."""
    with (files("workers.entities") / "data" / "places.npz").open("rb") as stream, np.load(stream) as stored:
        return Places({name: stored[name] for name in stored.files})
