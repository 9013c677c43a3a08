"""What a cell of the directory may hold, and what must not stand together in one entry."""

from __future__ import annotations

import pytest

from mailbot.cases.directory_cells import amended, cells_of, changes_sides, read_cells, troubles_of
from mailbot.cases.people import Notices, Person, Role
from mailbot.mail import Address
from tests.mails import ALIAS, DESK, OWN

DANA = {"address": "dana@broker.example", "role": "producer"}


def person(**cells: str) -> Person:
    found, troubles = read_cells(DANA | cells)
    assert troubles == []
    return found


def trouble(**cells: str) -> list[str]:
    """The columns in which something is wrong."""
    found, troubles = read_cells(DANA | cells)
    return [column for column, _ in troubles or troubles_of(found, OWN)]


NO_ADDRESSES = ["", "dana", "dana@", "@", "dana@broker", "a b@x.example", "a@b@x.example", "<a@x.example>", "a@x.."]
NO_ADDRESSES += ["a@x.example,b@x.example", "a\u200b@x.example", "x" * 65 + "@x.example", "a@" + "x" * 250 + ".example"]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_told(address: str) -> None:
    assert trouble(address=address) == ["address"]


@pytest.mark.parametrize("address", ["d'arcy@broker.example", "a+b@x.example", "josé@x.example", "x@bücher.example"])
def test_unusual_addresses_are_addresses(address: str) -> None:
    assert person(address=address).address.address == address


@pytest.mark.parametrize("address", [DESK, ALIAS, "Enrollment@DESK.example", "groups+x@desk.example"])
def test_pain_24_the_desks_own_address_is_nobody_in_the_directory(address: str) -> None:
    assert trouble(address=address) == ["address"]
    assert trouble(address=address, role="staff") == ["address"]


def test_colleagues_at_the_desks_domain_may_be_staff() -> None:
    assert trouble(address="ann@desk.example", role="staff") == []


@pytest.mark.parametrize("address", ["@broker.example", "*@Broker.example"])
def test_a_whole_domain_is_an_entry(address: str) -> None:
    everybody = person(address=address)
    assert everybody.is_domain
    assert everybody.address.key == "*@broker.example"


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("*@plan.example", "staff"),
        ("*@home.example", "consumer"),
        ("*@gmail.com", "producer"),
        ("*@outlook.com", "producer"),
        ("*@yahoo.com", "provider"),
        ("*@icloud.com", "navigator"),
        ("*@163.com", "employer"),
        ("*@GMX.com", "employer"),
        ("*@desk.example", "producer"),
    ],
)
def test_some_whole_domains_are_nobodys(address: str, role: str) -> None:
    assert trouble(address=address, role=role) == ["address"]


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("npn", ["1", "0012345678"], ["12345678901", "1234567.0", "1.2E+06", "NPN 1", "１２"]),
        ("groups", ["0140026", "G-1;G-2", "0140026 0140027", "*", "1|2,3", ";;"], ["1.4E+05", "14.0", "a/b", "*;1"]),
        ("language", ["", "en", "zh-Hant"], ["English", "EN", "e", "en_US"]),
        ("active", ["", "yes", "NO", "True", "0"], ["maybe", "2", "si"]),
        ("notices", ["", "none"], ["daily", "each", "digest"]),
        ("name", ["", "王小明", "x" * 200], ["x" * 201]),
    ],
)  # fmt: skip
def test_each_column_takes_what_it_is_for(column: str, good: list[str], bad: list[str]) -> None:
    assert [trouble(**{column: text}) for text in good] == [[]] * len(good)
    assert [trouble(**{column: text}) for text in bad] == [[column]] * len(bad)


@pytest.mark.parametrize(
    ("written", "active"),
    [
        *(("", True), ("yes", True), ("True", True), ("1", True), ("Y", True)),
        *(("no", False), ("False", False), ("0", False), ("N", False)),
    ],
)
def test_somebody_is_active_unless_the_cell_says_no(written: str, active: bool) -> None:
    assert person(active=written).active == active


