"""Opening the database: SQLite or PostgreSQL, set so that what is committed stays committed, and migrated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from mailbot.errors import ConfigurationError, StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
)


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`; nothing is connected yet.

    Connections with the execution option write=True begin a write at once: on SQLite a read that turns into a
    write fails when somebody else wrote in between, and no time-out helps (BEGIN IMMEDIATE waits instead).
    """
    try:
        kind = make_url(url).get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            raise ConfigurationError(f"database.url is for {kind}; write sqlite:///FILE or postgresql://USER@HOST/NAME")
        if kind == "sqlite":
            return _sqlite(url)
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, hide_parameters=True, connect_args={"connect_timeout": 10}
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise ConfigurationError(
            "database.url is no URL: write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from error


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, pool_size=10, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def migrate(url: str) -> None:
    """Bring the database to the newest schema, creating it when it is empty.

    StoreUnavailable when it cannot be reached.
    """
    engine = open_engine(url)
    try:
        with engine.execution_options(write=True).begin() as connection:
            _hold_migration_lock(connection)
            configuration = _alembic()
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except DBAPIError as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def schema_is_current(connection: Connection) -> bool:
    """Whether the database has exactly the migrations that this version knows."""
    newest = ScriptDirectory.from_config(_alembic()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def has_schema(url: str) -> bool:
    """Whether the database was ever set up. StoreUnavailable when it cannot be reached."""
    return _revision(url) is not None


def is_current(url: str) -> bool:
    """Whether the database has exactly the migrations that this version knows; StoreUnavailable as above."""
    return _revision(url) == ScriptDirectory.from_config(_alembic()).get_current_head()


def _revision(url: str) -> str | None:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def unavailable(error: DBAPIError) -> StoreUnavailable:
    """The sentence for a database that does not answer; the driver's own text may hold a password or a path."""
    kind = type(error.orig).__name__
    return StoreUnavailable(f"the database did not answer ({kind}): see that it runs and that database.url is right")


def _alembic() -> AlembicConfig:
    configuration = AlembicConfig()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    return configuration


def _hold_migration_lock(connection: Connection) -> None:
    """Two nodes that start together migrate one after the other; SQLite's write lock does the same."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7241)")
