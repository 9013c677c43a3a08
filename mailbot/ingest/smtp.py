"""The listener: SMTP and LMTP in, for a mail server in front of us. The only door to aiosmtpd.

250 is said only after the commit. What may work later is refused with 4xx, what never will with 5xx, and no
answer tells anything about our insides.
"""

from __future__ import annotations

import asyncio
import contextlib
import grp
import logging
import os
import re
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from mailbot.clock import Clock
from mailbot.config import Listener as Settings
from mailbot.config import SocketAddress
from mailbot.errors import ConfigurationError
from mailbot.failpoints import failpoint
from mailbot.ingest.gathering import Gathering
from mailbot.ingest.recorder import Recorder
from mailbot.mail import Envelope as OurEnvelope
from mailbot.mail import OwnAddresses
from mailbot.memory import LargeTurn
from mailbot.store.arrivals import NewArrival
from mailbot.store.sealing import Scratch

log = logging.getLogger(__name__)
# aiosmtpd writes every command and address, and the texts of errors, into its log; ours says what staff need.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

TRY_LATER = "451 4.3.0 Temporary failure, please try again later"
#: A mail that was passed on this often goes in circles (RFC 5321 section 6.3).
MAX_RECEIVED = 100
#: So much is read at once; a line of a mail may be longer, a command may not.
_AT_ONCE = 1 << 16
_HEADER_BYTES = 1 << 20
_END = b"\r\n.\r\n"
#: A line that is longer is not even read to its end to be refused.
_LONGEST_LINE = 4 << 20
#: The null reverse-path as aiosmtpd hands it on.
NULL_PATH = "<>"
# A path (RFC 5321 section 4.1.2), a source route before it left out, then parameters. Real addresses break the
# grammar in many ways (two dots in a row, a dot at the end); what is no address of ours is refused later anyway.
_PATH = re.compile(r"<(?:@[^:>]{1,500}:)?((?:\"[^\"]{0,100}\")?[^<>\"]{0,500})>(.*)|([^<>\s]{1,500})(.*)")


@dataclass(frozen=True)
class Surroundings:
    """What the handler needs of the rest.

    `free_mb` tells how much disk is left; large mails are put aside in `folder` while they come in.
    """

    own: OwnAddresses
    recorder: Recorder
    clock: Clock
    free_mb: Callable[[], int]
    folder: Path = Path(tempfile.gettempdir())
    large_turn: LargeTurn = field(default_factory=LargeTurn)


class Connections:
    """How many clients are connected, in all and by address."""

    def __init__(self, limit: int, limit_per_client: int) -> None:
        self._limit, self._limit_per_client = limit, limit_per_client
        self._active: Counter[str] = Counter()

    def enter(self, client: str) -> bool:
        """Count a client in; False when it is one too many."""
        self._active[client] += 1
        per_client = self._limit if client == "" else self._limit_per_client
        return self._active.total() <= self._limit and self._active[client] <= per_client

    def leave(self, client: str) -> None:
        self._active[client] -= 1
        if not self._active[client]:
            del self._active[client]


