"""Whether a clause speaks of what was or of what is to come, from the words around an expression."""

from typing import Literal

from workers.dates.case import Case
from workers.dates.grammar import SPACE, Grammar

__all__ = ["Tense", "governed", "surely_ahead", "tense"]

Tense = Literal["past", "future", "none"]
_BACK, _AHEAD = 60, 40
_STOPS = {".", "!", "?", ";", "\u201c", "\u201d", '"', "。", "！", "？", "؟", "؛"}


def tense(case: Case) -> Tense:
    """The nearest mark before the expression in its sentence decides; where there is none, the first one after it."""
    return _before(case) or _after(case) or "none"


def surely_ahead(case: Case) -> bool:
    """Whether a plain future stands near before: of `will meet on Thursday`, published on a Thursday, the next one is meant."""
    words = case.scene.grammar.words
    near = [token for token in case.scene.tokens[max(0, case.start - 12) : case.start] if not token.isspace()]
    return any("surefuture" in words.get(token, {}) for token in near)


def governed(case: Case) -> bool:
    """Whether a verb in the past stands right before: `was signed on October 15`."""
    near = [token for token in case.scene.tokens[max(0, case.start - 5) : case.start] if token.isalpha()][-2:]
    return any(_is_past(case.scene.grammar, token) for token in near)


def _is_past(rules: Grammar, token: str) -> bool:
    classes = rules.words.get(token)
    if classes is None:
        return len(token) > 3 and token.endswith(rules.past_endings)
    return "past" in classes or ("nopast" not in classes and len(token) > 3 and token.endswith(rules.past_endings))


def _is_future(rules: Grammar, token: str, kind: str) -> bool:
    classes = rules.words.get(token)
    if classes is None:
        return len(token) > 4 and token.endswith(rules.future_endings)
    return kind in classes or ("nofuture" not in classes and len(token) > 4 and token.endswith(rules.future_endings))


def _before(case: Case) -> Tense | None:
    tokens, rules = case.scene.tokens, case.scene.grammar
    words, following = rules.words, ""
    for at in range(case.start - 1, max(-1, case.start - _BACK), -1):
        token = tokens[at]
        if token == SPACE:
            continue
        if _stops(tokens, at):
            return None
        if token in words:
            classes = words[token]
            if "future" in classes:
                return "past" if _preceded(case, at, "perfect", 2) else "future"
            if "futureto" in classes and "to" in words.get(following, {}):
                return "future"
            if "to" in classes and "plan" in words.get(following, {}):
                return "past" if _preceded(case, at, "perfect", 3) else "future"
        if _is_past(rules, token):
            if not _preceded(case, at, "be"):
                return "past"
        elif rules.future_endings and _is_future(rules, token, "future"):
            return "future"
        following = token
    return None


def _after(case: Case) -> Tense | None:
    tokens, rules = case.scene.tokens, case.scene.grammar
    for at in range(case.end, min(len(tokens), case.end + _AHEAD)):
        token = tokens[at]
        if token == SPACE:
            continue
        if _stops(tokens, at):
            return None
        if _is_future(rules, token, "surefuture"):
            return "future"
        if _is_past(rules, token):
            return "past"
    return None


def _stops(tokens: list[str], at: int) -> bool:
    """The end of a sentence or paragraph."""
    token = tokens[at]
    if token in _STOPS:
        return not _abbreviates(tokens, at)
    return token.isspace() and token.count("\n") > 1


def _preceded(case: Case, at: int, kind: str, reach: int = 1) -> bool:
    """Whether one of the `reach` words before belongs to a class: `had been due` is past, `to be held` is not."""
    words = case.scene.grammar.words
    before = [token for token in case.scene.tokens[max(0, at - 2 * reach) : at] if not token.isspace()]
    return any(kind in words.get(token, {}) for token in before[-reach:])


def _abbreviates(tokens: list[str], at: int) -> bool:
    """A full stop inside of `p.m.`, `U.S.` or after `Mr`, `Dec`: no end of a sentence."""
    before = tokens[at - 1] if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    return tokens[at] == "." and (
        (len(before) <= 4 and before.isalpha() and not after.isspace()) or len(before) == 1 or after.isdigit()
    )
