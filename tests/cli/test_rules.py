"""`dateline rules`: what people see before a rule runs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.cli.main import app

RULES = """
rules:
  - {name: Floods, query: 'title:flood* AND (river OR rain)'}
  - {name: Old, keywords: [storm], without: [film]}
  - {name: Broad, query: the}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    return file


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    file = tmp_path / "articles.jsonl"
    found = [
        {"id": "a", "title": "Flooding in the north", "text": "The river rose."},
        {"id": "b", "title": "Quiet", "text": "The day was dry."},
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in found) + '{"id": 1}\n')
    return file


def run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["rules", *map(str, arguments)], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_check_says_what_never_matches_and_what_matches_too_much(rules: Path, articles: Path) -> None:
    code, said = run("check", rules, articles)
    assert code == 0
    assert "Floods: 1 of 2 articles, 50.0%" in said
    assert "Old: never matches in 2 articles" in said
    assert "Broad: 2 of 2 articles, 100.0%; too broad?" in said


def test_check_of_a_wrong_query_names_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("rules:\n  - name: Wrong\n    query: flood AND titel:x\n")
    code, said = run("check", file)
    assert code != 0
    assert [words for words in ("line 3, column 5", "column 11", "did you mean title?") if words not in said] == []


def test_test_shows_the_reason_highlighted(rules: Path, articles: Path) -> None:
    code, said = run("test", rules, articles, "--rule", "Floods")
    assert code == 0
    assert "[Flooding] in the north" in said
    assert "The [river] rose" in said
    assert "1 matches in 2 articles" in said


def test_list_shows_what_a_rule_means_as_one_query(rules: Path) -> None:
    assert "storm AND NOT film" in run("list", rules)[1]
