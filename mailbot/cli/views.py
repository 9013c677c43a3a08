"""Cases, letters and arrivals as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from textwrap import indent

from mailbot.store.arrivals import ArrivalRow
from mailbot.store.reports import AttachmentRow, CaseRow, EventRow, LetterRow, MessageRow

SHOWN_STATES = {
    "awaiting_staff": "Pending",
    "awaiting_sender": "Incomplete",
    "submitted": "Submitted",
    "resolved": "Completed",
    "closed_no_reply": "Closed, no reply",
    "withdrawn": "Withdrawn",
    "redirected": "Redirected",
}


def shown(text: str) -> str:
    """Text from mail without what would move a terminal's cursor or turn its direction (ATTACKS A043, A049)."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def case_line(row: CaseRow) -> str:
    """One line of `mailbot cases`."""
    who = row.correspondents[0].address.address if row.correspondents else "-"
    mark = " !" if row.review else ""
    state = f"{SHOWN_STATES[row.state]:<16}"
    return f"{row.number}  {state} {row.category:<34} {shown(who):<34} {shown(row.subject)[:60]}{mark}"


def case_sheet(
    row: CaseRow,
    messages: Sequence[MessageRow],
    letters: Sequence[LetterRow],
    events: Sequence[EventRow],
    zone: tzinfo,
    waiting: str | None = None,
) -> str:
    """All of one case, in the order in which staff ask for it. `waiting`: why it is not closed past its deadline."""
    head = [
        f"Case {row.number}: {shown(row.subject) or '(no subject)'}",
        f"  state      {SHOWN_STATES[row.state]} ({row.state})",
        f"  category   {row.category}, confidence {row.confidence:.2f}, team {row.team}",
        f"  opened     {_at(row.opened_at, zone)}",
        f"  answer by  {_at(row.answer_due, zone)}",
    ]
    head += _clock(row, zone, waiting)
    if row.assignee:
        head.append(f"  assignee   {row.assignee}")
    for title, values in _details(row):
        head += [f"  {title}"] + [f"    {shown(value)}" for value in values]
    parts = ["\n".join(head)]
    parts += [_message(message, zone) for message in messages]
    parts.append(
        "\n".join(["Letters", *(f"  {letter_line(letter)}" for letter in letters)] if letters else ["No letters"])
    )
    parts.append("\n".join(["History", *(f"  {_event(event, zone)}" for event in events)]))
    return "\n\n".join(parts)


def _clock(row: CaseRow, zone: tzinfo, waiting: str | None) -> Iterable[str]:
    if row.reply_due:
        yield f"  reply by   {_at(row.reply_due, zone)}"
    if row.remind_at:
        yield f"  reminder   {_at(row.remind_at, zone)}"
    if row.clock_stopped:
        yield f"  the clock stands: {row.clock_stopped}"
    if waiting:
        yield f"  past its deadline, and not closed: {waiting}"


def _details(row: CaseRow) -> Iterable[tuple[str, list[str]]]:
    """The lists of a case that are not empty."""
    lists = {
        "look at this": list(row.review),
        "missing": list(row.missing),
        "people": [
            f"{person.address.name} <{person.address.address}> ({person.role})" for person in row.correspondents
        ],
        "fields": [f"{name} = {value} (from the {where})" for name, value, where in row.fields],
        "documents": list(row.documents),
        "linked": [f"{relation} {number}" for number, relation in row.linked],
        "because": list(row.because),
    }
    return ((title, values) for title, values in lists.items() if values)


def _message(row: MessageRow, zone: tzinfo) -> str:
    lines = [f"{row.kind} from {shown(row.sender)}, {_at(row.received_at, zone)} ({row.trust})"]
    lines += [f"  attached: {_file(file)}" for file in row.attachments if not file.inline]
    return "\n".join([*lines, indent(shown(row.text).strip() or "(no text)", "  | ")])


def _file(file: AttachmentRow) -> str:
    marks = "".join(f", {flag}" for flag in file.flags)
    refused = f", REFUSED: {file.refused}" if file.refused else ""
    return f"{shown(file.filename) or '(no name)'} ({file.content_type}, {file.size} bytes{marks}{refused})"


def letter_line(row: LetterRow) -> str:
    """One line of `mailbot letters`."""
    state = "bounced" if row.bounced_at else row.state
    answer = f": {row.answer}" if row.answer and state != "sent" else ""
    return f"{row.case_number or '-':<15} {row.kind:<20} {state:<8} {shown(row.to)}, tries {row.attempts}{answer}"


def arrival_line(row: ArrivalRow) -> str:
    """One line of `mailbot arrivals`."""
    result = row.error if row.state == "held" else row.outcome
    return f"{row.arrival_id}  {row.received_at:%Y-%m-%d %H:%M:%SZ}  {row.state:<6} {row.source:<20} {result or ''}"


def _event(row: EventRow, zone: tzinfo) -> str:
    return f"{_at(row.at, zone)}  {row.event.actor:<9} {row.event.kind.replace('_', ' ')}: {shown(row.event.why)}"


def _at(moment: datetime | None, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if moment else "-"
