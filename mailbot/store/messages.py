"""Messages and their attachments, kept beside the case they belong to: an index into the raw bytes, no second copy."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update

from mailbot.cases.people import Trust
from mailbot.mail import Address, Attachment, Kind, Message, Screening
from mailbot.store.ids import day_of
from mailbot.store.prepared import Prepared
from mailbot.store.schema import attachments, messages
from mailbot.store.work import Work

#: How much of what a person wrote is kept beside the raw bytes, in characters; the raw bytes have all of it.
_TEXT_KEPT = 20_000
#: The kind of what staff noted, beside the kinds of mail.
NOTE = "note"
#: The kind of what staff wrote to somebody outside, with a copy to the desk.
LOGGED = "logged"
#: The kind of a mail of staff that holds commands.
COMMANDS = "commands"

_ADD = Prepared(insert(messages))
_ADD_ATTACHMENT = Prepared(insert(attachments))
_LAST_TWO = Prepared(
    select(messages.c.id, messages.c.arrival_id)
    .where(messages.c.case_id == bindparam("case"), or_(messages.c.kind == Kind.INQUIRY, messages.c.kind == Kind.REPLY))
    .order_by(messages.c.id.desc())
    .limit(2)
)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to keep, with the case it belongs to (None: no case) and what it was found to be.

    `refused` holds (part, why) of the attachments that the desk does not take. `kind` is NOTE, LOGGED or COMMANDS for a
    mail of staff; "" takes that of the screening.
    """

    arrival_id: int
    case_id: int | None
    message: Message = field(repr=False)
    screening: Screening
    trust: Trust
    received_at: datetime
    refused: tuple[tuple[str, str], ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The last message of a person in a case; `is_only`: it is the one that opened it."""

    row_id: int
    arrival_id: int
    is_only: bool


class Messages:
    """The messages of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, new: NewMessage) -> int:
        """Keep the view of a message; its id."""
        work, message_id, message = self._work, self._work.new_id(), new.message
        sender = message.sender
        content = {
            "message_id": message.message_id,
            "from": [[address.name, address.address] for address in message.from_],
            "subject": message.subject,
            "text": message.new_text[:_TEXT_KEPT],
        }
        work.change(
            _ADD,
            {
                "id": message_id,
                "case_id": new.case_id,
                "arrival_id": new.arrival_id,
                "kind": new.kind or new.screening.kind,
                "because": list(new.screening.because),
                "trust": new.trust,
                "received_at": new.received_at,
                "content": work.sealer.seal_text("messages", message_id, "content", json.dumps(content)),
                "sender_key": work.blind("address", sender.key) if sender else None,
                "text_key": work.blind("text", same_text(message)),
                "day": day_of(message_id),
            },
        )
        if message.attachments:
            refused = dict(new.refused)
            work.add(_ADD_ATTACHMENT, [self._attachment(message_id, part, refused) for part in message.attachments])
        return message_id

    def add_note(self, case_id: int, author: str, text: str) -> None:
        """Keep what staff noted in the thread of a case; it is nobody's message."""
        work, message_id = self._work, self._work.new_id()
        content = {"message_id": "", "from": [["", author]], "subject": "", "text": text[:_TEXT_KEPT]}
        work.connection.execute(
            insert(messages).values(
                id=message_id,
                case_id=case_id,
                kind=NOTE,
                because=[],
                trust=Trust.STAFF,
                received_at=work.now,
                content=work.sealer.seal_text("messages", message_id, "content", json.dumps(content)),
            )
        )

    def last_id(self, case_id: int, sender: Address | None = None) -> str:
        """The message id of the last message of a person (of this person) in the case: letters answer it.

        "" where there is none.
        """
        query = (
            select(messages.c.id, messages.c.content)
            .where(messages.c.case_id == case_id, messages.c.kind.in_([Kind.INQUIRY, Kind.REPLY]))
            .order_by(messages.c.id.desc())
            .limit(1)
        )
        if sender is not None:
            query = query.where(messages.c.sender_key == self._work.blind("address", sender.key))
        row = self._work.connection.execute(query).one_or_none()
        if row is None:
            return ""
        content = json.loads(self._work.sealer.open_text("messages", row.id, "content", row.content))
        return str(content["message_id"])

    def last_of_a_person(self, case_id: int) -> LastMessage | None:
        """The last message of a person outside in this case; None where there is none."""
        rows = self._work.rows(_LAST_TWO, case=case_id)
        return LastMessage(rows[0].id, rows[0].arrival_id, len(rows) == 1) if rows else None

    def move(self, row_id: int, case_id: int) -> None:
        """Let a message belong to another case; its attachments hang on it."""
        self._work.connection.execute(update(messages).where(messages.c.id == row_id).values(case_id=case_id))

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


def same_text(message: Message) -> bytes:
    """What makes two messages say the same: the new text, white space and case apart, and the files."""
    digest = hashlib.sha256(" ".join(message.new_text.split()).casefold().encode("utf-8", "replace"))
    for part in message.attachments:
        if not part.inline:
            digest.update(part.sha256.encode())
    return digest.digest()
