"""What the rules work on: the text as tokens, one match in it, the times known so far, and what a match means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from workers.dates.calendar import span
from workers.dates.grammar import Grammar
from workers.dates.numerals import amount, numeral_classes

__all__ = ["Case", "Kind", "Reading", "Scene", "Timeline"]

Kind = Literal["DATE", "TIME", "DURATION", "SET"]
_NEAR = 160
_LEAP_YEARS = 12
#: A company reports on these; what it compares them with is no quarter.
_REPORTED = {"P9M", "P6M", "P12M"}
#: The least length of a value that is as fine as a unit.
_FINE = {"day": 10, "week": 7, "weekend": 7, "month": 7, "quarter": 7, "year": 4}
_QUOTES = {'"', "\u201c", "\u201e", "`", "'", "\u2018"}
#: Slots that several classes fill, the class of the slot's own name first.
_ALSO = {
    "unit": ("unit", "units", "calunit", "edgeunit", "yearword", "longunit", "daylike", "weekendword", "weekmonth", "workday", "dayword", "setunit", "dual", "sameday"),
    "season": ("season", "sureseason"),
    "daypart": ("daypart", "partnoun", "partadverb", "morningnoun"),
    "rel": ("rel", "relbefore"),
    "jm": ("jm", "jalalimonth", "surejalali"),
    "n": ("n", "ordinalcentury", "roman", "ordinal"),
    "deictic": ("deictic", "lastnight", "lateday"),
    "named": ("named", "midnight"),
}  # fmt: skip


@dataclass(slots=True)
class Reading:
    """What an expression means. `covers` is what it spans where the value does not say it; `relative` that it was counted from another time;
    `echo` that it is a comparison (`a year earlier`), which does not become what the text speaks of;
    `end` is the token after its last one, where that is not the match's; `more` are further days of a list, with their first token and the one after the last."""

    type: Kind
    value: str
    confidence: float = 0.9
    mod: str | None = None
    relative: bool = False
    covers: tuple[str, str] | None = None
    granularity: str | None = None
    anchor: date | None = None
    echo: bool = False
    end: int | None = None
    more: tuple[tuple[int, int, str], ...] = ()


@dataclass(slots=True)
class Scene:
    """The text: lower-case tokens, and a symbol for each. `narrative`: a history, whose dates lean on each other."""

    text: str
    tokens: list[str]
    symbols: str
    grammar: Grammar
    published: date | None
    narrative: bool
    _token: int = 0
    _offset: int = 0

    def offset(self, token: int) -> int:
        """The place in the text at which a token begins; counted from the one asked for last, as a text is read from left to right."""
        if token >= self._token:
            self._offset += len("".join(self.tokens[self._token : token]))
        else:
            self._offset -= len("".join(self.tokens[token : self._token]))
        self._token = token
        return self._offset


@dataclass(slots=True)
class Timeline:
    """The times named so far. `place` is the token at which the last one stands. `steady`: of a history, which a single year far off
    (a film of the war, an archive opened later) does not carry away."""

    day: date | None = None
    value: str = ""
    place: int = -1
    year: int | None = None
    quarter: str = ""
    quarter_place: int = -1
    steady: bool = False
    leap: int | None = None

    def note(self, reading: Reading, place: int) -> None:
        """Keep a date that is part of the calendar; sets, durations and references to past and future say nothing of when."""
        if reading.type == "DURATION" and reading.value in _REPORTED:
            self.quarter = ""
        covered = span(reading.value) if reading.type in {"DATE", "TIME"} else None
        if covered is None:
            return
        if reading.echo or (self.steady and self._leaps(covered[0].year)):
            return
        self.day, self.value, self.place = covered[0], reading.value, place
        if len(reading.value) >= 4:
            self.year = covered[0].year
        if "-Q" in reading.value:
            self.quarter, self.quarter_place = reading.value, place

    def _leaps(self, year: int) -> bool:
        """Whether a year is far from the one spoken of, and the one before was not far off too."""
        far = self.year is not None and abs(year - self.year) > _LEAP_YEARS
        known = self.leap is not None and abs(year - self.leap) <= _LEAP_YEARS
        self.leap = year if far else None
        return far and not known


