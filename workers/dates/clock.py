"""Times of day, alone or with their day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from workers.dates.absolute import ABSOLUTE
from workers.dates.case import Case, Reading
from workers.dates.relative import day_of

__all__ = ["CLOCK"]


def _clock(case: Case) -> Reading | None:
    """8 p.m., 18:00 UTC, half past nine, 5 p.m. EST Nov. 6, noon Friday."""
    told = _told(case)
    if told is None:
        return None
    day, relative = _day(case)
    head = day.isoformat() if day else "XXXX-XX-XX"
    value = f"{head}T{told}"
    covers = None
    if day is not None and case.has("zone"):
        covers = _instant(value, case)
    return Reading(
        "TIME",
        value,
        0.8,
        relative=relative,
        covers=covers,
        granularity="second" if told.count(":") == 2 else "minute",
        mod=case.value("approx"),
    )


def _day(case: Case) -> tuple[date | None, bool]:
    if case.has("m") or case.has("mm"):
        rule = "date" if case.has("m") else "iso"
        reading = ABSOLUTE[rule](case)
        if reading is not None and "X" not in reading.value:
            return date.fromisoformat(reading.value), reading.relative
        return None, False
    if case.has("weekday") or case.has("deictic"):
        return day_of(case)
    if (whole := _whole_stretch(case)) is not None:
        return day_of(whole)
    line = case.timeline
    same_sentence = (
        line.day is not None
        and len(line.value) >= 10
        and case.start - line.place < 30
        and "." not in "".join(case.scene.tokens[line.place : case.start])
    )
    return (line.day, True) if same_sentence or case.scene.narrative else (case.now, True)


def _whole_stretch(case: Case) -> Case | None:
    """The match with the day that the other end of a stretch names: of `9 a.m. to 5 p.m. on Friday` both are on Friday."""
    tokens, first = case.scene.tokens, case.end
    ahead = [(at, tokens[at]) for at in range(first, min(len(tokens), first + 18)) if not tokens[at].isspace()]
    if len(ahead) < 3 or not case.is_word(ahead[0][1], "joiner") or not ahead[1][1].isdigit():
        return None
    for at, word in ahead[2:10]:
        for kind in ("weekday", "deictic"):
            if case.is_word(word, kind):
                return replace(case, spans=case.spans | {kind: (at - case.start, at - case.start + 1)})
        if word in {";", ","}:
            return None
    return None


def _told(case: Case) -> str | None:
    if case.has("named"):
        return str(case.value("named"))
    if case.has("hhmm"):
        return f"{case.word('hhmm')[:2]}:{case.word('hhmm')[2:]}"
    told = case.number("h") if case.has("h") else None
    if told is None or not (_clock_like(case)):
        return None
    hour, minute = int(told), case.figure("min") if case.has("min") else int(case.given.get("minute", 0))
    if case.has("half"):
        shift = case.value("half")
        hour, minute = (hour - 1, 30) if shift == "before" else (hour, 30)
    half = case.value("ampm") if case.has("ampm") else case.given.get("ampm")
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"{hour:02d}:{minute:02d}" + (f":{case.word('sec')}" if case.has("sec") else "")


def _clock_like(case: Case) -> bool:
    """Bare figures (`7:30`) need a word of time before them: they may be a score."""
    sure = (
        any(map(case.has, ("ampm", "zone", "weekday", "deictic", "m", "mm")))
        or "ampm" in case.given
        or "sure" in case.given
    )
    return sure or case.is_word(case.before(), "clockcue") or not case.word("h").isdigit()


def _instant(value: str, case: Case) -> tuple[str, str] | None:
    zone = case.value("zone")
    if "T24" in value:
        return None
    shift = ("+" if case.word("sign") == "+" else "-") if case.has("sign") else ""
    minutes = int(float(zone) * 60)
    if shift and case.has("zh"):
        ahead = case.figure("zh") * 60 + (case.figure("zm") if case.has("zm") else 0)
        minutes += -ahead if shift == "-" else ahead
    if abs(minutes) >= 24 * 60:
        return None
    offset = timedelta(minutes=minutes)
    instant = datetime.fromisoformat(value)
    sign = "+" if minutes >= 0 else "-"
    code = "Z" if not offset else f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    text = instant.isoformat(timespec="seconds" if value.count(":") == 2 else "minutes") + code
    return text, text


CLOCK: dict[str, Callable[[Case], Reading | None]] = {"clock": _clock}
