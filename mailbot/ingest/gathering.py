"""The content of one mail while a client sends it: its dots unstuffed, its size limited, on disk when it is large."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

#: What is larger is put aside on disk, so that many clients who send at once need no more memory than one.
LARGE = 1024 * 1024
_LINE_END = b"\r\n"


class Aside(Protocol):
    """Where large content is put aside, as store/sealing.py has it."""

    def write(self, piece: bytes | bytearray) -> None: ...
    def read(self) -> bytes: ...
    def close(self) -> None: ...


class Gathering:
    """Takes what stands between DATA and the lone dot, in pieces of any size, as it was sent (RFC 5321 section 4.5.2).

    The first piece begins behind a line end. `aside` is called when there is too much for memory; what it raises
    is raised by `add`.
    """

    def __init__(self, limit: int, aside: Callable[[], Aside]) -> None:
        self._limit, self._make = limit, aside
        self._memory = bytearray()
        self._aside: Aside | None = None
        self._behind = _LINE_END
        self.size = 0

    @property
    def too_much(self) -> bool:
        """Whether the limit was passed; nothing is kept then."""
        return self.size > self._limit

    @property
    def large(self) -> bool:
        return self._aside is not None

    def add(self, piece: bytes) -> None:
        """The next piece. OSError when the disk is full."""
        plain = self._unstuffed(piece)
        self.size += len(plain)
        if self.too_much:
            self.close()
            return
        if self._aside:
            self._aside.write(plain)
            return
        self._memory += plain
        if len(self._memory) > LARGE:
            self._aside = self._make()
            self._aside.write(self._memory)
            self._memory = bytearray()

    def content(self) -> bytes:
        """All of it, once."""
        return self._aside.read() if self._aside else bytes(self._memory)

    def close(self) -> None:
        """Forget what was kept."""
        self._memory = bytearray()
        if self._aside:
            self._aside.close()
            self._aside = None

    def _unstuffed(self, piece: bytes) -> bytes:
        """Without the dot that a client puts before each line that begins with one; a line end may be cut in two."""
        begin = len(self._behind)
        joined = self._behind + piece
        self._behind = joined[-2:] if joined.endswith(_LINE_END) else joined[-1:] if joined.endswith(b"\r") else b""
        # What stood behind was handed out already: it is looked at again and not handed out twice.
        return joined.replace(b"\r\n.", _LINE_END)[begin:]
