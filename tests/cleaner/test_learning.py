"""How the memory of a source grows, and how a cleaner reads what it was told."""

import os
from itertools import pairwise
from pathlib import Path

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.articles import RawArticle
from schemas.codec import encode
from schemas.sources import SourceProfile
from workers.cleaner.clean import clean
from workers.cleaner.learning import Learned, learn, learned_from, nothing_learned, state_of
from workers.cleaner.memory import Profile, fingerprints, repeated, repeating
from workers.cleaner.recall import Recall, file_of
from workers.cleaner.stage import load
from workers.ports import StageOptions

FURNITURE = "Our reporters write from forty towns along the coast every day of the year."


def lines(number: int) -> frozenset[str]:
    return fingerprints([f"What happened in {'x' * number} was told to the paper.", FURNITURE])


def learned(count: int, known: Learned | None = None, first: int = 0) -> tuple[Learned, list[Profile]]:
    known, told = known or nothing_learned("example.org"), []
    for number in range(first, first + count):
        known, news = learn(known, f"a{number}", lines(number))
        told += [news] if news is not None else []
    return known, told


def test_what_two_articles_share_is_told_after_the_second() -> None:
    known, told = learned(2)
    assert [profile.version for profile in told] == [2]
    assert set(told[0].lines) == fingerprints([FURNITURE])
    assert known.told_version == 2


def test_an_article_counts_once_however_often_it_comes() -> None:
    known, _ = learned(5)
    again, news = learn(known, "a3", lines(3))
    assert again == known
    assert news is None


@given(st.lists(st.integers(0, 11), max_size=60))
@settings(max_examples=60, deadline=None)
def test_work_repeated_after_a_crash_changes_nothing(repeats: list[int]) -> None:
    """Whatever articles come again, at whatever time, the state is that of the first time each came."""
    straight, _ = learned(12)
    known = nothing_learned("example.org")
    done = 0
    for step in [*repeats, 11]:
        while done <= step:
            known, _ = learn(known, f"a{done}", lines(done))
            done += 1
        known, _ = learn(known, f"a{step}", lines(step))
    assert known == straight


def test_the_state_survives_being_written_as_json() -> None:
    known, _ = learned(30)
    kept = learned_from("example.org", orjson.loads(orjson.dumps(state_of(known))))
    assert state_of(kept) == state_of(known)
    assert kept.seen == known.seen
    assert learned_from("example.org", None) == nothing_learned("example.org")


def test_news_of_a_known_source_is_told_once_in_ten_articles_at_most() -> None:
    known, _ = learned(12)
    told = []
    for number in range(12, 60):
        extra = f"A new notice that stays from now on, of the kind {chr(97 + number // 2 % 26)}{chr(97 + number // 2 // 26)}."
        known, news = learn(known, f"a{number}", lines(number) | fingerprints([extra]))
        told += [news.version] if news is not None else []
    assert len(told) >= 3
    assert all(later - earlier >= 10 for earlier, later in pairwise(told))


def test_of_a_well_known_source_only_some_articles_are_counted() -> None:
    known, _ = learned(400)
    assert 100 < known.profile.version < 250
    assert repeated(known.profile, [FURNITURE]) == [True]


def test_the_state_of_a_source_is_bounded() -> None:
    known = nothing_learned("example.org")
    for number in range(60):
        page = fingerprints(f"line {number} {chr(97 + number % 26)} {'q' * size}" for size in range(900))
        known, _ = learn(known, f"a{number}", page)
    assert len(orjson.dumps(state_of(known))) < 100_000


# -- what a cleaner reads ------------------------------------------------------------------------------------------------


def told_to(folder: Path, profile: Profile) -> None:
    path = file_of(folder, profile.source)
    temporary = path.with_suffix(".new")
    temporary.write_bytes(
        encode(SourceProfile(source=profile.source, version=profile.version, lines=tuple(profile.lines)))
    )
    temporary.replace(path)


def test_a_cleaner_reads_what_was_told_and_sees_a_newer_version(tmp_path: Path) -> None:
    recall = Recall(tmp_path)
    assert recall("example.org") is None
    _, told = learned(2)
    told_to(tmp_path, told[-1])
    first = recall("example.org")
    assert first is not None
    assert first.name == "example.org@2"
    assert repeated(first, [FURNITURE, "Something else that nobody has said."]) == [True, False]
    told_to(tmp_path, told[-1]._replace(version=9))
    newer = recall("example.org")
    assert newer is not None
    assert newer.version == 9


def test_a_source_by_any_name_has_its_own_file(tmp_path: Path) -> None:
    recall = Recall(tmp_path)
    for name in ("../../etc/passwd", "a" * 500, "source with \u0000 and \ud800", "كوردستان"):
        assert recall(name) is None
        assert file_of(tmp_path, name).parent == tmp_path
    assert recall(None) is None


def test_a_file_that_is_no_profile_is_no_memory(tmp_path: Path) -> None:
    for content in (b"", b"{", b"[]", b'{"source":"other.org","version":2,"lines":[]}', os.urandom(100)):
        file_of(tmp_path, "example.org").write_bytes(content)
        assert Recall(tmp_path)("example.org") is None


PAGE = "\n".join([
    "Harbour opens again after the storm",
    "The harbour of the small town opened again on Tuesday after a storm had closed it for nine days, its master said.",
    FURNITURE,
    "Twelve ships that had waited in the bay were let in during the morning, and the first of them was unloaded by noon.",
    "Repairs to the northern wall will take until the summer, according to the council, which has asked the region for money.",
])  # fmt: skip


def test_the_stage_cuts_what_the_source_repeats_and_names_the_version(tmp_path: Path) -> None:
    raw = RawArticle(id="a", source="example.org", content=PAGE)
    without = load(StageOptions())(raw)
    stage = load(StageOptions(extra={"source_profiles": str(tmp_path)}))
    assert stage(raw) == without, "a cold start is the same as no memory"
    _, told = learned(3)
    told_to(tmp_path, told[-1])
    with_memory = stage(raw)
    assert FURNITURE in without.text  # type: ignore[attr-defined]
    assert FURNITURE not in with_memory.text  # type: ignore[attr-defined]
    assert [piece.reason for piece in with_memory.removed if piece.text == FURNITURE] == ["source_repeats"]  # type: ignore[attr-defined]
    assert with_memory.source_profile == "example.org@2"  # type: ignore[attr-defined]


def test_the_same_version_cleans_alike_from_the_state_and_from_what_was_told(tmp_path: Path) -> None:
    known, _ = learned(6)
    raw = RawArticle(id="a", source="example.org", content=PAGE)
    told_to(tmp_path, repeating(known.profile))
    assert clean(raw, known.profile) == clean(raw, Recall(tmp_path)("example.org"))
