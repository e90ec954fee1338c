"""Quality floors on the development data. `python benchmarks/quality/entities.py` gives the full figures, with peers.

A floor is lowered only by a change to this table that says why (see docs/benchmarks/entities.md).
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FLOORS = {
    "wikigold": 0.76,
    "uner_ewt_dev": 0.745,
    "geovirus_found": 0.98,
    "geovirus_within_161_km": 0.854,
    "wikinews_names": 0.919,
    "wikinews_bcubed": 0.985,
    "wikinews_speakers": 0.93,
}


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The benchmark as a module."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "quality" / "entities.py"
    spec = importlib.util.spec_from_file_location("entities_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["wikigold", "uner_ewt_dev"])
def test_names_in_sets_never_trained_on(bench: Path, benchmark: ModuleType, name: str) -> None:
    assert bench.is_dir()
    documents = list(benchmark.blocks(benchmark.rows(name), benchmark.BLOCK))
    assert benchmark.score_set(benchmark.ours(benchmark.held_out(name)), documents)["f1"] >= FLOORS[name]


def test_places_entities_and_speakers(bench: Path, benchmark: ModuleType) -> None:
    assert bench.is_dir()
    rows = benchmark.rows("geovirus_places")
    articles = benchmark.annotate([row["text"] for row in rows])
    places = benchmark.places(articles, rows)
    news: dict[str, Any] = benchmark.wikinews(
        {row["id"]: article for row, article in zip(rows, articles, strict=True)}, benchmark.wikinews_gold()
    )
    reached = {
        "geovirus_found": places["found"],
        "geovirus_within_161_km": places["within_161_km"],
        "wikinews_names": news["names"]["f1"],
        "wikinews_bcubed": news["bcubed"]["f1"],
        "wikinews_speakers": news["speaker_accuracy"],
    }
    assert {name: value for name, value in reached.items() if value < FLOORS[name]} == {}
