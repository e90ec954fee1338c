"""Quality on the development pages may not fall below what is pinned in floors.json; every page is read by a model that has not seen its domain.

`DATELINE_LOWER_FLOORS=cleaning pytest tests/cleaner/test_floors.py` writes lower floors down; nothing else does.
"""

import json
import os
import sys
from pathlib import Path

import pytest

from workers.cleaner.body_model import load_models

ROOT = Path(__file__).resolve().parents[2]
FLOORS = Path(__file__).with_name("floors.json")


@pytest.fixture(scope="module")
def reached(bench: Path) -> dict[str, float]:
    """The figures of benchmarks/quality/cleaning.py, without peers and intervals."""
    sys.path.insert(0, str(ROOT / "benchmarks" / "quality"))
    import cleaning

    score = cleaning.Score(cleaning.load_gold(), draws=1)
    names = sorted(score.gold)
    ours = cleaning.predict_all(((name, cleaning.read_html(name)) for name in names), score.gold)
    total = score.scorer.summary(score.rows(ours, names))
    figures = {"html": total["F1"], "html_macro": total["macroF1"], **score.fields(ours)}
    for kind in cleaning.DUMPS:
        found = cleaning.predict_all(sorted(cleaning.read_dumps(kind).items()), score.gold)
        figures[kind] = score.scorer.summary(score.rows(found, names))["F1"]
        if kind == "block":
            figures |= {f"dump_{field}": value for field, value in score.fields(found).items()}
    if os.environ.get("DATELINE_LOWER_FLOORS") == "cleaning":
        pinned = json.loads(FLOORS.read_text(encoding="utf-8"))
        lowered = {name: min(floor, int(figures[name] * 1000) / 1000) for name, floor in pinned.items()}
        FLOORS.write_text(json.dumps(lowered, indent=2) + "\n", encoding="utf-8")
    return figures


@pytest.mark.parametrize("name", json.loads(FLOORS.read_text(encoding="utf-8")))
def test_quality_does_not_fall(name: str, reached: dict[str, float]) -> None:
    floor = json.loads(FLOORS.read_text(encoding="utf-8"))[name]
    assert reached[name] >= floor, f"{name} fell to {reached[name]:.4f}; the floor is {floor}"


def test_the_kept_folds_belong_to_the_shipped_models(bench: Path) -> None:
    """Both files come from one training: the same looks, the same numbers of trees and columns."""
    sys.path.insert(0, str(ROOT / "benchmarks" / "quality"))
    import cleaning

    shipped = load_models()
    for models in cleaning.fold_models():
        assert models.keys() == shipped.keys()
        assert all(models[name].features.shape == shipped[name].features.shape for name in shipped)
