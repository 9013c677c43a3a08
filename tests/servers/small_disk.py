"""A disk that is full when a test says so: a small one of its own where we may mount, else a limit on a process."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_LIBC = ctypes.CDLL(None, use_errno=True)
_FILLING = "filling"


class SmallDisk:
    """A tmpfs of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """To the last octet."""
        with (self.folder / _FILLING).open("wb", buffering=0) as file:
            for size in (1 << 16, 1):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        (self.folder / _FILLING).unlink()


@contextmanager
def small_disk(megabytes: int = 32) -> Iterator[SmallDisk]:
    """A disk with so much room. OSError where we may not mount."""
    with TemporaryDirectory(prefix="mb-") as name:
        _mount(name, f"size={megabytes}m,mode=0700")
        try:
            yield SmallDisk(Path(name))
        finally:
            if _LIBC.umount2(name.encode(), 2):  # MNT_DETACH: whoever still has a file open keeps it
                raise OSError(ctypes.get_errno(), "the small disk could not be unmounted")


def may_mount() -> bool:
    """Whether this user and this machine let us have a small disk."""
    try:
        with small_disk(1):
            return True
    except OSError:
        return False


def fill_for(process: int) -> None:
    """No file of this process can be written any more, as if its disk were full; it gets EFBIG in place of ENOSPC."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))


def make_room_for(process: int) -> None:
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


def _mount(name: str, options: str) -> None:
    if _LIBC.mount(b"small", name.encode(), b"tmpfs", 0, options.encode()):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
