"""Files that hold files: attached mails are opened here; what needs a foreign reader goes through ingest/extract.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mailbot.mail import Attachment, Message

MOST_OPENED = 20
MOST_WITHIN = 3
MAIL_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})


def with_attached_mails(files: list[Attachment], parse: Callable[[bytes], Message]) -> list[Attachment]:
    """Each attached mail with its text, and behind it the files that it holds; the originals stay.

    `parse` must know itself how deep it is.
    """
    opened: list[Attachment] = []
    left = MOST_OPENED
    for file in files:
        if left and file.content_type in MAIL_TYPES:
            left -= 1
            inner = parse(file.content)
            opened.append(replace(file, text=mail_text(inner)))
            opened += [replace(member, part=f"{file.part}/{member.part}") for member in inner.attachments]
        else:
            opened.append(file)
    return opened


def mail_text(message: Message) -> str:
    """An attached mail as text: who wrote to whom about what, and what it says."""
    lines = [
        *(f"From: {person.name} <{person.address}>" for person in message.from_[:1]),
        *(f"To: {person.name} <{person.address}>" for person in message.to[:3]),
        f"Subject: {message.subject}",
    ]
    return "\n".join([*lines, "", message.text])
