"""Clocks: one that is moved by hand, and the guard that notices when the machine's was set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbot.clock import JumpGuard, SetClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_set_clock_stands_still_until_it_is_moved() -> None:
    clock = SetClock(NOON.astimezone(timezone(timedelta(hours=-5))))
    assert clock.now() == NOON
    clock.advance(timedelta(minutes=3))
    assert clock.now() == NOON + timedelta(minutes=3)


def test_a_set_clock_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        SetClock(datetime(2026, 11, 23, 12))  # noqa: DTZ001 that is what is refused


@pytest.mark.parametrize(
    ("clock_went", "time_went", "jump"),
    [(60, 60, 0), (3660, 60, 3600), (0, 60, -60), (-3540, 60, -3600), (86_400, 0, 86_400)],
)
def test_f41_the_guard_tells_how_far_the_clock_was_set(clock_went: int, time_went: int, jump: int) -> None:
    clock, elapsed = SetClock(NOON), [1000.0]
    guard = JumpGuard(clock, lambda: elapsed[0])
    assert guard.jump() == timedelta()
    clock.advance(timedelta(seconds=clock_went))
    elapsed[0] += time_went
    assert guard.jump() == timedelta(seconds=jump)
    assert guard.jump() == timedelta(), "a jump is told once"
