"""The servers that the tests start are real, private and fresh for each test."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from mailbot.store.engine import has_schema, is_current
from tests.servers.postgres import PostgresServer, find_programs, postgres_server


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_a_database_of_its_own(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (turn INTEGER)"))
        connection.execute(text("INSERT INTO only_here VALUES (:turn)"), {"turn": turn})
        assert connection.execute(text("SELECT turn FROM only_here")).scalars().all() == [turn]
    engine.dispose()


def test_a_fresh_database_has_todays_tables(database_url: str) -> None:
    assert is_current(database_url)


def test_an_empty_database_has_none(empty_database_url: str) -> None:
    assert not has_schema(empty_database_url)


def test_postgresql_is_at_least_15_and_listens_on_its_socket_only(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        assert connection.info.server_version >= 150000
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_template_is_copied_with_its_rows(postgres: PostgresServer) -> None:
    name = postgres.create("a_template")
    with psycopg.connect(postgres.url(name)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with postgres.database(name) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_durable_server_syncs_and_goes_away_afterwards() -> None:
    with postgres_server(durable=True) as server:
        with psycopg.connect(server.url("postgres")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
        folder = server.folder
    assert not folder.exists()


def test_without_postgresql_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="run scripts/test"):
        find_programs([tmp_path])
