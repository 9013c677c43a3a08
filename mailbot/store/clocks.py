"""The clocks of the machines that work on this database, and what a clock that was wrong has put off too far."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, TextClause, and_, bindparam, func, insert, select, text, update

from mailbot.clock import JUMP, ClockRecord, MachineTime
from mailbot.store.arrivals import LEASE as ARRIVAL_LEASE
from mailbot.store.ids import begin_of, day_of, week_of
from mailbot.store.news_tables import news_due
from mailbot.store.outbox import LEASE as LETTER_LEASE
from mailbot.store.prepared import Prepared
from mailbot.store.schema import OPEN_LETTERS, arrivals, case_members, clocks, export_batches, letters, messages
from mailbot.store.work import Work

#: By a clock that is right nothing is put off for longer: new mail and letters, notices, a letter that is tried again.
_NEW, _NOTICES, _AGAIN = timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=5)
_Condition = ColumnElement[bool] | TextClause
_OPEN_ARRIVALS = text("arrivals.state IN ('new', 'taken')")
_KNOWN = Prepared(
    select(clocks.c.began_at, clocks.c.moved_to, clocks.c.set_at).where(clocks.c.machine == bindparam("machine"))
)


class Clocks:
    """The clocks of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def look(self, machine: str, began_at: datetime) -> ClockRecord:
        """Note how the clock of this machine stands; the caller commits.

        One that is behind what any machine has seen is on probation from its first look.
        """
        now, connection = self._work.now, self._work.connection
        known = self.known(machine)
        if known is None:
            record = self._first(began_at)
            values = {"id": self._work.new_id(), "machine": machine, **_values(record), "seen_at": now}
            connection.execute(insert(clocks).values(values))
            return record
        record = known.seen(began_at, now)
        connection.execute(update(clocks).where(clocks.c.machine == machine).values(**_values(record), seen_at=now))
        return record

    def known(self, machine: str) -> ClockRecord | None:
        """What was known of it at the last look; None for one that nobody has looked at."""
        rows = self._work.rows(_KNOWN, machine=machine)
        return ClockRecord(rows[0].began_at, rows[0].moved_to, rows[0].set_at) if rows else None

    def bring_back(self) -> None:
        """What was put off by a clock that was far ahead is due now, and its leases end as if they began now."""
        now, due = self._work.now, letters.c.state == "due"
        self._cut(arrivals.c.due_at, _NEW, now, _OPEN_ARRIVALS)
        self._cut(arrivals.c.lease_until, ARRIVAL_LEASE, now + ARRIVAL_LEASE, _OPEN_ARRIVALS)
        self._cut(letters.c.due_at, _NEW, now, OPEN_LETTERS, due)
        self._cut(letters.c.due_at, _AGAIN, now, OPEN_LETTERS)
        self._cut(letters.c.lease_until, LETTER_LEASE, now + LETTER_LEASE, OPEN_LETTERS)
        self._cut(letters.c.composed_at, _NEW, now)
        self._cut(news_due.c.due_at, _NOTICES, now)
        self._cut(export_batches.c.made_at, _NEW, now)
        self._count_from_now()

    def _cut(
        self, column: Column[datetime], most: timedelta, to: datetime, *where: ColumnElement[bool] | TextClause
    ) -> None:
        """Set what lies further ahead than `most` to this moment."""
        too_far = column > self._work.now + most
        self._work.connection.execute(update(column.table).where(too_far, *where).values({column.name: to}))

    def _count_from_now(self) -> None:
        """Let what was numbered ahead be of today and of this week, where it is looked for (schema.py).

        Once: its id stays ahead, and it is not written anew at each look until the clock has come there.
        """
        ahead, here = begin_of(self._work.now + _NEW), begin_of(self._work.now)
        for column, to in (
            (letters.c.day, day_of(here)),
            (messages.c.day, day_of(here)),
            (case_members.c.week, week_of(here)),
        ):
            of_table = column.table
            too_far = and_(of_table.c.id > ahead, column > to)
            self._work.connection.execute(update(of_table).where(too_far).values({column.name: to}))

    def _first(self, began_at: datetime) -> ClockRecord:
        seen: datetime | None = self._work.connection.execute(select(func.max(clocks.c.seen_at))).scalar_one()
        behind = seen - self._work.now if seen else timedelta()
        if behind <= JUMP:
            return ClockRecord(began_at)
        return ClockRecord(began_at + behind, began_at, self._work.now)


class ClockGuard:
    """Watches the clock of this machine for all that act by it; without a machine a rehearsal moves the clock."""

    def __init__(self, machine: MachineTime | None = None) -> None:
        self._machine = machine
        self._record: ClockRecord | None = None

    @property
    def watches(self) -> bool:
        """Whether there is a machine's clock to watch."""
        return self._machine is not None

    def look(self, clocks: Clocks) -> None:
        """Note how the clock stands now; the caller commits."""
        if self._machine is not None:
            self._record = clocks.look(self._machine.machine, self._machine.began_at())

    def standing(self, clocks: Clocks, now: datetime) -> ClockRecord:
        """How the clock stands at this moment, also where it was set since the last look."""
        if self._machine is None:
            return ClockRecord(now)
        began_at = self._machine.began_at()
        known = self._record or clocks.known(self._machine.machine)
        return known.seen(began_at, now) if known else ClockRecord(began_at)


def _values(record: ClockRecord) -> dict[str, datetime | None]:
    return {"began_at": record.began_at, "moved_to": record.moved_to, "set_at": record.set_at}
