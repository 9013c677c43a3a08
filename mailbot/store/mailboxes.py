"""What we know of each mailbox: its lease, the UIDs seen, how far each folder is drained, and its health.

Every change by a reader goes through its lease: a reader that was overtaken changes nothing (ATTACKS F21).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, Row, func, insert, or_, select, update

from mailbot.store.mailbox_tables import mailbox_folders, mailbox_uids, mailboxes
from mailbot.store.mailbox_words import Drained, Epoch, MailboxHealth, MailboxLease, UidRow, UidState
from mailbot.store.work import Work

#: A reader that commits nothing for so long may be overtaken; what it does afterwards is refused.
LEASE = timedelta(minutes=5)


class MailboxLeaseLost(Exception):
    """Somebody else reads this mailbox now; what was done for it must be rolled back."""


class Mailboxes:
    """The mailboxes of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._connection = work.connection

    # The lease.

    def acquire(self, account: str, name: str, owner: str, ended: Callable[[str], bool]) -> MailboxLease | None:
        """Take the account, or None while another owner has it. `ended` tells that an owner's process is no more.

        A lease that ends later than any lease can is from a clock that was wrong, and does not count.
        """
        now = self._work.now
        self._make_known(account, name)
        held_by = self._connection.execute(select(mailboxes.c.owner).where(_is(account))).scalar_one()
        free = [
            mailboxes.c.owner.is_(None),
            mailboxes.c.lease_until <= now,
            mailboxes.c.lease_until > now + 2 * LEASE,
        ]
        if held_by and ended(held_by):
            free.append(mailboxes.c.owner == held_by)
        taken = self._connection.execute(
            update(mailboxes)
            .where(_is(account), or_(*free))
            .values(owner=owner, fence=mailboxes.c.fence + 1, lease_until=now + LEASE, tried_at=now, name=name)
            .returning(mailboxes.c.id, mailboxes.c.fence)
        ).one_or_none()
        return MailboxLease(taken.id, account, taken.fence) if taken else None

    def renew(self, lease: MailboxLease, **values: Any) -> None:
        """Prove that the lease is still ours and prolong it, with other changes of the row. MailboxLeaseLost else."""
        changed = self._connection.execute(
            update(mailboxes)
            .where(mailboxes.c.id == lease.mailbox_id, mailboxes.c.fence == lease.fence)
            .values(lease_until=self._work.now + LEASE, **values)
        )
        if changed.rowcount != 1:
            raise MailboxLeaseLost

    def release(self, lease: MailboxLease) -> None:
        """Let others read it; nothing happens when the lease was lost."""
        self._connection.execute(
            update(mailboxes)
            .where(mailboxes.c.id == lease.mailbox_id, mailboxes.c.fence == lease.fence)
            .values(owner=None, lease_until=None)
        )

    # How it goes.

    def succeeded(self, lease: MailboxLease, *, waiting: int) -> None:
        """A whole pass over all folders ended well."""
        now = self._work.now
        self.renew(lease, tried_at=now, succeeded_at=now, failures=0, error=None, waiting=waiting)

    def failed(self, lease: MailboxLease, sentence: str) -> None:
        """A pass could not be made; the sentence is for staff."""
        now = self._work.now
        self.renew(lease, tried_at=now, failed_at=now, failures=mailboxes.c.failures + 1, error=sentence)

    def alarm(self, lease: MailboxLease, sentence: str) -> None:
        """Something odd that needs a look, though reading goes on."""
        self.renew(lease, alarm=sentence, alarmed_at=self._work.now)

    def health(self) -> list[MailboxHealth]:
        rows = self._connection.execute(select(mailboxes).order_by(mailboxes.c.name))
        return [_health(row, self._work.now) for row in rows]

    # The folders and their messages.

    def epoch(self, lease: MailboxLease, told: tuple[str, int, int], cut_off: datetime | None) -> Epoch:
        """The life of a folder that (folder, uidvalidity, uidnext) names, made when it is new.

        The cut-off of the first life holds for all later ones; after that `cut_off` does not matter.
        """
        folder, uidvalidity, uidnext = told
        earlier = self._connection.execute(
            select(mailbox_folders)
            .where(mailbox_folders.c.mailbox_id == lease.mailbox_id, mailbox_folders.c.folder == folder)
            .order_by(mailbox_folders.c.id)
        ).all()
        row = next((row for row in earlier if row.uidvalidity == uidvalidity), None)
        values = {"selected_at": self._work.now}
        if row is None:
            folder_id = self._work.new_id()
            kept = earlier[0].cut_off if earlier else cut_off
            self._connection.execute(
                insert(mailbox_folders).values(
                    id=folder_id,
                    mailbox_id=lease.mailbox_id,
                    folder=folder,
                    uidvalidity=uidvalidity,
                    cut_off=kept,
                    cut_below=uidnext if kept else 1,
                    drained_to=1,
                    **values,
                )
            )
        else:
            folder_id = row.id
            self._connection.execute(update(mailbox_folders).where(_in(folder_id)).values(values))
        renewed = bool(earlier) and (row is None or max(earlier, key=lambda each: each.selected_at) is not row)
        return self._epoch(folder_id, renewed=renewed)

    def known(self, folder_id: int, low: int, below: int) -> dict[int, UidRow]:
        """The messages of [low, below) by UID."""
        rows = self._connection.execute(
            select(mailbox_uids).where(
                mailbox_uids.c.folder_id == folder_id, mailbox_uids.c.uid >= low, mailbox_uids.c.uid < below
            )
        )
        return {row.uid: _uid_row(row) for row in rows}

    def note(self, folder_id: int, rows: Iterable[UidRow]) -> None:
        """Keep what is known of messages, in place of what was."""
        values = [_values(folder_id, row, self._work.now) for row in rows]
        if values:
            self._connection.execute(self._upsert(), values)

    def settle(self, folder_id: int, uids: Sequence[int]) -> None:
        """These are flagged, moved, or gone."""
        self._connection.execute(
            update(mailbox_uids)
            .where(mailbox_uids.c.folder_id == folder_id, mailbox_uids.c.uid.in_(uids))
            .values(state=UidState.SETTLED, noted_at=self._work.now)
        )

    def drained(self, folder_id: int, up_to: int, at: datetime) -> None:
        """Every UID below `up_to` is recorded or refused; `at` is a moment before the server named `up_to`."""
        self._connection.execute(update(mailbox_folders).where(_in(folder_id)).values(drained_to=up_to, drained_at=at))

    def listed(self, folder_id: int, at: datetime) -> None:
        """The whole folder was compared with what we know."""
        self._connection.execute(update(mailbox_folders).where(_in(folder_id)).values(listed_at=at))

    def kept_there(self, arrival_id: int) -> tuple[str, str] | None:
        """The mailbox and folder that hold what an arrival is only the header of; None when it is the whole mail."""
        found = self._connection.execute(
            select(mailboxes.c.name, mailbox_folders.c.folder)
            .join(mailbox_folders, mailbox_folders.c.mailbox_id == mailboxes.c.id)
            .join(mailbox_uids, mailbox_uids.c.folder_id == mailbox_folders.c.id)
            .where(mailbox_uids.c.arrival_id == arrival_id, mailbox_uids.c.state == UidState.REFUSED)
            .limit(1)
        ).one_or_none()
        return (found.name, found.folder) if found else None

    def drained_facts(self) -> list[Drained]:
        """For each folder of each account, in its present life, how far it was drained. Never drained: not here."""
        newest = (
            select(
                mailbox_folders,
                mailboxes.c.account,
                func.row_number()
                .over(
                    partition_by=(mailbox_folders.c.mailbox_id, mailbox_folders.c.folder),
                    order_by=(mailbox_folders.c.selected_at.desc(), mailbox_folders.c.id.desc()),
                )
                .label("rank"),
            )
            .join(mailboxes, mailboxes.c.id == mailbox_folders.c.mailbox_id)
            .subquery()
        )
        rows = self._connection.execute(select(newest).where(newest.c.rank == 1, newest.c.drained_at.is_not(None)))
        return [Drained(row.account, row.folder, row.uidvalidity, row.drained_to, row.drained_at) for row in rows]

    def _make_known(self, account: str, name: str) -> None:
        row = {"id": self._work.new_id(), "account": account, "name": name, "fence": 0, "failures": 0, "waiting": 0}
        statement = self._work.insert(mailboxes).values(row).on_conflict_do_nothing(index_elements=["account"])
        self._connection.execute(statement)

    def _epoch(self, folder_id: int, *, renewed: bool) -> Epoch:
        row = self._connection.execute(select(mailbox_folders).where(_in(folder_id))).one()
        open_from = self._connection.execute(
            select(func.min(mailbox_uids.c.uid)).where(
                mailbox_uids.c.folder_id == folder_id,
                or_(mailbox_uids.c.state == UidState.RECORDED, mailbox_uids.c.state == UidState.FAILING),
            )
        ).scalar_one()
        return Epoch(
            folder_id=folder_id,
            folder=row.folder,
            uidvalidity=row.uidvalidity,
            cut_off=row.cut_off,
            cut_below=row.cut_below,
            listed_at=row.listed_at,
            drained_to=row.drained_to,
            open_from=open_from,
            renewed=renewed,
        )

    def _upsert(self) -> Insert:
        statement = self._work.insert(mailbox_uids)
        changed = {name: statement.excluded[name] for name in _CHANGED}
        return statement.on_conflict_do_update(index_elements=["folder_id", "uid"], set_=changed)


_CHANGED = ("state", "arrival_id", "size", "internal_date", "tries", "noted_at")


def _is(account: str) -> Any:
    return mailboxes.c.account == account


def _in(folder_id: int) -> Any:
    return mailbox_folders.c.id == folder_id


def _values(folder_id: int, row: UidRow, now: datetime) -> dict[str, Any]:
    return {
        "folder_id": folder_id,
        "uid": row.uid,
        "state": row.state,
        "arrival_id": row.arrival_id,
        "size": row.size,
        "internal_date": row.internal_date,
        "tries": row.tries,
        "noted_at": now,
    }


def _uid_row(row: Row[Any]) -> UidRow:
    return UidRow(row.uid, UidState(row.state), row.arrival_id, row.size, row.internal_date, row.tries, row.noted_at)


def _health(row: Row[Any], now: datetime) -> MailboxHealth:
    return MailboxHealth(
        account=row.account,
        name=row.name,
        tried_at=row.tried_at,
        succeeded_at=row.succeeded_at,
        failures=row.failures,
        error=row.error,
        failed_at=row.failed_at,
        alarm=row.alarm,
        alarmed_at=row.alarmed_at,
        waiting=row.waiting,
        reading=row.owner is not None and row.lease_until > now,
    )
