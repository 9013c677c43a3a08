"""What staff corrected: the events that say so, each with the mail that was misread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlalchemy import ScalarSelect, Select, func, select, text

from mailbot.cases.events import EventKind
from mailbot.mail import Kind
from mailbot.store.case_file import content_of
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


@dataclass(frozen=True, slots=True)
class FieldCorrection:
    """One field that staff corrected: the value that the case has now ("" for none), and the mail that opened it."""

    case_id: int
    number: str
    name: str
    value: str = field(repr=False)
    arrival_id: int


class Corrections:
    """The corrections of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def listed(self, after: int = 0, limit: int = PAGE) -> list[Correction]:
        """A page of corrected cases in the order they were opened, each once, with the category that it has now."""
        first = _first_arrival()
        query = (
            select(cases.c.id, cases.c.number, cases.c.category, first.label("arrival_id"))
            .where(cases.c.id.in_(_corrected(EventKind.CASE_RECATEGORIZED, after)), first.is_not(None))
            .order_by(cases.c.id)
            .limit(limit)
        )
        return [Correction(*row) for row in self._work.connection.execute(query)]

    def of_fields(self, after: int = 0, limit: int = PAGE) -> list[FieldCorrection]:
        """The corrected fields of a page of cases, in the order they were opened, each with the value it has now."""
        first = _first_arrival()
        query = (
            select(cases, first.label("arrival_id"))
            .where(cases.c.id.in_(_corrected(EventKind.VALUE_CORRECTED, after)), first.is_not(None))
            .order_by(cases.c.id)
            .limit(limit)
        )
        found = []
        for row in self._work.connection.execute(query).all():
            facts = content_of(self._work, row).facts
            for name in self._names(row.id):
                value = next(iter(facts.values(name)), "")
                found.append(FieldCorrection(row.id, row.number, name, value, row.arrival_id))
        return found

    def _names(self, case_id: int) -> list[str]:
        """The fields that were corrected in a case, each once; the event begins with the name."""
        query = (
            select(events.c.why)
            .where(events.c.case_id == case_id, events.c.kind == EventKind.VALUE_CORRECTED)
            .order_by(events.c.id)
        )
        whys = self._work.connection.execute(query).scalars()
        return list(dict.fromkeys(re.split(r"[ ;]", why, maxsplit=1)[0] for why in whys))


def _corrected(kind: EventKind, after: int) -> Select[int]:
    """The cases that were corrected so, beyond this one; the literal is the condition of the index."""
    corrected = text("events.kind IN ('case_recategorized', 'value_corrected')")
    return select(events.c.case_id).where(corrected, events.c.kind == kind, events.c.case_id > after)


def _first_arrival() -> ScalarSelect[int]:
    """The mail that opened a case, where it was a mail."""
    of_a_person = messages.c.kind.in_([Kind.INQUIRY, Kind.REPLY])
    query = select(func.min(messages.c.arrival_id)).where(messages.c.case_id == cases.c.id, of_a_person)
    return query.correlate(cases).scalar_subquery()
