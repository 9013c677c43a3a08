"""The outbox: letters from composing to their end, with every try, and the counts that the budgets need.

States: `due` (waiting), `sending` (somebody tries until the lease ends), `later` (the server said: not now),
`sent`, `refused` (it never will be), `unknown` (the server's answer was lost), `held` (staff must look), `cancelled`
(it was not sent, and is no longer meant to be).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.cases.answering import STAFF_NOTICE, Spent
from mailbot.mail import Address, Letter, Message
from mailbot.store import spending
from mailbot.store.ids import day_of, since_yesterday
from mailbot.store.letter_content import from_bytes, to_bytes
from mailbot.store.messages import same_text
from mailbot.store.prepared import Prepared, any_of
from mailbot.store.schema import OPEN_LETTERS, attempts, letter_contents, letters
from mailbot.store.work import Work

#: How long whoever claims a letter has to try it, before somebody else may: longer than one try can take.
LEASE = timedelta(minutes=30)
#: How a try ended whose process did not live to tell, and how many of those a letter may have.
LOST = "lost"
MAX_LOST = 3
_DAY = timedelta(days=1)
#: The end of a lease whose owner is known to be no more.
_LONG_OVER = datetime(2000, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
#: The counts of the letters of an hour, the one that is asked for more often first.
_OF_THIS_HOUR = ("domain_this_hour", "all_this_hour")

_ADD_ONCE = Prepared(
    {
        name: dialect.insert(letters)
        .on_conflict_do_nothing(index_elements=["case_id", "kind", "cause"])
        .returning(letters.c.id)
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
    }
)
_ADD_CONTENT = Prepared(insert(letter_contents))
#: Ends a try, if it is still ours; the columns that are given besides are set.
_END_TRY = Prepared(
    update(letters).where(
        letters.c.id == bindparam("letter"),
        letters.c.state == "sending",
        letters.c.owner == bindparam("the_owner"),
        letters.c.attempts == bindparam("the_attempts"),
    )
)
_NOTE_ANSWER = Prepared(
    update(attempts).where(attempts.c.letter_id == bindparam("letter"), attempts.c.ended_at.is_(None))
)


class LetterState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    LATER = "later"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HELD = "held"
    CANCELLED = "cancelled"


#: SQLite must be told that many letters may wait, or it reads all of them by their state and sorts them; as in due.py.
_WAITING = {"sqlite": text(f"likely({OPEN_LETTERS})"), "postgresql": OPEN_LETTERS}
_DUE = Prepared(
    {
        name: select(letters.c.id, letters.c.state)
        .where(
            waiting,
            letters.c.due_at <= bindparam("now"),
            or_(letters.c.state != LetterState.SENDING, letters.c.lease_until < bindparam("over")),
        )
        .order_by(letters.c.due_at, letters.c.id)
        .limit(bindparam("count", type_=Integer))
        .with_for_update(skip_locked=True)
        for name, waiting in _WAITING.items()
    }
)
#: Claims letters for the owner and until the end of the lease that are given besides.
_CLAIM = Prepared(
    update(letters)
    .where(any_of(letters.c.id, "id"))
    .values(state=LetterState.SENDING, attempts=letters.c.attempts + 1)
    .returning(letters.c.id, letters.c.case_id, letters.c.attempts, letters.c.composed_at, letters.c.due_at)
)
_BEGIN_TRY = Prepared(insert(attempts))
_CONTENTS = Prepared(
    select(letter_contents.c.letter_id, letter_contents.c.content).where(any_of(letter_contents.c.letter_id, "id")),
    by=(letter_contents.c.letter_id, "id"),
)
_OWNERS = Prepared(
    select(letters.c.owner)
    .where(letters.c.state == LetterState.SENDING, letters.c.lease_until > bindparam("long_over"))
    .distinct()
)
_LOST = Prepared(
    select(letters.c.id)
    .where(letters.c.state == LetterState.SENDING, letters.c.lease_until < bindparam("over"))
    .with_for_update(skip_locked=True)
)
#: States that letters stay in for ever: their number grows without end.
_FOR_EVER = (LetterState.SENT, LetterState.CANCELLED)


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """A letter to send now; `attempts` counts this try."""

    letter_id: int
    case_id: int | None
    letter: Letter = field(repr=False)
    attempts: int
    first_due_at: datetime
    owner: str
    #: The answer to the try before was lost; this one is the only repetition.
    was_unknown: bool


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that was tried: one that a bounce is about, or one that is given up."""

    letter_id: int
    case_id: int | None
    kind: str


