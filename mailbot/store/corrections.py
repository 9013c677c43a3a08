"""What staff corrected about categories: the events that say so, each with the mail that was misread."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from mailbot.cases.events import EventKind
from mailbot.mail import Kind
from mailbot.store.schema import cases, events, messages
from mailbot.store.work import Work

PAGE = 200


@dataclass(frozen=True, slots=True)
class Correction:
    """One case that staff named anew: its category is certain now. `arrival_id` is the mail that opened it."""

    case_id: int
    number: str
    category: str
    arrival_id: int


class Corrections:
    """The corrections of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def listed(self, after: int = 0, limit: int = PAGE) -> list[Correction]:
        """A page of corrected cases in the order they were opened, each once, with the category that it has now."""
        corrected = select(events.c.case_id).where(events.c.kind == EventKind.CASE_RECATEGORIZED)
        first = (
            select(messages.c.case_id, func.min(messages.c.arrival_id).label("arrival_id"))
            .where(messages.c.kind.in_([Kind.INQUIRY, Kind.REPLY]), messages.c.arrival_id.is_not(None))
            .group_by(messages.c.case_id)
            .subquery()
        )
        query = (
            select(cases.c.id, cases.c.number, cases.c.category, first.c.arrival_id)
            .join(first, first.c.case_id == cases.c.id)
            .where(cases.c.id > after, cases.c.id.in_(corrected))
            .order_by(cases.c.id)
            .limit(limit)
        )
        return [Correction(*row) for row in self._work.connection.execute(query)]
