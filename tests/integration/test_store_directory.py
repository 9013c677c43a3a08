"""The directory on both databases: found by address and by domain, sealed, changed with a history, read by pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from mailbot.cases.people import Notices, Person, Role, everybody_at
from mailbot.casework.registering import Register
from mailbot.errors import Tampered
from mailbot.mail import Address
from mailbot.store.directory import Written
from mailbot.store.schema import people, people_changes
from tests.desks import Desk
from tests.statements import statements

DANA = Person(
    Address("Dana@Broker.example", "Dana Réed"),
    Role.PRODUCER,
    organisation="Reed Brokers",
    npn="1234567",
    groups=("0140026", "0140027"),
    language="es",
)
ANN = Person(
    Address("ann@plan.example", "Ann"), Role.STAFF, teams=("Enrollment",), permissions=("all",), notices=Notices.EACH
)
BEN = Person(Address("ben@plan.example"), Role.STAFF, teams=("Billing", "Enrollment"), permissions=("note",))
ACME = Person(everybody_at("acme.example"), Role.EMPLOYER, organisation="Acme", groups=("0150001",))


def put(desk: Desk, *persons: Person, actor: str = "carla") -> Written:
    with desk.store.writing() as transaction:
        transaction.directory.hold()
        return transaction.directory.put(persons, actor)


def find(desk: Desk, address: str) -> Person | None:
    with desk.store.reading() as transaction:
        return transaction.directory.by_address(Address(address))


def test_a_person_is_found_by_the_address_in_any_spelling(desk: Desk) -> None:
    assert put(desk, DANA, ANN) == Written(added=2)
    for spelling in ("dana@broker.example", "DANA@BROKER.EXAMPLE", " dana@broker.example. "):
        assert find(desk, spelling) == DANA
    for other in ("dana+x@broker.example", "carl@broker.example", "dana@sub.broker.example", "", "*@broker.example"):
        assert find(desk, other) is None
    with desk.store.reading() as transaction:
        assert transaction.directory.by_address(None) is None


def test_an_international_domain_is_one_in_both_its_forms(desk: Desk) -> None:
    put(desk, replace(DANA, address=Address("dana@bücher.example")))
    assert find(desk, "dana@xn--bcher-kva.example")
    assert find(desk, "dana@BÜCHER.example")
    assert find(desk, "dana@bucher.example") is None


def test_everybody_at_a_domain_is_known_and_a_person_goes_before_them(desk: Desk) -> None:
    hr = Person(Address("hr@acme.example", "Hal"), Role.EMPLOYER)
    broker = Person(Address("in-house@acme.example"), Role.PRODUCER)
    put(desk, ACME, hr, broker)
    assert find(desk, "anybody@ACME.example") == ACME
    assert find(desk, "hr@acme.example") == replace(hr, organisation="Acme", groups=("0150001",))
    assert find(desk, "in-house@acme.example") == broker
    assert find(desk, "anybody@mail.acme.example") is None


def test_who_is_not_active_is_nobody_also_at_a_known_domain(desk: Desk) -> None:
    former = Person(Address("hal@acme.example"), Role.EMPLOYER, active=False)
    put(desk, ACME, former)
    assert find(desk, "hal@acme.example") is None
    put(desk, replace(ACME, active=False))
    assert find(desk, "anybody@acme.example") is None


def test_a080_only_the_very_address_of_somebody_active_is_staff(desk: Desk) -> None:
    put(desk, ANN, replace(BEN, active=False))
    with desk.store.reading() as transaction:
        asked = ["ann@plan.example", "Ann@Plan.example", "ann+x@plan.example", "ben@plan.example", "eve@plan.example"]
        assert [transaction.directory.is_active_staff(Address(each)) for each in asked] == [
            True,
            True,
            False,
            False,
            False,
        ]
        assert not transaction.directory.is_active_staff(None)


def test_the_staff_of_a_team(desk: Desk) -> None:
    put(desk, ANN, DANA, BEN)
    with desk.store.reading() as transaction:
        assert transaction.directory.staff() == [ANN, BEN]
        assert transaction.directory.staff("Enrollment") == [ANN, BEN]
        assert transaction.directory.staff("Billing") == [BEN]
        assert transaction.directory.staff("Claims") == []


def test_a_change_is_kept_with_who_and_when_and_nothing_is_forgotten(desk: Desk) -> None:
    put(desk, DANA, actor="carla")
    first = desk.clock.now()
    desk.later()
    changed = replace(DANA, address=Address("dana@broker.example", "Dana Stone"), groups=("0140026",))
    assert put(desk, changed, ANN, actor="dave") == Written(added=1, changed=1)
    assert put(desk, changed, actor="erin") == Written(unchanged=1)
    with desk.store.reading() as transaction:
        added, renamed = transaction.directory.history(Address("DANA@broker.example"))
        assert transaction.directory.history(Address("nobody@broker.example")) == []
    assert (added.at, added.actor, added.columns) == (first, "carla", ())
    assert (renamed.at, renamed.actor) == (desk.clock.now(), "dave")
    assert renamed.columns == (
        ("address", "Dana@Broker.example", "dana@broker.example"),
        ("name", "Dana Réed", "Dana Stone"),
        ("groups", "0140026; 0140027", "0140026"),
    )


def test_nothing_of_a_person_stands_in_the_database_in_clear(desk: Desk) -> None:
    put(desk, DANA)
    put(desk, replace(DANA, npn="7654321"))
    with desk.store.reading() as transaction:
        rows = [
            *transaction.work.connection.execute(select(people)),
            *transaction.work.connection.execute(select(people_changes)),
        ]
    seen = b" ".join(bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview))
    seen += " ".join(str(value) for row in rows for value in row).encode()
    for secret in (b"ana", b"roker", b"1234567", b"7654321", b"0140026"):
        assert secret not in seen


def test_an_entry_that_was_changed_behind_our_back_does_not_open(desk: Desk) -> None:
    put(desk, DANA, ANN)
    with desk.store.writing() as transaction:
        connection = transaction.work.connection
        other = connection.execute(select(people.c.content).where(people.c.role == Role.STAFF)).scalar_one()
        connection.execute(update(people).where(people.c.role == Role.PRODUCER).values(content=other))
    with pytest.raises(Tampered):
        find(desk, "dana@broker.example")


def test_the_list_goes_by_pages_in_the_order_of_entry(desk: Desk) -> None:
    put(desk, *(Person(Address(f"p{number}@x.example"), Role.CONSUMER) for number in range(5)), ANN)
    seen, after = [], 0
    with desk.store.reading() as transaction:
        while page := transaction.directory.listed(after, limit=2):
            seen += [entry.person.address.address for entry in page]
            after = page[-1].person_id
        only_staff = transaction.directory.listed(role="staff")
    assert seen == ["p0@x.example", "p1@x.example", "p2@x.example", "p3@x.example", "p4@x.example", "ann@plan.example"]
    assert [entry.person for entry in only_staff] == [ANN]


def test_who_wrote_is_looked_up_once_and_by_index(desk: Desk) -> None:
    put(desk, DANA, ACME)
    with desk.store.reading() as transaction:
        connection = transaction.work.connection
        with statements() as asked:
            for _ in range(3):
                assert transaction.directory.by_address(DANA.address)
        assert len(asked) == 1
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "SET enable_seqscan = off; EXPLAIN"
        *settings, explain = explain.split("; ")
        for setting in settings:
            connection.exec_driver_sql(setting)
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {asked[0][0]}", asked[0][1]))
        assert "SCAN people" not in plan
        assert "index" in plan.casefold()


def test_many_are_looked_up_together_and_then_known(desk: Desk) -> None:
    put(desk, DANA, ACME)
    others = [Address(f"p{number}@x.example") for number in range(5)]
    with desk.store.reading() as transaction:
        with statements() as asked:
            transaction.directory.look_up([DANA.address, *others])
            found = [transaction.directory.by_address(each) for each in (DANA.address, *others)]
        assert len(asked) == 1
    assert found == [find(desk, DANA.address.address), *[None] * 5]


def test_a_very_long_or_broken_address_is_simply_nobody(desk: Desk) -> None:
    for odd in ("x" * 100_000 + "@y.example", "a\udc80@x.example", "a@\udc80", "@", "a\0@x.example", "%@_"):
        assert find(desk, odd) is None


def test_two_imports_at_the_same_time_come_one_after_the_other(desk: Desk) -> None:
    sheet = "address,role,name\n" + "".join(f"p{number}@x.example,consumer,{{0}}\n" for number in range(200))
    register = Register(desk.store, desk.app.own, desk.app.playbook)

    def take(name: str) -> Written | None:
        return register.take(sheet.format(name).encode(), name, partial=False).written

    with ThreadPoolExecutor(2) as pool:
        done = [written for written in pool.map(take, ["ann", "ben"]) if written]
    assert sum(written.added for written in done) == 200
    assert sum(written.changed for written in done) == 200
    with desk.store.reading() as transaction:
        names = {entry.person.name for entry in transaction.directory.listed(limit=1_000)}
        history = transaction.directory.history(Address("p7@x.example"))
    assert len(names) == 1
    assert [change.actor for change in history][-1] in names
