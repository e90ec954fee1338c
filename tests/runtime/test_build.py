"""Putting a worker together: what it says before it starts."""

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from workers.cli.main import app
from workers.pipeline import stages_named
from workers.runtime import build
from workers.runtime.settings import Settings
from workers.text import native


@pytest.fixture
def without_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "FAULT", "core.so is not there")
    monkeypatch.setattr(build, "_run", lambda *_: 0)


def _warnings(stages: str, tmp_path: Path) -> list[str]:
    with capture_logs() as logs:
        assert build.run_stages(stages_named(stages), Settings(state_dir=tmp_path, pool_processes=0)) == 0
    return [entry["event"] for entry in logs if entry["log_level"] == "warning"]


@pytest.mark.usefixtures("without_core")
def test_a_cleaner_without_its_compiled_core_says_so_once(tmp_path: Path) -> None:
    assert _warnings("cleaner+entities+dates", tmp_path) == ["compiled_core_missing"]
    assert _warnings("dates", tmp_path) == []


def test_a_cleaner_with_its_compiled_core_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_run", lambda *_: 0)
    assert native.FAULT is None
    assert _warnings("cleaner", tmp_path) == []


@pytest.mark.usefixtures("without_core")
def test_checking_the_settings_tells_of_a_missing_core_and_what_to_do() -> None:
    told = CliRunner().invoke(app, ["config", "check"])
    assert told.exit_code == 0
    assert "core.so is not there; compile it by installing again: pip install" in told.output


def test_checking_the_settings_does_not_speak_of_a_core_that_is_there() -> None:
    assert "core" not in CliRunner().invoke(app, ["config", "check"]).output


def test_a_missing_stale_or_broken_core_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "core.so"
    assert native._load(copy) == (None, "core.so is not there")
    copy.write_bytes(b"no library")
    assert "cannot be loaded" in str(native._load(copy)[1])
    shutil.copyfile(Path(native.__file__).with_name("core.so"), tmp_path / "other.so")
    monkeypatch.setattr(native, "_VERSION", 1)
    assert "the code is of version 1" in str(native._load(tmp_path / "other.so")[1])
