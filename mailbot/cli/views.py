"""Cases, letters and arrivals as a person reads them on a terminal."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo

from mailbot.cases.states import SHOWN_STATES as SHOWN_STATES
from mailbot.classify.privacy import mask
from mailbot.mail import Address
from mailbot.store.arrivals import ArrivalRow
from mailbot.store.messages import NOTE
from mailbot.store.reports import AttachmentRow, CaseRow, EventRow, LetterRow, MessageRow

#: What is not written to a terminal is as wide as it likes.
UNLIMITED = 500
#: From this width on the whole case stands on one line.
ONE_LINE = 120
_MARGIN = " " * 16


def terminal_width() -> int:
    """The columns to fill: those of the terminal, or plenty where a program reads."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED


def shown(text: str) -> str:
    """Text from mail without what would move a terminal's cursor or turn its direction (ATTACKS A043, A049).

    Social Security and card numbers are masked but for their last four digits.
    """
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in mask(text)
    )


def case_line(row: CaseRow, zone: tzinfo = UTC, width: int = UNLIMITED) -> str:
    """What `mailbot cases` shows of a case: one line, or two on a narrow terminal, and one for each mark."""
    head = f"{row.number}  {SHOWN_STATES[row.state]:<16}  {_due(row, zone):<19}  {row.category:<31}"
    who = shown(row.correspondents[0].address.address) if row.correspondents else "-"
    about = f"{who}: {one_line(row.subject) or '(no subject)'}"
    lines = [f"{head}  {about}"] if width >= ONE_LINE else [head.rstrip(), f"{_MARGIN}{about}"]
    lines += [f"{_MARGIN}{mark}" for mark in _marks(row)]
    return "\n".join(clipped(line, width).rstrip() for line in lines)


def _due(row: CaseRow, zone: tzinfo) -> str:
    """The next day on which something is due of an open case."""
    if row.state == "awaiting_sender" and row.reply_due:
        return f"reply {_day(row.reply_due, zone)}"
    if row.state == "awaiting_staff" and row.answer_due:
        return f"answer {_day(row.answer_due, zone)}"
    return ""


def _marks(row: CaseRow) -> Iterator[str]:
    if row.missing:
        yield f"? {', '.join(row.missing)}"
    for reason in row.review:
        yield f"! {shown(reason)}"


def case_sheet(
    row: CaseRow,
    messages: Sequence[MessageRow],
    letters: Sequence[LetterRow],
    events: Sequence[EventRow],
    zone: tzinfo,
    waiting: str | None = None,
) -> str:
    """All of one case, in the order in which staff ask for it. `waiting`: why it is not closed past its deadline."""
    head = [f"Case {row.number}   {SHOWN_STATES[row.state]}", one_line(row.subject) or "(no subject)", ""]
    if row.merged_into:
        head.insert(1, f"It was merged into {row.merged_into}: mailbot case {row.merged_into}")
    head += [f"  {label:<11} {value}" for label, value in _facts(row, zone, waiting) if value]
    for title, values in _lists(row):
        head += ["", f"  {title}", *(f"    {value}" for value in values)]
    if row.comments:
        head += ["", "  comments", _quoted(row.comments, "|")]
    parts = [
        "\n".join(head),
        "Thread",
        *_thread(messages, letters, zone),
        "\n".join(["History", *_history(events, zone)]),
    ]
    return "\n\n".join(parts)


def _facts(row: CaseRow, zone: tzinfo, waiting: str | None) -> Iterator[tuple[str, str]]:
    yield "category", f"{row.category}, confidence {row.confidence:.2f}"
    yield "team", row.team
    yield "assignee", row.assignee or ""
    yield "opened", _at(row.opened_at, zone)
    if row.state == "awaiting_staff":
        yield "answer by", _at(row.answer_due, zone)
    if row.reply_due:
        yield "reply by", _at(row.reply_due, zone)
    if row.remind_at:
        yield "reminder", _at(row.remind_at, zone)
    yield "clock", f"stands still: {row.clock_stopped}" if row.clock_stopped else ""
    yield "overdue", f"and not closed: {waiting}" if waiting else ""


