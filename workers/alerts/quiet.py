"""When a held alert is told: the end of quiet hours, the end of a digest's time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.rules import AlertRule, Quiet
from workers.alerts.durations import seconds

__all__ = ["due_s", "quiet_until"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def due_s(rule: AlertRule, now_s: float) -> float:
    """When an alert of now may be told; `now_s` itself where nothing holds it back."""
    due = now_s
    if rule.digest is not None:
        every = seconds(rule.digest.every)
        due = (now_s // every + 1) * every
    if rule.quiet is not None and rule.severity not in rule.quiet.unless:
        until = quiet_until(rule.quiet, due)
        due = due if until is None else until
    return due


def quiet_until(quiet: Quiet, now_s: float) -> float | None:
    """The end of the quiet hours that `now_s` lies in, by the clocks of their zone (summer time counts); None outside."""
    zone = ZoneInfo(quiet.zone)
    today = datetime.fromtimestamp(now_s, UTC).astimezone(zone).date()
    begins, ends = time.fromisoformat(quiet.from_), time.fromisoformat(quiet.to)
    for day in (today, today - timedelta(days=1)):
        last = day if begins < ends else day + timedelta(days=1)
        start = datetime.combine(day, begins, zone).timestamp()
        end = datetime.combine(last, ends, zone).timestamp()
        if _DAYS[day.weekday()] in quiet.days and start <= now_s < end:
            return end
    return None
