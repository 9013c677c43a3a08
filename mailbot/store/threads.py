"""What ties mail to cases: numbers, message ids, and who is on a case. Answers the look-ups of step 5."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import and_, bindparam, delete, or_, select

from mailbot.cases.matching import Candidate, Clues, Lookups, Origin
from mailbot.cases.people import Person, Role
from mailbot.cases.states import State
from mailbot.mail import Address
from mailbot.store.case_file import CaseFile, file_of
from mailbot.store.columns import scrub
from mailbot.store.directory import Directory
from mailbot.store.ids import weeks_of
from mailbot.store.prepared import Prepared, any_of
from mailbot.store.schema import case_members, cases, correspondents, letters, message_ids, messages
from mailbot.store.work import Work

#: Merges are followed this far; a longer chain can only be a mistake.
_MAX_MERGES = 20
#: Papers follow within weeks; an old case about a reference is none of theirs.
_REFERENCE_AGE = timedelta(days=90)
_MAX_BY_REFERENCE = 10
#: Of the cases of one correspondent so many are looked at, and for so long after they ended.
_MAX_OF_ONE = 500
_ENDED_LATELY = timedelta(days=30)
_OPEN = tuple(state for state in State if not state.is_final)

_BY_NUMBER = Prepared(select(cases.c.number, cases.c.id).where(any_of(cases.c.number, "number")))
_BY_ID = Prepared(
    select(message_ids.c.key, message_ids.c.origin, message_ids.c.case_id).where(any_of(message_ids.c.key, "key")),
    by=(message_ids.c.key, "key"),
)
_OURS = Prepared(
    select(letters.c.message_id, letters.c.case_id).where(
        any_of(letters.c.message_id, "id"), letters.c.case_id.is_not(None)
    )
)
_TODAY = Prepared(select(cases.c.id, cases.c.number, cases.c.merged_into).where(any_of(cases.c.id, "id")))
_KNOWING = Prepared(
    select(correspondents.c.case_id).where(
        any_of(correspondents.c.case_id, "case"),
        correspondents.c.address_key == bindparam("address"),
        correspondents.c.role != Role.REMOVED,
    ),
    by=(correspondents.c.case_id, "case"),
)
_ROLE = Prepared(
    select(correspondents.c.role).where(
        correspondents.c.case_id == bindparam("case"), correspondents.c.address_key == bindparam("address")
    ),
    by=(correspondents.c.case_id, "case"),
)
#: Who may ask how a case stands, and whose firm is known on it.
_WROTE = correspondents.c.role.not_in([Role.COPIED, Role.REMOVED])


class Threads:
    """The threads of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work
        #: The cases that are known to have a letter of ours of such an id, not only a mail that refers to it.
        self._cases_having: dict[str, set[int]] = defaultdict(set)

    def address_key(self, address: Address) -> bytes:
        """The keyed digest by which an address is looked up."""
        return self._work.blind("address", address.key)

    def lookups(self, clues: Clues, sender: Address | None, person: Person | None = None) -> Lookups:
        """Which cases the clues name, merges followed. Costs nothing for clues that are not there.

        `person` is the sender as the directory knows them.
        """
        numbers = {*clues.token_numbers, *clues.quoted_numbers, *clues.subject_numbers}
        by_number = self._cases_by_number(numbers) if numbers else {}
        by_id = self._cases_by_id(clues)
        by_reference = self._cases_by_reference(clues.references) if clues.references else []
        found = {*by_number.values(), *(case_id for ids in by_id.values() for case_id in ids), *by_reference}
        if not found:
            return Lookups({}, {})
        candidates = self._candidates(found, sender, person)
        return Lookups(
            {number: candidates[case_id] for number, case_id in by_number.items()},
            {key: _distinct(candidates[case_id] for case_id in ids) for key, ids in by_id.items()},
            _distinct(candidates[case_id] for case_id in by_reference),
        )

    def remember(self, case_id: int, ids: Mapping[Origin, Iterable[str]]) -> None:
        """Let a case be found by these message ids; an empty id is never kept (PAINS 13).

        What is referred to is kept for the mail that is to come yet: not where the case was seen to have it
        as a letter of ours. An id of theirs may come again, below a list's footer.
        """
        rows = [
            {
                "id": self._work.new_id(),
                "key": self._work.blind("message-id", message_id),
                "origin": origin,
                "case_id": case_id,
            }
            for origin, of_origin in ids.items()
            for message_id in dict.fromkeys(of_origin)
            if message_id and not (origin is Origin.REFERENCED and case_id in self._cases_having.get(message_id, ()))
        ]
        self._work.add_missing(message_ids, rows)

    def forget(self, case_id: int, origin: Origin, message_id: str) -> None:
        """Let a case be found by this id no longer."""
        key = self._work.blind("message-id", message_id)
        of_case = and_(message_ids.c.case_id == case_id, message_ids.c.origin == origin, message_ids.c.key == key)
        self._work.connection.execute(delete(message_ids).where(of_case))

    def _cases_by_number(self, numbers: set[str]) -> dict[str, int]:
        return dict(self._work.rows_for(_BY_NUMBER, "number", numbers))

    def _cases_by_id(self, clues: Clues) -> dict[tuple[str, Origin], set[int]]:
        found: dict[tuple[str, Origin], set[int]] = defaultdict(set)
        asked = {self._work.blind("message-id", i): i for i in (*clues.ids, clues.own_id) if i}
        if asked:
            for key, origin, case_id in self._work.rows_for(_BY_ID, "key", asked):
                found[asked[bytes(key)], Origin(origin)].add(case_id)
        if clues.ids:
            for message_id, case_id in self._work.rows_for(_OURS, "id", map(scrub, clues.ids)):
                found[message_id, Origin.OURS].add(case_id)
        for (message_id, origin), case_ids in found.items():
            if origin is Origin.OURS:
                self._cases_having[message_id] |= case_ids
        return found

    def _cases_by_reference(self, references: tuple[str, ...]) -> list[int]:
        """The open cases about one of these; where none is open, the last that was closed for want of a reply."""
        keys = [self._work.blind("member", text) for text in references]
        query = (
            select(cases.c.id, cases.c.state)
            .join(case_members, case_members.c.case_id == cases.c.id)
            .where(case_members.c.week.in_(weeks_of(self._work.now, _REFERENCE_AGE)))
            .where(case_members.c.member_key.in_(keys), case_members.c.opened_at > self._work.now - _REFERENCE_AGE)
            .where(cases.c.state.in_([*_OPEN, State.CLOSED_NO_REPLY]), cases.c.merged_into.is_(None))
            .order_by(cases.c.id.desc())
            .limit(_MAX_BY_REFERENCE)
        )
        found = {row.id: row.state for row in self._work.connection.execute(query)}
        return [case_id for case_id, state in found.items() if state in _OPEN] or list(found)[:1]

    def _candidates(self, case_ids: set[int], sender: Address | None, person: Person | None) -> dict[int, Candidate]:
        """Each asked case id with the case that it is today."""
        current = {case_id: case_id for case_id in case_ids}
        numbers: dict[int, str] = {}
        unread = set(case_ids)
        for _ in range(_MAX_MERGES):
            merged = {}
            for case_id, number, into in self._work.rows_for(_TODAY, "id", unread):
                numbers[case_id] = number
                if into is not None:
                    merged[case_id] = into
            if not merged:
                break
            current = {asked: merged.get(now, now) for asked, now in current.items()}
            unread = set(merged.values())
        todays = set(current.values())
        knowing = self.cases_that_know(todays, sender)
        if person and sender:
            knowing |= self._cases_of_the_firm(todays - knowing - self._without(todays, sender), person)
        return {asked: Candidate(now, numbers[now], now in knowing) for asked, now in current.items()}

    def cases_that_know(self, case_ids: set[int], sender: Address | None) -> set[int]:
        """Those of the cases that this address is on."""
        if sender is None:
            return set()
        knowing = self._work.rows_for(_KNOWING, "case", case_ids, address=self.address_key(sender))
        return {row.case_id for row in knowing}

    def cases_of(self, sender: Address, most: int) -> list[CaseFile]:
        """The cases that this address wrote about, open ones first, then those that ended lately; newest first."""
        theirs = (
            select(correspondents.c.case_id)
            .where(correspondents.c.address_key == self.address_key(sender), _WROTE)
            .order_by(correspondents.c.id.desc())
            .limit(_MAX_OF_ONE)
        )
        recent = or_(cases.c.ended_at.is_(None), cases.c.ended_at > self._work.now - _ENDED_LATELY)
        query = (
            select(cases)
            .where(cases.c.id.in_(theirs), recent)
            .order_by(cases.c.ended_at.is_not(None), cases.c.id.desc())
            .limit(most)
        )
        return [file_of(self._work, row) for row in self._work.connection.execute(query)]

    def is_copied(self, case_id: int, sender: Address) -> bool:
        """Whether this address is on the case only because it stood in To or Cc."""
        found = self._work.rows(_ROLE, case=case_id, address=self.address_key(sender))
        return [row.role for row in found] == [Role.COPIED]

    def written_by(self, case_ids: set[int], sender: Address) -> set[int]:
        """Those of the cases in which a mail of this address is."""
        if not case_ids:
            return set()
        query = select(messages.c.case_id).where(
            messages.c.case_id.in_(case_ids), messages.c.sender_key == self.address_key(sender)
        )
        return set(self._work.connection.execute(query).scalars())

    def _cases_of_the_firm(self, case_ids: set[int], person: Person) -> set[int]:
        """Those of the cases that somebody of the same organisation wrote about; all of them for staff."""
        if person.is_active_staff or not case_ids:
            return case_ids
        query = select(correspondents.c.id, correspondents.c.case_id, correspondents.c.content).where(
            correspondents.c.case_id.in_(case_ids), _WROTE
        )
        directory, found = Directory(self._work), set()
        for row in self._work.connection.execute(query).all():
            _, address = json.loads(self._work.sealer.open_text("correspondents", row.id, "content", row.content))
            known = directory.by_address(Address(address))
            if known is not None and known.shares_organisation(person):
                found.add(row.case_id)
        return found

    def _without(self, case_ids: set[int], address: Address) -> set[int]:
        """Those of the cases that this address was taken off."""
        query = select(correspondents.c.case_id).where(
            correspondents.c.case_id.in_(case_ids),
            correspondents.c.address_key == self.address_key(address),
            correspondents.c.role == Role.REMOVED,
        )
        return set(self._work.connection.execute(query).scalars())


def _distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple({candidate.case_id: candidate for candidate in candidates}.values())