class Outbox:
    """The outbox of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work
        #: The letters of this hour by the digest of their domain, and under None all: each is counted once.
        self._this_hour: dict[bytes | None, int] = {}

    def add(self, letter: Letter, case_id: int | None, cause: str) -> int | None:
        """Put a composed letter in the outbox; None when this cause had its letter already."""
        work, letter_id = self._work, self._work.new_id()
        domain_key = work.blind("domain", letter.to.domain)
        row = {
            "id": letter_id,
            "case_id": case_id,
            "kind": letter.kind,
            "cause": cause,
            "language": letter.language,
            "recipient": work.sealer.seal_text("letters", letter_id, "recipient", letter.to.address),
            "address_key": work.blind("address", letter.to.key),
            "domain_key": domain_key,
            "message_id": letter.message_id,
            "state": LetterState.DUE,
            "composed_at": work.now,
            "due_at": work.now,
            "attempts": 0,
            "day": day_of(letter_id),
        }
        if not work.rows(_ADD_ONCE, **row):
            return None
        for counted in (domain_key, None):
            if counted in self._this_hour and letter.kind != STAFF_NOTICE:
                self._this_hour[counted] += 1
        sealed = work.sealer.seal("letter_contents", letter_id, "content", to_bytes(letter))
        work.add(_ADD_CONTENT, [{"letter_id": letter_id, "content": sealed}])
        return letter_id

    def count_unaligned(self, message_id: str, path: str) -> None:
        """Put this letter on the budgets of those who sent the message that it answers in the name of others."""
        key = self._work.blind("path", path)
        self._work.connection.execute(update(letters).where(letters.c.message_id == message_id).values(path_key=key))

    def unaligned(self, spent: Spent, path: str) -> Spent:
        """The same, with what mail that others sent than its From says was answered with, by this path and in all."""
        counted, this_hour = letters.c.path_key.is_not(None), letters.c.composed_at > self._work.now - _HOUR
        query = select(letters.c.path_key).where(counted, this_hour)
        keys = [bytes(key) for key in self._work.connection.execute(query).scalars()]
        own = keys.count(self._work.blind("path", path))
        return replace(spent, path_this_hour=own, unaligned_this_hour=len(keys))

    def spent(self, to: Address, message: Message | None, case_id: int | None) -> Spent:
        """What went out already within the windows of the budgets; `message` is None for a letter that answers none.

        The letters of an hour may be thousands: they are counted once a unit of work, and its own are added.
        """
        work, counted = self._work, self._this_hour
        domain = work.blind("domain", to.domain)
        unknown = [each for each in (domain, None) if each not in counted]
        asked = {"domain": domain, "an_hour_ago": work.now - _HOUR} if unknown else {}
        (row,) = work.rows(
            spending.SPENT[len(unknown)],
            address=work.blind("address", to.key),
            case=case_id,
            text=work.blind("text", same_text(message)) if message else None,
            a_day_ago=work.now - _DAY,
            **since_yesterday(work.now),
            **asked,
        )
        found = row._asdict()
        counted.update(zip(unknown, (found.pop(name) for name in _OF_THIS_HOUR[: len(unknown)]), strict=True))
        return Spent(**found, domain_this_hour=counted[domain], all_this_hour=counted[None])

    def count_anew(self) -> None:
        """Forget how many letters there were: some of this unit of work are undone."""
        self._this_hour = {}

    def doubtful_this_hour(self, to: Address) -> int:
        """Letters within an hour to the domain of this address, on cases that may belong to another."""
        domain, an_hour_ago = self._work.blind("domain", to.domain), self._work.now - _HOUR
        days = since_yesterday(self._work.now)
        (counted,) = self._work.rows(spending.DOUBTFUL, domain=domain, an_hour_ago=an_hour_ago, **days)
        how_many: int = counted.how_many
        return how_many

    def take_over(self, ended: Callable[[str], bool]) -> None:
        """End the leases of processes that are no more. `ended` tells that nobody sends in an owner's name any longer.

        A letter that was lost before waits for its lease: who dies again and again uses up no tries within a minute.
        """
        gone = [row.owner for row in self._work.rows(_OWNERS, long_over=_LONG_OVER) if ended(row.owner)]
        if gone:
            connection = self._work.connection
            leased = and_(letters.c.state == LetterState.SENDING, letters.c.lease_until > _LONG_OVER)
            lost = select(attempts.c.id).where(attempts.c.letter_id == letters.c.id, attempts.c.outcome == LOST)
            connection.execute(
                update(letters).where(leased, letters.c.owner.in_(gone), ~lost.exists()).values(lease_until=_LONG_OVER)
            )

    def hold_exhausted(self, *, believed: bool = True) -> list[SentLetter]:
        """Hold the letters whose process died in the middle of a try each time; they may have been sent as often."""
        now, connection = self._work.now, self._work.connection
        ids = [row.id for row in self._work.rows(_LOST, over=_over(now, believed=believed))]
        if not ids:
            return []
        connection.execute(
            update(attempts)
            .where(attempts.c.letter_id.in_(ids), attempts.c.ended_at.is_(None))
            .values(ended_at=now, outcome=LOST, answer="The process ended in the middle of this try.")
        )
        often = (
            select(attempts.c.letter_id)
            .where(attempts.c.letter_id.in_(ids), attempts.c.outcome == LOST)
            .group_by(attempts.c.letter_id)
            .having(func.count() >= MAX_LOST)
        )
        held = connection.execute(
            update(letters)
            .where(letters.c.id.in_(often))
            .values(state=LetterState.HELD, owner=None, lease_until=None)
            .returning(letters.c.id, letters.c.case_id, letters.c.kind)
        )
        return [SentLetter(row.id, row.case_id, row.kind) for row in held]

    def claim(self, count: int, owner: str, lease: timedelta, *, believed: bool = True) -> list[ClaimedLetter]:
        """Take up to `count` letters that are due and note the try as begun; the caller commits before it connects.

        By a clock that is not `believed` no lease has run out: its owner may be sending.
        """
        work, now = self._work, self._work.now
        due = work.rows(_DUE, now=now, over=_over(now, believed=believed), count=count)
        if not due:
            return []
        before = {row.id: row.state for row in due}
        ours = {"owner": owner, "lease_until": now + lease}
        rows = sorted(work.rows_for(_CLAIM, "id", before, **ours), key=lambda row: (row.due_at, row.id))
        work.add(_BEGIN_TRY, [{"id": work.new_id(), "letter_id": row.id, "began_at": now} for row in rows])
        contents = {row.letter_id: row.content for row in work.rows_for(_CONTENTS, "id", before)}
        # A lease that ran out means that a process died in the middle of a try: its answer is lost.
        lost = (LetterState.UNKNOWN, LetterState.SENDING)
        return [
            ClaimedLetter(
                letter_id=row.id,
                case_id=row.case_id,
                letter=self._opened(row.id, contents[row.id]),
                attempts=row.attempts,
                first_due_at=row.composed_at,
                owner=owner,
                was_unknown=before[row.id] in lost,
            )
            for row in rows
        ]

    def note(
        self, claimed: ClaimedLetter, state: LetterState, outcome: str, answer: str, due_at: datetime | None = None
    ) -> bool:
        """End a try with what came of it; False when the lease was lost and somebody else has the letter."""
        now = self._work.now
        ours = {"letter": claimed.letter_id, "the_owner": claimed.owner, "the_attempts": claimed.attempts}
        values: dict[str, object] = {"state": state, "owner": None, "lease_until": None}
        if due_at is not None:
            values["due_at"] = due_at
        if state is LetterState.SENT:
            values["sent_at"] = now
        if self._work.change(_END_TRY, {**ours, **values}) != 1:
            return False
        ended = {"letter": claimed.letter_id, "ended_at": now, "outcome": outcome, "answer": answer}
        self._work.change(_NOTE_ANSWER, ended)
        return True

    def find_sent(self, message_id: str) -> SentLetter | None:
        """The letter with this message id, when it has been tried at least once."""
        query = select(letters.c.id, letters.c.case_id, letters.c.kind).where(
            and_(letters.c.message_id == message_id, letters.c.attempts > 0)
        )
        row = self._work.connection.execute(query).one_or_none()
        return SentLetter(row.id, row.case_id, row.kind) if row else None

    def note_bounce(self, letter_id: int) -> bool:
        """Mark a letter as bounced; False when that was known."""
        changed = self._work.connection.execute(
            update(letters)
            .where(letters.c.id == letter_id, letters.c.bounced_at.is_(None))
            .values(bounced_at=self._work.now)
        )
        return changed.rowcount == 1

    def cancel(self, case_id: int, kind: str) -> list[int]:
        """Take back the letters of this kind that nobody has begun to send; their ids."""
        unsent = letters.c.state.in_([LetterState.DUE, LetterState.LATER])
        cancelled = (
            update(letters)
            .where(letters.c.case_id == case_id, letters.c.kind == kind, unsent)
            .values(state=LetterState.CANCELLED)
            .returning(letters.c.id)
        )
        return list(self._work.connection.execute(cancelled).scalars())

    def sent_at(self, letter_id: int) -> datetime | None:
        """When the outgoing server accepted it."""
        query = select(letters.c.sent_at).where(letters.c.id == letter_id)
        return self._work.connection.execute(query).scalar_one_or_none()

    def counts(self) -> dict[str, int]:
        """How many letters wait, by state (not those that are sent or cancelled: they grow without end)."""
        states: Sequence[str] = [state for state in LetterState if state not in _FOR_EVER]
        query = select(letters.c.state, func.count()).where(letters.c.state.in_(states)).group_by(letters.c.state)
        return dict(self._work.connection.execute(query).all())

    def content(self, letter_id: int) -> Letter:
        """The letter as it is or was sent."""
        sealed = self._work.connection.execute(
            select(letter_contents.c.content).where(letter_contents.c.letter_id == letter_id)
        ).scalar_one()
        return self._opened(letter_id, sealed)

    def _opened(self, letter_id: int, sealed: bytes) -> Letter:
        return from_bytes(self._work.sealer.open("letter_contents", letter_id, "content", sealed))


def _over(now: datetime, *, believed: bool) -> datetime:
    """Leases that end before this are over: by the clock, or since their owner is no more."""
    return now if believed else _LONG_OVER + timedelta(microseconds=1)
