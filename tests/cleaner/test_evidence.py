"""Cheap tests before a pattern let pass whatever the pattern would find."""

import pytest

from workers.cleaner import evidence

_META = (
    "3 comments", "1 Comment", "2 Kommentare", "1 Kommentar", "5 commentaires", "1 commentaire", "4 comentarios", "7 replies", "90 views", "12 shares", "No comments", "keine Kommentare",
    "Category: Harbour", "Categories", "Kategorie", "Kategorien", "catégorie", "Catégories", "categoría", "categorías", "Tag", "Tags: sea", "Filed under: sea", "Posted in News", "Abgelegt",
    "Veröffentlicht in Hafen", "5 min read", "2 minutes read", "Lesezeit: 3", "Schlagwort", "Schlagworte", "Schlagwörter: See", "Share", "TEILEN", "Drucken", "Print",
)  # fmt: skip
_OTHER = (
    "© ",
    "(c) ",
    "Copyright ",
    "since ",
    "Seit: ",
    "valid until ",
    "vom 3. bis ",
    "Joined ",
    "BORN ",
    "Mitglied seit ",
    "nächster Termin: ",
    "Deadline – ",
)


@pytest.mark.parametrize("line", _META)
def test_what_stands_beside_the_date_of_a_piece_is_known(line: str) -> None:
    assert evidence._META.search(line)
    assert evidence._is_meta(line, evidence._words_of(line))


@pytest.mark.parametrize("before", _OTHER)
def test_the_word_before_a_date_of_something_else_is_known(before: str) -> None:
    assert evidence._is_other("Harbour " + before)


@pytest.mark.parametrize(
    "before", ["", "Harbour closed on ", "born in the harbour, ", "© Gull Press, harbour ", "since" + " " * 13]
)
def test_other_words_before_a_date_say_nothing_of_the_kind(before: str) -> None:
    assert not evidence._is_other(before)
