"""Which recogniser runs, and what is said when it cannot."""

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from workers.entities.backends import LICENCES, load_recognizer
from workers.errors import Misconfigured


@pytest.mark.parametrize("name", ["", "magic", "spacy", "spacy:", "gliner:", "minilm"])
def test_an_unknown_backend_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(Misconfigured, match=r"DATELINE_ENTITIES_BACKEND.*embedded"):
        load_recognizer(name)


@pytest.mark.parametrize(
    ("name", "module", "hint"),
    [
        ("spacy:en_core_web_sm", "spacy", "pip install"),
        ("gliner:some/model", "gliner", "pip install"),
        ("minilm:/nowhere", "onnxruntime", "pip install"),
    ],
)
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, name: str, module: str, hint: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Misconfigured, match=hint):
        load_recognizer(name)


def test_a_missing_minilm_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("onnxruntime", "tokenizers"):
        module = types.ModuleType(name)
        module.Tokenizer = object  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(Misconfigured, match=r"no model\.onnx"):
        load_recognizer(f"minilm:{tmp_path}")


def test_a_gliner_model_is_loaded_from_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class FakeModel:
        """Stands in for a model: finds the word Ada."""

        @classmethod
        def from_pretrained(cls, name: str, **options: Any) -> "FakeModel":
            asked.update(options, name=name)
            return cls()

        def predict_entities(self, text: str, labels: list[str], threshold: float) -> list[dict[str, Any]]:
            assert 0 < threshold < 1
            assert "person" in labels
            at = text.find("Ada")
            return [] if at < 0 else [{"start": at, "end": at + 3, "label": "person", "score": 0.9}]

    module = types.ModuleType("gliner")
    module.GLiNER = FakeModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gliner", module)
    backend = load_recognizer("gliner:models/small")
    assert asked == {"name": "models/small", "local_files_only": True}
    text = "x " * 900 + "Ada came."
    assert [(text[name.start : name.end], name.type) for name in backend.recognize(text, "en")] == [("Ada", "PER")]


def test_every_backend_says_under_which_terms_it_may_be_used() -> None:
    assert set(LICENCES) == {"embedded", "minilm", "spacy", "gliner"}
    assert load_recognizer("embedded").licence == LICENCES["embedded"]
