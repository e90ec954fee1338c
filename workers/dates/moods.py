"""What single tokens tell of the tense of a sentence, by their class in the rule tables or by their ending."""

from collections.abc import Mapping
from typing import Any

__all__ = [
    "BE", "ENDS", "FUTURE", "FUTURE_ENDING", "FUTURE_TO", "PAST", "PERFECT", "PLAN", "PLANNED", "PRESENT", "SURE_FUTURE", "TO", "Moods",
]  # fmt: skip

#: Flags, as plain integers because they are tested for every token around an expression.
PAST, FUTURE, FUTURE_TO, TO, PLAN, SURE_FUTURE, FUTURE_ENDING, ENDS, PLANNED = (1 << bit for bit in range(9))
#: Flags of words that matter beside a verb; alone they tell nothing.
BE, PERFECT, PRESENT = (1 << bit for bit in range(9, 12))
_BY_CLASS = {
    "past": PAST,
    "future": FUTURE,
    "futureto": FUTURE_TO,
    "to": TO,
    "plan": PLAN,
    "surefuture": SURE_FUTURE,
    "planned": PLANNED,
    "be": BE,
    "perfect": PERFECT,
    "present": PRESENT,
}
_STOPS = {".", "!", "?", ";", "\u201c", "\u201d", '"', "。", "！", "？", "؟", "؛"}
_MOST = 50_000


class Moods(dict[str, int]):
    """token: its flags, 0 for most; filled as tokens are asked for. `ENDS` marks what ends a sentence or paragraph."""

    def __init__(self, words: Mapping[str, Mapping[str, Any]], past: tuple[str, ...], future: tuple[str, ...]) -> None:
        """`words` are the classes of words; `past` and `future` the endings of verbs."""
        super().__init__()
        self._words, self._past, self._future = words, past, future

    def __missing__(self, token: str) -> int:
        if len(self) >= _MOST:
            self.clear()
        mood = self[token] = self._mood(token)
        return mood

    def _mood(self, token: str) -> int:
        if token in _STOPS or token.count("\n") > 1:
            return ENDS
        classes = self._words.get(token, {})
        mood = sum(flag for kind, flag in _BY_CLASS.items() if kind in classes)
        if len(token) > 3 and token.endswith(self._past) and "nopast" not in classes:
            mood |= PAST
        if len(token) > 4 and token.endswith(self._future) and "nofuture" not in classes:
            mood |= FUTURE_ENDING
        return mood
