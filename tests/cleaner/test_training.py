"""What the cleaner's models learn from: labels, weights and thinned variants (benchmarks/training/cleaner_examples.py), and the card's hashes."""

import hashlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
BODY = [
    "The harbour council voted on Monday evening for a new bridge over the canal.",
    "Work begins in spring, said the harbour master, and the canal stays open for boats.",
    "Half of the nine million crowns comes from the state.",
]
CLUTTER = ["Home", "Sport", "Weather in the harbour", "Read more about ferries", "All rights reserved"]
GOLD = {"articleBody": "\n".join(BODY), "domain": "harbour.example"}


@pytest.fixture(scope="module")
def training() -> ModuleType:
    sys.path.insert(0, str(ROOT / "benchmarks" / "training"))
    import cleaner_examples

    return cleaner_examples


def test_pieces_are_labelled_by_their_place_in_the_gold(training: ModuleType) -> None:
    shares = training.aligned_shares([*CLUTTER[:3], *BODY, *CLUTTER[3:]], GOLD["articleBody"])
    assert (shares >= 0.5).tolist() == [False] * 3 + [True] * 3 + [False] * 2


@pytest.mark.parametrize("way", ["OF_PAGES", "OF_DUMPS"])
def test_one_variant_is_thinned_and_others_are_short(training: ModuleType, way: str) -> None:
    right = np.array(([False] * 20 + [True] * 5) * 4)
    body = np.flatnonzero(right).tolist()
    for number in range(50):
        whole, *short = training.thinned(right, str(number), getattr(training, way))
        assert right[whole].sum() == right.sum()
        assert len(whole) < len(right)
        for kept in short:
            left = kept[right[kept]].tolist()
            assert 1 <= len(left) <= 10
            assert left == body[body.index(left[0]) :][: len(left)]
        assert all((np.diff(kept) > 0).all() for kept in (whole, *short))


def test_variants_depend_on_the_page_alone(training: ModuleType) -> None:
    right = np.array([False, True] * 30)
    one, other = (training.thinned(right, "a body", training.OF_DUMPS) for _ in range(2))
    assert all(map(np.array_equal, one, other))


def test_clutter_without_end_weighs_no_more_than_all_of_precision(training: ModuleType) -> None:
    few, many = (training.dump_examples("\n".join([*BODY, *CLUTTER * times]), GOLD)[0] for times in (1, 300))
    assert few.weight.sum() < 2
    assert many.weight.sum() == pytest.approx(4)
    assert many.whole


def test_a_page_without_its_body_teaches_nothing(training: ModuleType) -> None:
    """Some pages were saved without their text; a dump in one line of which little is body has no piece to label."""
    assert training.dump_examples("\n".join(CLUTTER), GOLD) == []
    assert training.dump_examples("", GOLD) == []
    assert training.page_examples("<html><body><p>" + "</p><p>".join(CLUTTER), GOLD) == []


@pytest.mark.parametrize("path", ["workers/cleaner/models/body.npz", "benchmarks/quality/cleaning_folds.npz"])
def test_the_card_names_the_very_models(path: str) -> None:
    card = (ROOT / "workers" / "cleaner" / "models" / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() in card
