"""The crash matrix: each failpoint by each way in, the process killed there once, or again while it recovers.

A slice of it runs with the tests, all of it by bench/crash_matrix.py.
"""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import uuid4

from mailbot.clock import SystemClock
from mailbot.failpoints import NAMES
from tests.crashes.files import BRINGERS
from tests.crashes.forked import Forked, forked
from tests.crashes.invariants import CANARIES, Evidence, broken
from tests.desks import Desk, open_desk
from tests.integration.imap_desk import append
from tests.integration.imap_desk import count as counted
from tests.mails import DESK, mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import Sink

WAYS = ("smtp", "lmtp", "imap", *BRINGERS)
COUNT = 3
SETTLED_WITHIN = 40.0
KILLED = -9
#: The letter may have left when the process died there, and nobody noted it.
UNSURE = ("delivery.after_dot", "outbox.after_answer", "outbox.in_note")

MAILBOX = """
[[mailbox]]
name = "enrollment"
host = "{host}"
port = {port}
user = "{user}"
password_file = "password"
ca_file = "{ca_file}"
after = "move:Processed"
"""


@dataclass(frozen=True, slots=True)
class Crash:
    """A cell of the matrix. `again` is where the process dies while it recovers, "" where it does not.

    A second death whose point is not reached while recovering is none: the first had left nothing to do there.
    """

    way: str
    at: str
    again: str = ""

    def __str__(self) -> str:
        return f"{self.way}: {self.at}" + (f", then {self.again}" if self.again else "")


def points(way: str) -> list[str]:
    """The failpoints that mail passes which comes this way, from the socket to the letter and the export."""
    own = {"smtp": "smtp", "lmtp": "smtp", "imap": "imap", "pipe": "files", "import": "files"}[way]
    return [name for name in NAMES if name.partition(".")[0] in (own, "intake", "outbox", "delivery", "export")]


def once() -> list[Crash]:
    return [Crash(way, at) for way in WAYS for at in points(way)]


def twice() -> list[Crash]:
    """Each point again, and the point after it: that is where recovery goes on."""
    both = []
    for way in WAYS:
        names = points(way)
        for at, following in zip(names, [*names[1:], names[0]], strict=True):
            both += [Crash(way, at, at), Crash(way, at, following)]
    return both


