"""The path of a message, steps 2 to 9 of docs/flow.md: take, read, screen, match, understand, decide, write, commit.

What is raised on the way is rolled back; a second unit of work notes the error, and after three attempts the
arrival is held for staff. The queue behind it goes on.
"""

from __future__ import annotations

import logging
import os
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from mailbot.cases import matching
from mailbot.cases.answering import Answer, Budgets, gate, within_budget
from mailbot.cases.deadlines import Calendar, deadline
from mailbot.cases.events import DELIVERY, Event, EventKind
from mailbot.cases.lifecycle import Action, Disposition, Inquiry, Relation, State, decide, outcome_of
from mailbot.cases.matching import Candidate, Match, Origin
from mailbot.cases.people import Trust, of_message
from mailbot.cases.rules import CategoryRules, Playbook
from mailbot.cases.tokens import TokenKey
from mailbot.cases.understanding import Understanding
from mailbot.errors import StoreUnavailable
from mailbot.failpoints import failpoint
from mailbot.ingest.attachments import Refused, refused
from mailbot.ingest.authenticity import assess
from mailbot.ingest.parse import parse
from mailbot.ingest.screen import screen
from mailbot.mail import Address, Authenticity, Kind, Letter, Message, OwnAddresses, Screening
from mailbot.replies.headers import ComposeError
from mailbot.replies.plan import RefusedFile
from mailbot.replies.writing import Acknowledged, Writer
from mailbot.store.arrivals import MAX_ATTEMPTS, LeaseLost, TakenArrival
from mailbot.store.cases import NewCase, NewMessage, OpenedCase
from mailbot.store.unit_of_work import Store, Transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
#: Arrivals that share a commit.
BATCH = 20
#: How long a failed arrival rests before its second and its third attempt.
RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10))
#: Of the ids that a message refers to, the nearest ones are kept for finding its case.
REFERENCES_KEPT = 10


