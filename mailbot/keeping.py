"""Carrying out a disposition: all that a message changes about its case, in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mailbot.cases.answering import (
    Answer,
    Spent,
    gate,
    instead,
    within_budget,
    within_doubtful_budget,
    within_unaligned_budget,
)
from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import of_understanding
from mailbot.cases.lifecycle import STATUS, UNSURE, Action, Disposition, Link, Relation, sure_rules
from mailbot.cases.matching import Match, Origin
from mailbot.cases.people import Correspondent, Role, of_message
from mailbot.cases.proof import may_belong_here
from mailbot.cases.return_path import unaligned_path
from mailbot.cases.schedule import put_off
from mailbot.cases.states import State
from mailbot.classify.absence import back_on
from mailbot.ingest.attachments import Refused, refused
from mailbot.knowing import Known, Read
from mailbot.mail import Address, Kind, Verdict
from mailbot.replies.headers import references_for
from mailbot.replies.plan import LetterKind, RefusedFile
from mailbot.replies.posting import post, take_back, withheld
from mailbot.replies.status import of_case, of_cases, tell
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.case_file import CaseContent, CaseFile
from mailbot.store.cases import NewCase, OpenedCase
from mailbot.store.messages import NewMessage
from mailbot.store.unit_of_work import Transaction

#: Of the ids that a message refers to, the nearest ones are kept for finding its case.
REFERENCES_KEPT = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written: the case, if the message has one, and (kind, address) of the letters."""

    case: OpenedCase | None
    missing: tuple[str, ...] = ()
    letters: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class Keeper:
    """Carries out dispositions; the caller commits."""

    def __init__(self, rules: DeskRules, writer: Writer) -> None:
        self._rules, self._writer = rules, writer

    def keep(
        self, transaction: Transaction, read: Read, match: Match, before: Known | None, disposition: Disposition
    ) -> Kept:
        """Write everything; what is raised undoes all of it."""
        turned_away = refused(read.message.attachments, self._rules.playbook.attachments)
        arrival_id = read.taken.arrival_id
        if disposition.action is Action.DISCARD or (disposition.action is not Action.OPEN and before is None):
            transaction.history.add_events(disposition.events, arrival_id=arrival_id)
            self._add_message(transaction, read, match, None, turned_away)
            return Kept(None, letters=self._tell(transaction, read, disposition))
        if disposition.action is Action.OPEN:
            kept = self._open(transaction, read, before, disposition)
        else:
            assert before is not None
            kept = self._continue(transaction, read, before, disposition)
        case = kept.case
        assert case is not None
        transaction.history.add_events(disposition.events, case_id=case.case_id, arrival_id=arrival_id)
        self._add_message(transaction, read, match, case, turned_away)
        return replace(kept, letters=self._answer(transaction, read, before, disposition, kept, turned_away))

    def _open(self, transaction: Transaction, read: Read, before: Known | None, disposition: Disposition) -> Kept:
        understanding = read.understanding
        if disposition.takes_over and before is not None:
            category, confidence = before.file.category, before.file.confidence
            facts, now_missing = before.learned.facts, before.lacking
            subject = before.file.content.subject
        else:
            rules = sure_rules(understanding, self._rules.playbook)
            category, confidence = (rules or self._rules.playbook.rules(None)).code, understanding.confidence
            facts, now_missing = of_understanding(understanding), understanding.missing
            subject = read.message.subject
        rules, calendar = self._rules.playbook.rules(category), self._rules.calendar
        case = transaction.cases.open(
            NewCase(
                day=calendar.day_of(transaction.now),
                category=category,
                confidence=confidence,
                team=rules.team,
                language=understanding.language,
                state=disposition.state or State.AWAITING_STAFF,
                answer_due=deadline(transaction.now, rules.answer_within, calendar),
                missing=now_missing,
                review=disposition.review,
                content=CaseContent(subject, facts, understanding.because, understanding.alternatives),
            )
        )
        self._link(transaction, read, case, disposition.links)
        if disposition.joins and before is not None:
            return self._join(transaction, read, case, before)
        return Kept(case, now_missing)

    def _join(self, transaction: Transaction, read: Read, case: OpenedCase, before: Known) -> Kept:
        """Make the new case one piece of work with the case that it repeats: what names the one finds the other."""
        file = before.file
        transaction.cases.learn(file, before.learned.facts, before.lacking)
        if file.state is State.AWAITING_SENDER and not before.lacking:
            transaction.cases.enter(file.case_id, State.AWAITING_STAFF)
            take_back(transaction, file.case_id, LetterKind.INFO_REQUEST)
        transaction.history.add_correspondents(file.case_id, self._people(transaction, read))
        transaction.cases.merge(case.case_id, file.case_id)
        for case_id, why in ((case.case_id, f"into {file.number}"), (file.case_id, f"{case.number} into this one")):
            merged = Event(EventKind.CASE_MERGED, f"{why}: the same sender says the same")
            transaction.history.add_events([merged], case_id=case_id, arrival_id=read.taken.arrival_id)
        return Kept(case, before.lacking)

    def _link(self, transaction: Transaction, read: Read, case: OpenedCase, links: tuple[Link, ...]) -> None:
        """Link both ways; a message that may belong to another case freezes its closing until staff have looked."""
        transaction.history.add_links(case.case_id, links)
        for link in links:
            related = Event(EventKind.POSSIBLY_RELATED, f"{case.number} {link.relation} this case")
            transaction.history.add_events([related], case_id=link.case_id, arrival_id=read.taken.arrival_id)
            if link.relation is Relation.MAY_BELONG_TO:
                transaction.cases.ask_review(link.case_id, [may_belong_here(case.number)])

    def _name(self, transaction: Transaction, read: Read, before: Known) -> None:
        """The message says what its case is about, which no earlier one did."""
        rules, case_id = before.rules, before.file.case_id
        confidence = read.understanding.confidence
        transaction.cases.recategorize(case_id, rules.code, rules.team, before.lacking, confidence)
        transaction.cases.reviewed(case_id, [UNSURE])
        named = Event(EventKind.CASE_RECATEGORIZED, f"{rules.code}, as a further message says")
        transaction.history.add_events([named], case_id=case_id, arrival_id=read.taken.arrival_id)

    def _continue(self, transaction: Transaction, read: Read, before: Known, disposition: Disposition) -> Kept:
        """What a further message changes about an open case."""
        file = before.file
        case = OpenedCase(file.case_id, file.number)
        if disposition.action is Action.FILE:
            self._note_absence(transaction, read, file)
            return Kept(case, file.missing)
        transaction.cases.learn(file, before.learned.facts, before.lacking)
        if before.named:
            self._name(transaction, read, before)
        transaction.history.add_events(
            [Event(EventKind.VALUE_AMENDED, name) for name in before.learned.amended], case_id=file.case_id
        )
        if disposition.state is not None and disposition.state is not file.state:
            transaction.cases.enter(file.case_id, disposition.state)
            if file.state is State.CLOSED_NO_REPLY:
                take_back(transaction, file.case_id, LetterKind.CLOSED_NO_REPLY)
            if disposition.letter == LetterKind.INFORMATION_RECEIVED:
                within = before.rules.answer_within
                transaction.cases.promise(file.case_id, deadline(transaction.now, within, self._rules.calendar))
        transaction.cases.ask_review(file.case_id, disposition.review)
        return Kept(case, before.lacking)

    def _note_absence(self, transaction: Transaction, read: Read, file: CaseFile) -> None:
        """Somebody who is away is reminded when they are back: nothing else about the case changes (PAINS 25)."""
        if read.screening.kind is not Kind.AUTO_REPLY or file.remind_at is None or file.reply_due is None:
            return
        assert file.request_id is not None
        asked, sender = transaction.outbox.content(file.request_id).to, read.message.sender
        calendar = self._rules.calendar
        back = back_on(read.message.new_text, calendar.day_of(read.taken.received_at))
        if back is None or sender is None or sender.key != asked.key:
            return
        later = put_off(file.remind_at, back, file.reply_due, calendar)
        if later > file.remind_at:
            transaction.cases.remind_later(file.case_id, later)
            why = f"to the end of {back}, because the sender is away until then"
            moved = Event(EventKind.REMINDER_MOVED, why)
            transaction.history.add_events([moved], case_id=file.case_id, arrival_id=read.taken.arrival_id)

    def _add_message(
        self,
        transaction: Transaction,
        read: Read,
        match: Match,
        case: OpenedCase | None,
        turned_away: tuple[Refused, ...],
    ) -> None:
        """The message, its people and its ids, so that what follows finds the case."""
        message = read.message
        transaction.messages.add(
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
        transaction.history.add_correspondents(case.case_id, self._people(transaction, read))
        referenced = (*message.in_reply_to, *message.references[::-1])[:REFERENCES_KEPT]
        transaction.threads.remember(case.case_id, {Origin.THEIRS: [message.message_id], Origin.REFERENCED: referenced})
        transaction.history.add_events(
            [Event(EventKind.ATTACHMENT_REFUSED, f"part {file.part}: {file.why}") for file in turned_away],
            case_id=case.case_id,
            arrival_id=read.taken.arrival_id,
        )

    def _people(self, transaction: Transaction, read: Read) -> tuple[Correspondent, ...]:
        """Who of the mail is on its case: nobody of the desk, and nobody of its staff."""
        people = of_message(read.message, self._rules.own, read.person.role if read.person else Role.UNKNOWN)
        staff = transaction.directory.staff_among([person.address for person in people])
        return tuple(person for person in people if person.address.key not in staff)

    def _answer(
        self,
        transaction: Transaction,
        read: Read,
        before: Known | None,
        disposition: Disposition,
        kept: Kept,
        turned_away: tuple[Refused, ...],
    ) -> tuple[tuple[str, str], ...]:
        """Step 8: the letter that the disposition calls for, if RFC 3834 and the budgets allow one."""
        case = kept.case
        if disposition.letter is None or case is None:
            return ()
        if disposition.letter == STATUS and before is not None:
            case = OpenedCase(before.file.case_id, before.file.number)
        answer = self._allowed(transaction, read, case, before, opens=disposition.action is Action.OPEN)
        if answer.to and any(link.relation is Relation.MAY_BELONG_TO for link in disposition.links):
            answer = within_doubtful_budget(answer, transaction.outbox.doubtful_this_hour(answer.to))
        if answer.to is None:
            withheld(transaction, case.case_id, disposition.letter, answer.because)
            return ()
        occasion = self._occasion(transaction, read, before, disposition, case, answer.to)
        occasion = replace(
            occasion,
            missing=occasion.missing if disposition.letter == STATUS else kept.missing,
            refused=tuple(RefusedFile(file.filename, file.why) for file in turned_away),
        )
        letter = post(transaction, self._writer, case.case_id, occasion, f"arrival {read.taken.arrival_id}")
        if letter and answer.unaligned_path:
            transaction.outbox.count_unaligned(letter.message_id, answer.unaligned_path)
        return ((letter.kind, letter.to.address),) if letter else ()

    def _tell(self, transaction: Transaction, read: Read, disposition: Disposition) -> tuple[tuple[str, str], ...]:
        """The letter about all cases of the sender, where they ask for nothing else."""
        if not disposition.cases:
            return ()
        answer = self._allowed(transaction, read, None, None, opens=False)
        occasion = of_cases(disposition.cases, read.message, transaction.now, self._rules.playbook.rules(None))
        occasion = replace(occasion, to=answer.to or occasion.to, language=read.understanding.language)
        told = tell(transaction, self._writer, answer, occasion, read.taken.arrival_id)
        return ((occasion.kind, occasion.to.address),) if told else ()

    def _allowed(
        self, transaction: Transaction, read: Read, case: OpenedCase | None, before: Known | None, *, opens: bool
    ) -> Answer:
        taken, message = read.taken, read.message
        if taken.silent or read.unanswered:
            return Answer(None, read.unanswered or "it was taken in silently")
        answer = gate(message, taken.envelope, read.screening, self._rules.own, taken.received_at, transaction.now)
        if answer.to is None:
            return answer
        if case is not None and not opens and before is not None and not before.named:
            answer = self._to_the_reader(transaction, answer, answer.to, case)
        if answer.to is None:
            return answer
        spent = transaction.outbox.spent(answer.to, message, None if opens or case is None else case.case_id)
        if opens or case is None:
            answer = self._if_unaligned(transaction, read, answer, spent)
        return within_budget(answer, spent, self._rules.budgets, read.authenticity, opens_case=opens)

    def _if_unaligned(self, transaction: Transaction, read: Read, answer: Answer, spent: Spent) -> Answer:
        """Who opens a case may write in the name of another: then the letter is on the budgets of that too."""
        path = unaligned_path(read.message, read.taken.envelope, self._rules.forwarders)
        if not path or read.authenticity.verdict is Verdict.PASS:
            return answer
        spent = transaction.outbox.unaligned(spent, path)
        answer = replace(answer, unaligned_path=path)
        return within_unaligned_budget(answer, spent, self._rules.budgets, read.authenticity)

    def _to_the_reader(self, transaction: Transaction, answer: Answer, sender: Address, case: OpenedCase) -> Answer:
        """Who was only copied, or is not on the case, gets no letter: it goes to the first who wrote."""
        people = transaction.history.correspondents(case.case_id)
        roles = {person.address.key: person.role for person in people}
        if roles.get(sender.key, Role.COPIED) is not Role.COPIED:
            return answer
        first = next((person.address for person in people if person.role is not Role.COPIED), None)
        return instead(answer, first, self._rules.own)

    def _occasion(
        self,
        transaction: Transaction,
        read: Read,
        before: Known | None,
        disposition: Disposition,
        case: OpenedCase,
        to: Address,
    ) -> Occasion:
        """What the letter is about; the category is named only where it is sure."""
        sure = sure_rules(read.understanding, self._rules.playbook)
        follows = disposition.action is not Action.OPEN or disposition.takes_over or disposition.joins
        if follows and before is not None:
            sure = before.rules
        if disposition.plain:
            sure = None
        rules = sure or self._rules.playbook.rules(None)
        occasion = Occasion(
            kind=LetterKind(disposition.letter or ""),
            to=to,
            case_number=case.number,
            at=transaction.now,
            language=read.understanding.language,
            rules=rules,
            sure=sure is not None,
            reply_due=deadline(transaction.now, rules.reply_within, self._rules.calendar),
            first=disposition.action is Action.OPEN,
            in_reply_to=read.message.message_id,
            references=references_for(read.message),
            contains_ssn=read.understanding.flags.contains_ssn,
            linked_case=next((link.number for link in disposition.links if link.relation is Relation.FOLLOWS), ""),
        )
        if disposition.letter == STATUS and before is not None:
            return of_case(occasion, transaction.cases.read(before.file.case_id))
        return occasion
