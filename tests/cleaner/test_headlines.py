"""Which line of a text dump may be the headline, and which is."""

import numpy as np
import pytest

from workers.cleaner.body_model import load_models
from workers.cleaner.dump import choose_lines
from workers.cleaner.headlines import body_start, headline_candidates
from workers.cleaner.segments import split_dump

BODY = [
    "The harbour council voted on Monday evening for a new bridge over the canal, after a debate that lasted three hours.",
    "Work on the bridge begins in spring, said the harbour master, and the canal will stay open for boats while it is built.",
    "The bridge costs nine million crowns. Half of that comes from the state, the other half from the harbour's own funds.",
    "Those who live by the canal had asked for a bridge since the ferry was given up, eleven years ago.",
]
HEADLINE = "Harbour council votes for a bridge over the canal"


def title_of(lines: list[str]) -> str | None:
    return choose_lines("\n".join(lines), None, load_models()).title


def test_the_headline_is_found_between_navigation_and_byline() -> None:
    above = ["Home", "Sport", "Weather", "Subscribe to our newsletter", HEADLINE, "By Ann Hill", "3 May 2024, 10:05"]
    assert title_of([*above, *BODY]) == HEADLINE


def test_a_label_that_was_run_into_the_headline_is_left_out() -> None:
    for line in (f"News      {HEADLINE}", f"LOGIN{HEADLINE}", f"News | {HEADLINE}"):
        texts = [one.text for one in headline_candidates(split_dump("\n".join([line, *BODY])), [None] * 5, 1)]
        assert HEADLINE in texts


def test_a_bullet_is_no_part_of_a_headline() -> None:
    texts = [one.text for one in headline_candidates(split_dump("\n".join([f"• {HEADLINE}", *BODY])), [None] * 5, 1)]
    assert texts[0] == HEADLINE


@pytest.mark.parametrize("noise", [0, 3])
def test_the_body_starts_where_prose_does_not_stop(noise: int) -> None:
    """A teaser that the model takes for body does not make the start."""
    lines = [
        "A teaser of the newsletter that is as long as a sentence of the body would be, all in all.",
        *["Menu"] * 9,
    ]
    segments = split_dump("\n".join([*lines[: 1 + 9 * bool(noise)], *BODY]))
    chosen = [segment.text != "Menu" for segment in segments]
    expected = 0 if not noise else 10
    assert body_start(segments, chosen, np.ones(len(segments), np.float32)) == expected


def test_the_sentence_that_is_all_of_a_dump_is_its_body_and_no_headline() -> None:
    sentence = "The talks go on in Geneva, a reader writes without a title."
    choice = choose_lines(sentence, None, load_models())
    assert choice.title is None
    assert choice.reasons == (None,)
