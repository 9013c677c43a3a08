"""The facts that the proof of a closing rests on, read in the unit of work that would close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from mailbot.cases.proof import Folder, Posted, Proof, Standing
from mailbot.store.arrivals import Arrivals
from mailbot.store.breaker import Breaker
from mailbot.store.case_file import CaseFile
from mailbot.store.held import HeldMail
from mailbot.store.mailboxes import Mailboxes
from mailbot.store.schema import letters
from mailbot.store.watches import Watches
from mailbot.store.work import Work

#: A letter in one of these may still go out.
_UNSENT = ("due", "sending", "later", "unknown")
#: The name under which the listener is watched.
LISTENER = "listener"


@dataclass(frozen=True, slots=True)
class FedBy:
    """The ways in that the configuration names: (account, mailbox, folder), and whether there is a listener."""

    folders: tuple[tuple[str, str, str], ...] = ()
    listener: bool = False
    grace: timedelta = timedelta(hours=24)


def reminder_cause(request_id: int, number: int) -> str:
    """What a reminder is sent for; the outbox takes each cause once."""
    return f"{_reminders_of(request_id)}{number}"


def _reminders_of(request_id: int) -> str:
    return f"request {request_id} reminder "


class Evidence:
    """The evidence of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def standing(self, fed_by: FedBy, *, began_at: datetime | None, clock: str, year: int | None) -> Standing:
        """What holds for all cases now."""
        work = self._work
        drained = {(fact.account, fact.folder): fact.at for fact in Mailboxes(work).drained_facts()}
        return Standing(
            now=work.now,
            began_at=began_at,
            clock=clock,
            year=year,
            folders=tuple(
                Folder(mailbox, name, drained.get((account, name))) for account, mailbox, name in fed_by.folders
            ),
            listener=Watches(work).get(LISTENER) if fed_by.listener else None,
            grace=fed_by.grace,
            untaken=Arrivals(work).any_open(),
            letters_refused=Breaker(work).holds_closings(),
        )

    def of(self, file: CaseFile, standing: Standing) -> Proof:
        """The facts about one case."""
        return Proof(
            standing=standing,
            reply_due=file.reply_due,
            clock_stopped=file.clock_stopped,
            letters=self._letters(file),
            held=HeldMail(self._work).for_case(file.case_id, file.opened_at),
            review=file.review,
        )

    def reminder_waits(self, file: CaseFile) -> bool:
        """Whether a reminder of the last request was written and has not gone out yet."""
        return any(letter.kind == "reminder" and letter.state in _UNSENT for letter in self._letters(file))

    def database_ahead(self) -> timedelta:
        """How far the clock of a database server is before ours; nothing for a database that is a file."""
        if self._work.engine != "postgresql":
            return timedelta()
        its: datetime = self._work.connection.execute(select(func.clock_timestamp())).scalar_one()
        return its - self._work.now

    def _letters(self, file: CaseFile) -> tuple[Posted, ...]:
        """The request and its reminders, oldest first; none where the request itself is not on record."""
        if file.request_id is None:
            return ()
        query = (
            select(letters.c.kind, letters.c.state, letters.c.bounced_at)
            .where(
                letters.c.case_id == file.case_id,
                or_(
                    letters.c.id == file.request_id,
                    and_(letters.c.kind == "reminder", letters.c.cause.startswith(_reminders_of(file.request_id))),
                ),
            )
            .order_by(letters.c.id)
        )
        rows = self._work.connection.execute(query).all()
        return tuple(Posted(row.kind, row.state, row.bounced_at is not None) for row in rows)
