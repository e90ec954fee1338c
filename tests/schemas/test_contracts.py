"""The contracts hold: generated files are fresh, old samples are read, what is written is read back."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.articles import EnrichedArticle, RawArticle, TemporalExpression
from schemas.codec import DecodeError, decode, encode
from schemas.generate import files
from schemas.topics import TOPICS, topic_named

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "schemas" / "samples").glob("*/*.json"))


def test_generated_files_are_fresh() -> None:
    stale = [
        str(path)
        for path, content in files().items()
        if not (ROOT / path).is_file() or (ROOT / path).read_bytes() != content
    ]
    assert not stale, f"run `make generate`: {stale}"


def test_every_topic_with_a_model_has_a_sample() -> None:
    assert {topic.name for topic in TOPICS if topic.model} == {path.parent.name for path in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_old_samples_are_still_read(path: Path) -> None:
    topic = topic_named(path.parent.name)
    assert topic.model is not None
    written = orjson.loads(path.read_bytes())
    again = orjson.loads(encode(decode(topic.model, path.read_bytes())))
    assert _kept(written, again) == written


def _kept(written: Any, again: Any) -> Any:
    """What is left of an old message: every key that it had, at any depth; new keys beside them are growth."""
    if isinstance(written, dict) and isinstance(again, dict):
        return {key: _kept(value, again.get(key)) for key, value in written.items()}
    if isinstance(written, list) and isinstance(again, list) and len(written) == len(again):
        return [_kept(one, other) for one, other in zip(written, again, strict=True)]
    return again


def test_unknown_fields_are_ignored() -> None:
    assert decode(RawArticle, b'{"content": "x", "new_in_v2": [1]}').content == "x"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "null_value"), (b"", "malformed_json"), (b"{", "malformed_json"), (b"[]", "wrong_type"), (b"3", "wrong_type"),
        (b"{}", "invalid_fields"), (b'{"content": 3}', "invalid_fields"), (b'{"content": "\\ud800"}', "malformed_json"), (b"\xff", "malformed_json"),
    ],
)  # fmt: skip
def test_bytes_that_are_no_article_have_a_reason(value: bytes | None, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(RawArticle, value)
    assert caught.value.reason == reason


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100),
)
def test_what_is_written_is_read_back(text: str, identity: str) -> None:
    date = TemporalExpression.model_validate(
        {"start": 0, "end": 1, "text": "x", "type": "DATE", "value": "2025", "from": "2025-01-01", "confidence": 1.0}
    )
    article = EnrichedArticle(id=identity, text=text, dates=(date,))
    assert decode(EnrichedArticle, encode(article)) == article


def test_the_schema_for_editors_takes_the_rules_that_we_ship_and_names_what_is_wrong() -> None:
    import yaml
    from jsonschema import Draft202012Validator

    from schemas.generate import rules_schema

    validator = Draft202012Validator(rules_schema())
    shipped = yaml.safe_load((ROOT / "deploy" / "alert-rules.yaml").read_text(encoding="utf-8"))
    assert list(validator.iter_errors(shipped)) == []
    assert len({kind for rule in shipped["rules"] for kind in rule} & {"frequency", "cardinality", "spike", "flatline", "new"}) == 5  # fmt: skip
    wrong = {"rules": [{"name": "x", "frequency": {"count": 3, "windw": "1h"}}, {"name": "y", "realert": "an hour"}]}
    assert len(list(validator.iter_errors(wrong))) == 2
