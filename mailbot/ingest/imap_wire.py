"""The bytes between us and an IMAP server: each answer is bounded in length, in literals and in time."""

from __future__ import annotations

import imaplib
import io
import select
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

LONGEST_LINE = 1_000_000
CHUNK = 64 * 1024
#: What any answer may hold beside what was asked for: untagged lines that other clients cause.
SLACK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mailbox is. There is no way to say "without TLS": `starttls` is for port 143."""

    host: str
    port: int = 993
    security: Literal["tls", "starttls"] = "tls"
    ca_file: Path | None = None

    def trust(self) -> ssl.SSLContext:
        """Verifies the chain and the host name; `ca_file` replaces the system's authorities."""
        context = ssl.create_default_context(cafile=self.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to connect, of silence within an answer, for a whole answer, and for the answer to DONE."""

    connect: float = 15
    silence: float = 30
    answer: float = 120
    done: float = 10


class Overrun(Exception):
    """The server sends more than the command can need (ATTACKS A015, A021, A024)."""


class Wire(imaplib.IMAP4):
    """imaplib's dialogue over reads of our own.

    `expect` says before each command how much may come back and within how long; what exceeds it raises
    Overrun or TimeoutError, and the connection is of no further use.
    """

    def __init__(self, server: Server, patience: Patience, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._patience = patience
        self._monotonic = monotonic
        self._buffer = bytearray()
        self._literal_limit = 0
        self._allowed = 0
        self._deadline = 0.0
        #: Whether the server told of more messages since the folder was selected.
        self.grew = False
        self.expect(SLACK, seconds=patience.answer)
        super().__init__(server.host, server.port, patience.connect)

    def expect(self, size: int, *, literal: int = CHUNK, seconds: float | None = None) -> None:
        """The next answer may take `size` bytes (and some slack), no literal longer than `literal`."""
        self._allowed = size + SLACK
        self._literal_limit = literal
        self._deadline = self._monotonic() + (seconds or self._patience.answer)
        told = getattr(self, "untagged_responses", {})
        self.grew = self.grew or "EXISTS" in told
        self.untagged_responses = {key: value for key, value in told.items() if key == "BYE"}

    # What imaplib calls.

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        _prepare(plain)
        if self._server.security == "starttls":
            return plain
        return self._wrapped(plain)

    def readline(self) -> bytes:
        begin = 0
        while (end := self._buffer.find(b"\n", begin)) < 0:
            begin = len(self._buffer)
            if begin > LONGEST_LINE:
                raise Overrun("an endless line")
            self._buffer += self._receive()
        return self._consume(end + 1)

    def read(self, size: int) -> bytes:
        if size > self._literal_limit:
            raise Overrun("a literal longer than what was asked for")
        literal = io.BytesIO()  # it hands its bytes over without another copy
        literal.write(self._consume(min(size, len(self._buffer))))
        while (left := size - literal.tell()) > 0:
            literal.write(self._receive(left))
        return literal.getvalue()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> NoReturn:
        raise NotImplementedError("secure() is the only way to begin TLS here")

    def secure(self) -> None:
        """STARTTLS; whatever was said in clear before is forgotten, and what is queued behind it is refused (A018)."""
        answer, _ = self._simple_command("STARTTLS")
        if answer != "OK" or self._buffer:
            raise Overrun("no clean beginning of TLS")
        self.sock = self._wrapped(self.sock)
        self._tls_established = True
        self.untagged_responses = {}
        self._get_capabilities()

    # IDLE (RFC 2177), without imapclient's idle_check(), which takes the end of a connection for silence.

    def forget_news(self) -> None:
        """The folder was selected just now: what SELECT told of its size is no news."""
        self.untagged_responses.pop("EXISTS", None)
        self.grew = False

    def begin_idle(self) -> bool:
        """Ask for news; True when there is some already, told with an earlier answer or before this one.

        The caller has seen that the server offers IDLE.
        """
        self._idle_tag = self._command("IDLE")
        while self._get_response() is not None:
            if self.tagged_commands[self._idle_tag]:
                raise self.error(f"IDLE was refused: {self.tagged_commands.pop(self._idle_tag)}")
        return self.grew or "EXISTS" in self.untagged_responses

    def news_within(self, seconds: float) -> bool:
        """True as soon as the number of messages changes; False when nothing did. Raises when the link is dead."""
        self.expect(0, seconds=seconds + self._patience.silence)
        if not self._readable(seconds):
            return False
        line = self.readline().upper()
        if line.startswith(b"* BYE"):
            raise self.abort("BYE")
        return line.rstrip().endswith((b"EXISTS", b"RECENT"))

    def end_idle(self) -> None:
        """Take the server out of IDLE. TimeoutError when it no longer answers."""
        self.expect(CHUNK, seconds=self._patience.done)
        self.send(b"DONE\r\n")
        self._command_complete("IDLE", self._idle_tag)

    def _readable(self, seconds: float) -> bool:
        waiting = self.sock.pending() if isinstance(self.sock, ssl.SSLSocket) else 0
        if self._buffer or waiting:
            return True
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def _wrapped(self, plain: socket.socket) -> ssl.SSLSocket:
        return self._server.trust().wrap_socket(plain, server_hostname=self.host)

    def _receive(self, at_most: int = CHUNK) -> bytes:
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(min(left, self._patience.silence))
        part = self.sock.recv(min(at_most, CHUNK))
        if not part:
            raise self.abort("socket error: EOF")
        self._allowed -= len(part)
        if self._allowed < 0:
            raise Overrun("more bytes than what was asked for")
        return part

    def _consume(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _mesg(self, *_: Any) -> None:
        """imaplib would log every line, tokens and mail included."""


def _prepare(link: socket.socket) -> None:
    """Send commands at once (imapclient writes some in two parts, which would cost 40 ms each).

    Let the kernel notice within half a minute that the other side is gone, even while nobody talks.
    """
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
