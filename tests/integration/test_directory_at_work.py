"""The directory, authority and status with the real reader, by the commands that a desk uses, on each engine."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desks import Desk
from tests.directories import DANA_ROW, EMMA_ROW, register
from tests.integration.test_casework_commands import run
from tests.mails import DANA, EVE, mail
from tests.stories.inbox import EMMA

ENDING = "Hello, please terminate coverage for John Smith, effective December 31, 2026.\n\nThanks, Emma"


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with two people in its directory; the commands read mail as the service does."""
    register(desk, DANA_ROW, EMMA_ROW)
    return desk


def deliver(office: Desk, raw: bytes) -> dict[str, Any]:
    """What `mailbot deliver` says of a mail that a mail server hands over."""
    row: dict[str, Any] = json.loads(run(office, "deliver", "--from", "x@x.example", "--json", stdin=raw).stdout)
    return row


def shown(office: Desk, number: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(run(office, "case", number, "--json").stdout)
    return row


def test_an_employer_leaves_out_the_group_and_the_case_is_complete(office: Desk) -> None:
    told = deliver(office, mail(ENDING, sender=EMMA, subject="Termination"))
    assert (told["category"], told["missing"], told["review"]) == ("eligibility.termination", [], [])
    assert [letter["kind"] for letter in told["letters"]] == ["acknowledgment"]
    case = shown(office, told["case"])
    assert {"name": "group_number", "value": "0150001", "where": "directory"} in case["fields"]
    assert (case["group_number"], case["state"]) == ("0150001", "awaiting_staff")
    assert case["correspondents"] == [{"address": "emma@employer.example", "name": "Emma Stone", "role": "employer"}]


def test_a_stranger_who_writes_the_same_is_asked_for_the_group(office: Desk) -> None:
    told = deliver(office, mail(ENDING, sender=EVE, subject="Termination"))
    assert told["missing"] == ["group_number"]
    assert [letter["kind"] for letter in told["letters"]] == ["info_request"]


def test_a_producer_who_names_a_group_of_others_is_acknowledged_and_staff_look(office: Desk) -> None:
    told = deliver(office, mail("Please terminate coverage of Jane Roe, group 0777777.", subject="Cancel a member"))
    assert [letter["kind"] for letter in told["letters"]] == ["acknowledgment"]
    assert told["review"] == ["the producer is not agent of record of a group that is named"]
    listed = run(office, "cases", "--review", "--json").stdout.splitlines()
    assert [json.loads(line)["number"] for line in listed] == [told["case"]]


@pytest.mark.parametrize(
    "text", ["status", "¿Cuál es el estado de mi solicitud?\n\nGracias,\nDana", "请问案件进度如何？"]
)
def test_status_by_mail_is_answered_and_opens_nothing(office: Desk, text: str) -> None:
    number = deliver(office, mail("Please send a new ID card to subscriber Q1234567.", subject="ID card"))["case"]
    told = deliver(office, mail(text, sender=DANA, subject="hello"))
    assert (told["outcome"], told["case"], told["letters"]) == (
        "stored",
        None,
        [{"kind": "status", "to": "dana@broker.example"}],
    )
    office.deliver()
    kinds = [json.loads(line)["kind"] for line in run(office, "letters", "--json").stdout.splitlines()]
    assert kinds == ["acknowledgment", "status"]
    assert len(run(office, "cases", "--json").stdout.splitlines()) == 1
    about = deliver(office, mail(f"{text.splitlines()[0]} {number}", sender=DANA, subject="hello"))
    assert (about["outcome"], about["case"]) == ("appended", number)


def test_a_question_about_a_claim_is_an_inquiry_like_any_other(office: Desk) -> None:
    deliver(office, mail("Please send a new ID card to subscriber Q1234567.", subject="ID card"))
    told = deliver(office, mail("What is the status of claim 123456789?", sender=DANA, subject="A claim"))
    assert (told["outcome"], told["category"]) == ("case_opened", "provider.claim_question")
