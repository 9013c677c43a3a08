"""Whether the return path of a mail is of the organisation in its From, or somebody else sent it in that name."""

from __future__ import annotations

from mailbot.cases.organisations import organisation
from mailbot.mail import Address, Envelope, Message


def unaligned_path(message: Message, envelope: Envelope, forwarders: tuple[str, ...]) -> str:
    """The organisation of the return path, where it is another than that of From (ATTACKS A095).

    "" where they are the same, where the way in does not tell, and where the path is that of a known forwarder, as
    host names. Where the envelope is not known (IMAP), the topmost Return-Path tells, if there is one (RFC 5321
    section 4.4).
    """
    sender, path = message.sender, _spoken(message, envelope)
    if sender is None or not path:
        return ""
    sent_by = organisation(Address(path).domain)
    known = {organisation(sender.domain), *(organisation(host) for host in forwarders)}
    return "" if sent_by in known else sent_by


def _spoken(message: Message, envelope: Envelope) -> str:
    path = envelope.sender if envelope.sender is not None else message.header("return-path") or ""
    return path.strip().strip("<>").strip()