class Handler:
    """What we answer to each command; aiosmtpd calls the hooks by name."""

    def __init__(self, settings: Settings, surroundings: Surroundings, source: str) -> None:
        self._settings, self._around, self._source = settings, surroundings, source

    def gathering(self) -> Gathering:
        """For the content of one mail."""
        return Gathering(self._settings.max_message_mb * 2**20, lambda: Scratch(self._around.folder))

    async def handle_MAIL(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._around.free_mb() < self._settings.min_free_mb:
            return "452 4.3.1 Insufficient system storage"
        if not address.isprintable():
            return "501 5.1.7 Bad sender address"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self._settings.max_recipients:
            return "452 4.5.3 Too many recipients"
        if not address.isprintable() or not self._around.own.owns(address):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await self._answer(envelope)
        replies = len(envelope.rcpt_tos) if isinstance(server, LMTP) else 1
        return "\r\n".join([answer] * replies)

    async def handle_exception(self, error: Exception) -> str:
        """Never 500: the sending server would give the mail back to its author for a passing fault of ours."""
        log.error("a session failed: %s", type(error).__name__)
        return TRY_LATER

    async def _answer(self, envelope: Envelope) -> str:
        gathered: Gathering = envelope.content  # type: ignore[assignment]
        if not gathered.large:
            return await self._recorded(envelope, gathered.content())
        async with self._around.large_turn.awaited():
            return await self._recorded(envelope, gathered.content())

    async def _recorded(self, envelope: Envelope, raw: bytes) -> str:
        if _received_lines(raw) > MAX_RECEIVED:
            return "554 5.4.6 Routing loop detected"
        failpoint("smtp.before_record")
        arrival = NewArrival(
            raw=raw,
            envelope=OurEnvelope((envelope.mail_from or "").removeprefix(NULL_PATH), tuple(envelope.rcpt_tos)),
            source=self._source,
            received_at=self._around.clock.now(),
        )
        try:
            await asyncio.wrap_future(self._around.recorder.record(arrival))
        except Exception:  # noqa: BLE001 the recorder has logged what it was
            return TRY_LATER
        failpoint("smtp.after_record")
        return "250 2.0.0 Message accepted"


def _received_lines(raw: bytes) -> int:
    end = raw.find(b"\r\n\r\n", 0, _HEADER_BYTES)
    head = raw[: end if end >= 0 else _HEADER_BYTES]
    return (b"\n" + head).lower().count(b"\nreceived:")


class _Limited:
    """Counts connections, and sends those that are too many away (421)."""

    line_length_limit = _AT_ONCE
    connections: Connections
    _client = ""
    _transport: Any = None
    _last = b""
    _open_line = 0

    def connection_made(self, transport: Any) -> None:
        peer = transport.get_extra_info("peername")
        self._client, self._transport = (peer[0] if isinstance(peer, tuple) else ""), transport
        if not self.connections.enter(self._client):
            transport.write(b"421 4.3.2 Too many connections, please try again later\r\n")
            transport.close()
        super().connection_made(transport)  # type: ignore[misc]

    def data_received(self, content: bytes) -> None:
        """Send a client away whose line never ends: aiosmtpd would keep all of it (ATTACKS A007)."""
        end = (self._last + content).rfind(b"\r\n")
        self._open_line = self._open_line + len(content) if end < 0 else len(self._last + content) - end - 2
        self._last = content[-1:]
        if self._open_line > _LONGEST_LINE:
            self._transport.write(b"500 5.5.2 Line too long\r\n")
            self._transport.close()
        else:
            super().data_received(content)  # type: ignore[misc]

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 aiosmtpd's name
        """As aiosmtpd's, which keeps a large mail several times over, a line at a time."""
        session: Any = self
        if await session.check_helo_needed() or await session.check_auth_needed("DATA"):
            return
        if arg or not session.envelope.rcpt_tos:
            await session.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await session.push("354 End data with <CR><LF>.<CR><LF>")
        gathered: Gathering = session.event_handler.gathering()
        try:
            failed = await _gathered(session._reader, gathered)
            session.envelope.content = gathered
            if failed:
                answer = TRY_LATER
            elif gathered.too_much:
                answer = "552 5.3.4 Too much mail data"
            else:
                answer = await session._call_handler_hook("DATA")
        finally:
            gathered.close()
        session._set_post_data_state()
        await session.push(answer)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """aiosmtpd reads paths by the letter of RFC 5322 and would turn real senders away for good."""
        path = _PATH.fullmatch(arg.strip())
        if path is None:
            return None, None
        bracketed, rest, bare, bare_rest = path.groups()
        return (bracketed or NULL_PATH, rest) if bare is None else (bare, bare_rest)

    def connection_lost(self, error: Exception | None) -> None:
        self.connections.leave(self._client)
        with contextlib.suppress(Exception):  # aiosmtpd trips over a client that was sent away
            super().connection_lost(error)  # type: ignore[misc]


async def _gathered(reader: asyncio.StreamReader, gathered: Gathering) -> bool:
    """Read to the lone dot; True when it could not be kept. Only CR LF ends a line here (ATTACKS A001)."""
    # DATA's own line end counts as the one before a dot that comes first; who sent more already sent it too early.
    reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]
    begin, failed, ended = 2, False, False
    while not ended:
        try:
            piece = await reader.readuntil(_END)
            ended = True
        except asyncio.LimitOverrunError as error:
            piece = await reader.readexactly(error.consumed)
        kept = piece[begin : len(piece) - 3 if ended else None]
        begin = max(0, begin - len(piece))
        try:
            if not failed:
                gathered.add(kept)
        except OSError as error:
            log.warning("a mail could not be put aside: %s", error.strerror)
            failed = True
    return failed


