"""What staff and the timetable look up, one function each, so that a small desk and a large one can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from mailbot.app import App
from mailbot.cases.facts import Facts
from mailbot.cases.matching import Clues
from mailbot.cli.rows import case_row
from mailbot.mail import Address
from mailbot.store.ids import IdSource
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
    facts: Facts
    letter_id: str


def known(app: App) -> Known:
    """A case from the middle of the desk's life, always of one kind, of somebody who wrote but once."""
    with app.store.reading() as transaction:
        connection = transaction.work.connection
        least = connection.execute(select(func.min(cases.c.id))).scalar_one()
        most = IdSource().next(transaction.now - timedelta(days=20))
        page = transaction.reports.cases(CaseQuery(after=least + (most - least) // 2))
        ended = (row for row in page if row.state == "closed_no_reply")
        row = next(row for row in ended if row.correspondents[0].address.address.startswith("writer."))
        (letter, *_) = transaction.reports.letters(case_id=row.case_id)
        facts = transaction.cases.read(row.case_id).facts
        sender, group = row.correspondents[0].address, row.group_number or ""
        return Known(row.case_id, row.number, sender, row.category, group, facts, letter.message_id)


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
        "match, by ids and a number": lambda t: t.threads.lookups(_clues(at), at.sender),
        "match, by a reference": lambda t: t.threads.lookups(Clues(references=("claim_number:88310",)), at.sender),
        "match, the same member": lambda t: t.cases.same_member(at.facts, at.category, timedelta(days=7)),
        "case, its last message": lambda t: (t.messages.last_id(at.case_id), t.messages.last_of_a_person(at.case_id)),
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
        "notices of a busy address": lambda t: (
            t.news.sent_this_hour(heavy, "acknowledgment"),
            t.news.came_back(heavy, "acknowledgment", timedelta(days=1)),
        ),
        "breaker": lambda t: (t.breaker.refusing(), t.breaker.hour_used_up(200)),
        "reminders, none due": lambda t: t.due.reminders(),
        "closings, none due": lambda t: t.due.closings(),
        "export, when and which": lambda t: (t.exports.last_made_at(), t.exports.unwritten()),
        "news, none": lambda t: (t.news.anything(), t.news.readers(), t.news._is_wanted()),
        "corrections, a page": lambda t: (t.corrections.listed(limit=5), t.corrections.of_fields(limit=5)),
    }


def _clues(at: Known) -> Clues:
    return Clues(
        ids=(at.letter_id, "unknown@elsewhere.example"), own_id="new@mails.example", subject_numbers=(at.number,)
    )


def _whole(transaction: Transaction, number: str) -> object:
    """All that `mailbot case` shows."""
    row = transaction.reports.case(number)
    assert row is not None
    parts = (row.case_id, *transaction.cases.merged_parts(row.case_id))
    letters = [transaction.reports.letters(case_id=part) for part in parts]
    return row, transaction.reports.messages(*parts), letters, transaction.reports.events(row.case_id)
