"""What a mail of staff is for: whether it is proven to be theirs, and whom it went to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from mailbot.cases.answering import deliverable
from mailbot.ingest.addresses import parse_addresses
from mailbot.mail import Address, Authenticity, Envelope, Message, OwnAddresses, Verdict

#: A command is for now: what was written longer ago is asked for again (ATTACKS A081).
COMMANDS_LAST = timedelta(hours=24)
#: Clocks differ by so much.
_AHEAD = timedelta(hours=1)
MOST_OUTSIDE = 20


def why_not_proven(message: Message, envelope: Envelope, authenticity: Authenticity) -> str:
    """Why a mail with a staff address in From is not surely theirs (DESIGN section 5); "" where it is."""
    if authenticity.verdict is not Verdict.PASS:
        return "nothing proves that it comes from the address that it names"
    if envelope.sender == "":
        return "it has no return path, as machines' mail"
    sent_by = message.headers_named("sender")
    named = {person.key for value in sent_by for person in parse_addresses(value)[0]}
    if sent_by and (message.sender is None or named != {message.sender.key}):
        return "somebody else sent it for the address that it names"
    return ""


def why_no_commands(message: Message, own: OwnAddresses, received_at: datetime) -> str:
    """Why the commands of a proven mail are not done all the same; "" where they are."""
    if not any(own.owns(address.address) for address in (*message.to, *message.cc)):
        return "the desk's address stands neither in To nor in Cc"
    if message.date is None:
        return "it has no date"
    if received_at - message.date > COMMANDS_LAST:
        return "it was written more than a day ago: send it anew"
    if message.date - received_at > _AHEAD:
        return "its date lies ahead: set the clock of your computer, and send it anew"
    return ""


def written_to(message: Message, own: OwnAddresses, staff: Collection[str]) -> tuple[Address, ...]:
    """The people outside that a mail went to, each once; `staff` are the address keys of our own people."""
    people = {
        address.key: address
        for address in (*message.to, *message.cc)[: 2 * MOST_OUTSIDE]
        if deliverable(address.address) and not own.owns(address.address)
    }
    return tuple(address for key, address in people.items() if key not in staff)[:MOST_OUTSIDE]
