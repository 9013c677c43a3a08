"""What `mailbot check` says of the machine: whether its clock is believed, and whether its disks have room."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot.cli.check import Check
from mailbot.cli.opening import looked_at
from mailbot.clock import JUMP, MachineTime, SystemClock, set_lately
from mailbot.config import Config
from mailbot.config.kinds import Carrier
from mailbot.store.clocks import ClockGuard


def clock(config: Config) -> Iterator[Check]:
    """A clock that was set stops reminders and closings until it has gone on evenly for a day."""
    guard = ClockGuard(MachineTime(SystemClock()))
    with looked_at(config) as transaction:
        if transaction is None:
            return
        wrong = set_lately(guard.standing(transaction.clocks, transaction.now), config.desk.time_zone)
        ahead = transaction.evidence.database_ahead()
    if abs(ahead) > JUMP:
        differ = "the clocks of this machine and of the database differ by more than five minutes"
        wrong = f"{differ}, and nobody is reminded and no case is closed: set them right"
    yield Check("clock", ok=not wrong, sentence=wrong or "was not set lately")


def disks(config: Config) -> Iterator[Check]:
    """Where something must be written: the folder, the database if it is a file, letters and exports that are files."""
    least = max(config.listener.min_free_mb, 1)
    for place in _written(config):
        there = next(each for each in (place.folder, *place.folder.parents) if each.exists())
        free = shutil.disk_usage(there).free >> 20
        if free < least:
            left = f"{free} MB are left for {place.what} in {place.folder}, and {least} are wanted"
            yield Check("disk", ok=False, sentence=f"{left}: make room; until then {place.meanwhile}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder that is written to, and what becomes of what cannot be written."""

    what: str
    folder: Path
    meanwhile: str


def _written(config: Config) -> Iterator[_Place]:
    put_off = "mail is put off (452), and its senders try again"
    yield _Place("large mail that comes in", config.folder, put_off)
    if config.database.file:
        yield _Place("the database", config.database.file.parent, put_off)
    if config.outgoing.url.carrier is Carrier.MAILDIR and config.outgoing.url.path:
        yield _Place("letters", config.outgoing.url.path, "letters wait, and go out by themselves")
    if config.export.folder:
        yield _Place("exports", config.export.folder, "they wait, and are written by themselves")
