"""What waits for the end of its unit of work, so that each table is written once for many mails."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Column, Connection, Table

from mailbot.store.prepared import Prepared, Values
from mailbot.store.schema import metadata

_PLACE = {table: place for place, table in enumerate(metadata.sorted_tables)}
#: Stands for a row that does not say what it has in a column.
_ANY = object()


class Waiting:
    """Rows to insert and changes to make in one unit of work; whoever could see them writes them first."""

    def __init__(self) -> None:
        self._rows: dict[Prepared, list[Values]] = {}
        self._or_else: dict[Prepared, type[Exception]] = {}
        #: The values that wait in a column that was looked in, and how many rows of a statement are in there.
        self._values: dict[Column[Any], set[Any]] = {}
        self._looked: dict[tuple[Column[Any], Prepared], int] = {}
        #: The tables of which something waits.
        self.tables: set[Table] = set()

    def add(self, prepared: Prepared, rows: Iterable[Values], or_else: type[Exception] | None = None) -> None:
        """Let these wait; all rows of a statement have the same keys.

        `or_else` is raised at the end unless each of them has touched one row.
        """
        self._rows.setdefault(prepared, []).extend(rows)
        self.tables |= prepared.tables
        if or_else is not None:
            self._or_else[prepared] = or_else

    def holds(self, column: Column[Any], values: Collection[Any]) -> bool:
        """Whether a row with one of these values in this column waits."""
        there, name = self._values.setdefault(column, set()), column.name
        for prepared, rows in self._rows.items():
            if column.table not in prepared.tables:
                continue
            place = (column, prepared)
            there.update(row.get(name, _ANY) for row in rows[self._looked.get(place, 0) :])
            self._looked[place] = len(rows)
        return _ANY in there or not there.isdisjoint(values)

    def write(self, connection: Connection, of: Collection[Table] | None = None) -> None:
        """Write what waits, of all tables or of these and those that they refer to; what others refer to first."""
        chosen = [each for each in self._rows if of is None or not each.tables.isdisjoint(_with_parents(of))]
        for prepared in sorted(chosen, key=_place):
            rows = self._rows.pop(prepared)
            self._written(prepared.tables)
            touched = prepared.change_each(connection, rows)
            if prepared in self._or_else and touched != len(rows):
                raise self._or_else[prepared]

    def forget(self) -> None:
        """Let nothing wait any more: what it belongs to is undone."""
        self._rows = {}
        self._written(self.tables)

    def _written(self, tables: Collection[Table]) -> None:
        """Nothing waits of these tables any more."""
        self.tables = self.tables - set(tables)
        self._values = {column: there for column, there in self._values.items() if column.table not in tables}
        self._looked = {place: count for place, count in self._looked.items() if place[0].table not in tables}


def _with_parents(tables: Iterable[Table]) -> set[Table]:
    """These tables and those that they refer to, near and far."""
    found: set[Table] = set()
    left = set(tables)
    while left:
        found |= left
        left = {key.column.table for table in left for key in table.foreign_keys} - found
    return found


def _place(prepared: Prepared) -> int:
    return max(_PLACE[table] for table in prepared.tables)
