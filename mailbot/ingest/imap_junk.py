"""Whether a mail that a filter took for junk answers one of our letters, by its header alone."""

from __future__ import annotations

from mailbot.cases.number import find
from mailbot.ingest.parse import parse
from mailbot.mail import OwnAddresses

#: Headers that say for whom a server took the mail; the token of a reply may stand there only.
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to")


def answers_us(header: bytes, own: OwnAddresses) -> bool:
    """True when it names a letter of ours, a token of ours, or a case number; whether rightly, intake will see."""
    message = parse(header)
    if any(each.rpartition("@")[2] == own.host for each in (*message.in_reply_to, *message.references)):
        return True
    addresses = [person.address for person in (*message.to, *message.cc)]
    addresses += [value.strip(" <>") for name in _DELIVERED for value in message.headers_named(name)]
    if any("+" in address and own.owns(address) for address in addresses):
        return True
    return bool(find(message.subject))
