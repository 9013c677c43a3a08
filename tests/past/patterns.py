"""Copies the rows that a case has left to another time, sender and number, so that each copy opens and can be found."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from mailbot.store.ids import day_of, week_of
from mailbot.store.schema import metadata
from mailbot.store.sealing import Sealer

#: Every table that a case leaves rows in.
TABLES = tuple(
    metadata.tables[name]
    for name in (
        "cases",
        "arrivals",
        "arrival_contents",
        "case_links",
        "case_members",
        "messages",
        "message_ids",
        "attachments",
        "correspondents",
        "letters",
        "letter_contents",
        "attempts",
        "events",
        "exports",
    )
)
#: An id has so many bits beside the milliseconds of the moment at which it was made.
_ID_BITS = 21
_LETTER_KEPT = 400
_SEALED = {"envelope", "raw", "content", "filename", "recipient"}
#: What is made of the id of its row.
_SPANS = {"day": day_of, "week": week_of}
_ID = re.compile(r"[0-9]{15,}")

#: A row as the database keeps it, by the name of its table.
Rows = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Place:
    """Where a copy stands: so much earlier than its pattern, whole milliseconds, and with these names in place of its.

    What still waits waits until `waits_until`.
    """

    earlier: timedelta
    names: Mapping[bytes, bytes]
    waits_until: datetime
    #: By how much ids are smaller, as they tell when they were made.
    ids: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", int(self.earlier / timedelta(milliseconds=1)) << _ID_BITS)


#: Makes the value of one column of a copy, given the new id of its row.
_Maker = Callable[[Place, int], Any]


class Pattern:
    """The rows of one piece of work. `names` differ in each copy; `digests` says what the keyed digests are made of."""

    def __init__(
        self,
        rows: Sequence[tuple[Table, Mapping[str, Any]]],
        names: Iterable[str],
        digests: Mapping[bytes, tuple[str, str]],
        sealer: Sealer,
    ) -> None:
        self.names = tuple(name.encode() for name in names)
        self.cases = sum(table.name == "cases" for table, _ in rows)
        self._digests, self._sealer = digests, sealer
        self._rows = [(table.name, _key(table, row), self._makers(table, row)) for table, row in rows]

    def copy(self, place: Place, into: Rows) -> None:
        """Add the rows of one copy."""
        shift = place.ids
        for table, row_id, makers in self._rows:
            own = row_id - shift
            into[table].append(tuple([make(place, own) if callable(make) else make for make in makers]))

    def _makers(self, table: Table, row: Mapping[str, Any]) -> list[Any]:
        """For each column what makes its value; a value that is the same in every copy stands for itself."""
        waits = table.name == "cases" and row["state"] == "awaiting_sender"
        makers = [self._maker(table, row, column.name) for column in table.columns]
        for place, column in enumerate(table.columns):
            if waits and column.name in ("reply_due", "remind_at"):
                makers[place] = _later(timedelta(days=5 if column.name == "reply_due" else 0))
        return makers

    def _maker(self, table: Table, row: Mapping[str, Any], column: str) -> Any:
        value = row[column]
        if isinstance(value, datetime):
            return lambda place, row_id: value - place.earlier
        if column in _SPANS:
            return lambda place, row_id: _SPANS[column](row_id)
        if column == "id" or (column.endswith(("_id", "_into")) and isinstance(value, int)):
            return lambda place, row_id: value - place.ids
        if isinstance(value, bytes | memoryview):
            sealed = column in _SEALED
            return self._sealed(table, row, column) if sealed else self._digest(bytes(value))
        if isinstance(value, str):
            return self._text(value)
        return json.dumps(value) if isinstance(value, list) else value

    def _sealed(self, table: Table, row: Mapping[str, Any], column: str) -> _Maker:
        sealer, name = self._sealer, table.name
        plain = sealer.open(name, _key(table, row), column, bytes(row[column]))
        plain = _shortened(plain) if table.name == "letter_contents" else plain
        found = self._found(plain)

        def seal(place: Place, row_id: int) -> bytes:
            text = _renamed(plain, found, place)
            return sealer.seal(name, row_id, column, text)

        return seal

    def _digest(self, value: bytes) -> _Maker:
        """The digest of the same thing in the copy; of a text that nobody looks for again, any digest."""
        made_of = self._digests.get(value)
        if made_of is None:
            return lambda place, row_id: os.urandom(len(value))
        (purpose, text), blind = made_of, self._sealer.blind
        plain = text.encode()
        found = self._found(plain)
        return lambda place, row_id: blind(purpose, _renamed(plain, found, place))

    def _text(self, value: str) -> Any:
        """A number, an id of a letter, or what a letter is for, which names an arrival."""
        plain = value.encode()
        found = self._found(plain)
        if found:
            return lambda place, row_id: _renamed(plain, found, place).decode()
        if _ID.search(value):
            return lambda place, row_id: _ID.sub(lambda number: str(int(number[0]) - place.ids), value)
        return value

    def _found(self, plain: bytes) -> list[bytes]:
        return [name for name in self.names if name in plain]


def rows_since(connection: Connection, mark: int) -> list[tuple[Table, Mapping[str, Any]]]:
    """Every row that is newer than this id."""
    return [
        (table, row)
        for table in TABLES
        for row in connection.execute(select(table).where(next(iter(table.primary_key)) > mark)).mappings()
    ]


def _shortened(letter: bytes) -> bytes:
    """A letter with the beginning of its text: what an old one said is not looked at again."""
    frame, _, content = letter.partition(b"\n")
    return frame + b"\n" + content[:_LETTER_KEPT]


def _key(table: Table, row: Mapping[str, Any]) -> int:
    return int(row[next(iter(table.primary_key)).name])


def _renamed(plain: bytes, found: Iterable[bytes], place: Place) -> bytes:
    for name in found:
        plain = plain.replace(name, place.names[name])
    return plain


def _later(span: timedelta) -> _Maker:
    return lambda place, row_id: place.waits_until + span
