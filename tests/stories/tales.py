"""What the stories have in common: a desk whose mail is plainly understood, its days, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mailbot.cases.events import EventKind
from mailbot.cases.understanding import Found, Intent, Understanding, Where
from mailbot.classify.completeness import Received, missing
from mailbot.classify.understand import SentMessage
from mailbot.intake import TakenIn
from mailbot.mail import Kind
from mailbot.reminders import Swept
from mailbot.store.case_file import CaseFile
from mailbot.store.reports import LetterRow
from tests.desks import Courier, Desk, text_of
from tests.mails import mail, reply
from tests.readers import read_by

NEW_YORK = ZoneInfo("America/New_York")
PCP_CHANGE = "eligibility.pcp_change"  # it needs subscriber_id and pcp_name
BOTH = "subscriber_id: Q1234567\npcp_name: Dr. Ada Vell"
ONE = "subscriber_id: Q1234567"
OTHER = "pcp_name: Dr. Ada Vell"
INTENTS = {
    "thank": Intent.THANKS,
    "disregard": Intent.WITHDRAWAL,
    "how does it stand": Intent.STATUS,
    "later will do": Intent.PROMISE,
}


@dataclass
class Tale:
    """A desk, and the words in which a story is told. Mail says its values on lines of their own, "name: value"."""

    desk: Desk
    courier: Courier = field(default_factory=Courier)

    def __post_init__(self) -> None:
        self.desk.app.dispatch._courier = self.courier
        read_by(self.desk.app, self.understand)

    def understand(self, sent: SentMessage) -> Understanding:
        """A reader who is always sure."""
        message, kind = sent.message, sent.kind
        lines = [line.partition(": ") for line in message.new_text.splitlines()]
        fields = tuple(Found(name, value.strip(), Where.BODY) for name, colon, value in lines if colon and value)
        words = message.new_text.casefold()
        intent = next((intent for word, intent in INTENTS.items() if word in words), Intent.NONE)
        if kind is not Kind.INQUIRY:
            return Understanding(None, 0.0, fields=fields, intent=intent)
        rules = self.desk.app.playbook.rules(PCP_CHANGE)
        lacking = missing(rules, Received({found.name for found in fields}, ()))
        return Understanding(PCP_CHANGE, 0.97, fields=fields, missing=lacking, intent=intent)

    # Time.

    def on(self, day: str) -> None:
        """It is now this time of day at the desk, as "2026-11-27 09:00"; noon where no hour is said."""
        text = day if " " in day else f"{day} 12:00"
        self.desk.clock.moment = datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(ZoneInfo("UTC"))

    def round(self) -> Swept:
        """What the service does all the time: take in, remind and close, deliver."""
        self.desk.take_in()
        swept = self.desk.app.timekeeper.sweep()
        self.desk.deliver()
        return swept

    # People.

    def ask_for_pcp(self, said: str = "Please change my doctor.", **headers: Any) -> str:
        """Dana writes, and the desk's first letter goes out; the number of the case."""
        result = self.desk.send(mail(said, subject="New doctor", **headers))
        self.desk.deliver()
        assert result.case_number
        return result.case_number

    def answer(self, said: str, **headers: Any) -> bytes:
        """Dana's answer to the last letter."""
        return reply(said, **({"to_id": self.last_letter().message_id} | headers))

    def reply(self, said: str, **headers: Any) -> TakenIn:
        """Dana answers the last letter, and the desk takes it in."""
        return self.desk.send(self.answer(said, **headers))

    # What came of it.

    def file(self, number: str) -> CaseFile:
        with self.desk.store.reading() as transaction:
            case_id = transaction.cases.find(number)
            assert case_id
            return transaction.cases.read(case_id)

    def state(self, number: str) -> str:
        return self.file(number).state

    def day_due(self, number: str) -> str:
        """The last day for a reply, at the desk."""
        due = self.file(number).reply_due
        return due.astimezone(NEW_YORK).date().isoformat() if due else "never"

    def letters(self, number: str | None = None) -> list[str]:
        """The kinds of the letters, in their order."""
        return [row.kind for row in self.desk.letters() if number in (None, row.case_number)]

    def last_letter(self) -> LetterRow:
        return self.desk.letters()[-1]

    def last_text(self) -> str:
        return text_of(self.desk.letter(self.last_letter()))

    def whys(self, number: str, kind: EventKind) -> list[str]:
        """What the history says of these events."""
        return [event.why for event in self.desk.events(number) if event.kind is kind]
