"""Makes the helper beside these tests importable; a PostgreSQL schema of a test's own."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    """A schema of the test's own."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    yield f"{postgres.url}?options=-csearch_path%3D{name}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {name} CASCADE".encode())
