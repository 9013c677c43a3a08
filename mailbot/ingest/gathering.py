"""The content of one mail while a client sends it: its dots unstuffed, its size limited, on disk when it is large."""

from __future__ import annotations

from collections.abc import Callable

from mailbot.store.sealing import Scratch

#: What is larger is put aside on disk, so that many clients who send at once need no more memory than one.
LARGE = 1024 * 1024
_LINE_END = b"\r\n"


class Gathering:
    """Takes what stands between DATA and the lone dot, in pieces of any size, as it was sent (RFC 5321 section 4.5.2).

    The first piece begins behind a line end. `scratch` is called when there is too much for memory; what it raises
    is raised by `add`.
    """

    def __init__(self, limit: int, scratch: Callable[[], Scratch]) -> None:
        self._limit, self._make = limit, scratch
        self._memory = bytearray()
        self._scratch: Scratch | None = None
        self._behind = _LINE_END
        self.size = 0

    @property
    def too_much(self) -> bool:
        """Whether the limit was passed; nothing is kept then."""
        return self.size > self._limit

    @property
    def large(self) -> bool:
        return self._scratch is not None

    def add(self, piece: bytes) -> None:
        """The next piece. OSError when the disk is full."""
        plain = self._unstuffed(piece)
        self.size += len(plain)
        if self.too_much:
            self.close()
            return
        if self._scratch:
            self._scratch.write(plain)
            return
        self._memory += plain
        if len(self._memory) > LARGE:
            self._scratch = self._make()
            self._scratch.write(self._memory)
            self._memory = bytearray()

    def content(self) -> bytes:
        """All of it, once."""
        return self._scratch.read() if self._scratch else bytes(self._memory)

    def close(self) -> None:
        """Forget what was kept."""
        self._memory = bytearray()
        if self._scratch:
            self._scratch.close()
            self._scratch = None

    def _unstuffed(self, piece: bytes) -> bytes:
        """Without the dot that a client puts before each line that begins with one; a line end may be cut in two."""
        begin = len(self._behind)
        joined = self._behind + piece
        self._behind = joined[-2:] if joined.endswith(_LINE_END) else joined[-1:] if joined.endswith(b"\r") else b""
        # What stood behind was handed out already: it is looked at again and not handed out twice.
        return joined.replace(b"\r\n.", _LINE_END)[begin:]
