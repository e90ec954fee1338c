"""Datelines, agencies and author names."""

import re

__all__ = ["author_names", "split_dateline"]

#: "MOSCOW, July 31 (Reuters) - ", "BERLIN (dpa) – ", "Paris (AFP) -"
_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][\w'’.\-/ ]{1,40}(?:, [^\W\d_][\w'’. ]{1,25})?(?:, \w{3,10}\.? \d{1,2})?) ?\((?P<agency>[\w./ &-]{2,30})\) ?[-–—―:] ?(?=\S)"
)
_CREDIT = re.compile(r"^\((?P<agency>[A-Z][\w./&-]{1,20}(?: [A-Z][\w.&-]{1,15})?)\) (?=\S)")
_BY = re.compile(r"^(?:by|von|par|por|di|автор:?|от|بقلم|yazan:?)\s+", re.IGNORECASE)
_SPLIT = re.compile(r"\s*(?:,|;|\||/|\band\b|\bund\b|\bet\b|\by\b|\be\b|\bи\b|&)\s*")
_NAME = re.compile(r"^[^\W\d_][\w'’.\-]*(?: [^\W\d_]?[\w'’.\-]+){1,4}$")
_NOT_A_NAME = re.compile(
    r"@|https?:|\bstaff\b|\breporter|\beditor|\bredaktion|\bagency\b|\bcorrespondent\b|\bnews\b|\bteam\b", re.IGNORECASE
)


def split_dateline(paragraphs: list[str]) -> tuple[str | None, str | None, list[str]]:
    """(dateline, agency, paragraphs): a full dateline is split off; a bare credit such as "(MENAFN)" stays and is only read."""
    if not paragraphs:
        return None, None, paragraphs
    first = paragraphs[0]
    if found := _DATELINE.match(first):
        return found.group(0).strip(), found.group("agency").strip(), [first[found.end() :], *paragraphs[1:]]
    credit = _CREDIT.match(first)
    return None, credit.group("agency") if credit else None, paragraphs


def author_names(text: str) -> tuple[str, ...]:
    """The names in a byline; roles, addresses and agencies left out."""
    names = [part.strip(" .-–—") for part in _SPLIT.split(_BY.sub("", " ".join(text.split()))[:300])]
    return tuple(dict.fromkeys(name for name in names if _NAME.match(name) and not _NOT_A_NAME.search(name)))
