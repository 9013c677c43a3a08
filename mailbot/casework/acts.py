"""One act of staff on one case: the case it is about, the state it leads to, and the letter that it calls for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mailbot.cases.answering import deliverable
from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import Event, EventKind
from mailbot.cases.people import Role
from mailbot.cases.states import Happening, State, following
from mailbot.errors import UsageError
from mailbot.mail import Address, Letter
from mailbot.replies.plan import LetterKind, Resolution
from mailbot.replies.posting import post, take_back, withheld
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Transaction

#: What a happening is called where the state of a case forbids it.
_FORBIDDEN = {
    Happening.ASKED: "nothing can be asked for in it",
    Happening.RESOLVED: "it cannot be resolved",
    Happening.CLOSED: "it cannot be closed",
    Happening.WITHDRAWN: "it cannot be withdrawn",
    Happening.REOPENED: "it is open",
    Happening.PROCESSED: "it was not handed over",
}
#: What an act makes untrue, as long as it has not gone out.
OUTDATED = (LetterKind.INFO_REQUEST, LetterKind.REMINDER, LetterKind.CLOSED_NO_REPLY)


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: the case that it was done to, its state, and (kind, address) of the letters.

    The case is the one that the named case was merged into, if it was. `also` are the numbers of the cases that were
    done with it; `remarks` are sentences for whoever acted.
    """

    number: str
    state: State
    letters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    also: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one case, inside its unit of work. `actor` is who does it; `cause` makes its letters unique."""

    transaction: Transaction
    file: CaseFile
    actor: str
    cause: str
    happening: Happening | None = None

    def on(self, file: CaseFile) -> Act:
        """The same act on another case, or on this one as it is now."""
        return replace(self, file=file)

    def done(self, state: State, letters: tuple[tuple[str, str], ...] = ()) -> Done:
        return Done(self.file.number, state, letters)


def begin(transaction: Transaction, number: str, actor: str, happening: Happening | None = None) -> Act:
    """The case, held until the unit of work ends. UsageError when there is none or its state forbids the act."""
    case_id = transaction.cases.find(number)
    if case_id is None:
        raise UsageError(f"there is no case {number}: `mailbot cases` lists those there are")
    file = transaction.cases.lock(transaction.cases.current(case_id))
    if happening is not None:
        allow(file, happening)
    return Act(transaction, file, actor, f"staff v{file.version}", happening)


def allow(file: CaseFile, happening: Happening) -> State:
    """The state that the happening leads to; UsageError with what to do instead where it is not allowed."""
    state = following(file.state, happening)
    if state is not None:
        return state
    remedy = ""
    if file.state.is_final and happening is not Happening.REOPENED:
        remedy = f"; `mailbot reopen {file.number}` opens it again"
    elif file.state is State.SUBMITTED:
        remedy = "; resolve it, or reopen it first"
    raise UsageError(f"case {file.number} is {file.state}: {_FORBIDDEN[happening]} as it is{remedy}")


def hold(transaction: Transaction, case_ids: set[int]) -> list[CaseFile]:
    """Hold several cases, always in the same order, so that two who hold the same ones never wait for each other."""
    return [transaction.cases.lock(case_id) for case_id in sorted(case_ids)]


def enter(act: Act, event: EventKind | None, why: str) -> State:
    """Change the state as the act demands; the event is told unless the letter tells it.

    Letters that have not gone out yet and speak of how it was are taken back.
    """
    assert act.happening is not None
    state = allow(act.file, act.happening)
    act.transaction.cases.enter(act.file.case_id, state)
    for kind in OUTDATED:
        take_back(act.transaction, act.file.case_id, kind)
    if event is not None:
        tell(act, event, why)
    return state


def tell(act: Act, event: EventKind, why: str) -> None:
    """Write down what was done."""
    act.transaction.cases.touch(act.file.case_id)
    act.transaction.history.add_events([Event(event, why, act.actor)], case_id=act.file.case_id)


def reader_of(transaction: Transaction, case_id: int) -> Address | None:
    """Letters go to one address: that of the first who wrote and can be written to."""
    people = transaction.history.correspondents(case_id)
    readers = (person.address for person in people if person.role is not Role.COPIED)
    return next((address for address in readers if deliverable(address.address)), None)


class Letters:
    """Writes the letters that acts call for."""

    def __init__(self, rules: DeskRules, writer: Writer) -> None:
        self._rules, self._writer = rules, writer

    def write(
        self, act: Act, kind: LetterKind, missing: tuple[str, ...] = (), resolution: Resolution | None = None
    ) -> tuple[tuple[str, str], ...]:
        """The letter to the case's reader; () where none was composed, and then the case tells why."""
        transaction, file = act.transaction, act.file
        to = reader_of(transaction, file.case_id)
        if to is None:
            withheld(transaction, file.case_id, kind, "nobody who can be written to is on the case")
            return ()
        occasion = self._occasion(act, kind, to, missing, resolution)
        letter = post(transaction, self._writer, file.case_id, occasion, act.cause, act.actor)
        return ((letter.kind, letter.to.address),) if letter else ()

    def preview(self, act: Act, kind: LetterKind, language: str, resolution: Resolution | None) -> Letter:
        """The letter as it would be written now; nothing is kept. UsageError where nobody can be written to."""
        to = reader_of(act.transaction, act.file.case_id)
        if to is None:
            raise UsageError(f"nobody who can be written to is on case {act.file.number}")
        occasion = self._occasion(act, kind, to, act.file.missing, resolution)
        return self._writer.write(
            replace(occasion, language=language or occasion.language, state=act.file.state, first=act.file.rounds == 0)
        )

    def _occasion(
        self, act: Act, kind: LetterKind, to: Address, missing: tuple[str, ...], resolution: Resolution | None
    ) -> Occasion:
        transaction, file = act.transaction, act.file
        rules = self._rules.playbook.rules(file.category)
        asked_now = deadline(transaction.now, rules.reply_within, self._rules.calendar)
        return Occasion(
            kind=kind,
            to=to,
            case_number=file.number,
            at=transaction.now,
            language=file.language,
            rules=rules,
            sure=file.confidence >= rules.confidence,
            missing=missing,
            reply_due=asked_now if kind is LetterKind.INFO_REQUEST else file.reply_due,
            in_reply_to=transaction.messages.last_id(file.case_id, to),
            resolution=resolution,
        )
