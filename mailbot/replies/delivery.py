"""Delivery over SMTP and LMTP: one connection for many letters, one outcome for each."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mailbot.errors import ConfigurationError
from mailbot.failpoints import failpoint
from mailbot.mail import Letter
from mailbot.replies.headers import ComposeError, ascii_address
from mailbot.replies.outcomes import Later, Outcome, Refused, Sent, Unknown, scrubbed

CLOSING = 421
GO_ON = 354
#: The answers to MAIL, RCPT and DATA after which the content is sent.
_WANTED = ((250, 251), (250, 251), (GO_ON,))
LEAVE_PATIENCE = 5.0
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
ABOUT_US = frozenset({530, 534, 535, 538})  # RFC 4954: the login is wanting, which says nothing of the letter


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait in each phase (RFC 5321 section 4.5.3.2); `final` is for the answer to the whole letter."""

    connect: float = 30
    command: float = 300
    content: float = 180
    final: float = 600


@dataclass(frozen=True, slots=True)
class Server:
    """The outgoing server. `scheme` is smtp, smtp+starttls, smtps or lmtp; for lmtp `host` may be a socket's path.

    `helo` is the name that we give ourselves, never the machine's own (ATTACKS A103). `ca_file` replaces the
    system's certificate authorities. `source` is the local address to connect from, "" for any.
    """

    scheme: str
    host: str
    port: int
    helo: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    source: str = ""
    timeouts: Timeouts = Timeouts()


