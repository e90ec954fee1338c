"""Datelines, agencies and author names."""

import re
from functools import lru_cache
from html import unescape

__all__ = ["agency_in", "author_names", "is_byline", "split_dateline", "without_byword"]

#: "MOSCOW, July 31 (Reuters) - ", "BERLIN (dpa) – ", "Paris (AFP) -"
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][\w'’.\-/ ]{1,40}(?:, [^\W\d_][\w'’. ]{1,25})?(?:, \w{3,10}\.? \d{1,2})?) ?\((?P<agency>[\w./ &-]{2,30})\) ?[-–—―:] ?(?=\S)"
)
_CREDIT = re.compile(r"^\((?P<agency>[A-Z][\w./&-]{1,20}(?: [A-Z][\w.&-]{1,15})?)\) (?=\S)")
_BY = re.compile(
    r"^(?:(?:written|reported|story|words|article|text|posted|produced|published)\s+)?(?:by|von|par|por|di|door|av|af|автор:?|текст:?|от|بقلم|yazan:?|"
    r"autorin/autor:?|author:?|autor(?:in)?:?|text:?|writer:?)(?:\s*:\s*|\s+|(?=[A-Z]))", re.IGNORECASE)  # fmt: skip
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·⋅&]|\band\b|\bund\b|\bet\b|\bwith\b|\by\b|\be\b|\bи\b|\boch\b|\bog\b|\ben\b|\bin\b(?= [A-Z]))\s*"
)
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "di",
        "du",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "ter",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "abu",
        "zu",
        "y",
        "af",
        "av",
        "st",
    ]
)
_ROLE = re.compile(
    r"\b(?:(?:globe|post|times|tribune|herald|chronicle|journal|star) (?=staff|correspondent|reporter)|staff|reporter|editors?|redaktion|redakteur(?:in)?|agency|correspondents?|news|team|writers?|contributors?|contributing|columnist|senior|"
    r"chief|producer|updated|published|posted|special to|associated press|reuters|bloomberg|desk|guest|opinion|executive|director|professor|"
    r"photograph\w*|photos?|min(?:utes)? read|follow|subscribe|more by|about|view|share|comments?|last|first|uhr|the|redazione|redacción|rédaction|reading time|lesezeit|corresponsal|enviad[oa]|korrespondent(?:in)?|gastbeitrag|facebook|instagram|linkedin|whatsapp|icon|log ?in|sign ?in|contents?|home)\b", re.IGNORECASE)  # fmt: skip
_DATE_OR_DIGITS = re.compile(
    r"\d|\s[-–—|•]\s|\b(?:january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?(?=\s*\d)", re.IGNORECASE)  # fmt: skip
_ADDRESS = re.compile(r"\S+@\S+|https?:\S+|www\.\S+|@\w+")
#: A writer's sign or post behind the name: "Ann Hill (ahi)", "Eva Roca (enviada especial)".
_SIGN = re.compile(r"(?<=\w)\s*\([^()]{2,25}\)(?=\s*(?:[,;|&/]|and\b|und\b|et\b|y\b|$))")
_GLUED = re.compile(
    r"(?<=[a-zß-ÿ])(?=(?:Published|Updated|Posted|By|January|February|March|April|June|July|August|September|October|November|December)\b)"
)
#: Korean, Chinese and Japanese for "reporter", after the name.
_TITLE_OF_REPORTERS = re.compile(r"\s*(?:기자|記者|记者)$")
_AGENCIES = {
    name: canonical
    for canonical, names in {
        "Reuters": "Reuters", "AP": "AP|Associated Press|The Associated Press", "AFP": "AFP|Agence France-Presse", "dpa": "dpa|DPA|Deutsche Presse-Agentur",
        "EFE": "EFE|Agencia EFE", "ANSA": "ANSA", "TASS": "TASS", "Xinhua": "Xinhua", "PTI": "PTI|Press Trust of India", "ANI": "ANI", "APA": "APA",
        "SDA": "SDA|Keystone-SDA", "PA": "PA Media|Press Association", "UPI": "UPI", "Kyodo": "Kyodo|Kyodo News", "Yonhap": "Yonhap", "IANS": "IANS",
        "Bloomberg": "Bloomberg News", "NTB": "NTB", "TT": "TT Nyhetsbyrån", "Ritzau": "Ritzau", "Interfax": "Interfax", "RIA Novosti": "RIA Novosti|РИА Новости",
        "Anadolu": "Anadolu Agency|Anadolu Ajansı", "CNW": "CNW Group", "PR Newswire": "PRNewswire|PR Newswire", "epd": "epd", "KNA": "KNA", "Europa Press": "Europa Press",
        "MENAFN": "MENAFN", "SID": "SID", "Belga": "Belga", "ANP": "ANP", "Lusa": "Lusa", "AAP": "AAP", "Canadian Press": "The Canadian Press|Canadian Press",
    }.items()
    for name in names.split("|")
}  # fmt: skip
_AGENCY = re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True)) + r")(?!\w)")
_WORD = re.compile(r"^[^\W\d_][\w'’.\-]*$")
_HAN_NAME = re.compile(r"^[\u4e00-\u9fff]{2,4}$")
_HANGUL_NAME = re.compile(r"^[\uac00-\ud7a3]{2,4}$")
_LONGEST_BYLINE = 80


