"""Knows mail that came from the desk itself: answering it would never end (ATTACKS A091)."""

from __future__ import annotations

import re

from mailbot.cases import tokens
from mailbot.mail import Envelope, Message, OwnAddresses

_MINTED = re.compile(rf"o\.[0-9a-f]{{16}}\.[0-9a-z]{{{tokens.LENGTH}}}@(.+)", re.IGNORECASE)


def loop_signs(message: Message, envelope: Envelope, own: OwnAddresses) -> tuple[str, ...]:
    """Why the message is the desk's own; empty when it is not."""
    if any(own.owns(person.address) for person in message.from_ if person.address):
        return ("the sender is the desk itself",)
    if envelope.sender and own.owns(envelope.sender):
        return ("the envelope sender is the desk itself",)
    sender = message.header("sender") or ""
    if "@" in sender and own.owns(sender.strip().rpartition("<")[2].rstrip("> ")):
        return ("the Sender header names the desk itself",)
    if _is_minted(message.message_id, own.host):
        return ("the message id is one that the desk mints",)
    if message.header("x-mailbot-letter") is not None:
        return ("it carries the header of a desk's automatic letter",)
    return ()


def _is_minted(message_id: str, host: str) -> bool:
    """Whether the id is of the form that our letters have; a colleague's mail program mints ids at our domain too."""
    minted = _MINTED.fullmatch(message_id)
    return bool(host) and minted is not None and minted[1].casefold() == host.casefold()
