"""A desk with staff in its directory, and the words for the mail that they write and forward."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from mailbot.cases.people import Person, Role
from mailbot.intake import TakenIn
from mailbot.mail import Address
from mailbot.store.reports import LetterRow
from tests.desks import open_desk, text_of
from tests.mails import DESK, bounce_of, mail, reply
from tests.readers import each
from tests.stories.inbox import Inbox, address

ANN = "Ann Lee <ann@plan.example>"
BEN = "Ben Ode <ben@plan.example>"
DANA = "Dana Reed <dana@broker.example>"
MX = "mx.desk.example"
PASSED = f"{MX}; dmarc=pass header.from=plan.example"
TRUST = {"trust": {"authserv_ids": [MX]}}
AT_THE_DESK = f"enrollment desk <{DESK}>"


def colleague(who: str, *permissions: str, active: bool = True, language: str = "en") -> Person:
    """Somebody of the staff; may do everything unless something is said."""
    name, _, bare = who.rstrip(">").partition(" <")
    return Person(
        Address(bare, name),
        Role.STAFF,
        permissions=permissions or ("all",),
        active=active,
        language=language,
    )


@dataclass
class Colleagues(Inbox):
    """The words for a desk whose staff write mail."""

    def register(self, *people: Person) -> None:
        """These are in the directory from now on."""
        with self.desk.store.writing() as transaction:
            transaction.directory.put(people, "a test")

    def writes_to(self, to: str, text: str, *, by: str = ANN, bcc: bool = False, **headers: Any) -> TakenIn:
        """A colleague writes to somebody outside, with the desk in copy, or in blind copy."""
        fields = {"to": to, "cc": None if bcc else DESK, "subject": "About your request"} | headers
        return self.staff_mail(text, by=by, **fields)

    def commands(self, text: str, *, by: str = ANN, **headers: Any) -> TakenIn:
        """A colleague writes to the desk alone; below the last letter of the case that is named."""
        number = headers.pop("about", None)
        subject = f"Re: [Case {number}]" if number else "For the desk"
        return self.staff_mail(text, by=by, **({"subject": subject} | headers))

    def forwards(self, original: str, *, by: str = ANN, above: str = "", **headers: Any) -> TakenIn:
        """A colleague forwards what Dana wrote to them."""
        block = (
            "---------- Forwarded message ---------\n"
            f"From: {headers.pop('wrote', DANA)}\nDate: Mon, Nov 23, 2026 at 8:00 AM\n"
            f"Subject: A request\nTo: {by}\n\n\n{original}\n"
        )
        return self.staff_mail(
            f"{above}\n\n{block}" if above else block, by=by, **({"subject": "Fwd: A request"} | headers)
        )

    def forwards_attached(self, original: str, *, by: str = ANN, **headers: Any) -> TakenIn:
        """A colleague sends what Dana wrote to them as an attached mail."""
        text = (
            "--edge\nContent-Type: text/plain\n\nHere it is.\n--edge\nContent-Type: message/rfc822\n\n"
            f"From: {DANA}\nTo: {by}\nSubject: A request\nMessage-ID: <d7@broker.example>\n\n{original}\n--edge--"
        )
        return self.staff_mail(text, by=by, **({"content_type": "multipart/mixed; boundary=edge"} | headers))

    def answers(self, to_id: str, text: str, *, sender: str = DANA, **headers: Any) -> TakenIn:
        """Somebody outside answers the mail with this id."""
        return self.writes(reply(text, to_id=to_id, **({"sender": sender} | headers)), address(sender))

    def staff_mail(self, text: str, *, by: str, **headers: Any) -> TakenIn:
        """A mail of a colleague, ten minutes later, for whom the desk's own border vouches."""
        self.desk.later()
        fields = {"authentication_results": PASSED, "date": format_datetime(self.desk.clock.now())} | headers
        more = "".join(f"{name}: {value}\r\n" for name, value in fields.pop("headers", {}).items()).encode()
        result = self.desk.send(more + mail(text, sender=by, **fields), address(by))
        self.desk.deliver()
        return result

    # What came of it.

    def result(self, who: str = ANN) -> str:
        """The last command_result to this colleague, on one line."""
        rows = [row for row in self.desk.letters() if row.kind == "command_result" and row.to == address(who)]
        return " ".join(text_of(self.desk.letter(rows[-1])).split()) if rows else ""

    def last_text_to(self, who: str) -> str:
        rows = [row for row in self.desk.letters() if row.to == address(who)]
        return text_of(self.desk.letter(rows[-1]))

    def bounces(self, row: LetterRow, who: str) -> TakenIn:
        """The letter comes back to the address that hears of it."""
        return self.desk.send(bounce_of(row.message_id, address(who)), "")

    def results(self, who: str = ANN) -> list[LetterRow]:
        return [row for row in self.desk.letters() if row.kind == "command_result" and row.to == address(who)]

    def people(self, number: str | None) -> list[tuple[str, str]]:
        """Who is on a case: address and role."""
        return [(each.address.address, each.role.value) for each in self.desk.case(number).correspondents]

    def outsiders_got(self) -> list[str]:
        """The kinds of the letters that went to anybody but staff."""
        return [row.kind for row in self.desk.letters() if not row.to.endswith("@plan.example")]


@contextmanager
def staffed_desk(folder: Path, database_url: str) -> Iterator[Colleagues]:
    """A desk at which Ann may do everything and Ben a little, and which believes its own border."""
    with open_desk(folder, database_url, **TRUST) as desk:
        desk_of = Colleagues(desk)
        desk_of.register(colleague(ANN), colleague(BEN, "note", "assign"))
        desk_of.desk.app.casework._splitting._understand = each(desk_of.understand)
        yield desk_of
