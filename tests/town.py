"""A town around a desk: people with mail programs, domains that sign, a name server, and mail by SMTP both ways."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, getaddresses
from pathlib import Path

from mailbot.app import opened
from mailbot.cases.people import Person, Role
from mailbot.clock import SetClock
from mailbot.config import load
from mailbot.intake import TakenIn
from mailbot.mail import Address
from tests.desks import Desk, write_desk
from tests.mails import DESK, MONDAY
from tests.servers.dialogue import dialogue
from tests.servers.listening import Listening, listening
from tests.servers.nameserver import Zone, name_server
from tests.servers.smtp_sink import Sink, smtp_sink
from tests.signing import Signer

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Citizen:
    """Somebody with a mail program, whose domain signs what they send."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"


@dataclass(frozen=True)
class Step:
    """One mail that came to the desk, and what became of it."""

    number: int
    at: str
    who: str
    told: str
    outcome: str
    case: str | None


@dataclass
class Town:
    """The desk, its surroundings, and everything that happened."""

    desk: Desk
    door: Listening
    world: Sink
    zone: Zone
    signers: dict[str, Signer] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    # Writing.

    def compose(self, who: Citizen, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
        """What a mail program makes of a text."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = str(who), to, subject
        mail["Date"] = format_datetime(self.desk.clock.now())
        mail["Message-ID"] = f"<{len(self.steps) + 1}.{self.desk.clock.now():%H%M}@{who.domain}>"
        for name, value in headers.items():
            mail[name.replace("_", "-").title()] = value
        mail.set_content(text)
        return mail

    def answer(self, who: Citizen, letter: EmailMessage, text: str, **headers: str) -> EmailMessage:
        """What a mail program makes of a text below which the letter is quoted."""
        body = letter.get_body(("plain",))
        assert body is not None
        quote = "\n".join(f"> {line}" for line in body.get_content().splitlines())
        ids = " ".join([*str(letter["References"] or "").split(), str(letter["Message-ID"])])
        thread = {"in_reply_to": str(letter["Message-ID"]), "references": ids}
        subject = str(letter["Subject"]).removeprefix("Re: ")
        to = headers.pop("to", str(letter["Reply-To"] or letter["From"]))
        below = f"{text}\n\nOn Mon, Nov 23, 2026 at 9:00 AM {letter['From']} wrote:\n{quote}"
        return self.compose(who, to, f"Re: {subject}", below, **(thread | headers))

    def forward(self, who: Citizen, original: EmailMessage, above: str = "") -> EmailMessage:
        """What a mail program makes of a mail that is passed on."""
        body = original.get_body(("plain",))
        assert body is not None
        block = "\n".join(f"{name}: {original[name]}" for name in ("From", "Date", "Subject", "To"))
        ids = " ".join([*str(original["References"] or "").split(), str(original["Message-ID"])])
        text = f"{above}\n\n---------- Forwarded message ---------\n{block}\n\n\n{body.get_content()}".lstrip()
        return self.compose(who, DESK, f"Fwd: {original['Subject']}", text, references=ids)

    # Sending.

    def signed(self, mail: EmailMessage, domain: str) -> bytes:
        """The bytes as the mail server of a domain sends them out."""
        return self.signers[domain].sign(mail.as_bytes())

    def sends(self, who: Citizen, told: str, mail: EmailMessage) -> TakenIn:
        """Somebody sends a mail by their own mail server."""
        return self.arrives(told, self.signed(mail, who.domain), who)

    def arrives(self, told: str, raw: bytes, who: Citizen) -> TakenIn:
        """A quarter of an hour later these bytes come by SMTP, are taken in, and every letter goes out by SMTP."""
        self.desk.clock.advance(QUARTER)
        with dialogue(self.door.port) as talk:
            codes = [talk.code("EHLO town.example"), talk.code(f"MAIL FROM:<{who.address}>")]
            assert [*codes, talk.code(f"RCPT TO:<{self._door(raw)}>"), talk.code("DATA")] == [250, 250, 250, 354]
            talk.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            assert talk.reply().startswith("250")
        results = self.desk.take_in()
        result = results[0] if results else TakenIn(0, "duplicate")
        self.world.wait_for(len(self.world.received) + self.desk.deliver())
        at = f"{self.desk.clock.now().astimezone(self.desk.app.config.desk.time_zone):%H:%M}"
        self.steps.append(Step(len(self.steps) + 1, at, who.name, told, result.outcome, result.case_number))
        return result

    def _door(self, raw: bytes) -> str:
        """The address of the desk that the headers show; in a blind copy they show none."""
        mail = email.message_from_bytes(raw, policy=default)
        shown = [address for _, address in getaddresses([str(mail["To"]), str(mail["Cc"] or "")])]
        return next((address for address in shown if address.endswith("@desk.example")), DESK)

    # What came of it.

    def letters_to(self, who: Citizen) -> list[EmailMessage]:
        """What came into somebody's mailbox by SMTP, oldest first."""
        got = [each for each in self.world.received if who.address in each.recipients]
        return [email.message_from_bytes(each.content, policy=default) for each in got]  # type: ignore[misc]

    def last_to(self, who: Citizen) -> EmailMessage:
        return self.letters_to(who)[-1]

    def text_to(self, who: Citizen) -> str:
        """The last letter to somebody, on one line."""
        body = self.last_to(who).get_body(("plain",))
        assert body is not None
        return " ".join(re.split(r"\s+", body.get_content()))

    def kinds_to(self, who: Citizen) -> list[str]:
        return [str(letter["X-Mailbot-Letter"]) for letter in self.letters_to(who)]


@contextmanager
def town(
    folder: Path, database_url: str, domains: tuple[str, ...], staff: dict[Citizen, tuple[str, ...]]
) -> Iterator[Town]:
    """An open desk at nine on Monday, with a name server that knows the keys of these domains."""
    with ExitStack() as open_now:
        zone, world = open_now.enter_context(name_server()), open_now.enter_context(smtp_sink())
        config = write_desk(
            folder,
            database_url,
            trust={"verify_dkim": True, "resolver": zone.address},
            outgoing={"url": f"smtp://{world.host}:{world.port}"},
        )
        clock = SetClock(MONDAY)
        desk = Desk(open_now.enter_context(opened(load(config, {}), clock)), clock, config)
        door = open_now.enter_context(listening(desk))
        signers = {domain: Signer(domain) for domain in domains}
        zone.records |= {signer.name: [signer.record] for signer in signers.values()}
        with desk.store.writing() as transaction:
            transaction.directory.put([_colleague(who, may) for who, may in staff.items()], "a test")
        yield Town(desk, door, world, zone, signers)


def _colleague(who: Citizen, may: tuple[str, ...]) -> Person:
    return Person(Address(who.address, who.name), Role.STAFF, permissions=may)
