"""Where a mail of staff goes: logged on the case of the person it went to, taken in for whom it forwards, or noted."""

from __future__ import annotations

from mailbot.cases.desk import DeskRules
from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import of_understanding
from mailbot.cases.lifecycle import UNSURE, sure_rules
from mailbot.cases.matching import Origin
from mailbot.cases.people import Correspondent, Permission, Role
from mailbot.cases.states import State
from mailbot.ingest.attachments import refused
from mailbot.intake import Settle
from mailbot.keeping import REFERENCES_KEPT
from mailbot.mail import Address, Kind, Screening
from mailbot.replies.plan import Became
from mailbot.staff_mail.reading import written_to
from mailbot.staff_mail.theirs import Placed, StaffMessage
from mailbot.store.case_file import CaseContent
from mailbot.store.cases import NewCase, OpenedCase
from mailbot.store.messages import COMMANDS, LOGGED, NOTE, NewMessage

_MAY_NOT_LOG = "You are not permitted to log mail on cases: nothing was logged."
_MAY_NOT_NOTE = "You are not permitted to keep notes on cases: nothing was noted."
_NO_CASE = (
    "It names no case and nobody outside. Answer a letter of the case, write its number into the subject, forward "
    "the inquiry, or write to the person with the desk in copy."
)
_WHOSE = (
    "It is not sure whose inquiry you forwarded: {doubt}. Nobody outside is on the case yet. Answer this letter with "
    "that mail attached as a file, or write to the person with the desk in copy."
)