@dataclass
class Drill:
    """One cell, played on a database of its own."""

    folder: Path
    url: str
    crash: Crash
    sink: Sink
    dovecot: Dovecot
    user: str = field(default_factory=lambda: f"u{uuid4().hex[:12]}")
    kills: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        way, now = self.crash.way, SystemClock().now()
        self.sections = {
            "listener": {"smtp": "127.0.0.1:0" if way == "smtp" else "", "lmtp": "lmtp" if way == "lmtp" else ""},
            "outgoing": {"url": f"smtp://127.0.0.1:{self.sink.port}"},
            "export": {"folder": "export"},
        }
        self.config = self.folder / "mailbot.toml"
        canaries = " ".join(each.decode() for each in CANARIES)
        self.senders = [f"p{number}@broker{number}.example" for number in range(COUNT)]
        self.mails = [
            mail(f"My number is {canaries}", sender=sender, subject=f"ID card {number}", date=format_datetime(now))
            for number, sender in enumerate(self.senders)
        ]
        self.waiting = dict(zip(self.senders, self.mails, strict=True))

    def play(self) -> list[str]:
        """Die, die again if that is asked for, recover; the promises that were broken."""
        now = SystemClock().now()
        with open_desk(self.folder, self.url, now, **self.sections) as desk:
            if self.crash.way == "imap":
                self._fill_mailbox()
            deaths = [self.crash.at, *filter(None, [self.crash.again])]
            for hours, name in enumerate(deaths):
                self._die(desk, name, now + timedelta(hours=hours))
            self._recover(desk, now + timedelta(hours=len(deaths)))
            return self.checked(desk)

    def checked(self, desk: Desk) -> list[str]:
        """The promises that were broken; that the process did not die where it should have is one of them."""
        if self.crash.at not in self.kills:
            return [f"{self.crash.at} was not reached"]
        unsure = sum(name in UNSURE for name in self.kills)
        exported = self.crash.at.startswith("export.")
        return broken(Evidence(desk, self.sink, self.mails, self.senders, len(self.kills), unsure, exported))

    def reopened(self) -> AbstractContextManager[Desk]:
        return open_desk(self.folder, self.url, SystemClock().now(), **self.sections)

    def _fill_mailbox(self) -> None:
        """The mail waits in a folder, and the desk is told of it."""
        append(self.dovecot, self.user, *self.mails)
        self.waiting.clear()
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o600)
        server = {"host": self.dovecot.host, "port": self.dovecot.port, "ca_file": self.dovecot.ca_file}
        with self.config.open("a") as file:
            file.write(MAILBOX.format(user=self.user, **server))

    def _die(self, desk: Desk, name: str, now: datetime) -> None:
        """Run until the process is killed there, or until nothing is left to do."""
        if self._in_command(name):
            if self._bring(now, f"{name}:kill:1") == KILLED:
                self.kills.append(name)
            return
        exporting = name.startswith("export.")
        if not (exporting and self._settled(desk)):  # the service would finish what the first death left of an export
            with forked(self.config, now, "" if exporting else f"{name}:kill:1") as running:
                self._hand_in(running, now)
                self._run(desk, running)
        if exporting:
            with forked(self.config, now, f"{name}:kill:1", "export") as running:
                running.dead()
        if running.killed():
            self.kills.append(name)

    def _in_command(self, name: str) -> bool:
        """Whether the command dies there that brings mail; what it left of the intake is the service's."""
        intake = name.startswith("intake.") and not self.kills
        return self.crash.way in BRINGERS and (intake or name.startswith("files."))

    def _bring(self, now: datetime, failpoint: str = "") -> int:
        """Mail by a command, which may be run again; the status of the last."""
        if not self.waiting:
            return 0
        safe, status = BRINGERS[self.crash.way](self.config, self.waiting, now, failpoint)
        for sender in safe:
            del self.waiting[sender]
        return status

    def interrupted(self, desk: Desk, running: Forked, interrupt: Callable[[], None]) -> None:
        """Post everything, with this happening after each mail, and what was put off again; wait until all is done."""
        for _ in self.mails:
            self._post(running, most=1)
            interrupt()
        self._post(running)
        if not self.waiting:
            self._run(desk, running)

    def _recover(self, desk: Desk, now: datetime) -> None:
        with forked(self.config, now) as running:
            self._hand_in(running, now)
            self._run(desk, running)
            assert not running.killed()
        if self.crash.at.startswith("export."):
            with forked(self.config, now, task="export") as running:
                running.dead()

    def _run(self, desk: Desk, running: Forked) -> None:
        """Until all is done or the process is dead."""
        pause = threading.Event()
        for _ in range(int(SETTLED_WITHIN / 0.1)):
            if running.dead(0.05) or (not self.waiting and self._settled(desk)):
                return
            pause.wait(0.05)

    def _settled(self, desk: Desk) -> bool:
        arrivals, letters = desk.arrivals(), desk.letters()
        done = [row.state for row in arrivals] == ["done"] * COUNT
        sent = [letter.state for letter in letters] == ["sent"] * COUNT
        there = self.crash.way == "imap" and (done and sent) and counted(self.dovecot, self.user)
        return done and sent and not there

    def _hand_in(self, running: Forked, now: datetime) -> None:
        if self.crash.way in BRINGERS:
            self._bring(now)
        else:
            self._post(running)

    def _post(self, running: Forked, most: int = COUNT) -> None:
        """As the mail server before us: what was not taken from it is sent again."""
        for sender, raw in list(self.waiting.items())[:most]:
            with suppress(smtplib.SMTPException, OSError):
                with self._client(running) as client:
                    refused = client.sendmail(sender, DESK, raw)
                if not refused:
                    del self.waiting[sender]

    def _client(self, running: Forked) -> smtplib.SMTP:
        if self.crash.way == "lmtp":
            return smtplib.LMTP(str(self.folder / "lmtp"), local_hostname="client.example")
        return smtplib.SMTP("127.0.0.1", running.port or 1, "client.example", timeout=30)
