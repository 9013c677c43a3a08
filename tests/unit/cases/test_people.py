"""Who is on a case: the sender and those copied, never the desk itself."""

from __future__ import annotations

import pytest

from mailbot.cases.people import MAX_COPIED, Role, of_message
from mailbot.mail import Address
from tests.mails import ALIAS, DESK, OWN, message


def people(**changes: object) -> list[tuple[str, Role]]:
    return [(person.address.address, person.role) for person in of_message(message(**changes), OWN)]


def test_the_sender_comes_first_and_the_copied_after() -> None:
    assert people(cc=(Address("hr@acme.example"),)) == [
        ("dana@broker.example", Role.UNKNOWN),
        ("hr@acme.example", Role.COPIED),
    ]


@pytest.mark.parametrize("own", [DESK, ALIAS, "Enrollment@DESK.example", "groups+abc@desk.example"])
def test_pain_24_the_desks_own_addresses_are_nobody_on_a_case(own: str) -> None:
    assert people(to=(Address(DESK), Address(own)), cc=(Address(own),)) == [("dana@broker.example", Role.UNKNOWN)]


def test_pain_21_mail_to_two_addresses_of_the_desk_has_one_correspondent() -> None:
    assert people(to=(Address(DESK), Address(ALIAS))) == [("dana@broker.example", Role.UNKNOWN)]


def test_a034_a_message_with_two_senders_has_none() -> None:
    two = (Address("a@x.example"), Address("b@x.example"))
    assert people(from_=two, cc=(Address("c@x.example"),)) == [("c@x.example", Role.COPIED)]


def test_somebody_who_is_named_twice_is_there_once_and_as_the_sender() -> None:
    copied = (Address("DANA@broker.example"), Address("x@y.example"), Address("X@Y.example"))
    assert people(cc=copied) == [("dana@broker.example", Role.UNKNOWN), ("x@y.example", Role.COPIED)]


def test_a047_a_look_alike_domain_is_somebody_else() -> None:
    assert len(people(cc=(Address("dana@brоker.example"),))) == 2  # a Cyrillic o


def test_what_is_no_address_is_nobody() -> None:
    assert people(to=(Address("undisclosed-recipients"), Address(""))) == [("dana@broker.example", Role.UNKNOWN)]


def test_of_an_endless_list_only_the_first_are_kept() -> None:
    many = tuple(Address(f"p{number}@x.example") for number in range(5_000))
    assert len(people(to=many)) == 1 + MAX_COPIED