class Placing:
    """Keeps mails of staff where they belong; the caller commits."""

    def __init__(self, rules: DeskRules) -> None:
        self._rules = rules

    def place(self, mail: StaffMessage, settle: Settle) -> Placed:
        """Keep the mail. `settle` takes what is forwarded in, as it would its sender's own mail."""
        if mail.match.conflict:
            numbers = " and ".join(case.number for case in mail.match.possible)
            return self._without_case(mail, f"It names more than one case: {numbers}. Name one, and send it anew.")
        outside = self._outside(mail)
        forwarded = None if outside else self._foreign(mail)
        if (outside or forwarded) and not mail.person.may(Permission.LOG):
            return self._without_case(mail, _MAY_NOT_LOG)
        if outside:
            return self._log(mail, outside)
        if forwarded:
            return self._forwarded(mail, settle)
        return self._note(mail)

    def _outside(self, mail: StaffMessage) -> tuple[Address, ...]:
        people = written_to(mail.read.message, self._rules.own, frozenset())
        ours = mail.transaction.directory.staff_among(people)
        return tuple(address for address in people if address.key not in ours)

    def _foreign(self, mail: StaffMessage) -> bool:
        """Whether it forwards what somebody outside wrote, or may have written; our own letters are no inquiries."""
        forwarded = mail.read.forwarded
        inquiry = forwarded.inquiry if forwarded else None
        if inquiry is None or inquiry.sender is None:
            return forwarded is not None
        own = self._rules.own.owns(inquiry.sender.address)
        return not own and not mail.transaction.directory.is_active_staff(inquiry.sender)

    # To somebody outside.

    def _log(self, mail: StaffMessage, outside: tuple[Address, ...]) -> Placed:
        case, outcome = self._case(mail)
        self._add_people(mail, case, outside)
        self._keep(mail, case, LOGGED)
        self._tell(mail, case, EventKind.MESSAGE_LOGGED, f"to {len(outside)} outside")
        return Placed(case, outcome, Became.LOGGED)

    def _case(self, mail: StaffMessage, review: tuple[str, ...] = ()) -> tuple[OpenedCase, str]:
        """The case that the mail names, or a new one; nothing is asked for by itself."""
        if mail.match.case is not None:
            file = mail.transaction.cases.lock(mail.match.case.case_id)
            mail.transaction.cases.ask_review(file.case_id, review)
            return OpenedCase(file.case_id, file.number), "appended"
        understanding, transaction = mail.read.understanding, mail.transaction
        sure = sure_rules(understanding, self._rules.playbook)
        rules = sure or self._rules.playbook.rules(None)
        case = transaction.cases.open(
            NewCase(
                day=self._rules.calendar.day_of(transaction.now),
                category=rules.code,
                confidence=understanding.confidence,
                team=rules.team,
                language=understanding.language,
                state=State.AWAITING_STAFF,
                answer_due=None,
                missing=understanding.missing if sure else (),
                review=review if sure else (*review, UNSURE),
                content=CaseContent(
                    mail.read.message.subject,
                    of_understanding(understanding),
                    understanding.because,
                    understanding.alternatives,
                ),
            )
        )
        self._tell(mail, case, EventKind.CASE_OPENED, "by a mail of staff")
        return case, "case_opened"

    def _add_people(self, mail: StaffMessage, case: OpenedCase, outside: tuple[Address, ...]) -> None:
        """The first is the reader of the case where it has none; the others may answer, and get no letter."""
        history = mail.transaction.history
        has_reader = any(person.role is not Role.COPIED for person in history.correspondents(case.case_id))
        people = [Correspondent(address, Role.COPIED) for address in outside]
        if not has_reader:
            people[0] = Correspondent(outside[0], Role.UNKNOWN)
        history.add_correspondents(case.case_id, people)

    # What somebody outside wrote, forwarded.

    def _forwarded(self, mail: StaffMessage, settle: Settle) -> Placed:
        forwarded = mail.read.forwarded
        assert forwarded is not None
        if forwarded.inquiry is None:
            return self._ask_whose(mail, forwarded.doubt)
        theirs = Screening(Kind.INQUIRY, ("staff forwarded it",))
        settled = settle(mail.transaction, mail.with_message(forwarded.inquiry, theirs), mail.match)
        found = mail.transaction.cases.find(settled.case_number or "")
        case = OpenedCase(found, settled.case_number or "") if found is not None else None
        if case is not None:
            self._remember(mail, case)
            self._tell(mail, case, EventKind.MESSAGE_LOGGED, "forwarded")
        return Placed(case, settled.outcome, Became.FORWARDED, letters=settled.letters, settled=True)

    def _ask_whose(self, mail: StaffMessage, doubt: str) -> Placed:
        case, outcome = self._case(mail, (f"whose inquiry it is is not sure: {doubt}",))
        self._keep(mail, case, NOTE)
        self._tell(mail, case, EventKind.MESSAGE_LOGGED, f"forwarded; {doubt}")
        return Placed(case, outcome, Became.KEPT, (_WHOSE.format(doubt=doubt),))

    # To the desk alone.

    def _note(self, mail: StaffMessage) -> Placed:
        has_commands = not mail.script.is_empty
        if mail.match.case is None:
            return self._without_case(mail, "" if has_commands else _NO_CASE)
        if not has_commands and not mail.person.may(Permission.NOTE):
            return self._without_case(mail, _MAY_NOT_NOTE)
        case, outcome = self._case(mail)
        self._keep(mail, case, COMMANDS if has_commands else NOTE)
        if not has_commands:
            self._tell(mail, case, EventKind.NOTE_ADDED, "")
        return Placed(case, outcome, Became.KEPT if has_commands else Became.NOTED)

    def _without_case(self, mail: StaffMessage, reason: str) -> Placed:
        self._keep(mail, None, NOTE)
        return Placed(None, "stored", Became.KEPT, (reason,) if reason else ())

    # What all need.

    def _keep(self, mail: StaffMessage, case: OpenedCase | None, kind: str) -> None:
        read = mail.read
        turned_away = refused(read.message.attachments, self._rules.playbook.attachments)
        mail.transaction.messages.add(
            NewMessage(
                arrival_id=read.taken.arrival_id,
                case_id=case.case_id if case else None,
                message=read.message,
                screening=read.screening,
                trust=mail.match.trust,
                received_at=read.taken.received_at,
                refused=tuple((file.part, file.why) for file in turned_away),
                kind=kind,
            )
        )
        if case is not None:
            self._remember(mail, case)

    def _remember(self, mail: StaffMessage, case: OpenedCase) -> None:
        """Let an answer to this mail, or the mail that it answers, find the case."""
        message, threads = mail.read.message, mail.transaction.threads
        referenced = (*message.in_reply_to, *message.references[::-1])[:REFERENCES_KEPT]
        threads.remember(case.case_id, {Origin.OURS: [message.message_id], Origin.REFERENCED: referenced})

    def _tell(self, mail: StaffMessage, case: OpenedCase, event: EventKind, why: str) -> None:
        mail.transaction.cases.touch(case.case_id)
        mail.transaction.history.add_events(
            [Event(event, why, mail.actor)], case_id=case.case_id, arrival_id=mail.read.taken.arrival_id
        )
