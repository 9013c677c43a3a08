"""Story 45: the desk knows who writes, so that they need not say it, and who may ask about which group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailbot.cases.events import EventKind
from mailbot.cases.people import Role
from mailbot.cases.rules import ForeignGroup
from mailbot.cases.standing import NOT_THEIRS
from mailbot.cases.understanding import Where
from tests.directories import ANN_ROW, CARL_ROW, CLINIC_ROW, DANA_ROW, EMMA_ROW, register
from tests.mails import EVE, mail
from tests.readers import go_by
from tests.statements import statements
from tests.stories.inbox import CARL, EMMA, Inbox
from tests.stories.tales import BOTH, ONE, PCP_CHANGE

TRAINING = "category: producer.training"  # it needs npn
INVOICE = "category: billing.delinquency"  # it needs group_number
TERMINATION = (
    "category: eligibility.termination"  # it needs group_number, subscriber_id|subscriber_name, effective_date
)
PCP = f"category: {PCP_CHANGE}"
FAILED = {"authentication_results": "mx.desk.example; dmarc=fail header.from=broker.example"}


@pytest.fixture
def known(inbox: Inbox) -> Inbox:
    """A desk that knows Dana and Carl of one agency, Emma of an employer, a clinic by its domain, and Ann."""
    register(inbox.desk, DANA_ROW, CARL_ROW, EMMA_ROW, CLINIC_ROW, ANN_ROW)
    return inbox


def read(inbox: Inbox, number: str) -> dict[str, tuple[str, str]]:
    """The fields of a case, each with where it was read."""
    return {found.name: (found.value, found.where.value) for found in inbox.facts(number).fields}


def believing(inbox: Inbox, **changes: Any) -> None:
    """Let the desk believe the border's Authentication-Results."""
    go_by(inbox.desk.app, authserv_ids=("mx.desk.example",), **changes)


# What need not be written.


def test_a2_a_producer_need_not_write_the_npn(known: Inbox) -> None:
    number = known.inquires(TRAINING)
    assert read(known, number) == {"npn": ("1234567", "directory")}
    assert (known.state(number), known.letters()) == ("awaiting_staff", ["acknowledgment"])
    people = {person.address.address: person.role for person in known.desk.case(number).correspondents}
    assert people == {"dana@broker.example": Role.PRODUCER}


def test_a2_an_employer_need_not_write_the_one_group(known: Inbox) -> None:
    number = known.inquires(INVOICE, sender=EMMA)
    assert read(known, number) == {
        "group_name": ("Stone Works Inc.", "directory"),
        "group_number": ("0150001", "directory"),
    }
    assert known.state(number) == "awaiting_staff"
    # The case is found by its group, as if it had been written.
    assert [row.number for row in known.desk.cases(group_number="0150001")] == [number]


def test_of_several_groups_none_is_guessed(known: Inbox) -> None:
    register(known.desk, EMMA_ROW.replace("0150001", "0150001;0150002"))
    number = known.inquires(INVOICE, sender=EMMA)
    assert (known.state(number), known.file(number).missing) == ("awaiting_sender", ("group_number",))


def test_everybody_at_a_known_domain_is_of_that_organisation(known: Inbox) -> None:
    number = known.inquires(PCP, sender="Front Desk <front@clinic.example>")
    assert read(known, number) == {
        "npi": ("1234567893", "directory"),
        "practice_name": ("North Clinic", "directory"),
    }


def test_who_is_not_in_the_directory_is_asked_as_ever(known: Inbox) -> None:
    number = known.inquires(TRAINING, sender=EVE)
    assert (known.state(number), known.facts(number).fields) == ("awaiting_sender", ())
    assert known.desk.case(number).correspondents[0].role is Role.UNKNOWN


def test_somebody_who_left_is_asked_as_ever(known: Inbox) -> None:
    register(known.desk, "dana@broker.example,producer,no", columns="address,role,active")
    assert known.state(known.inquires(TRAINING)) == "awaiting_sender"


def test_a_forged_sender_gets_nothing_filled_in(known: Inbox) -> None:
    believing(known)
    number = known.inquires(TRAINING, **FAILED)
    assert known.facts(number).fields == ()
    assert known.state(number) == "awaiting_sender"
    assert known.desk.case(number).correspondents[0].role is Role.UNKNOWN


def test_where_proof_is_demanded_nothing_is_filled_in_without_it(known: Inbox) -> None:
    believing(known, require_pass=True)
    assert known.facts(known.inquires(TRAINING)).fields == ()
    passed = {"authentication_results": "mx.desk.example; dmarc=pass header.from=broker.example"}
    number = known.inquires(f"{TRAINING}\nOnce more, with proof.", subject="Again", **passed)
    assert read(known, number) == {"npn": ("1234567", "directory")}