@pytest.mark.parametrize(
    ("role", "columns"),
    [
        ("producer", {"npn": "1", "groups": "0140026"}),
        ("navigator", {"npn": "1"}),
        ("provider", {"npi": "1234567893"}),
        ("employer", {"groups": "0140026"}),
        ("staff", {"teams": "Enrollment", "permissions": "all"}),
    ],
)
def test_a_role_has_the_columns_that_are_its_own(role: str, columns: dict[str, str]) -> None:
    assert trouble(role=role, **columns) == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "a role is needed: "),
        ("Prodcuer", "no role: did you mean producer?"),
        ("BROKER", "no role: it can be "),
        ("STAF", "no role: did you mean staff?"),
    ],
)
def test_a_role_that_is_none_is_told_with_the_nearest(written: str, told: str) -> None:
    ((column, said),) = read_cells(DANA | {"role": written})[1]
    assert (column, said.startswith(told)) == ("role", True)


def test_an_npi_has_ten_digits_and_its_check_digit() -> None:
    doctor = {"role": "provider"}
    assert trouble(**doctor, npi="1234567893") == []
    for wrong in ("1234567894", "123456789", "12345678930"):
        assert trouble(**doctor, npi=wrong) == ["npi"]


def test_permissions_are_words_that_we_know() -> None:
    staff = {"address": "ann@plan.example", "role": "staff"}
    assert person(**staff, permissions="Note, ask;note ALL").permissions == ("note", "ask", "all")
    _, troubles = read_cells(staff | {"permissions": "resolv"})
    assert troubles == [("permissions", "resolv is no permission: did you mean resolve?")]


@pytest.mark.parametrize(
    ("role", "columns"),
    [
        ("employer", {"npn": "1"}),
        ("producer", {"npi": "1234567893"}),
        ("provider", {"groups": "0140026"}),
        ("employer", {"groups": "*"}),
        ("producer", {"teams": "Enrollment"}),
        ("employer", {"permissions": "all"}),
        ("staff", {"groups": "0140026"}),
    ],
)
def test_a_column_that_the_role_has_no_use_for_is_told(role: str, columns: dict[str, str]) -> None:
    assert set(trouble(role=role, **columns)) == set(columns)


def test_every_entry_is_the_same_after_its_cells() -> None:
    everybody = [
        person(npn="12", groups="1;2", organisation="Reed; Brokers", name="Dana", language="es", active="no"),
        person(address="ann@plan.example", role="staff", teams="A b;C", permissions="all", notices="each"),
        person(address="@acme.example", role="employer", groups="0140026"),
        person(address="nina@clinic.example", role="provider", npi="1234567893", organisation="Clinic"),
    ]
    assert [read_cells(cells_of(each)) for each in everybody] == [(each, []) for each in everybody]


def test_columns_that_a_sheet_does_not_have_stay_as_they_were() -> None:
    before = person(name="Dana", npn="12", groups="1;2")
    after = amended(
        before, person(address="DANA@broker.example", active="no"), frozenset({"address", "role", "active"})
    )
    assert (after.address, after.npn, after.groups, after.active) == (
        Address("DANA@broker.example", "Dana"),
        "12",
        ("1", "2"),
        False,
    )
    renamed = amended(before, person(name="", groups="3"), frozenset({"address", "role", "name", "groups"}))
    assert (renamed.name, renamed.groups, renamed.npn) == ("", ("3",), "12")


def test_somebody_active_does_not_turn_from_a_producer_into_staff_by_a_slip() -> None:
    staff, producer = Person(Address("a@x.example"), Role.STAFF), Person(Address("a@x.example"), Role.PRODUCER)
    former = Person(Address("a@x.example"), Role.STAFF, active=False, notices=Notices.DIGEST)
    assert changes_sides(staff, producer)
    assert changes_sides(producer, staff)
    assert not changes_sides(former, producer)
    assert not changes_sides(producer, Person(Address("a@x.example"), Role.EMPLOYER))
