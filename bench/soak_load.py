"""The mixed mail of the soak: who writes what by which way, and a ledger of all that the desk took on itself."""

from __future__ import annotations

import base64
import email
import hashlib
import random
import smtplib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from imapclient.exceptions import IMAPClientError

from tests.mails import DESK
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Received, Sink

TEXTS = (
    "Please add my newborn daughter to my policy, group {group}.",
    "How do we pay the premium of group {group} by ACH?",
    "Please terminate the coverage of subscriber {member} as of the end of the month.",
    "Where is the ID card of subscriber {member}? Group {group}.",
    "The claim {member} was denied and we do not understand why.",
)


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail that the desk has answered for: 250 was heard, or the mailbox has it. `about` is its inquiry's number."""

    kind: str
    about: int
    digest: str


@dataclass
class Ledger:
    """Every mail that was accepted, by Message-ID; several threads write to it."""

    posted: dict[str, Posted] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, message_id: str, posted: Posted) -> None:
        with self.lock:
            self.posted[message_id] = posted

    def of_kind(self, kind: str) -> dict[str, Posted]:
        with self.lock:
            return {key: value for key, value in self.posted.items() if value.kind == kind}


def digest(raw: bytes) -> str:
    """Line ends apart: IMAP servers are free to change them."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


def person(number: int) -> str:
    return f"p{number}@broker{number % 997}.example"


def inquiry(number: int, chance: random.Random) -> bytes:
    """A fifth of them carry a file of 20 to 400 KB."""
    words = chance.choice(TEXTS).format(group=f"{number:07d}", member=f"{number:09d}")
    text = f"Hello,\r\n\r\n{words}\r\n\r\nThank you,\r\nPat {number}\r\n"
    head = _head(number, f"i{number}", f"Inquiry {number}")
    if chance.random() > 0.2:
        return f"{head}\r\n{text}".encode()
    content = base64.encodebytes(chance.randbytes(chance.randrange(20_000, 400_000))).replace(b"\n", b"\r\n").decode()
    parts = (
        f"--edge\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--edge\r\nContent-Type: application/octet-stream\r\n"
        f'Content-Disposition: attachment; filename="form{number}.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{content}--edge--\r\n"
    )
    return f"{head}Content-Type: multipart/mixed; boundary=edge\r\n\r\n{parts}".encode()


def answer(number: int, letter: Received, *, automatic: bool) -> bytes:
    """What the person, or their mail program, sends back for a letter."""
    read = email.message_from_bytes(letter.content)
    more = f"In-Reply-To: {read['Message-ID']}\r\nReferences: {read['Message-ID']}\r\n"
    if automatic:
        more += "Auto-Submitted: auto-replied\r\n"
        head = _head(number, f"a{number}", f"Automatic reply: {read['Subject']}")
        return f"{head}{more}\r\nI am out of the office.\r\n".encode()
    text = f"The group number is {number:07d}, and the effective date is January 1, 2027.\r\n"
    head = _head(number, f"r{number}", f"Re: {read['Subject']}", str(read["Reply-To"] or DESK))
    return f"{head}{more}\r\n{text}".encode()


def _head(number: int, name: str, subject: str, to: str = DESK) -> str:
    """All but the empty line; `name` makes the Message-ID."""
    return (
        f"From: Pat {number} <{person(number)}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{name}@broker.example>\r\nMIME-Version: 1.0\r\n"
    )


@dataclass
class Load:
    """Writes inquiries at a steady pace and answers the letters that come; each mail until it is answered for."""

    port: int
    dovecot: Dovecot
    sink: Sink
    seconds_between: float
    chance: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    stopped: threading.Event = field(default_factory=threading.Event)
    refused: int = 0
    answered: int = 0

    def write(self) -> None:
        """Inquiries, one by SMTP, one into the mailbox, and one in twenty by both."""
        number = 0
        while not self.stopped.wait(self.seconds_between):
            number += 1
            raw = inquiry(number, self.chance)
            ways = [self._post, self._append] if number % 20 == 0 else [(self._post, self._append)[number % 2]]
            for way in ways:
                self._until_taken(way, number, raw)
            self.ledger.note(f"i{number}@broker.example", Posted("inquiry", number, digest(raw)))

    def react(self) -> None:
        """A third of those who get a letter write back, and every tenth has a machine that does."""
        while not self.stopped.wait(0.5):
            for letter in self.sink.received[self.answered :]:
                self.answered += 1
                number = int(letter.recipients[0].partition("@")[0].removeprefix("p"))
                for name, kind in (("r", "reply"), ("a", "auto_reply")):
                    wanted = number % 3 == 0 if kind == "reply" else number % 10 == 1
                    if not wanted or f"{name}{number}@broker.example" in self.ledger.posted:
                        continue
                    raw = answer(number, letter, automatic=kind == "auto_reply")
                    self._until_taken(self._post, number, raw)
                    self.ledger.note(f"{name}{number}@broker.example", Posted(kind, number, digest(raw)))

    def _until_taken(self, way: Callable[[int, bytes], None], number: int, raw: bytes) -> None:
        """Also after the end: a mail that was begun is sent to its end."""
        pause = threading.Event()
        while True:
            try:
                return way(number, raw)
            except (OSError, smtplib.SMTPException, IMAPClientError):
                self.refused += 1
                pause.wait(0.3)

    def _post(self, number: int, raw: bytes) -> None:
        client = smtplib.SMTP("127.0.0.1", self.port, "client.example", timeout=60)
        try:
            client.sendmail(person(number), [DESK], raw)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()

    def _append(self, number: int, raw: bytes) -> None:
        with self.dovecot.client("desk") as client:
            client.append("INBOX", raw)
