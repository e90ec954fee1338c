"""Dumps in pieces: glued blocks are parted, broken sentences made whole."""

from hypothesis import given
from hypothesis import strategies as st

from workers.cleaner import segments
from workers.cleaner.segments import join_segments, split_dump


def _texts(content: str) -> list[str]:
    return [segment.text for segment in split_dump(content)]


def test_a_sentence_end_without_a_space_parts_two_blocks() -> None:
    assert _texts("The mayor agreed.Work begins in May.") == ["The mayor agreed.", "Work begins in May."]


def test_abbreviations_and_addresses_are_no_sentence_end() -> None:
    assert _texts("The U.S.A. and J.K. Rowling met at example.org today.") == [
        "The U.S.A. and J.K. Rowling met at example.org today."
    ]


def test_a_quotation_mark_stays_with_what_it_closes() -> None:
    assert _texts('She said: "We return to peaceful life."\n"We are keen," he said.') == [
        'She said: "We return to peaceful life."',
        '"We are keen," he said.',
    ]


def test_single_names_with_a_capital_inside_stay_whole() -> None:
    assert _texts("She posted it on YouTube and on LinkedIn before McKenna called.") == [
        "She posted it on YouTube and on LinkedIn before McKenna called."
    ]


def test_a_dump_of_glued_labels_is_parted_but_known_names_are_not() -> None:
    labels = "HomePolitics NewsSport CultureTravel WeatherLocal FoodHealth MusicFilm ScienceTech JobsCars"
    assert _texts(f"{labels}\nSeen on YouTube") == [
        "Home", "Politics News", "Sport Culture", "Travel Weather", "Local Food", "Health Music", "Film Science", "Tech Jobs", "Cars", "Seen on YouTube",
    ]  # fmt: skip


def test_a_sentence_broken_by_a_link_line_is_made_whole() -> None:
    segments = split_dump(
        "The report of\nthe audit office\n, published on Friday, names three towns.\nThe next follows in May."
    )
    assert join_segments(list(enumerate(segments))) == [
        "The report of the audit office, published on Friday, names three towns.", "The next follows in May.",
    ]  # fmt: skip


def test_list_items_and_headings_stay_apart() -> None:
    segments = split_dump("What changes:\n• fares rise\n• night trains stop\nA heading\nThe rest stays.")
    assert len(join_segments(list(enumerate(segments)))) == 5


@given(st.text())
def test_no_character_is_lost(content: str) -> None:
    assert "".join("".join(_texts(content)).split()) == "".join(content.split())


_BITS = (
    "said", "gesagt.", "Nach", " ", "\n", "\t ", "“", "”", '"', "YouTube", "iPhone", "PolitikNachrichten", "PressZohran", "2023", "Von", "!", ".", "…", "A", "b", "ß",
    "Ärger", "»", "’", "xYz ", "aB", "%", ")", "«",
)  # fmt: skip


@given(st.lists(st.sampled_from(_BITS), max_size=60).map("".join))
def test_looking_at_full_stops_and_capitals_alone_misses_no_glue(content: str) -> None:
    words = {match[0] for match in segments._GLUED_WORD.finditer(content)} - segments._NAMES
    assert segments._is_glued(content) == (len(words) >= segments._LEAST_GLUED)
    cuts = {match.start(): 1 for match in segments._SENTENCE_GLUE.finditer(content)}
    if segments._is_glued(content):
        for match in segments._WORD_GLUE.finditer(content):
            if not segments._is_name(content, match.start()):
                cuts.setdefault(match.start(), 2)
    assert segments._glue(content) == cuts


def test_a_capital_at_the_end_of_a_line_is_no_word() -> None:
    labels = "PolitikNachrichten SportErgebnisse WetterBericht KulturKalender ReiseTipps AutoTest GeldAnlage HausGarten"
    assert _texts(f"{labels}\nplan saidB  \n")[-1] == "plan saidB"
