"""All rules of a language as one automaton over token symbols, built state by state as texts need it.

A rule's tree becomes a program of steps (read a symbol, fork, finish), forks in order of preference. A state of the automaton is the ordered
list of the steps that threads of all rules stand at; where one finishes, those after it are dropped, so the first rule that fits wins and
every symbol costs one look-up (R. Cox, Regular Expression Matching: the Virtual Machine Approach, 2009; leftmost-first as in RE2).
"""

import re
from collections.abc import Callable, Sequence

from workers.dates import pattern
from workers.dates.pattern import SPACE, symbol_set

__all__ = ["PREFIX", "Automaton"]

#: States beyond this are forgotten and built anew: texts of any kind cost bounded memory.
_MOST_STATES = 20_000
_MOST_PREFIXES = 50_000
#: So many symbols of a place are looked up at once.
PREFIX = 5
Fitting = Callable[[pattern.Node], str]


class _State(dict[str, "_State | None"]):
    """Where a symbol leads; None where no rule goes on. `rule` is the one that may end here, -1 for none."""

    __slots__ = ("_automaton", "rule", "threads")

    def __init__(self, automaton: "Automaton", threads: tuple[int, ...], rule: int) -> None:
        self._automaton, self.threads, self.rule = automaton, threads, rule

    def __missing__(self, symbol: str) -> "_State | None":
        state = self[symbol] = self._automaton.after(self.threads, symbol)
        return state


