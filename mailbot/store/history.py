"""What hangs on a case: its people, its events, its links to other cases."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import bindparam, insert, or_, select, update

from mailbot.cases.events import Event
from mailbot.cases.lifecycle import Link, Relation
from mailbot.cases.people import Correspondent, Role
from mailbot.mail import Address
from mailbot.store.news import News
from mailbot.store.prepared import Prepared
from mailbot.store.schema import case_links, correspondents, events
from mailbot.store.work import Work

_ADD_EVENT = Prepared(insert(events))
_PEOPLE = Prepared(
    select(correspondents)
    .where(correspondents.c.case_id == bindparam("case"), correspondents.c.role != Role.REMOVED)
    .order_by(correspondents.c.id),
    by=(correspondents.c.case_id, "case"),
)


class History:
    """The histories of one unit of work."""

    def __init__(self, work: Work, news: News) -> None:
        self._work, self._news = work, news

    def add_correspondents(self, case_id: int, people: Iterable[Correspondent]) -> None:
        """Put people on the case; who is there already stays as known."""
        rows = []
        for person in people:
            row_id = self._work.new_id()
            content = json.dumps([person.address.name, person.address.address])
            rows.append(
                {
                    "id": row_id,
                    "case_id": case_id,
                    "address_key": self._work.blind("address", person.address.key),
                    "content": self._work.sealer.seal_text("correspondents", row_id, "content", content),
                    "role": person.role,
                }
            )
        self._work.add_missing(correspondents, rows)

    def correspondents(self, case_id: int) -> list[Correspondent]:
        """Who is on the case, the first who wrote first."""
        found = []
        for row in self._work.rows(_PEOPLE, case=case_id):
            name, address = json.loads(self._work.sealer.open_text("correspondents", row.id, "content", row.content))
            found.append(Correspondent(Address(address, name), Role(row.role)))
        return found

    def remove_correspondent(self, case_id: int, address: Address) -> bool:
        """Keep this address off the case from now on; False where it is not on it."""
        key = self._work.blind("address", address.key)
        theirs = (correspondents.c.case_id == case_id, correspondents.c.address_key == key)
        changed = self._work.connection.execute(
            update(correspondents).where(*theirs, correspondents.c.role != Role.REMOVED).values(role=Role.REMOVED)
        )
        return changed.rowcount == 1

    def add_events(
        self,
        happened: Iterable[Event],
        *,
        case_id: int | None = None,
        arrival_id: int | None = None,
        letter_id: int | None = None,
    ) -> None:
        """Append to the history of a case, an arrival or a letter; what staff should hear of is news too."""
        happened = list(happened)
        rows = [
            {
                "id": self._work.new_id(),
                "case_id": case_id,
                "arrival_id": arrival_id,
                "letter_id": letter_id,
                "at": self._work.now,
                "actor": event.actor,
                "kind": event.kind,
                "why": event.why,
            }
            for event in happened
        ]
        self._work.add(_ADD_EVENT, rows)
        if case_id is not None:
            self._news.happened(happened, case_id)

    def add_links(self, case_id: int, links: Iterable[Link]) -> None:
        """Link a case to others."""
        rows = [
            {"id": self._work.new_id(), "case_id": case_id, "other_id": link.case_id, "relation": link.relation}
            for link in links
        ]
        self._work.add_missing(case_links, rows)

    def related(self, case_id: int, relation: Relation) -> set[int]:
        """The cases that stand in this relation to the case, or it to them."""
        query = select(case_links.c.case_id, case_links.c.other_id).where(
            or_(case_links.c.case_id == case_id, case_links.c.other_id == case_id), case_links.c.relation == relation
        )
        return {each for row in self._work.connection.execute(query) for each in row} - {case_id}
