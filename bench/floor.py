"""The floor that the path is measured against: a bare parse and a bare durable commit of each mail, nothing else."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from email import policy
from email.parser import BytesParser
from pathlib import Path

_TABLES = """
CREATE TABLE raw (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE cases (id INTEGER PRIMARY KEY, number TEXT, subject TEXT, state TEXT, opened TEXT);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, raw_id INTEGER, case_id INTEGER,
    message_id TEXT, in_reply_to TEXT, sender TEXT, subject TEXT, text TEXT
);
CREATE INDEX messages_by_id ON messages (message_id);
CREATE TABLE people (id INTEGER PRIMARY KEY, case_id INTEGER, address TEXT, role TEXT);
CREATE TABLE events (id INTEGER PRIMARY KEY, case_id INTEGER, kind TEXT, why TEXT);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, case_id INTEGER, recipient TEXT, body TEXT, state TEXT);
"""
_LETTER = "Thank you for your inquiry. Your case number is {number}. We will answer within two business days.\n" * 6
_FIELDS = ("Message-ID", "In-Reply-To", "From", "Subject")


def floor_ms(files: Iterable[Path]) -> float:
    """CPU milliseconds a mail: read, hash, parse (compat32), decode every part, commit seven rows with fsync."""
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "floor.db")) as database:
        database.isolation_level = None
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.executescript(_TABLES)
        began, count = time.process_time(), 0
        for count, path in enumerate(files, 1):  # noqa: B007 the last count is how many there were
            _take(database, count, path.read_bytes())
        return 1000 * (time.process_time() - began) / max(count, 1)


def _take(database: sqlite3.Connection, row: int, raw: bytes) -> None:
    digest = hashlib.sha256(raw).hexdigest()
    mail = BytesParser(policy=policy.compat32).parsebytes(raw)
    head = [str(mail[name] or "") for name in _FIELDS]
    parts = [part.get_payload(decode=True) or b"" for part in mail.walk() if not part.is_multipart()]
    text = parts[0].decode("latin-1").replace("\0", "")  # type: ignore[union-attr]
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO raw VALUES (?, ?, ?)", (row, f"{digest}{row}", raw))
    database.execute("INSERT INTO cases VALUES (?, ?, ?, 'open', '')", (row, f"261121-{row:07}", head[3]))
    database.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row, row, row, *head, text))
    database.execute("INSERT INTO people VALUES (?, ?, ?, 'unknown')", (row, row, head[2]))
    database.execute("INSERT INTO events VALUES (?, ?, 'CaseOpened', '')", (row, row))
    database.execute("INSERT INTO outbox VALUES (?, ?, ?, ?, 'due')", (row, row, head[2], _LETTER.format(number=row)))
    database.execute("COMMIT")
