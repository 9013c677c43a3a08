"""What happened, past tense: the entries of a case's history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """Every kind of event; a new one is added here and told in docs/flow.md."""

    CASE_OPENED = "case_opened"
    CASE_REOPENED = "case_reopened"
    CASE_WITHDRAWN = "case_withdrawn"
    CASE_RESOLVED = "case_resolved"
    CASE_CLOSED = "case_closed"
    CASE_SUBMITTED = "case_submitted"
    CASE_PROCESSED = "case_processed"
    CASE_REDIRECTED = "case_redirected"
    CASE_MERGED = "case_merged"
    CASE_SPLIT = "case_split"
    CASE_ASSIGNED = "case_assigned"
    CASE_RECATEGORIZED = "case_recategorized"
    NOTE_ADDED = "note_added"
    MESSAGE_APPENDED = "message_appended"
    VALUE_AMENDED = "value_amended"
    VALUE_CORRECTED = "value_corrected"
    CORRESPONDENT_REMOVED = "correspondent_removed"
    STAFF_WROTE = "staff_wrote"
    MESSAGE_LOGGED = "message_logged"
    COMMANDS_REFUSED = "commands_refused"
    INFORMATION_ASKED = "information_asked"
    CLOCK_STARTED = "clock_started"
    CLOCK_STOPPED = "clock_stopped"
    DEADLINE_MOVED = "deadline_moved"
    REMINDER_MOVED = "reminder_moved"
    CLOSING_WAITED = "closing_waited"
    STATUS_ASKED = "status_asked"
    MACHINE_MAIL_STORED = "machine_mail_stored"
    POSSIBLY_RELATED = "possibly_related"
    REVIEW_ASKED = "review_asked"
    REVIEW_DONE = "review_done"
    ATTACHMENT_REFUSED = "attachment_refused"
    LETTER_COMPOSED = "letter_composed"
    LETTER_WITHHELD = "letter_withheld"
    LETTER_SENT = "letter_sent"
    LETTER_REFUSED = "letter_refused"
    LETTER_BOUNCED = "letter_bounced"
    LETTER_CANCELLED = "letter_cancelled"
    ARRIVAL_HELD = "arrival_held"
    ARRIVAL_RETRIED = "arrival_retried"
    ARRIVAL_RELEASED = "arrival_released"


#: Who did it, where no person did.
INTAKE = "intake"
DELIVERY = "delivery"
CLOCK = "clock"
STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Event:
    """One happening. `why` is in the desk's words: names and numbers, never text, addresses or values from mail."""

    kind: EventKind
    why: str
    actor: str = INTAKE
