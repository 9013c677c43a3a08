"""The bytes of arrivals, sealed: written and read so that a large mail is in memory no more often than it must be."""

from __future__ import annotations

import io
from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select, text

from mailbot.store.schema import arrival_contents
from mailbot.store.work import LARGE, Work

_PIECE = 1024 * 1024
# Made once: for a small mail making the statement took longer than running it.
_INSERT = insert(arrival_contents)


def keep(work: Work, arrival_id: int, raw: bytes) -> None:
    """Seal the bytes of a new arrival."""
    sealed = work.sealer.seal_large("arrival_contents", arrival_id, "raw", raw)
    if len(sealed) > LARGE and work.connection.dialect.name == "sqlite":
        _write_in_pieces(work.connection, arrival_id, sealed)
    else:
        work.connection.execute(_INSERT, {"arrival_id": arrival_id, "raw": sealed})
    work.carried(len(sealed))


def kept(work: Work, sizes: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    """The bytes of these arrivals, given as (id, size). Tampered when they do not open."""
    small = [arrival_id for arrival_id, size in sizes if size <= LARGE]
    columns = arrival_contents.c
    rows = work.connection.execute(select(columns.arrival_id, columns.raw).where(columns.arrival_id.in_(small))).all()
    opened = {row.arrival_id: _opened(work, row.arrival_id, row.raw) for row in rows}
    for arrival_id, size in sizes:
        if size > LARGE:
            opened[arrival_id] = _opened(work, arrival_id, _read_in_pieces(work.connection, arrival_id))
            work.carried(size)
    return opened


def _opened(work: Work, arrival_id: int, sealed: bytes) -> bytes:
    return work.sealer.open("arrival_contents", arrival_id, "raw", sealed)


def _write_in_pieces(connection: Connection, arrival_id: int, sealed: bytearray) -> None:
    """SQLite would make a copy for the statement and one for the row."""
    empty = _INSERT.values(arrival_id=arrival_id, raw=func.zeroblob(len(sealed))).returning(text("rowid"))
    row_id = connection.execute(empty).scalar_one()
    driver = connection.connection.driver_connection
    assert driver is not None
    view = memoryview(sealed)
    with driver.blobopen("arrival_contents", "raw", row_id) as blob:
        for begin in range(0, len(view), _PIECE):
            blob.write(view[begin : begin + _PIECE])


def _read_in_pieces(connection: Connection, arrival_id: int) -> bytes:
    """The drivers would make two copies of the whole, PostgreSQL's of twice its size."""
    whole = io.BytesIO()
    while True:
        piece = func.substr(arrival_contents.c.raw, whole.tell() + 1, _PIECE)
        part = connection.execute(select(piece).where(arrival_contents.c.arrival_id == arrival_id)).scalar_one()
        whole.write(part)
        if len(part) < _PIECE:
            return whole.getvalue()
