"""Words that tell names apart: countries and peoples, given and family names, organisations, titles, roles. Tables in data/, read once."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel import Locale

from workers.entities.places import fold

__all__ = [
    "EVENT_WORDS",
    "ORG_WORDS",
    "PLACE_WORDS",
    "TIME_WORDS",
    "TITLES",
    "Identity",
    "capitals",
    "countries",
    "demonyms",
    "identities",
    "name_marks",
    "organisations",
    "table",
    "word_set",
]

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "uk", "ar", "tr")
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})


def word_set(text: str) -> frozenset[str]:
    """The words of a text between blanks."""
    return frozenset(text.split())


TITLES = word_set("mr mrs ms miss dr sir lord lady dame president minister premier chancellor senator sen gen general col colonel lt lieutenant sgt sergeant cpl maj major capt captain adm admiral king queen prince princess duke duchess pope judge justice rep congressman congresswoman gov governor mayor professor prof sheikh sheik emir sultan ayatollah imam mullah rabbi archbishop bishop cardinal father sister rev reverend secretary ambassador spokesman spokeswoman spokesperson chairman chairwoman director commander coach ceo analyst lawyer attorney officer inspector detective constable commissioner deputy herr frau präsident präsidentin minister ministerin kanzler kanzlerin ministre président présidente monsieur madame mme m presidente presidenta señor señora ministro ministra президент министр премьер генерал министра президента президентом прем'єр міністр генерал الرئيس وزير الوزير الملك الأمير الشيخ السيد الدكتور")  # fmt: skip
ORG_WORDS = word_set("ministry university company corp corporation inc ltd plc llc gmbh ag sa nv spa co bank group party agency council committee commission league union association organization organisation institute court police army times post news press club fc united department office parliament senate congress foundation airlines airways hospital school college fund authority federation industries systems technologies holdings partners bureau board center centre society front movement brigade brigades forces guard corps church academy laboratory laboratories network service services administration assembly alliance coalition international insurance motors oil gas energy telecom exchange securities capital trust investments studios records television radio magazine journal newspaper tribune herald gazette team city town rovers wanderers athletic sporting dynamo real inter")  # fmt: skip
PLACE_WORDS = word_set("river lake mount mountain mountains island islands sea ocean gulf bay cape strait desert valley province region state county district city town village street avenue road square park airport bridge port peninsula coast north south east west northern southern eastern western central upper lower new old san santa st saint el los las fort beach hills heights creek canyon forest base camp prison stadium palace hotel")  # fmt: skip
EVENT_WORDS = word_set("cup summit war games olympics championship championships conference festival open prize award awards tournament forum congress election elections convention treaty agreement accord accords referendum revolution massacre holocaust day week grand prix series final finals marathon")  # fmt: skip
TIME_WORDS = word_set("january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun")  # fmt: skip


def table(name: str) -> list[list[str]]:
    """The rows of a table in data/: fields by tab, comment lines left out."""
    text = (files("workers.entities") / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Country names in lower case, in our languages (CLDR) and further English ones, to ISO 3166-1 alpha-2."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES and len(name) > 2:
                found.setdefault(name.lower(), code)
    for row in table("countries.tsv"):
        for name in row[4].split(","):
            if name:
                found[name.lower()] = row[0]
    return found


@lru_cache(maxsize=1)
def demonyms() -> dict[str, str]:
    """Adjectives and names of peoples in lower case (English) to the country's code."""
    found: dict[str, str] = {}
    for row in table("countries.tsv"):
        for name in row[3].split(","):
            if name:
                found.setdefault(name.lower(), row[0])
    return found


@lru_cache(maxsize=1)
def capitals() -> dict[str, str]:
    """Capitals that stand for their governments, in lower case, to the country's code."""
    return {
        name.lower(): row[0] for row in table("countries.tsv") if len(row) > 5 for name in row[5].split(",") if name
    }


@lru_cache(maxsize=1)
def name_marks() -> dict[str, str]:
    """Words of people's names in lower case to marks: m and f (given to men, to women), s (family name)."""
    packed = (files("workers.entities") / "data" / "names.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@lru_cache(maxsize=1)
def organisations() -> dict[tuple[str, ...], str]:
    """The words of an organisation's name in lower case to its kind: team, nickname, body, government, party, media, company, league, university."""
    found: dict[tuple[str, ...], str] = {}
    kind = ""
    for line, *_ in [*table("organisations.txt"), *table("companies.txt")]:
        if line.startswith("["):
            kind = line[1 : line.index("]")]
            continue
        for name in line.split("|"):
            found.setdefault(tuple(name.lower().split()), kind)
    return found


@dataclass(frozen=True, slots=True)
class Identity:
    """An entry of the curated table: its first name, type, country (or empty) and Wikidata id; None while the id is not confirmed."""

    name: str
    type: str
    country: str
    wikidata: str | None


@lru_cache(maxsize=1)
def identities() -> dict[tuple[str, str], Identity]:
    """(type, folded name or alias without points) to the entry of data/wikidata.tsv."""
    found: dict[tuple[str, str], Identity] = {}
    for name, aliases, kind, country, identifier, *_ in table("wikidata.tsv"):
        confirmed = None if identifier.startswith("?") else identifier
        entry = Identity(name, kind, "" if country == "-" else country, confirmed)
        for form in (name, *aliases.split("|")):
            if form:
                found.setdefault((kind, fold(form).replace(".", "")), entry)
    return found


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """The codes of data/countries.tsv."""
    return frozenset(row[0] for row in table("countries.tsv"))
