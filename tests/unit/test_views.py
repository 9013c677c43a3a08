"""How cases look on a terminal: widths, marks, masks, and nothing that a stranger wrote can pass for ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.cases.events import Event, EventKind
from mailbot.cases.people import Correspondent, Role
from mailbot.cli.views import case_line, case_sheet, clipped, shown
from mailbot.mail import Address
from mailbot.store.reports import CaseRow, EventRow, LetterRow, MessageRow
from tests.mails import MONDAY

NEW_YORK = ZoneInfo("America/New_York")
ROW = CaseRow(
    case_id=1,
    number="261123-0000428",
    state="awaiting_sender",
    category="eligibility.add_dependent",
    confidence=0.95,
    team="Enrollment",
    assignee="ann",
    language="en",
    opened_at=MONDAY,
    answer_due=MONDAY + timedelta(days=2),
    reply_due=datetime(2026, 12, 4, 4, 59, tzinfo=UTC),
    remind_at=None,
    clock_stopped=None,
    merged_into=None,
    subject="New\ndependent 123-45-6789",
    fields=(("group_number", "0140026", "body"), ("subscriber_name", "Maria Lopez", "merged")),
    because=("a word", "another"),
    comments="",
    missing=("date_of_birth",),
    review=("look here",),
    flags=(),
    documents=("enrollment_form",),
    correspondents=(Correspondent(Address("dana@broker.example", "Dana Reed"), Role.UNKNOWN),),
    linked=(("261123-0000436", "may_belong_to"),),
)
NOTE = MessageRow(None, "note", "staff", MONDAY + timedelta(hours=1), "ann", "", "call\nback")
MAIL = MessageRow(7, "inquiry", "stranger", MONDAY, "Dana <d@b.example>", "Hi", "SSN 123-45-6789\n\nHistory\n\x1b[2Jx")
LETTER = LetterRow(
    9, ROW.number, "info_request", "d@b.example", "sent", MONDAY, MONDAY, MONDAY, None, 1, "o@desk.example", "250 ok"
)


def test_a_case_stands_on_one_line_with_its_marks_below() -> None:
    assert case_line(ROW, NEW_YORK).splitlines() == [
        "261123-0000428  Incomplete        reply Thu Dec 03     eligibility.add_dependent        "
        "dana@broker.example: New dependent •••-••-6789",
        "                ? date_of_birth",
        "                ! look here",
    ]


@pytest.mark.parametrize("width", [60, 80, 100, 119, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    row = replace(ROW, subject="补发保险卡" * 40, review=("long " * 60,))
    for line in case_line(row, NEW_YORK, width).splitlines():
        assert clipped(line, width) == line


def test_a_chinese_sign_takes_two_columns() -> None:
    assert clipped("补发保险", 8) == "补发保险"
    assert clipped("补发保险", 7) == "补发保\N{HORIZONTAL ELLIPSIS}"


@pytest.mark.parametrize(
    ("state", "due"), [("awaiting_staff", "answer Wed Nov 25"), ("resolved", ""), ("submitted", "")]
)
def test_only_an_open_case_has_something_due(state: str, due: str) -> None:
    line = case_line(replace(ROW, state=state), NEW_YORK).splitlines()[0]
    assert line[34:55].strip() == due


def test_the_sheet_tells_the_whole_life() -> None:
    events = [
        EventRow(MONDAY, Event(EventKind.CASE_OPENED, "why")),
        EventRow(MONDAY, Event(EventKind.NOTE_ADDED, "", "ann")),
    ]
    sheet = case_sheet(ROW, [MAIL, NOTE], [LETTER], events, NEW_YORK, "the mailbox was not read")
    for part in (
        "Case 261123-0000428   Incomplete\nNew dependent •••-••-6789\n",
        "  reply by    Thu 2026-12-03 23:59\n",
        "  overdue     and not closed: the mailbox was not read",
        "  look at this\n    ! look here\n",
        "  missing\n    ? date_of_birth\n",
        "  known\n    group_number     0140026  (body)\n    subscriber_name  Maria Lopez  (merged)\n",
        "  linked\n    may belong to 261123-0000436\n",
        "Mon 2026-11-23 09:00  our info request to d@b.example: sent Mon 2026-11-23 09:00\n",
        "Mon 2026-11-23 10:00  note by ann\n    # call\n    # back\n",
        "History\n  Mon 2026-11-23\n    09:00  intake     case opened: why\n    09:00  ann        note added",
    ):
        assert part in sheet, part
    assert sheet.index("inquiry from") < sheet.index("our info request") < sheet.index("note by ann")


def test_a043_what_a_stranger_wrote_cannot_pass_for_ours() -> None:
    sheet = case_sheet(ROW, [MAIL], [], [], NEW_YORK)
    assert "    | SSN •••-••-6789\n    |\n    | History\n    | \N{REPLACEMENT CHARACTER}[2Jx" in sheet
    assert [line for line in sheet.splitlines() if line.startswith("History")] == ["History"]


def test_a_merged_case_names_the_one_it_became() -> None:
    sheet = case_sheet(replace(ROW, merged_into="261123-0000444"), [], [], [], NEW_YORK)
    assert "It was merged into 261123-0000444" in sheet


def test_comments_of_a_resolution_are_shown() -> None:
    assert "  comments\n    | Done.\n    | Twice." in case_sheet(
        replace(ROW, comments="Done.\nTwice."), [], [], [], NEW_YORK
    )


def test_card_numbers_are_masked_and_case_numbers_are_not() -> None:
    assert shown("card 4111 1111 1111 1111, case 261123-0000428") == "card •••• •••• •••• 1111, case 261123-0000428"
