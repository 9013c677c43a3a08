"""Reading a mailbox once: under a lease, over one connection, each folder until it is drained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self

from mailbot.config import Mailbox
from mailbot.ingest.imap_account import OpenSession
from mailbot.ingest.imap_folder import FolderTurn, read_folder
from mailbot.ingest.imap_session import ImapSession
from mailbot.ingest.imap_take import Reading, Tally
from mailbot.ingest.imap_trouble import CommandRefused, MailboxTrouble
from mailbot.store.mailbox_words import MailboxLease
from mailbot.store.mailboxes import MailboxLeaseLost
from mailbot.store.owner import has_ended, own_name
from mailbot.store.unit_of_work import Store

#: Messages of one folder before the next folder has its turn.
TURN = 1_000
#: Connections that one poll may use up.
CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll did. `new` counts arrivals that nobody had recorded before; `error` is a sentence for staff.

    `drained`: every folder was read to its end. `busy`: another process reads this mailbox, which is no error.
    """

    new: int = 0
    drained: bool = False
    busy: bool = False
    error: str | None = None
    alarms: tuple[str, ...] = ()

    @classmethod
    def of(cls, tally: Tally, *, busy: bool = False) -> Self:
        return cls(
            new=tally.new,
            drained=not (busy or tally.errors or any(tally.waiting.values())),
            busy=busy,
            error=tally.errors[0] if tally.errors else None,
            alarms=tuple(tally.alarms),
        )


@dataclass(frozen=True, slots=True)
class MailboxReader:
    """One mailbox with all that reading it needs; `answers_us` is asked about the headers of junk folders."""

    store: Store
    mailbox: Mailbox
    open_session: OpenSession
    answers_us: Callable[[bytes], bool]
    _unreleased: list[MailboxLease] = field(default_factory=list, init=False)

    def poll(self) -> PollResult:
        """Connect, read every folder to its end, and close. StoreUnavailable when nothing can be recorded."""
        tally = Tally()
        with self.lease() as lease:
            if lease is None:
                return PollResult(busy=True)
            try:
                self._read(lease, tally)
            except MailboxLeaseLost:
                return PollResult.of(tally, busy=True)
            except MailboxTrouble as trouble:
                self.note_failure(lease, str(trouble))
                tally.errors.append(str(trouble))
        return PollResult.of(tally)

    @contextmanager
    def lease(self) -> Iterator[MailboxLease | None]:
        """The right to read, given back at the end; None while another process has it.

        What the store could not take back then is given back here, so that nobody waits for it to run out.
        """
        with self.store.writing() as transaction:
            for earlier in self._unreleased:
                transaction.mailboxes.release(earlier)
            lease = transaction.mailboxes.acquire(self.mailbox.account, self.mailbox.name, own_name(), has_ended)
        self._unreleased.clear()
        try:
            yield lease
        finally:
            if lease:
                self._unreleased.append(lease)
                with self.store.writing() as transaction:
                    transaction.mailboxes.release(lease)
                self._unreleased.clear()

    def pass_over(
        self, session: ImapSession, lease: MailboxLease, tally: Tally, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """All folders in turns, until each is read to its end. Raises MailboxTrouble and MailboxLeaseLost.

        A folder that the server refuses does not keep the others from being read. The first of the configured
        folders comes last, so that it is the one whose news are heard of afterwards.
        """
        reading = Reading(self.store, self.mailbox, session, lease, self.answers_us, tally, stopping)
        turns = [FolderTurn(name, junk=True) for name in self.mailbox.junk_folders]
        turns += [FolderTurn(name) for name in reversed(self.mailbox.folders)]
        while turns and not stopping():
            limit = TURN if len(turns) > 1 else None  # to SELECT a large folder again takes a server long
            turns = [again for turn in turns if (again := self._turned(reading, turn, limit)) is not None]
        if not turns:
            self._note_end(lease, tally)

    def _turned(self, reading: Reading, turn: FolderTurn, limit: int | None) -> FolderTurn | None:
        """Take one turn; returns the next one of that folder, if it has more."""
        try:
            outcome = read_folder(reading, turn, limit)
        except CommandRefused as refused:
            reading.tally.errors.append(f"folder {turn.folder}: {refused}")
            return None
        reading.tally.waiting[turn.folder] = outcome.waiting
        return replace(turn, resume=outcome.resume) if outcome.resume else None

    def note_failure(self, lease: MailboxLease, sentence: str) -> None:
        """Keep for staff why a pass could not be made."""
        with self.store.writing() as transaction:
            transaction.mailboxes.failed(lease, sentence)

    def _read(self, lease: MailboxLease, tally: Tally) -> None:
        """A connection that breaks over a message is opened again a few times: what failed then comes last."""
        for left in reversed(range(CONNECTIONS)):
            session = self.open_session()
            try:
                self.pass_over(session, lease, tally)
                return
            except MailboxTrouble:
                if not left:
                    raise
            finally:
                session.close()

    def _note_end(self, lease: MailboxLease, tally: Tally) -> None:
        with self.store.writing() as transaction:
            if tally.errors:
                transaction.mailboxes.failed(lease, tally.errors[0])
            else:
                transaction.mailboxes.succeeded(lease, waiting=sum(tally.waiting.values()))
