"""One pass over one folder: which messages it has that we do not, and the proof that none is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.config import AfterAction
from mailbot.ingest.imap_plan import chunks, same, start_of
from mailbot.ingest.imap_session import SelectedFolder
from mailbot.ingest.imap_take import FolderOutcome, Reading, Resume, Taker
from mailbot.ingest.imap_trouble import CommandRefused
from mailbot.store.mailbox_words import Epoch, UidRow, UidState

#: A folder is compared as a whole so often; between, only what is new or open is listed.
COMPARE_EVERY = timedelta(hours=1)
#: Sizes and dates asked for at once; the command stays below the 8,192 octets that every server takes.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FolderTurn:
    """Which folder, and where the turn before ended. `junk`: see Taker."""

    folder: str
    junk: bool = False
    resume: Resume | None = None


def read_folder(reading: Reading, turn: FolderTurn, limit: int | None) -> FolderOutcome:
    """Take in what is new, oldest first, until about `limit` messages were taken. Raises MailboxTrouble.

    After one other than CommandRefused the connection is of no more use.
    """
    began = reading.store.now()
    read_only = turn.junk or reading.mailbox.after.action is AfterAction.KEEP
    selected = reading.session.select(turn.folder, read_only=read_only)
    epoch = _entered(reading, selected)
    taker = Taker(reading, epoch, junk=turn.junk)
    if epoch.renewed:
        taker.alarm(
            f"the server numbers {turn.folder} anew (UIDVALIDITY changed): it is read from the beginning, "
            "and what is known already is not taken twice"
        )
    walk = _walk(reading, taker, epoch, selected, turn.resume)
    walk.go(limit)
    if not taker.outcome.resume and not taker.outcome.waiting:
        walk.note_drained(began)
    return taker.outcome


@dataclass(frozen=True, slots=True)
class _Walk:
    """Through the windows of a folder from `low` on; `whole` when this poll began at its first message."""

    reading: Reading
    taker: Taker
    epoch: Epoch
    selected: SelectedFolder
    low: int
    whole: bool

    def go(self, limit: int | None) -> None:
        outcome = self.taker.outcome
        for bounds, uids in self._windows():
            self._window(bounds, uids)
            enough = self.reading.stopping() or (limit is not None and outcome.taken >= limit)
            if enough and bounds[1] < self.selected.uidnext:
                outcome.resume = Resume(self.epoch.uidvalidity, bounds[1], outcome.waiting, self.whole)
                return

    def note_drained(self, began: datetime) -> None:
        """What reached the mailbox before `began` has a UID below UIDNEXT, which was asked for afterwards."""
        with self.reading.store.writing() as transaction:
            transaction.mailboxes.renew(self.reading.lease)
            transaction.mailboxes.drained(self.epoch.folder_id, self.selected.uidnext, began)
            if self.whole:
                transaction.mailboxes.listed(self.epoch.folder_id, began)

    def _windows(self) -> Iterator[tuple[tuple[int, int], list[int]]]:
        """The server leaves out what is older than the cut-off; a day is its smallest measure, so one day earlier."""
        epoch, uidnext, session = self.epoch, self.selected.uidnext, self.reading.session
        cut = max(self.low, min(epoch.cut_below, uidnext))
        since = (epoch.cut_off - timedelta(days=1)).date() if epoch.cut_off else None
        yield from session.listed(self.selected, self.low, cut, since)
        yield from session.listed(self.selected, cut, uidnext)

    def _window(self, bounds: tuple[int, int], uids: list[int]) -> None:
        with self.reading.store.reading() as transaction:
            known = transaction.mailboxes.known(self.epoch.folder_id, *bounds)
        there = frozenset(uids)
        self.taker.settle([uid for uid, row in known.items() if row.state.open and uid not in there])
        if self.whole:
            self._forget_swapped(known, there)
        for some in chunks([uid for uid in uids if uid not in known or known[uid].state.open], AT_ONCE):
            self.taker.take(some, known)

    def _forget_swapped(self, known: dict[int, UidRow], there: frozenset[int]) -> None:
        """What no longer looks like the message that we know under its UID is fetched again (ATTACKS F18, A022)."""
        settled = [uid for uid, row in known.items() if row.state is UidState.SETTLED and uid in there]
        for some in chunks(sorted(settled), AT_ONCE):
            for uid, described in self.reading.session.describe(some).items():
                if not same(known[uid], described):
                    self.taker.suspect(known.pop(uid))


def _entered(reading: Reading, selected: SelectedFolder) -> Epoch:
    """The folder's present life; without UIDVALIDITY nothing is read, since messages could not be told apart."""
    if selected.uidvalidity is None:
        raise CommandRefused(
            f"{reading.mailbox.host} tells no UIDVALIDITY for {selected.name}: nothing is read there until it does"
        )
    since = reading.mailbox.since
    with reading.store.writing() as transaction:
        transaction.mailboxes.renew(reading.lease)
        told = (selected.name, selected.uidvalidity, selected.uidnext)
        return transaction.mailboxes.epoch(reading.lease, told, start_of(since) if since else None)


def _walk(reading: Reading, taker: Taker, epoch: Epoch, selected: SelectedFolder, resume: Resume | None) -> _Walk:
    """From where the turn before ended; else from the beginning when it is time to compare; else from what is open."""
    if resume and resume.uidvalidity == epoch.uidvalidity and not epoch.renewed:
        taker.outcome.waiting = resume.waiting
        return _Walk(reading, taker, epoch, selected, resume.low, resume.whole)
    if _compares_all(epoch, reading.store.now()):
        return _Walk(reading, taker, epoch, selected, 1, whole=True)
    low = min(epoch.drained_to, epoch.open_from or epoch.drained_to)
    return _Walk(reading, taker, epoch, selected, low, whole=False)


def _compares_all(epoch: Epoch, now: datetime) -> bool:
    """Also when the clock went back."""
    listed_at = epoch.listed_at
    return epoch.renewed or listed_at is None or not listed_at <= now < listed_at + COMPARE_EVERY
