"""The automaton finds what regular expressions over the same symbols find, the first rule that fits winning."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.dates.automaton import PREFIX, Automaton
from workers.dates.pattern import Alternatives, Node, Repeated, Sequence, Slot, Word, to_regex

LETTERS = "abc "
words = st.sampled_from(LETTERS).map(Word)
nodes: st.SearchStrategy[Node] = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda items: Sequence(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Alternatives(tuple(items))),
        st.tuples(inner, st.sampled_from([1, 4])).map(lambda pair: Repeated(*pair)),
        inner.map(lambda item: Slot("x", "y", item)),
    ),
    max_leaves=8,
)


def fitting(node: Node) -> str:
    assert isinstance(node, Word)
    return node.text


def never_empty(node: Node) -> bool:
    return re.fullmatch(to_regex(node, str, str), "") is None


@settings(max_examples=400, deadline=None)
@given(st.lists(nodes.filter(never_empty), min_size=1, max_size=4), st.text(alphabet=LETTERS, max_size=12))
def test_first_rule_that_fits_wins_as_in_an_alternation(trees: list[Node], symbols: str) -> None:
    automaton = Automaton(trees, fitting)
    pattern = re.compile("|".join(f"{to_regex(tree, str, str)}()" for tree in trees))
    candidates = {start for start, _ in automaton.candidates(symbols)}
    for start in range(len(symbols)):
        right = pattern.match(symbols, start)
        found = automaton.match(symbols, start, symbols[start : start + PREFIX], 50)
        assert found == ((right.lastindex - 1, right.end()) if right and right.lastindex else None)
        assert start in candidates or found is None


def test_no_match_is_longer_than_allowed() -> None:
    automaton = Automaton([Sequence((Word("a"),) * 12), Sequence((Word("a"),) * 10)], fitting)
    assert automaton.match("a" * 12, 0, "aaaaa", 50) == (0, 12)
    assert automaton.match("a" * 12, 0, "aaaaa", 10) == (1, 10)
    assert automaton.match("a" * 12, 0, "aaaaa", 9) is None
