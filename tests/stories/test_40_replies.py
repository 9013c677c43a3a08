"""Story 40: what people say in answer, in one mail or in many, before their case ends and after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.rules import LateReply
from tests.mails import mail, reply
from tests.readers import go_by
from tests.stories.inbox import ADD_DEPENDENT, CLAIM, Inbox, papers
from tests.stories.tales import BOTH, ONE, OTHER, PCP_CHANGE

PCP = f"category: {PCP_CHANGE}"
BABY = f"category: {ADD_DEPENDENT}\ngroup_number: 0140026\nsubscriber_id: Q1234567\ndependent_name: Tom Reed"


def test_one_answer_that_says_all_completes_the_case(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    assert inbox.file(number).missing == ("subscriber_id", "pcp_name")
    inbox.writes(inbox.answer(BOTH))
    assert (inbox.state(number), inbox.file(number).missing) == ("awaiting_staff", ())
    assert inbox.letters() == ["info_request", "information_received"]


def test_a_list_is_answered_by_its_numbers(inbox: Inbox) -> None:
    """Nothing but the numbers says which answer is which."""
    number = inbox.inquires(PCP)
    inbox.writes(inbox.answer("1. Q1234567\n2) Ada Vell, MD"))
    facts = inbox.facts(number)
    assert (facts.values("subscriber_id"), inbox.state(number)) == (("Q1234567",), "awaiting_staff")
    assert "Ada Vell" in facts.values("pcp_name")[0]


def test_the_numbers_are_those_of_the_last_list(inbox: Inbox) -> None:
    """Once the first is answered, the second becomes number one of the next letter."""
    number = inbox.inquires(PCP)
    inbox.writes(inbox.answer("1. Q1234567"))
    assert "1. " in inbox.last_text()
    assert "2. " not in inbox.last_text()
    inbox.writes(inbox.answer("1. Dr. Ada Vell"))
    assert inbox.state(number) == "awaiting_staff"
    assert inbox.facts(number).values("subscriber_id") == ("Q1234567",)


def test_papers_arrive_in_parts_over_several_mails(inbox: Inbox) -> None:
    # Dana adds a child, and sends neither the form nor the dates.
    number = inbox.inquires(BABY)
    assert inbox.file(number).missing == ("date_of_birth", "effective_date", "enrollment_form")
    # The form comes alone, then the one date without the form, then the other with a picture nobody asked for.
    inbox.writes(papers("enrollment_form.pdf", **in_thread(inbox)))
    assert inbox.file(number).missing == ("date_of_birth", "effective_date")
    inbox.writes(inbox.answer("date_of_birth: 2026-11-01"))
    assert inbox.file(number).missing == ("effective_date",)
    inbox.writes(papers("other.pdf", text="effective_date: 2026-11-01", **in_thread(inbox)))
    assert (inbox.state(number), inbox.file(number).missing) == ("awaiting_staff", ())
    assert set(inbox.facts(number).documents) == {"enrollment_form", "other"}
    assert len(inbox.desk.cases()) == 1
    assert inbox.letters() == ["info_request"] * 3 + ["information_received"]


def test_a_value_that_is_amended_while_it_is_pending_counts_as_last_said(inbox: Inbox) -> None:
    """SOURCES D6: what is pending may be edited; the history names the field and not the values."""
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    inbox.writes(inbox.answer("pcp_name: Dr. Bo Lind"))
    assert inbox.facts(number).values("pcp_name") == ("Dr. Bo Lind",)
    assert inbox.facts(number).values("subscriber_id") == ("Q1234567",)
    assert inbox.whys(number, EventKind.VALUE_AMENDED) == ["pcp_name"]
    assert inbox.state(number) == "awaiting_staff"


def test_a_thank_you_changes_nothing_in_any_state(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    for act in (lambda: None, lambda: inbox.desk.app.casework.resolve(number, "It is done.", "staff")):
        act()
        inbox.desk.deliver()
        letters, state = inbox.letters(), inbox.state(number)
        inbox.writes(inbox.answer("Thank you!"))
        assert (inbox.letters(), inbox.state(number), len(inbox.desk.cases())) == (letters, state, 1)


def test_who_takes_an_inquiry_back_is_told_so_and_never_reminded(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    inbox.writes(inbox.answer("Please disregard my request."))
    assert (inbox.state(number), inbox.letters()) == ("withdrawn", ["info_request", "withdrawn"])
    inbox.on("2027-01-10")
    swept = inbox.round()
    assert (swept.reminded, swept.closed) == (0, 0)


def test_what_was_taken_back_and_is_asked_again_is_a_new_case(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    inbox.writes(inbox.answer("Please disregard my request."))
    again = inbox.writes(inbox.answer(f"We need it after all.\n{BOTH}"))
    assert (again.outcome, inbox.state(number)) == ("case_opened", "withdrawn")
    assert inbox.links(again.case_number or "") == [(number, "follows")]


def test_pain_14_another_matter_in_an_old_thread_is_a_case_of_its_own(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    new = inbox.writes(inbox.answer(f"category: {CLAIM}", subject="A claim that was not paid"))
    assert (new.outcome, new.category, new.missing) == ("case_opened", CLAIM, ("claim_number",))
    assert inbox.links(new.case_number or "") == [(number, "follows")]
    assert (inbox.state(number), inbox.state(new.case_number or "")) == ("awaiting_staff", "awaiting_sender")
    # Her next answer goes to the case whose letter she answers.
    inbox.writes(inbox.answer("claim_number: CL-2026-77"))
    assert inbox.state(new.case_number or "") == "awaiting_staff"
    assert inbox.facts(number).values("claim_number") == ()


def test_a_reply_after_the_closing_opens_a_case_that_knows_what_was_said(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{ONE}")
    request = inbox.last_letter().message_id
    inbox.on("2026-12-10")
    assert inbox.round().closed == 1
    late = inbox.writes(reply(OTHER, to_id=request))
    new = late.case_number or ""
    assert (late.outcome, late.missing) == ("case_opened", ())
    assert (inbox.state(number), inbox.state(new)) == ("closed_no_reply", "awaiting_staff")
    assert inbox.file(new).category == PCP_CHANGE
    assert inbox.facts(new).values("subscriber_id") == ("Q1234567",)
    assert inbox.links(new) == [(number, "follows")]
    assert inbox.letters(new) == ["acknowledgment"]


def test_the_case_that_follows_asks_only_for_what_is_still_missing(inbox: Inbox) -> None:
    inbox.inquires(BABY)
    request = inbox.last_letter().message_id
    inbox.on("2026-12-10")
    assert inbox.round().closed == 1
    late = inbox.writes(papers("enrollment_form.pdf", in_reply_to=f"<{request}>", subject="Re: A request"))
    assert late.missing == ("date_of_birth", "effective_date")
    assert inbox.letters(late.case_number) == ["info_request"]
    inbox.writes(inbox.answer("1. 11/01/2026\n2. 11/01/2026"))
    assert inbox.state(late.case_number or "") == "awaiting_staff"


@pytest.mark.parametrize(("day", "outcome"), [("2026-12-10", "appended"), ("2026-12-12", "case_opened")])
def test_a073_where_the_playbook_says_reopen_the_window_decides(inbox: Inbox, day: str, outcome: str) -> None:
    """It closes on Friday, December 4th; five business days later the window shuts, at the end of the 11th."""
    reopen(inbox)
    number = inbox.inquires(f"{PCP}\n{ONE}")
    request = inbox.last_letter().message_id
    inbox.on("2026-12-04")
    assert inbox.round().closed == 1
    inbox.on(day)
    late = inbox.writes(reply(OTHER, to_id=request))
    assert late.outcome == outcome
    if outcome == "appended":
        assert (inbox.state(number), inbox.letters()[-1]) == ("awaiting_staff", "information_received")
        assert inbox.whys(number, EventKind.CASE_REOPENED) == ["a reply came after it was closed"]
    else:
        assert (inbox.state(number), inbox.state(late.case_number or "")) == ("closed_no_reply", "awaiting_staff")


def test_a073_a_machine_reopens_nothing(inbox: Inbox) -> None:
    reopen(inbox)
    number = inbox.inquires(PCP)
    inbox.on("2026-12-04")
    inbox.round()
    inbox.writes(inbox.answer("I am out of office.", auto_submitted="auto-replied"))
    assert (inbox.state(number), len(inbox.desk.cases())) == ("closed_no_reply", 1)


def test_a_reply_that_brings_nothing_is_asked_again_and_then_read_by_staff(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    for day in ("2026-11-24", "2026-11-25", "2026-11-27"):
        inbox.on(day)
        inbox.writes(inbox.answer(f"I do not know, it is {day}."))
    assert inbox.letters() == ["info_request"] * 3
    assert inbox.state(number) == "awaiting_staff"
    assert "it was asked for as often as the playbook allows" in inbox.file(number).review


def test_a_mail_that_was_sent_twice_is_one_mail(inbox: Inbox) -> None:
    raw = mail(PCP)
    inbox.writes(raw)
    again = inbox.desk.record(raw)
    assert (again.new, inbox.desk.take_in(), inbox.letters()) == (False, [], ["info_request"])


def in_thread(inbox: Inbox) -> dict[str, str]:
    """The headers of an answer to the last letter."""
    return {"in_reply_to": f"<{inbox.last_letter().message_id}>", "subject": "Re: A request"}


def reopen(inbox: Inbox) -> None:
    """The playbook of this desk lets a late reply open the old case again."""
    rules = inbox.desk.app.intake._rules
    changed = {code: replace(each, late_reply=LateReply.REOPEN) for code, each in rules.playbook.categories.items()}
    go_by(inbox.desk.app, playbook=replace(rules.playbook, categories=changed))


def test_a_whole_exchange_in_plain_words_as_the_desk_itself_reads_it(real: Inbox) -> None:
    asked = "Hello,\n\nplease change the primary care physician of our employee to Dr. Ada Vell.\n\nDana"
    number = real.inquires(asked, subject="PCP change for an employee")
    assert (real.file(number).category, real.state(number)) == (PCP_CHANGE, "awaiting_sender")
    assert "subscriber_id" in real.file(number).missing
    real.writes(real.answer("Thank you for your quick reply!"))
    assert (real.state(number), real.letters()) == ("awaiting_sender", ["info_request"])
    answers = [f"{at}. {ANSWERS[item]}" for at, item in enumerate(real.file(number).missing, 1)]
    real.writes(real.answer("\n".join(answers)))
    assert (real.state(number), real.letters()) == ("awaiting_staff", ["info_request", "information_received"])
    real.writes(real.answer("Please disregard our request, it is no longer needed."))
    assert (real.state(number), real.letters()[-1]) == ("withdrawn", "withdrawn")


ANSWERS = {"subscriber_id": "Q1234567", "pcp_name": "Dr. Ada Vell"}
