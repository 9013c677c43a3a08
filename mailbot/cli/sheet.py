"""A parsed message as one JSON row (INTERFACE, `parse`) and as a sheet for people."""

from __future__ import annotations

from mailbot.mail import Address, Attachment, BounceReport, Message, Screening

_SHOWN_LINES = 40


def parsed_row(file: str, message: Message, screening: Screening) -> dict[str, object]:
    """The JSON row of one file."""
    return {
        "file": file,
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "from": _people(message.from_),
        "to": _people(message.to),
        "cc": _people(message.cc),
        "reply_to": _people(message.reply_to),
        "subject": message.subject,
        "date": message.date.isoformat() if message.date else None,
        "kind": screening.kind.value,
        "because": list(screening.because),
        "text": message.text,
        "new_text": message.new_text,
        "signature": message.signature,
        "quoted": message.quoted,
        "attachments": _files(message.attachments),
        "bounce": _bounce(screening.bounce),
        "defects": list(message.defects),
    }


def _bounce(report: BounceReport | None) -> dict[str, object] | None:
    if report is None:
        return None
    return {
        "recipients": list(report.recipients),
        "status": report.status,
        "action": report.action,
        "permanent": report.permanent,
        "message_id": report.message_id,
    }


def _people(people: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": person.name, "address": person.address} for person in people]


def _files(attachments: tuple[Attachment, ...]) -> list[dict[str, object]]:
    """Attachments of the mail; what lay inside one of them stands under it as `contains`."""
    rows: dict[str, dict[str, object]] = {}
    top: list[dict[str, object]] = []
    for attachment in attachments:
        row = _file(attachment)
        rows[attachment.part] = row
        outer = _outer(attachment.part, rows)
        if outer is None:
            top.append(row)
        else:
            contained = outer.setdefault("contains", [])
            assert isinstance(contained, list)
            contained.append(row)
    return top


def _outer(part: str, rows: dict[str, dict[str, object]]) -> dict[str, object] | None:
    """The row of the container that this part lies in; uuencoded files lie in text, which has no row."""
    while "/" in part:
        part = part.rpartition("/")[0]
        if part in rows:
            return rows[part]
    return None


def _file(attachment: Attachment) -> dict[str, object]:
    return {
        "part": attachment.part,
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "declared_type": attachment.declared_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "inline": attachment.inline,
        "flags": list(attachment.flags),
        **({"text": attachment.text} if attachment.text else {}),
        **({"form": [list(field) for field in attachment.form]} if attachment.form else {}),
    }


def parsed_sheet(file: str, message: Message, screening: Screening) -> str:
    """What a person wants to see of one mail, label by label."""
    rows = [
        ("File", file),
        ("From", _named(message.from_)),
        ("To", _named(message.to)),
        ("Cc", _named(message.cc)),
        ("Reply to", _named(message.reply_to)),
        ("Subject", message.subject),
        ("Date", message.date.isoformat(" ") if message.date else ""),
        ("Message ID", message.message_id),
        ("In reply to", ", ".join(message.in_reply_to)),
        ("Kind", f"{screening.kind} ({'; '.join(screening.because)})"),
        ("Bounced", _bounced(screening.bounce)),
        ("Odd", ", ".join(message.defects)),
    ]
    lines = [f"{label + ':':<13}{value}" for label, value in rows if value]
    lines += [_file_line(attachment) for attachment in message.attachments]
    for label, text in (("New text", message.new_text), ("Signature", message.signature), ("Quoted", message.quoted)):
        if text.strip():
            lines += ["", f"--- {label} ---", *_shortened(text)]
    for attachment in message.attachments:
        if attachment.text:
            lines += ["", f"--- In {attachment.filename or 'a file without a name'} ---", *_shortened(attachment.text)]
    return "\n".join([*lines, ""])


def _bounced(report: BounceReport | None) -> str:
    if report is None:
        return ""
    parts = (report.action, report.status, "permanent" if report.permanent else "", ", ".join(report.recipients))
    return "  ".join(part for part in parts if part)


def _named(people: tuple[Address, ...]) -> str:
    return ", ".join(f"{p.name} <{p.address}>" if p.name else p.address for p in people)


def _file_line(attachment: Attachment) -> str:
    depth = "  " * attachment.part.count("/")
    name = attachment.filename or "(no name)"
    flags = f"  [{', '.join(attachment.flags)}]" if attachment.flags else ""
    return f"{'Attachment:':<13}{depth}{name}  {attachment.content_type}, {attachment.size:,} bytes{flags}"


def _shortened(text: str) -> list[str]:
    lines = text.strip("\n").splitlines()
    if len(lines) <= _SHOWN_LINES:
        return lines
    return [*lines[:_SHOWN_LINES], f"... ({len(lines) - _SHOWN_LINES} more lines; --json shows all)"]