@dataclass(frozen=True)
class Rules:
    """What the desk decided, as intake needs it."""

    own: OwnAddresses
    playbook: Playbook
    calendar: Calendar
    budgets: Budgets
    token_keys: tuple[TokenKey, ...] = field(repr=False)
    authserv_ids: tuple[str, ...] = ()
    require_pass: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """Steps 3, 4 and 6 of one arrival: all that can be known without the store."""

    taken: TakenArrival
    message: Message = field(repr=False)
    screening: Screening
    authenticity: Authenticity
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of an arrival. `letters` holds (kind, address) of what was composed."""

    arrival_id: int
    outcome: str
    kind: Kind | None = None
    message_id: str = ""
    case_number: str | None = None
    category: str | None = None
    confidence: float = 0.0
    missing: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    letters: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Intake:
    """Takes arrivals in. `understand` is step 6: a parsed message to its meaning."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        understand: Callable[[Message, Kind, TakenArrival], Understanding],
        writer: Writer,
    ) -> None:
        self._store, self._rules, self._understand, self._writer = store, rules, understand, writer
        self._owner = f"{os.getpid()}-{secrets.token_hex(4)}"

    def take_in_all(self, stop: Callable[[], bool] = lambda: False) -> list[TakenIn]:
        """Take in everything that is due; what was done when `stop` turns true."""
        done: list[TakenIn] = []
        while not stop() and (batch := self.take_in_batch()):
            done += batch
        return done

    def take_in_batch(self, count: int = BATCH) -> list[TakenIn]:
        """Take up to `count` due arrivals and take them in; they share a commit when all goes well."""
        with self._store.writing() as transaction:
            held = transaction.arrivals.hold_exhausted()
            for arrival_id in held:
                transaction.cases.add_events([_held("its worker died each time")], arrival_id=arrival_id)
            taken = transaction.arrivals.take(count, self._owner, LEASE)
        failpoint("intake.after_take")
        return self._take_in(taken)

    def take_in_one(self, arrival_id: int) -> TakenIn | None:
        """Take in this arrival now; None when somebody else works on it or it is done."""
        with self._store.writing() as transaction:
            taken = transaction.arrivals.take_one(arrival_id, self._owner, LEASE)
        return self._take_in([taken])[0] if taken else None

    def _take_in(self, batch: list[TakenArrival]) -> list[TakenIn]:
        """Together if possible; what fails is done again alone, so that one bad mail spoils no other's commit."""
        try:
            read = [self._read(taken) for taken in batch]
            with self._store.writing() as transaction:
                results = [self._write(transaction, each) for each in read]
                failpoint("intake.before_commit")
        except Exception as error:  # noqa: BLE001 anything may be raised by a mail made to do so
            if len(batch) == 1:
                return [self._failed(batch[0], error)]
            return [result for taken in batch for result in self._take_in([taken])]
        failpoint("intake.after_commit")
        return results

    def _read(self, taken: TakenArrival) -> Read:
        """Steps 3, 4 and 6."""
        failpoint("intake.in_parse")
        message = parse(taken.raw)
        screening = screen(message, taken.envelope, self._rules.own)
        authenticity = assess(message, self._rules.authserv_ids, None)
        return Read(taken, message, screening, authenticity, self._understand(message, screening.kind, taken))

    def _write(self, transaction: Transaction, read: Read) -> TakenIn:
        """Steps 5, 7, 8 and 9 in one unit of work."""
        taken = read.taken
        match = self._bounced(transaction, read) or self._match(transaction, read)
        case_state = transaction.cases.lock(match.case.case_id) if match.case else None
        disposition = decide(
            Inquiry(read.message, read.screening, read.authenticity, match, read.understanding, case_state)
        )
        case = self._case_for(transaction, read, match, disposition)
        turned_away = refused(read.message.attachments, self._rules.playbook.attachments)
        self._keep(transaction, read, match, case, turned_away)
        failpoint("intake.in_transaction")
        letters = self._answer(transaction, read, disposition, case, turned_away) if case else ()
        outcome = outcome_of(disposition.action, read.screening.kind)
        transaction.arrivals.finish(taken, outcome, case.case_id if case else None)
        return TakenIn(
            arrival_id=taken.arrival_id,
            outcome=outcome,
            kind=read.screening.kind,
            message_id=read.message.message_id,
            case_number=case.number if case else None,
            category=read.understanding.category,
            confidence=read.understanding.confidence,
            missing=read.understanding.missing,
            review=disposition.review,
            letters=letters,
        )

    def _match(self, transaction: Transaction, read: Read) -> Match:
        """Step 5. What staff named when they released the arrival needs no evidence."""
        named = read.taken.case_id
        if named is not None:
            return Match(Candidate(named, transaction.cases.number_of(named), knows_sender=True), Trust.STAFF)
        found = matching.clues(read.message, read.taken.envelope, self._rules.own, self._rules.token_keys)
        lookups = transaction.threads.lookups(found, read.message.sender)
        return matching.match(found, lookups, read.authenticity, require_pass=self._rules.require_pass)

    def _bounced(self, transaction: Transaction, read: Read) -> Match | None:
        """The case whose letter a bounce is about; None where it names no letter of ours, and then it changes nothing.

        The id of a letter is signed and random: who names it has seen the letter, or is the server that could not
        deliver it.
        """
        report = read.screening.bounce
        letter = transaction.outbox.find_sent(report.message_id) if report and report.message_id else None
        if report is None or letter is None or letter.case_id is None:
            return None
        number = transaction.cases.number_of(letter.case_id)
        if report.permanent and transaction.outbox.note_bounce(letter.letter_id):
            bounced = Event(EventKind.LETTER_BOUNCED, f"{letter.kind}: {report.status or 'no status'}", DELIVERY)
            transaction.cases.add_events([bounced], case_id=letter.case_id, letter_id=letter.letter_id)
            transaction.cases.ask_review(letter.case_id, [f"the {letter.kind} could not be delivered"])
        return Match(Candidate(letter.case_id, number, knows_sender=False), Trust.STRANGER)

    def _case_for(
        self, transaction: Transaction, read: Read, match: Match, disposition: Disposition
    ) -> OpenedCase | None:
        """The case that the message opens or belongs to, with what this changes about it; None for no case."""
        arrival_id = read.taken.arrival_id
        if disposition.action is Action.OPEN:
            case = self._open(transaction, read, disposition)
        elif match.case and disposition.action is not Action.DISCARD:
            case = OpenedCase(match.case.case_id, match.case.number)
            if disposition.action is Action.APPEND:
                transaction.cases.touch(case.case_id)
                transaction.cases.ask_review(case.case_id, disposition.review)
        else:
            transaction.cases.add_events(disposition.events, arrival_id=arrival_id)
            return None
        transaction.cases.add_events(disposition.events, case_id=case.case_id, arrival_id=arrival_id)
        return case

    def _open(self, transaction: Transaction, read: Read, disposition: Disposition) -> OpenedCase:
        rules = self._sure_rules(read.understanding)
        playbook_rules = rules or self._rules.playbook.rules(None)
        calendar, now = self._rules.calendar, transaction.now
        case = transaction.cases.open(
            NewCase(
                day=calendar.day_of(now),
                subject=read.message.subject,
                team=playbook_rules.team,
                understanding=read.understanding,
                category=playbook_rules.code,
                state=State.AWAITING_STAFF,
                answer_due=deadline(now, playbook_rules.answer_within, calendar),
                review=disposition.review if rules else (*disposition.review, "the category is not sure"),
            )
        )
        transaction.cases.add_links(case.case_id, disposition.links)
        for link in disposition.links:
            related = Event(EventKind.POSSIBLY_RELATED, f"{case.number} {link.relation} this case")
            transaction.cases.add_events([related], case_id=link.case_id, arrival_id=read.taken.arrival_id)
            if link.relation is Relation.MAY_BELONG_TO:
                transaction.cases.ask_review(link.case_id, [f"{case.number} may belong here"])
        return case

    def _sure_rules(self, understanding: Understanding) -> CategoryRules | None:
        """The rules of the category, where it is sure enough to act on."""
        rules = self._rules.playbook.categories.get(understanding.category or "")
        return rules if rules and understanding.confidence >= rules.confidence else None

    def _keep(
        self,
        transaction: Transaction,
        read: Read,
        match: Match,
        case: OpenedCase | None,
        turned_away: tuple[Refused, ...],
    ) -> None:
        """The message, its people and its ids, so that what follows finds the case."""
        message = read.message
        transaction.cases.add_message(
            NewMessage(
                arrival_id=read.taken.arrival_id,
                case_id=case.case_id if case else None,
                message=message,
                screening=read.screening,
                trust=match.trust,
                received_at=read.taken.received_at,
                refused=tuple((file.part, file.why) for file in turned_away),
            )
        )
        if case is None or not read.screening.kind.from_a_person:
            return
        transaction.cases.add_correspondents(case.case_id, of_message(message, self._rules.own))
        transaction.threads.remember(case.case_id, Origin.THEIRS, [message.message_id])
        referenced = (*message.in_reply_to, *message.references[::-1])[:REFERENCES_KEPT]
        transaction.threads.remember(case.case_id, Origin.REFERENCED, referenced)
        transaction.cases.add_events(
            [Event(EventKind.ATTACHMENT_REFUSED, f"part {file.part}: {file.why}") for file in turned_away],
            case_id=case.case_id,
            arrival_id=read.taken.arrival_id,
        )

    def _answer(
        self,
        transaction: Transaction,
        read: Read,
        disposition: Disposition,
        case: OpenedCase,
        turned_away: tuple[Refused, ...],
    ) -> tuple[tuple[str, str], ...]:
        """Step 8: the letter that the disposition calls for, if RFC 3834 and the budgets allow one."""
        if disposition.letter is None:
            return ()
        taken, message = read.taken, read.message
        opens = disposition.action is Action.OPEN
        answer = gate(message, taken.envelope, read.screening, self._rules.own, taken.received_at, transaction.now)
        if taken.silent:
            answer = Answer(None, "it was taken in silently")
        if answer.to is not None:
            spent = transaction.outbox.spent(answer.to, message, None if opens else case.case_id)
            answer = within_budget(answer, spent, self._rules.budgets, read.authenticity, opens_case=opens)
        cause = f"arrival {taken.arrival_id}"
        if answer.to is None:
            event = Event(EventKind.LETTER_WITHHELD, f"{disposition.letter}: {answer.because}")
            transaction.cases.add_events([event], case_id=case.case_id, arrival_id=taken.arrival_id)
            return ()
        try:
            letter = self._acknowledgment(read, case, answer.to, transaction.now, turned_away)
        except ComposeError as error:
            event = Event(EventKind.LETTER_WITHHELD, f"{disposition.letter}: {error}")
            transaction.cases.add_events([event], case_id=case.case_id, arrival_id=taken.arrival_id)
            return ()
        letter_id = transaction.outbox.add(letter, case.case_id, cause)
        if letter_id is None:
            return ()
        event = Event(EventKind.LETTER_COMPOSED, f"{letter.kind}: {answer.because}")
        transaction.cases.add_events([event], case_id=case.case_id, letter_id=letter_id)
        return ((letter.kind, letter.to.address),)

    def _acknowledgment(
        self, read: Read, case: OpenedCase, to: Address, now: datetime, turned_away: tuple[Refused, ...]
    ) -> Letter:
        rules = self._sure_rules(read.understanding)
        return self._writer.acknowledgment(
            Acknowledged(
                to=to,
                case_number=case.number,
                at=now,
                message=read.message,
                language=read.understanding.language,
                rules=rules or self._rules.playbook.rules(None),
                sure=rules is not None,
                refused=tuple(RefusedFile(file.filename, file.why) for file in turned_away),
                contains_ssn=read.understanding.flags.contains_ssn,
            )
        )

    def _failed(self, taken: TakenArrival, error: Exception) -> TakenIn:
        """Note what went wrong, in a unit of work of its own; when the store does not answer, that is raised."""
        if isinstance(error, StoreUnavailable):
            raise error
        if isinstance(error, LeaseLost):
            return TakenIn(taken.arrival_id, "stored")
        reason = where_it_failed(error)
        log.warning("arrival %d failed, attempt %d: %s", taken.arrival_id, taken.attempts, reason)
        with self._store.writing() as transaction:
            if taken.attempts >= MAX_ATTEMPTS:
                transaction.arrivals.hold(taken, reason)
                transaction.cases.add_events([_held(reason)], arrival_id=taken.arrival_id)
                return TakenIn(taken.arrival_id, "held")
            transaction.arrivals.give_back(taken, reason, transaction.now + RETRY_AFTER[taken.attempts - 1])
        return TakenIn(taken.arrival_id, "stored")


def where_it_failed(error: BaseException) -> str:
    """The kind of an error and the line of ours that it came from; its text may hold mail and is left out."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "mailbot" in frame.filename]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"


def _held(reason: str) -> Event:
    return Event(EventKind.ARRIVAL_HELD, reason)
