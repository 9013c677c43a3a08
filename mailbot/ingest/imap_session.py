"""The door to imapclient: one verified connection to one account, and what a pass asks of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self, TypeGuard

from imapclient import IMAPClient, SocketTimeout
from imapclient.datetime_util import parse_to_datetime
from imapclient.response_parser import parse_response

from mailbot.errors import ConfigurationError
from mailbot.ingest.imap_login import Login
from mailbot.ingest.imap_plan import Described
from mailbot.ingest.imap_trouble import CommandRefused, ServerMisbehaves, telling, telling_login
from mailbot.ingest.imap_wire import Overrun, Patience, Server, Wire

# imapclient logs commands, and what it cannot decode of a server's words even as a warning (ATTACKS A023).
logging.getLogger("imapclient").setLevel(logging.CRITICAL)

#: UIDs of one listing: an answer stays far below the longest line, and a stop is heard in between.
WINDOW = 1_000
BIGGEST_UID = 2**32 - 1
LONGEST_NAME = 255
#: Room for what stands around each message in an answer.
PER_MESSAGE = 512


@dataclass(frozen=True, slots=True)
class SelectedFolder:
    """What SELECT told. `uidvalidity` is None when the server did not say; `uidnext` is then of no use either."""

    name: str
    uidvalidity: int | None
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """Contents by UID. `unusable` answered with nothing, with two contents, or for a UID that was not asked for."""

    contents: dict[int, bytes] = field(repr=False)
    unusable: frozenset[int] = frozenset()


class _Client(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    """IMAPClient over our bounded wire."""

    def __init__(self, server: Server, patience: Patience) -> None:
        self._server, self._patience = server, patience
        timeout = SocketTimeout(patience.connect, patience.silence)
        super().__init__(server.host, server.port, ssl=server.security == "tls", timeout=timeout)
        self._imap.debug = 0

    def _create_IMAP4(self) -> Wire:  # noqa: N802 imapclient's name
        return Wire(self._server, self._patience)


class ImapSession:
    """A logged-in connection. Every method raises MailboxTrouble; after one other than CommandRefused, close it."""

    def __init__(self, client: Any, host: str) -> None:
        self._client = client
        self._wire: Wire = client._imap
        self._host = host
        self.capabilities: frozenset[bytes] = frozenset(client.capabilities())
        #: Whether the server says that it has IDLE; who finds out otherwise notes it here.
        self.can_idle = b"IDLE" in self.capabilities
        #: The folder that is selected; "" before the first.
        self.folder = ""

    @classmethod
    def open(cls, server: Server, login: Login, patience: Patience | None = None) -> Self:
        """Connect, verify, then log in. Nothing secret is sent before TLS stands (ATTACKS A016, A017)."""
        with telling(server.host, "the connection"):
            client = _Client(server, patience or Patience())
        try:
            _secure(client, server)
            with telling_login(server.host):
                client._imap.expect(0)
                login.present(client._imap)
            with telling(server.host, "CAPABILITY"):
                client._imap.expect(0)
                client._cached_capabilities = None
                return cls(client, server.host)
        except BaseException:
            _shut(client)
            raise

    def close(self) -> None:
        """Log out when the server still listens; never raises."""
        with suppress(Exception):
            self._wire.expect(0, seconds=2)
            self._client.logout()
        _shut(self._client)

    def select(self, folder: str, *, read_only: bool) -> SelectedFolder:
        """Open a folder; read-only leaves even \\Recent alone. CommandRefused when there is none."""
        name = checked_name(folder)
        with telling(self._host, "SELECT"):
            self._wire.expect(0)
            told = self._client.select_folder(name, readonly=read_only)
            self._wire.forget_news()
            self.folder = folder
            exists, uidvalidity, uidnext = (told.get(key) for key in (b"EXISTS", b"UIDVALIDITY", b"UIDNEXT"))
        if not uidvalidity or not isinstance(exists, int):
            return SelectedFolder(folder, None, 0, 0)
        if not uidnext:
            uidnext = self._uid_at(exists) + 1 if exists else 1
        return SelectedFolder(folder, uidvalidity, uidnext, exists)

    def listed(
        self, folder: SelectedFolder, low: int, below: int, since: date | None = None
    ) -> Iterator[tuple[tuple[int, int], list[int]]]:
        """The UIDs in [low, below), as ((from, below), uids) windows that leave no gap between them.

        The windows are cut at the UIDs of every 1,000th message, so that no answer grows with the folder.
        With `since` the server leaves out what reached the folder before that day.
        """
        for begin, end in self._windows(folder, low, below):
            yield (begin, end), self._search(begin, end, since)

    def describe(self, uids: Sequence[int]) -> dict[int, Described]:
        """Sizes and dates; UIDs that are gone, and sizes that cannot be, are left out."""
        with telling(self._host, "FETCH"):
            self._wire.expect(len(uids) * PER_MESSAGE)
            found: dict[int, Described] = {}
            for uid, items in self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)"):
                size = items.get(b"RFC822.SIZE")
                if isinstance(size, int):
                    found[uid] = Described(size, _moment(items.get(b"INTERNALDATE")))
            return found

    def fetch(self, sizes: dict[int, int], most: int) -> Fetched:
        """Whole messages without marking them as read; `sizes` as described, `most` bytes for any one of them."""
        return self._contents(tuple(sizes), "BODY.PEEK[]", b"BODY[]", sum(sizes.values()), most)

    def fetch_headers(self, uids: tuple[int, ...], most: int) -> dict[int, bytes]:
        """At most `most` bytes of each header; what did not come is left out."""
        item = f"BODY.PEEK[HEADER]<0.{most}>"
        return self._contents(uids, item, b"BODY[HEADER]<0>", most * len(uids), most).contents

    def present(self, uids: Sequence[int]) -> frozenset[int]:
        """Which of these are still in the folder."""
        with telling(self._host, "SEARCH"):
            self._wire.expect(0)
            answered = self._client.search(["UID", uid_set(uids)])
            return frozenset(uids).intersection(answered)

    def move(self, uids: Sequence[int], target: str) -> None:
        """MOVE, else COPY and UID EXPUNGE, else COPY and \\Deleted: never an EXPUNGE without UIDs.

        The folder is made when it is missing. UIDs that are gone are no error. CommandRefused: nothing is lost.
        """
        name = checked_name(target)
        with telling(self._host, "MOVE"):
            self._wire.expect(CHUNK_OF_ANSWERS)
            try:
                self._move(uids, name)
            except self._wire.error as error:
                if "[TRYCREATE]" not in str(error).upper():
                    raise
                self._client.create_folder(name)
                self._wire.expect(CHUNK_OF_ANSWERS)
                self._move(uids, name)

    def flag(self, uids: Sequence[int], flag: str) -> None:
        """Add a flag. CommandRefused when the server does not take it."""
        with telling(self._host, "STORE"):
            self._wire.expect(CHUNK_OF_ANSWERS)
            self._client.add_flags(uid_set(uids), [checked_flag(flag)], silent=True)

    def begin_idle(self) -> bool:
        """Wait for news of the selected folder; True when there is some already."""
        with telling(self._host, "IDLE"):
            self._wire.expect(0)
            return self._wire.begin_idle()

    def news_within(self, seconds: float) -> bool:
        """While in IDLE: True when the number of messages changed."""
        with telling(self._host, "IDLE"):
            return self._wire.news_within(seconds)

    def end_idle(self) -> None:
        with telling(self._host, "the end of IDLE"):
            self._wire.end_idle()

    def _move(self, uids: Sequence[int], name: str) -> None:
        if b"MOVE" in self.capabilities:
            self._client.move(uid_set(uids), name)
            return
        self._client.copy(uid_set(uids), name)
        self._client.add_flags(uid_set(uids), [b"\\Deleted"], silent=True)
        if b"UIDPLUS" in self.capabilities:
            self._client.uid_expunge(uid_set(uids))

    def _windows(self, folder: SelectedFolder, low: int, below: int) -> Iterator[tuple[int, int]]:
        """Each of about WINDOW messages, also while those that were listed are moved away."""
        begin, place = low, 1
        while below - begin > WINDOW:
            place = self._place_of(begin, place, folder.exists)
            cut = self._uid_at(place + WINDOW)
            if not begin < cut < below:
                break
            yield begin, cut
            begin, place = cut, place + WINDOW
        if begin < below:
            yield begin, below

    def _place_of(self, uid: int, likely: int, exist: int) -> int:
        """About the number of the first message from this UID on: where it was, or at the top, else by halving."""
        if uid == 1 or self._uid_at(1) >= uid:
            return 1
        if self._uid_at(likely) == uid:
            return likely
        low, high = 1, exist + 1
        while low < high:
            middle = (low + high) // 2
            if 0 < self._uid_at(middle) < uid:
                low = middle + 1
            else:
                high = middle
        return low

    def _uid_at(self, place: int) -> int:
        """The UID of a message by its number, 0 when there is none.

        It is only a hint where to cut, since others may expunge meanwhile.
        """
        try:
            with telling(self._host, "FETCH"):
                self._wire.expect(PER_MESSAGE)
                tag = self._wire._command("FETCH", str(place), "(UID)")
                told = [items.get(b"UID") for _, items in _responses(self._answer(tag))]
        except CommandRefused:
            return 0
        return next((uid for uid in told if is_uid(uid)), 0)

    def _search(self, begin: int, end: int, since: date | None) -> list[int]:
        with telling(self._host, "SEARCH"):
            self._wire.expect(0)
            criteria: list[Any] = ["UID", f"{begin}:{end - 1}"]
            answered = self._client.search(criteria + (["SINCE", since] if since else []))
            return sorted({uid for uid in answered if begin <= uid < end})

    def _contents(self, uids: tuple[int, ...], item: str, key: bytes, size: int, most: int) -> Fetched:
        with telling(self._host, "FETCH"):
            # Some servers count sizes roughly: twice as much may come, but no single message above the limit.
            self._wire.expect(2 * size + PER_MESSAGE * len(uids), literal=most, seconds=_seconds_for(size))
            contents: dict[int, bytes] = {}
            twice: set[int] = set()
            for uid, items in self._fetch(uids, f"(UID {item})"):
                content = items.get(key)
                if isinstance(content, bytes) and content:
                    twice.update({uid} & contents.keys())
                    contents[uid] = content
        for uid in twice:
            del contents[uid]
        return Fetched(contents, frozenset(uids) - contents.keys())

    def _fetch(self, uids: Sequence[int], items: str) -> Iterator[tuple[int, dict[bytes, Any]]]:
        """The answers that carry a UID that was asked for; all else a server may say is passed over (A020)."""
        asked = frozenset(uids)
        tag = self._wire._command("UID", "FETCH", uid_set(uids), items)
        for _, told in _responses(self._answer(tag)):
            uid = told.get(b"UID")
            if is_uid(uid) and uid in asked:
                yield uid, told

    def _answer(self, tag: bytes) -> list[Any]:
        kind, answer = self._wire._command_complete("FETCH", tag)
        if kind != "OK":
            raise self._wire.error(f"FETCH failed: {answer!r}")
        return self._wire.untagged_responses.pop("FETCH", [])


#: COPYUID and EXPUNGE answers of one batch.
CHUNK_OF_ANSWERS = 64 * 1024


def checked_name(folder: str) -> str:
    """The name, when it cannot break out of a command (ATTACKS A019); ConfigurationError otherwise."""
    if not folder or len(folder) > LONGEST_NAME or not folder.isprintable() or '"' in folder:
        raise ConfigurationError("a folder name in [[mailbox]] is empty, too long, or has a control character or quote")
    return folder


def checked_flag(flag: str) -> bytes:
    """The flag as an atom (RFC 9051 section 9), with or without its backslash; ConfigurationError otherwise."""
    atom = flag.removeprefix("\\")
    if not atom or not atom.isascii() or not atom.isprintable() or set(atom) & set(' (){%*"\\]'):
        raise ConfigurationError('[[mailbox]] after = "flag:…" needs a flag such as \\\\Seen or a keyword')
    return flag.encode("ascii")


def is_uid(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and 0 < value <= BIGGEST_UID


def uid_set(uids: Iterable[int]) -> str:
    """A set of UIDs as IMAP writes it, runs as ranges: 3,7:9."""
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)


def _secure(client: Any, server: Server) -> None:
    if client._imap.state == "AUTH":
        raise ServerMisbehaves(f"{server.host} says that we are logged in before we were: the connection was given up")
    if server.security == "starttls":
        with telling(server.host, "STARTTLS"):
            client._imap.expect(0)
            client._imap.secure()


def _shut(client: Any) -> None:
    with suppress(Exception):
        client.shutdown()


def _responses(answer: list[Any]) -> Iterator[tuple[int, dict[bytes, Any]]]:
    """(number, items) for each FETCH response; ValueError when they do not come in pairs."""
    parts = parse_response(answer)
    for number, items in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(number, int) or not isinstance(items, tuple) or len(items) % 2:
            raise Overrun("a FETCH response without its parts")
        names = (name.upper() if isinstance(name, bytes) else b"" for name in items[::2])
        yield number, dict(zip(names, items[1::2], strict=True))


def _moment(told: object) -> datetime | None:
    """INTERNALDATE in UTC; None when it is none."""
    if not isinstance(told, bytes):
        return None
    try:
        moment: datetime = parse_to_datetime(told, normalise=False)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _seconds_for(size: int) -> float:
    """At least 64 KB/s are expected, beside two minutes."""
    return 120 + size / 65_536
