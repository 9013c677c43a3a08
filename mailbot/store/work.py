"""What every part of a unit of work needs: the connection, the seals, the moment, and new ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.store.ids import IdSource
from mailbot.store.prepared import Prepared, Values, spread
from mailbot.store.sealing import Sealer

LARGE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Work:
    """The inside of one transaction; `now` is the moment at which it began."""

    connection: Connection
    sealer: Sealer
    now: datetime
    ids: IdSource

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT of the engine's own kind, which can pass over a row that is there: each has a word of its own."""
        return _insert(self.connection.dialect.name, table)

    def rows(self, prepared: Prepared, **values: Any) -> list[Any]:
        """What a prepared statement finds."""
        return prepared.rows(self.connection, values)

    def rows_for(self, prepared: Prepared, name: str, wanted: Iterable[Any], **values: Any) -> Iterator[Any]:
        """What a prepared statement finds for any of these values, which it calls `name`."""
        for some in spread(name, wanted):
            yield from prepared.rows(self.connection, {**some, **values})

    def change(self, prepared: Prepared, values: Values) -> int:
        """Run a prepared INSERT or UPDATE; how many rows it touched."""
        return prepared.change(self.connection, values)

    def add(self, prepared: Prepared, rows: Sequence[Values]) -> None:
        """Run a prepared INSERT once for each row."""
        prepared.change_each(self.connection, rows)

    def add_missing(self, table: Table, rows: Sequence[Values]) -> None:
        """Insert these rows, passing over those that are there already."""
        _adding_missing(table).change_each(self.connection, rows)

    def carried(self, size: int) -> None:
        """Something of that size went over the connection: after a large one it is closed at the end of this unit.

        Both drivers keep what they carried last, libpq at twice the size, for as long as a connection lives.
        """
        if size > LARGE:
            self.connection.detach()

    def new_id(self) -> int:
        return self.ids.next(self.now)


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _adding_missing(table: Table) -> Prepared:
    return Prepared({name: _insert(name, table).on_conflict_do_nothing() for name in ("sqlite", "postgresql")})
