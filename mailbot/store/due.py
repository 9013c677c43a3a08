"""Which cases time has come for: to be reminded, or to be closed. Reads only what is due, by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, text

from mailbot.cases.events import EventKind
from mailbot.store.schema import cases, events
from mailbot.store.work import Work

PAGE = 200
#: The condition of the partial indexes, as a literal: with a parameter no planner would recognise it. SQLite must be
#: told that many cases wait, or it reads all of them by their state; PostgreSQL counts for itself.
_WAITING = {
    "sqlite": text("likely(cases.state = 'awaiting_sender')"),
    "postgresql": text("cases.state = 'awaiting_sender'"),
}


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case that is due, in the order of its moment; also the place where the next page begins."""

    case_id: int
    number: str
    due_at: datetime


class Due:
    """What is due in one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def reminders(self, after: DueCase | None = None) -> list[DueCase]:
        """Cases whose reminder is due, whose clock runs, and whose deadline has not passed."""
        now = self._work.now
        condition = and_(cases.c.remind_at <= now, cases.c.reply_due > now)
        return self._page(cases.c.remind_at, condition, after)

    def closings(self, after: DueCase | None = None) -> list[DueCase]:
        """Cases whose deadline has passed, whether or not their clock stands."""
        return self._page(cases.c.reply_due, cases.c.reply_due < self._work.now, after)

    def reason_told(self, case_id: int) -> str | None:
        """Why the closing waits as it was last written down since the clock was started; None where it was not."""
        query = (
            select(events.c.kind, events.c.why)
            .where(
                events.c.case_id == case_id,
                events.c.kind.in_([EventKind.CLOSING_WAITED, EventKind.CLOCK_STARTED, EventKind.CLOCK_STOPPED]),
            )
            .order_by(events.c.id.desc())
            .limit(1)
        )
        row = self._work.connection.execute(query).one_or_none()
        return row.why if row and row.kind == EventKind.CLOSING_WAITED else None

    def _page(
        self, moment: ColumnElement[datetime], condition: ColumnElement[bool], after: DueCase | None
    ) -> list[DueCase]:
        query = (
            select(cases.c.id, cases.c.number, moment.label("due_at"))
            .where(_WAITING[self._work.engine], condition, cases.c.merged_into.is_(None))
            .order_by(moment, cases.c.id)
            .limit(PAGE)
        )
        if after:
            query = query.where(
                or_(moment > after.due_at, and_(moment == after.due_at, cases.c.id > after.case_id)),
                moment >= after.due_at,
            )
        return [DueCase(row.id, row.number, row.due_at) for row in self._work.connection.execute(query)]
