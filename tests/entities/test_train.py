"""How training data is made and read; the parts that need no training packages."""

import hashlib
from pathlib import Path

import numpy as np
import orjson
import pytest

from workers.entities.features import FLAGS, MARKS, PARTS, flags_of, marks_of, parts_of
from workers.entities.tagger import FORBIDDEN, TAGS, Tagger, decode, load_tagger, stored_networks
from workers.entities.train import sets
from workers.entities.train.companies import plain_names
from workers.entities.train.labels import agreed, own_tags, with_shares
from workers.entities.train.news import trimmed
from workers.entities.train.sets import Example, read_set, spans_of


def test_a_set_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "entities"
    folder.mkdir()
    (folder / "wikigold.jsonl").write_text('{"id": "0", "tokens": ["x"], "tags": ["O"]}\n')
    with pytest.raises(ValueError, match="SHA-256"):
        read_set(tmp_path, "wikigold")


def test_sets_come_in_one_convention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "id": "0",
        "tokens": ["President", "Ama", "Boateng", "met", "Danish", "envoys"],
        "tags": ["B-PER", "I-PER", "I-PER", "O", "B-LOC", "O"],
    }
    data = orjson.dumps(row) + b"\n"
    (tmp_path / "entities").mkdir()
    (tmp_path / "entities" / "mine.jsonl").write_bytes(data)
    monkeypatch.setitem(sets.SETS, "mine", (hashlib.sha256(data).hexdigest(), False, 1))
    (example,) = read_set(tmp_path, "mine")
    assert [TAGS[tag] for tag in example.tags] == ["O", "B-PER", "I-PER", "O", "B-MISC", "O"]


def test_spans_and_trimming() -> None:
    words = ["the", "Ministry", "of", "Health", "'s", "northern", "Volta", "region"]
    tags = ["B-ORG", "I-ORG", "I-ORG", "I-ORG", "I-ORG", "B-LOC", "I-LOC", "I-LOC"]
    assert trimmed(words, spans_of(tags)) == [(1, 4, "ORG"), (6, 7, "LOC")]


def test_the_best_path_never_continues_another_type() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        path = [TAGS[tag] for tag in decode(rng.normal(size=(12, len(TAGS))).astype(np.float32), FORBIDDEN)]
        for before, tag in zip(["O", *path], path, strict=False):
            assert not tag.startswith("I-") or before[2:] == tag[2:]


@pytest.mark.parametrize(
    "word", ["Accra", "al-Khatib", "x", "U.S.", "3.5%", "Ünïcödé", "http://a.b", "МОСКВА", "\U0001f600"]
)
def test_features_stay_within_their_tables(word: str) -> None:
    assert len(parts_of(word)) == PARTS
    assert all(0 <= flag < FLAGS for flag in flags_of(word))
    assert all(0 <= mark < MARKS for _, mark in marks_of([word, word]))


def test_typeset_marks_are_read_as_typed_ones() -> None:
    tagger = load_tagger()
    typed, typeset = ["Acme", "'s", "rival", '"', "Zenith", '"'], ["Acme", "’s", "rival", "“", "Zenith", "”"]
    assert np.array_equal(tagger.scores([typed]), tagger.scores([typeset]))


def test_the_mean_of_a_network_and_itself_is_that_network() -> None:
    first = stored_networks()[0]
    said = [["Ama", "Boateng", "left", "Accra"], ["Accra", "waits"]]
    assert np.allclose(Tagger([first, first]).scores(said), Tagger([first]).scores(said), atol=1e-5)


def test_a_sentence_is_scored_alike_alone_and_among_others() -> None:
    tagger = load_tagger()
    said = [["Ama", "Boateng", "left", "Accra"], ["Accra", "waits"], ["Ama"]]
    together = tagger.scores(said)
    assert np.allclose(together, np.concatenate([tagger.scores([words]) for words in said]), atol=1e-5)


def test_a_layer_over_the_word_alone_adds_what_it_says() -> None:
    first = {name: array for name, array in stored_networks()[0].items() if not name.startswith("deep")}
    rows, width = first["in_w"].shape
    silent = {"deep_w": np.zeros((rows, 2)), "deep_b": np.ones(2), "deep_out": np.zeros((2, width))}
    shifted = silent | {"deep_out": np.ones((2, width))}
    moved = first | {"in_b": first["in_b"] + np.float16(2)}
    said = [["Ama", "left", "Accra"]]
    assert np.allclose(Tagger([first | silent]).scores(said), Tagger([first]).scores(said), atol=1e-5)
    assert np.allclose(Tagger([first | shifted]).scores(said), Tagger([moved]).scores(said), atol=0.05)


def test_our_own_tags_stand_at_the_words_of_each_sentence() -> None:
    document = [["President", "Ama", "Boateng", "met", "envoys", "."], ["Later", "Boateng", "left", "Accra", "."]]
    tags = own_tags(load_tagger(), document)
    names = [spans_of([TAGS[tag] for tag in one]) for one in tags]
    assert [len(one) for one in tags] == [6, 5]
    assert names == [[(1, 3, "PER")], [(1, 2, "PER"), (3, 4, "LOC")]]


def test_a_sentence_on_which_teachers_differ_is_doubtful() -> None:
    said = [Example(["Accra", "waits"], [TAGS.index("B-LOC"), 0], misc=True, source="teacher")] * 2
    found = agreed(said, [said[0].tags, [TAGS.index("B-ORG"), 0]])
    assert [one.source for one in found] == ["teacher", "doubtful"]
    assert found[1].tags[0] == TAGS.index("B-ORG")


def test_shares_are_the_exponentials_and_a_sentence_without_any_stays() -> None:
    example = Example(["Accra"], [0], misc=True, source="teacher")
    logs = np.log(np.full((1, len(TAGS)), 1 / len(TAGS), np.float32))
    first, second = with_shares([example, example], [logs, None])
    assert first.shares is not None
    assert np.allclose(first.shares, 1 / len(TAGS), atol=1e-3)
    assert second is example


def test_a_company_is_also_known_without_its_legal_form() -> None:
    assert list(plain_names("Harrow Steel (class A) Inc.")) == ["Harrow Steel", "Harrow Steel"]
    assert list(plain_names("Marlow Foods plc")) == ["Marlow Foods plc", "Marlow Foods"]
    assert list(plain_names("Quill, Inc.")) == ["Quill"]
