"""Mail for tests: whole messages as bytes, and parsed ones as values."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from mailbot.mail import Address, Message, OwnAddresses

DESK = "enrollment@desk.example"
ALIAS = "groups@desk.example"
OWN = OwnAddresses(frozenset({DESK, ALIAS}), "desk.example")
DANA = "Dana Reed <dana@broker.example>"
EVE = "Eve <eve@elsewhere.example>"
TEXT = "Please add my son to my plan."
MONDAY = datetime(2026, 11, 23, 14, tzinfo=UTC)  # nine o'clock in New York

_numbers = count(1)


def mail(text: str = TEXT, *, sender: str = DANA, subject: str = "New dependent", **headers: str | None) -> bytes:
    """A plain mail to the desk with an id of its own; `headers` adds to them, or leaves one out where it is None."""
    number = next(_numbers)
    fields: dict[str, str | None] = {
        "From": sender,
        "To": DESK,
        "Subject": subject,
        "Date": "Mon, 23 Nov 2026 09:00:00 -0500",
        "Message-ID": f"<m{number}@broker.example>",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "8bit",
    }
    for name, value in headers.items():
        known = next((field for field in fields if field.lower() == name.replace("_", "-").lower()), None)
        fields[known or name.replace("_", "-").title()] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    body = text.replace("\n", "\r\n")
    return f"{head}\r\n{body}\r\n".encode("utf-8", "surrogateescape")


def reply(text: str = "Here is more.", *, to_id: str = "", **headers: Any) -> bytes:
    """A mail that answers the message with this id."""
    if to_id:
        headers = {"in_reply_to": f"<{to_id}>", "references": f"<{to_id}>"} | headers
    return mail(text, **({"subject": "Re: We have received your request"} | headers))


def with_file(name: str = "form.pdf", content: str = "%PDF-1.4 a form", **headers: Any) -> bytes:
    """A mail with one attached file."""
    text = (
        f"--edge\nContent-Type: text/plain\n\n{TEXT}\n--edge\n"
        f'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="{name}"\n\n'
        f"{content}\n--edge--"
    )
    return mail(text, **({"content_type": "multipart/mixed; boundary=edge"} | headers))


def bounce_of(message_id: str, to: str = "dana@broker.example", status: str = "5.1.1") -> bytes:
    """A delivery report (RFC 3464) about the letter with this id."""
    text = (
        "--edge\nContent-Type: text/plain\n\nYour message could not be delivered.\n--edge\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.broker.example\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: failed\nStatus: {status}\n--edge\n"
        f"Content-Type: text/rfc822-headers\n\nFrom: {DESK}\nTo: {to}\nSubject: We have received your request\n"
        f"Message-ID: <{message_id}>\n--edge--"
    )
    return mail(
        text,
        sender="Mail Delivery System <mailer-daemon@mx.broker.example>",
        subject="Undelivered Mail Returned to Sender",
        content_type="multipart/report; report-type=delivery-status; boundary=edge",
        auto_submitted="auto-replied",
    )


def message(sender: str | None = "dana@broker.example", **changes: Any) -> Message:
    """A parsed message from one sender."""
    values: dict[str, Any] = {
        "message_id": "m@broker.example",
        "in_reply_to": (),
        "references": (),
        "from_": (Address(sender, "Dana Reed"),) if sender else (),
        "to": (Address(DESK),),
        "cc": (),
        "reply_to": (),
        "subject": "New dependent",
        "date": MONDAY,
        "text": TEXT,
        "new_text": TEXT,
    }
    return Message(**(values | changes))
