"""Alerts in a file: each once, also after a crash in the middle of a line."""

import json
from pathlib import Path

import pytest
from samples import alert

from workers.alerts.jsonl import JsonLinesSink
from workers.errors import Unavailable


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_same_batch_twice_is_written_once_also_by_another_worker(tmp_path: Path) -> None:
    path = tmp_path / "new" / "alerts.jsonl"
    sink = JsonLinesSink(path)
    sink.write([alert("a"), alert("b"), alert("a")])
    sink.write([alert("b")])
    sink.close()
    again = JsonLinesSink(path)
    again.open()
    again.write([alert("a"), alert("c")])
    assert ids(path) == ["a", "b", "c"]


def test_a_line_cut_short_by_a_crash_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    JsonLinesSink(path).write([alert("a"), alert("b")])
    path.write_bytes(path.read_bytes()[:-40])
    JsonLinesSink(path).write([alert("b")])
    assert ids(path) == ["a", "b"]


@pytest.mark.parametrize("line", [b"# a comment", b"[1]", b'{"no": "id"}', b'{"id": 3}', b"\xff\xfe", b"null", b""])
def test_a_line_that_is_no_alert_is_left_alone(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(line + b"\n")
    sink = JsonLinesSink(path)
    sink.open()
    sink.write([alert("a")])
    assert path.read_bytes().startswith(line + b'\n{"id":"a"')


def test_a_place_that_cannot_be_written_is_unavailable_and_written_once_it_can(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.mkdir()
    sink = JsonLinesSink(path)
    with pytest.raises(Unavailable, match=r"alerts\.jsonl"):
        sink.open()
    with pytest.raises(Unavailable):
        sink.write([alert("a")])
    path.rmdir()
    sink.write([alert("a")])
    assert ids(path) == ["a"]


def test_a_full_disk_is_unavailable_and_nothing_is_taken_for_written() -> None:
    sink = JsonLinesSink(Path("/dev/full"))
    sink._known = set()  # the device cannot be read to its end
    with pytest.raises(Unavailable, match="give it space"):
        sink.write([alert("a")])
    assert sink._known is None
