"""Putting a letter into the outbox, with everything that belongs to it in the same unit of work."""

from __future__ import annotations

from mailbot.cases.answering import TO_STAFF
from mailbot.cases.events import INTAKE, Event, EventKind
from mailbot.cases.states import State
from mailbot.mail import Letter
from mailbot.replies.headers import ComposeError
from mailbot.replies.plan import LetterKind
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.unit_of_work import Transaction

#: The letters without which a case cannot have ended in this state.
_ENDED_BY = {
    State.CLOSED_NO_REPLY: (LetterKind.INFO_REQUEST, LetterKind.REMINDER, LetterKind.CLOSED_NO_REPLY),
    State.RESOLVED: (LetterKind.RESOLUTION,),
}


def post(
    transaction: Transaction, writer: Writer, case_id: int, occasion: Occasion, cause: str, actor: str = INTAKE
) -> Letter | None:
    """Compose a letter about a case and put it in the outbox; None when none was composed.

    That is so when this cause had its letter already, or when it could not be composed, which the case then tells.
    An information request begins a new round. The caller commits.
    """
    try:
        letter = writer.write(occasion)
    except ComposeError as error:
        withheld(transaction, case_id, occasion.kind, str(error))
        return None
    letter_id = transaction.outbox.add(letter, case_id, cause)
    if letter_id is None:
        return None
    event = Event(EventKind.LETTER_COMPOSED, f"{letter.kind}, because of {cause.partition(' ')[0]}", actor)
    transaction.history.add_events([event], case_id=case_id, letter_id=letter_id)
    if occasion.kind is LetterKind.INFO_REQUEST:
        transaction.cases.asked(case_id, letter_id)
        asked = Event(EventKind.INFORMATION_ASKED, ", ".join(occasion.missing), actor)
        transaction.history.add_events([asked], case_id=case_id, letter_id=letter_id)
    return letter


def withheld(transaction: Transaction, case_id: int, kind: str, why: str) -> None:
    """Tell in the case's history why a letter that it called for was not composed.

    Who was not asked cannot be late: without its request no clock runs, and staff must look.
    """
    event = Event(EventKind.LETTER_WITHHELD, f"{kind}: {why}")
    transaction.history.add_events([event], case_id=case_id)
    if kind == LetterKind.INFO_REQUEST:
        unasked = f"what is missing was not asked for ({why})"
        transaction.cases.ask_review(case_id, [unasked])
        stop_clock(transaction, case_id, unasked)


def take_back(transaction: Transaction, case_id: int, kind: str) -> None:
    """Cancel the letters of a kind that have not gone out yet."""
    for letter_id in transaction.outbox.cancel(case_id, kind):
        event = Event(EventKind.LETTER_CANCELLED, kind)
        transaction.history.add_events([event], case_id=case_id, letter_id=letter_id)


def stop_clock(transaction: Transaction, case_id: int, why: str, letter_id: int | None = None) -> None:
    """The case goes on waiting, but is neither reminded nor closed before staff have looked."""
    transaction.cases.stop_clock(case_id, why)
    stopped = Event(EventKind.CLOCK_STOPPED, why)
    transaction.history.add_events([stopped], case_id=case_id, letter_id=letter_id)


def not_delivered(transaction: Transaction, case_id: int, letter_id: int, kind: str) -> None:
    """A letter of this case will not reach its reader: staff must look, and a clock that it started stops.

    A case that ended with that letter, or because nothing came in answer to it, has not ended well: it is opened
    again for staff (PAINS 31). A letter to staff concerns no case (PAINS 26).
    """
    if kind in TO_STAFF:
        return
    why = f"the {kind} could not be delivered"
    transaction.cases.ask_review(case_id, [why])
    file = transaction.cases.lock(case_id)
    if file.state is State.AWAITING_SENDER and file.request_id == letter_id:
        stop_clock(transaction, case_id, why, letter_id)
    elif kind in _ENDED_BY.get(file.state, ()) and (kind != LetterKind.INFO_REQUEST or file.request_id == letter_id):
        transaction.cases.enter(case_id, State.AWAITING_STAFF)
        reopened = Event(EventKind.CASE_REOPENED, why)
        transaction.history.add_events([reopened], case_id=case_id, letter_id=letter_id)
