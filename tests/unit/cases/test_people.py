"""Who is on a case: the sender and those copied, never the desk itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.cases.people import MAX_COPIED, Person, Role, everybody_at, of_message
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


# The directory.


@pytest.mark.parametrize(
    ("groups", "number", "theirs"),
    [
        (("0140026",), "0140026", True),
        (("140026",), "0140026", True),
        (("0140026",), "140026", True),
        (("0140026",), "0140026-A", True),
        (("0140026-A",), "0140026", False),
        (("0140026-a",), "0140026-A", True),
        (("G-14-B",), "g-14-b", True),
        (("0140026",), "01400261", False),
        (("1", "0140026"), "0140026", True),
        (("*",), "0140026", True),
        ((), "0140026", False),
    ],
)
def test_a_group_is_ones_own_by_its_number_or_as_a_division_of_it(
    groups: tuple[str, ...], number: str, theirs: bool
) -> None:
    assert Person(Address("dana@broker.example"), Role.PRODUCER, groups=groups).has_group(number) is theirs


def test_only_active_staff_may_do_what_their_permissions_say() -> None:
    ann = Person(Address("ann@plan.example"), Role.STAFF, permissions=("note", "ask"))
    assert (ann.may("note"), ann.may("resolve"), replace(ann, permissions=("all",)).may("resolve")) == (
        True,
        False,
        True,
    )
    assert not replace(ann, permissions=()).may("note")
    assert not replace(ann, active=False).may("note")
    assert not replace(ann, role=Role.PRODUCER).may("note")


def test_a_person_has_what_only_their_domain_says_where_both_have_one_role() -> None:
    firm = Person(
        everybody_at("broker.example"), Role.PRODUCER, "Reed Brokers", npn="9", groups=("1", "2"), language="es"
    )
    dana = Person(Address("dana@broker.example"), Role.PRODUCER, npn="7")
    assert dana.within(firm) == replace(dana, organisation="Reed Brokers", groups=("1", "2"), language="es")
    assert replace(dana, groups=("3",)).within(firm).groups == ("3",)
    assert replace(dana, role=Role.STAFF).within(firm).groups == ()
    assert dana.within(replace(firm, active=False)) == dana
    assert replace(dana, npn="").within(firm).npn == "9"
    own = replace(dana, organisation="Reed & Daughters", language="zh")
    assert own.within(firm) == replace(own, groups=("1", "2"))


def test_a_doctors_office_has_the_npi_of_its_domain() -> None:
    clinic = Person(everybody_at("clinic.example"), Role.PROVIDER, "Clinic", npi="1234567893")
    nina = Person(Address("nina@clinic.example"), Role.PROVIDER)
    assert nina.within(clinic).npi == "1234567893"
    assert replace(nina, npi="1679576722").within(clinic).npi == "1679576722"


def entry(address: str, role: Role, organisation: str = "") -> Person:
    return Person(Address(address), role, organisation)


DANA = entry("dana@broker.example", Role.PRODUCER, "Reed  Brokers")
FIRM = entry("*@broker.example", Role.PRODUCER)


@pytest.mark.parametrize(
    ("one", "other", "colleagues"),
    [
        (DANA, entry("carl@elsewhere.example", Role.PRODUCER, "REED BROKERS"), True),
        (DANA, entry("carl@broker.example", Role.PRODUCER, "Other Brokers"), False),
        (DANA, entry("carl@broker.example", Role.EMPLOYER, "Reed Brokers"), False),
        (FIRM, FIRM, True),
        (FIRM, entry("*@Broker.example", Role.PRODUCER, "Other"), True),
        (FIRM, entry("*@elsewhere.example", Role.PRODUCER), False),
        # Two of whom nothing is said are not of one organisation, nor is one person with themselves.
        (entry("a@x.example", Role.EMPLOYER), entry("b@x.example", Role.EMPLOYER), False),
        (entry("a@x.example", Role.EMPLOYER, " "), entry("b@x.example", Role.EMPLOYER, ""), False),
        (entry("a@x.example", Role.EMPLOYER), entry("a@x.example", Role.EMPLOYER), False),
        # Consumers have no colleagues who may read their cases, and staff are known everywhere anyway.
        (entry("a@x.example", Role.CONSUMER, "Home"), entry("b@x.example", Role.CONSUMER, "Home"), False),
        (entry("a@x.example", Role.STAFF, "Plan"), entry("b@x.example", Role.STAFF, "Plan"), False),
    ],
)
def test_a067_only_who_is_of_one_organisation_outside_shares_its_cases(
    one: Person, other: Person, colleagues: bool
) -> None:
    assert one.shares_organisation(other) is colleagues
    assert other.shares_organisation(one) is colleagues


@pytest.mark.parametrize(("address", "is_domain"), [("*@x.example", True), ("a@x.example", False), ("**@x.e", False)])
def test_an_entry_stands_for_a_whole_domain_or_for_one_person(address: str, is_domain: bool) -> None:
    assert Person(Address(address), Role.EMPLOYER).is_domain is is_domain


def test_the_sender_is_on_the_case_in_the_role_that_the_directory_knows() -> None:
    on_case = of_message(message(cc=(Address("hr@acme.example"),)), OWN, Role.PRODUCER)
    assert [person.role for person in on_case] == [Role.PRODUCER, Role.COPIED]
