"""Clocks: one that is moved by hand, and what is believed of the machine's when it was set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbot.clock import PROBATION, ClockRecord, MachineTime, SetClock, SystemClock, set_lately

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_set_clock_stands_still_until_it_is_moved() -> None:
    clock = SetClock(NOON.astimezone(timezone(timedelta(hours=-5))))
    assert clock.now() == NOON
    clock.advance(timedelta(minutes=3))
    assert clock.now() == NOON + timedelta(minutes=3)


def test_a_set_clock_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        SetClock(datetime(2026, 11, 23, 12))  # noqa: DTZ001 that is what is refused


class Machine:
    """A machine whose clock is set by hand, and the record of it that is looked at once a minute."""

    def __init__(self) -> None:
        self.clock, self.ran = SetClock(NOON), 1000.0
        self.time = MachineTime(self.clock, lambda: self.ran, "here")
        self.record = ClockRecord(self.time.began_at())

    def goes(self, span: timedelta, *, by_the_clock: timedelta | None = None) -> ClockRecord:
        """So much time goes by, and the clock goes as far, or as it is said."""
        self.ran += span.total_seconds()
        self.clock.advance(span if by_the_clock is None else by_the_clock)
        self.record = self.record.seen(self.time.began_at(), self.clock.now())
        return self.record


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JUMPS = {"a day on": DAY, "a day back": -DAY, "forty days on": 40 * DAY, "an hour back": -HOUR}


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_clock_that_goes_evenly_is_believed(machine: Machine) -> None:
    for _ in range(100):
        assert machine.goes(MINUTE).believed_at is None
    assert machine.record.set_by == timedelta()


def test_a_clock_that_is_drawn_slowly_is_believed(machine: Machine) -> None:
    """A time server moves it by less than a thousandth; over months that is more than any step would be allowed."""
    for _ in range(100):
        assert machine.goes(HOUR, by_the_clock=HOUR + timedelta(seconds=4)).believed_at is None


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_f41_a_clock_that_was_set_is_believed_after_a_day(machine: Machine, jump: timedelta) -> None:
    record = machine.goes(MINUTE, by_the_clock=MINUTE + jump)
    assert record.set_by == jump
    assert record.believed_at == machine.clock.now() + PROBATION
    assert machine.goes(PROBATION - MINUTE).believed_at is not None
    assert machine.goes(2 * MINUTE).believed_at is None


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_f41_a_clock_that_is_set_right_again_is_believed_at_once(machine: Machine, jump: timedelta) -> None:
    machine.goes(MINUTE, by_the_clock=MINUTE + jump)
    machine.goes(3 * HOUR)
    assert machine.goes(MINUTE, by_the_clock=MINUTE - jump).believed_at is None


def test_f41_a_clock_that_is_set_again_begins_its_day_anew(machine: Machine) -> None:
    machine.goes(MINUTE, by_the_clock=40 * DAY)
    machine.goes(20 * HOUR)
    machine.goes(MINUTE, by_the_clock=-20 * DAY)
    assert machine.goes(20 * HOUR).believed_at is not None
    assert machine.goes(5 * HOUR).believed_at is None


def test_f41_the_later_of_two_clocks_is_told(machine: Machine) -> None:
    machine.goes(MINUTE, by_the_clock=-40 * DAY)
    now = machine.clock.now()
    assert abs(machine.record.latest(now) - (now + 40 * DAY)) <= MINUTE, "what the clock that is believed would say"
    machine.goes(MINUTE, by_the_clock=80 * DAY)
    now = machine.clock.now()
    assert machine.record.latest(now) == now


def test_the_sentence_about_a_clock_names_the_way_the_end_and_the_remedy(machine: Machine) -> None:
    machine.goes(MINUTE, by_the_clock=MINUTE - HOUR)
    sentence = set_lately(machine.record, timezone(timedelta(hours=-5)))
    assert sentence.startswith(
        "the clock of this machine was set by 60 minutes back: until 2026-11-24 06:01 at the desk"
    )
    assert sentence.endswith("set it right")
    assert set_lately(ClockRecord(NOON), UTC) == ""


def test_this_machine_has_a_name_of_its_own_and_has_run_for_a_while() -> None:
    ours = MachineTime(SystemClock())
    assert ours.machine.count("/") == 1
    assert abs(ours.began_at() - ours.began_at()) < timedelta(seconds=1)
    assert ours.began_at() < SystemClock().now()
