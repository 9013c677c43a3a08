"""A ClamAV daemon on the loopback that knows one virus, and all that can go wrong with one."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CLEAN, SILENCE, GARBAGE, ERROR, TOO_LARGE, HANGS_UP, DRIP = (
    "clean",
    "silence",
    "garbage",
    "error",
    "too large",
    "hangs up",
    "drip",
)
# The test file of the scanners' makers, in two pieces so that no scanner takes this source for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """`state` is how it behaves; `seen` holds the mails that it was shown."""

    address: str = ""
    state: str = CLEAN
    name: bytes = b"Eicar-Test-Signature"
    seen: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def serve(self, request: socketserver.StreamRequestHandler) -> None:
        command = _word(request)
        if self.state == SILENCE:
            self.closing.wait(30)
        elif self.state == HANGS_UP:
            return
        elif self.state == DRIP:
            while not self.closing.wait(0.05):
                request.wfile.write(b"s")
        elif self.state == GARBAGE:
            request.wfile.write(b"\xff\xfe\0")
        elif command == b"zPING":
            request.wfile.write(b"PONG\0")
        else:
            request.wfile.write(self._answer(request))

    def _answer(self, request: socketserver.StreamRequestHandler) -> bytes:
        if self.state == TOO_LARGE:
            return b"INSTREAM size limit exceeded. ERROR\0"
        raw = _stream(request)
        self.seen.append(raw)
        if self.state == ERROR:
            return b"stream: Can't allocate memory ERROR\0"
        return b"stream: " + self.name + b" FOUND\0" if EICAR in raw else b"stream: OK\0"


def _word(request: socketserver.StreamRequestHandler) -> bytes:
    word = b""
    while (letter := request.rfile.read(1)) not in (b"\0", b""):
        word += letter
    return word


def _stream(request: socketserver.StreamRequestHandler) -> bytes:
    pieces = []
    while length := struct.unpack("!I", request.rfile.read(4))[0]:
        pieces.append(request.rfile.read(length))
    return b"".join(pieces)


@contextmanager
def running_clamd(socket: Path | None = None) -> Iterator[Clamd]:
    """One over TCP, or over a UNIX socket at this path."""
    clamd = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                clamd.serve(self)
            except (OSError, struct.error):
                return

    kind = socketserver.ThreadingUnixStreamServer if socket else socketserver.ThreadingTCPServer
    where = str(socket) if socket else ("127.0.0.1", 0)
    with kind(where, Handler) as server:  # type: ignore[arg-type]
        server.daemon_threads = True
        clamd.address = str(socket) if socket else f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield clamd
        finally:
            clamd.closing.set()
            server.shutdown()
            thread.join()
