"""Story 46: somebody writes "status" and hears how their own cases stand; a stranger hears what any stranger hears."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mailbot.cases.understanding import Understanding
from mailbot.classify.understand import SentMessage, understand
from mailbot.intake import TakenIn
from mailbot.replies.outcomes import Refused
from tests.desks import text_of
from tests.directories import DANA_ROW, register
from tests.mails import DANA, EVE, mail
from tests.readers import go_by, read_by
from tests.stories.inbox import CARL, EMMA, Inbox, address
from tests.stories.tales import BOTH, PCP_CHANGE

PCP = f"category: {PCP_CHANGE}"
FAILED = {"authentication_results": "mx.desk.example; dmarc=fail header.from=broker.example"}
CANARY = "subscriber_id: CANARY7654321\npcp_name: Dr. Canary"


@pytest.fixture
def office(inbox: Inbox) -> Inbox:
    """A desk that reads by itself who asks for a status."""
    playbook = inbox.desk.app.playbook

    def read(sent: SentMessage) -> Understanding:
        found = understand(sent.message, sent.kind, playbook, sent.at)
        return found if found.status_only else inbox.understand(sent)

    read_by(inbox.desk.app, read)
    return inbox


def asks(office: Inbox, text: str = "status", who: str = DANA, subject: str = "Question", **headers: str) -> TakenIn:
    return office.writes(mail(text, sender=who, subject=subject, **headers), address(who))


def believing(office: Inbox) -> None:
    go_by(office.desk.app, authserv_ids=("mx.desk.example",))


def listed(text: str) -> list[str]:
    """The case numbers that stand alone on a line, in their order."""
    return re.findall(r"^([0-9]{6}-[0-9]{7})\r?$", text, re.MULTILINE)


# Alone: all cases of one's own.


def test_who_writes_status_hears_of_all_cases_of_their_own(office: Inbox) -> None:
    waiting = office.inquires(PCP, subject="New doctor")
    office.on("2026-11-24")
    complete = office.inquires(f"{PCP}\n{BOTH}", subject="Another doctor")
    other = office.inquires(f"{PCP}\nsubscriber_id: E999", sender=EMMA)
    told = asks(office)
    assert (told.outcome, told.case_number, told.letters) == ("stored", None, (("status", "dana@broker.example"),))
    text = office.last_text()
    assert listed(text) == [complete, waiting]
    assert other not in text
    assert "Where it stands: Pending: complete, our team is working on it" in text
    assert "Received: Tuesday, November 24, 2026" in text
    assert "Our answer by: Friday, November 27, 2026" in text
    assert "Where it stands: Incomplete: we are waiting for information from you" in text
    assert "Your reply by: Thursday, December 3, 2026" in text
    # No case was opened, and none changed.
    assert len(office.desk.cases()) == 3
    assert office.day_due(waiting) == "2026-12-03"
    assert office.desk.letter(office.last_letter())["Subject"] == "Where your request stands"


@pytest.mark.parametrize(
    ("text", "word"), [("estado", "Recibido: "), ("状态", "收到日期"), ("Status please!", "Received: ")]
)
def test_the_answer_is_in_the_language_of_the_question(office: Inbox, text: str, word: str) -> None:
    number = office.inquires(PCP)
    asks(office, text)
    assert word in office.last_text()
    assert listed(office.last_text()) == [number]


def test_an_empty_mail_with_the_subject_status_asks_too(office: Inbox) -> None:
    number = office.inquires(PCP)
    asks(office, "", subject="Status")
    assert listed(office.last_text()) == [number]


def test_what_is_told_is_state_and_dates_and_nothing_else(office: Inbox) -> None:
    office.inquires(f"{PCP}\n{CANARY}", subject="Doctor CANARY")
    office.desk.app.casework.note(office.desk.cases()[0].number, "CANARY note", "ann")
    asks(office)
    letter = office.desk.letter(office.last_letter())
    assert "CANARY" not in letter.as_string() + text_of(letter)
    assert "doctor" not in text_of(letter)
    assert letter["To"] == "dana@broker.example"
    assert (letter["Auto-Submitted"], letter["Cc"]) == ("auto-replied", None)


def test_what_ended_lately_is_told_and_what_ended_long_ago_is_not(office: Inbox) -> None:
    old = office.inquires(f"{PCP}\n{BOTH}")
    office.desk.app.casework.resolve(old, "It is done.", "ann")
    office.on("2026-12-20")
    new = office.inquires(f"{PCP}\nsubscriber_id: Q22\npcp_name: Dr. No", subject="Other")
    office.desk.app.casework.withdraw(new, "ann")
    asks(office)
    assert listed(office.last_text()) == [new, old]
    assert "Ended: Sunday, December 20, 2026" in office.last_text()
    office.on("2026-12-28")
    asks(office, "Status?")
    assert listed(office.last_text()) == [new]


def test_of_very_many_cases_the_first_twenty_are_told(office: Inbox) -> None:
    numbers = [office.inquires(f"{PCP}\nsubscriber_id: Q{each}", subject=f"No. {each}") for each in range(22)]
    office.on("2026-11-25")  # so that what was written to her on Monday is on no budget any more
    asks(office)
    assert listed(office.last_text()) == numbers[:1:-1]
    assert "These are not all of them" in office.last_text()


def test_two_cases_that_became_one_are_told_as_one(office: Inbox) -> None:
    first = office.inquires(f"{PCP}\n{BOTH}")
    office.inquires(f"{PCP}\n{BOTH}\nDid you get this?", subject="Again")
    asks(office)
    assert listed(office.last_text()) == [first]


def test_a_case_that_was_merged_into_somebody_elses_is_told_under_its_own_number(office: Inbox) -> None:
    mine = office.inquires(f"{PCP}\n{BOTH}")
    theirs = office.inquires(f"{PCP}\nsubscriber_id: E9", sender=EMMA)
    office.desk.app.casework.merge(mine, theirs, "ann")
    asks(office)
    assert listed(office.last_text()) == [mine]
    assert "Pending" in office.last_text()
    assert theirs not in office.last_text()
    assert "reply by" not in office.last_text()


def test_who_was_only_copied_has_no_cases(office: Inbox) -> None:
    office.inquires(PCP, cc=CARL)
    told = asks(office, who=CARL)
    assert (told.outcome, told.letters) == ("case_opened", (("acknowledgment", "carl@broker.example"),))


def test_the_answer_to_such_a_letter_is_an_inquiry_of_its_own(office: Inbox) -> None:
    number = office.inquires(PCP)
    asks(office)
    new = office.writes(office.answer("Why does it take so long?"))
    assert (new.outcome, new.case_number == number) == ("case_opened", False)


def test_who_asks_and_says_something_is_not_answered_with_a_list(office: Inbox) -> None:
    number = office.inquires(PCP)
    new = asks(office, "status\n\nAlso: please add my son.")
    assert (new.outcome, new.case_number == number) == ("case_opened", False)


# With a number: that case.


@pytest.mark.parametrize(
    ("text", "subject"), [("status {0}", "Question"), ("Status?", "[Case {0}]"), ("", "status {0}")]
)
def test_with_its_number_one_case_is_told(office: Inbox, text: str, subject: str) -> None:
    number = office.inquires(PCP)
    office.inquires(f"{PCP}\n{BOTH}", subject="Another")
    told = asks(office, text.format(number), subject=subject.format(number))
    assert (told.outcome, told.case_number) == ("appended", number)
    assert "WE ARE WAITING FOR" in office.last_text()
    assert office.desk.letter(office.last_letter())["Subject"] == f"Where your request stands [Case {number}]"
    assert listed(office.last_text()) == []


def test_a_number_that_is_not_ones_own_is_none(office: Inbox) -> None:
    theirs = office.inquires(PCP, sender=EMMA)
    office.inquires(f"{PCP}\n{BOTH}")
    told = asks(office, f"status {theirs}")
    assert (told.outcome, [kind for kind, _ in told.letters]) == ("case_opened", ["acknowledgment"])
    assert theirs not in office.texts_to("")
    # Emma's case is not even held up by it.
    assert office.file(theirs).review == ()


# Strangers, and who is not who they say.


def neutral(office: Inbox, result: TakenIn) -> str:
    """The one letter to a stranger, without what is new in every letter."""
    assert [kind for kind, _ in result.letters] == ["acknowledgment"]
    letter = office.desk.letter(office.last_letter())
    text = f"{letter['Subject']}\n{text_of(letter)}".replace(result.case_number or "", "NUMBER")
    return re.sub(r"ref:\w+:ref", "ref", text)


def test_a099_a_stranger_hears_the_same_whether_or_not_there_is_anything(office: Inbox) -> None:
    theirs = office.inquires(f"{PCP}\n{CANARY}")
    free = "261124-0000428" if theirs != "261124-0000428" else "261124-0000436"
    answers = []
    for at, (text, subject) in enumerate(
        [
            ("status", "Question"),
            (f"status {theirs}", "Question"),
            (f"status {free}", "Question"),
            ("status?", f"[Case {theirs}]"),
            ("status.", f"[Case {free}]"),
        ]
    ):
        who = f"Eve <eve{at}@elsewhere.example>"
        answers.append(neutral(office, asks(office, text, who=who, subject=subject)))
        assert theirs not in office.texts_to(who)
        assert "CANARY" not in office.texts_to(who)
    assert len(set(answers)) == 1
    assert office.letters_to("") == ["acknowledgment"]


def test_a099_a_forged_sender_hears_what_a_stranger_hears(office: Inbox) -> None:
    believing(office)
    number = office.inquires(PCP)
    told = asks(office, **FAILED)
    assert number not in neutral(office, told)
    assert listed(office.last_text()) == []


def test_a099_the_budgets_hold_for_questions_too(office: Inbox) -> None:
    """The same text is not answered a third time on one day; then the question is kept, and nothing is sent."""
    office.inquires(PCP)
    told = [asks(office) for _ in range(4)]
    assert [len(each.letters) for each in told] == [1, 1, 0, 0]
    assert {each.outcome for each in told} == {"stored"}


def test_a_machine_that_says_status_is_not_answered(office: Inbox) -> None:
    office.inquires(PCP)
    before = len(office.letters())
    asks(office, auto_submitted="auto-replied")
    assert len(office.letters()) == before


def test_a_letter_about_several_cases_that_is_refused_spoils_none_of_them(office: Inbox) -> None:
    number = office.inquires(PCP)
    office.courier.outcomes = [Refused(550, "no such user")]
    asks(office)
    assert office.desk.letters()[-1].state == "refused"
    assert (office.state(number), office.file(number).review) == ("awaiting_sender", ())


# Producers and the groups of others (SOURCES D2).


def group(number: str, **more: Any) -> str:
    return f"category: eligibility.termination\ngroup_number: {number}"


def test_d2_a_producer_hears_of_no_case_about_a_group_that_is_not_theirs(office: Inbox) -> None:
    register(office.desk, DANA_ROW)
    mine = office.inquires(group("0140026"))
    foreign = office.inquires(group("0999999"), subject="Another group")
    asks(office)
    assert listed(office.last_text()) == [mine]
    # By its number it is acknowledged, and nothing else.
    told = asks(office, f"status {foreign}")
    assert [kind for kind, _ in told.letters] == ["acknowledgment"]
    assert "Where it stands" not in office.last_text()
    # Once the directory is put right, it is told.
    register(office.desk, DANA_ROW.replace("0140026;0140027", "0140026;0999999"))
    asks(office, "Status?")
    assert listed(office.last_text()) == [foreign, mine]


def test_d2_a_producer_of_foreign_groups_only_is_acknowledged(office: Inbox) -> None:
    register(office.desk, DANA_ROW)
    office.inquires(group("0999999"))
    told = asks(office)
    assert (told.outcome, [kind for kind, _ in told.letters]) == ("case_opened", ["acknowledgment"])
    assert EVE not in office.texts_to("")
