"""What the addresses of a message say about who sent it: a mail system, a robot, or perhaps a person."""

from __future__ import annotations

import re

from mailbot.ingest.words import pattern
from mailbot.mail import Address, Envelope, Message

_DAEMON = pattern("senders", "daemon")
_DAEMON_NAME = pattern("senders", "daemon name")
_ROBOT = pattern("senders", "robot")
_DETAIL = re.compile(r"[-+_.=]")


def is_daemon(person: Address) -> bool:
    """True for MAILER-DAEMON, postmaster and others that report about delivery."""
    local = person.address.partition("@")[0].strip('"')
    return (
        _DAEMON.fills(_DETAIL.split(local, maxsplit=1)[0])
        or _DAEMON.fills(local)
        or _DAEMON_NAME.found_in(person.name[:150])
    )


def is_robot(person: Address) -> bool:
    """True for no-reply@ and list robots: nobody reads an answer there."""
    return _ROBOT.fills(person.address.partition("@")[0][:100])


def from_a_mail_system(message: Message) -> bool:
    """True when From, Sender or their absence shows a mail system."""
    if not message.from_:
        return True
    return any(is_daemon(person) or not person.address for person in message.from_)


def null_sender(message: Message, envelope: Envelope) -> bool:
    """True for the null reverse-path (RFC 5321 section 4.5.5), as spoken or as the Return-Path tells."""
    if envelope.sender is not None:
        return envelope.sender.strip() in ("", "<>")
    path = message.header("return-path")
    return path is not None and path.strip() in ("<>", "")
