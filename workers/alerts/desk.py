"""What becomes of matches: the desk decides what is told, what is held back for a digest or the morning, and what is left out.

A desk is a state machine over one partition of matches: match or clock in, alerts out; the rows that changed are asked for. It knows no clock but
the times of what it is given (`now_s`: when the record was written), so reading the same records again comes to the same alerts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.alerts import Alert, AlertMatch, AlertWindow, StreamClock
from schemas.rules import AlertRule
from workers.alerts.durations import seconds, spoken
from workers.alerts.fingerprint import Texts
from workers.alerts.fire import alert_id
from workers.alerts.memory import Key, Memory
from workers.alerts.quiet import due_s
from workers.alerts.rules import kind_of
from workers.alerts.watch import Odd, RunningRule, Worth, advance, clock_of, rejudge, watch
from workers.alerts.windows import Row, utc

__all__ = ["MOST_HELD", "Desk", "Outcome", "RunningRule"]

#: Sizes at which a story that was told is told again.
_GROWTH = (1, 3, 10, 30)
_STORY_S = 30 * 86_400
#: Texts of a rule that a new one is compared with, the newest; and alerts in one digest.
_MOST_TEXTS, _MOST_GATHERED = 2000, 100
#: Alerts of a rule that are held back at once; one more, and all are told early.
MOST_HELD = 10_000
_PRUNE_EVERY_S, _PRUNE_KEYS, _ORPHAN_S = 60, 20_000, 7 * 86_400


class Outcome(NamedTuple):
    """Alerts to send, and what was left out, by reason."""

    alerts: tuple[Alert, ...]
    left_out: Counter[str]


class Desk:
    """The desk of one partition. `memory_s`: how long an article that fired is remembered."""

    def __init__(self, rows: Iterable[tuple[Key, Row]] = (), memory_s: float = 7 * 86_400) -> None:
        self._memory = Memory(rows)
        self._memory_s = memory_s
        self._texts: dict[str, Texts] = {}
        self._alerts: list[Alert] = []
        self._left_out: Counter[str] = Counter()
        self._pruned_s = 0.0
        self._to_prune: list[Key] = []

    def __len__(self) -> int:
        return len(self._memory)

    def changes(self) -> dict[Key, Row | None]:
        """The rows that changed since the last call, in the order in which they must be written; None is deleted. First send the alerts."""
        return self._memory.taken()

    def take(self, match: AlertMatch, now_s: float) -> Outcome:
        """One match of one rule."""
        if kind_of(match.rule) is None:
            self._take_article(match, now_s)
        elif _tells_once(match.rule) and self._is_copy(match, now_s):
            self._left_out["similar"] += 1
        else:
            for found in watch(self._memory, match, now_s):
                if isinstance(found, Odd):
                    self._left_out[found.reason] += 1
                else:
                    self._tell(_alert(found, now_s), match, now_s)
        return self._outcome()

    def tick(self, clock: StreamClock, now_s: float, rules: Mapping[str, RunningRule]) -> Outcome:
        """Time has passed. `rules` are the rules of this partition that look at several articles, by their keys."""
        if advance(self._memory, clock, now_s):
            for running in rules.values():
                for worth in rejudge(self._memory, running):
                    self._tell(_alert(worth, now_s), worth.match, now_s)
        self._deliver(now_s)
        self._prune(now_s, rules)
        return self._outcome()

    def _outcome(self) -> Outcome:
        alerts, self._alerts = self._alerts, []
        left_out, self._left_out = self._left_out, Counter()
        return Outcome(tuple(alerts), left_out)

    # -- one article, one alert ------------------------------------------------------------------------------------

    def _take_article(self, match: AlertMatch, now_s: float) -> None:
        rule, memory = match.rule, self._memory
        seen: Key = ("seen", rule.key, match.article.id)
        if memory.get(seen) is not None and not (match.story and rule.story == "growing"):
            return
        growth = None
        if match.story is not None and rule.story != "all":
            stage = self._stage(match, now_s)
            if stage is None:
                self._left_out["story"] += 1
                return
            growth = stage if stage > 1 else None
        if growth is None and _tells_once(rule) and self._is_copy(match, now_s):
            self._left_out["similar"] += 1
            return
        memory.put(seen, self._seen(match, now_s))
        alert = _alert(Worth(match, "", None), now_s)
        if growth is not None and match.story is not None:
            identity = alert_id(rule.key, "story", match.story.id, str(growth))
            alert = alert.model_copy(update={"id": identity, "growth": growth, "reason": f"the story has grown to {match.story.size} articles"})  # fmt: skip
        self._tell(alert, match, now_s)

    def _stage(self, match: AlertMatch, now_s: float) -> int | None:
        """The size that the story is told at now; None where it was told."""
        story, rule = match.story, match.rule
        assert story is not None  # noqa: S101  for mypy: the caller asked
        key: Key = ("story", rule.key, story.id)
        row = self._memory.get(key)
        reached = max(size for size in _GROWTH if size <= story.size)
        if row is None:
            self._memory.put(key, {"told": reached, "until": now_s + _STORY_S})
            return 1
        if rule.story == "once" or reached <= row["told"]:
            return None
        self._memory.put(key, {"told": reached, "until": now_s + _STORY_S})
        return reached

    def _is_copy(self, match: AlertMatch, now_s: float) -> bool:
        """Whether another article of nearly the same text came before; where it is the first, it is remembered."""
        if match.fingerprint is None:
            return False
        rule = match.rule
        if self._texts_of(rule.key).holds_copy(match.article.id, match.fingerprint, now_s - seconds(rule.similar_for)):
            return True
        if kind_of(rule) is not None:
            self._memory.put(("seen", rule.key, match.article.id), self._seen(match, now_s))
        return False

    def _seen(self, match: AlertMatch, now_s: float) -> Row:
        row = self._memory.get(("seen", match.rule.key, match.article.id))
        if row is not None:
            return row
        keep_s = max(self._memory_s, seconds(match.rule.similar_for))
        new: dict[str, float | str] = {"at": now_s, "until": now_s + keep_s}
        if match.fingerprint is not None and _tells_once(match.rule):
            new["text"] = match.fingerprint
            self._texts_of(match.rule.key).add(match.article.id, match.fingerprint, now_s)
        return new

    def _texts_of(self, rule: str) -> Texts:
        """The rule's texts, made of its rows when they are first asked for."""
        texts = self._texts.get(rule)
        if texts is None:
            texts = self._texts[rule] = Texts(_MOST_TEXTS)
            for key in reversed(self._memory.newest("seen", rule, most=_MOST_TEXTS)):
                row = self._memory.get(key) or {}
                if "text" in row:
                    texts.add(key[2], row["text"], row["at"])
        return texts

    # -- told, held back, left out ---------------------------------------------------------------------------------

    def _tell(self, alert: Alert, match: AlertMatch, now_s: float) -> None:
        """The last steps, the same for every kind: muted, too soon, too many, held back, sent."""
        rule = match.rule
        if match.mute_until is not None and now_s < match.mute_until.timestamp():
            self._left_out["muted"] += 1
            return
        if rule.realert and rule.frequency is None and rule.cardinality is None:
            waiting = self._too_soon(alert, rule, now_s)
            if waiting is None:
                return
            alert = alert.model_copy(update={"left_out": waiting or None})
        if rule.limit is not None and not self._within_limit(alert, match, now_s):
            self._left_out["paused"] += 1
            return
        due = due_s(rule, now_s)
        if due <= now_s:
            self._alerts.append(alert)
            return
        gather = (match.gather or "") if rule.digest else ""
        key: Key = ("held", rule.key, gather, f"{due:.0f}", alert.id)
        if self._memory.count("held", rule.key) >= MOST_HELD:
            self._deliver(float("inf"), rule.key)
        self._memory.put(key, {"alert": alert.model_dump(mode="json", exclude_none=True), "at": now_s})

    def _too_soon(self, alert: Alert, rule: AlertRule, now_s: float) -> int | None:
        """How many were left out before this alert; None where it is left out too."""
        key: Key = ("told", rule.key, alert.group or "")
        row = self._memory.get(key)
        if row is not None and alert.id == row["id"]:
            return int(row["before"])
        if row is not None and now_s - row["at"] < seconds(rule.realert or "1s"):
            self._memory.put(key, {**row, "left": row["left"] + 1})
            self._left_out["realert"] += 1
            return None
        left = int(row["left"]) if row else 0
        until = now_s + seconds(rule.realert or "1s") + self._memory_s
        self._memory.put(key, {"id": alert.id, "at": now_s, "left": 0, "before": left, "until": until})
        return left

    def _within_limit(self, alert: Alert, match: AlertMatch, now_s: float) -> bool:
        """Count the alert; above the limit say so once a time, and rest where the rule is to."""
        rule, limit = match.rule, match.rule.limit
        if limit is None:
            return True
        key: Key = ("limit", rule.key)
        per_s = seconds(limit.per)
        cell = int(now_s // per_s)
        row = self._memory.get(key) or {}
        if row.get("version") == match.version and now_s < row.get("paused", 0):
            return False
        count = row["count"] + 1 if row.get("cell") == cell and row.get("version") == match.version else 1
        new: dict[str, object] = {"cell": cell, "count": count, "version": match.version}
        if count == limit.alerts + 1:
            rests = f"; the rule rests for {limit.pause}, or until it is changed" if limit.pause else "; all are told"
            reason = f"more than {limit.alerts} alerts within {spoken(per_s)}: the rule is too broad{rests}"
            identity = alert_id(rule.key, "limit", match.version, str(cell))
            self._alerts.append(alert.model_copy(update={"id": identity, "kind": "limit", "reason": reason, "count": count}))  # fmt: skip
            if limit.pause:
                new["paused"] = now_s + seconds(limit.pause)
        self._memory.put(key, {**new, "until": now_s + per_s + seconds(limit.pause or "1s")})
        return count <= limit.alerts or not limit.pause

    # -- what time brings ------------------------------------------------------------------------------------------

    def _deliver(self, until_s: float, *rule: str) -> None:
        """Held alerts (of one rule) that are due until then: one by itself, several as a digest."""
        gathered: dict[Key, list[Key]] = {}
        for key in self._memory.under("held", *rule):
            if float(key[3]) <= until_s:
                gathered.setdefault(key[:4], []).append(key)
        for keys in gathered.values():
            for first in range(0, len(keys), _MOST_GATHERED):
                some = keys[first : first + _MOST_GATHERED]
                alerts = [Alert.model_validate((self._memory.get(key) or {})["alert"]) for key in some]
                self._alerts.append(alerts[0] if len(alerts) == 1 else _digest(alerts, some[0][1], some[0][2]))
                for key in some:
                    self._memory.drop(key)

    def _prune(self, now_s: float, rules: Mapping[str, RunningRule]) -> None:
        """Forget what is out of date, so many rows at a time."""
        if not self._to_prune and now_s - self._pruned_s >= _PRUNE_EVERY_S:
            self._pruned_s, self._to_prune = now_s, list(self._memory.keys())
            self._texts = {rule: texts for rule, texts in self._texts.items() if self._memory.count("seen", rule)}
        for _ in range(min(_PRUNE_KEYS, len(self._to_prune))):
            key = self._to_prune.pop()
            row = self._memory.get(key)
            if row is not None and self._is_old(key, row, now_s, rules):
                self._memory.drop(key)

    def _is_old(self, key: Key, row: Row, now_s: float, rules: Mapping[str, RunningRule]) -> bool:
        match key[0]:
            case "held" | "clock":
                return False
            case "rule" | "group":
                running = rules.get(key[1])
                if running is None or running.state != key[2]:
                    # Rules change at other times in other processes: what one does not know yet, another may have written.
                    whole = self._memory.get(("rule", *key[1:3])) or {"now": 0}
                    return now_s - float(whole["now"]) > _ORPHAN_S
                return "until" in row and float(row["until"]) < clock_of(self._memory)
            case _:
                return float(row["until"]) < now_s


def _tells_once(rule: AlertRule) -> bool:
    return rule.similar == "once" or (rule.similar is None and kind_of(rule) is None)


def _alert(worth: Worth, now_s: float) -> Alert:
    match, firing = worth.match, worth.firing
    rule = match.rule
    kind = next((name for name in ("frequency", "cardinality", "spike", "flatline", "new") if getattr(rule, name)), "match")  # fmt: skip
    alert = Alert(
        id=alert_id(rule.key, match.article.id) if firing is None else alert_id(rule.key, match.state, kind, worth.group, firing.key),
        rule=rule.name,
        severity=rule.severity,
        matched=match.matched,
        article=match.article,
        fired_at=utc(now_s),
        rule_id=rule.key,
        rule_version=match.version,
        owner=rule.owner,
        labels=rule.labels or None,
        group=worth.group or None,
        story=match.story.id if match.story else None,
    )  # fmt: skip
    if firing is None:
        return alert
    window = AlertWindow(start=utc(firing.start_s), end=utc(firing.end_s)) if kind != "new" else None
    return alert.model_copy(update={"kind": kind, "reason": firing.reason, "count": firing.number, "values": firing.values, "window": window})  # fmt: skip


def _digest(alerts: list[Alert], rule: str, gather: str) -> Alert:
    count = len(alerts)
    update = {
        "id": alert_id(rule, "digest", gather, alerts[0].id),
        "kind": "digest",
        "count": count,
        "reason": f"{count} alerts, held back and told together",
        "group": gather or None,
        "fired_at": alerts[-1].fired_at,
        "articles": tuple({alert.article.id: alert.article for alert in alerts}.values()),
    }
    return alerts[0].model_copy(update=update)
