"""What staff do to a case: resolve, ask, close, reopen, withdraw, assign, recategorize, merge, note.

Each act is one unit of work with an event that names who did it. An act that the state of the case does not allow is
refused with a sentence and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.cases.deadlines import deadline
from mailbot.cases.desk import DeskRules
from mailbot.cases.events import Event, EventKind
from mailbot.cases.facts import Facts, learn
from mailbot.cases.lifecycle import Relation
from mailbot.cases.masking import initials, last_four
from mailbot.cases.people import Role
from mailbot.cases.states import Happening, State, following
from mailbot.errors import UsageError
from mailbot.keeping import lacking
from mailbot.mail import Address
from mailbot.replies.plan import LetterKind, Resolution
from mailbot.replies.posting import post, withheld
from mailbot.replies.writing import Occasion, Writer
from mailbot.store.case_file import CaseFile
from mailbot.store.unit_of_work import Store, Transaction


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: the case, its state, and (kind, address) of the letters that it called for."""

    number: str
    state: State
    letters: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one case, inside its unit of work. `actor` is who does it."""

    transaction: Transaction
    file: CaseFile
    actor: str
    happening: Happening | None = None

    @property
    def cause(self) -> str:
        """Names the act for the letters that it calls for: the case's version of a moment, and what was done."""
        return f"staff {self.happening} {self.transaction.now.isoformat()}"


