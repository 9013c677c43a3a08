"""Story 40: the same thing is asked twice, by one person or by two who must not hear of each other (SOURCES B5)."""

from __future__ import annotations

from mailbot.cases.events import EventKind
from mailbot.store.reports import CaseQuery
from tests.mails import mail
from tests.stories.inbox import ADD_DEPENDENT, EMMA, Inbox, papers
from tests.stories.tales import BOTH, ONE, PCP_CHANGE

PCP = f"category: {PCP_CHANGE}"
BABY = f"category: {ADD_DEPENDENT}\ngroup_number: 0140026\nsubscriber_id: Q1234567\ndependent_name: Tom Reed"
EMMAS = "<1@employer.example>"


def work_list(inbox: Inbox, state: str) -> list[str]:
    """The cases in this state that staff see to."""
    with inbox.desk.store.reading() as transaction:
        return [row.number for row in transaction.reports.cases(CaseQuery(state=state))]


def test_the_same_sender_asks_again_and_it_is_one_piece_of_work(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    inbox.on("2026-11-25")
    again = inbox.inquires(f"{PCP}\n{BOTH}\nDid you get this?", subject="Second try")
    # It has a number and an acknowledgment of its own; staff have one case to see to, and it has both mails' people.
    assert inbox.links(again) == [(number, "duplicate_of")]
    assert inbox.letters() == ["acknowledgment", "acknowledgment"]
    assert work_list(inbox, "awaiting_staff") == [number]
    assert inbox.desk.case(again).merged_into == number
    # What Dana answers to either letter goes to that one case.
    inbox.writes(inbox.answer("pcp_name: Dr. Bo Lind"))
    assert inbox.facts(number).values("pcp_name") == ("Dr. Bo Lind",)
    # And one letter answers both.
    inbox.desk.app.casework.resolve(number, "The doctor is changed.", "staff")
    inbox.desk.deliver()
    assert inbox.letters().count("resolution") == 1


def test_what_was_asked_for_is_not_asked_for_again(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{ONE}")
    due = inbox.day_due(number)
    again = inbox.inquires(f"{PCP}\n{ONE}\nPlease hurry.", subject="Second try")
    # She is told how the first stands: no second request, no new deadline, no further round.
    assert inbox.letters() == ["info_request", "status"]
    assert (inbox.day_due(number), inbox.file(number).rounds) == (due, 1)
    assert inbox.letters(again) == []
    assert work_list(inbox, "awaiting_sender") == [number]
    assert work_list(inbox, "awaiting_staff") == []
    # Only the first is reminded and closed.
    inbox.on("2026-12-10")
    assert (inbox.round().closed, inbox.letters()[-1]) == (1, "closed_no_reply")


def test_a_second_mail_that_says_what_was_missing_completes_the_first(inbox: Inbox) -> None:
    """Many people answer a request by writing the whole inquiry anew."""
    number = inbox.inquires(f"{PCP}\n{ONE}")
    again = inbox.writes(mail(f"{PCP}\n{BOTH}", subject="New doctor, complete"))
    assert (again.outcome, again.missing) == ("case_opened", ())
    assert (inbox.state(number), inbox.file(number).missing) == ("awaiting_staff", ())
    assert inbox.letters() == ["info_request", "acknowledgment"]
    assert "the same sender says the same" in inbox.whys(number, EventKind.CASE_MERGED)[0]
    inbox.on("2026-12-10")
    assert (inbox.round().closed, inbox.state(number)) == (0, "awaiting_staff")


def test_numbers_in_a_second_inquiry_are_the_senders_own(inbox: Inbox) -> None:
    """A list in a new mail answers nothing, although the desk's last letter had a list."""
    number = inbox.inquires(f"{PCP}\n{ONE}")
    inbox.inquires(f"{PCP}\n{ONE}\n1. Please hurry", subject="Second try")
    assert inbox.file(number).missing == ("pcp_name",)


def test_another_child_of_the_same_member_is_no_duplicate(inbox: Inbox) -> None:
    """Same sender, same subscriber, same category, and yet two requests: where a value differs, nothing is joined."""
    tom = inbox.inquires(BABY)
    ann = inbox.inquires(BABY.replace("Tom", "Ann"), subject="Another")
    assert inbox.links(ann) == [(tom, "same_member")]
    assert inbox.desk.case(ann).merged_into is None
    assert inbox.letters() == ["info_request", "info_request"]
    assert inbox.facts(tom).values("dependent_name") == ("Tom Reed",)


def test_what_was_answered_already_may_be_asked_again(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    inbox.desk.app.casework.resolve(number, "The doctor is changed.", "staff")
    again = inbox.inquires(f"{PCP}\n{BOTH}", subject="It is still the old one")
    assert inbox.links(again) == [(number, "duplicate_of")]
    assert work_list(inbox, "awaiting_staff") == [again]


def test_a_week_later_it_is_another_inquiry(inbox: Inbox) -> None:
    inbox.inquires(f"{PCP}\n{BOTH}")
    inbox.on("2026-12-01")
    again = inbox.inquires(f"{PCP}\n{BOTH}", subject="And again")
    assert inbox.links(again) == []


def test_a_second_mail_that_takes_the_first_back_is_for_staff(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    back = inbox.inquires(f"{PCP}\n{BOTH}\nPlease disregard my earlier request.", subject="Never mind")
    assert inbox.links(back) == [(number, "duplicate_of")]
    assert inbox.state(number) == "awaiting_staff"
    assert set(work_list(inbox, "awaiting_staff")) == {number, back}


def test_broker_and_employer_about_one_member_hear_nothing_of_each_other(inbox: Inbox) -> None:
    """PAINS section 5 no. 10: both are linked for staff; every letter is searched for what the other said."""
    member = "subscriber_id: Q7654321\nsubscriber_name: Canary Member"
    broker = inbox.inquires(f"{PCP}\n{member}\npcp_name: Dr. Brokercanary")
    employer = inbox.inquires(f"{PCP}\n{member}", sender=EMMA, subject="For Employercanary", message_id=EMMAS)
    assert inbox.links(employer) == [(broker, "duplicate_of")]
    # What the broker has said is still asked of the employer: anything else would tell that somebody else wrote.
    assert (inbox.letters_to(""), inbox.letters_to(EMMA)) == (["acknowledgment"], ["info_request"])
    assert inbox.desk.case(employer).merged_into is None
    inbox.writes(papers("other.pdf", text="pcp_name: Dr. Brokercanary", **answer_of(inbox, EMMA)), EMMA)
    inbox.desk.app.casework.resolve(broker, "The doctor is changed.", "staff", together=True)
    inbox.desk.deliver()
    # One answer resolves both, each in a letter of its own.
    assert (inbox.state(broker), inbox.state(employer)) == ("resolved", "resolved")
    assert (inbox.letters_to("")[-1], inbox.letters_to(EMMA)[-1]) == ("resolution", "resolution")
    canaries = ("Emma", "emma@", "employer.example", "Employercanary", employer)
    assert [word for word in canaries if word in inbox.texts_to("")] == []
    canaries = ("Dana", "dana@", "broker.example", "Brokercanary", broker)
    assert [word for word in canaries if word in inbox.texts_to(EMMA)] == []
    # Nor is either on the other's case.
    people = {person.address.address for person in inbox.desk.case(broker).correspondents}
    assert people == {"dana@broker.example"}


def test_the_list_has_one_and_each_number_finds_it(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\n{BOTH}")
    again = inbox.inquires(f"{PCP}\n{BOTH}\nAnd again.", subject="Second try")
    assert [row.number for row in inbox.desk.cases()] == [number]
    assert inbox.desk.case(again).merged_into == number


def test_a_repetition_tells_nothing_that_the_first_did_not_ask(inbox: Inbox) -> None:
    """The letter about the second goes to who wrote it, names what is missing, and holds no value."""
    inbox.inquires(f"{PCP}\nsubscriber_id: QCANARY99", subject="Canary subject")
    inbox.inquires(f"{PCP}\nsubscriber_id: QCANARY99\nAgain.", subject="Canary again")
    assert "anary" not in inbox.texts_to("").replace("QCANARY", "canary")


def answer_of(inbox: Inbox, who: str) -> dict[str, str]:
    """The headers of an answer to the last letter, by this person."""
    letter = inbox.last_letter().message_id
    return {"sender": who, "message_id": f"<2{EMMAS[1:]}", "in_reply_to": f"<{letter}>", "subject": "Re: We need more"}
