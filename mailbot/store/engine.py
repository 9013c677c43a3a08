"""Opening the database: SQLite or PostgreSQL, set so that what is committed stays committed, and migrated."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from mailbot.errors import ConfigurationError, StoreBusy, StoreUnavailable
from mailbot.store.prepared import driver_of

MIGRATIONS = Path(__file__).parent / "migrations"
#: Who waits so long for what another process has locked hears StoreUnavailable, and tries later.
LOCK_TIMEOUT_MS = 10_000
_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    # A page that every commit changes is copied out of the log once in 16 MB and not once in 4; what was committed is
    # in the log, and synced, either way. The cache holds the upper pages of the indexes of a million cases.
    "wal_autocheckpoint=4000",
    "cache_size=-16000",
)
#: What PostgreSQL does about us. Who stands still in the middle of a unit of work loses it after a minute, so that its
#: locks hold the other nodes up for no longer; who takes no answers any more loses the connection.
_SESSION = (
    ("idle_in_transaction_session_timeout", "60s"),
    ("statement_timeout", "5min"),
    ("tcp_user_timeout", "2min"),
    # Every look-up has its index. Where PostgreSQL knows nothing of a table yet, as after a restore, it would rather
    # read all of it; and it would compile a page of cases for longer than it takes to read (docs/decisions/0120).
    ("enable_seqscan", "off"),
    ("jit", "off"),
)
#: What libpq does about a server that is gone without a word, its machine or the network being down.
_LINK = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
#: What a database says, as its driver hands it on, when a lock was not to be had, and when its disk is full.
_LOCKED = ("55P03", "40P01", "SQLITE_BUSY", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED")
_FULL = ("53100", "SQLITE_FULL")
_NO_DATABASE = {
    "SQLITE_NOTADB": "is no SQLite database",
    "SQLITE_CORRUPT": "is damaged",
    "SQLITE_CANTOPEN": "cannot be opened",
}
#: The session was ended while the process stood still in the middle of a unit of work.
_STOOD_STILL = "25P03"


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
        return _postgresql(url)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise ConfigurationError(
            "database.url is no URL: write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from error


def _postgresql(url: str) -> Engine:
    """What the operator says in the URL or in the server's settings stands; ours fills what nobody set."""
    said = make_url(url).query
    link = {name: value for name, value in _LINK.items() if name not in said}
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True, connect_args=link)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        for name, value in (("lock_timeout", f"{LOCK_TIMEOUT_MS}ms"), *_SESSION):
            connection.execute(
                "SELECT set_config(%s, %s, false) WHERE current_setting(%s, true) IN ('0', '', 'on')",
                (name, value, name),
            )
        connection.autocommit = False

    @event.listens_for(engine, "after_cursor_execute")
    def _after(*given: Any) -> None:
        # psycopg ends what it sends for many rows so that the server does not count the time after it as idle:
        # another statement, of any kind, makes it count again.
        _connection, cursor, *_, many = given
        if many:
            cursor.connection.execute("SELECT 1")

    return engine


def _sqlite(url: str) -> Engine:
    # Whoever comes next gets the connection that was used last: what it has read of the file is still true.
    engine = create_engine(url, pool_size=10, pool_use_lifo=True, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_MS}")
        _keep_a_log(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write")
        with driver_of(connection) as driver:
            driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Set write-ahead logging. SQLite waits for no lock here, so whoever else writes a new file is waited for first."""
    for _ in range(3):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")


def migrate(url: str) -> None:
    """Bring the database to the newest schema, creating it when it is empty.

    StoreUnavailable when it cannot be reached.
    """
    from alembic import command  # 10 MB that a service does without
    from alembic.config import Config as AlembicConfig

    engine = open_engine(url)
    try:
        with engine.execution_options(write=True).begin() as connection:
            _hold_migration_lock(connection)
            configuration = AlembicConfig()
            configuration.set_main_option("script_location", str(MIGRATIONS))
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except DBAPIError as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def schema_is_current(connection: Connection) -> bool:
    """Whether the database has exactly the migrations that this version knows."""
    return _revision_of(connection) == newest_revision()


def has_schema(url: str) -> bool:
    """Whether the database was ever set up. StoreUnavailable when it cannot be reached."""
    return _revision(url) is not None


def is_current(url: str) -> bool:
    """Whether the database has exactly the migrations that this version knows; StoreUnavailable as above."""
    return _revision(url) == newest_revision()


def newest_revision() -> str:
    """The number of the last migration, which its file's name begins with."""
    return max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _revision(url: str) -> str | None:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return _revision_of(connection)
    except DBAPIError as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()


def unavailable(error: DBAPIError) -> StoreUnavailable:
    """The sentence for a database that does not answer; the driver's own text may hold a password or a path."""
    told = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    if told in _LOCKED:
        return StoreBusy(
            f"another process has had the database locked for {LOCK_TIMEOUT_MS // 1000} seconds: it will be tried "
            "again; if this stays so, look for a mailbot that was stopped (state T in `ps`), and continue or end it"
        )
    if told in _FULL:
        return StoreBusy("the disk of the database is full: make room, and what waits will go on by itself")
    if told == _STOOD_STILL:
        return StoreUnavailable(
            "this process stood still in the middle of a unit of work, and the database took that back: "
            "nothing is lost, and it will be done again"
        )
    if told in _NO_DATABASE:
        return StoreUnavailable(
            f"the database did not answer, because its file {_NO_DATABASE[told]}: see that database.url is right; "
            "where it is, put back your last backup"
        )
    kind = type(error.orig).__name__
    return StoreUnavailable(f"the database did not answer ({kind}): see that it runs and that database.url is right")


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def _hold_migration_lock(connection: Connection) -> None:
    """Two nodes that start together migrate one after the other; SQLite's write lock does the same.

    A migration may take long, and so may waiting for another node's.
    """
    if connection.dialect.name == "postgresql":
        for patience in ("lock_timeout", "statement_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {patience} = 0")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7241)")
