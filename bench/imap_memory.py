"""The most memory that a poll needs: a folder of 100,000 messages, one of 1,000, and 25 MB messages; prints JSON.

python bench/imap_memory.py [MESSAGES]      # 100000
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from imap_ground import PASSWORD, Dovecot, desk_for, environment, mail, open_desk_store, peak_mb, running_dovecot

from mailbot.config import load
from mailbot.ingest.imap import MailboxReader
from mailbot.ingest.imap_account import session_opener


def poll(file: str) -> None:
    """In a process of its own: its peak before the poll and after it."""
    from pathlib import Path

    config = load(Path(file), {})
    store = open_desk_store(config)
    mailbox = config.mailboxes[0]
    before = peak_mb(os.getpid())
    began = time.monotonic()
    result = MailboxReader(store, mailbox, session_opener(store, mailbox), lambda header: False).poll()
    took = time.monotonic() - began
    store.close()
    told = {"new": result.new, "drained": result.drained, "error": result.error}
    print(json.dumps({**told, "before_mb": before, "peak_mb": peak_mb(os.getpid()), "seconds": took}))


def measured(dovecot: Dovecot, user: str, polls: int) -> list[dict[str, object]]:
    """Each poll by a fresh process, over the same database."""
    with desk_for(dovecot, user, 'after = "keep"') as config:
        command = [sys.executable, __file__, "--poll", str(config.folder / "mailbot.toml")]
        told = []
        for _ in range(polls):
            done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
            row = json.loads(done.stdout)
            told.append({key: round(value, 1) if isinstance(value, float) else value for key, value in row.items()})
        return told


def fill(dovecot: Dovecot, user: str, number: int) -> None:
    """Straight into the Maildir, as a delivery agent would."""
    with dovecot.client(user) as client:
        client.select_folder("INBOX")
    folder = dovecot.maildir(user) / "new"
    owner = folder.stat()
    for each in range(number):
        file = folder / f"{1_700_000_000 + each // 1000}.M{each}P1.host"
        file.write_bytes(mail(each))
        os.chown(file, owner.st_uid, owner.st_gid)


def main() -> None:
    if sys.argv[1:2] == ["--poll"]:
        return poll(sys.argv[2])
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    assert PASSWORD
    with running_dovecot() as dovecot:
        fill(dovecot, "few", many // 100)
        fill(dovecot, "many", many)
        with dovecot.client("big") as client:
            for each in range(8):
                client.append("INBOX", mail(each, 25 * 1024 * 1024))
        result = {
            f"{many // 100} messages": measured(dovecot, "few", 1),
            f"{many} messages, then again": measured(dovecot, "many", 2),
            "8 messages of 25 MB": measured(dovecot, "big", 1),
        }
    print(json.dumps(result, indent=1))
    return None


if __name__ == "__main__":
    main()