class _Answers:
    """The server's answers, read line by line, each within a deadline that slow dripping cannot stretch."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.deadline = 0.0
        self.unread = b""

    def readline(self, limit: int) -> bytes:
        """One line, or what there is when the other side has ended; TimeoutError at the deadline."""
        while b"\n" not in self.unread and len(self.unread) < limit:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            self.sock.settimeout(left)
            more = self.sock.recv(4096)
            if not more:
                break
            self.unread += more
        end = self.unread.find(b"\n") + 1 or len(self.unread)
        line, self.unread = self.unread[: min(end, limit)], self.unread[min(end, limit) :]
        return line

    def close(self) -> None:
        self.unread = b""


class _Line(smtplib.SMTP):
    """smtplib's client with a deadline for every phase; `usable` is False when the next letter needs a new one."""

    def __init__(self, server: Server, tls: ssl.SSLContext | None) -> None:
        super().__init__(local_hostname=server.helo)
        self.server = server
        self.tls = tls
        self.usable = True
        self.patience = server.timeouts.connect
        if server.scheme == "lmtp":
            self.ehlo_msg = "lhlo"

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        answers = self.file if isinstance(self.file, _Answers) else _Answers(self.sock)
        answers.deadline = time.monotonic() + self.patience
        self.file = answers
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.patience)
        super().send(s)

    def open(self) -> None:
        """Connect, greet, encrypt and log in."""
        self.sock = _socket(self.server)
        if self.server.scheme == "smtps":
            self._encrypt()
        self.patience = self.server.timeouts.command
        code, answer = self.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        self.ehlo_or_helo_if_needed()
        if self.server.scheme == "smtp+starttls":
            self._start_tls()
        if self.server.user:
            self.login(self.server.user, self.server.password)

    def _start_tls(self) -> None:
        """RFC 3207: never go on in clear, and forget all that was heard before the encryption."""
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("it offers no STARTTLS")
        code, answer = self.docmd("STARTTLS")
        if code != 220:
            raise smtplib.SMTPResponseException(code, answer)
        self._encrypt()
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.ehlo_or_helo_if_needed()

    def _encrypt(self) -> None:
        assert self.sock is not None
        assert self.tls is not None
        self.sock = self.tls.wrap_socket(self.sock, server_hostname=self.server.host)

    def mail_command(self, sender: str, letter: Letter) -> str:
        """MAIL FROM; with DSN (RFC 3461) a bounce brings our id back, and never the letter's text."""
        options = f" SIZE={len(letter.content)}" if self.has_extn("size") else ""
        envelope_id = letter.message_id.partition("@")[0]
        if self.has_extn("dsn") and _PLAIN_ID.fullmatch(envelope_id):
            options += f" RET=HDRS ENVID={envelope_id}"
        return f"MAIL FROM:<{sender}>{options}"

    def rcpt_command(self, recipient: str, letter: Letter) -> str:
        """RCPT TO; nobody is told of a letter that has no return path."""
        notify = "FAILURE" if letter.envelope_sender else "NEVER"
        return f"RCPT TO:<{recipient}>" + (f" NOTIFY={notify}" if self.has_extn("dsn") else "")

    def refusal(self, *commands: str) -> tuple[int, bytes] | None:
        """Say MAIL, RCPT and DATA; None when the content may come, else the first answer that stands against it."""
        if not self.has_extn("pipelining"):
            answers = ((self.docmd(command), wanted) for command, wanted in zip(commands, _WANTED, strict=True))
            return next((answer for answer, wanted in answers if answer[0] not in wanted), None)
        heard = self._at_once(commands)
        against = [answer for answer, wanted in zip(heard, _WANTED, strict=False) if answer[0] not in wanted]
        if against and heard[-1][0] == GO_ON:
            self.usable = False  # it waits for a letter now, and would take whatever came next for its text
        return against[0] if against else None

    def _at_once(self, commands: Sequence[str]) -> list[tuple[int, bytes]]:
        """The answers to commands that go out in one write (RFC 2920).

        Where the server hangs up, those before that, if one of them says why.
        """
        self.send("".join(f"{command}\r\n" for command in commands))
        heard: list[tuple[int, bytes]] = []
        for _ in commands:
            try:
                heard.append(self.getreply())
            except (smtplib.SMTPException, OSError):
                if all(code < 400 for code, _ in heard):
                    raise
                self.usable = False
                break
        return heard

    def send_content(self, content: bytes) -> None:
        """The letter, dot-stuffed, with its final dot; an error means that the dot did not go out."""
        self.patience = self.server.timeouts.content
        ended = content if content.endswith(b"\r\n") else content + b"\r\n"
        stuffed = ended.replace(b"\r\n.", b"\r\n..")
        failpoint("delivery.before_dot")
        self.send((b"." if stuffed.startswith(b".") else b"") + stuffed + b".\r\n")
        failpoint("delivery.after_dot")

    def final_answer(self) -> tuple[int, bytes]:
        """The answer to the whole letter, for which a server may take ten minutes."""
        self.patience = self.server.timeouts.final
        try:
            return self.getreply()
        finally:
            self.patience = self.server.timeouts.command

    def start_over(self, code: int) -> None:
        """RSET after a letter that was not taken; a server that says 421 or that fails here is done with us."""
        try:
            self.usable = self.usable and code != CLOSING and self.docmd("RSET")[0] == 250
        except (smtplib.SMTPException, OSError):
            self.usable = False

    def leave(self) -> None:
        """QUIT, without waiting long for the answer."""
        self.patience = min(self.server.timeouts.command, LEAVE_PATIENCE)
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()


def _socket(server: Server) -> socket.socket:
    wait = server.timeouts.connect
    if server.host.startswith("/"):
        local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        local.settimeout(wait)
        try:
            local.connect(server.host)
        except OSError:
            local.close()
            raise
        return local
    source = (server.source, 0) if server.source else None
    remote = socket.create_connection((server.host, server.port), wait, source)
    # A letter goes out in one write: its last segment must not wait for the answer to the one before.
    remote.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return remote


class _NoConnection(Exception):
    """No letter can be sent now; the text is fit to be stored."""


class _Lost(Exception):
    """The connection ended before the server had the whole letter, so that it cannot have taken it."""


