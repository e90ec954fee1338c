"""Roles and titles before and after names: `Syrian President Ahmad al-Sharaa`, `Bob Hytch, a police inspector`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from workers.entities.lexicon import TITLES, countries, demonyms

__all__ = ["ROLES", "Role", "people_after_roles", "role_after", "role_before"]

#: What people are called by their office, in lower case; the longest that fits wins.
ROLES = (
    "foreign minister", "prime minister", "deputy prime minister", "defense minister", "defence minister", "finance minister", "interior minister", "health minister",
    "justice minister", "trade minister", "energy minister", "oil minister", "education minister", "agriculture minister", "culture minister", "environment minister",
    "information minister", "transport minister", "labour minister", "deputy minister", "vice minister", "minister of state", "minister", "deputy president", "vice president", "vice-president", "president", "president-elect",
    "chancellor", "secretary-general", "secretary general", "secretary of state", "secretary of defense", "defense secretary", "foreign secretary", "home secretary", "health secretary", "treasury secretary", "press secretary", "under-secretary-general", "undersecretary", "secretary",
    "king", "queen", "crown prince", "prince", "princess", "emir", "sultan", "pope", "pontiff", "archbishop", "bishop", "cardinal", "patriarch", "imam", "ayatollah", "supreme leader", "grand mufti", "rabbi",
    "ambassador", "envoy", "special envoy", "special representative", "high representative", "spokesman", "spokeswoman", "spokesperson", "diplomat", "consul", "commissioner", "high commissioner",
    "senator", "congressman", "congresswoman", "representative", "lawmaker", "member of parliament", "mp", "speaker", "majority leader", "minority leader", "opposition leader", "party leader", "rebel leader", "leader", "deputy leader",
    "governor", "lieutenant governor", "mayor", "vice-mayor", "deputy mayor", "councillor", "premier", "attorney general", "prosecutor", "chief prosecutor", "judge", "chief justice", "justice", "circuit judge", "lawyer", "attorney", "solicitor", "coroner",
    "general", "lieutenant general", "major general", "brigadier general", "brigadier", "colonel", "lieutenant colonel", "major", "captain", "lieutenant", "sergeant", "admiral", "vice admiral", "commander", "army chief", "chief of staff", "police chief", "chief constable", "inspector", "police inspector", "detective", "superintendent", "officer",
    "chief executive", "chief executive officer", "ceo", "chairman", "chairwoman", "chair", "co-founder", "founder", "managing director", "deputy director", "regional director", "executive director", "acting director", "director-general", "director general", "director", "general manager", "manager", "owner", "chief economist", "economist", "analyst", "strategist", "trader", "head", "deputy head", "chief", "deputy chief", "official", "adviser", "advisor", "aide", "assistant", "coordinator", "expert", "specialist", "consultant",
    "professor", "historian", "scientist", "researcher", "physician", "surgeon", "doctor", "epidemiologist", "microbiologist", "virologist", "author", "writer", "journalist", "reporter", "correspondent", "editor", "columnist", "blogger", "photographer", "activist", "campaigner",
    "coach", "head coach", "manager", "captain", "striker", "midfielder", "defender", "goalkeeper", "forward", "quarterback", "pitcher", "actor", "actress", "singer", "director", "musician", "artist", "resident", "student", "protection officer",
)  # fmt: skip
#: Too common in front of names that are no people (King Street, General Motors, Major League).
_LOOSE = frozenset({"king", "queen", "general", "major", "justice", "judge", "head", "chief", "chair", "forward", "owner", "official", "resident", "student", "speaker", "prince", "captain", "commander", "officer", "manager", "director", "doctor", "editor", "expert", "major general", "trader", "author", "assistant", "leader", "aide", "cardinal", "bishop", "mp", "representative", "coach", "artist", "writer", "secretary"})  # fmt: skip
_PART = r"(?:[A-ZÀ-Ý][\w'’]+(?:-[A-ZÀ-Ý]?\w+)*|(?:al|el|as|ash|ad|an|ar)-[A-Z]\w+|[A-Z]\.)"
_ALTERNATIVES = "|".join(re.escape(role) for role in sorted(set(ROLES), key=len, reverse=True))
_FIRM = frozenset(ROLES) - _LOOSE
_LAST_WORDS = frozenset(role.split()[-1] for role in _FIRM) | {"mr", "mrs", "ms", "dr"}
_AFTER_WORD = re.compile(
    rf"(?<![\w-])([\w-]+\.?) ({_PART}(?: (?:(?:bin|van|von|de|der|del|la|abu|ibn) ){{0,2}}{_PART}){{0,3}})(?!\w)"
)
_PLACES_BEFORE = r"(?:[\w.’'-]+ ){0,4}?"
_BEFORE = re.compile(
    rf"(?<![\w-])((?:(?:former|ex-|acting|deputy|interim|then|outgoing|new|late|senior|chief|first) )*(?:{_ALTERNATIVES}))(?: (?:Dr|Mr|Mrs|Ms|Sir|Gen|Col)\.?)?,? ?$",
    re.IGNORECASE,
)
_APPOSITION = re.compile(rf"^,? ?(?:,|who is|\(|was|is) ?(?:the |a |an |its |his |her |their |[A-Z]\w+['’]s )?((?:[\w’'-]+ ){{0,4}}?(?i:{_ALTERNATIVES}))(?P<of> (?:of|for|at|in|with|from) (?:the )?(?P<where>[A-Z][\w&’'-]+(?: (?:of |for |and |the )?[A-Z][\w&’'-]+){{0,6}}))?(?![\w-])")  # fmt: skip
_LOOKBACK = 90
_FUNCTION = frozenset({"then", "when", "on", "in", "but", "and", "the", "after", "before", "a", "an", "at", "also", "later", "meanwhile", "yesterday", "today", "earlier", "however", "while", "as", "his", "her", "their", "our", "this", "that", "with", "by", "for", "if", "since"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is (`Syrian president`), and the country that the words name, ISO 3166-1 alpha-2."""

    words: str
    country: str | None


