"""The time, always injected: the machine's clock, or one that a rehearsal moves by hand."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Protocol

#: A clock that was set by more than this is not believed at once.
JUMP = timedelta(minutes=5)
#: For so long a clock that was set must go on evenly: staff have a working day to see it, and to set it right.
PROBATION = timedelta(days=1)


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


def _ran() -> float:
    """Seconds since the machine was started, those that it slept too where the system counts them."""
    since_boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if since_boot is None else time.clock_gettime(since_boot)


def boot_id() -> str:
    """Names this run of the machine, another one after each start; "" where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


class MachineTime:
    """The clock of this machine beside the time that the machine has run, which nobody sets."""

    def __init__(self, clock: Clock, ran: Callable[[], float] = _ran, machine: str = "") -> None:
        self._clock, self._ran = clock, ran
        self.machine = machine or f"{platform.node()}/{boot_id()}"

    def began_at(self) -> datetime:
        """When the machine began to run, by its clock as it stands: another moment only when the clock was set."""
        return self._clock.now() - timedelta(seconds=self._ran())


@dataclass(frozen=True, slots=True)
class ClockRecord:
    """What is known of a machine's clock: the start of the machine by the clock that is believed.

    A clock that was set is on probation: `moved_to` is the start of the machine by it, `set_at` when it was set, by
    itself.
    """

    began_at: datetime
    moved_to: datetime | None = None
    set_at: datetime | None = None

    def seen(self, began_at: datetime, now: datetime) -> ClockRecord:
        """After a look: believed, set just now, on probation, or believed from now on."""
        if _agree(began_at, self.began_at):
            return ClockRecord(began_at)
        if self.moved_to is None or self.set_at is None or not _agree(began_at, self.moved_to):
            return ClockRecord(self.began_at, began_at, now)
        if now - self.set_at >= PROBATION:
            return ClockRecord(began_at)
        return ClockRecord(self.began_at, began_at, self.set_at)

    @property
    def set_by(self) -> timedelta:
        """How far the clock stands from the one that is believed: forward, or back (below zero)."""
        return self.moved_to - self.began_at if self.moved_to else timedelta()

    @property
    def believed_at(self) -> datetime | None:
        """When a clock that was set will be believed, if it is not set again; None where it is."""
        return self.set_at + PROBATION if self.set_at else None

    def latest(self, now: datetime) -> datetime:
        """The later of what the clock says and what the one that is believed would say."""
        return max(now, now - self.set_by)


def set_lately(record: ClockRecord, zone: tzinfo) -> str:
    """The sentence about a clock that was set and is not believed yet; "" for one that is."""
    if record.believed_at is None:
        return ""
    minutes = round(abs(record.set_by) / timedelta(minutes=1))
    span = f"{minutes} minutes {'forward' if record.set_by > timedelta() else 'back'}"
    until = record.believed_at.astimezone(zone)
    return (
        f"the clock of this machine was set by {span}: until {until:%Y-%m-%d %H:%M} at the desk nobody is reminded and "
        "no case is closed; if it is wrong, set it right"
    )


def _agree(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= JUMP