def test_what_the_mail_says_counts_and_a_contradiction_is_for_staff(known: Inbox) -> None:
    number = known.inquires(f"{TRAINING}\nnpn: 5550000")
    assert read(known, number) == {"npn": ("5550000", "body")}
    assert known.file(number).review == ("the directory has another NPN for the sender",)
    assert known.letters() == ["acknowledgment"]


def test_a_later_word_goes_before_the_directory_too(known: Inbox) -> None:
    number = known.inquires(TERMINATION, sender=EMMA)
    assert known.file(number).missing == ("subscriber_id|subscriber_name", "effective_date")
    known.writes(known.answer(f"{ONE}\ngroup_number: 0150009", sender=EMMA), EMMA)
    assert read(known, number)["group_number"] == ("0150009", "body")
    assert known.file(number).review == ("the directory has another group for the sender",)
    # And the directory does not take the place back with the next mail.
    known.writes(known.answer("effective_date: 2026-12-01", sender=EMMA), EMMA)
    assert read(known, number)["group_number"] == ("0150009", "body")
    assert known.state(number) == "awaiting_staff"


def test_what_the_directory_learns_later_counts_with_the_next_mail(inbox: Inbox) -> None:
    number = inbox.inquires(TRAINING)
    assert inbox.file(number).missing == ("npn",)
    register(inbox.desk, DANA_ROW)
    inbox.writes(inbox.answer("You have it somewhere, I am sure."))
    assert (inbox.state(number), read(inbox, number)) == ("awaiting_staff", {"npn": ("1234567", "directory")})
    assert inbox.letters() == ["info_request", "information_received"]


def test_what_staff_ask_for_is_asked_for_although_the_directory_has_it(known: Inbox) -> None:
    number = known.inquires(TRAINING)
    known.desk.app.casework.ask(number, ["npn"], "ann")
    known.desk.deliver()
    known.writes(known.answer("As before."))
    assert known.file(number).missing == ("npn",)
    known.writes(known.answer("npn: 1234567"))
    assert known.state(number) == "awaiting_staff"
    assert Where.BODY in {found.where for found in known.facts(number).fields}


def test_what_is_known_of_somebody_copied_is_not_told_to_who_wrote_first(known: Inbox) -> None:
    """Emma answers in Eve's case: her company and her group are in no letter to Eve."""
    number = known.inquires(INVOICE, sender=EVE, message_id="<first@elsewhere.example>", cc=EMMA)
    raw = mail("I do not know it.", sender=EMMA, subject="Re: A request", in_reply_to="<first@elsewhere.example>")
    assert known.writes(raw, EMMA).case_number == number
    assert read(known, number) == {}
    known.desk.app.casework.resolve(number, "Done.", "ann")
    known.desk.deliver()
    assert "0150001" not in known.texts_to(EVE)
    assert "Stone Works" not in known.texts_to(EVE)


# Whom a case knows.


def test_a_colleague_of_the_same_organisation_is_known_on_the_case(known: Inbox) -> None:
    """Carl was never copied; the letter was handed to him, and both are of one agency."""
    number = known.inquires(f"{PCP}\n{ONE}")
    answered = known.writes(known.answer("pcp_name: Dr. Ada Vell", sender=CARL), CARL)
    assert (answered.outcome, answered.case_number) == ("appended", number)
    assert known.state(number) == "awaiting_staff"
    roles = {person.address.address: person.role for person in known.desk.case(number).correspondents}
    assert roles == {"dana@broker.example": Role.PRODUCER, "carl@broker.example": Role.PRODUCER}


def test_a_colleague_needs_the_mark_like_anybody_and_an_honest_address(known: Inbox) -> None:
    number = known.inquires(f"{PCP}\n{ONE}")
    other = known.writes(mail("pcp_name: Dr. Ada Vell", sender=CARL, subject="About the doctor"), CARL)
    assert other.case_number != number
    believing(known)
    forged = known.writes(known.answer("pcp_name: Dr. No", sender=CARL, **FAILED), CARL)
    assert (forged.outcome, known.file(number).missing) == ("case_opened", ("pcp_name",))


@pytest.mark.parametrize("who", [EMMA, EVE, "Rae <rae@broker.example>"])
def test_a067_other_organisations_are_not_known_on_the_case(known: Inbox, who: str) -> None:
    number = known.inquires(f"{PCP}\n{ONE}")
    result = known.writes(known.answer("pcp_name: Dr. Ada Vell", sender=who), who)
    assert (result.outcome, result.case_number == number) == ("case_opened", False)
    assert known.file(number).missing == ("pcp_name",)
    assert number not in known.texts_to(who)


def test_staff_are_known_on_every_case(known: Inbox) -> None:
    number = known.inquires(f"{PCP}\n{ONE}")
    ann = "Ann Ortiz <ann@plan.example>"
    assert known.writes(known.answer("pcp_name: Dr. Ada Vell", sender=ann), ann).case_number == number


