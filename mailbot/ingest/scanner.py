"""Asks a ClamAV daemon whether a mail carries something known to do harm (ATTACKS A062); only on this machine."""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from mailbot.errors import ScannerUnavailable

_CHUNK = 64 * 1024
_MOST_ANSWER = 4096
_LENGTH = struct.Struct("!I")
_UNSAFE = re.compile(r"[^A-Za-z0-9._/-]+")
_REMEDY = "see that clamd runs and that scanner.clamd or scanner.socket names it"


@dataclass(frozen=True, slots=True)
class Scanner:
    """`where` is the path of a UNIX socket, or a host and a port; a mail is given up after `seconds`."""

    where: Path | tuple[str, int]
    seconds: float = 60.0

    def __call__(self, raw: bytes) -> str:
        """What was found in the mail, "" for nothing. Raises ScannerUnavailable when there is no clear answer."""
        answer = self._asked(lambda peer: _stream(peer, raw))
        name, _, verdict = answer.removeprefix("stream: ").rpartition(" ")
        if verdict == "FOUND":
            return _UNSAFE.sub("_", name)[:80] or "something"
        if answer == "stream: OK":
            return ""
        if "size limit" in answer:
            raise ScannerUnavailable("The mail is too large for the virus scanner; raise StreamMaxLength of clamd.")
        raise ScannerUnavailable(f"The virus scanner gave no clear answer; {_REMEDY}.")

    def trouble(self) -> str | None:
        """What keeps the scanner from answering, for `mailbot check`; None when all is well."""
        try:
            answer = self._asked(lambda peer: peer.send(b"zPING\0"))
        except ScannerUnavailable as error:
            return str(error)
        return None if answer == "PONG" else f"what answers there is no clamd; {_REMEDY}"

    def _asked(self, ask: Callable[[_Peer], object]) -> str:
        try:
            with closing(self._connected()) as connection:
                peer = _Peer(connection, time.monotonic() + self.seconds)
                # When it has heard enough it answers and hangs up, while we still speak.
                with suppress(BrokenPipeError, ConnectionResetError):
                    ask(peer)
                return peer.answer()
        except OSError as error:
            raise ScannerUnavailable(f"The virus scanner did not answer ({type(error).__name__}); {_REMEDY}.") from None

    def _connected(self) -> socket.socket:
        if isinstance(self.where, tuple):
            return socket.create_connection(self.where, timeout=self.seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.seconds)
        try:
            connection.connect(str(self.where))
        except OSError:
            connection.close()
            raise
        return connection


@dataclass(frozen=True, slots=True)
class _Peer:
    """A connection with one deadline for all that is said on it, however slowly."""

    connection: socket.socket
    deadline: float

    def send(self, content: bytes) -> None:
        self._wait()
        self.connection.sendall(content)

    def answer(self) -> str:
        heard = b""
        while len(heard) < _MOST_ANSWER and b"\0" not in heard:
            self._wait()
            piece = self.connection.recv(_MOST_ANSWER)
            if not piece:
                break
            heard += piece
        return heard.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def _wait(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)


def _stream(peer: _Peer, raw: bytes) -> None:
    """INSTREAM: pieces with their lengths, and an empty one at the end."""
    peer.send(b"zINSTREAM\0")
    for start in range(0, len(raw), _CHUNK):
        piece = raw[start : start + _CHUNK]
        peer.send(_LENGTH.pack(len(piece)) + piece)
    peer.send(_LENGTH.pack(0))