class LimitedSMTP(_Limited, SMTP):
    """An SMTP session within the limits."""


class LimitedLMTP(_Limited, LMTP):
    """An LMTP session (RFC 2033) within the limits."""


def _clear(path: Path) -> None:
    """Remove the socket of a process that is gone; one that still answers is left alone."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


def _tell_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Of what goes wrong between sessions: asyncio would log what the error says, and that may hold mail."""
    log.error("the listener met an error: %s", type(context.get("exception")).__name__)


class Listener:
    """The running listener, in a thread of its own; `start` returns when its sockets are open."""

    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._settings, self._around = settings, surroundings
        self._connections = Connections(settings.max_connections, settings.max_connections_per_client)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_tell_failure)
        self._thread = threading.Thread(target=self._loop.run_forever, name="listener", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._bound: Path | None = None

    def start(self) -> None:
        """Open the sockets. ConfigurationError when one cannot be had."""
        self._thread.start()
        smtp, lmtp = self._settings.smtp, self._settings.lmtp
        for place, opening in ((smtp, self._open_smtp), (lmtp, self._open_lmtp)):
            if place:
                self._open(place, opening)

    def _open(self, place: object, opening: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
        try:
            asyncio.run_coroutine_threadsafe(opening(place), self._loop).result()
        except (OSError, KeyError) as error:
            self.stop()
            raise ConfigurationError(
                f"the listener cannot open {place} ({getattr(error, 'strerror', None) or error}): "
                "free it, or change [listener]"
            ) from error

    def stop(self) -> None:
        """Close the sockets and end the thread; a client in the middle of a mail gets no 250 and sends again."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def smtp_port(self) -> int | None:
        """The port that SMTP listens on; the kernel chose it when the configuration said 0."""
        sockets = [s for server in self._servers for s in server.sockets if isinstance(s.getsockname(), tuple)]
        return int(sockets[0].getsockname()[1]) if sockets else None

    async def _open_smtp(self, address: SocketAddress) -> None:
        session = self._session(LimitedSMTP, "smtp")
        self._servers.append(await self._loop.create_server(session, address.host, address.port))

    async def _open_lmtp(self, path: Path) -> None:
        """A socket that is never, not for a moment, open to more users than configured."""
        _clear(path)
        with contextlib.ExitStack() as undo:
            waiting = undo.enter_context(socket.socket(socket.AF_UNIX))
            waiting.bind(str(path))  # nobody can connect before listen()
            undo.callback(path.unlink)
            path.chmod(self._settings.lmtp_mode)
            if self._settings.lmtp_group:
                os.chown(path, -1, grp.getgrnam(self._settings.lmtp_group).gr_gid)
            session = self._session(LimitedLMTP, "lmtp")
            self._servers.append(await self._loop.create_unix_server(session, sock=waiting))
            undo.pop_all()
            self._bound = path

    def _session(self, protocol: type[SMTP], source: str) -> Callable[[], SMTP]:
        handler = Handler(self._settings, self._around, source)

        def make() -> SMTP:
            session = protocol(
                handler,
                data_size_limit=self._settings.max_message_mb * 2**20,
                enable_SMTPUTF8=True,
                hostname=self._settings.hostname or self._around.own.host,
                ident="mailbot",
                timeout=self._settings.timeout_seconds,
                loop=self._loop,
            )
            session.connections = self._connections  # type: ignore[attr-defined]
            return session

        return make

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in asyncio.all_tasks(self._loop) - {asyncio.current_task()}:
            task.cancel()
        if self._bound and self._bound.is_socket():
            self._bound.unlink()
