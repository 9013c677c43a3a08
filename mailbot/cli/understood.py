"""What a message was understood to be, as one JSON row (INTERFACE, `classify`) and as a sheet for people."""

from __future__ import annotations

from mailbot.cases.rules import Playbook
from mailbot.cases.understanding import Understanding
from mailbot.classify.privacy import mask
from mailbot.mail import Kind, Message, Screening

_SHOWN_REASONS = 8


def understood_row(file: str, message: Message, screening: Screening, understood: Understanding) -> dict[str, object]:
    """The JSON row of one file: a field is its value, or a list where several are stated."""
    fields: dict[str, object] = {}
    for found in understood.fields:
        before = fields.get(found.name)
        if before is None:
            fields[found.name] = found.value
        else:
            fields[found.name] = [*(before if isinstance(before, list) else [before]), found.value]
    if understood.issue_described and understood.category is not None:
        fields["issue_description"] = True
    flags = understood.flags
    return {
        "file": file,
        "kind": screening.kind.value,
        "category": understood.category,
        "confidence": round(understood.confidence, 4),
        "also": understood.also or None,
        "alternatives": [[code, round(share, 4)] for code, share in understood.alternatives],
        "because": [*screening.because, *understood.because],
        "fields": fields,
        "flags": {
            "retroactive": flags.retroactive,
            "newborn": flags.newborn,
            "contains_ssn": flags.contains_ssn,
            "multiple_consumers": flags.multiple_consumers,
        },
        "documents": list(understood.documents),
        "missing": list(understood.missing),
        "language": understood.language,
        "reply_text": message.new_text if screening.kind is Kind.REPLY else None,
    }


def understood_sheet(
    file: str, message: Message, screening: Screening, understood: Understanding, playbook: Playbook
) -> str:
    """What a person wants to know: what it is, why, what it says and where, what is missing."""
    lines = [_line("File", file), _line("Kind", f"{screening.kind} ({'; '.join(screening.because)})")]
    if understood.category is not None:
        rules = playbook.rules(understood.category)
        lines.append(_line("Category", f"{rules.code}, {rules.named('en')} ({understood.confidence:.0%} sure)"))
        if understood.confidence < rules.confidence:
            lines.append(_line("", f"below {rules.confidence:.0%}: this goes to staff, and nothing is asked for"))
        if understood.alternatives:
            others = ", ".join(f"{code} {share:.0%}" for code, share in understood.alternatives)
            lines.append(_line("Else", others))
    if understood.also:
        lines.append(_line("Also", f"may also be about {understood.also}: staff look"))
    lines.extend(_line("Because" if not at else "", why) for at, why in enumerate(understood.because[:_SHOWN_REASONS]))
    lines.append(_line("Language", understood.language))
    lines.extend(
        _line(found.name, f"{mask(found.value)}   ({found.where.value.replace('_', ' ')})")
        for found in understood.fields
    )
    lines.extend(_line("Document", document) for document in understood.documents)
    flags = [name for name in understood.flags.__slots__ if getattr(understood.flags, name)]
    if flags:
        lines.append(_line("Flags", ", ".join(flag.replace("_", " ") for flag in flags)))
    if understood.category is not None:
        wanting = ", ".join(item.replace("|", " or ").replace("_", " ") for item in understood.missing)
        lines.append(_line("Missing", wanting or "nothing"))
    return "\n".join([*lines, ""])


def _line(label: str, value: str) -> str:
    return f"{label + ':' if label else '':<19}{value}"
