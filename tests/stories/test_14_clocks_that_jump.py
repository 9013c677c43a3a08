"""The machine's clock is set while cases wait and letters are due: nobody is reminded, closed or written to by that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from mailbot.clock import PROBATION, MachineTime, SystemClock
from mailbot.replies.outbox import Dispatch
from mailbot.replies.outcomes import Later
from mailbot.store.clocks import ClockGuard
from mailbot.store.evidence import Evidence
from tests.crashes.forked import MACHINE, forked
from tests.desks import Courier, Desk
from tests.mails import mail
from tests.stories.tales import BOTH, Tale

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FORWARD = {"a day on": DAY, "forty days on": 40 * DAY}
BACK = {"an hour back": -HOUR, "a day back": -DAY, "forty days back": -40 * DAY}
JUMPS = FORWARD | BACK


@dataclass
class Machine:
    """The machine of a desk: time goes by on it, and somebody sets its clock."""

    tale: Tale
    ran: float = 1e7

    def __post_init__(self) -> None:
        self.starts_the_service()

    @property
    def desk(self) -> Desk:
        return self.tale.desk

    def starts_the_service(self) -> None:
        """A new process on the same machine: it remembers nothing but what the database does."""
        guard = ClockGuard(MachineTime(self.desk.clock, lambda: self.ran, "this machine"))
        self.desk.app.timekeeper._guard = self.desk.app.dispatch._guard = guard
        self.tale.round()

    def is_set(self, jump: timedelta) -> None:
        self.desk.clock.advance(jump)

    def goes(self, span: timedelta, step: timedelta = 10 * MINUTE) -> int:
        """The service runs for so long; how many cases it reminded or closed."""
        done = 0
        while span > timedelta():
            now = min(span, step)
            span -= now
            self.ran += now.total_seconds()
            self.desk.clock.advance(now)
            swept = self.tale.round()
            done += swept.reminded + swept.closed
        return done


@pytest.fixture
def machine(tale: Tale, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The clock of a database server is the machine's own, and is set with it."""
    monkeypatch.setattr(Evidence, "database_ahead", lambda self: timedelta())
    return Machine(tale)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_f41_nothing_happens_by_a_clock_that_was_set_and_all_goes_on_when_it_is_set_right(
    machine: Machine, jump: timedelta
) -> None:
    tale = machine.tale
    number = tale.ask_for_pcp()
    due = tale.day_due(number)
    machine.goes(HOUR)
    machine.is_set(jump)
    assert machine.goes(20 * HOUR, 4 * HOUR) == 0
    machine.is_set(-jump)
    assert tale.letters(number) == ["info_request"]
    assert tale.file(number).review == ()
    machine.goes(9 * DAY, 6 * HOUR)
    assert tale.letters(number) == ["info_request", "reminder"]
    assert (tale.state(number), tale.day_due(number)) == ("awaiting_sender", due)
    machine.goes(3 * DAY, 6 * HOUR)
    assert tale.state(number) == "closed_no_reply"
    ids = [letter.message_id for letter in tale.courier.letters]
    assert len(ids) == len(set(ids)) == 3, "and no letter twice"


@pytest.mark.parametrize("jump", FORWARD.values(), ids=FORWARD.keys())
def test_f41_a_restart_does_not_make_a_clock_believed(machine: Machine, jump: timedelta) -> None:
    number = machine.tale.ask_for_pcp()
    machine.goes(HOUR)
    machine.is_set(jump)
    machine.starts_the_service()
    machine.goes(HOUR)
    machine.starts_the_service()
    assert machine.goes(HOUR) == 0
    assert machine.tale.letters(number) == ["info_request"]


def test_f41_a_clock_that_nobody_sets_back_is_believed_after_a_day(machine: Machine) -> None:
    """It had been wrong, and was set right: what was due meanwhile comes a day late."""
    number = machine.tale.ask_for_pcp()
    machine.goes(HOUR)
    machine.is_set(5 * DAY)
    assert machine.goes(PROBATION, HOUR) == 0
    assert machine.goes(2 * HOUR) == 1
    assert machine.tale.letters(number) == ["info_request", "reminder"]


def test_f41_a_case_past_its_deadline_says_why_it_waits_and_asks_nobody_to_look(machine: Machine) -> None:
    number = machine.tale.ask_for_pcp()
    machine.goes(HOUR)
    machine.is_set(40 * DAY)
    (waiting,) = machine.tale.round().waiting
    assert waiting.number == number
    assert waiting.why.startswith("the clock of this machine was set by 57600 minutes forward")
    with machine.desk.store.reading() as transaction:
        case_id = machine.desk.case_id(number)
        assert machine.desk.app.timekeeper.lacking(transaction, case_id) == waiting.why
    assert machine.tale.file(number).review == ()


def test_f41_a_machine_that_starts_behind_what_was_seen_is_not_believed(machine: Machine) -> None:
    """Its battery is empty: it begins in the past, and the time server sets it right a minute later."""
    tale = machine.tale
    machine.goes(HOUR)
    machine.is_set(-40 * DAY)
    reborn = ClockGuard(MachineTime(machine.desk.clock, lambda: 60.0, "this machine, started anew"))
    machine.desk.app.timekeeper._guard = machine.desk.app.dispatch._guard = reborn
    tale.round()
    number = tale.ask_for_pcp()
    machine.is_set(40 * DAY)
    assert tale.round().closed == 0
    assert tale.day_due(number) >= "2026-12-01", "the clock of the case was not started in the past"
    assert tale.state(number) == "awaiting_sender"


