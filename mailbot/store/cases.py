"""Cases and what hangs on them: messages, attachments, correspondents, events, links. reports.py reads them back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.cases.events import Event
from mailbot.cases.lifecycle import Link, State
from mailbot.cases.number import SERIALS, mint
from mailbot.cases.people import Correspondent, Trust
from mailbot.cases.understanding import Understanding
from mailbot.mail import Attachment, Message, Screening
from mailbot.store.schema import attachments, case_links, cases, correspondents, events, messages
from mailbot.store.work import Work

_NUMBER_TRIES = 60
#: How much of what a person wrote is kept beside the raw bytes, in characters; the raw bytes have all of it.
_TEXT_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open; `day` is the date at the desk, `subject` that of the message."""

    day: date
    subject: str = field(repr=False)
    team: str
    understanding: Understanding
    category: str
    state: State
    answer_due: datetime | None
    review: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenedCase:
    case_id: int
    number: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to keep, with the case it belongs to (None: no case) and what it was found to be."""

    arrival_id: int
    case_id: int | None
    message: Message = field(repr=False)
    screening: Screening
    trust: Trust
    received_at: datetime
    refused: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Cases:
    """The cases of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self, new: NewCase) -> OpenedCase:
        """Insert a case under a number that was not given before."""
        work, case_id, number = self._work, self._work.new_id(), self._free_number(new.day)
        understanding = new.understanding
        content = {
            "subject": new.subject,
            "fields": [[found.name, found.value, found.where] for found in understanding.fields],
            "issue_described": understanding.issue_described,
            "because": list(understanding.because),
            "alternatives": [list(pair) for pair in understanding.alternatives],
        }
        flags = understanding.flags
        work.connection.execute(
            insert(cases).values(
                id=case_id,
                number=number,
                state=new.state,
                category=new.category,
                confidence=understanding.confidence,
                team=new.team,
                language=understanding.language,
                opened_at=work.now,
                changed_at=work.now,
                answer_due=new.answer_due,
                missing=list(understanding.missing),
                review=list(new.review),
                flags=[name for name in flags.__slots__ if getattr(flags, name)],
                documents=list(understanding.documents),
                content=work.sealer.seal_text("cases", case_id, "content", json.dumps(content)),
                group_key=self._group_key(understanding),
                version=1,
            )
        )
        return OpenedCase(case_id, number)

    def lock(self, case_id: int) -> State:
        """Hold the case against other units of work until this one ends, and tell its state."""
        query = select(cases.c.state).where(cases.c.id == case_id).with_for_update()
        return State(self._work.connection.execute(query).scalar_one())

    def ask_review(self, case_id: int, reasons: Iterable[str]) -> None:
        """Add what staff should look at; a reason that stands there already is not added again."""
        known = self._work.connection.execute(select(cases.c.review).where(cases.c.id == case_id)).scalar_one()
        merged = list(dict.fromkeys([*known, *reasons]))
        if merged != known:
            self._change(case_id, review=merged)

    def touch(self, case_id: int) -> None:
        """Note that something about the case changed now."""
        self._change(case_id)

    def _change(self, case_id: int, **values: object) -> None:
        self._work.connection.execute(
            update(cases)
            .where(cases.c.id == case_id)
            .values(changed_at=self._work.now, version=cases.c.version + 1, **values)
        )

    def add_message(self, new: NewMessage) -> int:
        """Keep the view of a message; its attachments are an index into the raw bytes of its arrival."""
        work, message_id, message = self._work, self._work.new_id(), new.message
        sender = message.sender
        content = {
            "message_id": message.message_id,
            "from": [[address.name, address.address] for address in message.from_],
            "subject": message.subject,
            "text": message.new_text[:_TEXT_KEPT],
        }
        work.connection.execute(
            insert(messages).values(
                id=message_id,
                case_id=new.case_id,
                arrival_id=new.arrival_id,
                kind=new.screening.kind,
                because=list(new.screening.because),
                trust=new.trust,
                received_at=new.received_at,
                content=work.sealer.seal_text("messages", message_id, "content", json.dumps(content)),
                sender_key=work.sealer.blind("address", sender.key) if sender else None,
                text_key=work.sealer.blind("text", same_text(message)),
            )
        )
        if message.attachments:
            refused = dict(new.refused)
            work.connection.execute(
                insert(attachments), [self._attachment(message_id, part, refused) for part in message.attachments]
            )
        return message_id

    def _attachment(self, message_id: int, part: Attachment, refused: dict[str, str]) -> dict[str, object]:
        row_id = self._work.new_id()
        return {
            "id": row_id,
            "message_id": message_id,
            "part": part.part,
            "filename": self._work.sealer.seal_text("attachments", row_id, "filename", part.filename),
            "content_type": part.content_type,
            "size": part.size,
            "sha256": part.sha256,
            "inline": part.inline,
            "flags": list(part.flags),
            "refused": refused.get(part.part),
        }

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
                    "address_key": self._work.sealer.blind("address", person.address.key),
                    "content": self._work.sealer.seal_text("correspondents", row_id, "content", content),
                    "role": person.role,
                }
            )
        if rows:
            dialect = postgresql if self._work.connection.dialect.name == "postgresql" else sqlite
            self._work.connection.execute(dialect.insert(correspondents).on_conflict_do_nothing(), rows)

    def add_events(
        self,
        happened: Iterable[Event],
        *,
        case_id: int | None = None,
        arrival_id: int | None = None,
        letter_id: int | None = None,
    ) -> None:
        """Append to the history of a case, an arrival or a letter."""
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
        if rows:
            self._work.connection.execute(insert(events), rows)

    def add_links(self, case_id: int, links: Iterable[Link]) -> None:
        """Link a case to others."""
        rows = [
            {"id": self._work.new_id(), "case_id": case_id, "other_id": link.case_id, "relation": link.relation}
            for link in links
        ]
        if rows:
            self._work.connection.execute(insert(case_links), rows)

    def number_of(self, case_id: int) -> str:
        number: str = self._work.connection.execute(select(cases.c.number).where(cases.c.id == case_id)).scalar_one()
        return number

    def find(self, number: str) -> int | None:
        """The id of the case with this number, as it was given (merges not followed)."""
        return self._work.connection.execute(select(cases.c.id).where(cases.c.number == number)).scalar_one_or_none()

    def _free_number(self, day: date) -> str:
        """Serials are drawn at random, so that a number tells nobody how many inquiries there were (ATTACKS A103)."""
        for _ in range(_NUMBER_TRIES):
            number = mint(day, secrets.randbelow(SERIALS))
            if self.find(number) is None:
                return number
        raise OverflowError(f"no free case number was found for {day} in {_NUMBER_TRIES} draws")

    def _group_key(self, understanding: Understanding) -> bytes | None:
        group = next((found.value for found in understanding.fields if found.name == "group_number"), None)
        return self._work.sealer.blind("group", group) if group else None


def same_text(message: Message) -> bytes:
    """What makes two messages say the same: the new text, white space and case apart, and the files."""
    digest = hashlib.sha256(" ".join(message.new_text.split()).casefold().encode("utf-8", "replace"))
    for part in message.attachments:
        if not part.inline:
            digest.update(part.sha256.encode())
    return digest.digest()
