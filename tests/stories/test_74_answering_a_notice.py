"""Story 74: staff answer a notice, and the answer is a note on the case, or does something to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.people import Notices
from mailbot.mail import Address
from mailbot.store.reports import LetterRow
from tests.desks import text_of
from tests.stories.colleagues import ANN, BEN, Colleagues, colleague
from tests.stories.tales import BOTH

PCP = "category: eligibility.pcp_change"


@pytest.fixture
def noticed(colleagues: Colleagues) -> Colleagues:
    """Ann hears of each case of the team; Ben works there too, and hears of none."""
    ann = replace(colleague(ANN), teams=("Enrollment",), notices=Notices.EACH)
    ben = replace(colleague(BEN), teams=("Enrollment",), notices=Notices.NONE)
    colleagues.register(ann, ben)
    return colleagues


def notice(desk: Colleagues) -> LetterRow:
    """The one notice that is written now, sent."""
    assert desk.desk.app.noticeboard.post() == 1
    desk.desk.deliver()
    (row,) = [row for row in desk.desk.letters() if row.kind == "staff_notice"]
    return row


def answer(desk: Colleagues, row: LetterRow, text: str, **headers: str) -> str | None:
    """A colleague presses "reply" on the notice; the case that it went to."""
    to = str(desk.desk.letter(row)["Reply-To"])
    fields = {"to": to, "subject": "Re: News of cases", "in_reply_to": f"<{row.message_id}>"} | headers
    return desk.staff_mail(text, **({"by": ANN} | fields)).case_number


def test_the_answer_to_a_notice_is_a_note_that_no_one_outside_reads(noticed: Colleagues) -> None:
    number = noticed.inquires(f"{PCP}\n{BOTH}")
    outside = [row.letter_id for row in noticed.desk.letters() if row.to == "dana@broker.example"]
    assert answer(noticed, notice(noticed), "She called: it is for the younger one.") == number
    assert noticed.state(number) == "awaiting_staff"
    (note,) = [event for event in noticed.desk.events(number) if event.kind is EventKind.NOTE_ADDED]
    assert note.actor == "Ann Lee by mail"
    assert noticed.desk.thread(number)[-1].kind == "note"
    assert [row.letter_id for row in noticed.desk.letters() if row.to == "dana@broker.example"] == outside
    assert noticed.desk.app.noticeboard.post() == 0, "and a note is no news"


def test_a_colleague_to_whom_the_notice_was_forwarded_may_answer_it_too(noticed: Colleagues) -> None:
    number = noticed.inquires(f"{PCP}\n{BOTH}")
    assert answer(noticed, notice(noticed), "I know her.", by=BEN) == number
    (note,) = [event for event in noticed.desk.events(number) if event.kind is EventKind.NOTE_ADDED]
    assert note.actor == "Ben Ode by mail"


def test_an_answer_that_begins_with_a_command_has_it_carried_out(noticed: Colleagues) -> None:
    number = noticed.inquires(f"{PCP}\n{BOTH}")
    assert answer(noticed, notice(noticed), "#assign me") == number
    assert noticed.file(number).assignee == "Ann Lee"


def test_an_answer_that_nothing_proves_is_no_note(noticed: Colleagues) -> None:
    """Whoever read the notice on its way can write in Ann's name (ATTACKS A079)."""
    number = noticed.inquires(f"{PCP}\n{BOTH}")
    went_to = answer(noticed, notice(noticed), "#close", authentication_results=None)  # type: ignore[arg-type]
    assert went_to != number
    assert noticed.state(number) == "awaiting_staff"
    assert not [event for event in noticed.desk.events(number) if event.kind is EventKind.NOTE_ADDED]


def test_the_answer_to_a_notice_of_several_cases_is_told_to_name_one(noticed: Colleagues) -> None:
    first = noticed.inquires(f"{PCP}\n{BOTH}")
    ann = replace(colleague(ANN), address=Address("ann@plan.example", "Ann Lee"), teams=("Enrollment",))
    noticed.register(replace(ann, notices=Notices.DIGEST))
    noticed.inquires(f"{PCP}\nsubscriber_id: Q77\npcp_name: Dr. Ode", sender="Carl <carl@broker.example>")
    noticed.desk.app.noticeboard.post()
    noticed.on("2026-11-23 10:00")
    row = notice(noticed)
    text = text_of(noticed.desk.letter(row))
    assert first in text
    assert "write to the desk with its number in the subject" in " ".join(text.split())
    assert answer(noticed, row, "She called.") is None
    assert "names no case" in noticed.result()
    answer(noticed, row, "She called.", subject=f"Re: {first}")
    assert [event.kind for event in noticed.desk.events(first)].count(EventKind.NOTE_ADDED) == 1
