"""Which store a url names."""

import sys
from pathlib import Path

import pytest
from stores import article

from workers.errors import Misconfigured
from workers.storage.opensearch import OpenSearchSink
from workers.storage.parquet import ParquetSink
from workers.storage.postgresql import PostgresqlSink
from workers.storage.sink import open_sink
from workers.storage.sqlite import SqliteSink


def test_three_slashes_are_a_relative_path_and_four_an_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for url, path in (
        ("sqlite:///near.db", tmp_path / "near.db"),
        (f"sqlite:///{tmp_path}/far.db", tmp_path / "far.db"),
    ):
        sink = open_sink(url)
        assert isinstance(sink, SqliteSink)
        sink.write([article()])
        sink.close()
        assert path.is_file()


@pytest.mark.parametrize("url", ["postgresql://u@h/db", "postgres://u@h/db"])
def test_both_spellings_of_postgresql_are_known(url: str) -> None:
    assert isinstance(open_sink(url), PostgresqlSink)


def test_a_lake_and_opensearch_are_known(tmp_path: Path) -> None:
    lake = open_sink(f"parquet:///{tmp_path}/lake")
    assert isinstance(lake, ParquetSink)
    lake.write([article()])
    lake.close()
    assert list(tmp_path.glob("lake/articles/*/*.parquet"))
    assert isinstance(open_sink("opensearch://user:password@host/prefix"), OpenSearchSink)


def test_a_lake_without_its_library_is_answered_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "workers.storage.parquet", None)
    with pytest.raises(Misconfigured, match=r"pip install 'dateline\[lake\]'"):
        open_sink("parquet:///lake")


@pytest.mark.parametrize(
    "url", ["", "parquet://", "parquet:///", "sqlite://", "sqlite:///", "sqlite:x.db", "mysql://u@h/db", "store.db"]
)
def test_other_urls_are_answered_with_what_to_give(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"DATELINE_STORAGE_URL: give sqlite:///"):
        open_sink(url)
