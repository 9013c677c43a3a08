"""What a colleague is called in the history and in letters."""

from __future__ import annotations

import pytest

from mailbot.cases.people import Person, Role
from mailbot.mail import Address
from mailbot.staff_mail.theirs import called


@pytest.mark.parametrize(
    ("address", "name", "called_so"),
    [
        ("ann@plan.example", "Ann Lee", "Ann Lee"),
        ("ann@plan.example", "", "ann"),
        ("ann.lee+desk@plan.example", "", "ann.lee+desk"),
    ],
)
def test_a_colleague_is_called_by_name_or_by_the_mailbox(address: str, name: str, called_so: str) -> None:
    assert called(Person(Address(address, name), Role.STAFF)) == called_so