class Automaton:
    """Finds which rule fits a sequence of symbols from a place on."""

    def __init__(self, trees: Sequence[pattern.Node], fitting: Fitting) -> None:
        """`trees` are the rules by number, the preferred first; `fitting` gives the symbols that a single-token node fits."""
        self._fitting = fitting
        #: A step reads one of some symbols and goes on at another step, or finishes a rule.
        self._reads: list[frozenset[str]] = []
        self._next: list[int] = []
        self._forks: dict[int, tuple[int, ...]] = {}
        self._rules: dict[int, int] = {}
        self._owners: list[int] = []
        self._later: dict[int, _State] = {}
        self._closures: dict[int, tuple[int, ...]] = {}
        self._states: dict[tuple[tuple[int, ...], int], _State] = {}
        self._prefixes: dict[str, tuple[_State | None, int, int]] = {}
        #: Symbols that are an expression by themselves.
        self.alone = frozenset[str]()
        begins = []
        for number, tree in enumerate(trees):
            begins.append(self._program(tree, self._finish(number)))
            self._owners += [number] * (len(self._reads) - len(self._owners))
        self._begin = self._closure(self._step(forks=tuple(begins)))
        self._dead: set[str] = set()
        self._first = self._state(self._begin)
        self._begins = re.compile(self._begin_pattern())

    def candidates(self, symbols: str) -> list[tuple[int, str]]:
        """Where a rule may begin, and the first symbols there, from left to right."""
        dead = self._dead
        return [
            (start, prefix)
            for begin in self._begins.finditer(symbols)
            if (prefix := symbols[(start := begin.start()) : start + PREFIX]) not in dead
        ]

    def match(self, symbols: str, start: int, prefix: str, most: int) -> tuple[int, int] | None:
        """(rule, symbol after the last) of the first rule that fits the symbols from `start` on, at most `most` of them (ten or more); None where none does.
        `prefix` are the first symbols there, as `candidates` tells them."""
        known = self._prefixes.get(prefix)
        state, rule, end = known or self._begun(prefix)
        if state is None:
            return (rule, start + end) if end else None
        end += start
        at = start + PREFIX
        for symbol in symbols[at : start + most]:
            state = state[symbol]
            if state is None:
                break
            at += 1
            if state.rule >= 0:
                rule, end = state.rule, at
        return (rule, end) if end > start else None

    def match_after(self, rule: int, symbols: str, start: int, most: int) -> tuple[int, int] | None:
        """As `match`, by the rules that are preferred less than `rule` only."""
        if rule not in self._later:
            self._later[rule] = self._state(tuple(step for step in self._begin if self._owners[step] > rule))
        state: _State | None = self._later[rule]
        found = None
        for at, symbol in enumerate(symbols[start : start + most], start + 1):
            state = state[symbol] if state is not None else None
            if state is None:
                break
            if state.rule >= 0:
                found = state.rule, at
        return found

    def _begun(self, prefix: str) -> tuple[_State | None, int, int]:
        """(state after the first symbols, the rule that fits them best, after how many of them it ends)."""
        state: _State | None = self._first
        rule, end = -1, 0
        for at, symbol in enumerate(prefix, 1):
            state = state[symbol] if state is not None else None
            if state is None:
                break
            if state.rule >= 0:
                rule, end = state.rule, at
        if len(self._prefixes) + len(self._dead) >= _MOST_PREFIXES:
            self._prefixes.clear()
            self._dead.clear()
        if state is None and not end:
            self._dead.add(prefix)
        found = self._prefixes[prefix] = (state, rule, end)
        return found

    def _begin_pattern(self) -> str:
        """A pattern that fits wherever a rule may begin, by the symbol there and the one or two after it."""
        every = frozenset().union(*self._reads)
        starts = frozenset().union(*(self._reads[step] for step in self._begin))
        alone, ends = [], {symbol: self.after(self._begin, symbol) for symbol in starts}
        then, spaced = set[str](), set[str]()
        for symbol, state in ends.items():
            if state is None:
                continue
            if state.rule >= 0:
                alone.append(symbol)
                continue
            then |= {other for other in every if other != SPACE and state[other] is not None}
            if (after := state[SPACE]) is not None:
                then |= {SPACE} if after.rule >= 0 else set()
                spaced |= {other for other in every if after.rule >= 0 or after[other] is not None}
        self.alone = frozenset(alone)
        # One set in front: the regular expression engine then runs over all other symbols in its fastest loop.
        some = symbol_set(symbol for symbol, state in ends.items() if state is not None)
        return f"{some}(?:(?={symbol_set(then)}|{SPACE}{symbol_set(spaced)})|(?<={symbol_set(alone)}))"

    def after(self, threads: tuple[int, ...], symbol: str) -> _State | None:
        """The state that reading a symbol leads to."""
        reached: dict[int, None] = {}
        for step in threads:
            if symbol in self._reads[step]:
                reached.update(dict.fromkeys(self._closure(self._next[step])))
        return self._state(tuple(reached)) if reached else None

    def _state(self, steps: tuple[int, ...]) -> _State:
        """The state of threads at `steps`: what is preferred less than a rule that ends here is dropped."""
        finish = next((at for at, step in enumerate(steps) if step in self._rules), None)
        key = (steps, -1) if finish is None else (steps[:finish], self._rules[steps[finish]])
        if key not in self._states:
            if len(self._states) >= _MOST_STATES:
                self._forget()
            self._states[key] = _State(self, *key)
        return self._states[key]

    def _forget(self) -> None:
        self._states.clear()
        self._later.clear()
        self._prefixes.clear()
        self._first = self._state(self._begin)

    def _closure(self, step: int) -> tuple[int, ...]:
        """The steps that read or finish, in order of preference, to which forks lead from a step."""
        if step not in self._forks:
            return (step,)
        if step not in self._closures:
            self._closures[step] = tuple(
                dict.fromkeys(reached for fork in self._forks[step] for reached in self._closure(fork))
            )
        return self._closures[step]

    def _step(self, reads: str = "", then: int = -1, forks: tuple[int, ...] = ()) -> int:
        self._reads.append(frozenset(reads))
        self._next.append(then)
        if forks:
            self._forks[len(self._reads) - 1] = forks
        return len(self._reads) - 1

    def _finish(self, rule: int) -> int:
        step = self._step()
        self._rules[step] = rule
        return step

    def _program(self, node: pattern.Node, then: int) -> int:
        """The step at which a tree begins that goes on at `then`."""
        match node:
            case pattern.Sequence(items):
                for item in reversed(items):
                    then = self._program(item, then)
                return then
            case pattern.Alternatives(items):
                return self._step(forks=tuple(self._program(item, then) for item in items))
            case pattern.Slot(_, _, inner) if inner is not None:
                return self._program(inner, then)
            case pattern.Repeated(item, most):
                entry = then
                for _ in range(most):
                    entry = self._step(forks=(self._program(item, entry), then))
                return entry
            case _:
                return self._step(self._fitting(node), then)
