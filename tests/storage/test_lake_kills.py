"""A lake whose writer is killed at every step, and on systems that cannot exchange names or make links."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lakes import FIRST, SECOND, compact, content, files, on, seen, write

from schemas.topics import ENRICHED
from workers.ports import Tombstone
from workers.storage import lake, lake_files


class Dies:
    """Ends the process, without a word, at the nth of the calls that change the disk."""

    def __init__(self, at: int) -> None:
        self.left = at

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                os._exit(9)
            return call(*arguments, **named)

        return counted


def die_at(step: int, work: Callable[[], None]) -> bool:
    """Do the work in a child that dies at that step; whether it died."""
    child = os.fork()
    if child == 0:
        dies = Dies(step)
        for name in ("replace", "fsync", "link", "unlink", "rmdir", "mkdir"):
            setattr(os, name, dies.before(getattr(os, name)))
        for module, name in ((lake_files, "_exchange"), (lake, "write"), (lake, "do")):
            setattr(module, name, dies.before(getattr(module, name)))
        lake.Lake.commit = dies.before(lake.Lake.commit)  # type: ignore[method-assign]
        try:
            work()
        except BaseException:  # noqa: BLE001  the parent must see it
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, 9}, code
    return code == 9


@pytest.fixture
def ram(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the system has one: syncing costs nothing there."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="dateline-lake-", dir=memory) as name:
        yield Path(name)


def test_a_writer_that_is_killed_at_any_step_loses_nothing_and_doubles_nothing(ram: Path) -> None:
    tmp_path = ram
    write(tmp_path / "whole", FIRST, SECOND)
    wanted = content(tmp_path / "whole")
    write(tmp_path / "first", FIRST)
    before = {name for name, _ in seen(tmp_path / "first")}
    for step in range(200):
        path = tmp_path / f"lake{step}"
        shutil.copytree(tmp_path / "first", path)
        died = die_at(step, lambda path=path: write(path, SECOND))
        found = [name for name, _ in seen(path)]
        assert len(found) == len(set(found)), (step, found)
        assert set(found) >= before - {"goes", "moves"}, (step, "only what moves or is erased may be on its way")
        write(path, [])
        found = [name for name, _ in seen(path)]
        assert set(found) in (
            {"stays", "moves", "goes", "dayless"},
            {"stays", "moves", "dayless", "new0", "new1", "new2"},
        ), step
        write(path, SECOND)
        assert content(path) == wanted, step
        assert not list((path / "_state" / "staged").iterdir())
        shutil.rmtree(path)
        if not died:
            assert step > 20, "so many steps there are at least"
            return
    pytest.fail("it never came to the end")


def test_a_merge_that_is_killed_at_any_step_changes_no_row(ram: Path) -> None:
    tmp_path = ram
    write(tmp_path / "small", *([on("2025-07-30", f"a{number}", offset=number)] for number in range(5)), [on("2025-07-30", "a0", "Changed.", 9)])  # fmt: skip
    wanted = content(tmp_path / "small")
    for step in range(100):
        path = tmp_path / f"lake{step}"
        shutil.copytree(tmp_path / "small", path)
        died = die_at(step, lambda path=path: compact(path))
        assert [name for name, _ in seen(path)] == [f"a{number}" for number in range(5)], step
        compact(path)
        assert content(path) == wanted, step
        assert len(files(path)) == 1
        assert not list((path / "_state" / "staged").iterdir())
        write(path, [on("2025-07-30", "a3", "Changed.", 20), Tombstone(ENRICHED.name, "a4")])
        assert dict(seen(path))["a3"] == "Changed.", "the index knows where the rows lie now"
        assert len(seen(path)) == 4
        shutil.rmtree(path)
        if not died:
            assert step > 5
            return
    pytest.fail("it never came to the end")


def test_without_an_exchange_of_names_a_merge_still_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        """A C library that has no renameat2."""

    monkeypatch.setattr(lake_files.ctypes, "CDLL", lambda *_, **__: Old())
    write(tmp_path, *([on("2025-07-30", f"a{number}", offset=number)] for number in range(4)))
    assert compact(tmp_path) == 3
    assert len(seen(tmp_path)) == 4


def test_without_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(lake_files.os, "link", refused)
    write(tmp_path, *([on("2025-07-30", f"a{number}", offset=number)] for number in range(3)), [on("2025-07-30", "a1", "Changed.", 9)])  # fmt: skip
    assert [text for _, text in seen(tmp_path)] == ["Some words.", "Changed.", "Some words."]
