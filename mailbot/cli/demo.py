"""`mailbot demo`: the main job on built-in mail, in a folder of its own, with nothing to set up."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from mailbot.app import App, opened
from mailbot.cli.options import NowOption, clock_from
from mailbot.cli.setup import write_desk
from mailbot.cli.views import case_line, case_sheet, letter_line
from mailbot.clock import SetClock
from mailbot.config import load
from mailbot.config.reading import FILE_NAME
from mailbot.ingest.parse import parse
from mailbot.jobs import Service
from mailbot.mail import Address, Letter
from mailbot.replies.delivery import Server, ServerCourier
from mailbot.store.reports import CaseQuery, CaseRow

ExitOption = Annotated[bool, typer.Option("--exit", help="End when the story is told; else the service stays up.")]
_SETTINGS = {"MAILBOT_LISTENER__SMTP": "127.0.0.1:0", "MAILBOT_OUTGOING__URL": "maildir:letters"}
#: How long the demo waits for the service to do its work before it says that something is wrong.
_PATIENCE = 30.0


def register(commands: typer.Typer) -> None:
    """Add the demo."""
    commands.command()(demo)


def demo(*, exit_: ExitOption = False, now: NowOption = None) -> None:
    """Show the main job on built-in mail: the service runs on a free port of this machine with a database of its own.

    Example: mailbot demo --exit
    """
    start = clock_from(now or "2026-09-07T11:00-04:00")
    clock = SetClock(start.now())
    with tempfile.TemporaryDirectory(prefix="mailbot-demo-") as folder:
        write_desk(Path(folder))
        with opened(load(Path(folder) / FILE_NAME, _SETTINGS), clock) as app:
            service = app.service()
            service.start()
            try:
                Story(app, clock, service).tell()
                if not exit_:
                    _stay(service, Path(folder))
            finally:
                service.stop()


def _stay(service: Service, folder: Path) -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    _tell(f"The service stays up: send mail to enrollment@desk.example by SMTP to 127.0.0.1:{_port(service)}.")
    _tell(f"Letters are written to {folder}/letters/new. Ctrl-C ends it and removes everything.")
    told.wait()


def _port(service: Service) -> int:
    assert service.listener is not None
    assert service.listener.smtp_port is not None
    return service.listener.smtp_port


def _tell(sentence: str = "") -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Story:
    """What the demo shows, in order."""

    app: App
    clock: SetClock
    service: Service

    def tell(self) -> None:
        """Four mails come in, one of them twice; one sender answers; then all cases are shown."""
        samples = sorted(entry.name for entry in files("mailbot.samples").iterdir() if entry.name.endswith(".eml"))
        mails = [files("mailbot.samples").joinpath(name).read_bytes() for name in samples]
        _tell(f"{len(mails)} mails come in by SMTP: from a broker, an employer, a consumer, and an automatic reply.")
        _tell("The broker's mail server sends its mail twice.")
        self._send([*mails, mails[0]])
        self._show(
            f"{len(mails)} arrivals, and a case for each person; the machine and the repetition changed nothing:"
        )
        self.clock.advance(timedelta(hours=3))
        _tell("Three hours later the broker answers the acknowledgment:")
        self._send([self._answer_to_first_letter()])
        self._show("The answer found its case:")
        with self.app.store.reading() as transaction:
            first = self._cases()[0]
            reports = transaction.reports
            zone = self.app.config.desk.time_zone
            thread = (
                reports.messages(first.case_id),
                reports.letters(case_id=first.case_id),
                reports.events(first.case_id),
            )
            _tell(case_sheet(first, *thread, zone))
            letter_id = thread[1][0].letter_id
            content = transaction.outbox.content(letter_id).content
        _tell("\nThe letter that the broker got:\n")
        _tell("\n".join(f"  {line}" for line in parse(content).text.splitlines()))
        _tell()

    def _send(self, mails: Iterable[bytes]) -> None:
        """As a mail server would, and wait until the service has done what there is to do."""
        courier = ServerCourier(Server("smtp", "127.0.0.1", _port(self.service), helo="mx.demo.example"))
        for outcome in courier.deliver(_outside(raw) for raw in mails):
            _tell(f"  our listener: {outcome.answer}")
        self._wait()

    def _wait(self) -> None:
        pause = threading.Event()
        for _ in range(int(_PATIENCE / 0.05)):
            with self.app.store.reading() as transaction:
                if not transaction.arrivals.counts() and not transaction.outbox.counts():
                    return
            pause.wait(0.05)
        raise typer.Exit(1)

    def _show(self, sentence: str) -> None:
        _tell(f"\n{sentence}\n")
        for row in self._cases():
            _tell(f"  {case_line(row)}")
        with self.app.store.reading() as transaction:
            for letter in transaction.reports.letters():
                _tell(f"  letter {letter_line(letter)}")
        _tell()

    def _cases(self) -> list[CaseRow]:
        with self.app.store.reading() as transaction:
            return transaction.reports.cases(CaseQuery())

    def _answer_to_first_letter(self) -> bytes:
        with self.app.store.reading() as transaction:
            row = transaction.reports.letters()[0]
            letter = transaction.outbox.content(row.letter_id)
        return _reply(letter, self.clock.now())


def _outside(raw: bytes) -> Letter:
    """A mail of somebody outside, for the courier to carry to our own listener."""
    message = parse(raw)
    automatic = message.header("Auto-Submitted") is not None
    sender = message.sender.address if message.sender and not automatic else ""
    content = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return Letter("outside", Address("enrollment@desk.example"), "", message.message_id, "en", sender, content)


def _reply(letter: Letter, now: datetime) -> bytes:
    """What the broker's mail program makes of an answer: it goes to Reply-To and quotes the letter."""
    received = parse(letter.content)
    quoted = "\n".join(f"> {line}" for line in received.text.splitlines()[:12])
    lines = [
        f"From: Dana Whitlock <{letter.to.address}>",
        f"To: {received.reply_to[0].address}",
        f"Subject: Re: {letter.subject}",
        f"Date: {now:%a, %d %b %Y %H:%M:%S +0000}",
        f"Message-ID: <reply-1@{letter.to.domain}>",
        f"In-Reply-To: <{letter.message_id}>",
        f"References: <{letter.message_id}>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "One more thing: her middle initial is J.",
        "",
        "Dana",
        "",
        "The Enrollment Desk wrote:",
        quoted,
    ]
    return "\n".join(lines).encode()
