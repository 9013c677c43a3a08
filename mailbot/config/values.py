"""The configuration as frozen values: each key with its kind, its default and what it is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from mailbot.config import kinds
from mailbot.config.kinds import After, AfterAction, Kind, OutgoingUrl, SocketAddress
from mailbot.config.secret import Secret


@dataclass(frozen=True, slots=True)
class Key:
    """What stands beside a field: the kind of its value, its use in words for docs/operations.md.

    `default` is a TOML value that is read when the key is absent; None where the field's own default holds.
    """

    kind: Kind
    about: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Who we are."""

    name: Annotated[str, Key(kinds.NAME, "the name in the From of letters")]
    address: Annotated[str, Key(kinds.ADDRESS, "From of letters; own addresses never count as correspondents")]
    aliases: Annotated[tuple[str, ...], Key(kinds.ADDRESSES, "further addresses of the desk")] = ()
    time_zone: Annotated[ZoneInfo, Key(kinds.TIME_ZONE, "days begin and end in this zone")] = ZoneInfo(
        "America/New_York"
    )
    holidays: Annotated[str, Key(kinds.HOLIDAYS, "whose holidays are no business days")] = "US"
    language: Annotated[str, Key(kinds.LANGUAGE, "of letters, where the sender's is not known")] = "en"
    plus_addressing: Annotated[
        bool, Key(kinds.SWITCH, "letters carry Reply-To: enrollment+TOKEN@…; your mail server must accept these")
    ] = True

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address and the aliases, as written."""
        return (self.address, *self.aliases)


def has_password(url: str) -> bool:
    """True for scheme://user:password@host/…"""
    return urlsplit(url).password is not None


