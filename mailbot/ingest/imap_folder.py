"""One pass over one folder: which messages it has that we do not, and the proof that none is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.config import AfterAction
from mailbot.ingest.imap_plan import chunks, same, start_of
from mailbot.ingest.imap_session import SelectedFolder
from mailbot.ingest.imap_take import FolderOutcome, Reading, Taker
from mailbot.ingest.imap_trouble import CommandRefused
from mailbot.store.mailbox_words import Epoch, UidRow, UidState

#: A folder is compared as a whole so often; between, only what is new or open is listed.
COMPARE_EVERY = timedelta(hours=1)
#: Sizes and dates asked for at once; the command stays below the 8,192 octets that every server takes.
AT_ONCE = 500


def read_folder(reading: Reading, folder: str, limit: int, *, junk: bool = False) -> FolderOutcome:
    """Take in what is new, oldest first, until about `limit` messages were taken.

    Raises MailboxTrouble; after one other than CommandRefused the connection is of no more use.
    """
    began = reading.store.now()
    read_only = junk or reading.mailbox.after.action is AfterAction.KEEP
    selected = reading.session.select(folder, read_only=read_only)
    epoch = _entered(reading, selected)
    taker = Taker(reading, epoch, junk=junk)
    if epoch.renewed:
        taker.alarm(
            f"the server numbers {folder} anew (UIDVALIDITY changed): it is read from the beginning, "
            "and what is known already is not taken twice"
        )
    walk = _Walk(reading, taker, epoch, selected, whole=_compares_all(epoch, began))
    walk.go(limit)
    outcome = taker.outcome
    if not outcome.more and not outcome.waiting:
        walk.note_drained(began)
    return outcome


@dataclass(frozen=True, slots=True)
class _Walk:
    """Through all windows of a folder: `whole` from its first message, else from the first that may be open."""

    reading: Reading
    taker: Taker
    epoch: Epoch
    selected: SelectedFolder
    whole: bool

    def go(self, limit: int) -> None:
        for bounds, uids in self._windows():
            if self.taker.outcome.taken >= limit:
                self.taker.outcome.more = True
                return
            self._window(bounds, uids)

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
        low = 1 if self.whole else min(epoch.drained_to, epoch.open_from or epoch.drained_to)
        cut = max(low, min(epoch.cut_below, uidnext))
        since = (epoch.cut_off - timedelta(days=1)).date() if epoch.cut_off else None
        yield from session.listed(self.selected, low, cut, since)
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


def _compares_all(epoch: Epoch, now: datetime) -> bool:
    """Also when the clock went back."""
    listed_at = epoch.listed_at
    return epoch.renewed or listed_at is None or not listed_at <= now < listed_at + COMPARE_EVERY
