"""The time, always injected: the machine's clock, or one that a rehearsal moves by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present moment as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands still until it is moved; `--now`, the demo and the tests use it."""

    moment: datetime

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError("a clock needs a time with an offset, as 2026-11-21T09:00-05:00")
        self.moment = self.moment.astimezone(UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, span: timedelta) -> None:
        self.moment += span


class JumpGuard:
    """Notices that the clock was set: it compares how far the clock went with how much time went by."""

    def __init__(self, clock: Clock, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._elapsed = clock, elapsed
        self._seen = (clock.now(), elapsed())

    def jump(self) -> timedelta:
        """How far the clock was set since this was last asked: forward, or back (below zero)."""
        (then, start), self._seen = self._seen, (self._clock.now(), self._elapsed())
        return self._seen[0] - then - timedelta(seconds=self._seen[1] - start)