def test_each_mail_costs_one_look_up_of_its_sender(known: Inbox) -> None:
    for who in (EVE, EMMA, "Rae <rae@broker.example>"):
        with statements() as asked:
            known.writes(mail(f"{PCP}\n{BOTH}", sender=who, subject="A doctor"), who)
        assert len([text for text, _ in asked if "WHERE people.address_key" in text]) == 1


# Whose group it is.


@pytest.mark.parametrize("group", ["0140026", "140027", "0140026-A"])
def test_d2_a_producer_asks_about_a_group_of_theirs_as_ever(known: Inbox, group: str) -> None:
    number = known.inquires(f"{TERMINATION}\ngroup_number: {group}")
    assert (known.state(number), known.letters()) == ("awaiting_sender", ["info_request"])


def test_d2_a_producer_who_names_a_group_that_is_not_theirs_is_asked_nothing(known: Inbox) -> None:
    number = known.inquires(f"{TERMINATION}\ngroup_number: 0999999")
    assert (known.state(number), known.file(number).review) == ("awaiting_staff", (NOT_THEIRS,))
    assert known.whys(number, EventKind.LETTER_WITHHELD) == [f"info_request: {NOT_THEIRS}"]
    # The acknowledgment says that it came and under which number, and nothing of the matter.
    assert known.letters() == ["acknowledgment"]
    text = known.last_text()
    assert number in text
    for word in ("0999999", "Termin", "coverage", "subscriber", "Ending"):
        assert word not in text
    # Asking how it stands is acknowledged in the same words, and nothing else.
    known.writes(known.answer("How does it stand?"))
    assert known.letters() == ["acknowledgment", "acknowledgment"]
    assert "We are waiting" not in known.last_text()
    # Nothing runs out meanwhile.
    known.on("2026-12-20")
    assert known.round().closed == 0
    assert known.letters() == ["acknowledgment", "acknowledgment"]


def test_d2_a_forged_producer_fares_no_better_than_the_real_one(known: Inbox) -> None:
    believing(known)
    number = known.inquires(f"{TERMINATION}\ngroup_number: 0999999", **FAILED)
    assert (known.state(number), known.letters()) == ("awaiting_staff", ["acknowledgment"])
    assert NOT_THEIRS in known.file(number).review


def test_d2_a_group_that_turns_out_to_be_foreign_stops_the_asking(known: Inbox) -> None:
    number = known.inquires(TERMINATION)
    assert known.letters() == ["info_request"]
    known.writes(known.answer("group_number: 0999999"))
    assert (known.state(number), known.file(number).review) == ("awaiting_staff", (NOT_THEIRS,))
    assert known.letters() == ["info_request", "acknowledgment"]
    known.on("2026-12-20")
    assert known.round().closed == 0


def test_d2_a_group_named_by_its_number_in_the_list_is_a_group_named(known: Inbox) -> None:
    number = known.inquires(TERMINATION)
    known.writes(known.answer("1. 0999999"))
    assert (known.facts(number).values("group_number"), known.state(number)) == (("0999999",), "awaiting_staff")
    assert known.file(number).review == (NOT_THEIRS,)


def test_d2_a_producer_may_take_back_what_was_not_theirs_to_ask(known: Inbox) -> None:
    number = known.inquires(f"{TERMINATION}\ngroup_number: 0999999")
    known.writes(known.answer("Please disregard my message."))
    assert known.state(number) == "withdrawn"


def test_d2_an_employer_and_a_stranger_are_not_asked_whose_group_it_is(known: Inbox) -> None:
    for who in (EMMA, EVE):
        number = known.inquires(f"{TERMINATION}\ngroup_number: 0999999", sender=who)
        assert known.state(number) == "awaiting_sender"


@pytest.mark.parametrize(
    ("answer", "letters", "state"),
    [("as_usual", ["info_request"], "awaiting_sender"), ("nothing", [], "awaiting_staff")],
)
def test_d2_the_playbook_can_choose_another_answer(known: Inbox, answer: str, letters: list[str], state: str) -> None:
    playbook = known.desk.app.playbook
    changed = {code: replace(each, foreign_group=ForeignGroup(answer)) for code, each in playbook.categories.items()}
    go_by(known.desk.app, playbook=replace(playbook, categories=changed))
    number = known.inquires(f"{TERMINATION}\ngroup_number: 0999999")
    assert (known.letters(), known.state(number)) == (letters, state)
    # Staff are asked to look in any case.
    assert known.file(number).review == (NOT_THEIRS,)


def test_d2_the_same_again_is_not_answered_with_the_state_of_the_first(known: Inbox) -> None:
    text = f"{TERMINATION}\ngroup_number: 0999999\n{BOTH}"
    known.inquires(text)
    known.inquires(f"{text}\nDid you get this?", subject="Second try")
    assert known.letters() == ["acknowledgment", "acknowledgment"]