class Casework:
    """Does what staff say."""

    def __init__(self, store: Store, rules: DeskRules, writer: Writer) -> None:
        self._store, self._rules, self._writer = store, rules, writer

    def resolve(self, number: str, comments: str, actor: str) -> Done:
        """Answer a case; its duplicates are answered with it, each sender by a letter of their own."""
        if not comments.strip():
            raise UsageError("a resolution needs comments: they are what the sender reads")
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor, Happening.RESOLVED)
            done = self._resolve(act, comments)
            for twin in transaction.history.linked_to(act.file.case_id, Relation.DUPLICATE_OF):
                other = transaction.cases.lock(twin)
                if following(other.state, Happening.RESOLVED):
                    self._resolve(Act(transaction, other, actor, Happening.RESOLVED), comments)
            return done

    def ask(self, number: str, items: tuple[str, ...], actor: str) -> Done:
        """Ask the sender for these fields and documents, as TAXONOMY names them; the clock starts with the letter."""
        unknown = [item for item in items if not set(item.split("|")) <= self._askable()]
        if not items or unknown:
            raise UsageError(
                f"{', '.join(unknown) or 'nothing'} cannot be asked for: name fields or documents of the playbook, "
                "as subscriber_id or enrollment_form"
            )
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor, Happening.ASKED)
            transaction.cases.learn(act.file, act.file.facts, items)
            return self._enter(act, EventKind.INFORMATION_ASKED, ", ".join(items), LetterKind.INFO_REQUEST, items)

    def close(self, number: str, actor: str) -> Done:
        """Close for want of a reply, whatever the clock says; the sender is told."""
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor, Happening.CLOSED)
            return self._enter(act, EventKind.CASE_CLOSED, "by staff", LetterKind.CLOSED_NO_REPLY, act.file.missing)

    def withdraw(self, number: str, actor: str) -> Done:
        """Withdraw for the sender, who is told."""
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor, Happening.WITHDRAWN)
            return self._enter(act, EventKind.CASE_WITHDRAWN, "by staff", LetterKind.WITHDRAWN)

    def reopen(self, number: str, actor: str) -> Done:
        """Let a case that has ended await staff again; no letter."""
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor, Happening.REOPENED)
            return self._enter(act, EventKind.CASE_REOPENED, "by staff")

    def assign(self, number: str, who: str | None, actor: str) -> Done:
        """Give the case to somebody, or to nobody."""
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor)
            transaction.cases.assign(act.file.case_id, who)
            return self._told(act, EventKind.CASE_ASSIGNED, f"to {who or 'nobody'}")

    def note(self, number: str, text: str, actor: str) -> Done:
        """Keep a note on the case, for staff only."""
        if not text.strip():
            raise UsageError("a note needs text")
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor)
            transaction.messages.add_note(act.file.case_id, actor, text)
            return self._told(act, EventKind.NOTE_ADDED, "")

    def reviewed(self, number: str, actor: str) -> Done:
        """Staff have looked at what the case asked them to look at; what froze its closing no longer does."""
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor)
            transaction.cases.reviewed(act.file.case_id)
            return self._told(act, EventKind.REVIEW_DONE, "; ".join(act.file.review))

    def recategorize(self, number: str, code: str, actor: str) -> Done:
        """Staff say what it is; what that category needs and is not there is asked for."""
        rules = self._rules.playbook.categories.get(code)
        if rules is None:
            raise UsageError(f"there is no category {code} in the playbook: `mailbot playbook check` lists them")
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor, Happening.ASKED)
            needed = lacking(rules, act.file.facts)
            transaction.cases.recategorize(act.file.case_id, code, rules.team, needed)
            act = Act(transaction, transaction.cases.lock(act.file.case_id), actor, Happening.ASKED)
            why = f"{code}, which the desk had taken for something else"
            if needed:
                return self._enter(act, EventKind.CASE_RECATEGORIZED, why, LetterKind.INFO_REQUEST, needed)
            if act.file.state is State.AWAITING_SENDER:
                transaction.cases.enter(act.file.case_id, State.AWAITING_STAFF)
            return self._told(act, EventKind.CASE_RECATEGORIZED, why)

    def merge(self, number: str, into: str, actor: str) -> Done:
        """Join one case to another: what names the one finds the other from now on, which takes over what is known."""
        if number == into:
            raise UsageError("a case cannot be merged into itself")
        with self._store.writing() as transaction:
            act = self._begin(transaction, number, actor)
            other = self._begin(transaction, into, actor)
            learned = learn(other.file.facts, act.file.facts).facts
            transaction.cases.learn(other.file, learned, self._lacking(other.file, learned))
            transaction.history.add_correspondents(
                other.file.case_id, transaction.history.correspondents(act.file.case_id)
            )
            transaction.cases.merge(act.file.case_id, other.file.case_id)
            self._told(act, EventKind.CASE_MERGED, f"into {into}")
            return self._told(other, EventKind.CASE_MERGED, f"{number} into this one")

    def _begin(self, transaction: Transaction, number: str, actor: str, happening: Happening | None = None) -> Act:
        """The case, held until the unit of work ends. UsageError when there is none or its state forbids the act."""
        case_id = transaction.cases.find(number)
        if case_id is None:
            raise UsageError(f"there is no case {number}: `mailbot cases` lists those there are")
        file = transaction.cases.lock(case_id)
        if file.merged_into is not None:
            raise UsageError(f"case {number} was merged into {transaction.cases.number_of(file.merged_into)}: use that")
        if happening is not None and following(file.state, happening) is None:
            raise UsageError(f"case {number} is {file.state}: it cannot be {happening} as it is")
        return Act(transaction, file, actor, happening)

    def _resolve(self, act: Act, comments: str) -> Done:
        act.transaction.cases.comment(act.file, comments)
        facts = act.file.facts
        resolution = Resolution(
            comments=comments,
            company=next(iter(facts.values("group_name")), ""),
            group_numbers=facts.values("group_number"),
            members=_members(facts),
        )
        return self._enter(act, EventKind.CASE_RESOLVED, "with comments", LetterKind.RESOLUTION, resolution=resolution)

    def _enter(
        self,
        act: Act,
        event: EventKind,
        why: str,
        letter: LetterKind | None = None,
        missing: tuple[str, ...] = (),
        resolution: Resolution | None = None,
    ) -> Done:
        """Change the state as the act demands, and tell the sender by letter where it has one."""
        assert act.happening is not None
        state = following(act.file.state, act.happening)
        assert state is not None
        act.transaction.cases.enter(act.file.case_id, state)
        self._told(act, event, why)
        letters = self._write(act, letter, missing, resolution) if letter else ()
        return Done(act.file.number, state, letters)

    def _told(self, act: Act, event: EventKind, why: str) -> Done:
        act.transaction.cases.touch(act.file.case_id)
        act.transaction.history.add_events([Event(event, why, act.actor)], case_id=act.file.case_id)
        return Done(act.file.number, act.file.state)

    def _write(
        self, act: Act, kind: LetterKind, missing: tuple[str, ...], resolution: Resolution | None
    ) -> tuple[tuple[str, str], ...]:
        transaction, file = act.transaction, act.file
        to = self._reader(transaction, file.case_id)
        if to is None:
            withheld(transaction, file.case_id, kind, "nobody outside is on the case")
            return ()
        rules = self._rules.playbook.rules(file.category)
        letter = post(
            transaction,
            self._writer,
            file.case_id,
            Occasion(
                kind=kind,
                to=to,
                case_number=file.number,
                at=transaction.now,
                language=file.language,
                rules=rules,
                sure=file.confidence >= rules.confidence,
                missing=missing,
                reply_due=deadline(transaction.now, rules.reply_within, self._rules.calendar),
                in_reply_to=transaction.messages.last_id(file.case_id),
                resolution=resolution,
            ),
            act.cause,
        )
        return ((letter.kind, letter.to.address),) if letter else ()

    def _reader(self, transaction: Transaction, case_id: int) -> Address | None:
        """Letters go to one address: that of the first who wrote."""
        people = transaction.history.correspondents(case_id)
        return next((person.address for person in people if person.role is not Role.COPIED), None)

    def _lacking(self, file: CaseFile, facts: Facts) -> tuple[str, ...]:
        return lacking(self._rules.playbook.rules(file.category), facts)

    def _askable(self) -> frozenset[str]:
        """Every field and document that some category requires."""
        asked: set[str] = set()
        for rules in self._rules.playbook.categories.values():
            papers = (rule.document for rule in rules.conditional)
            asked |= {part for item in (*rules.required, *rules.documents, *papers) for part in item.split("|")}
        return frozenset(asked)


def _members(facts: Facts) -> tuple[str, ...]:
    """Whom a resolution is about: initials and the last four characters of an id, never more (SOURCES B4)."""
    names = [initials(name) for name in (*facts.values("subscriber_name"), *facts.values("dependent_name"))]
    ids = [last_four(number) for number in (*facts.values("subscriber_id"), *facts.values("person_id"))]
    return tuple(dict.fromkeys([*filter(None, names), *filter(None, ids)]))
