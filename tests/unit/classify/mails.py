"""Messages for the tests of the category model, made from a subject and a text."""

from __future__ import annotations

from mailbot.mail import Address, Attachment, Message


def mail(
    subject: str,
    text: str,
    to: str = "desk@plan.example",
    sender: str = "someone@company.example",
    files: tuple[str, ...] = (),
) -> Message:
    return Message(
        message_id="", in_reply_to=(), references=(), from_=(Address(sender),), to=(Address(to),), cc=(), reply_to=(),
        subject=subject, date=None, text=text, new_text=text,
        attachments=tuple(_file(name) for name in files),
    )  # fmt: skip


def _file(name: str) -> Attachment:
    kind = "application/pdf"
    return Attachment(part="2", filename=name, content_type=kind, declared_type=kind, size=1, sha256="", inline=False)
