"""A scripted IMAP server on loopback: polite by default, and wrong exactly where a test says so."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

CAPABILITIES = "IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE IDLE"
_SEARCH = re.compile(rb"UID (\d+):(\d+)")


@dataclass
class Dialogue:
    """One connection; `seen` are the lines that the client sent, in clear and under TLS alike."""

    link: socket.socket
    seen: list[bytes] = field(default_factory=list)
    buffer: bytes = b""

    def send(self, *lines: str | bytes) -> None:
        self.link.sendall(b"".join(_octets(line) + b"\r\n" for line in lines))

    def send_raw(self, octets: bytes) -> None:
        self.link.sendall(octets)

    def line(self) -> bytes:
        """The next line of the client; EOFError at its end."""
        while b"\r\n" not in self.buffer:
            part = self.link.recv(65536)
            if not part:
                raise EOFError
            self.buffer += part
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        self.seen.append(line)
        return line


#: Answers one command in place of the polite server; `rest` is the command line behind its tag.
Answer = Callable[["HostileImap", Dialogue, str, bytes], None]


@dataclass
class HostileImap:
    """`mail` holds what the one folder contains, by UID. `answers` are by command name ("UID FETCH", "LOGIN")."""

    ca: trustme.CA
    names: tuple[str, ...] = ("localhost",)
    tls: bool = True
    greeting: str = "* OK ready"
    capabilities: str = CAPABILITIES
    mail: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int | None = 7
    answers: dict[str, Answer] = field(default_factory=dict)
    dialogues: list[Dialogue] = field(default_factory=list)
    moved: dict[int, bytes] = field(default_factory=dict)
    date: str = "21-Nov-2026 10:00:00 +0000"

    host = "localhost"
    port = 0

    @property
    def uidnext(self) -> int:
        return max([*self.mail, *self.moved], default=0) + 1

    def heard(self) -> bytes:
        """All that any client ever said."""
        return b"\n".join(line for dialogue in list(self.dialogues) for line in dialogue.seen)

    def serve(self, dialogue: Dialogue) -> None:
        dialogue.send(self.greeting)
        while True:
            tag, _, rest = dialogue.line().partition(b" ")
            self.answer(dialogue, tag.decode(), rest)

    def answer(self, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        words = rest.decode("ascii", "replace").upper().split(" ")
        name = " ".join(words[:2]) if words[0] == "UID" else words[0]
        chosen = self.answers.get(name) or POLITE.get(name)
        if chosen is None:
            dialogue.send(f"{tag} BAD unknown")
        else:
            chosen(self, dialogue, tag, rest)

    def fetched(self, uid: int, rest: bytes) -> bytes:
        """An honest FETCH response for one message."""
        raw, number = self.mail[uid], sorted(self.mail).index(uid) + 1
        if b"RFC822.SIZE" in rest:
            told = f'* {number} FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE "{self.date}")\r\n'
            return told.encode()
        if b"BODY.PEEK[HEADER]" in rest:
            raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            return b"* %d FETCH (UID %d BODY[HEADER]<0> {%d}\r\n%s)\r\n" % (number, uid, len(raw), raw)
        return b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (number, uid, len(raw), raw)


def _capability(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    dialogue.send(f"* CAPABILITY {server.capabilities}", f"{tag} OK done")


def _authenticate(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    dialogue.send("+ ")
    dialogue.line()
    dialogue.send(f"{tag} OK in")


def _select(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    told = [f"* {len(server.mail)} EXISTS", "* 0 RECENT", f"* OK [UIDNEXT {server.uidnext}] next"]
    if server.uidvalidity is not None:
        told.append(f"* OK [UIDVALIDITY {server.uidvalidity}] valid")
    mode = "READ-ONLY" if rest.upper().startswith(b"EXAMINE") else "READ-WRITE"
    dialogue.send(*told, f"{tag} OK [{mode}] selected")


def _search(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    ranged = _SEARCH.search(rest)
    low, high = (int(ranged[1]), int(ranged[2])) if ranged else (1, 2**32)
    found = " ".join(str(uid) for uid in sorted(server.mail) if low <= uid <= high)
    dialogue.send(f"* SEARCH {found}".rstrip(), f"{tag} OK done")


def _uid_fetch(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    for uid in uids_in(rest):
        if uid in server.mail:
            dialogue.send_raw(server.fetched(uid, rest))
    dialogue.send(f"{tag} OK done")


def _fetch(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    number = int(rest.split(b" ")[1])
    if number > len(server.mail):
        dialogue.send(f"{tag} BAD there is no such message")
        return
    dialogue.send(f"* {number} FETCH (UID {sorted(server.mail)[number - 1]})", f"{tag} OK done")


def _move(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    for uid in uids_in(rest):
        if uid in server.mail:
            server.moved[uid] = server.mail.pop(uid)
    dialogue.send(f"{tag} OK done")


def _ok(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    dialogue.send(f"{tag} OK done")


def _idle(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    dialogue.send("+ idling")
    dialogue.line()
    dialogue.send(f"{tag} OK done")


def _logout(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
    dialogue.send("* BYE", f"{tag} OK bye")
    raise EOFError


POLITE: dict[str, Answer] = {
    "CAPABILITY": _capability,
    "AUTHENTICATE": _authenticate,
    "SELECT": _select,
    "EXAMINE": _select,
    "UID SEARCH": _search,
    "UID FETCH": _uid_fetch,
    "FETCH": _fetch,
    "UID MOVE": _move,
    "UID STORE": _ok,
    "LOGIN": _ok,
    "NOOP": _ok,
    "IDLE": _idle,
    "LOGOUT": _logout,
}


def polite(name: str) -> Answer:
    """The honest answer, for a script that is wrong only sometimes."""
    return POLITE[name]


def endless(*begin: str | bytes, line: bytes) -> Answer:
    """An answer that begins well and never ends."""

    def answer(server: HostileImap, dialogue: Dialogue, tag: str, rest: bytes) -> None:
        dialogue.send(*begin)
        while True:
            dialogue.send_raw(line * 1000)

    return answer


def uids_in(rest: bytes) -> list[int]:
    """The UIDs of a command as "UID FETCH 1:3,7 (…)"."""
    uids: list[int] = []
    for run in rest.split(b" ")[2].split(b","):
        low, _, high = run.partition(b":")
        uids.extend(range(int(low), int(high or low) + 1))
    return uids


@contextmanager
def running(server: HostileImap, folder: Path, certificate: trustme.LeafCert | None = None) -> Iterator[HostileImap]:
    """Serve until the block ends; the CA file is folder/ca.pem."""
    server.ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (certificate or server.ca.issue_cert(*server.names)).configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=converse, args=(server, link, context)))
            threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(10)
        for dialogue in server.dialogues:
            with suppress(OSError):
                dialogue.link.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(10)


def converse(server: HostileImap, link: socket.socket, context: ssl.SSLContext) -> None:
    """One connection from its beginning to its end; how the client ends it does not matter."""
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    dialogue = Dialogue(link)
    server.dialogues.append(dialogue)
    with suppress(OSError, EOFError, ValueError):
        if server.tls:
            begin_tls(dialogue, context)
        elif "STARTTLS" not in server.answers:
            server.answers["STARTTLS"] = lambda server, talk, tag, rest: _starttls(talk, tag, context)
        server.serve(dialogue)
    dialogue.link.close()


def begin_tls(dialogue: Dialogue, context: ssl.SSLContext) -> None:
    dialogue.link = context.wrap_socket(dialogue.link, server_side=True)


def _starttls(dialogue: Dialogue, tag: str, context: ssl.SSLContext) -> None:
    dialogue.send(f"{tag} OK begin")
    begin_tls(dialogue, context)


def _octets(line: str | bytes) -> bytes:
    return line.encode() if isinstance(line, str) else line
