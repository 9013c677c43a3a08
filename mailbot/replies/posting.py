"""Putting a letter into the outbox, with everything that belongs to it in the same unit of work."""

from __future__ import annotations

from mailbot.cases.events import Event, EventKind
from mailbot.mail import Letter
from mailbot.replies.headers import ComposeError
from mailbot.replies.plan import LetterKind
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.unit_of_work import Transaction


def post(transaction: Transaction, writer: Writer, case_id: int, occasion: Occasion, cause: str) -> Letter | None:
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
    event = Event(EventKind.LETTER_COMPOSED, f"{letter.kind}, because of {cause.partition(' ')[0]}")
    transaction.history.add_events([event], case_id=case_id, letter_id=letter_id)
    if occasion.kind is LetterKind.INFO_REQUEST:
        transaction.cases.asked(case_id, letter_id)
        asked = Event(EventKind.INFORMATION_ASKED, ", ".join(occasion.missing))
        transaction.history.add_events([asked], case_id=case_id, letter_id=letter_id)
    return letter


def withheld(transaction: Transaction, case_id: int, kind: str, why: str) -> None:
    """Tell in the case's history why a letter that it called for was not composed."""
    event = Event(EventKind.LETTER_WITHHELD, f"{kind}: {why}")
    transaction.history.add_events([event], case_id=case_id)


def not_delivered(transaction: Transaction, case_id: int, letter_id: int, kind: str) -> None:
    """A letter of this case will not reach its reader: staff must look, and a clock that it started stops."""
    transaction.cases.ask_review(case_id, [f"the {kind} could not be delivered"])
    if transaction.cases.lock(case_id).request_id == letter_id:
        transaction.cases.stop_clock(case_id, f"the {kind} could not be delivered")
        stopped = Event(EventKind.CLOCK_STOPPED, f"the {kind} could not be delivered")
        transaction.history.add_events([stopped], case_id=case_id, letter_id=letter_id)
