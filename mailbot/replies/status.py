"""What a letter of the kind "status" tells: how a case stands, and what and whom it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.cases.answering import Answer
from mailbot.cases.events import Event, EventKind
from mailbot.cases.people import Person
from mailbot.cases.rules import CategoryRules, ForeignGroup, Playbook
from mailbot.cases.standing import CaseStanding, is_foreign
from mailbot.cases.states import State
from mailbot.mail import Address, Message
from mailbot.replies.headers import references_for
from mailbot.replies.plan import MOST_LISTED, LetterKind
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Transaction


def of_case(occasion: Occasion, file: CaseFile) -> Occasion:
    """The occasion for a letter about this one case; it names what is missing, too."""
    stands = _standing(file, occasion.at)
    return replace(
        occasion,
        state=file.state,
        missing=file.missing if file.state is State.AWAITING_SENDER else (),
        reply_due=stands.reply_due,
        answer_due=stands.answer_due,
    )


def cases_of(
    transaction: Transaction, sender: Address, claimed: Person | None, playbook: Playbook
) -> tuple[CaseStanding, ...]:
    """How the cases stand that somebody wrote about, one more than a letter lists where there are so many.

    `claimed` is the sender as the directory has them: a producer hears nothing of groups that are not theirs.
    """
    files = transaction.threads.cases_of(sender, MOST_LISTED + 1)
    joined = {file.merged_into for file in files if file.merged_into is not None}
    # Who has not written in the case that theirs was merged into was never told its number.
    own = transaction.threads.written_by(joined, sender)
    return tuple(
        _through_merges(transaction, file)
        for file in files
        if file.merged_into not in own and file.case_id not in joined - own and not _is_foreign(file, claimed, playbook)
    )


def of_cases(cases: tuple[CaseStanding, ...], asked: Message, at: datetime, rules: CategoryRules) -> Occasion:
    """The occasion for a letter that answers a question about several cases; to whom and how is the caller's matter."""
    return Occasion(
        kind=LetterKind.STATUS,
        to=asked.from_[0],
        case_number="",
        at=at,
        language="",
        rules=rules,
        sure=False,
        in_reply_to=asked.message_id,
        references=references_for(asked),
        cases=cases,
    )


def tell(transaction: Transaction, writer: Writer, answer: Answer, occasion: Occasion, arrival_id: int) -> bool:
    """Put a letter about several cases, and so of none, in the outbox; False where none may go out."""
    if answer.to is None:
        event = Event(EventKind.LETTER_WITHHELD, f"{occasion.kind}: {answer.because}")
        transaction.history.add_events([event], arrival_id=arrival_id)
        return False
    letter = writer.write(occasion)
    cause = f"arrival {arrival_id}"
    letter_id = transaction.outbox.add(letter, None, cause)
    if answer.unaligned_path:
        transaction.outbox.count_unaligned(letter.message_id, answer.unaligned_path)
    composed = Event(EventKind.LETTER_COMPOSED, f"{letter.kind}, because of {cause.partition(' ')[0]}")
    transaction.history.add_events([composed], arrival_id=arrival_id, letter_id=letter_id)
    return True


def _standing(file: CaseFile, at: datetime) -> CaseStanding:
    """A date only where one was told and is still to come."""
    waits = file.state is State.AWAITING_SENDER and not file.clock_stopped
    promised = file.answer_due if file.state is State.AWAITING_STAFF else None
    return CaseStanding(
        number=file.number,
        state=file.state,
        opened_at=file.opened_at,
        answer_due=promised if promised and promised >= at else None,
        reply_due=file.reply_due if waits else None,
        ended_at=file.ended_at if file.state.is_final else None,
    )


def _through_merges(transaction: Transaction, file: CaseFile) -> CaseStanding:
    """A case that was merged into somebody else's stands as that one does, without the dates that they were told."""
    if file.merged_into is None:
        return _standing(file, transaction.now)
    now = transaction.cases.read(transaction.cases.current(file.case_id))
    state = now.state if now.state.is_final else State.AWAITING_STAFF
    return replace(_standing(file, transaction.now), state=state, reply_due=None, ended_at=now.ended_at)


def _is_foreign(file: CaseFile, claimed: Person | None, playbook: Playbook) -> bool:
    as_usual = playbook.rules(file.category).foreign_group is ForeignGroup.AS_USUAL
    return claimed is not None and not as_usual and is_foreign(claimed, file.facts)
