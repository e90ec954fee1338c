"""`dateline enrich` as a program: order, errors in their place, stages alone, the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "workers" / "cli" / "samples" / "aggregator-dump.txt"
CLEANED = {
    "id": "c1",
    "text": "He met Anna Example on Monday in Berlin.",
    "published": {"value": "2024-05-03", "precision": "day", "tz_status": "unknown", "method": "hint", "raw": "", "confidence": 1.0},
}  # fmt: skip


def run(*arguments: str, given: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "enrich", *arguments], input=given, capture_output=True, check=False, cwd=ROOT, timeout=120
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_is_one_object_per_article_in_order_and_what_fails_stands_in_its_place() -> None:
    given = [
        json.dumps({"id": "a", "content": "Talks go on in Geneva, said Anna Example."}),
        json.dumps({"id": "b", "content": ["no text"]}),
        "{broken",
        json.dumps({"id": "d", "content": "Talks went on in Geneva, said Anna Example."}),
    ]
    code, out, err = run("--json", "-", given="\n".join(given).encode())
    found = lines(out)
    assert [one["id"] for one in found] == ["a", "b", "-:3", "d"]
    assert [one.get("error", {}).get("reason") for one in found] == [None, "invalid_fields", "malformed_json", None]  # type: ignore[attr-defined]
    assert code == 1
    assert "2 inputs failed" in err


def test_workers_change_neither_order_nor_results(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(
        "".join(json.dumps({"id": f"n{n}", "content": f"Talks number {n} go on."}) + "\n" for n in range(30))
    )
    alone, many = (lines(run("--json", "--workers", workers, str(file))[1]) for workers in ("1", "2"))
    for one in (*alone, *many):
        one.pop("provenance")
    assert [one["id"] for one in alone] == [f"n{n}" for n in range(30)]
    assert alone == many


@pytest.mark.parametrize(("stages", "wanted"), [("dates", "dates"), ("entities", "entities")])
def test_a_stage_alone_needs_only_id_and_text_and_for_dates_the_publication(stages: str, wanted: str) -> None:
    code, out, _ = run("--json", "--stages", stages, "--from", "cleaned", "-", given=json.dumps(CLEANED).encode())
    assert code == 0
    assert lines(out)[0][wanted]


def test_the_sample_is_shown_as_a_person_wants_to_see_it() -> None:
    code, out, _ = run(str(SAMPLE))
    assert code == 0
    for piece in (
        "Russia, Syria Confirms Strengthening Dialogue",
        "2025-07-31T08:02:06",
        "Sergey Lavrov",
        "2025-10-15",
    ):
        assert piece in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stages", "clean", "x.html"], "no stage 'clean'; there are cleaner, entities, dates"),
        (["--stages", "dates", "x.html"], "--from raw needs the stage `cleaner` first"),
        (["--from", "cleaned", "x.html"], "leave `cleaner` out"),
        (["--from", "elsewhere", "x.html"], "it is `raw` or `cleaned`"),
    ],
)
def test_a_wrong_call_says_how_to_mend_it(arguments: list[str], said: str) -> None:
    code, _, err = run(*arguments)
    assert code == 78
    assert said in err.replace("\n", " ")


def test_a_file_that_is_not_there_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    code, out, err = run("--json", str(tmp_path / "none.html"), str(SAMPLE))
    found = lines(out)
    assert code == 1
    assert found[0]["error"]["reason"] == "unreadable"  # type: ignore[index]
    assert found[1]["title"] == "Russia, Syria Confirms Strengthening Dialogue"
    assert "1 input failed" in err


def test_json_files_hold_an_article_or_an_array_and_what_is_no_json_is_not_taken_for_a_page(tmp_path: Path) -> None:
    one, many, broken, mixed = (tmp_path / name for name in ("one.json", "many.json", "broken.json", "mixed.jsonl"))
    one.write_text('\ufeff{\n "id": "a",\n "content": "Talks go on in Geneva."\n}\n', encoding="utf-8")
    many.write_text(
        '[{"id": "b", "content": "Talks go on in Rome."}, 7, {"id": "c", "content": "Talks go on in Oslo."}]'
    )
    broken.write_text('[{"id": "d", "content": "cut o')
    mixed.write_text('\ufeff{"id": "e", "content": "Talks go on in Bern."}\nno json at all\n', encoding="utf-8")
    code, out, err = run("--json", str(one), str(many), str(broken), str(mixed))
    found = lines(out)
    assert [one.get("error", {}).get("reason") for one in found] == [  # type: ignore[attr-defined]
        None, None, "wrong_type", None, "malformed_json", None, "malformed_json",
    ]  # fmt: skip
    assert [one["id"] for one in found if "error" not in one] == ["a", "b", "c", "e"]
    assert found[-1]["id"] == f"{mixed}:2"
    assert str(found[2]["error"]).count("many.json[1]: a JSON object is needed, this is a int")
    assert (code, "3 inputs failed" in err) == (1, True)


def test_publishing_without_a_broker_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Talks go on in Geneva.")
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "publish", str(page)], capture_output=True, check=False, cwd=ROOT, timeout=120,
        env=os.environ | {"DATELINE_BOOTSTRAP_SERVERS": "127.0.0.1:1"},
    )  # fmt: skip
    assert done.returncode == 1
    (said,) = done.stderr.decode().splitlines()
    assert said.startswith("dateline: no broker answers at 127.0.0.1:1")
    assert "dateline up" in said
