"""What time does to a case: it starts the clock, reminds, and closes for want of a reply, on proof only.

Each case is a unit of work of its own, with its row held: a reply that is taken in at the same moment comes either
before or after, and two sweeps at once do everything once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.cases.answering import affordable
from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import CLOCK, Event, EventKind
from mailbot.cases.proof import Standing, prove
from mailbot.cases.rules import CategoryRules
from mailbot.cases.schedule import prolonged, reminders
from mailbot.cases.states import Happening, State, following
from mailbot.clock import JUMP, set_lately
from mailbot.mail import Letter
from mailbot.replies.plan import LetterKind
from mailbot.replies.posting import post, stop_clock
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.case_file import CaseFile
from mailbot.store.clocks import ClockGuard
from mailbot.store.due import DueCase
from mailbot.store.evidence import FedBy, reminder_cause
from mailbot.store.outbox import ClaimedLetter
from mailbot.store.unit_of_work import Store, Transaction

#: A closing that waits for longer is something for staff to look at; it is never forced.
PATIENCE = timedelta(days=3)
_WAITED_LONG = "its deadline has passed and it cannot be closed: the history says what is lacking"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that is past its deadline and was not closed, with the proof that is lacking."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    reminded: int = 0
    closed: int = 0
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at an overdue case came to: closed, or why not (both empty: it is no longer due)."""

    closed: bool = False
    why: str | None = None


