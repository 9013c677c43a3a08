"""Reads the header block that a mail program writes above a quoted or forwarded message, in many languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mailbot.ingest.lines import LINE_CAP, Line
from mailbot.ingest.words import phrases
from mailbot.mail import Address, ForwardedHeader


class Field(Enum):
    """What a header line of such a block tells."""

    FROM = "from"
    SENT = "sent"
    TO = "to"
    SUBJECT = "subject"
    OTHER = "other"


_LABELS = {label: field for field in Field for label in phrases("labels", field.value)}
_LABEL_CAP = 24
_MAILBOX = re.compile(r"[^\s<>()\[\]\"',;:]{1,128}@[^\s<>()\[\]\"',;:]{1,253}")
_MAILTO = re.compile(r"\[?mailto:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A header block: lines `start` to `end` (exclusive) of a text, and its fields as written."""

    start: int
    end: int
    fields: dict[Field, str]

    @property
    def complete(self) -> bool:
        """True when it cannot well be anything else: a sender and two more kinds of lines, or an address and one."""
        if Field.FROM not in self.fields:
            return False
        kinds = len(self.fields.keys() - {Field.OTHER})
        return kinds >= 3 or (kinds == 2 and "@" in self.fields[Field.FROM])

    def header(self) -> ForwardedHeader:
        senders = addresses(self.fields.get(Field.FROM, ""))
        return ForwardedHeader(
            sender=senders[0] if senders else None,
            to=addresses(self.fields.get(Field.TO, "")),
            subject=self.fields.get(Field.SUBJECT, ""),
            date=self.fields.get(Field.SENT, ""),
        )


def label_of(bare: str) -> tuple[Field, str] | None:
    """The field that a line names, and the value behind the colon."""
    colon = min((at for at in (bare.find(":", 0, 40), bare.find("：", 0, 40)) if at > 0), default=0)
    if not colon:
        return None
    label = bare[:colon].strip("*_ \t\xa0\u200e").casefold()
    field = _LABELS.get(label) if 0 < len(label) <= _LABEL_CAP else None
    return (field, bare[colon + 1 : LINE_CAP * 2].strip("*_ \t\xa0\u200e")) if field else None


def block_at(lines: Sequence[Line], start: int) -> Block | None:
    """The header block that begins with line `start`, at one quote depth; None where none does.

    Values may go on in the next line, or stand in it; one blank line between two headers is allowed.
    """
    first = label_of(lines[start].bare)
    if first is None:
        return None
    fields: dict[Field, str] = {}
    depth, at, end = lines[start].depth, start, start
    pending: Field | None = None
    loose = 0
    while at < len(lines) and at - start < 30 and lines[at].depth == depth:
        bare = lines[at].bare
        found = label_of(bare) if bare else None
        if found is not None:
            if found[0] in fields and found[0] is not Field.OTHER:
                break
            pending, loose, end = found[0], 0, at + 1
            fields.setdefault(*found)
        elif bare and pending is not None and loose < 2 and _goes_on(lines, at, depth):
            fields[pending] = f"{fields[pending]} {bare[:LINE_CAP]}".strip()
            loose += 1
            end = at + 1
        elif bare or not _goes_on(lines, at, depth, also_value=pending is not None and not fields[pending]):
            break
        at += 1
    return Block(start, end, fields)


def _goes_on(lines: Sequence[Line], at: int, depth: int, *, also_value: bool = False) -> bool:
    """True when another header line follows within two lines, so that line `at` is part of the block."""
    previous_open = at > 0 and lines[at - 1].bare.endswith((":", "：")) and label_of(lines[at - 1].bare) is not None
    if previous_open or (also_value and at + 1 < len(lines) and bool(lines[at + 1].bare)):
        return True
    for line in lines[at + 1 : at + 3]:
        if line.depth != depth:
            return False
        if label_of(line.bare) is not None:
            return True
    return False


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of a header value as a person reads it; a name without an address is one with an empty address."""
    found: list[Address] = []
    value = _MAILTO.sub("<", value[: 8 * LINE_CAP])
    at = 0
    for match in _MAILBOX.finditer(value):
        address = match[0].strip(".")
        name = value[at : match.start()].strip(" \t<>[]();,\"'*|:")
        at = match.end()
        if found and found[-1].address == address and not name:
            continue
        found.append(Address(address, "" if name == address else name))
        if len(found) >= 100:
            break
    if not found and value.strip(" <>[]\"'"):
        found.append(Address("", value.strip(" <>[]\"'")[:LINE_CAP]))
    return tuple(found)
