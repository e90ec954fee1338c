"""The memory of a source: bounded, fading, pure."""

from workers.cleaner.body_model import load_models
from workers.cleaner.clean import choose, clean
from workers.cleaner.intake import read_raw
from workers.cleaner.memory import empty_profile, fingerprints, remember, repeated

FURNITURE = [
    "Our reporters write from forty towns along the coast every day.",
    "Ring the newsdesk on 555 0100 if you know more about this.",
]


def _document(number: int) -> list[str]:
    return [
        f"Story {word} tells what the {word} committee decided in its meeting."
        for word in ("alpha" * (number + 1), "beta" * (number + 1))
    ] + FURNITURE


def test_an_empty_profile_repeats_nothing() -> None:
    assert repeated(empty_profile("example.org"), FURNITURE) == [False, False]


def test_what_stood_in_two_documents_is_repeated_and_what_stood_in_one_is_not() -> None:
    profile = empty_profile("example.org")
    for number in range(2):
        profile = remember(profile, fingerprints(_document(number)))
    assert repeated(profile, _document(1)) == [False, False, True, True]
    assert profile.name == "example.org@2"


def test_numbers_are_alike_so_that_counters_and_dates_are_found_again() -> None:
    profile = empty_profile("example.org")
    for line in ("12 comments so far", "7 comments so far"):
        profile = remember(profile, fingerprints([line]))
    assert repeated(profile, ["431 comments so far"]) == [True]


def test_a_redesign_is_forgotten() -> None:
    profile = empty_profile("example.org")
    for number in range(3):
        profile = remember(profile, fingerprints(_document(number)))
    for number in range(3, 900):
        profile = remember(
            profile, fingerprints([f"Another story about place{'x' * (number % 50)} {chr(97 + number % 26)}."])
        )
    assert repeated(profile, FURNITURE) == [False, False]


def test_the_profile_is_bounded() -> None:
    profile = empty_profile("example.org")
    for number in range(8):
        profile = remember(profile, fingerprints(f"line {chr(97 + number)} {'q' * size}" for size in range(1_500)))
    assert len(profile.lines) <= 4_000


def test_remembering_does_not_change_the_profile_it_was_given() -> None:
    first = remember(empty_profile("example.org"), fingerprints(FURNITURE))
    before = dict(first.lines)
    remember(first, fingerprints(FURNITURE))
    assert first.lines == before


def test_the_result_names_the_profile_and_a_replay_with_it_is_the_same() -> None:
    raw = read_raw("\n".join(["Bridge opens", *_document(0)]).encode(), (("content-type", b"text/plain"),))
    profile = empty_profile("example.org")
    assert clean(raw, profile).model_copy(update={"source_profile": None}) == clean(raw)
    for number in range(1, 4):
        profile = remember(profile, fingerprints(_document(number)))
    assert clean(raw, profile).source_profile == "example.org@3"
    assert clean(raw, profile) == clean(raw, profile)


def test_an_article_sent_again_is_not_taken_for_furniture() -> None:
    body = "\n\n".join(
        f"The harbour board of Port Ellery decided on {day} to dredge the {where} channel, which ships have avoided since the storm in spring."
        for day, where in (("Monday", "north"), ("Tuesday", "south"), ("Friday", "outer"))
    )
    raw = read_raw(f"Harbour to be dredged\n\n{body}\n".encode(), (("content-type", b"text/plain"),))
    models = load_models()
    cold = choose(raw, models)
    profile = empty_profile("example.org")
    for _ in range(3):
        profile = remember(profile, fingerprints(block.text for block in cold.blocks))
    assert choose(raw, models, profile) == cold