def split_dateline(paragraphs: list[str]) -> tuple[str | None, str | None, list[str]]:
    """(dateline, agency, paragraphs): a full dateline is split off; a bare credit such as "(MENAFN)" stays and is only read."""
    if not paragraphs:
        return None, None, paragraphs
    first = paragraphs[0]
    if (found := _DATELINE.match(first)) and _is_agency(found.group("agency")):
        return found.group(0).strip(), found.group("agency").strip(), [first[found.end() :], *paragraphs[1:]]
    credit = _CREDIT.match(first)
    return None, credit.group("agency") if credit else None, paragraphs


def _is_agency(name: str) -> bool:
    """A known agency, or a name written as one: with a capital or in a script without them; "again" is none."""
    return agency_in(name) is not None or name != name.lower() or name == name.upper()


@lru_cache(maxsize=4096)
def author_names(text: str) -> tuple[str, ...]:
    """The names in a byline (remembered, since a line is asked in several ways); roles, addresses, dates and agencies left out."""
    plain = _SIGN.sub(" ", text) if "(" in text else text
    plain = without_byword(_ADDRESS.sub(" ", " ".join(unescape(plain).split()))[:300])
    plain = _GLUED.sub(" ", plain)
    names: list[str] = []
    for part in _SPLIT.split(plain):
        part = without_byword(part)  # noqa: PLW2901  "Updated 9:00 | By Ann Hill": each part may begin so
        role = _ROLE.search(part)
        date = _DATE_OR_DIGITS.search(part)
        cut = min((found.start() for found in (role, date) if found), default=len(part))
        name = _TITLE_OF_REPORTERS.sub("", part[:cut]).strip(" .-–—:,")
        if agency_in(name) is None and _is_name(name):
            names.append(name)
        if (role or date) and names:
            break
    return tuple(dict.fromkeys(names))


def without_byword(text: str) -> str:
    """The line without the "By", "Von" or "Author:" that it begins with."""
    byword = _BY.match(text)
    return text[byword.end() :] if byword else text


def is_byline(text: str) -> bool:
    """A short line that begins as a byline does, names somebody and is no sentence."""
    return (
        len(text) <= _LONGEST_BYLINE
        and _BY.match(text) is not None
        and text[-1] not in ".!?"
        and bool(author_names(text))
    )


def agency_in(text: str) -> str | None:
    """The news agency that a byline names, in its usual form, or None."""
    found = _AGENCY.search(text)
    return _AGENCIES[found[0]] if found else None


def _is_name(text: str) -> bool:
    """Two to five words, each with a capital or a particle; or a name in Chinese characters."""
    if _HAN_NAME.match(text):
        return True
    if _HANGUL_NAME.match(text):
        return True
    words = text.split()
    if not 2 <= len(words) <= 5 or not all(map(_WORD.match, words)):
        return False
    named = [word for word in words if word.lower() not in _PARTICLES]
    return len(named) >= 2 and all(word != word.lower() or word == word.upper() for word in named)
