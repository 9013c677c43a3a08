"""Somebody signs up elsewhere with our address: the code is kept, and nobody outside ever reads it (ATTACKS A077)."""

from __future__ import annotations

import pytest

from mailbot.cases.people import Permission, Person, Role
from mailbot.cli.address_checks import addresses
from mailbot.config import load
from mailbot.mail import Address, Kind
from tests.mails import EVE, mail
from tests.stories.tales import Tale

ROBOT, SENDER = "Chat <no-reply@chat.example>", "no-reply@chat.example"
CODES = {
    "a code": "Welcome! Your Chat verification code is 481516.",
    "a code first": "481516 is your one-time code.",
    "a code below": "Your security code for Chat:\n\n481516\n",
    "a link": "Please confirm your email address:\nhttps://chat.example/c/481516\n",
    "Spanish": "Su código de verificación es 481516",
    "Chinese": "您的验证码是 481516",
}


@pytest.mark.parametrize("said", CODES.values(), ids=CODES.keys())
def test_a077_a_code_that_reaches_a_case_by_its_address_changes_nothing_and_is_told_to_nobody(
    tale: Tale, said: str
) -> None:
    number = tale.ask_for_pcp()
    to = str(tale.desk.letter(tale.last_letter())["Reply-To"])
    result = tale.desk.send(mail(said, sender=ROBOT, subject="Welcome to Chat", to=to), SENDER)
    tale.desk.deliver()
    assert (result.outcome, result.kind, result.case_number, result.letters) == ("stored", Kind.AUTO_REPLY, None, ())
    assert tale.state(number) == "awaiting_sender"
    assert len(tale.desk.thread(number)) == 1
    asked = tale.desk.send(mail("how does it stand", sender=EVE, to=to), "eve@elsewhere.example")
    tale.desk.deliver()
    assert asked.case_number != number
    assert all("481516" not in tale.desk.letter(row).as_string() for row in tale.desk.letters())


@pytest.mark.parametrize(
    "said",
    [
        "I never got my verification code for the portal, please send it again.",
        "The portal says: your verification code is 481516, and then it fails.",
    ],
)
def test_a_person_who_writes_about_a_code_is_a_person(tale: Tale, said: str) -> None:
    assert tale.desk.send(mail(said)).outcome == "case_opened"


def test_a_robot_that_sends_no_code_is_taken_in_as_ever(tale: Tale) -> None:
    said = "Procedure code 99213 was billed under your group number 0140026."
    assert tale.desk.send(mail(said, sender=ROBOT), SENDER).kind is Kind.INQUIRY


@pytest.mark.parametrize(("domain", "told"), [("desk.example", 1), ("staff.example", 0)])
def test_a077_staff_hear_that_they_share_a_domain_with_the_desk(small_tale: Tale, domain: str, told: int) -> None:
    ana = Person(Address(f"ana@{domain}"), Role.STAFF, permissions=(Permission.ALL,))
    with small_tale.desk.store.writing() as transaction:
        transaction.directory.put([ana], "ana")
    found = list(addresses(load(small_tale.desk.config_file, {})))
    assert len(found) == told
    assert all("desk.example" in each.sentence for each in found)
