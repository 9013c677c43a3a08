"""Which process holds a lease: a name that tells whether that process has ended, where it can be known."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from mailbot.clock import boot_id

_PROC = Path("/proc")


def own_name(part: str = "") -> str:
    """This process, by host, boot, room of numbers, number and start: a number that is used again is another name.

    `part` tells what in this process holds the lease.
    """
    name = "/".join((platform.node(), boot_id(), _room(), str(os.getpid()), _started(os.getpid()) or ""))
    return f"{name}#{part}" if part else name


def has_ended(name: str) -> bool:
    """True only when the name is of a process of this very host, boot and container that runs no more.

    A process that may be hidden from us (another container's, another user's) is taken to run.
    """
    host, boot, room, number, started = (*name.partition("#")[0].split("/"), *[""] * 5)[:5]
    if not boot or not room or not number.isdigit() or (host, boot, room) != (platform.node(), boot_id(), _room()):
        return False
    return not _exists(int(number)) or _started(int(number)) not in (started, None)


def _room() -> str:
    """Containers of one host each count processes from 1."""
    try:
        return (_PROC / "self/ns/pid").readlink().name
    except OSError:
        return ""


def _exists(number: int) -> bool:
    """Asked of the kernel: /proc may be mounted so that it hides what other users run."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _started(number: int) -> str | None:
    """When the process started, in ticks since the boot; "" for a zombie, None when it cannot be seen."""
    try:
        fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return "" if fields[0] == "Z" else fields[19]
