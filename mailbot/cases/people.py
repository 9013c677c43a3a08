"""The people of a case: who they are to it, and what they have proved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbot.mail import Address, Message, OwnAddresses

#: Copied people beyond this many are left out: nobody's case needs them, and a list could be endless.
MAX_COPIED = 20


class Role(StrEnum):
    """What a correspondent is to the desk; `copied` stood in To or Cc of a correspondent's mail."""

    PRODUCER = "producer"
    EMPLOYER = "employer"
    PROVIDER = "provider"
    CONSUMER = "consumer"
    UNKNOWN = "unknown"
    COPIED = "copied"


class Trust(StrEnum):
    """How far a message may act (DESIGN section 5)."""

    STRANGER = "stranger"
    KNOWN = "known"
    DOUBTFUL = "doubtful"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person outside, as a case knows them."""

    address: Address
    role: Role


def of_message(message: Message, own: OwnAddresses) -> tuple[Correspondent, ...]:
    """The sender and those it was also sent to, each once; never one of the desk's own addresses (PAINS 24)."""
    sender = message.sender
    first = (Correspondent(sender, Role.UNKNOWN),) if sender else ()
    copied = tuple(Correspondent(address, Role.COPIED) for address in (*message.to, *message.cc)[:MAX_COPIED])
    people: dict[str, Correspondent] = {}
    for person in (*first, *copied):
        if "@" in person.address.address and not own.owns(person.address.address):
            people.setdefault(person.address.key, person)
    return tuple(people.values())
