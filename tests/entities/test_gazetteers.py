"""A deployment's own names."""

import os
from pathlib import Path

import pytest

from schemas.articles import AnnotatedArticle, CleanedArticle, Language
from workers.entities.stage import load
from workers.errors import Misconfigured
from workers.ports import Stage, StageOptions

CSV = "name,type,aliases,wikidata,geonames_id,lat,lon,country\nZorblatt Works,ORG,Zorblatt|ZW,Q999999999,,,,\nNether Fumbling,GPE,,,77,51.5,-1.5,GB\n"


def annotated(stage: Stage, text: str) -> AnnotatedArticle:
    found = stage(CleanedArticle(id="a", text=text, language=Language(code="en", confidence=1.0)))
    assert isinstance(found, AnnotatedArticle)
    return found


def written(path: Path, text: str, age_s: int = 0) -> Path:
    path.write_text(text, encoding="utf-8")
    stamp = path.stat().st_mtime + age_s
    os.utime(path, (stamp, stamp))
    return path


def test_names_of_a_csv_file_are_found_and_linked(tmp_path: Path) -> None:
    stage = load(StageOptions(gazetteers=(str(written(tmp_path / "ours.csv", CSV)),)))
    article = annotated(stage, "Sales at Zorblatt fell, and Zorblatt Works closed its plant in Nether Fumbling.")
    works = next(one for one in article.entities if "Zorblatt" in one.aliases or one.name == "Zorblatt")
    town = next(one for one in article.entities if one.name == "Nether Fumbling")
    assert (works.type, works.wikidata) == ("ORG", "Q999999999")
    assert (town.geonames_id, town.lat, town.country) == (77, 51.5, "GB")


def test_a_changed_file_is_read_again_and_a_broken_one_is_not_taken(tmp_path: Path) -> None:
    path = written(tmp_path / "ours.jsonl", '{"name": "Quibblesworth", "type": "PER"}\n')
    stage = load(StageOptions(gazetteers=(str(path),)))
    text = "Then Quibblesworth and Blatherstone left."
    assert {one.text for one in annotated(stage, text).mentions if one.confidence == 0.99} == {"Quibblesworth"}
    written(path, '{"name": "Blatherstone", "type": "PER"}\n', age_s=5)
    assert {one.text for one in annotated(stage, text).mentions if one.confidence == 0.99} == {"Blatherstone"}
    written(path, "{broken\n", age_s=10)
    assert {one.text for one in annotated(stage, text).mentions if one.confidence == 0.99} == {"Blatherstone"}


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.csv", "name,type\n,ORG\n", "line 2"),
        ("a.csv", "name,type\nX Y,PLANET\n", "PLANET"),
        ("a.jsonl", "{]\n", "line 1"),
        ("a.csv", "name,lat,lon\nX Y,95,0\n", "lat"),
    ],
)
def test_a_wrong_file_stops_the_start_and_names_the_line(tmp_path: Path, name: str, text: str, word: str) -> None:
    path = written(tmp_path / name, text)
    with pytest.raises(Misconfigured, match=word):
        load(StageOptions(gazetteers=(str(path),)))


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        load(StageOptions(gazetteers=(str(tmp_path / "none.csv"),)))
