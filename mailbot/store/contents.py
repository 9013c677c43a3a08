"""The bytes of arrivals, sealed: written and read so that a large mail is in memory no more often than it must be."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from mailbot.store import large
from mailbot.store.prepared import Prepared, any_of
from mailbot.store.schema import arrival_contents
from mailbot.store.sealing import sealed_size
from mailbot.store.work import LARGE, Work

#: What is no larger waits for the others of its unit of work.
_SMALL = 128 * 1024
_ADD = Prepared(insert(arrival_contents))
_KEPT = Prepared(
    select(arrival_contents.c.arrival_id, arrival_contents.c.raw).where(any_of(arrival_contents.c.arrival_id, "id")),
    by=(arrival_contents.c.arrival_id, "id"),
)


def keep(work: Work, arrival_id: int, raw: bytes) -> None:
    """Seal the bytes of a new arrival."""
    if len(raw) > LARGE:
        pieces = work.sealer.seal_in_pieces("arrival_contents", arrival_id, "raw", raw)
        large.write(work.connection, arrival_id, sealed_size(raw), pieces)
        work.carried(len(raw))
        return
    sealed = work.sealer.seal_large("arrival_contents", arrival_id, "raw", raw)
    row = {"arrival_id": arrival_id, "raw": sealed}
    if len(sealed) <= _SMALL:
        work.add(_ADD, [row])
    else:
        work.change(_ADD, row)


def kept(work: Work, sizes: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    """The bytes of these arrivals, given as (id, size). Tampered when they do not open."""
    small = [arrival_id for arrival_id, size in sizes if size <= LARGE]
    rows = work.rows_for(_KEPT, "id", small)
    opened = {row.arrival_id: _opened(work, row.arrival_id, row.raw) for row in rows}
    for arrival_id, size in sizes:
        if size > LARGE:
            pieces = large.read(work.connection, arrival_id)
            opened[arrival_id] = work.sealer.open_in_pieces("arrival_contents", arrival_id, "raw", pieces)
            work.carried(size)
    return opened


def _opened(work: Work, arrival_id: int, sealed: bytes) -> bytes:
    return work.sealer.open("arrival_contents", arrival_id, "raw", sealed)
