"""The ways on which bench/inputs.py brings mail to a running desk: real sockets, a real mailbox, files."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from rendered import DESK
from send_all import Sender
from steps import cpu_of

from tests.servers.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.servers.service import Served, environment

CONNECTIONS = 4
TRIES = 3
STEP = 0.02
_SOCKET = "lmtp.sock"


class Way(Protocol):
    """One way. `sections` is what the configuration says of it, `more` what is written below it.

    `starts` is how many programs of ours each carrying starts; their start is in its CPU.
    """

    sections: Mapping[str, Mapping[str, Any]]
    more: str
    starts: int

    def carry(self, config: Path, served: Sequence[Served], files: Sequence[Path]) -> float:
        """Hand these mails over; the CPU seconds of what has ended meanwhile. AssertionError when one was refused."""
        ...


class Smtp:
    """Four clients at once, on one connection each, spread over the processes."""

    sections: Mapping[str, Mapping[str, Any]] = {}
    more = ""
    starts = 0

    def carry(self, config: Path, served: Sequence[Served], files: Sequence[Path]) -> float:
        senders = [Sender("127.0.0.1", served[n % len(served)].port, [DESK], TRIES) for n in range(CONNECTIONS)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            answers = pool.map(
                lambda number: senders[number].send_all(list(files[number::CONNECTIONS])), range(CONNECTIONS)
            )
            _all_taken(sum(answers, Counter[str]()), files)
        return 0.0


class _LmtpSender(Sender):
    def __init__(self, path: Path) -> None:
        super().__init__("", 0, [DESK], TRIES)
        self.path = path

    def connected(self) -> smtplib.SMTP:
        return smtplib.LMTP(str(self.path), 0, "sender.example")


class Lmtp:
    """Four clients at once on the UNIX socket, as a mail server on the same machine has them."""

    sections: Mapping[str, Mapping[str, Any]] = {"listener": {"lmtp": _SOCKET}}
    more = ""
    starts = 0

    def carry(self, config: Path, served: Sequence[Served], files: Sequence[Path]) -> float:
        sender = _LmtpSender(config.parent / _SOCKET)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            answers = pool.map(lambda number: sender.send_all(list(files[number::CONNECTIONS])), range(CONNECTIONS))
            _all_taken(sum(answers, Counter[str]()), files)
        return 0.0


class Imap:
    """A mailbox of a Dovecot, which mailbot watches by IDLE; each mail is moved when it is recorded."""

    sections: Mapping[str, Mapping[str, Any]] = {}
    starts = 0

    def __init__(self, dovecot: Dovecot) -> None:
        self._dovecot = dovecot
        self.more = (
            f'\n[[mailbox]]\nname = "enrollment"\nhost = "{dovecot.host}"\nport = {dovecot.port}\nuser = "desk"\n'
            f'ca_file = "{dovecot.ca_file}"\npassword_file = "password"\nafter = "move:Processed"\n'
        )

    def carry(self, config: Path, served: Sequence[Served], files: Sequence[Path]) -> float:
        with self._dovecot.client("desk") as client:
            for file in files:
                client.append("INBOX", file.read_bytes())
        return 0.0


class Files:
    """A Maildir that `mailbot import` reads, in a process of its own beside the service that sends the letters."""

    sections: Mapping[str, Mapping[str, Any]] = {}
    more = ""
    starts = 1

    def __init__(self, now: str) -> None:
        self._now, self._count = now, 0

    def carry(self, config: Path, served: Sequence[Served], files: Sequence[Path]) -> float:
        self._count += 1
        folder = config.parent / f"Maildir{self._count}"
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)
        for file in files:
            os.link(file, folder / "new" / file.name)
        line = [sys.executable, "-m", "mailbot", "import", "--config", str(config), "--now", self._now, str(folder)]
        with subprocess.Popen(line, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            cpu = _cpu_to_its_end(process)
        assert process.returncode == 0, "the import ended before its time"
        return cpu


@contextmanager
def way_of(name: str, now: str) -> Iterator[Way]:
    """The way of this name: smtp, lmtp, imap or files; its server runs while the block does."""
    if name == "imap":
        with running_dovecot() as dovecot:
            yield Imap(dovecot)
        return
    made: dict[str, Way] = {"smtp": Smtp(), "lmtp": Lmtp(), "files": Files(now)}
    yield made[name]


def write_password(folder: Path) -> None:
    """The password of the mailbox, where the configuration looks for it."""
    secret = folder / "password"
    secret.write_text(PASSWORD, "utf-8")
    secret.chmod(0o600)


def _cpu_to_its_end(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds, as last seen while it ran: afterwards nobody can tell what its children took."""
    seen = 0.0
    while process.poll() is None:
        with suppress(OSError):
            seen = max(seen, cpu_of(process.pid))
        with suppress(subprocess.TimeoutExpired):
            process.wait(STEP)
    return seen


def _all_taken(answers: Counter[str], files: Sequence[Path]) -> None:
    assert answers == {"250": len(files)}, f"not every mail was taken: {dict(answers)}"
