"""Rows as JSON: the shapes of INTERFACE that scripts outside rely on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.classify.privacy import mask
from mailbot.store.arrivals import ArrivalRow
from mailbot.store.reports import CaseRow, EventRow, LetterRow, MessageRow

if TYPE_CHECKING:
    from mailbot.intake import TakenIn

Json = dict[str, object]


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def taken_in_row(source: str, result: TakenIn) -> Json:
    """What `deliver`, `import` and `release` say of a message."""
    return {
        "source": source,
        "message_id": result.message_id,
        "arrival": result.arrival_id,
        "outcome": result.outcome,
        "kind": result.kind,
        "case": result.case_number,
        "category": result.category,
        "confidence": result.confidence,
        "missing": list(result.missing),
        "review": list(result.review),
        "letters": [{"kind": kind, "to": address} for kind, address in result.letters],
    }


def case_row(row: CaseRow) -> Json:
    """A case as `cases` lists it; `case` adds its thread, letters and events."""
    return {
        "number": row.number,
        "state": row.state,
        "category": row.category,
        "confidence": row.confidence,
        "team": row.team,
        "assignee": row.assignee,
        "opened_at": iso(row.opened_at),
        "answer_due": iso(row.answer_due),
        "reply_due": iso(row.reply_due),
        "remind_at": iso(row.remind_at),
        "clock_stopped": row.clock_stopped,
        "correspondents": [
            {"address": person.address.address, "name": person.address.name, "role": person.role}
            for person in row.correspondents
        ],
        "group_number": row.group_number,
        "missing": list(row.missing),
        "review": list(row.review),
        "merged_into": row.merged_into,
        "comments": row.comments,
        "linked": [{"number": number, "relation": relation} for number, relation in row.linked],
        "subject": mask(row.subject),
        "language": row.language,
        "flags": list(row.flags),
        "documents": list(row.documents),
        "fields": [{"name": name, "value": mask(value), "where": where} for name, value, where in row.fields],
        "because": list(row.because),
    }


def message_row(row: MessageRow) -> Json:
    """A message of a case's thread."""
    return {
        "arrival": row.arrival_id,
        "kind": row.kind,
        "trust": row.trust,
        "received_at": iso(row.received_at),
        "from": row.sender,
        "subject": mask(row.subject),
        "text": mask(row.text),
        "attachments": [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "flags": list(file.flags),
                "refused": file.refused,
                "inline": file.inline,
            }
            for file in row.attachments
        ],
    }


def letter_row(row: LetterRow) -> Json:
    """A letter and how far it got."""
    return {
        "letter": row.letter_id,
        "case": row.case_number,
        "kind": row.kind,
        "to": row.to,
        "state": row.state,
        "composed_at": iso(row.composed_at),
        "due_at": iso(row.due_at),
        "sent_at": iso(row.sent_at),
        "bounced_at": iso(row.bounced_at),
        "attempts": row.attempts,
        "message_id": row.message_id,
        "answer": row.answer,
    }


def event_row(row: EventRow) -> Json:
    """One entry of a case's history."""
    return {"at": iso(row.at), "actor": row.event.actor, "kind": row.event.kind, "why": row.event.why}


def arrival_row(row: ArrivalRow) -> Json:
    """An arrival and what became of it."""
    return {
        "arrival": row.arrival_id,
        "source": row.source,
        "received_at": iso(row.received_at),
        "state": row.state,
        "attempts": row.attempts,
        "error": row.error,
        "outcome": row.outcome,
        "size": row.size,
    }
