"""Rules while they change: which hold now, and a matcher that takes a change over without compiling all the others again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from schemas.articles import EnrichedArticle
from schemas.rules import AlertRule
from workers.alerts.match import Match, Matcher, compile_rules
from workers.alerts.rules import Rule, state_of, version_of

__all__ = ["MUTE", "LiveMatch", "LiveMatcher", "RuleSet"]

#: Ends the key under which a mute stands on the topic of rules.
MUTE = "#mute"
#: Above this share of changed rules, all are compiled anew.
_MOST_CHANGED = 0.1


class RuleSet(NamedTuple):
    """Rules of a file and of the topic. Of two with one key that of the topic holds; a mute holds for either."""

    file: tuple[Rule, ...] = ()
    topic: Mapping[str, Rule] = {}
    mutes: Mapping[str, str] = {}

    def with_file(self, rules: Iterable[Rule]) -> "RuleSet":
        """The file was read again."""
        return self._replace(file=tuple(rules))

    def with_entry(self, key: str, entry: AlertRule | None) -> "RuleSet":
        """A message of the topic: a rule, a mute (its key ends in `#mute`), or None that takes either away. Raises ValueError for a rule that is wrong."""
        if key.endswith(MUTE):
            mutes = {name: until for name, until in self.mutes.items() if name != key.removesuffix(MUTE)}
            return self._replace(mutes={**mutes, **({key.removesuffix(MUTE): entry.mute} if entry and entry.mute else {})})  # fmt: skip
        topic = {name: rule for name, rule in self.topic.items() if name != key}
        if entry is not None:
            if entry.key != key:
                raise ValueError(f"the key must be the rule's id, else its name: {entry.key!r}")
            topic[key] = Rule.model_validate(entry.model_dump(exclude_none=True, by_alias=True))
        return self._replace(topic=topic)

    def rules(self) -> tuple[Rule, ...]:
        """The rules that hold now, with their mutes."""
        both = {**{rule.key: rule for rule in self.file}, **self.topic}
        return tuple(self._muted(rule) for rule in both.values())

    def _muted(self, rule: Rule) -> Rule:
        until = self.mutes.get(rule.key)
        return rule if until is None else rule.model_copy(update={"mute": until})


class LiveMatch(NamedTuple):
    """A match, and the wording of the rule that it is of."""

    match: Match
    version: str
    state: str


class LiveMatcher:
    """A compiled set of rules, and beside it the few that changed since."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._base = _Compiled(rules)
        self._changed = _Compiled(())
        self._gone: frozenset[str] = frozenset()
        self.rules: dict[str, Rule] = {rule.key: rule for rule in rules}

    def match(self, article: EnrichedArticle) -> tuple[LiveMatch, ...]:
        """The rules that hold, with the spans that made them."""
        found = self._base.match(article)
        if self._gone:
            found = tuple(one for one in found if one.match.rule.key not in self._gone)
        return found + self._changed.match(article)

    def changed(self, rules: Sequence[Rule]) -> "LiveMatcher":
        """The matcher of these rules; this one stays as it is, so that the change happens between two articles."""
        now = {rule.key: rule for rule in rules}
        base = self._base.rules
        new = [rule for key, rule in now.items() if base.get(key) is not rule and base.get(key) != rule]
        gone = [key for key, rule in base.items() if key not in now]
        if len(new) + len(gone) > _MOST_CHANGED * max(len(base), 100):
            return LiveMatcher(rules)
        other = LiveMatcher()
        other._base, other._changed = self._base, _Compiled(new)
        other._gone = frozenset([*gone, *(rule.key for rule in new)])
        other.rules = now
        return other


class _Compiled:
    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = {rule.key: rule for rule in rules}
        self._matcher: Matcher | None = compile_rules(rules) if rules else None
        self._versions: dict[str, tuple[str, str]] = {}

    def match(self, article: EnrichedArticle) -> tuple[LiveMatch, ...]:
        if self._matcher is None:
            return ()
        return tuple(LiveMatch(one, *self._versions_of(one.rule)) for one in self._matcher.match(article))

    def _versions_of(self, rule: Rule) -> tuple[str, str]:
        known = self._versions.get(rule.key)
        if known is None:
            known = self._versions[rule.key] = (version_of(rule), state_of(rule))
        return known
