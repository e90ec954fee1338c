"""Which pieces of a text dump are body, whatever the model thinks of each alone."""

from collections.abc import Callable

import numpy as np
import pytest

from workers.cleaner import dump
from workers.cleaner.body_model import load_models

LEAD = "The harbour council voted on Monday evening for a new bridge over the canal, after a debate of three hours."
LAST = "Those who live by the canal had asked for a bridge since the ferry was given up, eleven years ago."


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str], set[str]], list[str]]:
    """(lines, those that the model takes for body) to the paragraphs of the body."""

    def chosen(lines: list[str], body: set[str]) -> list[str]:
        chances = np.array([0.9 if line in body else 0.1 for line in lines], np.float32)
        monkeypatch.setattr(dump, "line_chances", lambda segments, models: chances)
        choice = dump.choose_lines("\n".join(lines), "A title", load_models())
        assert choice.paragraphs is not None
        return list(choice.paragraphs)

    return chosen


def test_a_sentence_goes_on_behind_a_name_on_a_line_of_its_own(
    choose: Callable[[list[str], set[str]], list[str]],
) -> None:
    lines = [LEAD, "The plan was drawn by", "Ann Hill", ", who built three bridges before.", LAST, "Share"]
    found = choose(lines, {LEAD, LAST, lines[1]})
    assert " ".join(found) == f"{LEAD} The plan was drawn by Ann Hill, who built three bridges before. {LAST}"


def test_a_wide_sentence_goes_on(choose: Callable[[list[str], set[str]], list[str]]) -> None:
    lines = ["“孩子们每天都可以来这里看书,”图书馆的馆长", "王小明", "说。明年还会有新书。", "分享"]
    assert choose(lines, {lines[0]}) == ["".join(lines[:3])]


@pytest.mark.parametrize(
    "below", [["Share this story", "Read more"], ["Ann Hill", "Harbour News"], ["and more of the same kind"]]
)
def test_what_follows_a_sentence_that_has_ended_is_left_alone(
    choose: Callable[[list[str], set[str]], list[str]], below: list[str]
) -> None:
    assert choose([LEAD, LAST, *below], {LEAD, LAST}) == [LEAD, LAST]


DOUBTFUL = "“We are keen to see it built,” she said."


def test_a_sentence_right_below_the_body_is_body_at_a_lower_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def body(lines: list[str], chances: list[float]) -> list[str]:
        monkeypatch.setattr(dump, "line_chances", lambda segments, models: np.array(chances, np.float32))
        return list(dump.choose_lines("\n".join(lines), "A title", load_models()).paragraphs or ())

    assert body([LEAD, DOUBTFUL], [0.9, 0.3]) == [LEAD, DOUBTFUL]
    assert body([LEAD, DOUBTFUL], [0.9, 0.1]) == [LEAD]
    assert body([LEAD, "Share", DOUBTFUL], [0.9, 0.1, 0.3]) == [LEAD]
    assert body([LEAD, "All rights reserved, Harbour News and its partners."], [0.9, 0.3]) == [LEAD]
    assert body([DOUBTFUL, LEAD], [0.3, 0.9]) == [LEAD]


def test_a_body_that_is_in_doubt_as_a_whole_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lines, chances = ["Home", "Sport", LEAD, LAST, "Share"], [0.05, 0.1, 0.45, 0.3, 0.1]
    monkeypatch.setattr(dump, "line_chances", lambda segments, models: np.array(chances, np.float32))
    choice = dump.choose_lines("\n".join(lines), None, load_models())
    assert choice.paragraphs == (LEAD, LAST)


def test_a_dump_without_running_text_has_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "line_chances", lambda segments, models: np.array([0.4, 0.4, 0.4], np.float32))
    choice = dump.choose_lines("Home\nSport\nShare", None, load_models())
    assert choice.paragraphs == ()


def test_a_row_of_labels_goes_though_the_model_takes_it_for_body(
    choose: Callable[[list[str], set[str]], list[str]],
) -> None:
    row = "Home | News | Sport | Weather"
    assert choose([LEAD, row, LAST], {LEAD, row, LAST}) == [LEAD, LAST]
