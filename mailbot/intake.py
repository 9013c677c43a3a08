"""The path of a message, steps 2 to 9 of docs/flow.md: take, read, screen, match, understand, decide, write, commit.

What is raised on the way is rolled back; a second unit of work notes the error, and after three attempts the
arrival is held for staff. The queue behind it goes on.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from mailbot.cases import matching
from mailbot.cases.answering import MAX_AGE
from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import DELIVERY, Event, EventKind
from mailbot.cases.facts import of_understanding, references
from mailbot.cases.lifecycle import CaseView, Inquiry, Link, Relation, decide, outcome_of, sure_rules
from mailbot.cases.matching import Candidate, Clues, Match, is_proven
from mailbot.cases.people import Trust
from mailbot.cases.standing import CaseStanding, informed, spoken, standing
from mailbot.cases.states import State
from mailbot.cases.subjects import is_new_subject
from mailbot.classify.status_question import names_a_case, numbers_asked
from mailbot.errors import Infected, ScannerUnavailable, StoreBusy, StoreUnavailable, place_of
from mailbot.failpoints import failpoint
from mailbot.holding import link_held, traces
from mailbot.ingest.forwards import Forwarded
from mailbot.keeping import Keeper
from mailbot.knowing import Known, Read, known, writers
from mailbot.mail import Authenticity, BounceReport, Kind, Message
from mailbot.reading import Checks, Reader, Understand
from mailbot.replies.posting import not_delivered
from mailbot.replies.status import cases_of
from mailbot.store.arrivals import LEASE, MAX_ATTEMPTS, LeaseLost, TakenArrival
from mailbot.store.cases import SameMember
from mailbot.store.owner import has_ended, own_name
from mailbot.store.unit_of_work import Store, Transaction

log = logging.getLogger(__name__)

#: Arrivals that share a commit.
BATCH = 40
#: How long a failed arrival rests before its second and its third attempt.
RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=10))
#: A second inquiry about a member within this span is looked at together with the first.
SAME_WITHIN = timedelta(days=7)
#: A case in one of these can still take up what is said again.
_UNDECIDED = (State.AWAITING_STAFF, State.AWAITING_SENDER)


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


#: Carries steps 7 to 9 out for a message whose match is known.
Settle = Callable[[Transaction, Read, Match], TakenIn]


class StaffDoor(Protocol):
    """The way of mail that staff write, or that claims so."""

    def forwarded(self, message: Message, kind: Kind, authenticity: Authenticity) -> Forwarded | None:
        """The inquiry that somebody of the staff forwards; None for every other mail."""
        ...

    def receive(self, transaction: Transaction, read: Read, settle: Settle) -> TakenIn | None:
        """Take in a mail of staff; None where it is none of theirs, and goes the way of all mail."""
        ...


class Intake:
    """Takes arrivals in; `staff` has the way of their mail."""

    def __init__(
        self,
        store: Store,
        rules: DeskRules,
        understand: Understand,
        keeper: Keeper,
        staff: StaffDoor,
        checks: Checks,
    ) -> None:
        self._store, self._rules, self._keeper, self._staff = store, rules, keeper, staff
        self._reader = Reader(rules, checks, self._raw, staff.forwarded, understand)
        self._owner, self._took_over = own_name(secrets.token_hex(4)), False
        self._interrupted: dict[int, bool] = {}

    def take_in_all(self, stop: Callable[[], bool] = lambda: False) -> list[TakenIn]:
        """Take in everything that is due; what was done when `stop` turns true."""
        done: list[TakenIn] = []
        while not stop() and (batch := self.take_in_batch()):
            done += batch
        return done

    def take_in_batch(self, count: int = BATCH, among: Collection[int] | None = None) -> list[TakenIn]:
        """Take up to `count` due arrivals, of these where some are named, and take them in; they share a commit."""
        with self._store.large_turn.held():
            return self._take_batch(count, among)

    def _take_batch(self, count: int, among: Collection[int] | None) -> list[TakenIn]:
        with self._store.writing() as transaction:
            self._put_back(transaction)
            if not self._took_over:
                transaction.arrivals.take_over(has_ended)  # who died before this process began: once is enough
            held = transaction.arrivals.hold_exhausted()
            for arrival_id in held:
                transaction.history.add_events([_held("its worker died each time")], arrival_id=arrival_id)
                link_held(transaction, arrival_id, None)  # not even a look is safe
            taken = transaction.arrivals.take(count, self._owner, LEASE, among)
        self._interrupted.clear()
        self._took_over = True
        return self._taken_in(taken)

    def take_in_one(self, arrival_id: int) -> TakenIn | None:
        """Take in this arrival now; None when somebody else works on it or it is done."""
        with self._store.writing() as transaction:
            taken = transaction.arrivals.take_one(arrival_id, self._owner, LEASE)
        return self._taken_in([taken])[0] if taken else None

    def _taken_in(self, batch: list[TakenArrival]) -> list[TakenIn]:
        """What the store could not keep is put back when it answers again; nobody has to wait for a lease to end."""
        failpoint("intake.after_take")
        try:
            return self._take_in(batch)
        except StoreUnavailable as error:
            self._interrupted = {taken.arrival_id: not isinstance(error, StoreBusy) for taken in batch}
            raise

    def _put_back(self, transaction: Transaction) -> None:
        """An attempt counts unless it is certain that it was not the mail's fault."""
        for arrival_id, counted in self._interrupted.items():
            due_at = transaction.now + RETRY_AFTER[0]
            transaction.arrivals.put_back(arrival_id, self._owner, counted=counted, due_at=due_at)

    def _take_in(self, batch: list[TakenArrival]) -> list[TakenIn]:
        """Together if possible; what fails is done again alone, so that one bad mail spoils no other's commit."""
        try:
            read = self._reader.read(batch)
            with self._store.writing() as transaction:
                transaction.directory.look_up(writers(read))  # one question for all
                results = [self._write(transaction, each) for each in read]
                failpoint("intake.before_commit")
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 anything may be raised by a mail made to do so
            if len(batch) == 1:
                return [self._failed(batch[0], error)]
            return [result for taken in batch for result in self._take_in([taken])]
        failpoint("intake.after_commit")
        return results

    def _raw(self, taken: TakenArrival) -> bytes:
        if taken.raw is not None:
            return taken.raw
        with self._store.reading() as transaction:
            return transaction.arrivals.raw_of(taken)

    def _write(self, transaction: Transaction, read: Read) -> TakenIn:
        """Steps 5, 7, 8 and 9 in one unit of work; mail of staff goes its own way to the same end."""
        ours = self._staff.receive(transaction, read, self._settle)
        if ours is not None:
            return ours
        read = self._introduced(transaction, read)
        return self._settle(transaction, read, self._bounced(transaction, read) or self._match(transaction, read))

    def _settle(self, transaction: Transaction, read: Read, match: Match) -> TakenIn:
        """Steps 7, 8 and 9, once it is known to which case the message belongs."""
        taken, read = read.taken, read if read.claimed else self._introduced(transaction, read)
        before = self._known(transaction, read, match)
        theirs = self._theirs(transaction, read, match)
        others: tuple[SameMember, ...] = ()
        if before is None and read.screening.kind.from_a_person:
            others = self._others(transaction, read, match)
            before = self._said_before(transaction, read, others)
        inquiry = self._inquiry(read, match, before, others)
        disposition = decide(replace(inquiry, theirs=theirs) if theirs else inquiry, self._rules.playbook)
        failpoint("intake.in_transaction")
        with transaction.news.silence(over_old_mail=taken.silent or transaction.now - taken.received_at > MAX_AGE):
            kept = self._keeper.keep(transaction, read, match, before, disposition)
        case = kept.case
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
            missing=kept.missing,
            review=disposition.review,
            letters=kept.letters,
        )

    def _introduced(self, transaction: Transaction, read: Read) -> Read:
        """With what the directory knows of the sender; it counts as said where the From address may be believed."""
        claimed = transaction.directory.by_address(read.message.sender) if read.screening.kind.from_a_person else None
        if claimed is None:
            return read
        proven = is_proven(read.authenticity, require_pass=self._rules.require_pass)
        person = claimed if proven else None
        return replace(read, claimed=claimed, person=person, understanding=informed(read.understanding, person))

    def _theirs(self, transaction: Transaction, read: Read, match: Match) -> tuple[CaseStanding, ...]:
        """The sender's own cases, where they ask for nothing but how these stand, and name none."""
        sender = read.message.sender
        if not read.understanding.status_only or match.case or match.hits or sender is None:
            return ()
        proven = is_proven(read.authenticity, require_pass=self._rules.require_pass)
        if not proven or names_a_case(read.message.new_text, read.message.subject):
            return ()
        return cases_of(transaction, sender, read.claimed, self._rules.playbook)

    def _known(self, transaction: Transaction, read: Read, match: Match) -> Known | None:
        """What is known of the matched case, held until this unit of work ends."""
        if match.case is None:
            return None
        file, sender = transaction.cases.lock(match.case.case_id), read.message.sender
        if read.person and sender and transaction.threads.is_copied(file.case_id, sender):
            read = replace(read, person=None)  # letters go to somebody else, who must hear nothing of the copied
        named = read.screening.kind is Kind.REPLY and read.understanding.category is not None
        first = named and transaction.messages.last_of_a_person(file.case_id) is None
        return known(file, read, self._rules.playbook, answers_it=True, is_first_word=first)

    def _inquiry(self, read: Read, match: Match, before: Known | None, others: tuple[SameMember, ...]) -> Inquiry:
        """Everything that step 7 looks at."""
        said = spoken(of_understanding(read.understanding))
        words, facts = (before.said, before.learned.facts) if before else (said, said)
        return Inquiry(
            message=read.message,
            screening=read.screening,
            authenticity=read.authenticity,
            match=match,
            understanding=read.understanding,
            received_at=read.taken.received_at,
            case=self._view(read, before) if before else None,
            related=tuple(Link(other.case_id, other.number, other.relation) for other in others),
            again=before is not None and match.case is None,
            standing=standing(read.claimed, words, facts),
        )

    def _view(self, read: Read, before: Known) -> CaseView:
        """The case as step 7 looks at it."""
        file, rules, ended = before.file, before.rules, before.file.ended_at
        return CaseView(
            state=file.state,
            category=rules.code,
            missing=file.missing,
            lacking=before.lacking,
            rounds=file.rounds,
            reopen_until=deadline(ended, rules.reopen_within, self._rules.calendar) if ended else None,
            new_subject=is_new_subject(read.message.subject, file.content.subject, file.number),
            was_due=file.reply_due if ended and file.reply_due and file.reply_due < ended else None,
            named=before.named,
        )

    def _others(self, transaction: Transaction, read: Read, match: Match) -> tuple[SameMember, ...]:
        """Recent cases about the same member, other than those that it may belong to; neither sender is told."""
        rules = sure_rules(read.understanding, self._rules.playbook)
        if rules is None:
            return ()
        possible = {candidate.case_id for candidate in match.possible}
        found = transaction.cases.same_member(of_understanding(read.understanding), rules.code, SAME_WITHIN)
        return tuple(other for other in found if other.case_id not in possible)

    def _said_before(self, transaction: Transaction, read: Read, others: tuple[SameMember, ...]) -> Known | None:
        """The open case in which the same sender, if it is them, has said the same."""
        twins = {each.case_id for each in others if each.relation is Relation.DUPLICATE_OF and each.state in _UNDECIDED}
        if not twins or not is_proven(read.authenticity, require_pass=self._rules.require_pass):
            return None
        theirs = transaction.threads.cases_that_know(twins, read.message.sender)
        if not theirs:
            return None
        return known(transaction.cases.lock(max(theirs)), read, self._rules.playbook, answers_it=False)

    def _match(self, transaction: Transaction, read: Read) -> Match:
        """Step 5. What staff named when they released the arrival needs no evidence."""
        named = read.taken.case_id
        if named is not None:
            return Match(Candidate(named, transaction.cases.number_of(named), knows_sender=True), Trust.STAFF)
        found = matching.clues(read.message, read.taken.envelope, self._rules.own, self._rules.token_keys)
        if read.understanding.documents and read.screening.kind.from_a_person:
            found = replace(found, references=references(of_understanding(read.understanding)))
        if read.understanding.status_only:
            found = self._asked_about(transaction, read, found)
        lookups = transaction.threads.lookups(found, read.message.sender, read.person)
        return matching.match(found, lookups, read.authenticity, require_pass=self._rules.require_pass)

    def _asked_about(self, transaction: Transaction, read: Read, found: Clues) -> Clues:
        """With the case numbers in the text; one that is not the sender's is no clue, as if there were no such case."""
        numbers = numbers_asked(read.message.new_text)
        by_number = transaction.threads.lookups(Clues(subject_numbers=numbers), read.message.sender).by_number
        theirs = tuple(number for number, case in by_number.items() if case.knows_sender)
        return replace(found, subject_numbers=(*found.subject_numbers, *theirs))

    def _bounced(self, transaction: Transaction, read: Read) -> Match | None:
        """The case whose letter a bounce is about; None where it names no letter of ours, and then it changes nothing.

        The id of a letter is signed and random: who names it has seen the letter, or is the server that could not
        deliver it.
        """
        report = read.screening.bounce
        letter = transaction.outbox.find_sent(report.message_id) if report and report.message_id else None
        if report is None or letter is None:
            return None
        if letter.case_id is None:  # a notice to staff: nothing hangs on it but whether the next one goes out
            if _did_not_arrive(report):
                transaction.outbox.note_bounce(letter.letter_id)
            return Match(None, Trust.STRANGER)
        number = transaction.cases.number_of(letter.case_id)
        if _did_not_arrive(report) and transaction.outbox.note_bounce(letter.letter_id):
            bounced = Event(EventKind.LETTER_BOUNCED, f"{letter.kind}: {report.status or 'no status'}", DELIVERY)
            transaction.history.add_events([bounced], case_id=letter.case_id, letter_id=letter.letter_id)
            not_delivered(transaction, letter.case_id, letter.letter_id, letter.kind)
        return Match(Candidate(letter.case_id, number, knows_sender=False), Trust.STRANGER)

    def _failed(self, taken: TakenArrival, error: Exception) -> TakenIn:
        """Note what went wrong, in a unit of work of its own; when the store does not answer, that is raised."""
        if isinstance(error, LeaseLost):
            return TakenIn(taken.arrival_id, "stored")
        reason = str(error) if isinstance(error, (Infected, ScannerUnavailable)) else place_of(error)
        log.warning("arrival %d failed, attempt %d: %s", taken.arrival_id, taken.attempts, reason)
        last = taken.attempts >= MAX_ATTEMPTS or isinstance(error, Infected)
        found = traces(self._raw(taken), taken, self._rules) if last else None
        with self._store.writing() as transaction:
            if last:
                transaction.arrivals.hold(taken, reason)
                transaction.history.add_events([_held(reason)], arrival_id=taken.arrival_id)
                link_held(transaction, taken.arrival_id, found)
                return TakenIn(taken.arrival_id, "held")
            transaction.arrivals.give_back(taken, reason, transaction.now + RETRY_AFTER[taken.attempts - 1])
        return TakenIn(taken.arrival_id, "stored")


def _did_not_arrive(report: BounceReport) -> bool:
    """A server that says "failed" has given up (RFC 3464 section 2.3.3), though the address may work another day."""
    return report.action == "failed" or bool(report.permanent)


def _held(reason: str) -> Event:
    return Event(EventKind.ARRIVAL_HELD, reason)
