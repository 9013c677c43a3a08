"""A TCP proxy that cuts a connection after so many octets of one side, as a failing network would."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

HOST = "127.0.0.1"
WAIT = 20.0


class Side(StrEnum):
    """Whose octets are counted: those of the one who called, or of the server behind the proxy."""

    CALLER = "caller"
    SERVER = "server"


@dataclass
class Cut:
    """The connection ends with a reset once this side has sent `octets`; what came before them is passed on."""

    side: Side
    octets: int


@dataclass
class CuttingProxy:
    """Callers connect to `port`; `cut` is for every connection while it stands, None passes all.

    `passed` is how much each side has sent through the latest connection.
    """

    server_port: int
    port: int = 0
    cut: Cut | None = None
    passed: dict[Side, int] = field(default_factory=dict)

    def join(self, caller: socket.socket, server: socket.socket) -> None:
        """Pass octets both ways until a side ends or the cut comes."""
        self.passed = dict.fromkeys(Side, 0)
        back = threading.Thread(target=self._pass, args=(server, caller, Side.SERVER), daemon=True)
        back.start()
        self._pass(caller, server, Side.CALLER)
        back.join(WAIT)

    def _pass(self, source: socket.socket, target: socket.socket, side: Side) -> None:
        with suppress(OSError):
            while octets := source.recv(65536):
                left = self.cut.octets - self.passed[side] if self.cut and self.cut.side is side else None
                octets = octets[:left]
                target.sendall(octets)
                self.passed[side] += len(octets)
                if left is not None and len(octets) == left:
                    break
        for each in (source, target):
            hang_up(each)


def hang_up(link: socket.socket) -> None:
    """End a link so that what was passed still arrives, and whoever waits in another thread wakes up."""
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)


def reset(link: socket.socket) -> None:
    """Close a link with RST instead of FIN."""
    with suppress(OSError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


@contextmanager
def cutting_proxy(server_port: int) -> Iterator[CuttingProxy]:
    """A proxy before the server on this loopback port, on a free port of its own, until the block ends."""
    proxy = CuttingProxy(server_port)
    with socket.create_server((HOST, 0)) as listener:
        proxy.port = listener.getsockname()[1]
        thread = threading.Thread(target=_accept, args=(listener, proxy), name="cutting-proxy", daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(WAIT)


def _accept(listener: socket.socket, proxy: CuttingProxy) -> None:
    with suppress(OSError):
        while True:
            caller, _ = listener.accept()
            threading.Thread(target=_serve, args=(proxy, caller), daemon=True).start()


def _serve(proxy: CuttingProxy, caller: socket.socket) -> None:
    try:
        server = socket.create_connection((HOST, proxy.server_port), WAIT)
    except OSError:
        reset(caller)
        return
    try:
        proxy.join(caller, server)
    finally:
        reset(server)
        reset(caller)
