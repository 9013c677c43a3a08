"""The story that `mailbot demo` tells: three weeks of a desk, with its clock moved by hand."""

from __future__ import annotations

import sys
import threading
from base64 import encodebytes
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files

from mailbot.app import App
from mailbot.cli.views import case_line, case_sheet, terminal_width
from mailbot.clock import SetClock
from mailbot.errors import TryAgainLater
from mailbot.ingest.parse import parse
from mailbot.jobs import Service
from mailbot.mail import Address, Letter
from mailbot.replies.delivery import Server, ServerCourier
from mailbot.store.reports import CaseQuery, CaseRow, LetterRow

#: How long the demo waits for the service to do its work before it says that something is wrong.
_PATIENCE = 30.0
_PAUSE = 0.02
_FORM = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1
/BaseFont/Helvetica>>>>>>>>endobj
4 0 obj<</Length 62>>stream
BT /F 18 Tf 40 120 Td (Enrollment Form: Priscilla Amador) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def tell(sentence: str = "") -> None:
    """A line for the person who watches."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@dataclass
class Story:
    """The desk, its clock and its running service; `shown` letters were told of already."""

    app: App
    clock: SetClock
    service: Service
    shown: set[int] = field(default_factory=set)

    @property
    def port(self) -> int:
        assert self.service.listener is not None
        assert self.service.listener.smtp_port is not None
        return self.service.listener.smtp_port

    def run(self) -> None:
        """Inquiry, request, reminder, answers in parts, resolution; and one that is closed for want of a reply."""
        names = sorted(entry.name for entry in files("mailbot.samples").iterdir() if entry.name.endswith(".eml"))
        mails = [files("mailbot.samples").joinpath(name).read_bytes() for name in names]
        self._chapter(f"{len(mails)} mails come in by SMTP, one of them twice; one is an out-of-office reply.")
        self._send([*mails, mails[0]])
        self._show_cases("A case for each person. The machine and the repetition changed nothing.")
        broker, doctor = (self._case_of(name) for name in ("dana@", "howard."))
        self._letter_of(broker)

        self._pass(days=6, sentence="Nobody has answered yet.")
        self._pass(days=1, sentence="The broker answers the first point by its number; the form is not signed yet.")
        self._answer(broker, "1. March 14, 1991\n\nThe form will follow tomorrow.\n\nDana")
        self._pass(days=1, sentence="The form comes.")
        self._answer(broker, "Here it is.\n\nDana", form=True)
        self._chapter("Staff resolve the case, with a word for the broker.")
        self.app.casework.resolve(
            broker.number, "The coverage begins on October 1, 2026. The card is on its way.", "demo"
        )
        self._settle()

        self._pass(days=2, sentence="The member has not answered, and the deadline is over.")
        self._chapter("Now, too late, the member answers after all.")
        self._answer(doctor, "Sorry for the delay. My member number is HKP55017731.\n\nHoward")
        self._show_cases("A new case that knows what the old one knew. All cases at the end:")
        self._show_case(broker)

    def _chapter(self, sentence: str) -> None:
        day = f"{self.clock.now().astimezone(self.app.config.desk.time_zone):%A, %B %-d}"
        tell(f"\n{day}: {sentence}")

    def _pass(self, *, days: int, sentence: str) -> None:
        """Move the clock; the service does what time brings."""
        self.clock.advance(timedelta(days=days))
        self._chapter(sentence)
        self.service.beat()
        swept = self.app.timekeeper.sweep()
        for waiting in swept.waiting:
            tell(f"  case {waiting.number} stays open: {waiting.why}")
        self._settle()

    def _send(self, mails: Iterable[bytes]) -> None:
        """As a mail server would, and wait until the service has done what there is to do."""
        courier = ServerCourier(Server("smtp", "127.0.0.1", self.port, helo="mx.demo.example"))
        for outcome in courier.deliver(_outside(raw) for raw in mails):
            tell(f"  our listener says: {outcome.answer}")
        self._settle()

    def _settle(self) -> None:
        """Wait until nothing is left to take in or to send, then tell of the new letters."""
        self.app.dispatch.deliver_due()
        pause = threading.Event()
        for _ in range(int(_PATIENCE / _PAUSE)):
            with self.app.store.reading() as transaction:
                busy = transaction.arrivals.counts() or transaction.outbox.counts()
            if not busy:
                break
            pause.wait(_PAUSE)
        else:
            raise TryAgainLater("the demo's service did not finish its work in time: is this machine very busy?")
        with self.app.store.reading() as transaction:
            letters = transaction.reports.letters()
        for letter in letters:
            if letter.letter_id not in self.shown:
                self.shown.add(letter.letter_id)
                tell(f"  letter: {letter.kind.replace('_', ' ')} to {letter.to}, case {letter.case_number}")

    def _answer(self, case: CaseRow, words: str, *, form: bool = False) -> None:
        """The sender replies to the last letter of the case."""
        with self.app.store.reading() as transaction:
            last = transaction.reports.letters(case_id=case.case_id)[-1]
            letter = transaction.outbox.content(last.letter_id)
        self._send([_reply(letter, words, f"{self.clock.now():%a, %d %b %Y %H:%M:%S +0000}", form=form)])

    def _letter_of(self, case: CaseRow) -> None:
        tell("\n  What the broker reads:\n")
        with self.app.store.reading() as transaction:
            last = self._last_letter(case)
            text = parse(transaction.outbox.content(last.letter_id).content).text
        tell("\n".join(f"    | {line}" for line in text.partition("\n----")[0].strip().splitlines()))

    def _last_letter(self, case: CaseRow) -> LetterRow:
        with self.app.store.reading() as transaction:
            return transaction.reports.letters(case_id=case.case_id)[-1]

    def _show_cases(self, sentence: str) -> None:
        tell(f"\n  {sentence}")
        for row in self._cases():
            line = case_line(row, self.app.config.desk.time_zone, terminal_width() - 2)
            tell("\n".join(f"  {part}" for part in line.splitlines()))

    def _show_case(self, case: CaseRow) -> None:
        tell(f"\nWhat `mailbot case {case.number}` shows:\n")
        with self.app.store.reading() as transaction:
            reports = transaction.reports
            row = reports.case(case.number)
            assert row is not None
            thread = reports.messages(row.case_id), reports.letters(case_id=row.case_id), reports.events(row.case_id)
        tell(case_sheet(row, *thread, self.app.config.desk.time_zone))
        tell()

    def _case_of(self, address: str) -> CaseRow:
        return next(row for row in self._cases() if row.correspondents[0].address.address.startswith(address))

    def _cases(self) -> list[CaseRow]:
        with self.app.store.reading() as transaction:
            return transaction.reports.cases(CaseQuery())


def _outside(raw: bytes) -> Letter:
    """A mail of somebody outside, for the courier to carry to our own listener."""
    message = parse(raw)
    automatic = message.header("Auto-Submitted") is not None
    sender = message.sender.address if message.sender and not automatic else ""
    content = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return Letter("outside", Address("enrollment@desk.example"), "", message.message_id, "en", sender, content)


def _reply(letter: Letter, words: str, date: str, *, form: bool) -> bytes:
    """What a mail program makes of an answer: it goes to Reply-To and quotes the letter."""
    received = parse(letter.content)
    quoted = "\n".join(f"> {line}" for line in received.text.splitlines()[:20])
    text = f"{words}\n\nOn some day the Enrollment Desk wrote:\n{quoted}\n"
    head = [
        f"From: {letter.to.address}",
        f"To: {received.reply_to[0].address}",
        f"Subject: Re: {letter.subject}",
        f"Date: {date}",
        f"Message-ID: <{letter.message_id[2:18]}@{letter.to.domain}>",
        f"In-Reply-To: <{letter.message_id}>",
        f"References: <{letter.message_id}>",
        "MIME-Version: 1.0",
    ]
    plain = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", text]
    if not form:
        return "\n".join([*head, *plain]).encode()
    paper = [
        'Content-Type: application/pdf; name="enrollment form Amador.pdf"',
        'Content-Disposition: attachment; filename="enrollment form Amador.pdf"',
        "Content-Transfer-Encoding: base64",
        "",
        encodebytes(_FORM).decode(),
    ]
    mixed = ['Content-Type: multipart/mixed; boundary="demo"', "", "--demo", *plain, "--demo", *paper, "--demo--", ""]
    return "\n".join([*head, *mixed]).encode()
