"""Whose cases are whose, on both databases: what a question about a status may tell of."""

from __future__ import annotations

from datetime import timedelta

from mailbot.cases.people import Correspondent, Role
from mailbot.cases.states import State
from mailbot.mail import Address
from tests.desks import Desk
from tests.integration.test_store_cases import DANA, EVE, open_case


def own(desk: Desk, who: Address, most: int = 10) -> list[int]:
    with desk.store.reading() as transaction:
        return [file.case_id for file in transaction.threads.cases_of(who, most)]


def test_open_cases_come_first_and_the_newest_before_the_older(desk: Desk) -> None:
    first, ended, last, other = (open_case(desk, who) for who in (DANA, DANA, DANA, EVE))
    with desk.store.writing() as transaction:
        transaction.cases.enter(ended.case_id, State.RESOLVED)
    assert own(desk, DANA) == [last.case_id, first.case_id, ended.case_id]
    assert own(desk, DANA, 2) == [last.case_id, first.case_id]
    assert own(desk, Address("DANA@Broker.example")) == own(desk, DANA)
    assert own(desk, EVE) == [other.case_id]
    assert own(desk, Address("nobody@broker.example")) == []


def test_a_case_that_ended_long_ago_is_not_among_them(desk: Desk) -> None:
    ended, waiting = open_case(desk, DANA), open_case(desk, DANA)
    with desk.store.writing() as transaction:
        transaction.cases.enter(ended.case_id, State.WITHDRAWN)
    desk.later(timedelta(days=29))
    assert own(desk, DANA) == [waiting.case_id, ended.case_id]
    desk.later(timedelta(days=2))
    assert own(desk, DANA) == [waiting.case_id]


def test_who_is_copied_is_on_the_case_and_it_is_not_theirs(desk: Desk) -> None:
    case = open_case(desk, DANA)
    with desk.store.writing() as transaction:
        transaction.history.add_correspondents(case.case_id, [Correspondent(EVE, Role.COPIED)])
        assert transaction.threads.is_copied(case.case_id, EVE)
        assert not transaction.threads.is_copied(case.case_id, DANA)
        assert not transaction.threads.is_copied(case.case_id, Address("nobody@broker.example"))
    assert own(desk, EVE) == []
