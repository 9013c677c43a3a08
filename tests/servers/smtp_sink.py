"""A real SMTP or LMTP server in a thread of its own, which does as it is told and remembers what it got."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HANG = "hang"
DROP = "drop"
#: Whether every server here takes several commands at once (RFC 2920).
PIPELINING = False


@dataclass(frozen=True, slots=True)
class Received:
    """One message that the server read to its end, whatever it answered then.

    `options` are the parameters of MAIL and RCPT as spoken; `connection` counts from 1.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str
    options: tuple[str, ...]
    connection: int


@dataclass
class Script:
    """What the server answers: a reply line, DROP or HANG.

    The lists are used up from the front, and when one is empty all is well. `rcpt` goes by address. `login` is
    the user and password without which no mail is taken. `dsn` offers RFC 3461.
    """

    greeting: str = ""
    ehlo: list[str] = field(default_factory=list)
    mail: list[str] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    rset: list[str] = field(default_factory=list)
    before_data: list[str] = field(default_factory=list)
    after_dot: list[str] = field(default_factory=list)
    login: tuple[str, str] | None = None
    dsn: bool = False


class Sink:
    """What a test sees of the server: where it listens, what came, how often somebody connected."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.host, self.port = "127.0.0.1", 0
        self.received: list[Received] = []
        self.connections = 0
        self.arrived = threading.Condition()

    def wait_for(self, count: int, seconds: float = 20) -> list[Received]:
        """The messages, once there are `count` of them; AssertionError when they do not come."""
        with self.arrived:
            came = self.arrived.wait_for(lambda: len(self.received) >= count, seconds)
            assert came, f"{len(self.received)} of {count} messages came"
            return list(self.received)

    def note(self, received: Received) -> None:
        with self.arrived:
            self.received.append(received)
            self.arrived.notify_all()


class _Scripted:
    """Mixed into aiosmtpd's protocols: each command asks the script first."""

    sink: Sink
    transport: Any
    session: Any
    envelope: Any
    number = 0
    options: tuple[str, ...] = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self.number:  # STARTTLS makes a second call
            self.sink.connections += 1
            self.number = self.sink.connections
        super().connection_made(transport)  # type: ignore[misc]

    async def push(self, status: str | bytes) -> None:
        """The greeting is the first thing that is pushed."""
        if self.sink.script.greeting and isinstance(status, str) and status.startswith("220 "):
            status = self.sink.script.greeting
        await super().push(status)  # type: ignore[misc]

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._answered(self.sink.script.ehlo):
            await super().smtp_EHLO(hostname)  # type: ignore[misc]

    async def smtp_MAIL(self, argument: str) -> None:
        login = self.sink.script.login
        if login is not None and not self.session.authenticated:
            await self.push("530 5.7.0 Authentication required")
        elif not await self._answered(self.sink.script.mail):
            self.options = ()
            await super().smtp_MAIL(self._without_dsn(argument))  # type: ignore[misc]

    async def smtp_RCPT(self, argument: str) -> None:
        address = argument.partition("<")[2].partition(">")[0]
        scripted = self.sink.script.rcpt.get(address)
        if not await self._answered([scripted] if scripted else []):
            await super().smtp_RCPT(self._without_dsn(argument))  # type: ignore[misc]

    async def smtp_RSET(self, argument: str) -> None:
        if not await self._answered(self.sink.script.rset):
            await super().smtp_RSET(argument)  # type: ignore[misc]

    async def smtp_DATA(self, argument: str) -> None:
        if not await self._answered(self.sink.script.before_data):
            await super().smtp_DATA(argument)  # type: ignore[misc]

    def _without_dsn(self, argument: str) -> str:
        """aiosmtpd knows no RFC 3461: its parameters are remembered and taken out."""
        path, *parameters = argument.split(" ")
        self.options += tuple(parameters)
        known = [p for p in parameters if not p.startswith(("RET=", "ENVID=", "NOTIFY="))]
        return " ".join([path, *(known if self.sink.script.dsn else parameters)])

    async def _answered(self, answers: list[str]) -> bool:
        """Whether the script had an answer; DROP and HANG end the connection."""
        if not answers:
            return False
        await self.push_or_go(answers.pop(0))
        return True

    async def push_or_go(self, answer: str) -> None:
        if answer == HANG:
            await asyncio.Event().wait()  # until the other side or the test has had enough
        if answer == DROP:
            self.transport.abort()
            raise asyncio.CancelledError
        await self.push(answer)


class _Handler:
    """aiosmtpd's hooks: offer DSN, keep what comes."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_EHLO(
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        offered = ["250-DSN"] * self.sink.script.dsn + ["250-PIPELINING"] * PIPELINING
        return [*responses[:-1], *offered, responses[-1]]

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        login = session.auth_data
        self.sink.note(
            Received(
                sender="" if envelope.mail_from in (None, "<>") else envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.content,
                encrypted=session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
                user=login.login.decode() if isinstance(login, LoginPassword) else "",
                options=server.options,
                connection=server.number,
            )
        )
        answers = self.sink.script.after_dot
        if answers and answers[0] in (DROP, HANG):
            await server.push_or_go(answers.pop(0))
        return answers.pop(0) if answers else "250 2.0.0 taken"


def _connection(sink: Sink, options: Mapping[str, Any], *, lmtp: bool) -> SMTP:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        given = (login.login.decode(), login.password.decode()) if isinstance(login, LoginPassword) else None
        return AuthResult(success=given == sink.script.login, handled=False, auth_data=login)

    kind = type("Connection", (_Scripted, LMTP if lmtp else SMTP), {"sink": sink})
    connection: SMTP = kind(_Handler(sink), hostname="sink.example", authenticator=authenticate, **options)
    return connection


@contextmanager
def smtp_sink(
    script: Script | None = None,
    *,
    lmtp: bool = False,
    unix_socket: Path | None = None,
    starttls: ssl.SSLContext | None = None,
    implicit_tls: ssl.SSLContext | None = None,
    port: int = 0,
) -> Iterator[Sink]:
    """Start the server on a free loopback port (or the given one, or a UNIX socket) and stop it afterwards."""
    sink = Sink(script or Script())
    loop = asyncio.new_event_loop()
    options = {"loop": loop, "tls_context": starttls, "require_starttls": starttls is not None}
    options["auth_require_tls"] = starttls is not None

    async def listen() -> asyncio.AbstractServer:
        if unix_socket is not None:
            return await loop.create_unix_server(lambda: _connection(sink, options, lmtp=lmtp), str(unix_socket))
        return await loop.create_server(
            lambda: _connection(sink, options, lmtp=lmtp), sink.host, port, ssl=implicit_tls, family=socket.AF_INET
        )

    server = loop.run_until_complete(listen())
    if unix_socket is None:
        sink.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="smtp-sink", daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _stop(server: asyncio.AbstractServer) -> None:
    """Close the listener, then end every connection that is still open."""
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
