"""Whether a clause speaks of what was or of what is to come, from the words around an expression."""

from typing import Literal

from workers.dates.case import Case
from workers.dates.moods import (
    BE,
    ENDS,
    FUTURE,
    FUTURE_ENDING,
    FUTURE_TO,
    PAST,
    PERFECT,
    PLAN,
    PLANNED,
    PRESENT,
    SURE_FUTURE,
    TO,
)
from workers.dates.pattern import SPACE

__all__ = ["Tense", "governed", "surely_ahead", "tense"]

Tense = Literal["past", "future", "none"]
_BACK, _AHEAD = 60, 40
#: Tokens before an expression in which the verb of its clause is looked for.
_CLAUSE = 20


def tense(case: Case) -> Tense:
    """The nearest mark before the expression in its sentence decides; where there is none, the first one after it."""
    return _before(case) or _after(case) or "none"


def surely_ahead(case: Case) -> bool:
    """Whether a plain future stands near before: of `will meet on Thursday`, published on a Thursday, the next one is meant."""
    moods = case.scene.grammar.moods
    return any(moods[token] & SURE_FUTURE for token in case.scene.tokens[max(0, case.start - 12) : case.start])


def completed(case: Case) -> bool:
    """Whether the clause is in the past perfect: what `had been due by Friday`, or `had arrived by Friday`, has come to pass.

    For `until Friday, they had not` the clause may follow."""
    tokens = case.scene.tokens
    before = range(case.start - 1, max(-1, case.start - _CLAUSE), -1)
    after = range(case.end, min(len(tokens), case.end + _CLAUSE // 2))
    return _perfect(case, before) or _perfect(case, after)


def _perfect(case: Case, places: range) -> bool:
    """Whether one of these tokens, read to the end of the sentence, is `had`."""
    tokens, moods = case.scene.tokens, case.scene.grammar.moods
    for at in places:
        mood = moods[tokens[at]]
        if mood & PERFECT:
            return True
        if mood & ENDS and not _abbreviates(tokens, at):
            return False
    return False


def governed(case: Case) -> bool:
    """Whether a verb in the past stands right before: `was signed on October 15`."""
    moods = case.scene.grammar.moods
    near = [moods[token] for token in case.scene.tokens[max(0, case.start - 7) : case.start] if token.isalpha()][-3:]
    return any(
        mood & PAST and not mood & PRESENT and not (at and near[at - 1] & BE)
        for at, mood in enumerate(near)
        if at >= len(near) - 2
    )


def _before(case: Case) -> Tense | None:
    tokens, moods = case.scene.tokens, case.scene.grammar.moods
    following = 0
    for at in range(case.start - 1, max(-1, case.start - _BACK), -1):
        token = tokens[at]
        if token == SPACE:
            continue
        mood = moods[token]
        if mood:
            if mood & ENDS and not _abbreviates(tokens, at):
                return None
            if mood & FUTURE:
                return "past" if _preceded(case, at, PERFECT, 2) else "future"
            if mood & FUTURE_TO and following & TO:
                return "future"
            if mood & TO and following & PLAN:
                return "past" if _preceded(case, at, PERFECT, 3) else "future"
            if mood & PAST:
                if not _preceded(case, at, BE):
                    return "past"
            elif mood & FUTURE_ENDING:
                return "future"
        following = mood
    return None


def _after(case: Case) -> Tense | None:
    tokens, moods = case.scene.tokens, case.scene.grammar.moods
    for at in range(case.end, min(len(tokens), case.end + _AHEAD)):
        mood = moods[tokens[at]]
        if not mood:
            continue
        if mood & ENDS and not _abbreviates(tokens, at):
            return None
        if mood & (SURE_FUTURE | FUTURE_ENDING) or (mood & PLANNED and _infinitive(case, at)):
            return "future"
        if mood & PAST:
            return "past"
    return None


def _infinitive(case: Case, at: int) -> bool:
    """`plans to`, where `plans` alone may be a noun."""
    tokens = case.scene.tokens
    return at + 2 < len(tokens) and bool(case.scene.grammar.moods[tokens[at + 2]] & TO)


def _preceded(case: Case, at: int, flag: int, reach: int = 1) -> bool:
    """Whether one of the `reach` words before is of a kind: `had been due` is past, `to be held` is not."""
    moods = case.scene.grammar.moods
    before = [token for token in case.scene.tokens[max(0, at - 2 * reach) : at] if not token.isspace()]
    return any(moods[token] & flag for token in before[-reach:])


def _abbreviates(tokens: list[str], at: int) -> bool:
    """A full stop inside of `p.m.`, `U.S.` or after `Mr`, `Dec`: no end of a sentence."""
    before = tokens[at - 1] if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    return tokens[at] == "." and (
        (len(before) <= 4 and before.isalpha() and not after.isspace()) or len(before) == 1 or after.isdigit()
    )
