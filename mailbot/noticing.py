"""Notices to staff: who hears of what happened, one by one or together each quarter of an hour, and nothing twice.

What happened is written down in its own unit of work (store/news.py). Here it is first shared out to those whom it
concerns, then put into words; either takes its rows out in the unit of work that writes what follows from them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from mailbot.cases.desk import DeskRules
from mailbot.cases.news import MOST_AN_HOUR, MOST_AT_ONCE, CaseNews, What, concerned, next_quarter
from mailbot.cases.people import Notices, Person
from mailbot.failpoints import failpoint
from mailbot.replies.headers import ComposeError
from mailbot.replies.plan import LetterKind
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.directory import Entry
from mailbot.store.news import PAGE, For, Fresh
from mailbot.store.unit_of_work import Store, Transaction

log = logging.getLogger(__name__)

#: An address from which a notice came back gets no other for so long (PAINS 26).
REST = timedelta(days=1)
_KIND = LetterKind.STAFF_NOTICE


class Noticeboard:
    """Tells staff what is new."""

    def __init__(self, store: Store, rules: DeskRules, writer: Writer) -> None:
        self._store, self._rules, self._writer = store, rules, writer

    def post(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Share out what is new and write what is due now; how many notices went into the outbox."""
        while not stop() and self._share() == PAGE:
            pass
        with self._store.reading() as transaction:
            readers = transaction.news.readers()
        return sum(self._write(person_id) for person_id in readers if not stop())

    # For whom.

    def _share(self) -> int:
        """One page of what happened; how much that was."""
        with self._store.reading() as transaction:
            if not transaction.news.anything():
                return 0
        with self._store.writing() as transaction:
            fresh = transaction.news.take()
            staff = transaction.directory.staff_entries()
            transaction.news.put(each for one in fresh for each in self._for_whom(transaction, one, staff))
            failpoint("notices.in_sharing")
        return len(fresh)

    def _for_whom(self, transaction: Transaction, fresh: Fresh, staff: Sequence[Entry]) -> list[For]:
        file = transaction.cases.read(transaction.cases.current(fresh.case_id))
        meant = concerned([entry.person for entry in staff], file.team, file.assignee)
        keys = {person.address.key for person in meant}
        return [self._when(transaction, entry, fresh) for entry in staff if entry.person.address.key in keys]

    def _when(self, transaction: Transaction, entry: Entry, fresh: Fresh) -> For:
        """At once, or at the next quarter of an hour for who wants that, or had many."""
        person, now = entry.person, transaction.now
        each = person.notices is Notices.EACH
        together = not each or transaction.news.sent_this_hour(person.address, _KIND) >= MOST_AN_HOUR
        return For(entry.person_id, next_quarter(now) if together else now, together, fresh)

    # In words.

    def _write(self, person_id: int) -> int:
        """All that is due for one person; 0 where they left, or want nothing any more."""
        with self._store.writing() as transaction:
            due = transaction.news.take_for(person_id)
            person = transaction.directory.person(person_id)
            unwanted = person is None or not person.is_active_staff or person.notices is Notices.NONE
            if not due or person is None or unwanted or transaction.news.came_back(person.address, _KIND, REST):
                return 0
            told = _by_case(transaction, due)
            alone = not any(each.together for each in due) and len(told) <= MOST_AT_ONCE
            batches = [{case_id: what} for case_id, what in told.items()] if alone else [told]
            written = sum(self._notice(transaction, person, batch) for batch in batches)
            failpoint("notices.in_writing")
        return written

    def _notice(self, transaction: Transaction, person: Person, told: dict[int, list[Fresh]]) -> bool:
        """One letter about these cases; False where the address cannot be written to."""
        listed = tuple(self._case(transaction, case_id, fresh, person) for case_id, fresh in told.items())
        only = listed[0] if len(listed) == 1 else None
        occasion = Occasion(
            kind=_KIND,
            to=person.address,
            case_number=only.number if only else "",
            at=transaction.now,
            language=person.language,
            rules=self._rules.playbook.rules(None),
            sure=False,
            news=listed,
        )
        try:
            letter = self._writer.write(occasion)
        except ComposeError as error:
            log.warning("a notice could not be written: %s", error)
            return False
        transaction.outbox.add(letter, None, f"news for {len(listed)}")
        return True

    def _case(self, transaction: Transaction, case_id: int, fresh: list[Fresh], person: Person) -> CaseNews:
        file = transaction.cases.read(case_id)
        rules = self._rules.playbook.rules(file.category)
        category = rules.named(person.language) if file.confidence >= rules.confidence else ""
        whats = {each.what for each in fresh}
        why = next((each.why for each in reversed(fresh) if each.why), "")
        return CaseNews(file.number, category, file.state, tuple(what for what in What if what in whats), why)


def _by_case(transaction: Transaction, due: list[For]) -> dict[int, list[Fresh]]:
    """What is due by the case that it is about today, in the order in which it happened.

    A new case that was merged into another is a further message of that one.
    """
    told: dict[int, list[Fresh]] = {}
    for each in due:
        today = transaction.cases.current(each.fresh.case_id)
        merged = today != each.fresh.case_id and each.fresh.what is What.NEW_CASE
        told.setdefault(today, []).append(replace(each.fresh, what=What.REPLY) if merged else each.fresh)
    return told
