"""Story 31: somebody sends mail in the name of another, and who that is hardly hears of it (ATTACKS A095)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desks import Desk, open_desk
from tests.mails import mail
from tests.stories.tales import BOTH, Tale

PASSED = {"authentication_results": "mx.desk.example; dkim=pass header.d=broker.example"}
FAILED = {"authentication_results": "mx.desk.example; dmarc=fail header.from=broker.example"}


@pytest.fixture
def checking_desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk that believes its own border, and that an old address forwards to."""
    trust = {"authserv_ids": ["mx.desk.example"], "forwarders": ["old-plan.example"]}
    with open_desk(tmp_path, database_url, trust=trust) as opened:
        yield opened


def inquiries(desk: Desk, count: int, return_path: str, sender: str = "dana@broker.example", **headers: str) -> int:
    """So many different inquiries in this name by this path; how many of them were answered, at that address alone."""
    before = len(desk.letters())
    for number in range(count):
        desk.send(mail(f"Inquiry number {number}.", sender=sender, **headers), return_path)
    letters = desk.letters()[before:]
    assert {row.to for row in letters} <= {sender}
    return len(letters)


def test_a095_a_name_that_others_use_gets_two_letters_a_day(checking_desk: Desk) -> None:
    assert inquiries(checking_desk, 10, "eve@elsewhere.example") == 2
    assert len(checking_desk.cases()) == 10
    said = [event.why for case in checking_desk.cases() for event in checking_desk.events(case.number)]
    assert len([why for why in said if "others sent it than its From says" in why]) == 8


def test_a095_where_authentication_failed_besides_nobody_is_written_to(checking_desk: Desk) -> None:
    assert inquiries(checking_desk, 5, "eve@elsewhere.example", **FAILED) == 0


def test_a095_a_crm_system_that_signs_for_the_broker_is_answered_each_time(checking_desk: Desk) -> None:
    assert inquiries(checking_desk, 10, "bounces@salesforce.example", **PASSED) == 10


def test_a095_a_crm_system_that_signs_nothing_is_answered_too_if_seldom(checking_desk: Desk) -> None:
    assert inquiries(checking_desk, 1, "bounces@salesforce.example") == 1


def test_a095_a_forwarder_that_the_desk_knows_is_as_good_as_the_sender(checking_desk: Desk) -> None:
    assert inquiries(checking_desk, 10, "SRS0=x1=ab=broker.example=dana@mx.old-plan.example") == 10


def test_a095_a_thousand_names_by_one_path_use_up_its_hour(checking_desk: Desk) -> None:
    answered = sum(
        inquiries(checking_desk, 1, "eve@elsewhere.example", f"victim{number}@house{number}.example")
        for number in range(40)
    )
    assert answered == 20
    assert inquiries(checking_desk, 1, "bounces@salesforce.example") == 1, "others go on being answered"


def test_a095_many_paths_use_up_the_hour_of_all_such_mail(database_url: str, tmp_path: Path) -> None:
    with open_desk(tmp_path, database_url, outgoing={"unaligned_an_hour": 5}) as desk:
        for number in range(12):
            inquiries(desk, 1, f"eve@spam{number}.example", f"victim{number}@house{number}.example")
        assert len(desk.letters()) == 5
        assert inquiries(desk, 1, "dana@broker.example") == 1, "who writes in their own name is answered"


def test_a095_who_answers_our_letter_is_answered_whatever_the_path(tale: Tale) -> None:
    """Two letters are all that mail by this path gets in a day; the answer to one of them is a third."""
    crm = "bounces@salesforce.example"
    inquiries(tale.desk, 1, crm)
    number = tale.desk.send(mail("Please change my doctor.", subject="New doctor"), crm).case_number or ""
    tale.desk.deliver()
    tale.desk.send(tale.answer(BOTH), crm)
    assert tale.letters(number) == ["info_request", "information_received"]
    assert inquiries(tale.desk, 1, crm) == 0
