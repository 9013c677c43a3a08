"""Arrivals: every mail that mailbot took responsibility for, from its recording to its end.

States: `new` (recorded), `taken` (somebody works on it until the lease ends), `done`, `held` (staff must look).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, func, insert, or_, select, text, union_all, update
from sqlalchemy.dialects import postgresql, sqlite

from mailbot.mail import Envelope
from mailbot.store import contents
from mailbot.store.columns import scrub
from mailbot.store.content_key import content_digest
from mailbot.store.held import HeldMail
from mailbot.store.prepared import Prepared, any_of
from mailbot.store.schema import arrivals, sightings
from mailbot.store.work import LARGE, Work

#: How long whoever takes an arrival has for it, before somebody else may.
LEASE = timedelta(minutes=5)
#: An arrival that failed this often is held.
MAX_ATTEMPTS = 3
#: Arrivals that are taken together hold at most so many bytes, unless the first alone is larger.
MOST_BYTES = 4 * 1024 * 1024
#: The conditions of the partial indexes, with literals: with parameters no planner would recognise them.
_OPEN = text("arrivals.state IN ('new', 'taken')")
_HELD = text("arrivals.state = 'held'")
_LAST_TRY = text(f"arrivals.state = 'taken' AND arrivals.attempts >= {MAX_ATTEMPTS}")


class ArrivalState(StrEnum):
    NEW = "new"
    TAKEN = "taken"
    DONE = "done"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class NewArrival:
    """A mail as it came in. `source` is the way ("smtp", "lmtp", "pipe", "imap:NAME", "file:NAME").

    `silent` composes no letters for it (old mail, `import --silent`).
    """

    raw: bytes = field(repr=False)
    envelope: Envelope = field(repr=False)
    source: str
    received_at: datetime
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """`new` is False when the same mail had been recorded before, by this way or another."""

    arrival_id: int
    new: bool


@dataclass(frozen=True, slots=True)
class TakenArrival:
    """An arrival to work on; `owner` must be given back with its end, so that a lost lease is noticed.

    `case_id` is the case that staff named when they released it, else None. `raw` is None where the mail is large:
    `Arrivals.raw_of` reads it for whoever needs it, and nobody holds it longer.
    """

    arrival_id: int
    raw: bytes | None = field(repr=False)
    envelope: Envelope = field(repr=False)
    source: str
    received_at: datetime
    silent: bool
    attempts: int
    owner: str
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """An arrival as a list shows it; no content."""

    arrival_id: int
    source: str
    received_at: datetime
    state: str
    attempts: int
    error: str | None
    outcome: str | None
    case_id: int | None
    size: int


class LeaseLost(Exception):
    """Somebody else took this arrival after the lease ended; what was done for it must be rolled back."""


class Arrivals:
    """The arrivals of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def record(self, arrival: NewArrival) -> Recorded:
        """Keep a mail. The caller commits, and only then tells the sending side that it is safe."""
        work, arrival_id = self._work, self._work.new_id()
        key = work.blind("content", content_digest(arrival.raw))
        row = {
            "id": arrival_id,
            "content_key": key,
            "source": scrub(arrival.source),
            "envelope": work.sealer.seal("arrivals", arrival_id, "envelope", _envelope_bytes(arrival.envelope)),
            "size": len(arrival.raw),
            "received_at": arrival.received_at,
            "silent": arrival.silent,
            "state": ArrivalState.NEW,
            "attempts": 0,
            "due_at": work.now,
        }
        if work.rows(_ADD_ONCE, **row):
            contents.keep(work, arrival_id, arrival.raw)
            return Recorded(arrival_id, new=True)
        (known,) = work.rows(_BY_CONTENT, key=key)[0]
        work.connection.execute(
            insert(sightings).values(id=work.new_id(), arrival_id=known, source=row["source"], seen_at=work.now)
        )
        return Recorded(known, new=False)

    def refuse(self, arrival: NewArrival, error: str) -> Recorded:
        """Keep what there is of a mail that cannot be taken, held for staff with the reason."""
        recorded = self.record(arrival)
        if recorded.new:
            self._work.connection.execute(
                update(arrivals)
                .where(arrivals.c.id == recorded.arrival_id)
                .values(state=ArrivalState.HELD, error=error)
            )
            HeldMail(self._work).link(recorded.arrival_id, None)
        return recorded

    def take(
        self, count: int, owner: str, lease: timedelta, among: Collection[int] | None = None
    ) -> list[TakenArrival]:
        """Take up to `count` arrivals that are due, counting the attempt; the caller commits before working on them.

        Where some are named, only of these. What was taken before comes alone: if it brings its worker down, no other
        mail is counted out with it. What is large comes with few others or alone, so that the memory of a worker is
        bounded. Rows of other workers are skipped on PostgreSQL; on SQLite writers come one after the other anyway.
        """
        work = self._work
        if among is None:
            due = work.rows(_DUE, now=work.now, count=count)
        else:
            due = sorted(work.rows_for(_DUE_AMONG, "among", among, now=work.now), key=lambda row: row.id)[:count]
        ours = {"owner": owner, "lease_until": work.now + lease}
        return self._opened(work.rows_for(_TAKE, "id", _together(due), **ours))

    def take_over(self, ended: Callable[[str], bool]) -> None:
        """Free what processes had taken that are no more. `ended` tells that nobody works in an owner's name any more.

        What was taken more than once waits for its lease: a mail that kills its worker is not tried three times in as
        many seconds. All that is open is read, so this is for the start of a process.
        """
        connection = self._work.connection
        taken_once = and_(_OPEN, arrivals.c.state == ArrivalState.TAKEN, arrivals.c.attempts == 1)
        owners = connection.execute(select(arrivals.c.owner).where(taken_once).distinct()).scalars()
        gone = [owner for owner in owners if ended(owner)]
        if gone:
            free = {"state": ArrivalState.NEW, "owner": None, "lease_until": None}
            connection.execute(update(arrivals).where(taken_once, arrivals.c.owner.in_(gone)).values(free))

    def take_one(self, arrival_id: int, owner: str, lease: timedelta) -> TakenArrival | None:
        """Take this arrival if it is due; None when somebody else has it, it rests after a failure, or is done."""
        return next(iter(self.take(1, owner, lease, among=[arrival_id])), None)

    def _opened(self, rows: Iterable[Any]) -> list[TakenArrival]:
        """These, the first that came first, with their bytes unless they are large."""
        taken = sorted(rows, key=lambda row: (row.due_at, row.id))
        raws = contents.kept(self._work, [(row.id, row.size) for row in taken if row.size <= LARGE])
        return [self._taken(row, raws.get(row.id)) for row in taken]

    def _taken(self, row: Any, raw: bytes | None) -> TakenArrival:
        sealer = self._work.sealer
        return TakenArrival(
            arrival_id=row.id,
            raw=raw,
            envelope=_envelope_from(sealer.open("arrivals", row.id, "envelope", row.envelope)),
            source=row.source,
            received_at=row.received_at,
            silent=row.silent,
            attempts=row.attempts,
            owner=row.owner,
            case_id=row.case_id,
        )

    def finish(self, taken: TakenArrival, outcome: str, case_id: int | None) -> None:
        """Mark it done, in the same unit of work as its effects. LeaseLost, at its end, when it is no longer ours."""
        values = self._settled(taken, state=ArrivalState.DONE, outcome=outcome, case_id=case_id, error=None)
        self._work.change_one(_SETTLE, values, LeaseLost)

    def hold(self, taken: TakenArrival, error: str) -> None:
        """Put it aside for staff, with the reason. LeaseLost when it is no longer ours."""
        self._settle(taken, state=ArrivalState.HELD, error=error)

    def give_back(self, taken: TakenArrival, error: str, due_at: datetime) -> None:
        """Let it be taken again from `due_at` on. LeaseLost when it is no longer ours."""
        self._settle(taken, state=ArrivalState.NEW, error=error, due_at=due_at)

    def put_back(self, arrival_id: int, owner: str, *, counted: bool, due_at: datetime) -> None:
        """Let an arrival that is still this owner's be taken again, with the attempt `counted` or forgotten.

        The last attempt that counts is left to its lease and to `hold_exhausted`.
        """
        ours = [arrivals.c.id == arrival_id, arrivals.c.state == ArrivalState.TAKEN, arrivals.c.owner == owner]
        if counted:
            ours.append(arrivals.c.attempts < MAX_ATTEMPTS)
        attempts = arrivals.c.attempts - (0 if counted else 1)
        free = {"state": ArrivalState.NEW, "owner": None, "lease_until": None, "due_at": due_at, "attempts": attempts}
        self._work.connection.execute(update(arrivals).where(*ours).values(free))

    def _settle(self, taken: TakenArrival, **values: Any) -> None:
        if self._work.change(_SETTLE, self._settled(taken, **values)) != 1:
            raise LeaseLost

    @staticmethod
    def _settled(taken: TakenArrival, **values: Any) -> dict[str, Any]:
        ours = {"the_id": taken.arrival_id, "the_owner": taken.owner, "the_attempts": taken.attempts}
        return {**ours, "owner": None, "lease_until": None, **values}

    def hold_exhausted(self) -> list[int]:
        """Hold what was taken for the last time and never came back: its worker died with it each time."""
        return [row.id for row in self._work.rows(_HOLD_EXHAUSTED, now=self._work.now)]

    def free(self, arrival_id: int, *, case_id: int | None = None) -> bool:
        """Staff let a held arrival go on, attempts forgotten, the case named beside it; False when it is not held."""
        changed = self._work.connection.execute(
            update(arrivals)
            .where(arrivals.c.id == arrival_id, arrivals.c.state == ArrivalState.HELD)
            .values(state=ArrivalState.NEW, attempts=0, due_at=self._work.now, error=None, case_id=case_id)
        )
        if changed.rowcount:
            HeldMail(self._work).link(arrival_id, ())
        return changed.rowcount == 1

    def move(self, arrival_id: int, case_id: int) -> None:
        """Note that what came in belongs to another case than was thought."""
        self._work.connection.execute(update(arrivals).where(arrivals.c.id == arrival_id).values(case_id=case_id))

    def any_open(self) -> bool:
        """Whether something that came in is not taken in yet."""
        query = select(arrivals.c.id).where(_OPEN).limit(1)
        return self._work.connection.execute(query).one_or_none() is not None

    def get(self, arrival_id: int) -> ArrivalRow | None:
        row = self._work.connection.execute(select(arrivals).where(arrivals.c.id == arrival_id)).one_or_none()
        return _listed(row) if row else None

    def raw(self, arrival_id: int) -> bytes:
        """The bytes as they came in. Tampered when they do not open."""
        query = select(arrivals.c.id, arrivals.c.size).where(arrivals.c.id == arrival_id)
        row = self._work.connection.execute(query).one()
        return contents.kept(self._work, [(row.id, row.size)])[arrival_id]

    def raw_of(self, taken: TakenArrival) -> bytes:
        """The bytes of an arrival that was taken. Tampered when they do not open."""
        return self.raw(taken.arrival_id) if taken.raw is None else taken.raw

    def recorded(self, arrival_id: int) -> NewArrival:
        """What was recorded, as it came in. Tampered when it does not open."""
        row = self._work.connection.execute(select(arrivals).where(arrivals.c.id == arrival_id)).one()
        envelope = _envelope_from(self._work.sealer.open("arrivals", row.id, "envelope", row.envelope))
        return NewArrival(self.raw(arrival_id), envelope, row.source, row.received_at, row.silent)

    def listed(self, state: str | None, after: int = 0, limit: int = 200) -> list[ArrivalRow]:
        """Arrivals by id, a page from `after` on."""
        query = select(arrivals).where(arrivals.c.id > after).order_by(arrivals.c.id).limit(limit)
        if state:
            query = query.where(arrivals.c.state == state)
        return [_listed(row) for row in self._work.connection.execute(query)]

    def counts(self) -> dict[str, int]:
        """How many arrivals are new, taken and held (not those that are done: they grow without end)."""
        each = select(arrivals.c.state, func.count()).group_by(arrivals.c.state)
        query = union_all(each.where(_OPEN), each.where(_HELD))  # an OR of both would read all that ever came
        return dict(self._work.connection.execute(query).all())


