"""The way of mail that staff write: proven or refused, kept where it belongs, its commands done, its writer told."""

from __future__ import annotations

import logging
from dataclasses import replace

from mailbot.cases import matching
from mailbot.cases.commands import Script, read_commands
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import STAFF, Event, EventKind
from mailbot.cases.matching import Match
from mailbot.cases.people import Person, Trust
from mailbot.casework.staff import Casework
from mailbot.ingest.forwards import Forwarded, forwarded_in, forwards
from mailbot.ingest.typed import Typed, typed_above
from mailbot.intake import Settle, TakenIn
from mailbot.knowing import Read
from mailbot.mail import Authenticity, Kind, Message, Verdict
from mailbot.replies.plan import Became, Transcript
from mailbot.replies.writing import Writer
from mailbot.staff_mail.doing import Did, Doing
from mailbot.staff_mail.placing import Placing
from mailbot.staff_mail.reading import why_no_commands, why_not_proven
from mailbot.staff_mail.telling import Telling
from mailbot.staff_mail.theirs import Placed, StaffMessage
from mailbot.store.unit_of_work import Store, Transaction

log = logging.getLogger(__name__)

_BELOW = "Lines below other text look like commands. Commands stand first: nothing else is read."
CLAIM = "it names an address of staff as its sender, which is not proven"


