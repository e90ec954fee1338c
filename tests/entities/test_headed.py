"""Organisations by their head word: where they begin and end."""

import pytest

from workers.entities.headed import headed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He studied at Lowfield University in 1990.", ["Lowfield University"]),
        ("The Ministry of Fisheries and Food said so.", ["Ministry of Fisheries and Food"]),
        ("She left the University of Marnholm. The dean regrets it.", ["University of Marnholm"]),
        ("the University of Marnholm and University of Tarn", ["University of Marnholm", "University of Tarn"]),
        ("Ruritania's Health Ministry had no comment", ["Health Ministry"]),
        ("Tarn Valley Airlines and Orlo & Beck Records merged", ["Tarn Valley Airlines", "Orlo & Beck Records"]),
        ("the Harbour Authority of Marnholm and Bank of Tarn", ["Harbour Authority of Marnholm", "Bank of Tarn"]),
        ("Marnholm General Hospital, the Orlo Navy", ["Marnholm General Hospital", "Orlo Navy"]),
        ("the Society for Harbour History for Girls", ["Society for Harbour History for Girls"]),
        ("The 65th Fighter Wing and 4 Air Defence Division", ["65th Fighter Wing", "4 Air Defence Division"]),
        ("VI Corps met the Eighth Army and the 3rd Fleet", ["VI Corps", "Eighth Army", "3rd Fleet"]),
        (
            "St. Orlo Wildcats beat Marnholm Falcons and Tarn Bruins",
            ["St. Orlo Wildcats", "Marnholm Falcons", "Tarn Bruins"],
        ),
        ("In 1990 Army officers and 3 Squadron leaders", ["3 Squadron"]),
        ("The Falcons won, and Some Ravens flew", []),
        ("The Party was over, and the Council of elders left", []),
    ],
)
def test_names_end_where_the_organisation_does(text: str, names: list[str]) -> None:
    assert sorted(text[start:end] for start, end in headed(text)) == sorted(names)
