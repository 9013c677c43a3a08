"""What the addresses of a message say about who sent it: a mail system, a robot, or perhaps a person."""

from __future__ import annotations

import re

from mailbot.ingest.words import pattern
from mailbot.mail import Address, Envelope, Message

_DAEMON = pattern("senders", "daemon")
_DAEMON_NAME = pattern("senders", "daemon name")
#: Found in an address and a name whenever one of those two fits; in those of nobody but mail systems, or nearly.
_MAY_BE_DAEMON = pattern("senders", "daemon", "daemon name")
_ROBOT = pattern("senders", "robot")
_PERSON_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,40}(?:,? [^\W\d_][\w.'’-]{0,40}){1,3}")
_DETAIL = re.compile(r"[-+_.=]")


def is_daemon(person: Address) -> bool:
    """True for MAILER-DAEMON, postmaster and others that report about delivery."""
    local = person.address.partition("@")[0].strip('"')
    if not _MAY_BE_DAEMON.found_in(f"{local}\n{person.name[:150]}"):
        return False
    return (
        _DAEMON.fills(_DETAIL.split(local, maxsplit=1)[0])
        or _DAEMON.fills(local)
        or _DAEMON_NAME.found_in(person.name[:150])
        or _DAEMON_NAME.found_in(local[:150])
    )


def is_robot(person: Address) -> bool:
    """True for no-reply@ and list robots: nobody reads an answer there."""
    return _ROBOT.fills(person.address.partition("@")[0][:100])


def from_a_mail_system(message: Message) -> bool:
    """True when From, Sender or their absence shows a mail system."""
    if not message.from_:
        return True
    return any(is_daemon(person) or not person.address for person in message.from_)


def reports_about_mail(message: Message, envelope: Envelope) -> bool:
    """True for a mail system that reports; a postmaster may also write as a person, with a name and a return path."""
    path = _return_path(message, envelope)
    if path and any(_signs_with_a_name(person) for person in message.from_):
        return False
    return from_a_mail_system(message) or (bool(path) and is_daemon(Address(path or "")))


def _signs_with_a_name(person: Address) -> bool:
    """ "Karl Ohm <postmaster@…>": words that are not a mail system's, before the one such address that people have."""
    local = person.address.partition("@")[0].casefold()
    return (
        local in ("postmaster", "post-master", "post.master")
        and _PERSON_NAME.fullmatch(person.name) is not None
        and not _DAEMON_NAME.found_in(person.name)
    )


def null_sender(message: Message, envelope: Envelope) -> bool:
    """True for the null reverse-path (RFC 5321 section 4.5.5), as spoken or as the Return-Path tells."""
    path = _return_path(message, envelope)
    return path is not None and not path


def _return_path(message: Message, envelope: Envelope) -> str | None:
    """The reverse-path without its brackets, "" for the null one; None when nothing tells."""
    path = envelope.sender if envelope.sender is not None else message.header("return-path")
    return None if path is None else path.strip().strip("<>").strip()


def auto_submitted(value: str) -> str:
    """The keyword of an Auto-Submitted field without comments and parameters (RFC 3834 section 5)."""
    depth, out = 0, []
    for character in value[:500]:
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif not depth:
            out.append(character)
    return "".join(out).partition(";")[0].strip().casefold()