class StaffMail:
    """Takes in mail of staff. Whoever calls commits."""

    def __init__(self, store: Store, rules: DeskRules, casework: Casework, writer: Writer) -> None:
        self._store, self._rules = store, rules
        self._doing, self._placing = Doing(casework, rules), Placing(rules)
        self._telling = Telling(rules, writer)

    def forwarded(self, message: Message, kind: Kind, authenticity: Authenticity) -> Forwarded | None:
        """What somebody of the staff forwards. Only a mail that forwards something costs a look into the directory."""
        if not kind.from_a_person or authenticity.verdict is not Verdict.PASS or not forwards(message):
            return None
        with self._store.reading() as transaction:
            is_theirs = _staff_of(transaction, message) is not None
        return forwarded_in(message) if is_theirs else None

    def receive(self, transaction: Transaction, read: Read, settle: Settle) -> TakenIn | None:
        """Take in a mail from an address of active staff; None for all other mail, and what staff have released."""
        if not read.screening.kind.from_a_person or read.taken.case_id is not None:
            return None
        person = _staff_of(transaction, read.message)
        if person is None:
            return None
        why = why_not_proven(read.message, read.taken.envelope, read.authenticity)
        return (
            self._claimed(transaction, read, person, settle, why)
            if why
            else self._theirs(transaction, read, person, settle)
        )

    # Proven.

    def _theirs(self, transaction: Transaction, read: Read, person: Person, settle: Settle) -> TakenIn:
        mail, refused = self._look(transaction, read, person)
        self._doing.hold(mail)
        placed = self._placing.place(mail, settle)
        number = placed.case.number if placed.case else None
        did = None if mail.script.is_empty else self._doing.do(mail, number)
        if did is not None and did.refused and placed.case is not None:
            event = Event(EventKind.COMMANDS_REFUSED, ", ".join(did.refused), mail.actor)
            transaction.history.add_events([event], case_id=placed.case.case_id)
        transcript = _transcript(placed, did, (*placed.reasons, *refused))
        letters = self._telling.tell(transaction, read, person, placed.case, transcript)
        if not placed.settled:
            case_id = placed.case.case_id if placed.case else None
            transaction.arrivals.finish(read.taken, placed.outcome, case_id)
        return _taken_in(read, placed, letters)

    def _look(self, transaction: Transaction, read: Read, person: Person) -> tuple[StaffMessage, tuple[str, ...]]:
        """The mail with its case and the commands that may be done; and sentences on those that may not."""
        clues = matching.clues(read.message, read.taken.envelope, self._rules.own, self._rules.token_keys)
        match = matching.for_staff(clues, transaction.threads.lookups(clues, None))
        typed = typed_above(transaction.arrivals.raw_of(read.taken), read.message)
        script = read_commands(typed.text)
        why = self._why_not_done(transaction, read, typed, script)
        below = (_BELOW,) if script.below else ()
        if why:
            return StaffMessage(transaction, read, person, match, Script()), (f"Its commands were not done: {why}.",)
        return StaffMessage(transaction, read, person, match, script), below

    def _why_not_done(self, transaction: Transaction, read: Read, typed: Typed, script: Script) -> str:
        """Why commands are not done although they stand at the top; "" where they are, or where there are none."""
        if typed.why_not:
            shown = read_commands(read.message.new_text)
            return "" if shown.is_empty else f"{typed.why_not}; write them as plain text"
        if script.is_empty:
            return ""
        if read.taken.silent:
            return "it was taken in silently"
        why = why_no_commands(read.message, self._rules.own, read.taken.received_at)
        if not why and not transaction.command_runs.is_first(read.taken.arrival_id, read.message, typed.text):
            return "it came before, and runs once"
        return why

    # Not proven.

    def _claimed(self, transaction: Transaction, read: Read, person: Person, settle: Settle, why: str) -> TakenIn:
        """Text, and nothing more (ATTACKS A079).

        In the thread of a case it is a message like that of anybody who is known there, unless authentication failed.
        What belongs to none, or would command, is a case of its own that staff are asked to look at.
        """
        match = self._as_known(transaction, read, person)
        if match.case is not None and read_commands(read.message.new_text).is_empty:
            return settle(transaction, read, match)
        log.warning("arrival %d names staff as its sender: %s", read.taken.arrival_id, why)
        doubtful = Match(None, Trust.DOUBTFUL, match.hits)
        settled = settle(transaction, replace(read, unanswered=CLAIM), doubtful)
        case_id = transaction.cases.find(settled.case_number or "")
        if case_id is not None:
            transaction.cases.ask_review(case_id, [CLAIM])
            event = Event(EventKind.COMMANDS_REFUSED, why, STAFF)
            transaction.history.add_events([event], case_id=case_id, arrival_id=read.taken.arrival_id)
        reason = f"A mail that names your address as its sender was kept as text, and nothing else was done: {why}."
        transcript = Transcript((Became.KEPT,), (reason,))
        letters = self._telling.tell(transaction, read, person, None, transcript)
        return replace(settled, letters=(*settled.letters, *letters))

    def _as_known(self, transaction: Transaction, read: Read, person: Person) -> Match:
        """Staff are known on every case, as far as the mail may be theirs (DESIGN section 5)."""
        clues = matching.clues(read.message, read.taken.envelope, self._rules.own, self._rules.token_keys)
        require = self._rules.require_pass
        known = person if matching.is_proven(read.authenticity, require_pass=require) else None
        lookups = transaction.threads.lookups(clues, read.message.sender, known)
        return matching.match(clues, lookups, read.authenticity, require_pass=require)


def _staff_of(transaction: Transaction, message: Message) -> Person | None:
    """The active member of the staff with the very address in From; an entry for a whole domain is nobody's."""
    person = transaction.directory.by_address(message.sender)
    return person if person and person.is_active_staff and not person.is_domain else None


def _transcript(placed: Placed, did: Did | None, reasons: tuple[str, ...]) -> Transcript:
    became = (placed.became,) if did is None else (placed.became, did.became)
    return Transcript(became, reasons, did.entries if did else ())


def _taken_in(read: Read, placed: Placed, letters: tuple[tuple[str, str], ...]) -> TakenIn:
    return TakenIn(
        arrival_id=read.taken.arrival_id,
        outcome=placed.outcome,
        kind=read.screening.kind,
        message_id=read.message.message_id,
        case_number=placed.case.number if placed.case else None,
        category=read.understanding.category,
        confidence=read.understanding.confidence,
        letters=(*placed.letters, *letters),
    )
