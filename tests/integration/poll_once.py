"""Polls one mailbox once, as a process of its own that a test may kill: `python -m tests.integration.poll_once FILE`.

FILE is JSON with what the desk needs; the result is JSON on standard output.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from mailbot.clock import SystemClock
from mailbot.config import After, AfterAction, Mailbox, SecretText
from mailbot.failpoints import arm
from mailbot.ingest.imap import MailboxReader
from mailbot.ingest.imap_account import session_opener
from mailbot.store.sealing import read_key_file
from mailbot.store.unit_of_work import open_store


def main() -> None:
    arm(os.environ)
    given = json.loads(Path(sys.argv[1]).read_text())
    action, _, name = given["after"].partition(":")
    mailbox = Mailbox(
        name="enrollment",
        host=given["host"],
        port=given["port"],
        user=given["user"],
        password=SecretText(given["password"]),
        after=After(AfterAction(action), name),
        ca_file=Path(given["ca_file"]),
    )
    store = open_store(given["url"], read_key_file(Path(given["key_file"])), SystemClock())
    result = MailboxReader(store, mailbox, session_opener(store, mailbox), lambda header: False).poll()
    store.close()
    sys.stdout.write(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
