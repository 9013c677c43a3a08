"""Reads delivery reports: the fields of message/delivery-status (RFC 3464) and the headers of the returned message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailbot.mail import Attachment, Message

REPORT_CAP = 65_536
_GROUPS_CAP = 200
_DELIVERY_TYPES = frozenset(("message/delivery-status", "message/global-delivery-status"))
_RETURNED_TYPES = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822")
)
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>;,\"()\[\]]{1,128}@[^\s<>;,\"()\[\]]{1,253}")
_ID = re.compile(r"<([^<>\s]{3,300})>")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report says of one recipient."""

    recipient: str
    action: str | None
    status: str | None
    diagnostic: str


def delivery_parts(message: Message) -> list[Attachment]:
    return [
        part
        for part in message.attachments
        if part.content_type in _DELIVERY_TYPES or part.declared_type in _DELIVERY_TYPES
    ]


def returned_parts(message: Message) -> list[Attachment]:
    """The message that is reported about, or its headers."""
    return [
        part
        for part in message.attachments
        if part.content_type in _RETURNED_TYPES or part.declared_type in _RETURNED_TYPES
    ]


def outcomes(parts: Iterable[Attachment]) -> list[Outcome]:
    """The per-recipient groups of all delivery-status parts."""
    found: list[Outcome] = []
    for part in parts:
        text = part.content[:REPORT_CAP].decode("utf-8", "replace")
        found += _outcomes(text)
    return found[:_GROUPS_CAP]


def outcomes_in_text(text: str) -> list[Outcome]:
    """The same, where a broken mail left the report in the text."""
    if "inal-recipient" not in text.casefold():
        return []
    return _outcomes(text[:REPORT_CAP])[:_GROUPS_CAP]


def notified_outcomes(text: str) -> list[Outcome]:
    """The bounced recipients of a notification that Amazon SES sends as JSON, also when SNS wraps it."""
    text = text[:REPORT_CAP].replace("\n", "")
    if "bouncedRecipients" not in text:
        return []
    try:
        told, _ = json.JSONDecoder().raw_decode(text.lstrip())
        if isinstance(told, dict) and isinstance(told.get("Message"), str):
            told = json.loads(told["Message"])
        people = told["bounce"]["bouncedRecipients"]
        return [_notified(person) for person in people[:_GROUPS_CAP]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _notified(person: dict[str, object]) -> Outcome:
    return Outcome(
        recipient=str(person.get("emailAddress", ""))[:400],
        action=_action(str(person.get("action", "failed"))),
        status=status_in(str(person.get("status", ""))),
        diagnostic=str(person.get("diagnosticCode", ""))[:4000],
    )


def _outcomes(text: str) -> list[Outcome]:
    return [outcome for fields in _groups(text) if (outcome := _outcome(fields)) is not None]


def _groups(text: str) -> Iterator[Mapping[str, str]]:
    """Blocks of header lines divided by blank lines; a field that comes twice keeps its first value."""
    fields: dict[str, str] = {}
    last = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        name, colon, value = line.partition(":")
        key = name.strip().casefold() if colon and len(name) < 60 else ""
        if line[:1] in (" ", "\t") and line.strip() and last:
            fields[last] = f"{fields[last]} {line.strip()}"[:4000]
            continue
        if fields and (not line.strip() or (key == "final-recipient" and key in fields)):
            yield fields
            fields = {}
        last = key
        if key:
            fields.setdefault(key, value.strip()[:4000])
    if fields:
        yield fields


def _outcome(fields: Mapping[str, str]) -> Outcome | None:
    names = ("original-recipient", "final-recipient", "x-actual-recipient")
    if not any(name in fields for name in ("final-recipient", "original-recipient", "action")):
        return None
    recipient = next((address for name in names if (address := _recipient(fields.get(name, "")))), "")
    action = _action(fields.get("action", ""))
    status = status_in(fields.get("status", ""))
    if not recipient and action is None and status is None:
        return None
    return Outcome(recipient, action, status, fields.get("diagnostic-code", "") or fields.get("x-notes", ""))


def _recipient(value: str) -> str:
    """ "rfc822; joe@example.com", also without the type, with brackets, or with a comment."""
    kind, semicolon, rest = value.partition(";")
    if semicolon and kind.strip().casefold() in ("x400", "system"):
        return ""
    match = _ADDRESS.search(rest if semicolon else value)
    return match[0].strip(".") if match else ""


def _action(value: str) -> str | None:
    word = value.strip().casefold()
    if word.startswith(("error", "fail")):
        return "failed"
    return next((action for action in _ACTIONS if word.startswith(action)), None)


def status_in(text: str) -> str | None:
    """The first enhanced status code (RFC 3463) in a text."""
    match = _STATUS.search(text)
    return match[0] if match else None


def returned_id(message: Message) -> str | None:
    """The Message-ID of the mail that a report is about, from the returned part or from the text below the notice."""
    for part in returned_parts(message):
        identifier = id_in_headers(part.content[:REPORT_CAP].decode("utf-8", "replace"))
        if identifier:
            return identifier
    return id_in_headers(message.text[:REPORT_CAP]) or next(iter(message.in_reply_to), None)


def id_in_headers(text: str) -> str | None:
    """The id in the first Message-ID line of a text, also where a notice indents or quotes it."""
    for line in text.split("\n"):
        bare = line.lstrip(" \t>|*")
        if bare[:11].casefold() == "message-id:":
            match = _ID.search(bare) or re.search(r":\s{0,5}([^\s<>]{3,300}@[^\s<>]{1,255})", bare)
            if match:
                return match[1]
    return None
