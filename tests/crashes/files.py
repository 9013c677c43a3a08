"""Mail that commands take in: the pipe of a mail server, which keeps what is not safe, and an archive of files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tests.crashes.forked import commanded
from tests.mails import DESK

#: The folders where this mail waits; it is not ours.
QUEUE, ARCHIVE = "queue", "archive"
_FROM = b"From p0@broker0.example Sun Nov 22 09:00:00 2026\n"


def pipe(config: Path, waiting: Mapping[str, bytes], now: datetime, failpoint: str = "") -> tuple[list[str], int]:
    """Each mail through `mailbot deliver`, up to the first that fails: whose are safe, and the last status."""
    queue = config.parent / QUEUE
    queue.mkdir(exist_ok=True)
    safe: list[str] = []
    for sender, raw in waiting.items():
        (queue / sender).write_bytes(raw)
        line = ["deliver", "--from", sender, "--to", DESK, "--now", now.isoformat()]
        if status := commanded(config, line, failpoint, queue / sender):
            return safe, status
        safe.append(sender)
    return safe, 0


def archive(config: Path, waiting: Mapping[str, bytes], now: datetime, failpoint: str = "") -> tuple[list[str], int]:
    """All mail by one `mailbot import` of a Maildir and an mbox beside it: whose are safe, and the status."""
    folder = config.parent / ARCHIVE
    for part in ("new", "cur"):
        (folder / "Maildir" / part).mkdir(parents=True, exist_ok=True)
    first, *others = waiting.items()
    (folder / "mbox").write_bytes(_FROM + first[1])
    for sender, raw in others:
        (folder / "Maildir" / "new" / sender).write_bytes(raw)
    status = commanded(config, ["import", str(folder), "--now", now.isoformat()], failpoint)
    return ([] if status else list(waiting)), status


#: How mail is brought by each way that is a command.
BRINGERS = {"pipe": pipe, "import": archive}