@dataclass(frozen=True, slots=True)
class Database:
    """Where cases are kept; a relative SQLite file is already resolved in `url`."""

    url: Annotated[
        str, Key(kinds.DATABASE_URL, "an SQLite file or a PostgreSQL database", default="sqlite:///mailbot.db")
    ] = field(repr=False)

    @property
    def shown(self) -> str:
        """The url without a password, for messages."""
        parts = urlsplit(self.url)
        if not has_password(self.url):
            return self.url
        return urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}"))

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(self.url.removeprefix("sqlite:///")) if self.url.startswith("sqlite:") else None


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the key that seals the database is kept."""

    file: Annotated[Path, Key(kinds.PATH, "the key that seals the database; keep a copy elsewhere", "mailbot.key")]


@dataclass(frozen=True, slots=True)
class Listener:
    """Mail in by SMTP or LMTP."""

    smtp: Annotated[SocketAddress | None, Key(kinds.LISTEN, "where SMTP is spoken")] = None
    lmtp: Annotated[Path | None, Key(kinds.OPTIONAL_PATH, "the UNIX socket where LMTP is spoken")] = None
    lmtp_mode: Annotated[int, Key(kinds.FILE_MODE, "who may connect to the socket, in octal")] = 0o660
    lmtp_group: Annotated[str, Key(kinds.TEXT, 'the group of the socket, as "postfix"')] = ""
    hostname: Annotated[str, Key(kinds.OPTIONAL_HOST, "our name in the greeting; else the desk's domain")] = ""
    max_message_mb: Annotated[int, Key(kinds.whole_number(1, 1000), "a larger message is refused with 552")] = 50
    max_recipients: Annotated[int, Key(kinds.whole_number(100, 10_000), "of one message; more get 452")] = 100
    max_connections: Annotated[int, Key(kinds.whole_number(1, 10_000), "at once; more get 421")] = 50
    max_connections_per_client: Annotated[int, Key(kinds.whole_number(1, 10_000), "at once from one address")] = 20
    timeout_seconds: Annotated[int, Key(kinds.whole_number(1, 3600), "a silent connection is closed after this")] = 300
    min_free_mb: Annotated[int, Key(kinds.whole_number(0, 1_000_000), "with less free disk mail is put off, 452")] = 200
    grace_hours: Annotated[
        int, Key(kinds.whole_number(0, 240), "after an outage, before a case is closed for want of a reply")
    ] = 24


class Security(StrEnum):
    """How the connection is encrypted: from its first byte, or by STARTTLS before any password (port 143)."""

    TLS = "tls"
    STARTTLS = "starttls"


class OAuthMechanism(StrEnum):
    """How the token is spoken to the IMAP server."""

    XOAUTH2 = "xoauth2"
    OAUTHBEARER = "oauthbearer"


@dataclass(frozen=True, slots=True)
class OAuth:
    """Tokens instead of a password (RFC 6749); without a refresh token the client credentials grant is used."""

    token_url: Annotated[str, Key(kinds.WEB_URL, "where tokens are issued")]
    client_id: Annotated[str, Key(kinds.NAME, "our id there")]
    client_secret: Annotated[Secret | None, Key(kinds.SECRET, "our secret there")] = None
    refresh_token: Annotated[Secret | None, Key(kinds.SECRET, "issued once when the mailbox was allowed to us")] = None
    device_url: Annotated[str, Key(kinds.WEB_URL, "where `mailbot oauth login` asks for a device code (RFC 8628)")] = ""
    scope: Annotated[str, Key(kinds.TEXT, "what is asked for")] = ""
    mechanism: Annotated[OAuthMechanism, Key(kinds.one_of(OAuthMechanism), "how the server wants the token")] = (
        OAuthMechanism.XOAUTH2
    )


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Mail in by IMAP, always over TLS."""

    name: Annotated[str, Key(kinds.NAME, "how messages and reports call this mailbox; never change it")]
    host: Annotated[str, Key(kinds.HOST, "the IMAP server")]
    user: Annotated[str, Key(kinds.NAME, "the account there")]
    port: Annotated[int, Key(kinds.PORT, "993 for tls, usually 143 for starttls")] = 993
    security: Annotated[Security, Key(kinds.one_of(Security), "how the connection is encrypted")] = Security.TLS
    mailbox_user: Annotated[str, Key(kinds.TEXT, "whose mailbox is read, where that is not `user`")] = ""
    password: Annotated[Secret | None, Key(kinds.SECRET, "of the account")] = None
    oauth: OAuth | None = None
    folders: Annotated[tuple[str, ...], Key(kinds.NAMES, "what is read")] = ("INBOX",)
    junk_folders: Annotated[
        tuple[str, ...], Key(kinds.NAMES, "looked at for replies to our letters; nothing is changed there")
    ] = ()
    after: Annotated[After, Key(kinds.AFTER, "what is done to a message that we have")] = After(AfterAction.KEEP)
    since: Annotated[date | None, Key(kinds.DAY, "first connection: nothing older is taken in")] = None
    ca_file: Annotated[Path | None, Key(kinds.OPTIONAL_PATH, "certificates to trust, where not the system's")] = None
    max_message_mb: Annotated[int, Key(kinds.whole_number(1, 1000), "a larger message is held, not fetched")] = 50
    poll_seconds: Annotated[
        int, Key(kinds.whole_number(5, 1700), "between two looks; with IDLE new mail is noticed at once")
    ] = 60
    alarm_after_minutes: Annotated[
        int, Key(kinds.whole_number(1, 10_000), "nothing could be read for so long: the alarm is raised")
    ] = 15

    @property
    def account(self) -> str:
        """What the state of the mailbox is kept under: a mailbox on another server is another one."""
        return f"{self.mailbox_user or self.user}@{self.host.lower()}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Letters out, and the budgets for automatic ones."""

    url: Annotated[OutgoingUrl, Key(kinds.OUTGOING_URL, "where letters go", default="maildir:letters")]
    user: Annotated[str, Key(kinds.TEXT, "the account at the relay")] = ""
    password: Annotated[Secret | None, Key(kinds.SECRET, "of the account")] = None
    ca_file: Annotated[Path | None, Key(kinds.OPTIONAL_PATH, "certificates to trust, where not the system's")] = None
    timeout_seconds: Annotated[int, Key(kinds.whole_number(1, 3600), "a silent relay is given up after this")] = 60
    per_address_a_day: Annotated[int, Key(kinds.whole_number(1, 100_000), "automatic letters to one address")] = 20
    per_domain_an_hour: Annotated[int, Key(kinds.whole_number(1, 1_000_000), "to one domain")] = 200
    per_case_a_day: Annotated[int, Key(kinds.whole_number(1, 1000), "on one case")] = 6
    in_all_an_hour: Annotated[int, Key(kinds.whole_number(1, 10_000_000), "to everybody")] = 2000
    unaligned_an_hour: Annotated[
        int, Key(kinds.whole_number(0, 1_000_000), "where others sent the message than its From says, and none vouches")
    ] = 100


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word we take for who wrote a message."""

    authserv_ids: Annotated[
        tuple[str, ...],
        Key(kinds.list_of(kinds.HOST, "a list of hosts"), "whose Authentication-Results (RFC 8601) we believe"),
    ] = ()
    verify_dkim: Annotated[bool, Key(kinds.SWITCH, "check DKIM signatures ourselves where no such host has")] = False
    resolver: Annotated[
        SocketAddress | None, Key(kinds.NAME_SERVER, "the name server that is asked for their keys; else the system's")
    ] = None
    require_pass: Annotated[bool, Key(kinds.SWITCH, "a reply counts only when authentication passed")] = False
    forwarders: Annotated[
        tuple[str, ...],
        Key(kinds.list_of(kinds.HOST, "a list of hosts"), "whose return paths are as good as the sender's own"),
    ] = ()


@dataclass(frozen=True, slots=True)
class VirusScanner:
    """A ClamAV daemon on this machine that looks at each mail before it is read."""

    clamd: Annotated[SocketAddress | None, Key(kinds.LOOPBACK, "where it listens on this machine, by TCP")] = None
    socket: Annotated[Path | None, Key(kinds.OPTIONAL_PATH, "or its UNIX socket")] = None
    timeout_seconds: Annotated[int, Key(kinds.whole_number(1, 3600), "for one mail; then it is tried again")] = 60


@dataclass(frozen=True, slots=True)
class PlaybookFile:
    """The desk's rules."""

    file: Annotated[Path | None, Key(kinds.OPTIONAL_PATH, "the desk's rules; absent: the playbook that ships")] = None
    model: Annotated[
        Path | None, Key(kinds.OPTIONAL_PATH, "what `mailbot train` learned; absent: the model that ships")
    ] = None


@dataclass(frozen=True, slots=True)
class Export:
    """The nightly export to the administration system."""

    at: Annotated[time, Key(kinds.TIME_OF_DAY, "when, at the desk", default="18:30")]
    folder: Annotated[
        Path | None, Key(kinds.OPTIONAL_PATH, "where complete eligibility cases are written; absent: no export")
    ] = None


@dataclass(frozen=True, slots=True)
class Web:
    """The dashboard and the pick-up page."""

    listen: Annotated[SocketAddress | None, Key(kinds.LISTEN, "where the web pages are served")] = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set. Paths are absolute; `folder` is the configuration file's."""

    desk: Desk
    database: Database
    keys: Keys
    outgoing: Outgoing
    folder: Path
    listener: Listener = Listener()
    mailboxes: tuple[Mailbox, ...] = ()
    trust: Trust = Trust()
    scanner: VirusScanner = VirusScanner()
    playbook: PlaybookFile = PlaybookFile()
    export: Export = Export(time(18, 30))
    web: Web = Web()
