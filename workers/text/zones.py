"""The clock of a country whose sites keep one: offsets from UTC by top-level domain, with the European Union's summer time."""

from datetime import UTC, date, datetime, timedelta

__all__ = ["offset_at"]

#: Standard offset in hours where clocks are put forward by the rule of Directive 2000/84/EC (the United Kingdom and Switzerland keep it too).
_EUROPEAN = {
    "at": 1, "be": 1, "ch": 1, "cz": 1, "de": 1, "dk": 1, "es": 1, "fr": 1, "hr": 1, "hu": 1, "it": 1, "lu": 1, "nl": 1, "no": 1, "pl": 1, "se": 1,
    "si": 1, "sk": 1, "rs": 1, "ba": 1, "mk": 1, "al": 1, "bg": 2, "cy": 2, "ee": 2, "fi": 2, "gr": 2, "lt": 2, "lv": 2, "md": 2, "ro": 2, "ua": 2,
    "ie": 0, "uk": 0,
}  # fmt: skip
#: Offset in hours where it is the same all the year (IANA time zone database, 2025). Countries of several zones are left out.
_FIXED = {
    "ae": 4, "az": 4, "bh": 3, "by": 3, "cn": 8, "dz": 1, "et": 3, "ge": 4, "hk": 8, "in": 5.5, "iq": 3, "ir": 3.5, "jo": 3, "jp": 9, "ke": 3,
    "kr": 9, "kw": 3, "lk": 5.5, "my": 8, "ng": 1, "om": 4, "ph": 8, "pk": 5, "qa": 3, "sa": 3, "sg": 8, "sy": 3, "th": 7, "tn": 1, "tr": 3,
    "tw": 8, "tz": 3, "ug": 3, "uz": 5, "vn": 7, "ye": 3, "za": 2,
}  # fmt: skip


def offset_at(domain: str, local: str) -> str | None:
    """The offset (`+02:00`) of a country's clocks at a local time (ISO 8601 without zone), by its top-level domain; None where it is not known.

    A time in the hour that is repeated in autumn counts as summer time.
    """
    domain = domain.lower()
    if domain in _FIXED:
        return _text(_FIXED[domain])
    if domain not in _EUROPEAN:
        return None
    standard = _EUROPEAN[domain]
    then = datetime.fromisoformat(local).replace(tzinfo=UTC) - timedelta(hours=standard + 1)
    begin, end = (_last_sunday_at_one(then.year, month) for month in (3, 10))
    return _text(standard + (begin - timedelta(hours=1) <= then < end))


def _last_sunday_at_one(year: int, month: int) -> datetime:
    last = date(year, month, 31)
    return datetime(year, month, 31 - (last.weekday() + 1) % 7, 1, tzinfo=UTC)


def _text(hours: float) -> str:
    minutes = round(hours * 60)
    return "Z" if minutes == 0 else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
