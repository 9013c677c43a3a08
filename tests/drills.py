"""Links cut at every octet: each drill plays one exchange through a cutting proxy and tells what became of the mail.

The tests play each drill at some octets, bench/cut_lines.py at every one.
"""

from __future__ import annotations

import email
import smtplib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from mailbot.clock import SetClock, SystemClock
from tests.desks import Desk, open_desk
from tests.integration.imap_desk import append, count, desk_of_dovecot
from tests.integration.imap_desk import mail as mailbox_mail
from tests.mails import DESK, mail
from tests.servers.cutting import Cut, CuttingProxy, cutting_proxy
from tests.servers.dovecot import Dovecot
from tests.servers.listening import listening
from tests.servers.smtp_sink import Sink, smtp_sink


@dataclass
class Tally:
    """What came of the mail of one drill, and every broken promise as a sentence."""

    cuts: int = 0
    broke: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, cut: Cut, outcome: str, *, right: bool) -> None:
        self.cuts += 1
        self.outcomes[outcome] += 1
        if not right:
            self.wrong.append(f"cut after {cut.octets} octets of the {cut.side}: {outcome}")


@contextmanager
def cutting(proxy: CuttingProxy, cut: Cut) -> Iterator[None]:
    """Every connection is cut there until the block ends."""
    proxy.cut = cut
    try:
        yield
    finally:
        proxy.cut = None


def letters(folder: Path, database_url: str, cuts: Iterable[Cut]) -> Tally:
    """A letter for each cut, sent through it and tried again when the line is whole.

    Each arrives; it arrives twice, under one Message-ID, only when the answer to the whole letter was lost.
    """
    tally = Tally()
    with smtp_sink() as sink, cutting_proxy(sink.port) as proxy:
        outgoing = {"url": f"smtp://127.0.0.1:{proxy.port}"}
        with open_desk(folder, database_url, outgoing=outgoing) as desk:
            for number, cut in enumerate(cuts):
                sender = f"p{number}@broker{number}.example"
                desk.record(mail(f"inquiry {number}", sender=sender), sender)
                desk.take_in()
                _letter(desk, sink, proxy, cut, tally)
    return tally


def _letter(desk: Desk, sink: Sink, proxy: CuttingProxy, cut: Cut, tally: Tally) -> None:
    sink.received.clear()
    with cutting(proxy, cut):
        desk.deliver()
    first = _latest(desk)
    for _ in range(3):
        desk.later(timedelta(hours=2))
        desk.deliver()
    tally.broke += first != "sent"
    ids = {str(email.message_from_bytes(each.content)["Message-ID"]) for each in sink.received}
    last = _latest(desk)
    times = len(sink.received)
    once = len(ids) == 1 and last == "sent" and (times == 1 or (times == 2 and first == "unknown"))
    tally.note(cut, f"{first}, then {last}, received {times}", right=once)


def _latest(desk: Desk) -> str:
    """The state of the letter that was composed last."""
    return max(desk.letters(), key=lambda letter: letter.letter_id).state


def arrivals(desk: Desk, cuts: Iterable[Cut]) -> Tally:
    """A mail for each cut, posted to the listener through it, and again by a sender who heard no 250.

    Each is recorded once, and there already when 250 was heard.
    """
    tally = Tally()
    with listening(desk, max_connections_per_client=50) as running, cutting_proxy(running.port) as proxy:
        for cut in cuts:
            raw, before = mail(), len(desk.arrivals())
            with cutting(proxy, cut):
                heard = _posted(proxy.port, raw)
            kept_then = len(desk.arrivals()) - before
            again = heard or _posted(running.port, raw)
            kept = len(desk.arrivals()) - before
            tally.broke += not heard
            outcome = f"{'250' if heard else 'no 250'}, recorded {kept_then}, in the end {kept}"
            tally.note(cut, outcome, right=again and kept == 1 and (kept_then == 1 or not heard))
    return tally


def _posted(port: int, raw: bytes) -> bool:
    """Whether 250 was heard for this mail."""
    with suppress(smtplib.SMTPException, OSError):
        client = smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20)
        try:
            return not client.sendmail("dana@broker.example", [DESK], raw)
        finally:
            client.close()
    return False


def mailbox(dovecot: Dovecot, user: str, database_url: str, cuts: Iterable[Cut]) -> Tally:
    """A mail for each cut, in a mailbox that is read through it under TLS, and again when the line is whole.

    Each is recorded once and moved, and none is moved before it is recorded.
    """
    tally = Tally()
    clock = SetClock(SystemClock().now())
    with (
        cutting_proxy(dovecot.port) as proxy,
        desk_of_dovecot(database_url, dovecot, user, clock=clock) as direct,
    ):
        desk = replace(direct, mailbox=replace(direct.mailbox, port=proxy.port))
        for number, cut in enumerate(cuts):
            append(dovecot, user, mailbox_mail(number))
            with cutting(proxy, cut):
                tally.broke += not desk.poll().drained
            recorded, moved = len(desk.recorded()), count(dovecot, user, "Processed")
            clock.advance(timedelta(hours=1))
            desk.poll()
            last = len(desk.recorded()), count(dovecot, user, "Processed"), count(dovecot, user)
            outcome = f"recorded {recorded - number}, moved {moved - number}"
            tally.note(cut, outcome, right=moved <= recorded and last == (number + 1, number + 1, 0))
    return tally