class Timekeeper:
    """The sweeps, and what the acceptance of a letter starts."""

    def __init__(self, store: Store, rules: DeskRules, writer: Writer, fed_by: FedBy, guard: ClockGuard) -> None:
        self._store, self._rules, self._writer = store, rules, writer
        self._fed_by, self._guard = fed_by, guard
        self._began_at = store.now()

    def letter_sent(self, transaction: Transaction, claimed: ClaimedLetter) -> None:
        """The outgoing server has accepted a letter: a request starts the clock of its case, which counts from now."""
        if claimed.case_id is None or claimed.letter.kind not in (LetterKind.INFO_REQUEST, LetterKind.REMINDER):
            return
        file = transaction.cases.lock(claimed.case_id)
        if file.state is not State.AWAITING_SENDER or file.clock_stopped:
            return
        if claimed.letter_id == file.request_id:
            self._start(transaction, file)
        elif claimed.letter.kind == LetterKind.REMINDER and file.reply_due:
            self._prolong(transaction, file, file.reply_due, claimed.first_due_at)

    def sweep(self, stop: Callable[[], bool] = lambda: False) -> Swept:
        """Remind and close whatever is due now; what was done when `stop` turns true."""
        wrong = self._clock_fault()
        if wrong:
            return Swept(waiting=tuple(Waiting(case.number, wrong) for case in self._due_closings(stop)))
        reminded = sum(self._remind(case) for case in self._due_reminders(stop))
        seen = [(case.number, self._consider(case)) for case in self._due_closings(stop)]
        return Swept(
            reminded=reminded,
            closed=sum(each.closed for _, each in seen),
            waiting=tuple(Waiting(number, each.why) for number, each in seen if each.why),
        )

    def lacking(self, transaction: Transaction, case_id: int) -> str | None:
        """What keeps a case open although its deadline has passed; None where nothing does, or it has not passed."""
        file = transaction.cases.read(case_id)
        if not _is_overdue(file, transaction.now):
            return None
        return prove(transaction.evidence.of(file, self._standing(transaction, began_at=None)))

    # The clock of a request.

    def _start(self, transaction: Transaction, file: CaseFile) -> None:
        rules, now = self._rules_of(file), self._latest(transaction)
        reply_due = deadline(now, rules.reply_within, self._rules.calendar)
        stands = reminders(now, reply_due, rules, self._rules.calendar, now)
        transaction.cases.start_clock(file.case_id, reply_due, stands.next_at)
        self._tell(transaction, file, EventKind.CLOCK_STARTED, f"a reply is due by {self._day(reply_due)}")

    def _prolong(self, transaction: Transaction, file: CaseFile, reply_due: datetime, written_at: datetime) -> None:
        later = prolonged(reply_due, written_at, transaction.now, self._rules.calendar)
        if later > reply_due:
            transaction.cases.prolong(file.case_id, later)
            why = f"a reply is due by {self._day(later)}, since the reminder went out late"
            self._tell(transaction, file, EventKind.CLOCK_STARTED, why)

    # Reminding.

    def _remind(self, case: DueCase) -> bool:
        """Send the reminder that is due; several that were due while nobody looked are one."""
        with self._store.writing() as transaction:
            file = transaction.cases.lock(case.case_id)
            if not _is_reminder_due(file, transaction.now) or self._set_lately(transaction):
                return False
            assert file.request_id is not None and file.reply_due is not None
            asked_at = transaction.outbox.sent_at(file.request_id) or transaction.now
            stands = reminders(asked_at, file.reply_due, self._rules_of(file), self._rules.calendar, transaction.now)
            if stands.due <= file.reminders:
                transaction.cases.reminded(file.case_id, file.reminders, stands.next_at)
                return False
            if transaction.evidence.reminder_waits(file):
                # The outgoing server is away: the one that waits says what this one would (ATTACKS F33).
                transaction.cases.reminded(file.case_id, stands.due, stands.next_at)
                return False
            request = transaction.outbox.content(file.request_id)
            if self._afford(transaction, request):
                return False
            cause = reminder_cause(file.request_id, stands.due)
            if not self._post(transaction, file, request, LetterKind.REMINDER, cause):
                return False
            transaction.cases.reminded(file.case_id, stands.due, stands.next_at)
            return True

    # Closing.

    def _consider(self, case: DueCase) -> _Seen:
        """Look first without holding the case: most that wait today waited yesterday, for the same reason."""
        with self._store.reading() as transaction:
            file = transaction.cases.read(case.case_id)
            why = prove(transaction.evidence.of(file, self._standing(transaction, began_at=self._began_at)))
            told = transaction.due.reason_told(case.case_id)
            known = why == told and (_WAITED_LONG in file.review or not self._waited_long(case, transaction.now))
        return _Seen(why=why) if why and known else self._close(case)

    def _close(self, case: DueCase) -> _Seen:
        """Close with the proof made anew while the case is held, or write down what is lacking."""
        with self._store.writing() as transaction:
            file = transaction.cases.lock(case.case_id)
            if not _is_overdue(file, transaction.now):
                return _Seen()
            standing = self._standing(transaction, began_at=self._began_at)
            why = prove(transaction.evidence.of(file, standing)) or self._end(transaction, file)
            if why is None:
                return _Seen(closed=True)
            if why != transaction.due.reason_told(file.case_id):
                self._tell(transaction, file, EventKind.CLOSING_WAITED, why)
            if self._waited_long(case, transaction.now):
                transaction.cases.ask_review(file.case_id, [_WAITED_LONG])
            return _Seen(why=why)

    def _end(self, transaction: Transaction, file: CaseFile) -> str | None:
        """Close the case and write to the sender; or why that letter cannot be written, for no case ends in silence."""
        assert file.request_id is not None and file.reply_due is not None
        request = transaction.outbox.content(file.request_id)
        short = self._afford(transaction, request)
        if short:
            return f"the letter that tells of it has to wait: {short}"
        cause = f"closing of request {file.request_id}"
        if not self._post(transaction, file, request, LetterKind.CLOSED_NO_REPLY, cause):
            return "the letter that tells of it could not be written: the history says why"
        state = following(file.state, Happening.TIME_RAN_OUT)
        assert state is not None
        transaction.cases.enter(file.case_id, state)
        why = f"no reply had come by {self._day(file.reply_due)}, and nothing is lacking in the proof"
        self._tell(transaction, file, EventKind.CASE_CLOSED, why)
        return None

    # What both need.

    def _due_reminders(self, stop: Callable[[], bool]) -> Iterator[DueCase]:
        return self._pages(lambda transaction, after: transaction.due.reminders(after), stop)

    def _due_closings(self, stop: Callable[[], bool]) -> Iterator[DueCase]:
        return self._pages(lambda transaction, after: transaction.due.closings(after), stop)

    def _pages(
        self, page_of: Callable[[Transaction, DueCase | None], list[DueCase]], stop: Callable[[], bool]
    ) -> Iterator[DueCase]:
        """Page by page, each read anew: what was done drops out, what waits is passed by."""
        last: DueCase | None = None
        while not stop():
            with self._store.reading() as transaction:
                page = page_of(transaction, last)
            if not page:
                return
            for last in page:
                if stop():
                    return
                yield last

    def _post(self, transaction: Transaction, file: CaseFile, request: Letter, kind: LetterKind, cause: str) -> bool:
        """A letter to whom the request went; False when it cannot be written, and then the clock stands."""
        rules = self._rules_of(file)
        occasion = Occasion(
            kind=kind,
            to=request.to,
            case_number=file.number,
            at=transaction.now,
            language=request.language,
            rules=rules,
            sure=file.confidence >= rules.confidence,
            missing=file.missing,
            reply_due=file.reply_due,
            in_reply_to=request.message_id,
        )
        if post(transaction, self._writer, file.case_id, occasion, cause, CLOCK):
            return True
        stop_clock(transaction, file.case_id, f"the {kind} could not be written")
        transaction.cases.ask_review(file.case_id, [f"the {kind} could not be written"])
        return False

    def _afford(self, transaction: Transaction, request: Letter) -> str:
        """Why no letter may go to this address now; "" when one may."""
        spent = transaction.outbox.spent(request.to, None, None)
        answer = affordable(request.to, spent, self._rules.budgets)
        return "" if answer.to else answer.because

    def _clock_fault(self) -> str:
        """What is wrong with the clock, so that nothing may be done by it this time (ATTACKS F41)."""
        with self._store.writing() as transaction:
            self._guard.look(transaction.clocks)
            transaction.clocks.bring_back()
            self._began_at = min(self._began_at, transaction.now)
            return self._set_lately(transaction) or (_differs(transaction) if self._guard.watches else "")

    def _set_lately(self, transaction: Transaction) -> str:
        """That the clock was set and is not believed yet; "" where it is."""
        record = self._guard.standing(transaction.clocks, transaction.now)
        return set_lately(record, self._rules.calendar.zone)

    def _latest(self, transaction: Transaction) -> datetime:
        """Now, or later where the clock was set back and is not believed: a deadline must never come too early."""
        return self._guard.standing(transaction.clocks, transaction.now).latest(transaction.now)

    def _standing(self, transaction: Transaction, *, began_at: datetime | None) -> Standing:
        year, wrong = self._rules.calendar.unknown_year(transaction.now), self._set_lately(transaction)
        return transaction.evidence.standing(self._fed_by, began_at=began_at, clock=wrong, year=year)

    def _waited_long(self, case: DueCase, now: datetime) -> bool:
        return now - case.due_at > PATIENCE

    def _rules_of(self, file: CaseFile) -> CategoryRules:
        return self._rules.playbook.rules(file.category)

    def _tell(self, transaction: Transaction, file: CaseFile, kind: EventKind, why: str) -> None:
        transaction.history.add_events([Event(kind, why, CLOCK)], case_id=file.case_id)

    def _day(self, moment: datetime) -> str:
        return f"the end of {self._rules.calendar.day_of(moment):%Y-%m-%d}"


def _is_reminder_due(file: CaseFile, now: datetime) -> bool:
    waits = file.state is State.AWAITING_SENDER and file.merged_into is None and not file.clock_stopped
    due = file.remind_at is not None and file.remind_at <= now
    return waits and due and file.request_id is not None and file.reply_due is not None and now < file.reply_due


def _is_overdue(file: CaseFile, now: datetime) -> bool:
    waits = file.state is State.AWAITING_SENDER and file.merged_into is None
    return waits and file.reply_due is not None and file.reply_due < now


def _differs(transaction: Transaction) -> str:
    if abs(transaction.evidence.database_ahead()) > JUMP:
        return "the clocks of this machine and of the database differ by more than five minutes: set them right"
    return ""
