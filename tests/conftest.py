"""Fixtures that many tests share: a real Kafka, a PostgreSQL, the development data."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))  # helpers beside the tests: kafka_tools, postgres_server

from workers.errors import Misconfigured  # noqa: E402
from workers.runtime.embedded_kafka import EmbeddedKafka, find_java, resolve_jars  # noqa: E402


def _require(reason: str) -> None:
    """Skip, or fail where everything must run (make test sets DATELINE_REQUIRE_BROKER)."""
    if os.environ.get("DATELINE_REQUIRE_BROKER"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A real Kafka for the whole session."""
    try:
        find_java()
        resolve_jars()
    except Misconfigured as error:
        _require(f"needs a real Kafka: {error}")
    broker = EmbeddedKafka(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator["object"]:
    """A PostgreSQL of our own for the whole session, outside of pytest's folder: as root it runs as a user of its own, to whom every new pytest beside
    this one closes that folder again."""
    from postgres_server import PostgresServer

    with tempfile.TemporaryDirectory(prefix="dateline-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        if not server.available():
            _require("needs PostgreSQL's server: apt-get install postgresql")
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def bench() -> Path:
    """The development data beside the repository."""
    folder = ROOT.parent / "shared" / "bench"
    if not folder.is_dir():
        pytest.skip("the development data (../shared/bench) is not here")
    return folder
