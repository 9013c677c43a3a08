"""Telling somebody of the staff what their mail did: one command_result, without content of any case."""

from __future__ import annotations

from mailbot.cases.answering import FAILED_A_DAY, affordable
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import Event, EventKind
from mailbot.cases.people import Person
from mailbot.knowing import Read
from mailbot.mail import Verdict
from mailbot.replies.headers import ComposeError, references_for
from mailbot.replies.plan import LetterKind, Transcript
from mailbot.replies.posting import post
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.cases import OpenedCase
from mailbot.store.unit_of_work import Transaction


class Telling:
    """Writes command_results; the caller commits."""

    def __init__(self, rules: DeskRules, writer: Writer) -> None:
        self._rules, self._writer = rules, writer

    def tell(
        self, transaction: Transaction, read: Read, person: Person, case: OpenedCase | None, transcript: Transcript
    ) -> tuple[tuple[str, str], ...]:
        """The letter to this person's address in the directory; () where the budgets or the way in forbid it.

        Who is only named by a mail that nothing proves hears of it twice a day, and of none that is known to be false.
        """
        if read.taken.silent or read.authenticity.verdict is Verdict.FAIL:
            return ()
        spent = transaction.outbox.spent(person.address, None, None)
        proven = read.authenticity.verdict is Verdict.PASS
        if affordable(person.address, spent, self._rules.budgets).to is None:
            return ()
        if not proven and spent.address_today >= FAILED_A_DAY:
            return ()
        return self._write(transaction, read, person, case, transcript)

    def _write(
        self, transaction: Transaction, read: Read, person: Person, case: OpenedCase | None, transcript: Transcript
    ) -> tuple[tuple[str, str], ...]:
        cause = f"arrival {read.taken.arrival_id}"
        occasion = self._occasion(transaction, read, person, case, transcript)
        if case is not None:
            letter = post(transaction, self._writer, case.case_id, occasion, cause)
            return ((letter.kind, letter.to.address),) if letter else ()
        try:
            written = self._writer.write(occasion)
        except ComposeError as error:
            why = Event(EventKind.LETTER_WITHHELD, f"{occasion.kind}: {error}")
            transaction.history.add_events([why], arrival_id=read.taken.arrival_id)
            return ()
        transaction.outbox.add(written, None, cause)
        return ((written.kind, written.to.address),)

    def _occasion(
        self, transaction: Transaction, read: Read, person: Person, case: OpenedCase | None, transcript: Transcript
    ) -> Occasion:
        file = transaction.cases.read(transaction.cases.current(case.case_id)) if case else None
        return Occasion(
            kind=LetterKind.COMMAND_RESULT,
            to=person.address,
            case_number=case.number if case else "",
            at=transaction.now,
            language=person.language,
            rules=self._rules.playbook.rules(None),
            sure=False,
            in_reply_to=read.message.message_id,
            references=references_for(read.message),
            state=file.state if file else "",
            transcript=transcript,
        )
