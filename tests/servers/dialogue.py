"""A client that says exactly the bytes it is told to, over TCP or a UNIX socket, and reads whole replies."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT = 20.0


class Dialogue:
    """One connection; `say` sends a line and returns the reply, "" when the server has hung up."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.unread = b""
        connection.settimeout(WAIT)

    def send(self, content: bytes) -> None:
        self.connection.sendall(content)

    def reply(self) -> str:
        """The next reply, its lines joined by newlines."""
        lines = []
        while True:
            line = self._line()
            lines.append(line)
            if line[3:4] != "-":
                return "\n".join(lines)

    def say(self, line: str | bytes) -> str:
        self.send((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        return self.reply()

    def code(self, line: str | bytes) -> int:
        """The code of the reply to a line; 0 when the server has hung up."""
        return int(self.say(line)[:3] or 0)

    def hung_up(self) -> bool:
        """Whether nothing more comes."""
        try:
            return self.unread == b"" and self.connection.recv(1) == b""
        except ConnectionError:
            return True

    def rest(self) -> str:
        """Everything until the server hangs up."""
        try:
            while more := self.connection.recv(65536):
                self.unread += more
        except ConnectionError:
            pass
        return self.unread.decode()

    def _line(self) -> str:
        while b"\n" not in self.unread:
            try:
                more = self.connection.recv(4096)
            except ConnectionError:
                return ""
            if not more:
                return ""
            self.unread += more
        line, _, self.unread = self.unread.partition(b"\n")
        return line.rstrip(b"\r").decode()


@contextmanager
def dialogue(where: int | Path, greet: str = "EHLO client.example") -> Iterator[Dialogue]:
    """A dialogue with the server on this port or socket, after its greeting and ours."""
    kind = socket.AF_UNIX if isinstance(where, Path) else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as connection:
        connection.settimeout(WAIT)
        connection.connect(str(where) if isinstance(where, Path) else ("127.0.0.1", where))
        talk = Dialogue(connection)
        talk.reply()
        if greet:
            talk.say(greet)
        yield talk
