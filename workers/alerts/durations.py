"""Durations as rules write them: 90s, 15m, 6h, 7d, 2w."""

__all__ = ["seconds", "spoken"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def seconds(duration: str) -> int:
    """The seconds of a duration; what is none was refused when the rule was read."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


def spoken(length_s: float) -> str:
    """The largest unit that divides it: 5400 is 90m."""
    whole = int(length_s)
    for unit in ("w", "d", "h", "m"):
        if whole and whole % _UNITS[unit] == 0:
            return f"{whole // _UNITS[unit]}{unit}"
    return f"{whole}s"
