"""Which process holds a lease: a name that tells whether that process has ended, where it can be known."""

from __future__ import annotations

import os
import platform
from pathlib import Path

_PROC = Path("/proc")


def own_name() -> str:
    """This process, by host, boot, number and start: a number that is used again is another name."""
    return "/".join((platform.node(), _boot(), str(os.getpid()), _started(os.getpid())))


def has_ended(name: str) -> bool:
    """True only when the name is of a process of this very host and boot that runs no more."""
    host, _, rest = name.partition("/")
    boot, _, process = rest.partition("/")
    number, _, started = process.partition("/")
    if host != platform.node() or boot != _boot() or not boot or not number.isdigit():
        return False
    return _started(int(number)) != started


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(number: int) -> str:
    """When the process started, in ticks since the boot; "" when there is none (or only its zombie)."""
    try:
        fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
