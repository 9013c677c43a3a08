"""Splitting a case: its last message becomes a case of its own, as if it had never been taken for a part of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import of_understanding
from mailbot.cases.lifecycle import UNSURE, Link, Relation, sure_rules
from mailbot.cases.matching import Origin
from mailbot.cases.people import of_message
from mailbot.cases.states import State
from mailbot.cases.understanding import Understanding
from mailbot.casework.acts import Act, Done, Letters
from mailbot.classify.sending import sent_at
from mailbot.classify.understand import SentMessage
from mailbot.errors import UsageError
from mailbot.ingest.parse import parse
from mailbot.mail import Kind, Message
from mailbot.replies.plan import LetterKind
from mailbot.store.case_file import CaseContent
from mailbot.store.cases import NewCase, OpenedCase
from mailbot.store.messages import LastMessage
from mailbot.store.unit_of_work import Transaction

Understand = Callable[[Sequence[SentMessage]], list[Understanding]]
_LOOK_AT_VALUES = "its last message became case {number}: look at what came in by it"


class Splitting:
    """Makes two cases of one; the caller commits."""

    def __init__(self, rules: DeskRules, letters: Letters, understand: Understand) -> None:
        self._rules, self._letters, self._understand = rules, letters, understand

    def split(self, act: Act) -> Done:
        """The last message goes; what the case has learned from it stays, and staff are asked to look at that."""
        transaction, file = act.transaction, act.file
        last = transaction.messages.last_of_a_person(file.case_id)
        if last is None or last.is_only:
            raise UsageError(f"case {file.number} has one message, and nothing to split off")
        recorded = transaction.arrivals.recorded(last.arrival_id)
        message = parse(recorded.raw)
        sent = SentMessage(message, Kind.INQUIRY, sent_at(message, recorded.received_at))
        case = self._open(transaction, message, *self._understand([sent]))
        self._move(transaction, act, last, case, message)
        transaction.cases.ask_review(file.case_id, [_LOOK_AT_VALUES.format(number=case.number)])
        new = act.on(transaction.cases.lock(case.case_id))
        letters = self._letters.write(replace(new, cause=f"{act.cause} split"), LetterKind.ACKNOWLEDGMENT)
        return replace(act.done(file.state, letters), remarks=(f"its last message is case {case.number} now",))

    def _open(self, transaction: Transaction, message: Message, understanding: Understanding) -> OpenedCase:
        """Nothing is asked for by itself: staff have just looked at this message."""
        rules = sure_rules(understanding, self._rules.playbook)
        named, calendar = rules or self._rules.playbook.rules(None), self._rules.calendar
        return transaction.cases.open(
            NewCase(
                day=calendar.day_of(transaction.now),
                category=named.code,
                confidence=understanding.confidence,
                team=named.team,
                language=understanding.language,
                state=State.AWAITING_STAFF,
                answer_due=deadline(transaction.now, named.answer_within, calendar),
                missing=understanding.missing,
                review=() if rules else (UNSURE,),
                content=CaseContent(
                    message.subject,
                    of_understanding(understanding),
                    understanding.because,
                    understanding.alternatives,
                ),
            )
        )

    def _move(self, transaction: Transaction, act: Act, last: LastMessage, case: OpenedCase, message: Message) -> None:
        """The message, its id and its people; a later answer to it finds the new case."""
        old = act.file
        transaction.messages.move(last.row_id, case.case_id)
        transaction.arrivals.move(last.arrival_id, case.case_id)
        transaction.threads.forget(old.case_id, Origin.THEIRS, message.message_id)
        transaction.threads.remember(case.case_id, {Origin.THEIRS: [message.message_id]})
        transaction.history.add_correspondents(case.case_id, of_message(message, self._rules.own))
        transaction.history.add_links(case.case_id, [Link(old.case_id, old.number, Relation.SPLIT_FROM)])
        opened = Event(EventKind.CASE_OPENED, f"split from {old.number}", act.actor)
        transaction.history.add_events([opened], case_id=case.case_id, arrival_id=last.arrival_id)
        gone = Event(EventKind.CASE_SPLIT, f"its last message is case {case.number} now", act.actor)
        transaction.history.add_events([gone], case_id=old.case_id)
