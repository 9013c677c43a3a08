"""What `mailbot check` says of the mailboxes: that each lets us in now, and how reading it goes."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.cli.check import Check
from mailbot.clock import SystemClock
from mailbot.config import Config, Mailbox
from mailbot.errors import MailbotError
from mailbot.ingest.imap_account import session_opener
from mailbot.ingest.imap_health import findings
from mailbot.store.sealing import read_key_file
from mailbot.store.unit_of_work import Store, open_store


def mailboxes(config: Config) -> Iterator[Check]:
    """Connects, looks at each folder without changing anything, and tells what the store knows."""
    if not config.mailboxes:
        return
    store = open_store(config.database.url, read_key_file(config.keys.file), SystemClock())
    try:
        for mailbox in config.mailboxes:
            yield _let_in(store, mailbox)
        yield from _health(store, config)
    finally:
        store.close()


def _let_in(store: Store, mailbox: Mailbox) -> Check:
    name = f"mailbox {mailbox.name}"
    try:
        session = session_opener(store, mailbox)()
        try:
            exist = sum(session.select(folder, read_only=True).exists for folder in _folders(mailbox))
        finally:
            session.close()
    except MailbotError as error:
        return Check(name, ok=False, sentence=str(error))
    return Check(name, ok=True, sentence=f"{mailbox.host} lets us in; {exist} messages in its folders")


def _health(store: Store, config: Config) -> Iterator[Check]:
    with store.reading() as transaction:
        known, now = transaction.mailboxes.health(), transaction.now
        saved = {box.account: transaction.mailbox_tokens.saved(box.account) for box in config.mailboxes}
    signed_in = {account: token.saved_at for account, token in saved.items() if token}
    for finding in findings(config.mailboxes, known, signed_in, now):
        yield Check(f"mailbox {finding.mailbox}", finding.ok, finding.sentence)


def _folders(mailbox: Mailbox) -> tuple[str, ...]:
    return (*mailbox.folders, *mailbox.junk_folders)
