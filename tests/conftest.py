"""What tests of every kind may ask for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.store.engine import migrate
from tests.desks import Desk, open_desk
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.postgres import PostgresServer, postgres_server

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One private PostgreSQL for the whole session, started when the first test asks for it."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with today's tables and no rows: the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without tables (of SQLite: a file that does not exist yet), for what is about migrations."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One private Dovecot for the whole session; each test makes a user of its own."""
    with running_dovecot() as server:
        yield server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with today's tables."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'mailbot.db')}"


@pytest.fixture
def postgresql_url(postgres: PostgresServer, postgresql_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with today's tables."""
    with postgres.database(postgresql_template) as url:
        yield url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/mailbot.db"


@pytest.fixture
def empty_postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that was migrated once and is copied for each test."""
    file = tmp_path_factory.mktemp("template") / "mailbot.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgres: PostgresServer) -> str:
    """The name of a database that was migrated once and is copied for each test."""
    name = postgres.create("migrated")
    migrate(postgres.url(name))
    return name


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """An open desk on each engine, at nine o'clock on a Monday."""
    with open_desk(tmp_path / "desk", database_url) as opened:
        yield opened


@pytest.fixture
def small_desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The same on SQLite only, for what does not depend on the engine."""
    with open_desk(tmp_path / "desk", sqlite_url) as opened:
        yield opened
