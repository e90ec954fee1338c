"""Alert rules: what is checked beyond their shape, what their words mean as one query, and which wording has which version."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

import orjson
from babel import Locale
from pydantic import ConfigDict, model_validator

from schemas.rules import AlertRule, Cardinality, Flatline, Frequency, New, Spike
from workers.alerts.durations import seconds
from workers.alerts.parse import QueryError, parse
from workers.alerts.query import Not, Phrase, Query, Term, Value, both, either
from workers.alerts.rule_files import read_rules
from workers.alerts.words import split_words

__all__ = ["Kind", "Rule", "kind_of", "lateness_s", "load_rules", "muted_until", "query_of", "state_of", "version_of"]

_WORD = re.compile(r"\w")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
#: Codes of CLDR's territories that are no countries.
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
_KINDS = ("frequency", "cardinality", "spike", "flatline", "new")
#: What decides whether and for what a rule fires; the rest decides how it is told.
_DETECTS = {
    "query", "keywords", "phrases", "entities", "countries", "without", "sources", "languages", "match", *_KINDS,
    "lateness", "realert", "similar", "similar_for", "story",
}  # fmt: skip

Kind = Frequency | Cardinality | Spike | Flatline | New


class Rule(AlertRule):
    """One rule: it fires when its query holds and any of its words, phrases, entities or countries (with `match: all`, one of each kind) is in the article."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _check(self) -> Self:
        self._says_something()
        for field in ("keywords", "phrases", "entities", "without", "sources"):
            for text in getattr(self, field):
                if not _WORD.search(text):
                    raise ValueError(f"{field}: {text!r} has no letter or digit, so it is never found")
        for code in self.countries:
            if not _is_country(code.upper()):
                raise ValueError(f"countries: {code!r} is no ISO 3166-1 alpha-2 code, such as SY (the UK is GB)")
        for code in self.languages:
            if not _LANGUAGE.fullmatch(code):
                raise ValueError(f"languages: {code!r} is no ISO 639-1 code in small letters, such as en")
        self._agrees()
        return self

    def _says_something(self) -> None:
        words = self.query or self.keywords or self.phrases or self.entities or self.countries
        narrow = words or (kind_of(self) is not None and (self.sources or self.languages))
        if not (narrow or self.flatline):
            raise ValueError("give a query, or at least one of keywords, phrases, entities, countries")
        if self.query:
            try:
                parse(self.query)
            except QueryError as error:
                raise ValueError(f"query: {error}") from None

    def _agrees(self) -> None:
        """The parts about time and telling fit each other."""
        kinds = [name for name in _KINDS if getattr(self, name) is not None]
        if len(kinds) > 1:
            raise ValueError(f"{' and '.join(kinds)}: a rule is of one kind; make one rule of each")
        if self.mute is not None:
            muted_until(self)
        if self.quiet is not None:
            _check_zone(self.quiet.zone)
            if self.quiet.from_ == self.quiet.to:
                raise ValueError("quiet: from and to are the same, so nothing would ever be told; use mute")
        late_s, kind = lateness_s(self), kind_of(self)
        if isinstance(kind, New) and seconds(kind.learn) < late_s:
            raise ValueError("new.learn: must be at least as long as lateness")
        if kind is not None and not isinstance(kind, New):
            window_s = seconds(kind.window)
            if late_s > 60 * window_s:
                raise ValueError("lateness: at most 60 windows, so that what must be remembered stays bounded")
            if self.realert and isinstance(kind, Frequency | Cardinality) and seconds(self.realert) * 10 < window_s:
                raise ValueError("realert: at least a tenth of the window")


def kind_of(rule: AlertRule) -> Kind | None:
    """What must come together for an alert; None where each match is one."""
    return rule.frequency or rule.cardinality or rule.spike or rule.flatline or rule.new


def lateness_s(rule: AlertRule) -> int:
    """How much later than the newest article one may come and still count: as told, else the window within 10 minutes and a day."""
    if rule.lateness:
        return seconds(rule.lateness)
    kind = kind_of(rule)
    return min(max(seconds(kind.window), 600), 86_400) if kind and not isinstance(kind, New) else 3600


def muted_until(rule: AlertRule) -> datetime | None:
    """When the rule may speak again. Raises ValueError where `mute` is no time with a zone."""
    if rule.mute is None:
        return None
    try:
        until = datetime.fromisoformat(rule.mute)
    except ValueError:
        until = datetime(1, 1, 1)  # noqa: DTZ001  refused below, like every time without a zone
    if until.tzinfo is None:
        raise ValueError(f"mute: {rule.mute!r} is no time with a zone, such as 2025-08-01T08:00:00+02:00")
    return until


def version_of(rule: AlertRule) -> str:
    """Eight hex digits of the SHA-256 of all fields but `mute`."""
    return _hash(rule.model_dump(mode="json", exclude_none=True, exclude={"mute"}))


def state_of(rule: AlertRule) -> str:
    """The same of what decides whether it fires: a new owner or severity begins no window anew."""
    return _hash(rule.model_dump(mode="json", exclude_none=True, include=_DETECTS))


def _hash(fields: dict[str, object]) -> str:
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]


def query_of(rule: AlertRule) -> Query:
    """The whole rule as one query; of a rule that names nothing, one that always holds."""
    kinds = (
        _texts((*rule.keywords, *rule.phrases)),
        tuple(Value("entity", name) for name in rule.entities),
        tuple(Value("country", code) for code in rule.countries),
    )
    asked = [either(kind) for kind in kinds if kind]
    parts = [parse(rule.query)] if rule.query else []
    parts += [(both if rule.match == "all" else either)(asked)] if asked else []
    parts += [either(Value(field, one) for one in values) for field, values in (("source", rule.sources), ("lang", rule.languages)) if values]  # fmt: skip
    parts += [Not(either(without))] if (without := _texts(rule.without)) else []
    return both(parts)


def _texts(texts: Sequence[str]) -> tuple[Query, ...]:
    """Words and phrases as terms; composed, as the words of articles are."""
    rows = [tuple(split_words(unicodedata.normalize("NFC", text))) for text in texts]
    return tuple(Phrase(row) if len(row) > 1 else Term(row[0]) for row in rows if row)


def load_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a YAML text: a list, or a mapping with `rules`. Raises Misconfigured naming the file, the line, the column, the rule and the field."""
    return read_rules(text, name, Rule)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"quiet.zone: {zone!r} is no time zone, such as Europe/Berlin") from None


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES and code in Locale("en").territories
