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
    assert "Floods: 1 of 2 articles, 50.0%; 1 alerts" in said
    assert "1 matches in 2 articles, 1 alerts" in said


def test_list_shows_what_a_rule_means_as_one_query(rules: Path) -> None:
    assert "storm AND NOT film" in run("list", rules)[1]


def test_check_says_what_can_never_match(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n  - {name: Never, query: 'lang:en AND lang:de'}\n  - {name: Fine, query: flood}\n")
    code, said = run("check", file)
    assert code == 1
    assert "Never: never matches: an article has one lang" in said


def test_test_shows_what_windows_and_noise_control_would_have_told(tmp_path: Path, articles: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("""
rules:
  - {name: Often, keywords: [flood], frequency: {count: 3, window: 1h}}
  - {name: Each, keywords: [flood]}
""")
    lines = [{"id": f"a{n}", "text": f"A flood {n // 2}.", "fetched_at": f"2025-07-31T08:{n:02}:00Z"} for n in range(4)]
    articles.write_text("".join(json.dumps(line) + "\n" for line in lines))
    code, said = run("test", file, articles)
    assert code == 0
    assert "alert: 3 articles within 1h, 3 needed" in said
    assert "Often: 4 of 4 articles, 100.0%; 1 alerts" in said
    assert "Each: 4 of 4 articles, 100.0%; 2 alerts" in said
    assert "8 matches in 4 articles, 3 alerts; left out: 2 similar" in said


def test_list_names_kind_owner_and_mute(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("rules:\n  - {name: Quiet, id: q, owner: desk, flatline: {}, mute: '2999-01-01T00:00:00Z'}\n")
    said = run("list", file)[1]
    assert [words for words in ("q", "flatline", "desk", "2999-01-01", "(every article)") if words not in said] == []


def test_a_duration_that_is_none_is_told(rules: Path) -> None:
    code, said = run("test", rules, "topic", "--since", "yesterday")
    assert code != 0
    assert "--since 'yesterday'" in said
