"""The bytes of arrivals, sealed: written and read so that a large mail is in memory no more often than it must be."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from mailbot.store import large
from mailbot.store.schema import arrival_contents
from mailbot.store.sealing import sealed_size
from mailbot.store.work import LARGE, Work

# Made once: for a small mail making the statement took longer than running it.
_INSERT = insert(arrival_contents)


def keep(work: Work, arrival_id: int, raw: bytes) -> None:
    """Seal the bytes of a new arrival."""
    if len(raw) > LARGE:
        pieces = work.sealer.seal_in_pieces("arrival_contents", arrival_id, "raw", raw)
        large.write(work.connection, arrival_id, sealed_size(raw), pieces)
        work.carried(len(raw))
        return
    sealed = work.sealer.seal_large("arrival_contents", arrival_id, "raw", raw)
    work.connection.execute(_INSERT, {"arrival_id": arrival_id, "raw": sealed})


def kept(work: Work, sizes: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    """The bytes of these arrivals, given as (id, size). Tampered when they do not open."""
    small = [arrival_id for arrival_id, size in sizes if size <= LARGE]
    columns = arrival_contents.c
    rows = work.connection.execute(select(columns.arrival_id, columns.raw).where(columns.arrival_id.in_(small))).all()
    opened = {row.arrival_id: _opened(work, row.arrival_id, row.raw) for row in rows}
    for arrival_id, size in sizes:
        if size > LARGE:
            pieces = large.read(work.connection, arrival_id)
            opened[arrival_id] = work.sealer.open_in_pieces("arrival_contents", arrival_id, "raw", pieces)
            work.carried(size)
    return opened


def _opened(work: Work, arrival_id: int, sealed: bytes) -> bytes:
    return work.sealer.open("arrival_contents", arrival_id, "raw", sealed)
