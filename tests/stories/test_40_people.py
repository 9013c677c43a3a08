"""Story 40: more than one person writes about one thing, and each may only what is theirs."""

from __future__ import annotations

from mailbot.cases.people import Role
from tests.mails import DESK, EVE, mail
from tests.stories.inbox import CARL, Inbox
from tests.stories.tales import BOTH, ONE, OTHER, PCP_CHANGE

PCP = f"category: {PCP_CHANGE}"


def test_pain_15_a_copied_colleague_answers_and_the_letters_go_to_who_wrote_first(inbox: Inbox) -> None:
    number = inbox.inquires(PCP, message_id="<first@broker.example>", cc=CARL)
    # Carl answers Dana's mail, not the desk's, and says a part.
    part = inbox.writes(mail(ONE, sender=CARL, subject="Re: A request", in_reply_to="<first@broker.example>"), CARL)
    assert (part.outcome, part.case_number) == ("appended", number)
    assert inbox.file(number).missing == ("pcp_name",)
    # What is still missing is asked of Dana.
    assert inbox.letters_to(CARL) == []
    assert inbox.letters_to("") == ["info_request", "info_request"]
    # She says the rest, and is told that it is all there.
    inbox.writes(inbox.answer(OTHER))
    assert (inbox.state(number), inbox.letters_to("")[-1]) == ("awaiting_staff", "information_received")
    roles = {person.address.address: person.role for person in inbox.desk.case(number).correspondents}
    assert roles == {"dana@broker.example": Role.UNKNOWN, "carl@broker.example": Role.COPIED}


def test_a_copied_colleague_may_say_all_and_both_stay_on_the_case(inbox: Inbox) -> None:
    number = inbox.inquires(PCP, message_id="<first@broker.example>", cc=CARL)
    inbox.writes(mail(BOTH, sender=CARL, subject="Re: A request", in_reply_to="<first@broker.example>"), CARL)
    assert inbox.state(number) == "awaiting_staff"
    inbox.desk.app.casework.resolve(number, "The doctor is changed.", "staff")
    inbox.desk.deliver()
    assert inbox.letters_to("") == ["info_request", "information_received", "resolution"]
    assert inbox.letters_to(CARL) == []


def test_a098_every_letter_of_a_case_goes_to_one_address_and_copies_nobody(inbox: Inbox) -> None:
    number = inbox.inquires(PCP, message_id="<first@broker.example>", cc=f"{CARL}, {EVE}")
    inbox.writes(inbox.answer(BOTH))
    inbox.desk.app.casework.resolve(number, "The doctor is changed.", "staff")
    inbox.desk.deliver()
    sent = inbox.desk.letters()
    assert [row.kind for row in sent].count("resolution") == 1
    for row in sent:
        letter = inbox.desk.letter(row)
        assert (row.to, letter.get_all("To")) == ("dana@broker.example", [letter["To"]])
        assert "dana@broker.example" in letter["To"]
        assert not {"Cc", "Bcc", "Resent-To"} & set(letter.keys())
        assert "carl@" not in letter.as_string()


def test_where_only_copied_people_can_be_written_to_nobody_is(inbox: Inbox) -> None:
    """A mailbox that nobody reads wrote first, and Carl was copied: he is told nothing, staff are."""
    robot = "no-reply@broker.example"
    number = inbox.inquires(PCP, sender=robot, message_id="<first@broker.example>", cc=CARL)
    inbox.writes(mail(ONE, sender=CARL, subject="Re: A request", in_reply_to="<first@broker.example>"), CARL)
    assert inbox.letters() == []
    assert any("was not asked for" in reason for reason in inbox.file(number).review)


def test_pain_18_a_colleague_who_forwards_the_letter_is_not_on_the_case(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    letter = inbox.last_letter()
    text = (
        f"{OTHER}\n\n---------- Forwarded message ---------\nFrom: Enrollment Desk <{DESK}>\n"
        "Date: Mon, Nov 23, 2026 at 9:00 AM\nSubject: We need more\nTo: <dana@broker.example>\n\nWhat we need from you"
    )
    headers = {"sender": CARL, "subject": f"Fwd: [Case {number}] We need more", "references": f"<{letter.message_id}>"}
    forwarded = inbox.writes(mail(text, **headers), CARL)
    new = forwarded.case_number or ""
    assert (forwarded.outcome, inbox.links(new)) == ("case_opened", [(number, "may_belong_to")])
    assert [person.address.address for person in inbox.desk.case(new).correspondents] == ["carl@broker.example"]
    # Nothing of it is in Dana's case, which will not be closed before staff have looked.
    assert inbox.file(number).missing == ("subscriber_id", "pcp_name")
    assert inbox.file(number).review == (f"{new} may belong here",)
    inbox.on("2026-12-10")
    assert inbox.round().closed == 0
    # Carl learns that his mail came, and nothing else.
    assert inbox.letters_to(CARL) == ["acknowledgment"]
    assert number not in inbox.texts_to(CARL)


def test_a_forwarded_inquiry_is_the_forwarders(inbox: Inbox) -> None:
    """Carl forwards what Dana wrote to him: he is the correspondent, she is nobody on the case."""
    text = (
        f"{PCP}\nCould you see to this?\n\n-----Original Message-----\nFrom: Dana Reed <dana@broker.example>\n"
        "Sent: Monday, November 23, 2026 9:00 AM\nTo: Carl Boone <carl@broker.example>\nSubject: New doctor\n\nHi Carl"
    )
    number = inbox.inquires(text, sender=CARL, subject="FW: New doctor")
    assert [person.address.address for person in inbox.desk.case(number).correspondents] == ["carl@broker.example"]
    assert inbox.letters_to("") == []
    assert len(inbox.letters_to(CARL)) == 1


def test_a066_a067_who_knows_a_number_and_an_id_changes_nothing_and_learns_nothing(inbox: Inbox) -> None:
    number = inbox.inquires(f"{PCP}\nsubscriber_id: CANARY7654321")
    letter = inbox.last_letter()
    before = inbox.file(number)
    raw = mail(OTHER, sender=EVE, subject=f"Re: [Case {number}]", in_reply_to=f"<{letter.message_id}>")
    stolen = inbox.writes(raw, EVE)
    assert (stolen.outcome, stolen.case_number == number) == ("case_opened", False)
    assert (inbox.file(number).facts, inbox.state(number)) == (before.facts, before.state)
    assert "CANARY" not in inbox.texts_to(EVE)
    assert number not in inbox.texts_to(EVE)


def test_who_asks_how_it_stands_is_told_what_is_waited_for(inbox: Inbox) -> None:
    number = inbox.inquires(PCP)
    due = inbox.day_due(number)
    inbox.writes(inbox.answer("How does it stand?"))
    assert inbox.letters() == ["info_request", "status"]
    assert (inbox.state(number), inbox.day_due(number), inbox.file(number).rounds) == ("awaiting_sender", due, 1)
    assert "2. " in inbox.last_text()
    assert "December 3" in inbox.last_text()
