"""The clocks of machines on both databases: what is known of each, and what one that was ahead has put off."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select, union_all

from mailbot.cases.facts import Facts
from mailbot.cases.states import State
from mailbot.cases.understanding import Found, Where
from mailbot.clock import ClockRecord, MachineTime
from mailbot.mail import Address
from mailbot.store.case_file import CaseContent
from mailbot.store.cases import NewCase
from mailbot.store.clocks import ClockGuard
from mailbot.store.schema import letters, messages
from tests.desks import Desk
from tests.mails import MONDAY, mail, message

BEGAN = MONDAY - timedelta(days=100)
DANA = Address("dana@broker.example")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_DAYS = union_all(select(letters.c.day), select(messages.c.day))


def look(desk: Desk, began_at: object = BEGAN, machine: str = "here") -> ClockRecord:
    with desk.store.writing() as transaction:
        return transaction.clocks.look(machine, began_at)  # type: ignore[arg-type]


def a_case(facts: Facts) -> NewCase:
    return NewCase(
        day=MONDAY.date(),
        category="other.general",
        confidence=0.9,
        team="Enrollment",
        language="en",
        state=State.AWAITING_STAFF,
        answer_due=None,
        missing=(),
        review=(),
        content=CaseContent("New dependent", facts),
    )


def bring_back(desk: Desk) -> None:
    with desk.store.writing() as transaction:
        transaction.clocks.bring_back()


def test_what_is_known_of_a_clock_is_kept(desk: Desk) -> None:
    assert look(desk) == ClockRecord(BEGAN)
    moved = look(desk, BEGAN + DAY)
    assert moved.set_by == DAY
    desk.later(HOUR)
    assert look(desk, BEGAN + DAY) == moved
    with desk.store.reading() as transaction:
        assert transaction.clocks.known("here") == moved
        assert transaction.clocks.known("elsewhere") is None


def test_each_machine_has_a_clock_of_its_own(desk: Desk) -> None:
    look(desk)
    look(desk, BEGAN + DAY)
    assert look(desk, BEGAN - DAY, "elsewhere").believed_at is None


def test_f41_a_machine_whose_clock_is_behind_what_was_seen_is_not_believed(desk: Desk) -> None:
    look(desk)
    desk.later(-3 * DAY)
    record = look(desk, BEGAN, "started anew")
    assert (record.set_by, record.believed_at) == (-3 * DAY, desk.clock.now() + DAY)
    assert record.latest(desk.clock.now()) == MONDAY


def test_a_guard_without_a_machine_believes_what_a_rehearsal_says(desk: Desk) -> None:
    guard = ClockGuard()
    with desk.store.writing() as transaction:
        guard.look(transaction.clocks)
        assert guard.standing(transaction.clocks, transaction.now).believed_at is None
        assert transaction.clocks.known("here") is None


def test_a_guard_notices_a_jump_before_the_next_look(desk: Desk) -> None:
    guard = ClockGuard(MachineTime(desk.clock, lambda: 0.0, "here"))
    with desk.store.writing() as transaction:
        assert guard.standing(transaction.clocks, transaction.now).believed_at is None, "nothing is known of it yet"
        guard.look(transaction.clocks)
    desk.later(DAY)
    with desk.store.reading() as transaction:
        assert guard.standing(transaction.clocks, transaction.now).set_by == DAY


def test_f41_what_is_put_off_by_a_clock_that_is_right_is_left_alone(desk: Desk) -> None:
    desk.send(mail())
    with desk.store.writing() as transaction:
        (claimed,) = transaction.outbox.claim(1, "one", timedelta(minutes=30))
        transaction.outbox.note(claimed, "later", "later", "451", transaction.now + 4 * HOUR)  # type: ignore[arg-type]
    bring_back(desk)
    desk.later(3 * HOUR)
    assert desk.deliver() == 0
    desk.later(HOUR)
    assert desk.deliver() == 1


@pytest.mark.parametrize("days", [1, 40])
def test_f41_what_was_taken_by_a_clock_far_ahead_is_free_when_its_lease_would_be(desk: Desk, days: int) -> None:
    arrival_id = desk.record(mail()).arrival_id
    desk.later(days * DAY)
    with desk.store.writing() as transaction:
        assert transaction.arrivals.take_one(arrival_id, "a worker that dies", timedelta(minutes=5))
    desk.later(-days * DAY)
    bring_back(desk)
    assert desk.take_in() == []
    desk.later(timedelta(minutes=6))
    assert [each.arrival_id for each in desk.take_in()] == [arrival_id]


@pytest.mark.parametrize("days", [1, 2, 40])
def test_f41_what_was_sent_by_a_clock_far_ahead_counts_today(desk: Desk, days: int) -> None:
    """Letters and mails of a day are looked for under its number (docs/decisions/0125)."""
    desk.later(days * DAY)
    desk.send(mail("The same words."))
    desk.later(-days * DAY)
    bring_back(desk)
    with desk.store.reading() as transaction:
        counted = transaction.outbox.spent(DANA, message(DANA.address, new_text="The same words."), None)
    assert (counted.address_today, counted.domain_this_hour, counted.all_this_hour) == (1, 1, 1)
    assert counted.same_text_today == 1


def test_what_another_node_sends_by_a_clock_that_is_past_midnight_counts_before_it(desk: Desk) -> None:
    past_midnight = MONDAY.astimezone(UTC).replace(hour=0, minute=0, second=10) + 7 * DAY
    desk.later(past_midnight - MONDAY)
    desk.send(mail("The same words."))
    facts = Facts(fields=(Found("subscriber_id", "W883104512", Where.BODY),))
    with desk.store.writing() as transaction:
        transaction.cases.open(a_case(facts))
    desk.later(-timedelta(seconds=30))
    with desk.store.reading() as transaction:
        counted = transaction.outbox.spent(DANA, message(DANA.address, new_text="The same words."), None)
        assert transaction.cases.same_member(facts, "other.general", timedelta(days=7))
    assert (counted.address_today, counted.domain_this_hour, counted.same_text_today) == (1, 1, 1)


def test_f41_what_was_sent_by_a_clock_far_ahead_is_counted_from_one_day_only(desk: Desk) -> None:
    """Each look would write all of it anew otherwise, for as long as the clock was ahead."""
    desk.later(40 * DAY)
    desk.send(mail("The same words."))
    desk.later(-40 * DAY)
    bring_back(desk)
    with desk.store.reading() as transaction:
        counted_from = transaction.work.connection.execute(_DAYS).all()
    desk.later(DAY)
    bring_back(desk)
    with desk.store.reading() as transaction:
        assert transaction.work.connection.execute(_DAYS).all() == counted_from


def test_f41_whom_a_case_is_about_that_was_opened_by_a_clock_far_ahead_is_noticed_today(desk: Desk) -> None:
    facts = Facts(fields=(Found("subscriber_id", "W883104512", Where.BODY),))
    desk.later(40 * DAY)
    with desk.store.writing() as transaction:
        case = transaction.cases.open(a_case(facts))
    desk.later(-40 * DAY)
    bring_back(desk)
    with desk.store.reading() as transaction:
        (found,) = transaction.cases.same_member(facts, "other.general", timedelta(days=7))
    assert found.case_id == case.case_id


def test_f41_a_batch_of_a_wrong_night_keeps_no_later_night_from_its_own(desk: Desk) -> None:
    desk.later(40 * DAY)
    with desk.store.writing() as transaction:
        transaction.exports.begin("eligibility-20270102-200000")
    desk.later(-40 * DAY)
    bring_back(desk)
    with desk.store.reading() as transaction:
        assert transaction.exports.last_made_at() == MONDAY
