"""Reading cases and letters back, for staff to see: by pages, never everything at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, text

from mailbot.cases.events import Event, EventKind
from mailbot.cases.people import Correspondent, Role
from mailbot.mail import Address
from mailbot.store.schema import attachments, attempts, case_links, cases, correspondents, events, letters, messages
from mailbot.store.work import Work

PAGE = 200


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases to list; None leaves a property open. `after` is the last case id of the page before."""

    state: str | None = None
    category: str | None = None
    group_number: str | None = None
    review: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists show it."""

    case_id: int
    number: str
    state: str
    category: str
    confidence: float
    team: str
    assignee: str | None
    language: str
    opened_at: datetime
    answer_due: datetime | None
    reply_due: datetime | None
    remind_at: datetime | None
    clock_stopped: str | None
    merged_into: str | None
    subject: str = field(repr=False)
    fields: tuple[tuple[str, str, str], ...] = field(repr=False)
    because: tuple[str, ...]
    comments: str = field(repr=False)
    missing: tuple[str, ...]
    review: tuple[str, ...]
    flags: tuple[str, ...]
    documents: tuple[str, ...]
    correspondents: tuple[Correspondent, ...] = field(repr=False)
    linked: tuple[tuple[str, str], ...]

    @property
    def group_number(self) -> str | None:
        return next((value for name, value, _ in self.fields if name == "group_number"), None)


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment as the case shows it; `refused` says why it was not taken, if so."""

    filename: str = field(repr=False)
    content_type: str
    size: int
    flags: tuple[str, ...]
    refused: str | None
    inline: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of the thread."""

    arrival_id: int | None
    kind: str
    trust: str
    received_at: datetime
    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    attachments: tuple[AttachmentRow, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter and how far it got; `answer` is what the receiving server said last."""

    letter_id: int
    case_number: str | None
    kind: str
    to: str = field(repr=False)
    state: str
    composed_at: datetime
    due_at: datetime
    sent_at: datetime | None
    bounced_at: datetime | None
    attempts: int
    message_id: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of a history, with its moment."""

    at: datetime
    event: Event


class Reports:
    """The reading side of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def cases(self, query: CaseQuery, limit: int = PAGE) -> list[CaseRow]:
        """A page of cases in the order they were opened; one that was merged is shown as the case it became."""
        rows = select(cases).where(cases.c.id > query.after, cases.c.merged_into.is_(None))
        rows = rows.order_by(cases.c.id).limit(limit)
        if query.state:
            rows = rows.where(cases.c.state == query.state)
        if query.category:
            rows = rows.where(cases.c.category == query.category)
        if query.group_number:
            rows = rows.where(cases.c.group_key == self._work.blind("group", query.group_number))
        if query.review:
            sqlite = self._work.engine == "sqlite"
            rows = rows.where(text("review <> '[]'" if sqlite else "review <> '[]'::jsonb"))
        return self._cases(rows)

    def case(self, number: str) -> CaseRow | None:
        """The case with this number."""
        found = self._cases(select(cases).where(cases.c.number == number))
        return found[0] if found else None

    def messages(self, *case_ids: int) -> list[MessageRow]:
        """The thread of a case, and of those that were merged into it, oldest first."""
        rows = self._all(select(messages).where(messages.c.case_id.in_(case_ids)).order_by(messages.c.id))
        files = self._attachments([row.id for row in rows])
        return [self._message(row, tuple(files[row.id])) for row in rows]

    def events(self, case_id: int) -> list[EventRow]:
        """The history, oldest first."""
        rows = self._all(select(events).where(events.c.case_id == case_id).order_by(events.c.id))
        return [EventRow(row.at, Event(EventKind(row.kind), row.why, row.actor)) for row in rows]

    def letters(
        self, *, case_id: int | None = None, state: str | None = None, after: int = 0, limit: int = PAGE
    ) -> list[LetterRow]:
        """A page of letters, oldest first, of a case or in a state."""
        query = (
            select(letters, cases.c.number)
            .outerjoin(cases, cases.c.id == letters.c.case_id)
            .where(letters.c.id > after)
            .order_by(letters.c.id)
            .limit(limit)
        )
        if case_id is not None:
            query = query.where(letters.c.case_id == case_id)
        if state:
            query = query.where(letters.c.state == state)
        rows = self._all(query)
        answers = self._last_answers([row.id for row in rows])
        return [self._letter(row, answers.get(row.id)) for row in rows]

    def _all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._work.connection.execute(query).all()

    def _cases(self, query: Select[Any]) -> list[CaseRow]:
        rows = self._all(query)
        ids = [row.id for row in rows]
        people, links, merged = self._correspondents(ids), self._links(ids), self._merged(rows)
        return [
            self._case(row, tuple(people[row.id]), tuple(links[row.id]), merged.get(row.merged_into)) for row in rows
        ]

    def _merged(self, rows: Sequence[Row[Any]]) -> dict[int | None, str]:
        """The numbers of the cases that these were merged into."""
        into = [row.merged_into for row in rows if row.merged_into is not None]
        query = select(cases.c.id, cases.c.number).where(cases.c.id.in_(into))
        return {row.id: row.number for row in self._all(query)} if into else {}

    def _case(
        self, row: Row[Any], people: tuple[Correspondent, ...], links: tuple[tuple[str, str], ...], merged: str | None
    ) -> CaseRow:
        content = json.loads(self._work.sealer.open_text("cases", row.id, "content", row.content))
        return CaseRow(
            case_id=row.id,
            number=row.number,
            state=row.state,
            category=row.category,
            confidence=row.confidence,
            team=row.team,
            assignee=row.assignee,
            language=row.language,
            opened_at=row.opened_at,
            answer_due=row.answer_due,
            reply_due=row.reply_due,
            remind_at=row.remind_at,
            clock_stopped=row.clock_stopped,
            merged_into=merged,
            subject=content["subject"],
            fields=tuple((name, value, where) for name, value, where in content["fields"]),
            because=tuple(content["because"]),
            comments=content["comments"],
            missing=tuple(row.missing),
            review=tuple(row.review),
            flags=tuple(row.flags),
            documents=tuple(row.documents),
            correspondents=people,
            linked=links,
        )

    def _correspondents(self, case_ids: list[int]) -> dict[int, list[Correspondent]]:
        found: dict[int, list[Correspondent]] = defaultdict(list)
        query = select(correspondents).where(correspondents.c.case_id.in_(case_ids)).order_by(correspondents.c.id)
        for row in self._all(query) if case_ids else ():
            name, address = json.loads(self._work.sealer.open_text("correspondents", row.id, "content", row.content))
            found[row.case_id].append(Correspondent(Address(address, name), Role(row.role)))
        return found

    def _links(self, case_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
        """Links both ways; seen from the other side, the relation is told as "is followed by" and the like."""
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for here, there, backwards in (("case_id", "other_id", False), ("other_id", "case_id", True)):
            query = (
                select(case_links.c[here].label("here"), cases.c.number, case_links.c.relation)
                .join(cases, cases.c.id == case_links.c[there])
                .where(case_links.c[here].in_(case_ids))
                .order_by(case_links.c.id)
            )
            for row in self._all(query) if case_ids else ():
                found[row.here].append((row.number, f"{row.relation} (from there)" if backwards else row.relation))
        return found

    def _attachments(self, message_ids: list[int]) -> dict[int, list[AttachmentRow]]:
        found: dict[int, list[AttachmentRow]] = defaultdict(list)
        query = select(attachments).where(attachments.c.message_id.in_(message_ids)).order_by(attachments.c.id)
        for row in self._all(query) if message_ids else ():
            name = self._work.sealer.open_text("attachments", row.id, "filename", row.filename)
            found[row.message_id].append(
                AttachmentRow(name, row.content_type, row.size, tuple(row.flags), row.refused, row.inline)
            )
        return found

    def _message(self, row: Row[Any], files: tuple[AttachmentRow, ...]) -> MessageRow:
        content = json.loads(self._work.sealer.open_text("messages", row.id, "content", row.content))
        senders = [f"{name} <{address}>" if name else address for name, address in content["from"]]
        return MessageRow(
            arrival_id=row.arrival_id,
            kind=row.kind,
            trust=row.trust,
            received_at=row.received_at,
            sender=", ".join(senders),
            subject=content["subject"],
            text=content["text"],
            attachments=files,
        )

    def _last_answers(self, letter_ids: list[int]) -> dict[int, str]:
        query = (
            select(attempts.c.letter_id, attempts.c.answer)
            .where(attempts.c.letter_id.in_(letter_ids), attempts.c.answer.is_not(None))
            .order_by(attempts.c.id)
        )
        return {row.letter_id: row.answer for row in self._all(query)} if letter_ids else {}

    def _letter(self, row: Row[Any], answer: str | None) -> LetterRow:
        return LetterRow(
            letter_id=row.id,
            case_number=row.number,
            kind=row.kind,
            to=self._work.sealer.open_text("letters", row.id, "recipient", row.recipient),
            state=row.state,
            composed_at=row.composed_at,
            due_at=row.due_at,
            sent_at=row.sent_at,
            bounced_at=row.bounced_at,
            attempts=row.attempts,
            message_id=row.message_id,
            answer=answer,
        )