@dataclass(slots=True)
class Case:
    """One match: tokens `start` to `end` (exclusive), its slots (from `start` on), and what the rule table gives the action."""

    scene: Scene
    timeline: Timeline
    start: int
    end: int
    given: Mapping[str, Any]
    spans: dict[str, tuple[int, int]]

    def has(self, name: str) -> bool:
        """Whether the slot took part."""
        return name in self.spans

    def word(self, name: str) -> str:
        """The slot's text in lower case, white space made plain; empty where it took no part."""
        span_ = self.spans.get(name)
        if span_ is None:
            return ""
        first, last = span_
        if last - first == 1:
            return self.scene.tokens[self.start + first]
        return "".join([" " if token.isspace() else token for token in self.part(name)])

    def part(self, name: str) -> list[str]:
        """The slot's tokens; KeyError where it took no part."""
        first, last = self.spans[name]
        return self.scene.tokens[self.start + first : self.start + last]

    def value(self, name: str, kind: str | None = None, default: Any = None) -> Any:
        """What the slot's word means as one of a class (by default the class of the slot's name)."""
        place = self.spans.get(name)
        if place is None:
            return self.given.get(name, default)
        classes = self._classes(
            self.scene.tokens[self.start + place[0]] if place[1] - place[0] == 1 else self.word(name)
        )
        if kind is None and name in classes:
            return classes[name]
        for known in (kind, name) if kind else _ALSO.get(name, ()):
            if known in classes:
                return classes[known]
        raise KeyError(name)

    def number(self, name: str) -> float | None:
        """A slot's number; None for a vague one."""
        return amount(self.part(name), self.scene.grammar.words)

    def figure(self, name: str) -> int:
        """A slot's number in figures."""
        return int(self.word(name))

    def capital(self, name: str | None = None) -> bool:
        """Whether the slot's (or the match's) first letter is a capital."""
        at = self.scene.offset(self.start + (self.spans[name][0] if name else 0))
        return self.scene.text[at : at + 1].isupper()

    def titled(self, name: str) -> bool:
        """Whether a slot's noun has a capital that its language gives to names only."""
        return name in self.spans and self.capital(name) and not self.scene.grammar.marks.get("capital_nouns")

    def quoted(self) -> bool:
        """Whether a quotation mark stands right before: of words with capitals, a title (`"This Week"`, `"60 Minutes"`)."""
        return self.before() in _QUOTES

    def before(self, count: int = 1) -> str:
        """The word `count` words before the match, in lower case; marks count as words, white space does not."""
        return self._beside(self.start - 1, -1, count)

    def after(self, count: int = 1) -> str:
        """The word `count` words after the match."""
        return self._beside(self.end, 1, count)

    def follows_name(self) -> bool:
        """Whether a word with a capital stands right before, and one without before that: `on Harbour Today`, but not in a headline."""
        tokens, first = self.scene.tokens, self.start - 4
        if first < 0 or not tokens[first + 1] == " " == tokens[first + 3]:
            return False
        small, capital = (self.scene.text[self.scene.offset(at)] for at in (first, first + 2))
        return small.islower() and capital.isupper()

    def following(self, count: int) -> list[str]:
        """The next words after the match, marks among them."""
        ahead = self.scene.tokens[self.end : self.end + 2 * count]
        return [token for token in ahead if not token.isspace()][:count]

    def _beside(self, at: int, step: int, count: int) -> str:
        tokens = self.scene.tokens
        while 0 <= at < len(tokens):
            if not tokens[at].isspace():
                count -= 1
                if count == 0:
                    return tokens[at]
            at += step
        return ""

    def is_word(self, word: str, kind: str) -> bool:
        """Whether a word belongs to a class."""
        classes = self.scene.grammar.words.get(word)
        return kind in (classes if classes is not None else numeral_classes(word))

    def _classes(self, word: str) -> Mapping[str, Any]:
        """What a word is, with its value in each class; of figures, what they may stand for."""
        classes = self.scene.grammar.words.get(word)
        return classes if classes is not None else numeral_classes(word)

    @property
    def now(self) -> date | None:
        """What `today` counts from: the publication."""
        return self.scene.published

    @property
    def then(self) -> date | None:
        """What `two days earlier` counts from: the last time named, where it is near enough or the text is a history; else the publication."""
        near = self.scene.narrative or self.start - self.timeline.place <= _NEAR
        return self.timeline.day if self.timeline.day and near else self.scene.published

    def then_by(self, unit: str) -> date | None:
        """`then` for counting in a unit: a time that is known to the year only does not tell from which day to count."""
        known = len(self.timeline.value) if "-W" not in self.timeline.value else _FINE["week"]
        if known >= _FINE.get(unit, 0):
            return self.then
        return None if self.scene.narrative else self.scene.published
