"""What every part of a unit of work needs: the connection, the seals, the moment, and new ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.store.ids import IdSource
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
        if self.connection.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)

    def carried(self, size: int) -> None:
        """Something of that size went over the connection: after a large one it is closed at the end of this unit.

        Both drivers keep what they carried last, libpq at twice the size, for as long as a connection lives.
        """
        if size > LARGE:
            self.connection.detach()

    def new_id(self) -> int:
        return self.ids.next(self.now)
