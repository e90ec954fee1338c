"""PostgreSQL on its own: a server that restarts, that is read-only, that is not there; and what is never told."""

import contextlib
import socket
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres_server import PostgresServer
from stores import article

from workers.errors import Misconfigured, Unavailable
from workers.storage.postgresql import PostgresqlSink

pytestmark = pytest.mark.postgres


def ids(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM articles ORDER BY id").fetchall()]


def test_a_server_that_restarts_is_unavailable_meanwhile_and_the_same_sink_goes_on(
    postgres: PostgresServer, url: str
) -> None:
    sink = PostgresqlSink(url)
    sink.write([article("before")])
    postgres.stop()
    try:
        for _ in range(2):
            with pytest.raises(Unavailable, match="PostgreSQL"):
                sink.write([article("after")])
    finally:
        postgres.start()
    sink.write([article("after")])
    sink.close()
    assert ids(url) == ["after", "before"]


def test_a_connection_that_the_server_ends_is_made_again(postgres: PostgresServer, url: str) -> None:
    sink = PostgresqlSink(url)
    sink.write([article("before")])
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'idle'"
        )
    with contextlib.suppress(Unavailable):
        sink.write([article("after")])
    sink.write([article("after")])
    sink.close()
    assert ids(url) == ["after", "before"]


def test_a_read_only_server_is_unavailable_and_writes_once_it_is_not(url: str) -> None:
    PostgresqlSink(url).open()
    sink = PostgresqlSink(url.replace("options=", "options=-cdefault_transaction_read_only%3Don%20"))
    with pytest.raises(Unavailable, match="read-only"):
        sink.write([article()])
    assert ids(url) == []


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("postgresql://[broken", Misconfigured),
        ("postgresql://u:pa55word@127.0.0.1:{port}/db", Unavailable),
        ("postgresql://u:pa55word@127.0.0.1:{port}/db?no_such_option=1", Misconfigured),
    ],
)
def test_what_cannot_be_reached_is_said_without_the_password(url: str, error: type[Exception]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(error) as caught:
        PostgresqlSink(url.replace("{port}", str(port))).open()
    assert "pa55word" not in str(caught.value)


def test_a_role_that_may_not_make_tables_is_told_at_the_start(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(Misconfigured, match="GRANT USAGE, CREATE"):
        PostgresqlSink(postgres.url.replace("postgres@", "reader@")).open()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP ROLE reader")


def test_connections_do_not_pile_up_while_the_tables_cannot_be_made(postgres: PostgresServer, url: str) -> None:
    with psycopg.connect(url) as blocker, pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.storage.postgresql._LOCK_MS", 20)
        blocker.execute("SELECT pg_advisory_xact_lock(7283461)")
        failures = []
        for _ in range(3):
            with pytest.raises(Unavailable, match="lock") as caught:
                PostgresqlSink(url).open()
            failures.append(caught)
        left = blocker.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchone()
    assert left is not None
    assert left[0] <= 2


def test_times_are_stored_as_times(url: str, tmp_path: Path) -> None:
    sink = PostgresqlSink(url)
    sink.write([article()])
    sink.close()
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT now() - stored_at < interval '1 minute', document ->> 'id' FROM articles"
        ).fetchone()
    assert row == (True, "a1")


def test_a_replay_changes_no_row(url: str) -> None:
    def written_by() -> list[Any]:
        with psycopg.connect(url) as connection:
            tables = ("articles", "mentions", "entities", "aliases")
            return [connection.execute(f"SELECT xmin::text FROM {table}".encode()).fetchall() for table in tables]

    sink = PostgresqlSink(url)
    batch = [article(f"a{number}", offset=number) for number in range(3)]
    sink.write(batch)
    before = written_by()
    sink.write(batch)
    sink.close()
    assert written_by() == before
