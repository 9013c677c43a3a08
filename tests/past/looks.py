"""What staff and the timetable look up, one function each, so that a small desk and a large one can be compared."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from mailbot.app import App
from mailbot.cli.rows import case_row
from mailbot.mail import Address
from mailbot.store.reports import CaseQuery
from mailbot.store.schema import cases
from mailbot.store.unit_of_work import Transaction
from tests.past.growing import firm

#: Looks up one thing.
Look = Callable[[Transaction], object]
_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True)
class Known:
    """A case in the middle of the desk's life, to begin with."""

    case_id: int
    number: str
    sender: Address
    category: str
    group: str


def known(app: App) -> Known:
    with app.store.reading() as transaction:
        connection = transaction.work.connection
        least, most = connection.execute(select(func.min(cases.c.id), func.max(cases.c.id))).one()
        middle = least + random.Random(7).randrange(most - least)
        (row, *_) = transaction.reports.cases(CaseQuery(after=middle), limit=1)
        return Known(row.case_id, row.number, row.correspondents[0].address, row.category, row.group_number or "")


def looks(at: Known) -> Mapping[str, Look]:
    """By what they are called in the table."""
    heavy = Address(firm(3))
    return {
        "cases, a page": lambda t: t.reports.cases(CaseQuery()),
        "cases, a later page": lambda t: t.reports.cases(CaseQuery(after=at.case_id)),
        "cases, a page as JSON": lambda t: [case_row(row) for row in t.reports.cases(CaseQuery(after=at.case_id))],
        "cases --state": lambda t: t.reports.cases(CaseQuery(state="awaiting_staff"), limit=20),
        "cases --state --category": lambda t: t.reports.cases(CaseQuery("submitted", at.category), limit=3),
        "cases --category": lambda t: t.reports.cases(CaseQuery(category=at.category), limit=20),
        "cases --group": lambda t: t.reports.cases(CaseQuery(group_number=at.group), limit=1),
        "cases --review": lambda t: t.reports.cases(CaseQuery(review=True), limit=5),
        "case NUMBER": lambda t: _whole(t, at.number),
        "cases of an address": lambda t: t.threads.cases_of(at.sender, 20),
        "cases of a busy address": lambda t: t.threads.cases_of(heavy, 20),
        "directory, an address": lambda t: t.directory.by_address(heavy),
        "directory, the staff": lambda t: t.directory.staff_entries(),
        "arrivals --state held": lambda t: t.arrivals.listed("held"),
        "arrivals, counts": lambda t: t.arrivals.counts(),
        "arrivals, exhausted": lambda t: t.arrivals.hold_exhausted(),
        "arrivals, none to take": lambda t: t.arrivals.take(20, "bench", _MINUTES),
        "letters --state refused": lambda t: t.reports.letters(state="refused"),
        "letters, a page": lambda t: t.reports.letters(limit=20),
        "letters, counts": lambda t: t.outbox.counts(),
        "letters, exhausted": lambda t: t.outbox.hold_exhausted(),
        "letters, none to send": lambda t: t.outbox.claim(20, "bench", _MINUTES),
        "budgets": lambda t: t.outbox.spent(at.sender, None, at.case_id),
        "budgets of a busy address": lambda t: t.outbox.spent(heavy, None, at.case_id),
        "budget of doubtful mail": lambda t: t.outbox.doubtful_this_hour(at.sender),
        "breaker": lambda t: (t.breaker.refusing(), t.breaker.hour_used_up(200)),
        "reminders, none due": lambda t: t.due.reminders(),
        "closings, none due": lambda t: t.due.closings(),
        "export, when and which": lambda t: (t.exports.last_made_at(), t.exports.unwritten()),
        "news, none": lambda t: (t.news.anything(), t.news.readers(), t.news._is_wanted()),
        "corrections, a page": lambda t: (t.corrections.listed(limit=5), t.corrections.of_fields(limit=5)),
    }


def _whole(transaction: Transaction, number: str) -> object:
    """All that `mailbot case` shows."""
    row = transaction.reports.case(number)
    assert row is not None
    parts = (row.case_id, *transaction.cases.merged_parts(row.case_id))
    letters = [transaction.reports.letters(case_id=part) for part in parts]
    return row, transaction.reports.messages(*parts), letters, transaction.reports.events(row.case_id)
