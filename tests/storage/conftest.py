"""Makes the helpers beside these tests importable; an empty store of each kind; a PostgreSQL schema of a test's own."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer

sys.path.insert(0, str(Path(__file__).parent))

from contract import KINDS
from stores import Store, make_store


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind; locks are waited for a moment only."""
    with make_store(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """A schema of the test's own."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    yield f"{postgres.url}?options=-csearch_path%3D{name}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())
