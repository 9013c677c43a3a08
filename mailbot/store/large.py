"""Large sealed bytes on their way to and from the database, a piece at a time: no driver has the whole of them.

Either driver would make a copy of the whole for itself, PostgreSQL's of twice the size; SQLite one for the row, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from mailbot.store.prepared import driver_of
from mailbot.store.schema import arrival_contents

PIECE = 256 * 1024
#: SQLite keeps so many KB of the pages that go by on this connection, which is closed afterwards.
_FEW_PAGES = "PRAGMA cache_size=-512"
_EMPTY = insert(arrival_contents).returning(text("rowid"))
_COPY = "COPY arrival_contents (arrival_id, raw) FROM STDIN (FORMAT BINARY)"
#: The signature, no flags, no extension; one row of two fields, the first of eight octets; the end (COPY, formats).
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8) + (2).to_bytes(2, "big") + (8).to_bytes(4, "big")
_END = b"\xff\xff"


def write(connection: Connection, arrival_id: int, size: int, pieces: Iterable[bytes]) -> None:
    """Keep these bytes, `size` in all, as those of a new arrival."""
    if connection.dialect.name == "postgresql":
        _copy_in(connection, arrival_id, size, pieces)
        return
    with driver_of(connection) as driver:
        driver.execute(_FEW_PAGES)
    row_id = connection.execute(_EMPTY.values(arrival_id=arrival_id, raw=func.zeroblob(size))).scalar_one()
    with driver_of(connection) as driver, driver.blobopen("arrival_contents", "raw", row_id) as blob:
        for piece in pieces:
            blob.write(piece)


def read(connection: Connection, arrival_id: int) -> Iterator[bytes]:
    """The bytes of an arrival, in pieces; none where there are none."""
    return (_from_sqlite if connection.dialect.name == "sqlite" else _from_postgresql)(connection, arrival_id)


def _copy_in(connection: Connection, arrival_id: int, size: int, pieces: Iterable[bytes]) -> None:
    with driver_of(connection) as driver, driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(_HEAD + arrival_id.to_bytes(8, "big") + size.to_bytes(4, "big"))
        for piece in pieces:
            copy.write(piece)
        copy.write(_END)


def _from_sqlite(connection: Connection, arrival_id: int) -> Iterator[bytes]:
    """Its substr() reads the whole for each part."""
    its_row = select(text("rowid")).where(arrival_contents.c.arrival_id == arrival_id).select_from(arrival_contents)
    row_id = connection.execute(its_row).scalar_one_or_none()
    if row_id is None:
        return
    with driver_of(connection) as driver:
        driver.execute(_FEW_PAGES)
        with driver.blobopen("arrival_contents", "raw", row_id, readonly=True) as blob:
            while piece := blob.read(PIECE):
                yield piece


def _from_postgresql(connection: Connection, arrival_id: int) -> Iterator[bytes]:
    begin = 1
    while True:
        part: Any = select(func.substr(arrival_contents.c.raw, begin, PIECE))
        piece = connection.execute(part.where(arrival_contents.c.arrival_id == arrival_id)).scalar_one_or_none()
        if piece:
            yield piece
        if piece is None or len(piece) < PIECE:
            return
        begin += PIECE
