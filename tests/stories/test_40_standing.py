"""Story 40: somebody asks how a case stands, or only says that the answer will come."""

from __future__ import annotations

import pytest

from mailbot.cases.events import EventKind
from tests.mails import DANA, mail, reply
from tests.stories.inbox import CARL, Inbox
from tests.stories.tales import BOTH, NEW_YORK, OTHER

ASK = "How does it stand?"
LATER = "Later will do, I hope."
PCP = "category: eligibility.pcp_change\n"


def standing_of(inbox: Inbox, number: str, sender: str = DANA) -> str:
    """What the desk answers to somebody who asks about this case by its number."""
    before = len(inbox.desk.letters())
    inbox.writes(mail(ASK, sender=sender, subject=f"Re: [Case {number}]"), sender)
    new = inbox.desk.letters()[before:]
    assert [(row.kind, row.case_number) for row in new] == [("status", number)]
    return inbox.last_text()


def test_who_is_waited_for_hears_what_is_missing_and_by_when(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}subscriber_id: Q1234567")
    text = standing_of(inbox, number)
    assert "Incomplete: we are waiting for information from you" in text
    assert "Please reply by the end of Thursday, December 3, 2026" in text
    assert "WE ARE WAITING FOR" in text
    assert "Q1234567" not in text


def test_who_waits_for_staff_hears_of_the_promise_and_of_no_deadline(inbox: Inbox) -> None:
    number = inbox.inquires(PCP + BOTH)
    text = standing_of(inbox, number)
    assert "Pending: complete, our team is working on it" in text
    assert "We will write to you by Wednesday, November 25, 2026" in text
    assert "Please reply by" not in text


def test_a_promise_that_was_made_anew_is_the_one_that_is_told(inbox: Inbox) -> None:
    """The case was complete only on Tuesday, and that letter promised an answer by Friday: Thursday is a holiday."""
    number = inbox.inquires(f"{PCP}subscriber_id: Q1234567")
    inbox.on("2026-11-24")
    inbox.writes(reply(OTHER, to_id=inbox.last_letter().message_id))
    assert "Our answer by: Friday, November 27, 2026" in inbox.last_text()
    assert "Our answer by: Friday, November 27, 2026" in standing_of(inbox, number)
    answer_due = inbox.desk.case(number).answer_due
    assert answer_due is not None
    assert answer_due.astimezone(NEW_YORK).date().isoformat() == "2026-11-27"


def test_a_promise_that_was_broken_is_not_repeated(inbox: Inbox) -> None:
    number = inbox.inquires(PCP + BOTH)
    inbox.on("2026-12-01")
    text = standing_of(inbox, number)
    assert "We will write to you by" not in text


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("resolve", "Completed"),
        ("close", "Closed, because the information we asked for did not come"),
        ("withdraw", "Withdrawn"),
    ],
)
def test_who_asks_about_a_case_that_has_ended_hears_how_it_ended(inbox: Inbox, end: str, said: str) -> None:
    number = inbox.inquires(f"{PCP}subscriber_id: Q1234567")
    work = inbox.desk.app.casework
    if end == "resolve":
        work.resolve(number, "Done.", "ann")
    else:
        getattr(work, end)(number, "ann")
    inbox.desk.deliver()
    text = standing_of(inbox, number)
    assert said in text
    assert "WE ARE WAITING FOR" not in text
    assert "Please reply by" not in text
    assert len(inbox.desk.cases()) == 1, "and no case is opened over a question"
    assert inbox.state(number) == {"resolve": "resolved", "close": "closed_no_reply", "withdraw": "withdrawn"}[end]


def test_a099_a_stranger_who_asks_hears_what_every_stranger_hears(inbox: Inbox) -> None:
    number = inbox.inquires(PCP + BOTH)
    inbox.desk.app.casework.resolve(number, "Done.", "ann")
    inbox.writes(mail(ASK, sender=CARL, subject=f"Re: [Case {number}]"), "carl@broker.example")
    assert inbox.letters_to(CARL) == ["acknowledgment"]
    assert number not in inbox.texts_to(CARL)


def test_a_promise_changes_nothing(inbox: Inbox) -> None:
    """No letter, no round, and the clock goes on as it was."""
    number = inbox.inquires(f"{PCP}subscriber_id: Q1234567")
    before = inbox.file(number)
    inbox.on("2026-11-25")
    inbox.writes(reply(LATER, to_id=inbox.last_letter().message_id))
    after = inbox.file(number)
    assert (after.rounds, after.reply_due, after.remind_at) == (before.rounds, before.reply_due, before.remind_at)
    assert inbox.letters(number) == ["info_request"]
    assert inbox.whys(number, EventKind.MESSAGE_APPENDED) == ["matched by token, our message id"]
    inbox.on("2026-12-08")
    inbox.round()
    assert inbox.state(number) == "closed_no_reply", "who only promised is not waited for any longer"


def test_who_promised_and_then_keeps_it_has_answered(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}subscriber_id: Q1234567")
    request = inbox.last_letter().message_id
    inbox.writes(reply(LATER, to_id=request))
    inbox.writes(reply(OTHER, to_id=request))
    assert inbox.state(number) == "awaiting_staff"
    assert inbox.letters(number) == ["info_request", "information_received"]


def test_a_promise_after_the_closing_opens_nothing(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}subscriber_id: Q1234567")
    request = inbox.last_letter().message_id
    inbox.desk.app.casework.close(number, "ann")
    inbox.writes(reply(LATER, to_id=request))
    assert [case.number for case in inbox.desk.cases()] == [number]
    inbox.writes(reply(OTHER, to_id=request))
    assert len(inbox.desk.cases()) == 2, "what it promised does, and is a late reply as ever"