@pytest.mark.parametrize("jump", BACK.values(), ids=BACK.keys())
def test_f41_mail_and_letters_do_not_wait_for_a_clock_that_was_ahead(machine: Machine, jump: timedelta) -> None:
    """Everything was put off by a clock that was far ahead, and is set right now."""
    tale, desk = machine.tale, machine.desk
    tale.courier.outcomes.append(Later("451 not now"))
    number = tale.ask_for_pcp()
    desk.record(mail("Please change mine too.", sender="Carl <carl@other.example>"), "carl@other.example")
    machine.is_set(jump)
    machine.goes(5 * HOUR)
    assert {row.state for row in desk.arrivals()} == {"done"}
    assert [letter.state for letter in desk.letters()] == ["sent", "sent"]
    assert tale.state(number) == "awaiting_sender"
    desk.send(tale.answer(BOTH))
    assert len(desk.cases()) == 2


def test_f41_the_letters_of_a_wrong_hour_do_not_use_up_the_budget_of_the_right_one(machine: Machine) -> None:
    machine.goes(HOUR)
    machine.is_set(40 * DAY)
    for number in range(3):
        machine.tale.ask_for_pcp(f"Please change my doctor, {number}.")
    machine.is_set(-40 * DAY)
    machine.goes(2 * HOUR)
    with machine.desk.store.reading() as transaction:
        spent = transaction.outbox.spent(machine.tale.courier.letters[0].to, None, None)
    assert (spent.address_today, spent.all_this_hour) == (3, 0)


class Jumping(Courier):
    """While it sends its first letter the clock is set, and another node looks for letters."""

    def __init__(self, machine: Machine, other: Dispatch, jump: timedelta) -> None:
        super().__init__()
        self._machine, self._other, self._jump = machine, other, jump

    def deliver(self, letters: Any) -> Iterator[Any]:
        for outcome in super().deliver(letters):
            if len(self.letters) == 1:
                self._machine.is_set(self._jump)
                self._other.deliver_due()
            yield outcome


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_f41_a_jump_ends_no_lease_of_a_letter_that_is_being_sent(machine: Machine, jump: timedelta) -> None:
    tale, desk = machine.tale, machine.desk
    machine.goes(MINUTE)
    for number in range(5):
        sender = f"p{number}@broker{number}.example"
        desk.send(mail("Please change my doctor.", sender=sender), sender)
    other = Courier()
    beside = Dispatch(desk.store, other, guard=desk.app.dispatch._guard)
    desk.app.dispatch._courier = sending = Jumping(machine, beside, jump)
    desk.deliver()
    desk.app.dispatch._courier = tale.courier
    machine.is_set(-jump)
    machine.goes(HOUR)
    sent = [letter.message_id for each in (sending, other, tale.courier) for letter in each.letters]
    assert len(sent) == len(set(sent)) == 5
    assert {letter.state for letter in desk.letters()} == {"sent"}


def test_f41_no_letter_is_given_up_by_a_clock_that_was_set(machine: Machine) -> None:
    """A server says "not now", and by the clock five days have gone by since the first try."""
    tale = machine.tale
    tale.courier.outcomes += [Later("451 not now")] * 3
    number = tale.ask_for_pcp()
    machine.goes(2 * MINUTE, MINUTE)
    machine.is_set(40 * DAY)
    machine.goes(3 * HOUR)
    assert [letter.state for letter in machine.desk.letters()] == ["sent"]
    assert tale.file(number).clock_stopped is None


def wait_for_a_look(desk: Desk, *, believed: bool) -> None:
    """Until the running service has seen that the clock was set."""
    pause = threading.Event()
    for _ in range(200):
        with desk.store.reading() as transaction:
            record = transaction.clocks.known(MACHINE)
        if record and (record.believed_at is None) == believed:
            return
        pause.wait(0.1)
    raise AssertionError("the service did not look at its clock")


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_f41_a_service_whose_clock_is_set_and_set_right_has_done_nothing_by_it(desk: Desk, jump: timedelta) -> None:
    """A process of its own, at work while somebody sets its clock."""
    tale = Tale(desk)
    desk.clock.moment = SystemClock().now()
    number = tale.ask_for_pcp()
    due = tale.day_due(number)
    with forked(desk.config_file, desk.clock.now()) as service:
        wait_for_a_look(desk, believed=True)
        service.set_clock(jump)
        wait_for_a_look(desk, believed=False)
        desk.record(mail("My card is lost.", sender="Carl <carl@other.example>", subject="ID card 1"))
        wait_until_done(desk, 2)
        service.set_clock(-jump)
        wait_for_a_look(desk, believed=True)
    assert tale.letters(number) == ["info_request"]
    assert (tale.state(number), tale.day_due(number)) == ("awaiting_sender", due)
    assert {row.state for row in desk.arrivals()} == {"done"}


def wait_until_done(desk: Desk, count: int) -> None:
    pause = threading.Event()
    for _ in range(200):
        if len(desk.arrivals("done")) == count:
            return
        pause.wait(0.1)
    raise AssertionError([row.state for row in desk.arrivals()])