def _lists(row: CaseRow) -> Iterable[tuple[str, list[str]]]:
    """The lists of a case that are not empty."""
    wide = max((len(name) for name, _, _ in row.fields), default=0)
    lists = {
        "look at this": [f"! {one_line(reason)}" for reason in row.review],
        "missing": [f"? {item}" for item in row.missing],
        "people": [f"{_named(each.address)}, {each.role}" for each in row.correspondents],
        "known": [f"{name:<{wide}}  {one_line(value)}  ({where})" for name, value, where in row.fields],
        "papers": list(row.documents),
        "flags": list(row.flags),
        "linked": [f"{relation.replace('_', ' ')} {number}" for number, relation in row.linked],
        "because": [one_line(", ".join(row.because))] if row.because else [],
    }
    return ((title, values) for title, values in lists.items() if values)


def _thread(messages: Sequence[MessageRow], letters: Sequence[LetterRow], zone: tzinfo) -> list[str]:
    """What was written in the case by anybody, in the order of time."""
    entries = [(message.received_at, 0, _message(message, zone)) for message in messages]
    entries += [(letter.composed_at, 1, _letter(letter, zone)) for letter in letters]
    return [text for _, _, text in sorted(entries, key=lambda entry: entry[:2])]


def _message(row: MessageRow, zone: tzinfo) -> str:
    if row.kind == NOTE:
        first = f"{_at(row.received_at, zone)}  note by {one_line(row.sender)}"
        return "\n".join([first, _quoted(row.text, "#")])
    first = f"{_at(row.received_at, zone)}  {row.kind.replace('_', ' ')} from {one_line(row.sender)}, {row.trust}"
    files = [f"    + {_file(file)}" for file in row.attachments if not file.inline]
    return "\n".join([first, _quoted(row.text or "(no text)", "|"), *files])


def _quoted(text: str, mark: str) -> str:
    """Somebody's text, so that no line of it can be taken for one of ours."""
    return "\n".join(f"    {mark} {line}".rstrip() for line in shown(text).strip().splitlines())


def _letter(row: LetterRow, zone: tzinfo) -> str:
    state = "bounced" if row.bounced_at else row.state
    when = f" {_at(row.sent_at, zone)}" if row.sent_at and state == "sent" else ""
    answer = f" ({row.answer})" if row.answer and state != "sent" else ""
    return f"{_at(row.composed_at, zone)}  our {row.kind.replace('_', ' ')} to {shown(row.to)}: {state}{when}{answer}"


def _file(file: AttachmentRow) -> str:
    marks = "".join(f", {flag}" for flag in file.flags)
    refused = f", REFUSED: {file.refused}" if file.refused else ""
    return f"{one_line(file.filename) or '(no name)'} ({file.content_type}, {file.size:,} bytes{marks}{refused})"


def _history(events: Sequence[EventRow], zone: tzinfo) -> Iterator[str]:
    """The events under the days on which they happened."""
    day: date | None = None
    for row in events:
        at = row.at.astimezone(zone)
        if at.date() != day:
            day = at.date()
            yield f"  {at:%a %Y-%m-%d}"
        what = row.event.kind.replace("_", " ")
        yield f"    {at:%H:%M}  {row.event.actor:<10} {what}" + (
            f": {one_line(row.event.why)}" if row.event.why else ""
        )


def letter_line(row: LetterRow) -> str:
    """One line of `mailbot letters`."""
    state = "bounced" if row.bounced_at else row.state
    answer = f": {row.answer}" if row.answer and state != "sent" else ""
    return f"{row.case_number or '-':<15} {row.kind:<20} {state:<8} {shown(row.to)}, tries {row.attempts}{answer}"


def arrival_line(row: ArrivalRow) -> str:
    """One line of `mailbot arrivals`."""
    result = row.error if row.state == "held" else row.outcome
    return f"{row.arrival_id}  {row.received_at:%Y-%m-%d %H:%M:%SZ}  {row.state:<6} {row.source:<20} {result or ''}"


def one_line(text: str) -> str:
    """Text of a stranger on one line."""
    return " ".join(shown(text).split())


def clipped(line: str, width: int) -> str:
    """The line cut to so many columns of a terminal, where a Chinese sign takes two."""
    if sum(map(_columns, line)) <= width:
        return line
    room, kept = width - 1, []
    for sign in line:
        room -= _columns(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept) + "\N{HORIZONTAL ELLIPSIS}"


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _named(address: Address) -> str:
    return one_line(f"{address.name} <{address.address}>" if address.name else address.address)


def _day(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %b %d}"


def _at(moment: datetime | None, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}" if moment else "-"
