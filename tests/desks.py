"""A whole desk for a test: its folder, its key, the app over a database, and a clock that the test moves."""

from __future__ import annotations

import email
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import Message as ParsedMail
from pathlib import Path
from typing import Any

from mailbot.app import App, opened
from mailbot.cases.events import Event
from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage
from mailbot.clock import SetClock
from mailbot.config import load
from mailbot.intake import TakenIn
from mailbot.mail import Envelope, Kind
from mailbot.replies.outcomes import Sent
from mailbot.store.arrivals import ArrivalRow, NewArrival, Recorded
from mailbot.store.reports import CaseQuery, CaseRow, LetterRow, MessageRow
from mailbot.store.sealing import new_key_file
from mailbot.store.unit_of_work import Store
from tests.mails import ALIAS, DESK, MONDAY
from tests.readers import read_by

SOON = timedelta(minutes=10)  # longer than the rests between attempts, and than an arrival's lease


def write_desk(folder: Path, database_url: str, **sections: Mapping[str, Any]) -> Path:
    """A folder with a configuration and a key; `sections` add to what every test desk has. The configuration's path."""
    folder.mkdir(exist_ok=True)
    tables: dict[str, dict[str, Any]] = {
        "desk": {"name": "Enrollment Desk", "address": DESK, "aliases": [ALIAS]},
        "database": {"url": database_url},
        "listener": {"smtp": "127.0.0.1:0", "min_free_mb": 0},
        "outgoing": {"url": "maildir:letters"},
    }
    for name, keys in sections.items():
        tables.setdefault(name, {}).update(keys)
    lines = [
        line
        for name, keys in tables.items()
        for line in (f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items()))
    ]
    path = folder / "mailbot.toml"
    path.write_text("\n".join(lines), "utf-8")
    path.chmod(0o600)
    if not (folder / "mailbot.key").exists():
        new_key_file(folder / "mailbot.key")
    return path


@dataclass
class Courier:
    """Takes every letter and remembers it; `outcomes` are given first, in their order."""

    outcomes: list[Any] = field(default_factory=list)
    letters: list[Any] = field(default_factory=list)

    def deliver(self, letters: Any) -> Iterator[Any]:
        for letter in letters:
            self.letters.append(letter)
            yield self.outcomes.pop(0) if self.outcomes else Sent("250 taken")


@dataclass
class Desk:
    """An open desk, and what a test asks of it."""

    app: App
    clock: SetClock
    config_file: Path

    @property
    def store(self) -> Store:
        return self.app.store

    def record(self, raw: bytes, sender: str | None = "dana@broker.example", **changes: Any) -> Recorded:
        """Record a mail as if it had come in now."""
        values = {"source": "smtp", "received_at": self.clock.now(), "silent": False} | changes
        recipients = values.pop("recipients", (DESK,))
        with self.store.writing() as transaction:
            return transaction.arrivals.record(NewArrival(raw, Envelope(sender, recipients), **values))

    def send(self, raw: bytes, sender: str | None = "dana@broker.example", **changes: Any) -> TakenIn:
        """Record a new mail and take it in; what became of it."""
        recorded = self.record(raw, sender, **changes)
        assert recorded.new
        result = self.app.intake.take_in_one(recorded.arrival_id)
        assert result is not None
        return result

    def take_in(self) -> list[TakenIn]:
        return self.app.intake.take_in_all()

    def deliver(self) -> int:
        return self.app.dispatch.deliver_due()

    def later(self, span: timedelta = SOON) -> None:
        self.clock.advance(span)

    def cases(self, **query: Any) -> list[CaseRow]:
        with self.store.reading() as transaction:
            return transaction.reports.cases(CaseQuery(**query), limit=10_000)

    def case_id(self, number: str | None) -> int:
        return self.case(number).case_id

    def case(self, number: str | None) -> CaseRow:
        with self.store.reading() as transaction:
            row = transaction.reports.case(number or "")
        assert row is not None
        return row

    def thread(self, number: str | None) -> list[MessageRow]:
        row = self.case(number)
        with self.store.reading() as transaction:
            return transaction.reports.messages(row.case_id)

    def events(self, number: str | None) -> list[Event]:
        row = self.case(number)
        with self.store.reading() as transaction:
            return [each.event for each in transaction.reports.events(row.case_id)]

    def letters(self) -> list[LetterRow]:
        with self.store.reading() as transaction:
            return transaction.reports.letters(limit=10_000)

    def arrivals(self, state: str | None = None) -> list[ArrivalRow]:
        with self.store.reading() as transaction:
            return transaction.arrivals.listed(state, limit=10_000)

    def raw(self, arrival_id: int) -> bytes:
        with self.store.reading() as transaction:
            return transaction.arrivals.raw(arrival_id)

    def letter(self, row: LetterRow) -> ParsedMail:
        """The letter as it is sent, read again."""
        with self.store.reading() as transaction:
            return email.message_from_bytes(transaction.outbox.content(row.letter_id).content)


@contextmanager
def open_desk(folder: Path, database_url: str, now: datetime = MONDAY, **sections: Mapping[str, Any]) -> Iterator[Desk]:
    """A desk in this folder over this database; opened again, it goes on with the key that is there."""
    with desk_of(write_desk(folder, database_url, **sections), now) as desk:
        yield desk


@contextmanager
def desk_of(path: Path, now: datetime = MONDAY) -> Iterator[Desk]:
    """The desk of this configuration, which is left as it is: so one looks at a desk that is at work."""
    clock = SetClock(now)
    with opened(load(path, {}), clock) as app:
        read_by(app, _nothing_understood)
        yield Desk(app, clock, path)


def _nothing_understood(sent: SentMessage) -> Understanding:
    """What a mail is about is no matter here: the model may learn without a test noticing."""
    return Understanding("other.general" if sent.kind is Kind.INQUIRY else None, 0.0)


def text_of(letter: ParsedMail) -> str:
    """The text part of a letter."""
    part = next(part for part in letter.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
