"""Watches: proof that a way in was open, written again and again while it is."""

from __future__ import annotations

from sqlalchemy import select, update

from mailbot.cases.proof import GAP, Watch
from mailbot.store.schema import watches
from mailbot.store.work import Work


class Watches:
    """The watches of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def beat(self, name: str, *, unbroken: bool) -> None:
        """The way in is open now. `unbroken`: the caller knows that it was so since the last beat, whatever the clock
        says; otherwise a longer silence means that it was down until now.
        """
        now, connection = self._work.now, self._work.connection
        known = self.get(name)
        if known is None:
            row = {"id": self._work.new_id(), "name": name, "since": now, "seen_at": now}
            connection.execute(self._work.insert(watches).values(row).on_conflict_do_nothing(index_elements=["name"]))
            return
        since = known.since if unbroken or abs(now - known.seen_at) <= GAP else now
        connection.execute(update(watches).where(watches.c.name == name).values(since=since, seen_at=now))

    def get(self, name: str) -> Watch | None:
        """None for a way in that was never open."""
        row = self._work.connection.execute(select(watches).where(watches.c.name == name)).one_or_none()
        return Watch(row.since, row.seen_at) if row else None
