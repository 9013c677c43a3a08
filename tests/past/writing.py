"""Writes many finished rows at once, as fast as each database takes them; nobody else may have the database open."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Table
from sqlalchemy.engine import make_url

from tests.past.patterns import TABLES, Rows

#: Adds the rows of some cases.
Add = Callable[[Rows], None]


def writer(url: str) -> Any:
    """A context that yields an `Add`."""
    return _sqlite(make_url(url).database or "") if url.startswith("sqlite") else _postgresql(url)


@contextmanager
def _sqlite(file: str) -> Iterator[Add]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-1500000"):
            connection.execute(f"PRAGMA {pragma}")

        def add(rows: Rows) -> None:
            connection.execute("BEGIN")
            for table in TABLES:
                marks = ", ".join("?" * len(table.columns))
                statement = f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({marks})"
                connection.executemany(statement, map(_for_sqlite, rows[table.name]))
            connection.execute("COMMIT")

        yield add
        connection.execute("PRAGMA journal_mode=WAL")


def _for_sqlite(row: Sequence[Any]) -> list[Any]:
    """With moments as the store writes them."""
    return [value.isoformat(" ", "microseconds")[:26] if type(value) is datetime else value for value in row]


@contextmanager
def _postgresql(url: str) -> Iterator[Add]:
    with psycopg.connect(url, autocommit=True) as connection:
        # Every row was checked where it was first written; checking each copy's references anew takes most of the time.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")

        def add(rows: Rows) -> None:
            for table in TABLES:
                with connection.cursor().copy(f"COPY {table.name} ({_columns(table)}) FROM STDIN") as copy:
                    for row in rows[table.name]:
                        copy.write_row(row)

        yield add


def _columns(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)