_BY_CONTENT = Prepared(select(arrivals.c.id).where(arrivals.c.content_key == bindparam("key")))
_IS_DUE = and_(_OPEN, arrivals.c.attempts < MAX_ATTEMPTS, arrivals.c.due_at <= bindparam("now"))
_IS_FREE = or_(arrivals.c.state == ArrivalState.NEW, arrivals.c.lease_until < bindparam("now"))
_TAKEABLE = (
    select(arrivals.c.id, arrivals.c.attempts, arrivals.c.size)
    .where(_IS_DUE, _IS_FREE)
    .with_for_update(skip_locked=True)
)
_DUE = Prepared(_TAKEABLE.order_by(arrivals.c.due_at, arrivals.c.id).limit(bindparam("count", type_=Integer)))
_DUE_AMONG = Prepared(_TAKEABLE.where(any_of(arrivals.c.id, "among")))
#: Takes arrivals for the owner and until the end of the lease that are given besides.
_TAKEN = (
    update(arrivals)
    .values(state=ArrivalState.TAKEN, attempts=arrivals.c.attempts + 1)
    .returning(*(column for column in arrivals.c if column is not arrivals.c.content_key))
)
_TAKE = Prepared(_TAKEN.where(any_of(arrivals.c.id, "id")))
_HOLD_EXHAUSTED = Prepared(
    update(arrivals)
    .where(_LAST_TRY, arrivals.c.lease_until < bindparam("now"))
    .values(
        state=ArrivalState.HELD,
        owner=None,
        lease_until=None,
        error=f"the process ended {MAX_ATTEMPTS} times while it worked on this mail",
    )
    .returning(arrivals.c.id)
)
#: Ends the work on an arrival, if it is still ours; the columns that are given besides are set.
_SETTLE = Prepared(
    update(arrivals).where(
        arrivals.c.id == bindparam("the_id"),
        arrivals.c.state == ArrivalState.TAKEN,
        arrivals.c.owner == bindparam("the_owner"),
        arrivals.c.attempts == bindparam("the_attempts"),
    )
)
_ADD_ONCE = Prepared(
    {
        name: dialect.insert(arrivals).on_conflict_do_nothing(index_elements=["content_key"]).returning(arrivals.c.id)
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
    }
)


def _together(due: Sequence[Any]) -> list[int]:
    """Which of these are taken at once: the first, and after it what is as fresh and small enough."""
    chosen: list[int] = []
    size = 0
    for row in due:
        size += row.size
        if chosen and (row.attempts or size > MOST_BYTES):
            break
        chosen.append(row.id)
        if row.attempts:
            break
    return chosen


def _envelope_bytes(envelope: Envelope) -> bytes:
    return json.dumps([envelope.sender, *envelope.recipients]).encode()


def _envelope_from(stored: bytes) -> Envelope:
    sender, *recipients = json.loads(stored)
    return Envelope(sender, tuple(recipients))


def _listed(row: Row[Any]) -> ArrivalRow:
    return ArrivalRow(
        arrival_id=row.id,
        source=row.source,
        received_at=row.received_at,
        state=row.state,
        attempts=row.attempts,
        error=row.error,
        outcome=row.outcome,
        case_id=row.case_id,
        size=row.size,
    )