class ServerCourier:
    """Delivers to one server; safe to use again, not from two threads at once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.tls = _tls_context(server)

    def deliver(self, letters: Iterable[Letter]) -> Iterator[Outcome]:
        """One outcome a letter; once no connection can be had, the rest of them are for later."""
        down: Later | None = None
        with _Connection(self.server, self.tls) as connection:
            for letter in letters:
                outcome: Outcome
                try:
                    outcome = down or connection.send(letter)
                except _NoConnection as problem:
                    outcome = down = Later(str(problem))
                yield outcome

    def trouble(self) -> str | None:
        """Connect, encrypt, log in and leave: why no letter could be sent now, None when one could."""
        try:
            _opened(self.server, self.tls).leave()
        except _NoConnection as problem:
            return str(problem)
        return None


def _tls_context(server: Server) -> ssl.SSLContext | None:
    """Verified TLS; smtplib's own default context would trust anybody."""
    if server.scheme not in ("smtps", "smtp+starttls"):
        return None
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:
        raise ConfigurationError(
            f"The file of certificate authorities {server.ca_file} cannot be used; it must hold PEM certificates."
        ) from error


class _Connection:
    """The one connection of a delivery: opened for the first letter, opened again when it is lost."""

    def __init__(self, server: Server, tls: ssl.SSLContext | None) -> None:
        self.server = server
        self.tls = tls
        self.line: _Line | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.line is not None:
            self.line.leave()

    def send(self, letter: Letter) -> Outcome:
        """Try the letter; a connection that had gone stale since the last one is opened once more."""
        was_open = self.line is not None
        try:
            return self._try(letter)
        except _Lost as lost:
            if not was_open:
                return Later(str(lost))
        try:
            return self._try(letter)
        except _Lost as lost:
            return Later(str(lost))

    def _try(self, letter: Letter) -> Outcome:
        if self.line is None:
            self.line = _opened(self.server, self.tls)
        try:
            outcome = _transaction(self.line, letter)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _Lost("The outgoing server ended the connection before it had the letter.") from error
        if not self.line.usable:
            self._drop()
        return outcome

    def _drop(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line = None


def _opened(server: Server, tls: ssl.SSLContext | None) -> _Line:
    """A line that is ready for letters; _NoConnection says what failed."""
    line = _Line(server, tls)
    failpoint("delivery.before_connect")
    try:
        line.open()
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        line.close()
        raise _NoConnection(_why_no_connection(error)) from error
    return line


def _why_no_connection(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of the outgoing server is not trusted: {scrubbed(error.verify_message)}."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The outgoing server refused the login: {error.smtp_code} {scrubbed(error.smtp_error)}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"The outgoing server lacks what is configured: {scrubbed(str(error))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The outgoing server does not want to talk: {error.smtp_code} {scrubbed(error.smtp_error)}"
    if isinstance(error, UnicodeError):
        return "The login for the outgoing server has letters outside ASCII, which it cannot take."
    return f"The outgoing server cannot be reached: {scrubbed(str(error) or type(error).__name__)}"


def _transaction(line: _Line, letter: Letter) -> Outcome:
    """MAIL, RCPT, DATA for one letter. Raises SMTPException or OSError only before the server has all of it."""
    try:
        sender = ascii_address(letter.envelope_sender) if letter.envelope_sender else ""
        recipient = ascii_address(letter.to.address)
    except ComposeError:
        return Refused(553, "The address cannot be spoken in SMTP.")
    refused = line.refusal(line.mail_command(sender, letter), line.rcpt_command(recipient, letter), "DATA")
    if refused is not None:
        return _not_taken(line, *refused, letter)
    line.send_content(letter.content)
    try:
        code, answer = line.final_answer()
    except (smtplib.SMTPException, OSError):
        line.usable = False
        return Unknown("The connection was lost after the whole letter had been sent.")
    if 200 <= code < 300:
        return Sent(f"{code} {scrubbed(answer, letter)}")
    if 400 <= code < 600:
        return _not_taken(line, code, answer, letter)
    line.usable = False
    return Unknown("The answer to the whole letter was not one of SMTP.")


def _not_taken(line: _Line, code: int, answer: bytes, letter: Letter) -> Outcome:
    """What a 4xx or 5xx answer means for the letter; the next one starts from a clean state."""
    line.start_over(code)
    shown = f"{code} {scrubbed(answer, letter)}"
    if 500 <= code < 600 and code not in ABOUT_US:
        return Refused(code, shown)
    return Later(shown)
