"""What every part of a unit of work needs: the connection, the seals, the moment, and new ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.store.ids import IdSource, begin_of
from mailbot.store.prepared import Prepared, Values, spread
from mailbot.store.sealing import Sealer
from mailbot.store.waiting import Waiting

LARGE = 4 * 1024 * 1024


class Work:
    """The inside of one transaction; `now` is the moment at which it began.

    What is added waits until somebody could see it, or until the end: twenty mails then cost as many statements as one.
    """

    def __init__(self, connection: Connection, sealer: Sealer, now: datetime, ids: IdSource) -> None:
        self._connection, self.sealer, self.now, self._ids = connection, sealer, now, ids
        self._first_id = begin_of(now)
        self._waiting = Waiting()
        self._blinded: dict[tuple[str, str | bytes], bytes] = {}

    @property
    def connection(self) -> Connection:
        """The connection, for statements of any kind; what waits is written first."""
        self.write()
        return self._connection

    @property
    def engine(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._connection.dialect.name

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT of the engine's own kind, which can pass over a row that is there: each has a word of its own."""
        return _insert(self.engine, table)

    def rows(self, prepared: Prepared, **values: Any) -> list[Any]:
        """What a prepared statement finds."""
        if not self._waiting.tables.isdisjoint(prepared.tables):
            self._show(prepared, {name: (value,) for name, value in values.items()})
        return prepared.rows(self._connection, values)

    def rows_for(self, prepared: Prepared, name: str, wanted: Iterable[Any], **values: Any) -> Iterator[Any]:
        """What a prepared statement finds for any of these values, which it calls `name`."""
        wanted = list(wanted)
        if not self._waiting.tables.isdisjoint(prepared.tables):
            self._show(prepared, {name: wanted})
        for some in spread(name, wanted):
            yield from prepared.rows(self._connection, {**some, **values})

    def change(self, prepared: Prepared, values: Values) -> int:
        """Run a prepared INSERT or UPDATE now; how many rows it touched."""
        self._show(prepared, {})
        return prepared.change(self._connection, values)

    def add(self, prepared: Prepared, rows: Iterable[Values]) -> None:
        """Run a prepared INSERT once for each row, with the rest of what waits."""
        self._waiting.add(prepared, rows)

    def add_missing(self, table: Table, rows: Iterable[Values]) -> None:
        """Insert these rows, passing over those that are there already, with the rest of what waits."""
        self._waiting.add(_adding_missing(table), rows)

    def change_one(self, prepared: Prepared, values: Values, or_else: type[Exception]) -> None:
        """Run a prepared UPDATE with the rest of what waits; `or_else` is raised then if it did not touch one row."""
        self._waiting.add(prepared, [values], or_else)

    def write(self) -> None:
        """Write what waits."""
        self._waiting.write(self._connection)

    def forget(self) -> None:
        """Forget what waits, because what it belongs to is undone."""
        self._waiting.forget()

    def _show(self, prepared: Prepared, wanted: Mapping[str, Collection[Any]]) -> None:
        """Write what waits of the tables of this statement, if it could see any of it."""
        seen = [
            table
            for table in prepared.tables & self._waiting.tables
            if (by := prepared.by.get(table)) is None or self._waiting.holds(by[0], wanted[by[1]])
        ]
        if seen:
            self._waiting.write(self._connection, seen)

    def carried(self, size: int) -> None:
        """Something of that size went over the connection: after a large one it is closed at the end of this unit.

        Both drivers keep what they carried last, libpq at twice the size, for as long as a connection lives.
        """
        if size > LARGE:
            self._connection.detach()

    def new_id(self) -> int:
        return self._ids.after(self._first_id)

    def blind(self, purpose: str, value: str | bytes) -> bytes:
        """The keyed digest to look a value up by; an address is asked for six times while its mail is taken in."""
        digest = self._blinded.get((purpose, value))
        if digest is None:
            digest = self._blinded[purpose, value] = self.sealer.blind(purpose, value)
        return digest


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _adding_missing(table: Table) -> Prepared:
    return Prepared({name: _insert(name, table).on_conflict_do_nothing() for name in ("sqlite", "postgresql")})
