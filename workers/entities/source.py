"""Where a source is from, by its host name: a weak hint for which of several places of one name is meant."""

from urllib.parse import urlsplit

from workers.entities.lexicon import country_codes

__all__ = ["country_of_source"]

#: Country-code domains that are used as something else.
_WORLDWIDE = frozenset({"tv", "io", "me", "co", "ai", "fm", "ly", "cc", "ws", "to", "gg", "nu", "la", "am", "eu"})


def country_of_source(url: str | None, source: str | None) -> str | None:
    """ISO 3166-1 alpha-2 of the country whose top-level domain the address has; None where it says nothing."""
    host = ""
    if url:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            host = ""
    host = host or (source if source and " " not in source and "." in source else "") or ""
    last = host.rsplit(".", 1)[-1].lower()
    if len(last) != 2 or last in _WORLDWIDE:
        return None
    code = "GB" if last == "uk" else last.upper()
    return code if code in country_codes() else None
