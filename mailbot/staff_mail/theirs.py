"""One proven mail of staff within its unit of work, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mailbot.cases.commands import Script
from mailbot.cases.matching import Match
from mailbot.cases.people import Person
from mailbot.knowing import Read
from mailbot.mail import Message, Screening
from mailbot.replies.plan import Became
from mailbot.store.cases import OpenedCase
from mailbot.store.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """A mail of `person`, with the commands in its first lines and the case that it names, if any."""

    transaction: Transaction
    read: Read
    person: Person = field(repr=False)
    match: Match
    script: Script

    @property
    def actor(self) -> str:
        """Who did it, and how, for the history."""
        return f"{called(self.person)} by mail"

    def with_message(self, message: Message, screening: Screening) -> Read:
        """What was read, as if this message had come instead."""
        return replace(self.read, message=message, screening=screening, forwarded=None)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a mail of staff went. `outcome` is a word of INTERFACE; `reasons` are sentences for who wrote it.

    `letters` holds (kind, address) of what went to somebody outside. `settled`: its arrival is finished already.
    """

    case: OpenedCase | None
    outcome: str
    became: Became
    reasons: tuple[str, ...] = ()
    letters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    settled: bool = False


def called(person: Person) -> str:
    """The name of a colleague; who has none is called by the mailbox."""
    return person.name or person.address.address.partition("@")[0]
