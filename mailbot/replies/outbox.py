"""Step 10: send the letters that are due, one try at a time, and note what came of each."""

from __future__ import annotations

import logging
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from mailbot.cases.breaker import REFUSALS, is_about_us
from mailbot.cases.events import DELIVERY, Event, EventKind
from mailbot.failpoints import failpoint
from mailbot.mail import Letter
from mailbot.replies.outcomes import Courier, Later, Outcome, Refused, Sent
from mailbot.replies.posting import not_delivered
from mailbot.replies.retry import next_try, resend_unknown
from mailbot.store.clocks import ClockGuard
from mailbot.store.outbox import LEASE, ClaimedLetter, LetterState, SentLetter
from mailbot.store.owner import has_ended, own_name
from mailbot.store.unit_of_work import Store, Transaction

log = logging.getLogger(__name__)

BATCH = 20


@dataclass(frozen=True, slots=True)
class Ending:
    """How a try ends: the state the letter is in then, and when it is due again."""

    state: LetterState
    due_at: datetime | None = None


def ending(outcome: Outcome, claimed: ClaimedLetter, now: datetime, *, believed: bool = True) -> Ending:
    """What an outcome means for the letter; by a clock that is not `believed` none is old enough to be given up."""
    if isinstance(outcome, Sent):
        return Ending(LetterState.SENT)
    if isinstance(outcome, Refused):
        return Ending(LetterState.REFUSED)
    if isinstance(outcome, Later):
        due_at = next_try(claimed.attempts, claimed.first_due_at if believed else now, now)
        return Ending(LetterState.LATER, due_at) if due_at else Ending(LetterState.REFUSED)
    due_at = resend_unknown(2 if claimed.was_unknown else 1, now)
    return Ending(LetterState.UNKNOWN, due_at) if due_at else Ending(LetterState.HELD)


def _at_once(transaction: Transaction) -> int:
    """How many letters may be tried: none while the breaker stops them, one to see whether that is over."""
    stopped = transaction.breaker.refusing()
    if stopped is None:
        return BATCH
    return 1 if transaction.now >= stopped.until else 0


class Dispatch:
    """Sends what is due through one courier; safe to run on several nodes at once.

    `sent` is told, in the same unit of work, of each letter that the outgoing server has accepted.
    """

    def __init__(
        self,
        store: Store,
        courier: Courier,
        sent: Callable[[Transaction, ClaimedLetter], None] = lambda *_: None,
        guard: ClockGuard | None = None,
    ) -> None:
        self._store, self._courier, self._sent = store, courier, sent
        self._guard = guard or ClockGuard()
        self._owner = own_name(secrets.token_hex(4))
        #: Refusals in a row while this process delivers: the rest of what it has claimed must not run into the same.
        self._refused = 0

    def deliver_due(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Try every letter that is due now, each once; how many were sent."""
        sent = 0
        tried: deque[ClaimedLetter] = deque()
        self._refused = 0
        with closing(self._courier.deliver(self._due(tried, stop))) as outcomes:  # type: ignore[type-var]
            for outcome in outcomes:
                failpoint("outbox.after_answer")
                sent += self._note(tried.popleft(), outcome)
                failpoint("outbox.after_note")
        return sent

    def _due(self, tried: deque[ClaimedLetter], stop: Callable[[], bool]) -> Iterator[Letter]:
        """Claim letters as the courier asks for them; a letter that is handed out stands in `tried`."""
        while not stop():
            with self._store.writing() as transaction:
                transaction.outbox.take_over(has_ended)
                believed = self._believed(transaction)
                for letter in transaction.outbox.hold_exhausted(believed=believed):
                    self._tell_failed(transaction, letter, "the process ended each time while it was sent")
                claimed = transaction.outbox.claim(_at_once(transaction), self._owner, LEASE, believed=believed)
                begun = transaction.now
            if not claimed:
                return
            failpoint("outbox.after_claim")
            for position, each in enumerate(claimed):
                # A claim that is half used up is given back rather than begun.
                if stop() or self._refused >= REFUSALS or self._store.now() - begun > LEASE / 2:
                    self._give_back(claimed[position:])
                    return
                tried.append(each)
                yield each.letter

    def _note(self, claimed: ClaimedLetter, outcome: Outcome) -> bool:
        """One unit of work: the letter's state, the try, and the case's history. True when it was sent."""
        with self._store.writing() as transaction:
            end = ending(outcome, claimed, transaction.now, believed=self._believed(transaction))
            word = type(outcome).__name__.lower()
            if transaction.outbox.note(claimed, end.state, word, outcome.answer, end.due_at):
                failpoint("outbox.in_note")
                self._tell(transaction, claimed, end, outcome)
        if isinstance(outcome, Sent):
            self._refused = 0
        elif isinstance(outcome, Refused):
            self._refused = self._refused + 1 if is_about_us(outcome.answer) else 0
        if end.state is not LetterState.SENT:
            log.info("letter %d: %s", claimed.letter_id, end.state)
        return end.state is LetterState.SENT

    def _believed(self, transaction: Transaction) -> bool:
        """Whether the clock is: one that was just set ends no lease and gives no letter up (ATTACKS F41)."""
        return self._guard.standing(transaction.clocks, transaction.now).believed_at is None

    def _tell(self, transaction: Transaction, claimed: ClaimedLetter, end: Ending, outcome: Outcome) -> None:
        """What staff should know: a letter sent, or one that will not be."""
        kind = claimed.letter.kind
        if end.state is LetterState.SENT:
            event = Event(EventKind.LETTER_SENT, f"{kind}, try {claimed.attempts}", DELIVERY)
            transaction.history.add_events([event], case_id=claimed.case_id, letter_id=claimed.letter_id)
            self._sent(transaction, claimed)
        elif end.state in (LetterState.REFUSED, LetterState.HELD):
            letter = SentLetter(claimed.letter_id, claimed.case_id, kind)
            self._tell_failed(transaction, letter, outcome.answer)

    def _tell_failed(self, transaction: Transaction, letter: SentLetter, why: str) -> None:
        event = Event(EventKind.LETTER_REFUSED, f"{letter.kind}: {why}", DELIVERY)
        if letter.case_id is not None:
            not_delivered(transaction, letter.case_id, letter.letter_id, letter.kind)
        transaction.history.add_events([event], case_id=letter.case_id, letter_id=letter.letter_id)

    def _give_back(self, claimed: list[ClaimedLetter]) -> None:
        with self._store.writing() as transaction:
            for each in claimed:
                state = LetterState.UNKNOWN if each.was_unknown else LetterState.DUE
                transaction.outbox.note(each, state, "not tried", "", transaction.now)