def people_after_roles(text: str) -> list[tuple[int, int]]:
    """Whoever is named right after a role or title: `Foreign Minister Asaad al-Shaibani`."""
    found = []
    at = 0
    while (match := _AFTER_WORD.search(text, at)) is not None:
        last = match.group(1).lower().rstrip(".")
        if last in _LAST_WORDS and _firm_role(text, match.end(1), last):
            found.append((_after_titles(text, *match.span(2)), match.end(2)))
            at = match.end()
        else:
            at = match.start(2)
    return found


def _after_titles(text: str, start: int, end: int) -> int:
    """Where the name begins when further titles stand before it: `Brigadier General John Corder`."""
    while (first := text[start:end].partition(" "))[2] and first[0].lower().rstrip(".") in TITLES:
        start += len(first[0]) + 1
    return start


def _firm_role(text: str, end: int, last: str) -> bool:
    """Whether the words that end here are a role that stands before people alone."""
    if last in _FIRM or last in {"mr", "mrs", "ms", "dr"}:
        return True
    words = text[max(0, end - 40) : end].lower().split()
    return any(" ".join(words[-size:]) in _FIRM for size in (2, 3, 4))


@lru_cache(maxsize=1)
def _nations() -> re.Pattern[str]:
    words = sorted({*demonyms(), *(name for name in countries() if name.isascii())}, key=len, reverse=True)
    return re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, words)) + r")(?:['’]s)?(?![\w-])", re.IGNORECASE)


def _nation(words: str) -> str | None:
    found = None
    for match in _nations().finditer(words):
        name = match.group(1).lower()
        if len(name) > 2 or match.group(1).isupper():
            found = demonyms().get(name) or countries().get(name)
    return found


def role_before(text: str, start: int) -> Role | None:
    """The role in the words before a name, such as `Syrian President `, with the nation or body that stands before it."""
    begin = max(0, start - _LOOKBACK)
    before = text[begin:start].rsplit("\n", 1)[-1]
    found = _BEFORE.search(before)
    if found is None:
        return None
    lead = re.split(
        r"[.!?;:,\"“”()]| (?:and|that|said|told|by|with|of|to|the|from|as|when|while|but|for|he|his|her|their|its|has|have|had|was|were|is|are) ",
        f" {before[: found.start()]}",
    )[-1].strip()
    qualifier = " ".join(lead.split()[-4:]) if lead and (lead[0].isupper() or lead.split()[-1][:1].isupper()) else ""
    words = " ".join(f"{_from_capital(qualifier)} {found.group(1)}".split())
    return Role(words.removesuffix(","), _nation(qualifier))


def _from_capital(words: str) -> str:
    """The words from the first that is capitalised."""
    parts = words.split()
    while parts and (parts[0].lower() in _FUNCTION or not parts[0][:1].isupper()):
        parts.pop(0)
    first = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts))
    return " ".join(parts[first:])


def role_after(text: str, end: int) -> Role | None:
    """The role in an apposition after a name: `, the health minister of Peru,`."""
    found = _APPOSITION.match(text[end : end + 140].split("\n", 1)[0])
    if found is None:
        return None
    words = " ".join(f"{found.group(1)}{found.group('of') or ''}".split())
    return Role(words, _nation(words))
