"""The inquiry inside a forwarded mail, as its sender's own message; only where it is sure who that is (PAINS 32)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailbot.cases.answering import deliverable
from mailbot.ingest import defects
from mailbot.ingest.body import Setting, views
from mailbot.ingest.containers import MAIL_TYPES
from mailbot.ingest.forwarded import Block, Field, addresses
from mailbot.ingest.lines import Line, plain_lines
from mailbot.ingest.parse import parse
from mailbot.ingest.quotes import divide
from mailbot.mail import Address, Attachment, Message


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What a mail forwards: the inquiry, or `doubt` on why it is not sure whose it is."""

    inquiry: Message | None = field(repr=False)
    doubt: str = ""


def forwards(message: Message) -> bool:
    """Whether a mail forwards something, as text below a header block or as an attached mail."""
    return message.forwarded is not None or bool(_attached_mails(message))


def forwarded_in(message: Message) -> Forwarded | None:
    """What this mail forwards; None where it forwards nothing.

    Its text above is left out. The ids that the mail refers to are kept: they are those of what is forwarded.
    """
    if not forwards(message):
        return None
    attached = _attached_mails(message)
    if len(attached) + (message.forwarded is not None) > 1:
        return Forwarded(None, "it forwards more than one mail")
    if attached:
        return _attached(message, parse(attached[0].content))
    return _inline(message)


def _attached_mails(message: Message) -> list[Attachment]:
    return [file for file in message.attachments if file.content_type in MAIL_TYPES and "/" not in file.part]


def _attached(message: Message, inner: Message) -> Forwarded:
    sender = inner.sender
    if sender is None or not _is_sure(sender) or defects.FROM_ODD in inner.defects:
        return Forwarded(None, "the attached mail does not name one sender")
    references = tuple(dict.fromkeys((*message.references, *message.in_reply_to, *inner.references)))
    return Forwarded(
        replace(inner, references=references, to=(), cc=(), attachments=message.attachments, forwarded=None)
    )


def _inline(message: Message) -> Forwarded:
    lines = plain_lines(message.text)
    block = divide(lines).block
    if block is None or not block.complete:
        return Forwarded(None, "its header block cannot be read")
    senders = addresses(block.fields[Field.FROM])
    if len(senders) != 1 or not _is_sure(senders[0]):
        return Forwarded(None, "its header block does not name one sender with an address")
    if _more_headers(lines[: block.start]):
        return Forwarded(None, "there are other header lines above its header block")
    return Forwarded(_own_message(message, block, senders[0], lines))


def _is_sure(sender: Address) -> bool:
    """An address that can be written to, and no other one shown in its name."""
    return deliverable(sender.address) and "@" not in sender.name.replace(sender.address, "")


def _more_headers(above: Sequence[Line]) -> bool:
    """Header lines that we cannot read may belong to the mail that was really forwarded (PAINS 32)."""
    return any("@" in line.bare and re.match(r"[^\s:：]{1,30}\s?[:：]", line.bare) for line in above)


def _own_message(message: Message, block: Block, sender: Address, lines: Sequence[Line]) -> Message:
    header, depth = block.header(), lines[block.start].depth
    text = "\n".join(_less_quoted(line.text, depth) for line in lines[block.end :])
    shown = views(text, None, Setting.of((sender,), header.subject, answers=False))
    return Message(
        message_id="",
        in_reply_to=message.in_reply_to,
        references=message.references,
        from_=(sender,),
        to=(),
        cc=(),
        reply_to=(),
        subject=header.subject or message.subject,
        date=message.date,
        text=shown.text,
        new_text=shown.new_text,
        signature=shown.signature,
        quoted=shown.quoted,
        attachments=message.attachments,
        content_type=message.content_type,
        defects=message.defects,
    )


def _less_quoted(text: str, depth: int) -> str:
    """The line without as many quote signs as the whole of the forwarded mail has."""
    for _ in range(depth):
        text = re.sub(r"^[ \t]{0,3}>[ \t]?", "", text)
    return text
