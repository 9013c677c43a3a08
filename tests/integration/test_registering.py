"""Taking a sheet into the directory: what is counted in of the entries that are there, and what is left out."""

from __future__ import annotations

import pytest

from mailbot.cases.people import Notices, Person
from mailbot.casework.registering import Register, Registered
from mailbot.mail import Address
from mailbot.store.directory import Written
from tests.desks import Desk
from tests.directories import ANN_ROW, DANA_ROW, register


def take(desk: Desk, text: str, *, partial: bool = False) -> Registered:
    return Register(desk.store, desk.app.own, desk.app.playbook).take(text.encode(), "carla", partial=partial)


def told(done: Registered) -> list[str]:
    return [str(mistake) for mistake in done.mistakes]


def entry(desk: Desk, address: str) -> Person:
    with desk.store.reading() as transaction:
        return transaction.directory.exactly([address])[address]


def test_a_column_that_is_there_and_empty_empties_and_one_that_is_not_there_leaves(small_desk: Desk) -> None:
    register(small_desk, DANA_ROW)
    take(small_desk, "address,role,organisation\ndana@broker.example,producer,\n")
    dana = entry(small_desk, "dana@broker.example")
    assert (dana.organisation, dana.npn, dana.groups, dana.name) == ("", "1234567", ("0140026", "0140027"), "Dana Reed")


def test_what_is_wrong_only_with_what_was_known_is_told_too(small_desk: Desk) -> None:
    """The sheet is right in itself; but an employer has no NPN, and this one is known with one."""
    register(small_desk, DANA_ROW)
    done = take(small_desk, "address,role\ndana@broker.example,employer\nx@y.example,consumer\n")
    assert done.written is None
    assert told(done) == ["line 2, npn: this is only for producer and navigator; leave it empty for this role"]
    part = take(small_desk, "address,role\ndana@broker.example,employer\nx@y.example,consumer\n", partial=True)
    assert part.written == Written(added=1)


def test_mistakes_of_every_kind_are_told_in_the_order_of_the_lines(small_desk: Desk) -> None:
    register(small_desk, ANN_ROW, DANA_ROW)
    sheet = (
        "address,role,teams\n"
        "ann@plan.example,staff,Enrolment\n"  # no such team
        "nobody,staff,\n"  # no address
        "dana@broker.example,staff,\n"  # a producer
        "dana@broker.example,staff,\n"  # twice
    )
    done = take(small_desk, sheet, partial=True)
    assert [(mistake.line, mistake.column) for mistake in done.mistakes][:2] == [(2, "teams"), (3, "address")]
    assert {mistake.line for mistake in done.mistakes} == {2, 3, 4, 5}
    assert done.written == Written()


def test_staff_who_leave_and_come_back_keep_their_history(small_desk: Desk) -> None:
    register(small_desk, ANN_ROW)
    for active in ("no", "yes"):
        take(small_desk, f"address,role,active\nann@plan.example,staff,{active}\n")
    with small_desk.store.reading() as transaction:
        history = transaction.directory.history(Address("ann@plan.example"))
        assert transaction.directory.is_active_staff(Address("ann@plan.example"))
    assert [change.columns for change in history] == [(), (("active", "yes", "no"),), (("active", "no", "yes"),)]
    assert entry(small_desk, "ann@plan.example").notices is Notices.DIGEST


def test_who_left_the_staff_may_become_somebody_outside(small_desk: Desk) -> None:
    register(small_desk, ANN_ROW)
    columns = "address,role,teams,permissions,notices,active"
    refused = take(small_desk, f"{columns}\nann@plan.example,consumer,,,,yes\n")
    assert told(refused) == [
        "line 2, role: this address is staff: import it with active = no first, then with its new role"
    ]
    assert take(small_desk, f"{columns}\nann@plan.example,staff,,,,no\n").written == Written(changed=1)
    assert take(small_desk, f"{columns}\nann@plan.example,consumer,,,,yes\n").written == Written(changed=1)


def test_an_entry_that_became_the_desks_own_address_is_refused_from_then_on(small_desk: Desk) -> None:
    done = take(small_desk, "address,role\ngroups+new@desk.example,producer\n")
    assert told(done)[0].startswith("line 2, address: this is an address of the desk itself")


@pytest.mark.parametrize("count", [499, 500, 501, 1_250])
def test_a_sheet_of_any_length_is_taken_page_by_page_in_one_piece(small_desk: Desk, count: int) -> None:
    sheet = "address,role\n" + "".join(f"p{number}@x.example,consumer\n" for number in range(count))
    assert take(small_desk, sheet).written == Written(added=count)
    assert take(small_desk, sheet).written == Written(unchanged=count)
    assert take(small_desk, f"{sheet}nobody,consumer\n").written is None
    changed = sheet.replace("consumer", "navigator")
    assert take(small_desk, changed).written == Written(changed=count)
