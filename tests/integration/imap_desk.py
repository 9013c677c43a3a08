"""A desk that reads IMAP mailboxes, as far as these tests need one: a store, a mailbox, and what is in both."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailbot.clock import Clock, SetClock, SystemClock
from mailbot.config import After, AfterAction, Mailbox, SecretText
from mailbot.ingest.imap import MailboxReader, PollResult
from mailbot.ingest.imap_account import session_opener
from mailbot.ingest.imap_wire import Patience
from mailbot.store.engine import migrate
from mailbot.store.sealing import MasterKey
from mailbot.store.unit_of_work import Store, open_store
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.hostile_imap import HostileImap

#: Ten minutes after the mail of the scripted server came in.
MOMENT = datetime(2026, 11, 21, 10, 10, tzinfo=UTC)
MOVE = After(AfterAction.MOVE, "Processed")
SEEN = After(AfterAction.FLAG, "\\Seen")
KEEP = After(AfterAction.KEEP)
#: A scripted server answers at once or never.
HASTE = Patience(connect=5, silence=1, answer=2, done=1)


@dataclass
class ImapDesk:
    """One store and one mailbox; `poll` reads it as `mailbot tick` does."""

    store: Store
    mailbox: Mailbox
    patience: Patience | None = None
    junk_answers: bytes = b"(nothing)"
    results: list[PollResult] = field(default_factory=list)

    def reader(self) -> MailboxReader:
        opener = session_opener(self.store, self.mailbox, self.patience)
        return MailboxReader(self.store, self.mailbox, opener, lambda header: self.junk_answers in header)

    def poll(self) -> PollResult:
        self.results.append(self.reader().poll())
        return self.results[-1]

    def with_mailbox(self, **changes: Any) -> ImapDesk:
        return replace(self, mailbox=replace(self.mailbox, **changes))

    def recorded(self) -> list[bytes]:
        """The raw bytes of every arrival, in the order of recording."""
        with self.store.reading() as transaction:
            return [transaction.arrivals.raw(row.arrival_id) for row in transaction.arrivals.listed(None, limit=10_000)]

    def held(self) -> list[str]:
        """Why each held arrival is held."""
        with self.store.reading() as transaction:
            return [row.error or "" for row in transaction.arrivals.listed("held")]


def mail(number: int, text: str = "Please add my daughter to the plan.") -> bytes:
    """A plain mail with a Message-ID of its own."""
    return (
        f"From: Pat <pat{number}@broker.example>\r\nTo: desk@desk.example\r\nMessage-ID: <{number}@broker.example>\r\n"
        f"Subject: Inquiry {number}\r\nDate: Sat, 21 Nov 2026 09:00:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


@contextmanager
def store_at(url: str, clock: Clock | None = None) -> Iterator[Store]:
    """A migrated, empty store."""
    migrate(url)
    store = open_store(url, (MasterKey(os.urandom(32)),), clock or SystemClock())
    try:
        yield store
    finally:
        store.close()


@contextmanager
def desk_of_dovecot(
    url: str, dovecot: Dovecot, user: str, after: After = MOVE, clock: Clock | None = None
) -> Iterator[ImapDesk]:
    """A desk that reads a user's INBOX on the real server."""
    mailbox = Mailbox(
        name="enrollment",
        host=dovecot.host,
        port=dovecot.port,
        user=user,
        password=SecretText(PASSWORD),
        after=after,
        ca_file=dovecot.ca_file,
    )
    with store_at(url, clock) as store:
        yield ImapDesk(store, mailbox)


@contextmanager
def desk_of_script(url: str, server: HostileImap, folder: Path, after: After = MOVE) -> Iterator[ImapDesk]:
    """A desk that reads the scripted server's one folder; its clock stands at MOMENT."""
    mailbox = Mailbox(
        name="enrollment",
        host=server.host,
        port=server.port,
        user="desk",
        password=SecretText(PASSWORD),
        after=after,
        ca_file=folder / "ca.pem",
    )
    with store_at(url, SetClock(MOMENT)) as store:
        yield ImapDesk(store, mailbox, HASTE)


def append(dovecot: Dovecot, user: str, *mails: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
    """Put mail into a folder as another mail program would; `at` is its INTERNALDATE."""
    with dovecot.client(user) as client:
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for raw in mails:
            client.append(folder, raw, msg_time=at)


def count(dovecot: Dovecot, user: str, folder: str = "INBOX") -> int:
    """How many messages a folder has; 0 when there is no such folder."""
    with dovecot.client(user) as client:
        if not client.folder_exists(folder):
            return 0
        told: int = client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]
        return told


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
